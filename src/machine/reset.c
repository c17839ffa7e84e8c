#include "machine/reset.h"

#include "machine/foreign.h"
#include "machine/seq.h"

static bool acknowledges_own_syn(const struct judgement *j)
{
    return j->has_ack && (j->B->known & SF_KNOWS_ISS) != 0 &&
           seq_before(j->B->iss, j->segment->ack) && seq_not_after(j->segment->ack, j->B->max);
}

/* Also of a server that is gone since its SYN,ACK, as long as that did not arrive. */
static bool is_refusal_shape(const struct judgement *j)
{
    enum sf_state state = sf_end_state(j->B);
    bool is_opening = state == SF_STATE_SYN_SENT ||
                      (state == SF_STATE_SYN_RCVD && !sf_end_is_proved(j->B)) ||
                      (state == SF_STATE_CLOSED && j->flow->complete_ns == SF_NO_TIME);
    /* Refused before it opened itself: the SYN may have overtaken the RST. */
    bool is_alone = j->pa->syn.first_ns == SF_NO_TIME;
    bool is_later =
        state == SF_STATE_SYN_SENT || (!is_alone && j->now_ns - j->pa->syn.first_ns > OVERTAKEN_NS);
    bool is_waiting = is_alone || (is_opening && is_later);
    return acknowledges_own_syn(j) && j->segment->seq == 0 && is_waiting;
}

static void judge_place(struct judgement *j)
{
    uint32_t seq = j->segment->seq;
    bool has_rcv = (j->B->known & SF_KNOWS_RCV) != 0;
    if ((j->A->known & SF_KNOWS_SEQ) == 0 && !has_rcv) {
        j->place = RESET_UNKNOWN;
        return;
    }
    uint32_t low = has_rcv ? j->B->rcv : j->A->first;
    /* What passed here may have arrived there or not, and gaps may have been filled unseen. */
    uint32_t high = (j->A->known & SF_KNOWS_SEQ) != 0 ? j->A->max : low;
    if (seq_before(high, low))
        high = low;
    uint32_t window = j->B->window > 0 ? j->B->window : 1u;
    if (seq_within(seq, low, high))
        j->place = RESET_EXACT;
    else if (seq - low < window)
        j->place = RESET_INEXACT;
    else
        j->place = RESET_OUTSIDE;
    j->is_certain = j->place == RESET_EXACT && low == high;
}

/* Can A have written this number at all? Not unless it refuses, answers, or is where A stands. */
static bool is_believable(const struct judgement *j)
{
    uint32_t seq = j->segment->seq;
    if (is_refusal_shape(j) || j->answers || j->place == RESET_EXACT)
        return true;
    /* Behind data that has not passed here: an abort knows what it has received (RFC 9293 §3.10.5).
     */
    if (j->place == RESET_INEXACT && j->has_ack && (j->A->known & SF_KNOWS_RCV) != 0 &&
        seq_within(j->segment->ack, j->A->rcv, j->B->max) && !seq_before(seq, j->A->max))
        return true;
    /* Nothing of A is known. To an opener it must answer the SYN: RFC 9293 §3.10.7.3. */
    if (j->place == RESET_UNKNOWN)
        return !j->pb->has_said_plain_syn || acknowledges_own_syn(j);
    if ((j->A->known & SF_KNOWS_SEQ) != 0 && seq == j->A->max)
        return true;
    /* Neither end has acknowledged the other: the opener gives up, or answers without ACK. */
    return acknowledges_own_syn(j) && (j->A->known & SF_KNOWS_ISS) == 0;
}

/* It answers an unacceptable acknowledgment and goes on waiting: RFC 9293 §3.10.7.3, first check,
 * and §3.10.7.4, fifth check. */
static bool answers_bad_ack(const struct judgement *j)
{
    bool is_opening = j->pa->has_said_plain_syn ||
                      (j->pa->has_said_synack && sf_end_state(j->A) == SF_STATE_SYN_RCVD);
    return j->answers && !j->has_ack && is_opening && (j->A->known & SF_KNOWS_ISS) != 0 &&
           !seq_within(j->segment->seq, j->A->iss + 1u, j->A->max);
}

static bool has_acked_synack(const struct judgement *j)
{
    return sf_fold_has_proved(j->A, SF_STATE_ESTABLISHED);
}

/*
 * No segment of B asked for this RST: the last one was data, and A has acknowledged that. Some
 * stacks leave out the ACK when they abort (RFC 9293 §3.10.5).
 */
static bool is_unasked(const struct judgement *j)
{
    return (j->B->known & SF_KNOWS_SEQ) != 0 && (j->A->known & SF_KNOWS_RCV) != 0 &&
           j->A->rcv == j->B->max && j->pb->last_payload_ns != SF_NO_TIME &&
           j->pb->last_payload_ns == j->pb->last_ns;
}

static enum sf_reset_kind shape(const struct judgement *j)
{
    if (is_refusal_shape(j))
        return SF_RESET_KIND_REFUSAL;
    if (!j->is_believed)
        return SF_RESET_KIND_FOREIGN;
    if (j->answers_bad_ack)
        return SF_RESET_KIND_NO_CONNECTION;
    if (j->pa->has_said_plain_syn && !has_acked_synack(j) && !j->pb->has_said_plain_syn)
        return SF_RESET_KIND_ABORT_IN_HANDSHAKE;
    /* Nothing of either end is known: what answers with number 0 was sent no ACK. */
    bool is_lone = ((j->A->known | j->B->known) & SF_KNOWS_SEQ) == 0;
    if (j->has_ack && j->segment->seq == 0 && (j->A->max != 0 || is_lone))
        return SF_RESET_KIND_NO_CONNECTION_NOACK;
    if (!j->has_ack && j->answers && !is_unasked(j))
        return SF_RESET_KIND_NO_CONNECTION;
    return SF_RESET_KIND_ABORT;
}

/* Each of a row of segments is answered: RFC 9293 §3.10.7.1. */
static bool answers_row(const struct judgement *j)
{
    int64_t rtt_ns = (j->A->known & SF_KNOWS_RTT) != 0 ? j->A->rtt_ns : 0;
    return j->pb->n_sent_acks > 0 && j->now_ns - j->pb->sent_ack_ns[0] <= rtt_ns + RTT_UNKNOWN_NS &&
           seq_within(j->segment->seq, j->pb->row_ack, j->pb->sent_ack[0]);
}

/* Is its number the acknowledgment number of a segment that A was sent just now? Whoever has no
 * connection answers at once. */
static bool answers_segment(const struct judgement *j)
{
    if (!j->has_ack && answers_row(j))
        return true;
    for (unsigned i = 0; i < j->pb->n_sent_acks; i++) {
        int64_t rtt_ns = (j->A->known & SF_KNOWS_RTT) != 0 ? j->A->rtt_ns : 0;
        bool is_prompt = j->now_ns - j->pb->sent_ack_ns[i] <= rtt_ns + RTT_UNKNOWN_NS;
        if (j->pb->sent_ack[i] == j->segment->seq && is_prompt)
            return !j->has_ack || j->pa->last_ns == SF_NO_TIME || j->pb->last_ns >= j->pa->last_ns;
    }
    return false;
}

void sf_reset_judge(struct judgement *j)
{
    if (!j->is_rst)
        return;
    j->answers = answers_segment(j);
    j->answers_last = j->answers && j->segment->seq == j->pb->sent_ack[0];
    judge_place(j);
    j->answers_bad_ack = answers_bad_ack(j);
    j->is_believed = is_believable(j) && !j->answers_bad_ack;
    enum sf_reset_kind kind = j->answers_bad_ack ? SF_RESET_KIND_NO_CONNECTION : shape(j);
    if (sf_foreign_is_other_ttl(j->pa, j->segment->ttl) && kind != SF_RESET_KIND_REFUSAL &&
        j->pa->segments > 0)
        kind = SF_RESET_KIND_FOREIGN;
    j->step->reset_kind = (uint8_t)kind;
    uint16_t bits = sf_reset_heard_bits(j);
    enum sf_state state = sf_end_state(j->B);
    j->is_accepted = (state == SF_STATE_SYN_SENT ? (bits & ENTRY_RST_OF_SYN) != 0
                                                 : (bits & ENTRY_RST_EXACT) != 0) &&
                     state != SF_STATE_NONE && state != SF_STATE_LISTEN;
}

uint16_t sf_reset_heard_bits(const struct judgement *j)
{
    uint16_t bits = 0;
    if (acknowledges_own_syn(j))
        bits |= ENTRY_RST_OF_SYN;
    if (j->place == RESET_EXACT)
        bits |= ENTRY_RST_EXACT;
    return bits;
}

/* An end in TIME_WAIT does not reset: one that does never took the FIN that seemed to lead there.
 */
static bool denies_time_wait(const struct judgement *j)
{
    return j->answers && sf_end_state(j->A) == SF_STATE_TIME_WAIT && !sf_end_is_proved(j->A);
}

/* The last segment of B, or what that repeated; not a FIN that A has acknowledged. */
static bool is_answered(const struct judgement *j, const struct entry *entry)
{
    if ((entry->flags & SF_FIN) != 0 && (j->A->known & SF_KNOWS_RCV) != 0 &&
        seq_not_after(entry->end, j->A->rcv))
        return false;
    uint16_t kind = j->pb->last_flags & (SF_SYN | SF_FIN);
    if (denies_time_wait(j))
        return (entry->flags & SF_FIN) != 0;
    /* A FIN that waited for missing data is heard with what brought that. */
    bool is_released = (entry->flags & SF_FIN) != 0 && entry->time_ns == j->pb->last_ns;
    return entry->number == j->pb->last_number || is_released ||
           (kind != 0 && (entry->flags & (SF_SYN | SF_FIN)) == kind);
}

void sf_reset_strike_answered(struct judgement *j)
{
    if (j->has_ack || !(j->answers_last || denies_time_wait(j)))
        return;
    struct log *log = &j->pa->log;
    for (unsigned i = 0; i < log->n; i++) {
        struct entry *entry = &log->entry[i];
        if ((entry->bits & (ENTRY_HEARD | ENTRY_STRUCK)) != ENTRY_HEARD || !is_answered(j, entry))
            continue;
        bool made_established = sf_end_state(j->A) == SF_STATE_ESTABLISHED &&
                                !sf_end_is_proved(j->A) && j->pa->has_said_synack;
        if ((entry->flags & (SF_SYN | SF_FIN)) != 0 || made_established) {
            entry->bits |= ENTRY_STRUCK;
            j->struck_answer = true;
        }
    }
}
