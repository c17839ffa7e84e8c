/*
 * Findings while a connection is open, and about the capture itself.
 */
#include "machine/rules.h"
#include "machine/seq.h"

#define REORDER_NS     INT64_C(3000000)
#define KEEPALIVES_MIN 3u

bool sf_rule_MIDSTREAM(const struct judgement *j, struct sf_found *found)
{
    const struct sf_history *history = j->flow->history;
    if ((j->step->marks & SF_MARK_FIRST) == 0 || !history->is_midstream || j->is_rst ||
        history->probe != SF_METHOD_NONE)
        return false;
    found->detail = SF_DETAIL_GUESSED_BY_PORT;
    return true;
}

/* It acknowledges what the other end must have sent: its SYN,ACK at least. */
static bool has_heard_something(const struct private_end *end)
{
    return end->acks_advanced > 0 || (end->has_said_plain_syn && end->n_sent_acks > 0);
}

bool sf_rule_ONE_SIDED(const struct judgement *j, struct sf_found *found)
{
    const struct sf_history *history = j->flow->history;
    for (int side = 0; side < 2; side++) {
        const struct private_end *seen = &history->end[side];
        if (history->end[1 - side].segments == 0 && seen->segments >= 3 &&
            has_heard_something(seen)) {
            found->side = (uint8_t)(1 - side);
            found->number = seen->last_number;
            found->time_ns = seen->last_ns;
            return true;
        }
    }
    return false;
}

bool sf_rule_ACKED_UNSEEN(const struct judgement *j, struct sf_found *found)
{
    bool covers_unseen_fin = j->is_first_cover && j->pb->fin_is_inferred;
    if ((j->unseen == 0 && !covers_unseen_fin) || j->pb->segments == 0 || j->is_rst)
        return false;
    found->side = (uint8_t)j->b;
    found->octets = covers_unseen_fin ? 1 : j->unseen;
    return true;
}

/* Is `id` lower than that of an earlier segment of the same end, and does that tell an order? */
static bool has_lower_id(const struct judgement *j, uint16_t earlier)
{
    int16_t step = (int16_t)(j->segment->ip_id - earlier);
    return j->segment->ip_id != 0 && earlier != 0 && sf_history_ids_count(j->pa) && step < 0 &&
           step > -ID_NEAR;
}

/* Does the late segment carry marks of being older than what opened the gap? */
static bool is_older(const struct judgement *j, const struct hole *gap)
{
    bool by_ts = (j->segment->options.present & SF_OPT_TIMESTAMPS) != 0 && gap->opened_ts != 0 &&
                 seq_before(j->segment->options.tsval, gap->opened_ts);
    return by_ts || has_lower_id(j, gap->opened_id);
}

static bool is_soon(const struct judgement *j, const struct hole *gap)
{
    const struct sf_end *x = &j->flow->end[0], *y = &j->flow->end[1];
    int64_t limit = REORDER_NS;
    if ((x->known & y->known & SF_KNOWS_RTT) != 0 && (x->rtt_ns + y->rtt_ns) / 3 < limit)
        limit = (x->rtt_ns + y->rtt_ns) / 3;
    return j->now_ns - gap->opened_ns <= limit;
}

/* A bare ACK below what its sender has sent since: overtaken by data. */
static bool is_overtaken_ack(const struct judgement *j)
{
    if (!j->is_plain || j->is_fin || j->segment->payload != 0 || j->is_keepalive ||
        j->is_window_probe || (j->A->known & SF_KNOWS_SEQ) == 0 ||
        !seq_before(j->segment->seq, j->A->max) || j->pa->last_ns == SF_NO_TIME)
        return false;
    bool by_ts = (j->segment->options.present & SF_OPT_TIMESTAMPS) != 0 &&
                 seq_before(j->segment->options.tsval, j->pa->last_tsval);
    return j->is_late || by_ts || has_lower_id(j, j->pa->last_ip_id);
}

bool sf_rule_OUT_OF_ORDER(const struct judgement *j, struct sf_found *found)
{
    found->side = (uint8_t)j->a;
    if (j->is_overtaken_fin) {
        if (!j->is_late)
            found->certainty = SF_PROBABLE;
        return true;
    }
    if (j->late == 0)
        return is_overtaken_ack(j);
    if (j->again > 0)
        return false;
    if (is_older(j, &j->filled))
        return true;
    found->certainty = SF_PROBABLE;
    return is_soon(j, &j->filled);
}

/* The first time that refused data of the SYN comes again is no loss: FAST_OPEN_REJECTED. */
static bool is_refused_syn_data(const struct judgement *j)
{
    uint32_t syn_data_end = j->A->iss + 1u + j->pa->syn_payload;
    return j->pa->syn_payload > 0 && !j->pa->syn_data_again && j->late == 0 &&
           (j->B->known & SF_KNOWS_RCV) != 0 && seq_not_after(j->pa->syn_end, j->text) &&
           seq_not_after(j->text + j->again, syn_data_end);
}

/* Where the first sending was lost, if it was: an ICMP error, or the receiver's SACK, may tell. */
static enum sf_where where_lost(const struct judgement *j)
{
    if (sf_history_was_rejected(j->flow, j->a, j->text, j->text + j->segment->payload - 1u))
        return SF_WHERE_NONE;
    return j->fills_shown_hole ? SF_WHERE_AFTER : SF_WHERE_UNKNOWN;
}

bool sf_rule_DATA_RETRANSMITTED(const struct judgement *j, struct sf_found *found)
{
    if (j->is_window_probe || j->is_keepalive || j->is_path_copy || !(j->is_plain || j->is_syn) ||
        is_refused_syn_data(j))
        return false;
    found->side = (uint8_t)j->a;
    if (j->again > 0) {
        if (j->is_late)
            return false; /* the path brings an old packet once more */
        bool is_spurious = (j->A->known & SF_KNOWS_UNA) != 0 &&
                           seq_not_after(j->text + j->segment->payload, j->A->una);
        found->octets = j->again;
        found->where = (uint8_t)(is_spurious ? SF_WHERE_NONE : where_lost(j));
        found->detail = is_spurious ? SF_DETAIL_SPURIOUS : SF_DETAIL_NONE;
        sf_rule_doubt_repeat(found, j->is_plain && !j->is_newer);
        return true;
    }
    if (j->late == 0 || is_older(j, &j->filled) || is_soon(j, &j->filled))
        return false;
    found->octets = j->late;
    found->where = SF_WHERE_BEFORE;
    found->certainty = SF_PROBABLE;
    return true;
}

bool sf_rule_CAPTURED_TWICE(const struct judgement *j, struct sf_found *found)
{
    if ((j->segment->quality & SF_QUALITY_COPY_BY_TIME) != 0)
        found->certainty = SF_PROBABLE;
    return (j->step->marks & SF_MARK_COPY) != 0;
}

bool sf_rule_BAD_CHECKSUM(const struct judgement *j, struct sf_found *found)
{
    found->side = (uint8_t)j->a;
    return j->segment->checksum_state == SF_CHECKSUM_BAD;
}

bool sf_rule_KEEPALIVE(const struct judgement *j, struct sf_found *found)
{
    if (!j->is_keepalive)
        return false;
    found->side = (uint8_t)j->a;
    found->interval_ns = j->now_ns - (j->pa->keepalives > 0 ? j->pa->keepalive_ns : j->pa->last_ns);
    return true;
}

bool sf_rule_KEEPALIVE_UNANSWERED(const struct judgement *j, struct sf_found *found)
{
    found->side = (uint8_t)j->b;
    return j->is_keepalive && j->pa->keepalives + 1u >= KEEPALIVES_MIN;
}

bool sf_rule_ZERO_WINDOW(const struct judgement *j, struct sf_found *found)
{
    found->side = (uint8_t)j->a;
    return j->window_closes;
}

/* Had that passed towards A so long ago that it was answered before this was sent? */
static bool was_quiet(const struct judgement *j, int64_t since_ns)
{
    if (since_ns == SF_NO_TIME && j->flow->history->is_midstream)
        since_ns = j->flow->start_ns;
    return since_ns == SF_NO_TIME || sf_history_had_time(j->flow, j->a, since_ns, j->departed_ns);
}

bool sf_rule_CHALLENGE_ACK(const struct judgement *j, struct sf_found *found)
{
    if (!j->is_challenge)
        return false;
    /* While data flows an acknowledgment may have been due anyway. */
    /* Nothing answers faster than the path is. */
    bool is_late_enough = j->now_ns - j->pa->provoked_ns >= j->A->rtt_ns / 2;
    bool was_idle =
        is_late_enough && was_quiet(j, j->pb->last_octets_ns) && was_quiet(j, j->pb->fin.last_ns);
    found->side = (uint8_t)j->a;
    found->detail = j->pa->provoked_detail;
    /* Without a mark of its own it may be an earlier ACK that the network brings once more. */
    found->certainty = was_idle && j->is_newer ? SF_PROVED : SF_PROBABLE;
    return true;
}
