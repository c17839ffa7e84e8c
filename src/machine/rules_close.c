/*
 * Findings of the close: RFC 9293 §3.6.
 */
#include "machine/foreign.h"
#include "machine/rules.h"
#include "machine/seq.h"
#include "machine/silence.h"

#define HALF_CLOSED_NS INT64_C(1000000000)

/* What queues on a path may add to a round trip that is short. */
#define JITTER_NS INT64_C(20000000)

static uint8_t certainty_of(const struct contradiction *by)
{
    return by->is_timed ? SF_PROVED : SF_PROBABLE;
}

bool sf_rule_CLOSING(const struct judgement *j, struct sf_found *found)
{
    (void)found;
    return (j->A->known & j->B->known & SF_KNOWS_FIN) != 0 && j->is_first_fin &&
           j->flow->close == SF_CLOSE_SIMULTANEOUS;
}

bool sf_rule_FIN_RETRANSMITTED(const struct judgement *j, struct sf_found *found)
{
    if (!j->is_fin_again)
        return false;
    const struct contradiction *by = &j->by[SF_SIGN_FIN_AGAIN];
    bool is_covered = j->pa->fin_covered_ns != SF_NO_TIME;
    bool was_rejected = sf_history_was_rejected(j->flow, j->a, j->segment->seq, j->end - 1u);
    found->side = (uint8_t)j->a;
    found->interval_ns = j->gap_ns;
    found->where = is_covered || was_rejected ? SF_WHERE_NONE : SF_WHERE_UNKNOWN;
    found->detail = by->is_crossed && !by->is_lost ? SF_DETAIL_CROSSED : SF_DETAIL_NONE;
    sf_rule_doubt_repeat(found, j->may_be_copy);
    return true;
}

/* The other end, heard a round trip after the FIN had passed, did not know of it. */
static bool was_missed_behind(const struct judgement *j)
{
    return j->is_fin_again && j->pa->fin_missed_ns != SF_NO_TIME &&
           j->pa->fin_covered_ns == SF_NO_TIME && !j->pa->fin_was_damaged;
}

/*
 * What did not know of the FIN may itself have been held up on its way. Only a delay well above the
 * round trip is beyond what queues do.
 */
static bool was_missed_for_sure(const struct judgement *j)
{
    int64_t apart_ns = j->pa->fin_missed_ns - j->pa->fin.first_ns;
    return (j->B->known & SF_KNOWS_RTT) != 0 && apart_ns >= 2 * j->B->rtt_ns + JITTER_NS;
}

/* An end that reports duplicates (RFC 2883) does not report this one: it had not had the first. */
static bool was_missed_by_dsack(const struct judgement *j)
{
    bool is_answer = j->pa->last_ns != SF_NO_TIME && j->pa->last_ns < j->pb->fin.last_ns;
    return j->is_first_cover && j->B->fin_repeats > 0 && j->pa->dsacks > 0 && !j->is_dsack &&
           is_answer && !j->pb->fin_was_damaged;
}

bool sf_rule_FIN_LOST(const struct judgement *j, struct sf_found *found)
{
    if (j->is_first_fin && j->fin_was_inferred && j->pa->fin_covered_ns == SF_NO_TIME &&
        !j->is_overtaken_fin) {
        found->side = (uint8_t)j->a;
        found->where = SF_WHERE_BEFORE;
        /* Or it passed before the capture began; or, sooner than a timer runs, is only late. */
        if (!j->flow->history->has_syn || j->now_ns - j->pa->fin_inferred_ns < TIMER_MIN_NS)
            found->certainty = SF_PROBABLE;
        return true;
    }
    if (was_missed_behind(j)) {
        found->side = (uint8_t)j->a;
        found->where = SF_WHERE_AFTER;
        /* A FIN that comes before the data in front of it may be dropped: RFC 9293 §3.10.7.4. */
        bool is_sure = was_missed_for_sure(j) && !j->pa->fin_had_to_wait &&
                       j->pa->fin_miss_is_sure && !j->is_late;
        found->certainty = is_sure ? SF_PROVED : SF_PROBABLE;
        return true;
    }
    found->side = (uint8_t)j->b;
    found->where = SF_WHERE_AFTER;
    found->certainty = SF_PROBABLE;
    return was_missed_by_dsack(j);
}

/* The second closer's FIN acknowledged the first one: it waits in LAST_ACK. */
static bool is_second_closer(const struct judgement *j)
{
    return (j->B->known & SF_KNOWS_FIN) != 0 && j->pa->first_fin_has_ack &&
           seq_not_after(j->B->fin, j->pa->first_fin_ack);
}

/* RFC 9293 §3.10.7.4, first: of a segment that brings only what is there already nothing is taken,
 * its acknowledgment neither. */
static bool was_old(const struct judgement *j, const struct entry *heard)
{
    return heard->seq != heard->end && (j->A->known & SF_KNOWS_RCV) != 0 &&
           seq_not_after(heard->end, j->A->rcv);
}

static bool lost_its_ack(const struct judgement *j, struct sf_found *found)
{
    const struct contradiction *by = &j->by[SF_SIGN_FIN_AGAIN];
    if (!j->is_fin_again || !by->is_lost)
        return false;
    found->side = (uint8_t)j->b;
    found->where = SF_WHERE_AFTER;
    found->certainty = was_old(j, &j->heard[SF_SIGN_FIN_AGAIN]) ? SF_PROBABLE : certainty_of(by);
    /* Sooner than any timer: some stacks answer the other FIN with their own once more. */
    if (j->gap_ns < TIMER_MIN_NS)
        found->certainty = SF_PROBABLE;
    return true;
}

bool sf_rule_FIN_ACK_LOST(const struct judgement *j, struct sf_found *found)
{
    return lost_its_ack(j, found) && !is_second_closer(j);
}

bool sf_rule_FINAL_ACK_LOST(const struct judgement *j, struct sf_found *found)
{
    return lost_its_ack(j, found) && is_second_closer(j);
}

static bool half_closed_by_time(const struct judgement *j, struct sf_found *found)
{
    enum sf_side side = (enum sf_side)found->side;
    const struct private_end *notes = &j->flow->history->end[side];
    bool is_half = notes->fin_covered_ns != SF_NO_TIME && !j->flow->history->rst_accepted &&
                   (j->flow->end[sf_other(side)].known & SF_KNOWS_FIN) == 0;
    if (!is_half || j->now_ns - notes->fin_covered_ns < HALF_CLOSED_NS)
        return false;
    found->number = notes->fin_covered_number;
    found->time_ns = notes->fin_covered_ns;
    found->certainty = SF_PROBABLE;
    return sf_history_found(j->flow, SF_CODE_HALF_CLOSED, side) == NULL &&
           sf_history_found(j->flow, SF_CODE_CLOSE_WAIT_STALLED, sf_other(side)) == NULL;
}

bool sf_rule_HALF_CLOSED(const struct judgement *j, struct sf_found *found)
{
    if (j->segment == NULL)
        return half_closed_by_time(j, found);
    return found->side == j->b && j->fresh > 0 && j->is_plain && j->pa->sent_after_fin &&
           j->pb->own_resets == 0 && sf_history_found(j->flow, SF_CODE_HALF_CLOSED, j->b) == NULL;
}

/* What of a silence behind a FIN is told: it began with that packet. */
static int64_t tell_silence_since(const struct judgement *j, enum sf_side closer,
                                  struct sf_found *found)
{
    int64_t since_ns;
    if (!sf_history_awaits_fin(j->flow, closer, &since_ns, &found->number))
        return 0;
    found->time_ns = since_ns;
    found->interval_ns = j->now_ns - since_ns;
    return found->interval_ns;
}

bool sf_rule_CLOSE_WAIT_STALLED(const struct judgement *j, struct sf_found *found)
{
    enum sf_side side = (enum sf_side)found->side, closer = sf_other(side);
    if (j->segment != NULL || sf_history_found(j->flow, SF_CODE_CLOSE_WAIT_STALLED, side) != NULL ||
        !sf_fold_has_proved(&j->flow->end[side], SF_STATE_CLOSE_WAIT))
        return false;
    int64_t silence_ns = tell_silence_since(j, closer, found);
    if (silence_ns >= CLOSE_WAIT_STALLED_NS)
        return true;
    bool has_sent = found->number != j->flow->history->end[closer].fin_covered_number;
    found->severity = SF_NOTE;
    found->detail = SF_DETAIL_CAPTURE_ENDED;
    return (j->step->marks & SF_MARK_END) != 0 && silence_ns >= HALF_CLOSED_NS && !has_sent;
}

/* An end still in FIN_WAIT_2 would have acknowledged that FIN: its timer had expired. */
static bool is_late_fin_reset(const struct judgement *j)
{
    const struct private_end *notes = j->pb;
    bool has_unread = notes->last_payload_ns != SF_NO_TIME &&
                      notes->last_payload_ns >= j->pa->fin.first_ns &&
                      seq_before(j->B->una, j->B->fin - 1u);
    bool was_waiting = j->pa->fin_covered_ns != SF_NO_TIME && notes->fin.first_ns != SF_NO_TIME &&
                       j->pa->fin_covered_ns < notes->fin.first_ns;
    bool is_answer = notes->last_number == notes->fin.first_number && j->answers_last &&
                     j->pa->own_resets == 0 && !has_unread;
    return j->is_rst && j->is_believed && was_waiting && is_answer &&
           j->step->reset_kind == SF_RESET_KIND_NO_CONNECTION;
}

bool sf_rule_FIN_WAIT_2_STALLED(const struct judgement *j, struct sf_found *found)
{
    enum sf_side side = (enum sf_side)found->side;
    if (j->segment != NULL) {
        if (side != j->a || !is_late_fin_reset(j))
            return false;
        found->reset_kind = j->step->reset_kind;
        if (j->pa->fin_covered_ns != SF_NO_TIME)
            found->interval_ns = j->now_ns - j->pa->fin_covered_ns;
        found->detail = SF_DETAIL_TIMER_EXPIRED;
        return true;
    }
    if (sf_history_found(j->flow, SF_CODE_FIN_WAIT_2_STALLED, side) != NULL ||
        sf_end_state(&j->flow->end[side]) != SF_STATE_FIN_WAIT_2)
        return false;
    return tell_silence_since(j, side, found) >= FIN_WAIT_2_STALLED_NS;
}

/* Numbers that continue the stream, not those of another connection whose SYN did not pass here. */
static bool is_behind_fin(const struct judgement *j)
{
    uint32_t window = j->B->window > 0 ? j->B->window : 1u;
    bool is_near = seq_before(j->A->fin, j->end) && seq_not_after(j->end, j->A->fin + window);
    return (j->segment->payload > 0 || j->is_fin) && is_near;
}

/* Lower than the FIN before, where all octets in between were seen: no late copy of anything. */
static bool is_other_fin(const struct judgement *j)
{
    return j->is_fin && j->late == 0 && seq_before(j->end, j->A->fin) &&
           seq_not_after(j->A->first, j->segment->seq);
}

bool sf_rule_DATA_AFTER_FIN(const struct judgement *j, struct sf_found *found)
{
    bool is_second = j->is_plain && (j->A->known & SF_KNOWS_FIN) != 0 && !j->is_first_fin &&
                     !j->is_fin_again && !j->pa->fin_is_inferred && !j->pa->fin_was_inferred;
    if (!is_second || j->is_absurd || j->is_bad_ack || j->is_path_copy)
        return false;
    bool is_foreign = sf_foreign_is_other_ttl(j->pa, j->segment->ttl) ||
                      sf_foreign_is_other_ttl(j->pa, j->pa->fin_ttl);
    found->side = (uint8_t)j->a;
    found->octets = j->segment->payload;
    found->detail = is_foreign ? SF_DETAIL_POSSIBLY_INJECTED : SF_DETAIL_NONE;
    found->certainty = is_foreign ? SF_PROBABLE : SF_PROVED;
    return is_behind_fin(j) || is_other_fin(j);
}

/* The challenge of an end in TIME_WAIT: RFC 9293 §3.10.7.4 sends a plain ACK, no SYN,ACK. */
bool sf_rule_TIME_WAIT_SYN_REJECTED(const struct judgement *j, struct sf_found *found)
{
    found->side = (uint8_t)j->a;
    return j->is_challenge && j->pa->provoked_detail == SF_DETAIL_ANSWERS_SYN_IN_OPEN &&
           j->pb->has_held_syn && j->step->before[j->a].state == SF_STATE_TIME_WAIT;
}

bool sf_rule_GAVE_UP(const struct judgement *j, struct sf_found *found)
{
    if (!j->flow->history->gave_up)
        return false;
    for (int side = 0; side < 2; side++) {
        const struct private_end *end = &j->flow->history->end[side];
        if (end->stubborn.count < 3)
            continue;
        if (sf_history_found(j->flow, SF_CODE_GAVE_UP, (enum sf_side)(1 - side)) != NULL)
            return false;
        found->side = (uint8_t)(1 - side);
        found->interval_ns = j->now_ns - end->stubborn.last_ns;
        if (j->segment == NULL) {
            found->number = end->stubborn.number;
            found->time_ns = end->stubborn.last_ns;
        }
        return true;
    }
    return false;
}
