/*
 * Findings of resets: RFC 9293 §3.5.2 and §3.5.3.
 */
#include "machine/rules.h"
#include "machine/seq.h"

#define UNREAD_NS  INT64_C(1000000000)
#define TTL_UNLIKE 3
#define ID_UNLIKE  1000
#define TWIN_NS    INT64_C(1000000)

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

/* Payload octets of an end that nothing acknowledged, this RST included. */
static uint32_t unacknowledged(const struct judgement *j, enum sf_side side)
{
    const struct sf_end *end = &j->flow->end[side];
    if ((end->known & SF_KNOWS_SEQ) == 0 || end->bytes == 0)
        return 0;
    bool has_fin = (end->known & SF_KNOWS_FIN) != 0 && end->fin == end->max;
    uint32_t right = end->max - (has_fin ? 1u : 0u);
    uint32_t left = (end->known & SF_KNOWS_UNA) != 0 ? end->una : end->first;
    if ((end->known & SF_KNOWS_ISS) != 0 && left == end->iss)
        left++;
    bool covers_more = side == j->b && j->has_ack && seq_before(left, j->segment->ack) &&
                       seq_not_after(j->segment->ack, end->max);
    if (covers_more)
        left = j->segment->ack;
    return seq_before(left, right) ? right - left : 0;
}

bool sf_rule_RESET_LOST_DATA(const struct judgement *j, struct sf_found *found)
{
    bool is_first_of_all = j->pa->resets == 0 && j->pb->resets == 0;
    if (!j->is_rst || !j->is_accepted || !is_first_of_all || !was_open(j))
        return false;
    found->octets = unacknowledged(j, (enum sf_side)found->side);
    found->reset_kind = j->step->reset_kind;
    found->detail = found->side == j->a ? SF_DETAIL_MAY_BE_DELIVERED : SF_DETAIL_MAY_BE_DISCARDED;
    return found->octets > 0;
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

static bool ends_time_wait(const struct judgement *j)
{
    return j->is_rst && j->is_accepted && j->step->before[j->b].state == SF_STATE_TIME_WAIT;
}

bool sf_rule_RESET_AFTER_FIN(const struct judgement *j, struct sf_found *found)
{
    if (!j->is_rst || !j->is_believed || !has_closed(j->A) || !is_first_reset(j))
        return false;
    /* A host that is done with the connection answers what TIME_WAIT sends. */
    if (ends_time_wait(j) && j->step->reset_kind == SF_RESET_KIND_NO_CONNECTION)
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

bool sf_rule_TIME_WAIT_ASSASSINATED(const struct judgement *j, struct sf_found *found)
{
    found->side = (uint8_t)j->b;
    found->reset_kind = j->step->reset_kind;
    found->certainty = SF_PROBABLE;
    return ends_time_wait(j);
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
