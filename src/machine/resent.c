#include "machine/resent.h"

#include "machine/seq.h"

void sf_resent_judge(struct judgement *j)
{
    j->fills_shown_hole = j->again > 0 && j->is_plain && j->pb->has_shown_hole &&
                          seq_not_after(j->text, j->pb->hole_at) &&
                          seq_before(j->pb->hole_at, j->text + j->segment->payload);
}

/* RFC 2018 §3: it has what stands behind its acknowledgment number, not what stands there. */
static void learn_hole(struct judgement *j)
{
    const struct sf_options *options = &j->segment->options;
    bool shows_hole = (options->present & SF_OPT_SACK) != 0 && !j->is_dsack && j->has_ack &&
                      seq_before(j->segment->ack, options->sack_left);
    if (shows_hole) {
        j->pa->has_shown_hole = true;
        j->pa->hole_at = j->segment->ack;
    } else if (j->has_ack && seq_before(j->pa->hole_at, j->segment->ack)) {
        j->pa->has_shown_hole = false;
    }
}

/* The first repeat of a connection's end is the one whose reason is told, where it begins with what
 * its receiver waits for: only then is it what the next acknowledgment answers. */
static void learn_repeat(struct judgement *j)
{
    bool is_next = (j->A->known & SF_KNOWS_UNA) != 0 && seq_not_after(j->text, j->A->una);
    if (j->again == 0 || !is_next || !j->is_plain || j->fills_shown_hole ||
        j->A->retransmissions != 1)
        return;
    bool has_tsval = (j->segment->options.present & SF_OPT_TIMESTAMPS) != 0;
    j->pa->resent = (struct resent){.time_ns = j->now_ns,
                                    .seq = j->text,
                                    .end = j->text + j->again,
                                    .tsval = j->segment->options.tsval,
                                    .has_tsval = has_tsval,
                                    .is_open = true};
}

static bool names_as_twice(const struct judgement *j, const struct resent *resent)
{
    return j->is_dsack && seq_before(j->segment->options.sack_left, resent->end) &&
           seq_before(resent->seq, j->segment->options.sack_right);
}

/* RFC 3522 §3.2: what answers the repeat echoes it, but for an end that had the original. */
static bool echoes_before(const struct judgement *j, const struct resent *resent)
{
    return resent->has_tsval && (j->segment->options.present & SF_OPT_TIMESTAMPS) != 0 &&
           seq_before(j->segment->options.tsecr, resent->tsval);
}

/* The first acknowledgment behind the repeat, if it tells what became of the first sending. */
static void learn_answer(struct judgement *j)
{
    struct resent *resent = &j->pb->resent;
    if (!resent->is_open || !j->has_ack || j->is_rst || seq_before(j->segment->ack, resent->end))
        return;
    resent->is_open = false;
    struct sf_found *found = sf_history_found(j->flow, SF_CODE_DATA_RETRANSMITTED, j->b);
    if (found == NULL || found->where != SF_WHERE_UNKNOWN || found->detail != SF_DETAIL_NONE)
        return;
    bool is_too_soon =
        (j->A->known & SF_KNOWS_RTT) != 0 && j->now_ns - resent->time_ns < j->A->rtt_ns;
    bool had_arrived = names_as_twice(j, resent) || echoes_before(j, resent);
    if (!is_too_soon && !had_arrived)
        return;
    found->where = SF_WHERE_NONE;
    found->detail = is_too_soon ? SF_DETAIL_CROSSED : SF_DETAIL_FIRST_ARRIVED;
}

void sf_resent_learn(struct judgement *j)
{
    learn_answer(j);
    learn_hole(j);
    learn_repeat(j);
}
