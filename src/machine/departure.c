#include "machine/departure.h"

#include "machine/seq.h"

/* The shortest tick of a timestamp clock. Some kernels can be told to count microseconds. */
#define TICK_MIN_NS INT64_C(1000000)

static bool has_timestamp(const struct judgement *j)
{
    return (j->segment->options.present & SF_OPT_TIMESTAMPS) != 0;
}

/* So much time has passed by A's own clock since what it is measured by. */
static int64_t by_clock(const struct judgement *j)
{
    const struct private_end *pa = j->pa;
    if (pa->departed_ns == SF_NO_TIME || pa->ticks_are_short)
        return SF_NO_TIME;
    /* Of the first tick nobody knows how much was over. */
    int32_t ticks = seq_distance(j->segment->options.tsval, pa->departed_tsval) - 1;
    return ticks < 0 ? SF_NO_TIME : pa->departed_ns + ticks * TICK_MIN_NS;
}

/* What it echoes or acknowledges passed here before. */
static int64_t by_answer(const struct judgement *j)
{
    /* With the numbers of a connection before this one a RST may answer something older. */
    if (j->is_rst && j->flow->history->has_predecessor)
        return SF_NO_TIME;
    bool acknowledges =
        j->has_ack && (j->B->known & SF_KNOWS_SEQ) != 0 && j->segment->ack == j->B->max;
    bool echoes = j->has_ack && has_timestamp(j) && j->pb->newest_tsval_ns != SF_NO_TIME &&
                  j->segment->options.tsecr == j->pb->newest_tsval;
    int64_t acknowledged_ns = acknowledges ? j->pb->max_ns : SF_NO_TIME;
    bool acknowledges_syn = j->has_ack && (j->B->known & SF_KNOWS_ISS) != 0 &&
                            seq_within(j->segment->ack, j->B->iss + 1u, j->B->max);
    if (acknowledges_syn && j->pb->syn.first_ns > acknowledged_ns)
        acknowledged_ns = j->pb->syn.first_ns;
    int64_t echoed_ns = echoes ? j->pb->newest_tsval_ns : SF_NO_TIME;
    return echoed_ns > acknowledged_ns ? echoed_ns : acknowledged_ns;
}

void sf_departure_judge(struct judgement *j)
{
    int64_t answer_ns = by_answer(j);
    j->departed_ns = j->now_ns - HELD_MAX_NS;
    if (answer_ns > j->departed_ns)
        j->departed_ns = answer_ns;
    if (!has_timestamp(j))
        return;
    int64_t clock_ns = by_clock(j);
    if (clock_ns > j->departed_ns && clock_ns <= j->now_ns)
        j->departed_ns = clock_ns;
}

/* What passed at `passed_ns` had come to A before this left, however long it was held up. */
static bool had_come(const struct judgement *j, int64_t passed_ns)
{
    return sf_history_had_time(j->flow, j->a, passed_ns, j->departed_ns - HELD_MAX_NS);
}

/* Did it leave A after all that has passed of A, but for segments of its own kind? */
static bool is_last_word(const struct judgement *j)
{
    const uint16_t kind = SF_SYN | SF_FIN | SF_RST;
    return j->is_newer || (j->pa->last_flags & kind) == (j->segment->flags & kind) ||
           j->departed_ns >= j->pa->last_ns;
}

/* The segment in hand is a repeat: what it says of the state of A is the whole story. */
static bool is_repeat(enum sf_sign said)
{
    return said == SF_SIGN_SYN_AGAIN || said == SF_SIGN_SYN_ACK_AGAIN || said == SF_SIGN_FIN_AGAIN;
}

void sf_departure_doubt(struct judgement *j, int64_t passed_ns, enum sf_sign said)
{
    if (had_come(j, passed_ns))
        return;
    bool has_doubt = j->pa->unsure_ns != SF_NO_TIME && j->pa->unsure_sign != said;
    bool is_witness = said != SF_SIGN_NONE && (is_repeat(said) || !has_doubt) && is_last_word(j);
    j->pa->unsure_ns = passed_ns;
    j->pa->unsure_sign = (uint8_t)said;
    j->pa->unsure_is_told = is_witness;
}

void sf_departure_confirm(struct judgement *j, enum sf_sign said)
{
    if (j->pa->unsure_ns != SF_NO_TIME && j->pa->unsure_sign == said && is_last_word(j))
        j->pa->unsure_is_told = true;
}

void sf_departure_learn(struct judgement *j)
{
    bool is_sure = j->is_plain && j->pa->unsure_ns != SF_NO_TIME && had_come(j, j->pa->unsure_ns);
    if (is_sure)
        j->pa->unsure_ns = SF_NO_TIME;
    if (!has_timestamp(j) || j->is_late || j->is_rst)
        return;
    int64_t clock_ns = by_clock(j), answer_ns = by_answer(j);
    j->pa->ticks_are_short |= clock_ns > j->now_ns;
    if (answer_ns == SF_NO_TIME || answer_ns <= clock_ns)
        return;
    j->pa->departed_ns = answer_ns;
    j->pa->departed_tsval = j->segment->options.tsval;
}
