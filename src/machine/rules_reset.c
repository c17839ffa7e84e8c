/*
 * Findings of resets: RFC 9293 §3.5.2 and §3.5.3.
 */
#include "machine/foreign.h"
#include "machine/rules.h"
#include "machine/seq.h"

#define UNREAD_NS INT64_C(1000000000)

static bool was_open(const struct judgement *j)
{
    return j->flow->complete_ns != SF_NO_TIME || j->flow->history->is_midstream ||
           j->flow->handshake == SF_HANDSHAKE_SIMULTANEOUS;
}

/* The first payload octet of an end that no segment acknowledged. */
static uint32_t first_outstanding(const struct sf_end *end)
{
    uint32_t una = (end->known & SF_KNOWS_UNA) != 0 ? end->una : end->first;
    return (end->known & SF_KNOWS_ISS) != 0 && una == end->iss ? una + 1u : una;
}

/* Payload octets of an end from there on; 0 when all are acknowledged. */
static uint32_t count_outstanding(const struct sf_end *end, uint32_t first)
{
    if ((end->known & SF_KNOWS_SEQ) == 0 || end->bytes == 0)
        return 0;
    bool has_fin = (end->known & SF_KNOWS_FIN) != 0 && end->fin == end->max;
    uint32_t behind = end->max - (has_fin ? 1u : 0u);
    return seq_before(first, behind) ? behind - first : 0;
}

/* The RST itself may acknowledge what came last. */
static uint32_t count_lost(const struct judgement *j, enum sf_side side)
{
    const struct sf_end *end = &j->flow->end[side];
    uint32_t first = first_outstanding(end);
    bool covers_more = side == j->b && j->has_ack && seq_before(first, j->segment->ack) &&
                       seq_not_after(j->segment->ack, end->max);
    return count_outstanding(end, covers_more ? j->segment->ack : first);
}

/* A RST,ACK acknowledges all that its sender has; without ACK only time can tell. */
static bool has_arrived(const struct judgement *j)
{
    if (j->has_ack)
        return count_lost(j, j->b) == 0;
    return sf_history_had_time(j->flow, j->a, j->pb->last_payload_ns, j->now_ns);
}

static uint8_t abort_detail(const struct judgement *j)
{
    bool just_before =
        j->pb->last_payload_ns != SF_NO_TIME && j->now_ns - j->pb->last_payload_ns <= UNREAD_NS &&
        (j->pa->last_payload_ns == SF_NO_TIME || j->pa->last_payload_ns < j->pb->last_payload_ns);
    if (just_before && has_arrived(j))
        return SF_DETAIL_UNREAD_DATA_LIKELY;
    bool outstanding = (j->A->known & SF_KNOWS_UNA) != 0 && seq_before(j->A->una, j->A->max);
    return outstanding ? SF_DETAIL_DATA_OUTSTANDING : SF_DETAIL_NONE;
}

bool sf_rule_RESET_LOST_DATA(const struct judgement *j, struct sf_found *found)
{
    bool is_first_of_all = j->pa->own_resets == 0 && j->pb->own_resets == 0;
    if (!j->is_rst || !j->is_accepted || !is_first_of_all || !was_open(j))
        return false;
    found->octets = count_lost(j, (enum sf_side)found->side);
    found->reset_kind = j->step->reset_kind;
    found->detail = found->side == j->a ? SF_DETAIL_MAY_BE_DELIVERED : SF_DETAIL_MAY_BE_DISCARDED;
    return found->octets > 0;
}

void sf_rules_reread_lost_data(struct judgement *j)
{
    if (!j->flow->history->rst_accepted || !j->is_plain || !j->has_ack)
        return;
    struct sf_found *found = sf_history_found(j->flow, SF_CODE_RESET_LOST_DATA, j->b);
    if (found == NULL)
        return;
    found->octets = count_outstanding(j->B, first_outstanding(j->B));
    if (found->octets > 0)
        return;
    sf_history_drop(j->flow, found);
    j->step->first_found--;
}

static bool has_closed(const struct sf_end *end)
{
    return (end->known & SF_KNOWS_FIN) != 0;
}

static bool is_first_reset(const struct judgement *j)
{
    return j->pa->own_resets == 0;
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
    /* Without ACK and with this number it may also be a late answer of one without connection. */
    bool may_answer = j->pb->n_sent_acks == 0 || j->segment->seq == j->pb->sent_ack[0];
    if (!j->has_ack && may_answer)
        found->certainty = SF_PROBABLE;
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
    return j->is_first_fin && j->pa->own_resets > 0 &&
           count_outstanding(j->B, first_outstanding(j->B)) > 0 &&
           j->step->before[j->a].state == SF_STATE_CLOSED;
}

/* The RST answers payload that came after the FIN: both directions had been closed. */
bool sf_rule_DATA_AFTER_CLOSE(const struct judgement *j, struct sf_found *found)
{
    if (was_closed_before_reset(j)) {
        found->side = (uint8_t)j->b;
        found->octets = count_outstanding(j->B, first_outstanding(j->B));
        return true;
    }
    uint32_t unread = count_outstanding(j->B, first_outstanding(j->B));
    bool answers_data = unread > 0 && j->pa->fin.first_ns != SF_NO_TIME &&
                        j->pb->last_payload_ns != SF_NO_TIME &&
                        j->pb->last_payload_ns >= j->pa->fin.first_ns;
    if (!j->is_rst || !j->is_believed || !has_closed(j->A) || !answers_data || !is_first_reset(j) ||
        (!j->answers && !j->has_ack))
        return false;
    found->side = (uint8_t)j->b;
    found->reset_kind = j->step->reset_kind;
    found->octets = unread;
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
        if (j->flow->history->is_midstream)
            found->certainty = SF_PROBABLE; /* the SYN may be one of this connection, and late */
        return true;
    }
    found->detail = SF_DETAIL_FORGOT_ANSWERED;
    /* An ABORT that acknowledges nothing has just this number, too: RFC 9293 §3.10.5. */
    if (j->segment->seq == j->A->max)
        found->certainty = SF_PROBABLE;
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
    const struct sf_history *history = j->flow->history;
    uint8_t from = j->segment->from;
    if (history->has_old_isn[from] &&
        seq_within(j->segment->seq, history->old_isn[from], history->old_max[from] + 1u))
        found->detail = SF_DETAIL_OLD_CONNECTION;
    uint32_t gap;
    if ((j->A->known & SF_KNOWS_SEQ) != 0 && sf_holes_first(&j->pa->holes, j->A->first, &gap))
        found->certainty = SF_PROBABLE; /* what never passed here may have moved the window */
    return j->place == RESET_OUTSIDE || state == SF_STATE_SYN_SENT;
}

/* Of the signs of a foreign hand two are needed; that its sender goes on is enough alone. */
bool sf_rule_RESET_SUSPICIOUS(const struct judgement *j, struct sf_found *found)
{
    found->side = (uint8_t)j->a;
    if (j->by[SF_SIGN_RST].is_lost && j->is_renumbered)
        return false; /* that attempt is over; a listener has answered the SYN anew */
    if (j->by[SF_SIGN_RST].is_lost) {
        found->number = j->heard[SF_SIGN_RST].number;
        found->time_ns = j->heard[SF_SIGN_RST].time_ns;
        found->detail = SF_DETAIL_SENDER_WENT_ON;
        /* Or a listener came meanwhile, and the network doubled the SYN; or what shows that its
         * sender goes on was held up, and left before a RST whose number orders nothing. */
        if (j->is_synack || !j->by[SF_SIGN_RST].is_timed)
            found->certainty = SF_PROBABLE;
        return true;
    }
    if (!(j->is_rst || j->is_first_fin) || j->pa->segments == j->pa->resets)
        return false;
    bool is_other_ttl = sf_foreign_is_other_ttl(j->pa, j->segment->ttl);
    found->certainty = SF_PROBABLE;
    found->detail = j->is_first_fin ? SF_DETAIL_FOREIGN_FIN
                    : is_other_ttl  ? SF_DETAIL_OTHER_TTL
                                    : SF_DETAIL_NOT_BELIEVED;
    /* A FIN shows itself by its TTL or not at all: it is numbered like any other segment. */
    return sf_foreign_count_signs(j) >= SF_FOREIGN_SIGNS && (j->is_rst || is_other_ttl);
}
