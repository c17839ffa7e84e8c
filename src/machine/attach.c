#include "machine/attach.h"

#include <string.h>

#include "machine/history.h"
#include "machine/seq.h"
#include "machine/silence.h"

enum phase {
    PHASE_EMBRYONIC, /* SYN_SENT or SYN_RCVD only */
    PHASE_OPEN,      /* synchronized, no RST, not both FINs acknowledged */
    PHASE_CLOSING,   /* both FINs acknowledged, less than 2MSL ago */
    PHASE_OVER       /* reset, or 2MSL passed */
};

static bool is_fin_covered(const struct sf_flow *flow, enum sf_side side)
{
    return (flow->end[side].known & SF_KNOWS_FIN) != 0 &&
           (flow->end[side].known & SF_KNOWS_UNA) != 0 &&
           seq_not_after(flow->end[side].fin, flow->end[side].una);
}

/* Only RSTs: nothing that could be reused or continued. */
static bool is_bare_reset(const struct sf_flow *flow)
{
    return flow->history->is_midstream && flow->history->end[0].start == SF_STATE_CLOSED &&
           flow->history->end[1].start == SF_STATE_CLOSED;
}

static enum phase phase_of(const struct sf_flow *flow, int64_t now_ns, int64_t msl_ns)
{
    const struct sf_history *history = flow->history;
    if (history->rst_accepted || is_bare_reset(flow))
        return PHASE_OVER;
    if (is_fin_covered(flow, SF_CLIENT) && is_fin_covered(flow, SF_SERVER))
        return now_ns - flow->last_ns < 2 * msl_ns ? PHASE_CLOSING : PHASE_OVER;
    if (history->is_midstream || flow->complete_ns != SF_NO_TIME)
        return PHASE_OPEN;
    bool both = history->end[0].segments > 0 && history->end[1].segments > 0;
    bool synchronized =
        flow->handshake == SF_HANDSHAKE_SIMULTANEOUS ||
        (both && !history->has_syn && sf_end_state(&flow->end[SF_CLIENT]) == SF_STATE_ESTABLISHED);
    return synchronized ? PHASE_OPEN : PHASE_EMBRYONIC;
}

static enum sf_side side_of(const struct sf_flow *flow, uint8_t from)
{
    return from == flow->client ? SF_CLIENT : SF_SERVER;
}

/* ---- held SYNs --------------------------------------------------------------------------------
 */

static uint32_t held_end(const struct held *held)
{
    return segment_end(&held->syn[0]);
}

static bool covers_held(const struct held *held, const struct sf_segment *segment)
{
    return (segment->flags & SF_ACK) != 0 &&
           seq_within(segment->ack, held->syn[0].seq + 1u, held_end(held));
}

/* An end that has the old numbers still. */
static bool has_old_numbers(const struct sf_flow *flow, const struct sf_segment *segment)
{
    const struct sf_end *end = &flow->end[side_of(flow, segment->from)];
    if ((end->known & SF_KNOWS_SEQ) == 0)
        return false;
    return seq_within(segment->seq, end->first, end->max + 1u);
}

/* It brings something new with the old numbers; what is below may be an old duplicate. */
static bool goes_on(const struct sf_flow *flow, const struct sf_segment *segment)
{
    enum sf_side side = side_of(flow, segment->from);
    const struct sf_end *end = &flow->end[side], *other = &flow->end[sf_other(side)];
    bool brings =
        (end->known & SF_KNOWS_SEQ) != 0 && segment->payload > 0 && segment->seq == end->max;
    bool acknowledges = (segment->flags & SF_ACK) != 0 && (end->known & SF_KNOWS_RCV) != 0 &&
                        seq_before(end->rcv, segment->ack) &&
                        seq_not_after(segment->ack, other->max);
    return brings || acknowledges;
}

static void decide_beside_held(const struct standing *youngest, const struct sf_segment *segment,
                               struct attachment *result)
{
    const struct held *held = youngest->held;
    bool is_synack = (segment->flags & (SF_SYN | SF_ACK | SF_RST)) == (SF_SYN | SF_ACK);
    bool is_reset = (segment->flags & SF_RST) != 0;
    if (segment->from != held->from) {
        bool takes = covers_held(held, segment) &&
                     (is_synack || (is_reset && !has_old_numbers(youngest->flow, segment)));
        const struct sf_end *end = &youngest->flow->end[side_of(youngest->flow, segment->from)];
        bool repeats_old = is_synack && held->same_isn && (end->known & SF_KNOWS_ISS) != 0 &&
                           segment->seq == end->iss;
        if (takes && !repeats_old)
            result->settle = SETTLE_AS_NEW;
        else if (repeats_old)
            result->settle = SETTLE_AS_OLD;
        return;
    }
    /* Its sender goes on with the old connection, so the SYN was not its word. */
    if (!is_reset && goes_on(youngest->flow, segment))
        result->settle = SETTLE_AS_OLD;
}

/* ---- ports used again -------------------------------------------------------------------------
 */

/* Which end sent the last acknowledgment of a FIN: it is the one that holds TIME_WAIT. */
static uint8_t time_wait_holder(const struct sf_flow *flow)
{
    for (int side = 0; side < 2; side++) {
        if (sf_end_state(&flow->end[side]) == SF_STATE_TIME_WAIT)
            return side == SF_CLIENT ? flow->client : (uint8_t)(1u - flow->client);
    }
    return 2;
}

static void note_reuse(const struct sf_flow *old, enum phase phase, const struct sf_segment *syn,
                       struct reuse *reuse)
{
    if (is_bare_reset(old) || syn->time_ns < old->last_ns)
        return; /* not over when the SYN came */
    reuse->is_reuse = true;
    reuse->since_ns = syn->time_ns - old->last_ns;
    reuse->holder = time_wait_holder(old);
    for (uint8_t from = 0; from < 2; from++) {
        const struct sf_end *end = &old->end[side_of(old, from)];
        reuse->has_old_isn[from] = (end->known & SF_KNOWS_ISS) != 0;
        reuse->old_isn[from] = end->iss;
        reuse->old_max[from] = end->max;
    }
    bool held = phase == PHASE_CLOSING && reuse->holder < 2;
    reuse->code = held ? SF_CODE_TIME_WAIT_REUSED : SF_CODE_PORT_REUSED;
    if (!held)
        return;
    const struct sf_end *opener = &old->end[side_of(old, syn->from)];
    reuse->detail =
        seq_before(opener->max, syn->seq) ? SF_DETAIL_HIGHER_ISN : SF_DETAIL_NEWER_TIMESTAMP;
}

/* ---- SYN and SYN,ACK --------------------------------------------------------------------------
 */

static bool has_isn(const struct sf_flow *flow, const struct sf_segment *segment)
{
    enum sf_side side = side_of(flow, segment->from);
    const struct sf_end *end = &flow->end[side];
    const struct other_synack *other = flow->history->end[side].other;
    return (end->known & SF_KNOWS_ISS) != 0 &&
           (end->iss == segment->seq || (other != NULL && other->isn == segment->seq));
}

static bool is_crossing(const struct sf_flow *flow, const struct sf_segment *segment)
{
    enum sf_side side = side_of(flow, segment->from);
    const struct sf_history *history = flow->history;
    const struct private_end *end = &history->end[side];
    bool may_answer = end->segments == 0 || end->segments > end->resets; /* see split.h */
    return history->end[sf_other(side)].has_said_plain_syn && !end->has_said_plain_syn &&
           !end->has_said_synack && may_answer;
}

/* Its sender waits for an answer still: no RST and no ICMP error has ended the attempt, nor should
 * it be over. */
static bool is_waiting(const struct sf_flow *flow, const struct sf_segment *segment)
{
    const struct private_end *end = flow->history->end;
    enum sf_side side = side_of(flow, segment->from);
    return end[side].has_said_plain_syn && end[0].resets + end[1].resets == 0 &&
           sf_end_state(&flow->end[side]) != SF_STATE_CLOSED &&
           sf_silence_due(flow, SILENCE_NO_ANSWER) > segment->time_ns &&
           sf_silence_due(flow, SILENCE_HALF_OPEN) > segment->time_ns;
}

/* A SYN while the youngest attempt has come to nothing yet: one of that, of an earlier attempt, or
 * a new one. */
static void decide_young_syn(const struct standing *standing, uint32_t n,
                             const struct sf_segment *segment, int64_t msl_ns,
                             struct attachment *result)
{
    const struct sf_flow *flow = standing[0].flow;
    if (has_isn(flow, segment) || is_crossing(flow, segment))
        return;
    for (uint32_t i = 1; i < n; i++) {
        if (!standing[i].is_written && has_isn(standing[i].flow, segment) &&
            phase_of(standing[i].flow, segment->time_ns, msl_ns) == PHASE_EMBRYONIC) {
            result->to = i;
            return;
        }
    }
    result->verb = ATTACH_NEW;
    result->isn_changed = !standing[0].is_written && is_waiting(flow, segment);
}

static void decide_syn(const struct standing *standing, uint32_t n,
                       const struct sf_segment *segment, int64_t msl_ns, struct attachment *result)
{
    const struct sf_flow *flow = standing[0].flow;
    enum phase phase = phase_of(flow, segment->time_ns, msl_ns);
    const struct held *held = standing[0].held;
    if (held != NULL) {
        bool again = held->from == segment->from && held->syn[0].seq == segment->seq;
        result->verb = ATTACH_HOLD;
        if (!again)
            result->settle =
                held->from != segment->from || phase != PHASE_OPEN ? SETTLE_AS_NEW : SETTLE_AS_OLD;
        if (!again && held->from != segment->from)
            result->verb = ATTACH_JOIN;
        return;
    }
    bool same = has_isn(flow, segment);
    bool was_cut_short = flow->complete_ns == SF_NO_TIME && flow->history->rst_in_handshake;
    switch (phase) {
    case PHASE_EMBRYONIC:
        decide_young_syn(standing, n, segment, msl_ns, result);
        break;
    case PHASE_OPEN:
        result->verb = same ? ATTACH_JOIN : ATTACH_HOLD;
        break;
    case PHASE_CLOSING:
        result->verb = ATTACH_HOLD;
        break;
    case PHASE_OVER:
        result->verb = same && !was_cut_short ? ATTACH_HOLD : ATTACH_NEW;
        break;
    }
    if (result->verb == ATTACH_NEW && phase == PHASE_OVER)
        note_reuse(flow, phase, segment, &result->reuse);
}

/* Does the SYN,ACK acknowledge the SYN of that connection? */
static bool answers_syn(const struct sf_flow *flow, const struct sf_segment *segment)
{
    enum sf_side opener = sf_other(side_of(flow, segment->from));
    return (flow->end[opener].known & SF_KNOWS_ISS) != 0 &&
           seq_within(segment->ack, flow->end[opener].iss + 1u, flow->history->end[opener].syn_end);
}

static void decide_synack(const struct standing *standing, uint32_t n,
                          const struct sf_segment *segment, int64_t msl_ns,
                          struct attachment *result)
{
    const struct sf_flow *flow = standing[0].flow;
    enum phase phase = phase_of(flow, segment->time_ns, msl_ns);
    /* Another copy of what opened the connection before. */
    if (n > 1 && !standing[1].is_written && !has_isn(flow, segment) &&
        has_isn(standing[1].flow, segment) && answers_syn(standing[1].flow, segment)) {
        result->to = 1;
        return;
    }
    bool was_refused = phase == PHASE_OVER && flow->history->rst_refused;
    if (has_isn(flow, segment) || phase == PHASE_OPEN ||
        (was_refused && answers_syn(flow, segment)))
        return;
    const struct sf_history *history = flow->history;
    if (phase == PHASE_EMBRYONIC && history->has_old_isn[segment->from] &&
        history->old_isn[segment->from] == segment->seq && !answers_syn(flow, segment)) {
        result->verb = ATTACH_LATE; /* of the connection before, whose row is written */
        return;
    }
    if (phase == PHASE_EMBRYONIC) {
        if (n > 1 && !answers_syn(flow, segment) && !standing[1].is_written &&
            (answers_syn(standing[1].flow, segment) || has_isn(standing[1].flow, segment)))
            result->to = 1;
        return;
    }
    /* The answer to an old duplicate SYN that did not pass here. */
    result->verb = ATTACH_NEW;
    result->is_dead = answers_syn(flow, segment);
}

/* ---- everything else --------------------------------------------------------------------------
 */

/* Until its SYN is answered a new connection takes only an answer: SYN,ACK or refusal. */
static bool young_takes(const struct sf_flow *young, const struct sf_segment *segment)
{
    enum sf_side side = side_of(young, segment->from);
    const struct sf_history *history = young->history;
    const struct sf_end *end = &young->end[side];
    if (history->end[sf_other(side)].has_said_plain_syn && history->end[side].segments == 0)
        return (segment->flags & (SF_RST | SF_ACK)) == (SF_RST | SF_ACK) &&
               answers_syn(young, segment);
    if ((segment->flags & SF_RST) != 0)
        return seq_within(segment->seq, end->iss, history->end[side].syn_end);
    return (segment->flags & SF_ACK) == 0 || answers_syn(young, segment) ||
           segment->seq == end->max;
}

/* The opener answers the old connection once more while the new one is being opened. */
static bool is_for_old(const struct sf_flow *young, const struct sf_flow *old,
                       const struct sf_segment *segment)
{
    enum sf_side side = side_of(old, segment->from);
    const struct sf_end *end = &old->end[side], *other = &old->end[sf_other(side)];
    if (young->complete_ns != SF_NO_TIME || (end->known & SF_KNOWS_SEQ) == 0)
        return false;
    if ((segment->flags & SF_RST) != 0)
        return old->history->end[sf_other(side)].n_sent_acks > 0 &&
               segment->seq == old->history->end[sf_other(side)].sent_ack[0] &&
               !seq_within(segment->seq, young->end[side_of(young, segment->from)].iss,
                           young->end[side_of(young, segment->from)].max);
    return (segment->flags & SF_ACK) != 0 && (other->known & SF_KNOWS_SEQ) != 0 &&
           segment->ack == other->max && segment->seq == end->max;
}

static void decide_plain(const struct standing *standing, uint32_t n,
                         const struct sf_segment *segment, struct attachment *result)
{
    const struct sf_flow *young = standing[0].flow;
    bool has_old = n > 1 && !standing[1].is_written;
    bool is_waiting = young->history->has_syn && young->synack_ns == SF_NO_TIME &&
                      young->complete_ns == SF_NO_TIME && !young->history->rst_accepted;
    if (!has_old)
        return;
    if ((is_waiting && !young_takes(young, segment)) ||
        is_for_old(young, standing[1].flow, segment))
        result->to = 1;
}

/* SYN with FIN opens nothing where a connection is; one port talks to itself on one connection. */
static bool stays_where_it_is(const struct sf_flow *flow, const struct sf_segment *segment,
                              int64_t msl_ns)
{
    if ((segment->flags & (SF_SYN | SF_FIN)) == (SF_SYN | SF_FIN))
        return true;
    return flow->history->is_self_connected &&
           phase_of(flow, segment->time_ns, msl_ns) != PHASE_OVER;
}

void sf_attach_decide(const struct standing *standing, uint32_t n, const struct sf_segment *segment,
                      int64_t msl_ns, struct attachment *result)
{
    memset(result, 0, sizeof *result);
    result->verb = ATTACH_JOIN;
    if (n == 0) {
        result->verb = ATTACH_NEW;
        return;
    }
    const struct standing *youngest = &standing[0];
    bool is_syn = (segment->flags & (SF_SYN | SF_RST)) == SF_SYN;
    bool is_synack = is_syn && (segment->flags & SF_ACK) != 0;
    if (stays_where_it_is(youngest->flow, segment, msl_ns)) {
        /* nothing to decide */
    } else if (youngest->held != NULL && (!is_syn || is_synack))
        decide_beside_held(youngest, segment, result);
    else if (is_synack)
        decide_synack(standing, n, segment, msl_ns, result);
    else if (is_syn)
        decide_syn(standing, n, segment, msl_ns, result);
    else
        decide_plain(standing, n, segment, result);
    if (result->settle == SETTLE_AS_NEW && youngest->held != NULL) {
        enum phase phase = phase_of(youngest->flow, segment->time_ns, msl_ns);
        note_reuse(youngest->flow, phase, &youngest->held->syn[0], &result->reuse);
        result->old_is_forgotten = phase == PHASE_OPEN;
        result->is_dead = youngest->held->same_isn;
        result->reuse.is_reuse &= !result->is_dead && phase != PHASE_OPEN;
    } else if (result->verb == ATTACH_JOIN && standing[result->to].is_written) {
        result->verb = ATTACH_LATE;
    }
}

bool sf_attach_held_is_new(const struct sf_flow *flow, const struct held *held, int64_t now_ns,
                           int64_t msl_ns)
{
    bool was_idle = held->syn[0].time_ns - flow->last_ns >= 2 * msl_ns;
    return (was_idle || phase_of(flow, now_ns, msl_ns) != PHASE_OPEN) && !held->same_isn;
}
