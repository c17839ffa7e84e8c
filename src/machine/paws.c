#include "machine/paws.h"

#include "machine/seq.h"

static bool has_timestamps(const struct sf_options *options)
{
    return (options->present & SF_OPT_TIMESTAMPS) != 0;
}

static bool agreed(const struct sf_flow *flow)
{
    return flow->end[0].has_options && flow->end[1].has_options &&
           has_timestamps(&flow->end[0].options) && has_timestamps(&flow->end[1].options);
}

/* By more than the one tick by which clocks of several processors differ. */
static bool is_older(uint32_t tsval, uint32_t newest)
{
    return seq_distance(tsval, newest) < -1;
}

static bool lacks_timestamp(const struct judgement *j)
{
    const uint8_t unread = SF_QUALITY_NO_TCP_OPTIONS | SF_QUALITY_BAD_OPTION |
                           SF_QUALITY_BAD_OFFSET | SF_QUALITY_TRUNCATED;
    return j->is_plain && j->segment->kind == SF_SEGMENT_SENT &&
           !has_timestamps(&j->segment->options) && (j->segment->quality & unread) == 0;
}

void sf_paws_judge(struct judgement *j)
{
    if (!agreed(j->flow))
        return;
    const struct old_octets *old = &j->pa->old_octets;
    j->lacks_timestamp = lacks_timestamp(j);
    j->repeats_old_octets = old->is_there && j->again > 0 &&
                            seq_not_after(j->text, old->end - 1u) &&
                            seq_not_after(old->end, j->end);
}

/* B waits for what came with an old timestamp: only that can make B drop it. */
static bool is_old(const struct judgement *j)
{
    return j->pb->has_echo && j->is_plain && has_timestamps(&j->segment->options) &&
           j->segment->payload > 0 && is_older(j->segment->options.tsval, j->pb->echo) &&
           (j->B->known & SF_KNOWS_RCV) != 0 && seq_before(j->B->rcv, j->end) &&
           seq_not_after(j->text, j->B->rcv);
}

/* What A received: the newest timestamp that it echoes. */
static void learn_echo(struct judgement *j)
{
    if (!j->has_ack || j->is_rst || j->is_foreign_syn || !has_timestamps(&j->segment->options))
        return;
    uint32_t echo = j->segment->options.tsecr;
    if (!j->pa->has_echo || seq_before(j->pa->echo, echo))
        j->pa->echo = echo;
    j->pa->has_echo = true;
}

/* A speaks of the octets of B that came with an old timestamp. */
static void learn_answer(struct judgement *j)
{
    struct old_octets *old = &j->pb->old_octets;
    if (!old->is_there || !j->has_ack || !j->is_plain)
        return;
    bool had_time = (j->A->known & SF_KNOWS_RTT) != 0 && j->now_ns - old->time_ns >= j->A->rtt_ns;
    if (!seq_before(j->segment->ack, old->end))
        old->is_there = false;
    else if (had_time && j->segment->payload == 0 && !j->is_old_ack)
        old->was_refused = true;
}

void sf_paws_learn(struct judgement *j)
{
    if (!agreed(j->flow))
        return;
    learn_answer(j);
    if (j->repeats_old_octets)
        j->pa->old_octets.is_there = false;
    if (is_old(j) && !j->pa->old_octets.is_there)
        j->pa->old_octets =
            (struct old_octets){.time_ns = j->now_ns, .end = j->end, .is_there = true};
    learn_echo(j);
}

void sf_paws_follow(struct sf_flow *flow, const struct sf_flow *old)
{
    for (uint8_t from = 0; from < 2; from++) {
        enum sf_side side = from == old->client ? SF_CLIENT : SF_SERVER;
        const struct private_end *end = &old->history->end[side];
        bool waits = sf_end_state(&old->end[sf_other(side)]) == SF_STATE_TIME_WAIT;
        flow->history->has_old_tsval[from] = waits && end->newest_tsval_ns != SF_NO_TIME;
        flow->history->old_tsval[from] = end->newest_tsval;
    }
}

bool sf_paws_is_old_syn(const struct sf_flow *flow)
{
    const struct sf_end *client = &flow->end[SF_CLIENT];
    return flow->history->has_syn && flow->history->has_old_tsval[flow->client] &&
           client->has_options && has_timestamps(&client->options) &&
           is_older(client->options.tsval, flow->history->old_tsval[flow->client]);
}
