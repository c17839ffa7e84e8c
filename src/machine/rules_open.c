/*
 * Findings of the opening: RFC 9293 §3.5.
 */
#include "machine/rules.h"
#include "machine/seq.h"
#include "machine/silence.h"

#define EARLY_NS       INT64_C(1000000000)
#define SCAN_NS        INT64_C(5000000)
#define LATE_ANSWER_NS INT64_C(3000000000)

static uint8_t certainty_of(const struct contradiction *by)
{
    return by->is_timed ? SF_PROVED : SF_PROBABLE;
}

bool sf_rule_SYN_RETRANSMITTED(const struct judgement *j, struct sf_found *found)
{
    if (!j->is_syn_again || j->is_stale_syn)
        return false;
    const struct contradiction *by = &j->by[SF_SIGN_SYN_AGAIN];
    found->side = (uint8_t)j->a;
    found->interval_ns = j->gap_ns;
    bool had_arrived = by->is_lost || by->is_crossed || j->flow->history->was_held ||
                       j->pb->segments > 0 || j->pa->syn_was_rejected;
    found->where = had_arrived ? SF_WHERE_NONE : SF_WHERE_UNKNOWN;
    found->detail = by->is_crossed && !by->is_lost ? SF_DETAIL_CROSSED : SF_DETAIL_NONE;
    sf_rule_doubt_repeat(found, j->may_be_copy);
    return true;
}

bool sf_rule_SYNACK_RETRANSMITTED(const struct judgement *j, struct sf_found *found)
{
    if (!j->is_synack_again || j->is_stale_syn)
        return false;
    const struct contradiction *by = &j->by[SF_SIGN_SYN_ACK_AGAIN];
    found->side = (uint8_t)j->a;
    found->interval_ns = j->gap_ns;
    if (by->is_crossed && !by->is_lost)
        found->detail = SF_DETAIL_CROSSED;
    else
        found->detail = j->answers_unseen_syn ? SF_DETAIL_ANSWERS_UNSEEN_SYN
                        : j->answers_syn      ? SF_DETAIL_ANSWERS_SYN
                                              : SF_DETAIL_BY_TIMER;
    sf_rule_doubt_repeat(found, j->may_be_copy);
    return true;
}

bool sf_rule_SYNACK_LOST(const struct judgement *j, struct sf_found *found)
{
    const struct contradiction *by = &j->by[SF_SIGN_SYN_AGAIN];
    if (!j->is_syn_again || !by->is_lost || (j->heard[SF_SIGN_SYN_AGAIN].flags & SF_ACK) == 0)
        return false;
    found->side = (uint8_t)j->b;
    found->where = SF_WHERE_AFTER;
    found->certainty = certainty_of(by);
    return true;
}

bool sf_rule_HANDSHAKE_ACK_LOST(const struct judgement *j, struct sf_found *found)
{
    const struct contradiction *by = &j->by[SF_SIGN_SYN_ACK_AGAIN];
    bool is_lost = by->is_lost && (j->heard[SF_SIGN_SYN_ACK_AGAIN].flags & SF_RST) == 0;
    if (!j->is_synack_again || !is_lost || j->answers_syn)
        return false;
    found->side = (uint8_t)j->b;
    found->where = SF_WHERE_AFTER;
    found->certainty = certainty_of(by);
    if (j->pb->last_payload_ns != SF_NO_TIME) {
        found->detail = SF_DETAIL_OR_ACCEPT_QUEUE_FULL;
    } else {
        found->detail = SF_DETAIL_OR_DEFERRED_ACCEPT;
        found->certainty = SF_PROBABLE;
    }
    return true;
}

bool sf_rule_ACCEPT_QUEUE_OVERFLOW(const struct judgement *j, struct sf_found *found)
{
    if (!j->is_overflow)
        return false;
    found->side = (uint8_t)j->a;
    found->certainty = SF_PROBABLE;
    if (j->is_rst)
        found->detail = SF_DETAIL_RESET_ON_OVERFLOW;
    else if (j->pa->synack_struck < 2 && j->pb->last_payload_ns == SF_NO_TIME)
        found->detail = SF_DETAIL_OR_DEFERRED_ACCEPT;
    return true;
}

/* The packet that began a silence is the last SYN, or SYN,ACK, of the end that spoke. */
static void tell_since(struct sf_found *found, const struct judgement *j, enum sf_side speaker)
{
    const struct sighting *syn = &j->flow->history->end[speaker].syn;
    found->number = syn->last_number;
    found->time_ns = syn->last_ns;
    found->interval_ns = j->now_ns - syn->last_ns;
    if (found->interval_ns < EARLY_NS) {
        found->severity = SF_INFO;
        found->detail = SF_DETAIL_CAPTURE_ENDED_EARLY;
    }
}

bool sf_rule_NO_ANSWER(const struct judgement *j, struct sf_found *found)
{
    const struct sf_flow *flow = j->flow;
    bool is_due =
        (j->step->marks & SF_MARK_END) != 0 || sf_silence_due(flow, SILENCE_NO_ANSWER) <= j->now_ns;
    if (flow->handshake != SF_HANDSHAKE_NO_ANSWER || !is_due ||
        flow->history->end[SF_SERVER].segments > 0 || flow->history->is_dead_duplicate ||
        flow->history->end[SF_CLIENT].syn_was_rejected)
        return false;
    if (sf_history_found(flow, SF_CODE_NO_ANSWER, SF_CLIENT) != NULL)
        return false;
    found->side = SF_CLIENT;
    tell_since(found, j, SF_CLIENT);
    return true;
}

bool sf_rule_HANDSHAKE_REFUSED(const struct judgement *j, struct sf_found *found)
{
    bool refuses = j->is_rst && j->is_accepted && j->flow->history->probe == SF_METHOD_NONE &&
                   j->flow->history->rst_refused &&
                   j->step->before[j->b].state == SF_STATE_SYN_SENT;
    if (!refuses)
        return false;
    found->side = (uint8_t)j->a;
    found->reset_kind = j->step->reset_kind;
    return true;
}

static uint8_t reset_detail(const struct judgement *j)
{
    const struct sf_flow *flow = j->flow;
    if (j->a != SF_CLIENT || flow->synack_ns == SF_NO_TIME)
        return SF_DETAIL_NONE;
    if (flow->end[SF_CLIENT].syn_repeats > 0 ||
        (flow->syn_ns != SF_NO_TIME && flow->synack_ns - flow->syn_ns > LATE_ANSWER_NS))
        return SF_DETAIL_CANCELLED;
    const struct sf_end *client = &flow->end[SF_CLIENT];
    int64_t rtt = (client->known & SF_KNOWS_RTT) != 0 ? client->rtt_ns : RTT_UNKNOWN_NS;
    return j->now_ns - flow->synack_ns <= SCAN_NS + rtt ? SF_DETAIL_SCAN : SF_DETAIL_NONE;
}

bool sf_rule_HANDSHAKE_RESET(const struct judgement *j, struct sf_found *found)
{
    const struct sf_flow *flow = j->flow;
    bool is_proved = sf_fold_has_proved(j->A, SF_STATE_ESTABLISHED);
    bool has_fin = j->pa->fin.first_ns != SF_NO_TIME || j->pb->fin.first_ns != SF_NO_TIME;
    bool is_between = j->is_rst && j->is_believed && flow->history->has_syn &&
                      flow->synack_ns != SF_NO_TIME &&
                      (flow->complete_ns == SF_NO_TIME || (!is_proved && !has_fin)) &&
                      flow->handshake != SF_HANDSHAKE_SIMULTANEOUS;
    if (!is_between || j->pa->own_resets > 0)
        return false;
    found->side = (uint8_t)j->a;
    found->reset_kind = j->step->reset_kind;
    found->detail = reset_detail(j);
    return true;
}

bool sf_rule_HALF_OPEN(const struct judgement *j, struct sf_found *found)
{
    const struct sf_flow *flow = j->flow;
    bool is_due =
        (j->step->marks & SF_MARK_END) != 0 || sf_silence_due(flow, SILENCE_HALF_OPEN) <= j->now_ns;
    if (flow->handshake != SF_HANDSHAKE_HALF_OPEN || flow->synack_ns == SF_NO_TIME || !is_due ||
        sf_history_found(flow, SF_CODE_HALF_OPEN, SF_CLIENT) != NULL)
        return false;
    found->side = SF_CLIENT;
    tell_since(found, j, SF_SERVER);
    if (j->now_ns - flow->synack_ns >= EARLY_NS) {
        found->severity = SF_WARNING;
        found->detail = SF_DETAIL_NONE;
    }
    return true;
}

bool sf_rule_SIMULTANEOUS_OPEN(const struct judgement *j, struct sf_found *found)
{
    if (j->flow->history->is_self_connected && j->is_syn) {
        found->detail = SF_DETAIL_SELF_CONNECT;
        return sf_history_found(j->flow, SF_CODE_SIMULTANEOUS_OPEN, SF_NOBODY) == NULL;
    }
    return j->is_syn && !j->is_syn_again && j->flow->history->syns_crossed;
}

bool sf_rule_SYNACK_BAD_ACK(const struct judgement *j, struct sf_found *found)
{
    found->side = (uint8_t)j->a;
    return j->is_synack && !j->fits_syn && j->pb->has_said_plain_syn &&
           !sf_fold_has_proved(j->B, SF_STATE_ESTABLISHED);
}

bool sf_rule_STALE_SYN(const struct judgement *j, struct sf_found *found)
{
    const struct sf_history *history = j->flow->history;
    if (!j->is_syn)
        return false;
    bool is_settled = j->step->fate == SF_FATE_SETTLED && (j->A->known & SF_KNOWS_ISS) != 0 &&
                      j->segment->seq != j->A->iss;
    if (!j->is_stale_syn && !is_settled && !history->is_dead_duplicate)
        return false;
    found->side = (uint8_t)j->a;
    found->certainty = is_settled ? SF_PROBABLE : SF_PROVED;
    return true;
}

static bool tell_reuse(const struct judgement *j, struct sf_found *found, enum sf_code code)
{
    const struct sf_history *history = j->flow->history;
    if (!history->is_reuse || history->reuse_code != code)
        return false;
    found->side = history->reuse_side;
    found->interval_ns = history->reuse_ns;
    found->detail = history->reuse_detail;
    return true;
}

bool sf_rule_TIME_WAIT_REUSED(const struct judgement *j, struct sf_found *found)
{
    return tell_reuse(j, found, SF_CODE_TIME_WAIT_REUSED);
}

bool sf_rule_PORT_REUSED(const struct judgement *j, struct sf_found *found)
{
    return tell_reuse(j, found, SF_CODE_PORT_REUSED);
}
