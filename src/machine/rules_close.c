/*
 * Findings of the close and of resets: RFC 9293 §3.5.2, §3.5.3 and §3.6.
 */
#include "machine/rules.h"
#include "machine/seq.h"

#define UNREAD_NS  INT64_C(1000000000)
#define TTL_UNLIKE 3
#define ID_UNLIKE  1000
#define TWIN_NS    INT64_C(1000000)

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
    found->side = (uint8_t)j->a;
    found->interval_ns = j->gap_ns;
    found->where = is_covered ? SF_WHERE_NONE : SF_WHERE_UNKNOWN;
    found->detail = by->is_crossed && !by->is_lost ? SF_DETAIL_CROSSED : SF_DETAIL_NONE;
    return true;
}

/* The other end, heard a round trip after the FIN had passed, did not know of it. */
static bool was_missed_behind(const struct judgement *j)
{
    return j->is_fin_again && j->pa->fin_missed_ns != SF_NO_TIME &&
           j->pa->fin_covered_ns == SF_NO_TIME && !j->pa->fin_was_damaged;
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
        return true;
    }
    if (was_missed_behind(j)) {
        found->side = (uint8_t)j->a;
        found->where = SF_WHERE_AFTER;
        found->certainty = (j->B->known & SF_KNOWS_RTT) != 0 ? SF_PROVED : SF_PROBABLE;
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

static bool lost_its_ack(const struct judgement *j, struct sf_found *found)
{
    const struct contradiction *by = &j->by[SF_SIGN_FIN_AGAIN];
    found->side = (uint8_t)j->b;
    found->where = SF_WHERE_AFTER;
    found->certainty = certainty_of(by);
    return j->is_fin_again && by->is_lost;
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
    if (!is_half || j->now_ns - notes->fin_covered_ns < UNREAD_NS)
        return false;
    found->number = notes->fin_covered_number;
    found->time_ns = notes->fin_covered_ns;
    found->certainty = SF_PROBABLE;
    return sf_history_found(j->flow, SF_CODE_HALF_CLOSED, side) == NULL;
}

bool sf_rule_HALF_CLOSED(const struct judgement *j, struct sf_found *found)
{
    if (j->segment == NULL)
        return half_closed_by_time(j, found);
    return found->side == j->b && j->fresh > 0 && j->is_plain && j->pa->sent_after_fin &&
           j->pb->resets == 0 && sf_history_found(j->flow, SF_CODE_HALF_CLOSED, j->b) == NULL;
}

static uint8_t abort_detail(const struct judgement *j)
{
    bool just_before =
        j->pb->last_payload_ns != SF_NO_TIME && j->now_ns - j->pb->last_payload_ns <= UNREAD_NS &&
        (j->pa->last_payload_ns == SF_NO_TIME || j->pa->last_payload_ns < j->pb->last_payload_ns);
    if (just_before)
        return SF_DETAIL_UNREAD_DATA_LIKELY;
    bool outstanding = (j->A->known & SF_KNOWS_UNA) != 0 && seq_before(j->A->una, j->A->max);
    return outstanding ? SF_DETAIL_DATA_OUTSTANDING : SF_DETAIL_NONE;
}

static bool was_open(const struct judgement *j)
{
    return j->flow->complete_ns != SF_NO_TIME || j->flow->history->is_midstream ||
           j->flow->handshake == SF_HANDSHAKE_SIMULTANEOUS;
}

static bool has_closed(const struct sf_end *end)
{
    return (end->known & SF_KNOWS_FIN) != 0;
}

static bool is_first_reset(const struct judgement *j)
{
    return j->pa->resets == 0;
}

bool sf_rule_ABORTIVE_CLOSE(const struct judgement *j, struct sf_found *found)
{
    if (!j->is_rst || !(j->is_accepted || j->is_believed) || !was_open(j) || has_closed(j->A) ||
        !is_first_reset(j) ||
        (j->step->reset_kind != SF_RESET_KIND_ABORT &&
         j->step->reset_kind != SF_RESET_KIND_ABORT_IN_HANDSHAKE) ||
        j->step->before[j->b].state == SF_STATE_CLOSED || j->flow->history->gave_up)
        return false;
    found->side = (uint8_t)j->a;
    found->reset_kind = j->step->reset_kind;
    found->detail = abort_detail(j);
    return true;
}

bool sf_rule_RESET_AFTER_FIN(const struct judgement *j, struct sf_found *found)
{
    if (!j->is_rst || !j->is_believed || !has_closed(j->A) || !is_first_reset(j))
        return false;
    bool both = j->pa->fin_covered_ns != SF_NO_TIME && j->pb->fin_covered_ns != SF_NO_TIME;
    found->side = (uint8_t)j->a;
    found->reset_kind = j->step->reset_kind;
    found->state = j->step->before[j->a].state;
    found->is_state_assumed = !j->step->before[j->a].is_proved;
    if (both)
        found->severity = SF_INFO;
    return true;
}

/* The FIN was sent before the RST that overtook it: what the RST answers came after the close. */
static bool was_closed_before_reset(const struct judgement *j)
{
    bool is_unread = (j->B->known & SF_KNOWS_UNA) == 0 || seq_before(j->B->una, j->B->max);
    return j->is_first_fin && j->pa->resets > 0 && is_unread &&
           j->step->before[j->a].state == SF_STATE_CLOSED;
}

/* The RST answers payload that came after the FIN: both directions had been closed. */
bool sf_rule_DATA_AFTER_CLOSE(const struct judgement *j, struct sf_found *found)
{
    if (was_closed_before_reset(j)) {
        found->side = (uint8_t)j->b;
        found->octets = j->B->max - j->B->una;
        return true;
    }
    bool is_unread = (j->B->known & SF_KNOWS_UNA) == 0 || seq_before(j->B->una, j->B->max);
    bool answers_data = is_unread && j->pb->last_payload_ns != SF_NO_TIME &&
                        j->pb->last_payload_ns == j->pb->last_ns &&
                        j->pa->fin.first_ns != SF_NO_TIME &&
                        j->pb->last_payload_ns >= j->pa->fin.first_ns;
    if (!j->is_rst || !j->is_believed || !has_closed(j->A) || !answers_data || !is_first_reset(j) ||
        (!j->answers && !j->has_ack))
        return false;
    found->side = (uint8_t)j->b;
    found->reset_kind = j->step->reset_kind;
    uint32_t acknowledged = (j->B->known & SF_KNOWS_UNA) != 0 ? j->B->una : j->B->first;
    found->octets = j->B->max - acknowledged;
    return true;
}

bool sf_rule_PEER_LOST_STATE(const struct judgement *j, struct sf_found *found)
{
    if (!j->is_rst || !j->is_believed || has_closed(j->A) || !is_first_reset(j) || !was_open(j))
        return false;
    found->side = (uint8_t)j->a;
    found->reset_kind = j->step->reset_kind;
    if (j->pa->has_held_syn && j->answers) {
        found->detail = SF_DETAIL_FORGOT_SYN;
        return true;
    }
    found->detail = SF_DETAIL_FORGOT_ANSWERED;
    return j->step->reset_kind == SF_RESET_KIND_NO_CONNECTION &&
           j->step->before[j->a].state != SF_STATE_CLOSED;
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

bool sf_rule_OUT_OF_WINDOW_RESET(const struct judgement *j, struct sf_found *found)
{
    enum sf_state state = (enum sf_state)j->step->before[j->b].state;
    bool is_open = state != SF_STATE_NONE && state != SF_STATE_CLOSED && state != SF_STATE_LISTEN;
    if (!j->is_rst || j->is_accepted || !is_open || j->flow->history->gave_up)
        return false;
    if (j->is_believed && j->answers && !j->has_ack)
        return false; /* its sender answered an earlier segment */
    found->side = (uint8_t)j->a;
    found->reset_kind = j->step->reset_kind;
    return j->place == RESET_OUTSIDE || state == SF_STATE_SYN_SENT;
}

/* Of the signs of a foreign hand two are needed; that its sender goes on is enough alone. */
bool sf_rule_RESET_SUSPICIOUS(const struct judgement *j, struct sf_found *found)
{
    found->side = (uint8_t)j->a;
    if (j->by[SF_SIGN_RST].is_lost) {
        found->number = j->by[SF_SIGN_RST].heard.number;
        found->time_ns = j->by[SF_SIGN_RST].heard.time_ns;
        found->detail = SF_DETAIL_SENDER_WENT_ON;
        return true;
    }
    if (!j->is_rst || (j->A->known & SF_KNOWS_TTL) == 0 || j->pa->segments == j->pa->resets)
        return false;
    int ttl = (int)j->segment->ttl - (int)j->A->ttl;
    int16_t id = (int16_t)(j->segment->ip_id - j->pa->last_ip_id);
    bool other_ttl = ttl >= TTL_UNLIKE || ttl <= -TTL_UNLIKE;
    bool other_id = j->pa->last_ip_id != 0 && (j->segment->ip_id == 0 || id <= 0 || id > ID_UNLIKE);
    bool inexact = j->place == RESET_INEXACT && !j->is_believed;
    bool both = j->pb->last_rst_ns != SF_NO_TIME && j->now_ns - j->pb->last_rst_ns <= TWIN_NS;
    found->certainty = SF_PROBABLE;
    found->detail = other_ttl ? SF_DETAIL_OTHER_TTL : SF_DETAIL_NOT_BELIEVED;
    return other_ttl + other_id + inexact + both >= 2;
}
