#include "machine/quote.h"

#include <string.h>

#include "machine/history.h"
#include "machine/judge.h"
#include "machine/outcome.h"
#include "machine/rules.h"
#include "machine/seq.h"
#include "machine/step.h"

/* ---- whose it is ------------------------------------------------------------------------------
 */

static bool is_of_held(const struct held *held, const struct sf_segment *segment)
{
    return held != NULL && !held->same_isn && held->from == segment->from &&
           seq_within(segment->seq, held->syn[0].seq, segment_end(&held->syn[0]));
}

struct quote_place sf_quote_place(const struct standing *standing, uint32_t n,
                                  const struct sf_segment *segment)
{
    for (uint32_t i = 0; i < n; i++) {
        if (is_of_held(standing[i].held, segment))
            return (struct quote_place){QUOTE_HOLD, i};
        if (sf_machine_has_number(standing[i].flow, segment))
            return (struct quote_place){standing[i].is_written ? QUOTE_LATE : QUOTE_JOIN, i};
    }
    if (n == 0)
        return (struct quote_place){QUOTE_UNMATCHED, 0};
    return (struct quote_place){standing[0].is_written ? QUOTE_LATE : QUOTE_DOUBT, 0};
}

/* ---- what it tells ----------------------------------------------------------------------------
 */

/* An advice to go on differently, and not the end of anything. */
static bool is_advice(const struct sf_icmp *icmp)
{
    return icmp->kind == SF_ICMP_TOO_BIG || icmp->kind == SF_ICMP_QUENCH;
}

/* Of its SYN or SYN,ACK; or of another SYN,ACK, with which it answered the same SYN. */
static bool is_of_syn(const struct sf_flow *flow, const struct sf_segment *segment)
{
    enum sf_side side = sf_flow_sender(flow, segment);
    const struct sf_end *end = &flow->end[side];
    const struct other_synack *other = flow->history->end[side].other;
    return ((end->known & SF_KNOWS_ISS) != 0 && segment->seq == end->iss) ||
           (other != NULL && segment->seq == other->isn);
}

static void fill_flags(const struct sf_flow *flow, struct sf_segment *segment)
{
    const struct sf_end *end = &flow->end[sf_flow_sender(flow, segment)];
    if (segment->data_offset == 0 && is_of_syn(flow, segment))
        segment->flags = end->syn_flags & (SF_SYN | SF_ACK);
}

/* Had all of it been acknowledged before the error came? */
static bool was_acknowledged(const struct judgement *j)
{
    uint32_t end = segment_end(j->segment);
    if (end == j->segment->seq)
        end++; /* how long it was is not told, or it was a bare ACK */
    return (j->A->known & SF_KNOWS_UNA) != 0 && seq_not_after(end, j->A->una);
}

/* What was not delivered was not lost: that explains a repeat of it, before or after. */
static void explain_repeat(struct judgement *j)
{
    j->pa->has_rejected = true;
    j->pa->rejected_seq = j->segment->seq;
    struct sf_found *repeat = sf_history_found(j->flow, SF_CODE_SYN_RETRANSMITTED, j->a);
    if (repeat != NULL && is_of_syn(j->flow, j->segment) && repeat->where == SF_WHERE_UNKNOWN)
        repeat->where = SF_WHERE_NONE;
}

static bool is_quoted(const struct sf_segment *quoted, const struct entry *entry)
{
    const unsigned others = ENTRY_STRUCK | ENTRY_INFERRED | ENTRY_UNREACHABLE;
    if ((entry->bits & (ENTRY_HEARD | others)) != ENTRY_HEARD || entry->seq != quoted->seq)
        return false;
    return quoted->data_offset == 0 || (entry->flags == quoted->flags && entry->ack == quoted->ack);
}

/*
 * What came back was not delivered: what it let be assumed of its receiver is taken back. Where a
 * short quote may be of several segments, nothing is.
 */
static void strike_undelivered(struct judgement *j)
{
    struct entry *undelivered = NULL;
    for (unsigned i = 0; i < j->pb->log.n; i++) {
        struct entry *entry = &j->pb->log.entry[i];
        if (!is_quoted(j->segment, entry))
            continue;
        if (undelivered != NULL && j->segment->data_offset == 0)
            return;
        undelivered = entry; /* the latest of repeats */
    }
    if (undelivered == NULL)
        return;
    undelivered->bits |= ENTRY_STRUCK;
    sf_fold_path(j->flow, j->b);
}

/* R23. Elsewhere than in SYN_SENT it would move nobody, and need not be remembered. */
static void hear(struct judgement *j)
{
    if (!is_of_syn(j->flow, j->segment) || is_advice(&j->segment->icmp))
        return;
    j->pa->syn_was_rejected = true;
    if (sf_end_state(j->A) != SF_STATE_SYN_SENT)
        return;
    const struct entry error = {.number = j->segment->number,
                                .time_ns = j->now_ns,
                                .seq = j->segment->seq,
                                .end = j->segment->seq,
                                .bits = ENTRY_HEARD | ENTRY_UNREACHABLE};
    if (sf_log_append(&j->pa->log, &error))
        sf_fold_path(j->flow, j->a);
}

static void begin(struct judgement *j, struct machine *machine, struct sf_flow *flow,
                  const struct sf_segment *segment, struct sf_step *step)
{
    sf_judge_clear(j);
    j->machine = machine;
    j->flow = flow;
    j->segment = segment;
    j->step = step;
    j->now_ns = segment->time_ns;
    j->a = (enum sf_side)step->sender;
    j->b = sf_other(j->a);
    j->A = &flow->end[j->a];
    j->B = &flow->end[j->b];
    j->pa = &flow->history->end[j->a];
    j->pb = &flow->history->end[j->b];
}

void sf_quote_take(struct machine *machine, struct sf_flow *flow, struct sf_segment *segment,
                   enum sf_fate fate, struct sf_step *step)
{
    sf_step_clear(step);
    step->fate = (uint8_t)fate;
    step->marks = SF_MARK_ICMP;
    step->first_found = flow->n_found;
    step->sender = (uint8_t)sf_flow_sender(flow, segment);
    step->seq_rel = segment->seq - flow->end[step->sender].first;
    step->ack_rel = segment->ack - flow->end[sf_other((enum sf_side)step->sender)].first;
    fill_flags(flow, segment);
    sf_step_view_before(flow, step);
    bool is_taken = fate == SF_FATE_TAKEN || fate == SF_FATE_SETTLED;
    if (!is_taken || !sf_machine_has_number(flow, segment))
        return;
    struct judgement j;
    begin(&j, machine, flow, segment, step);
    if (segment->icmp.kind != SF_ICMP_QUENCH) {
        explain_repeat(&j);
        if (!was_acknowledged(&j))
            strike_undelivered(&j);
    }
    hear(&j);
    sf_step_view_after(flow, step);
    sf_outcome_tell(flow);
    sf_rules_apply(&j);
}

/* ---- the finding ------------------------------------------------------------------------------
 */

bool sf_rule_ICMP_REJECTED(const struct judgement *j, struct sf_found *found)
{
    found->side = (uint8_t)j->a;
    found->icmp = j->segment->icmp;
    found->quoted_seq = j->step->seq_rel;
    found->quoted_flags = j->segment->flags;
    if (is_advice(&found->icmp))
        found->severity = SF_NOTE;
    if (was_acknowledged(j))
        found->certainty = SF_PROBABLE;
    return true;
}
