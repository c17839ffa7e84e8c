/*
 * SEGMENT ARRIVES: RFC 9293 §3.10.7, in the order of its text.
 */
#include "transmit.h"

#include <string.h>

/* What is left to do after a check of the RFC's list. */
enum check { GO_ON, DONE };

static bool has(const struct packet *packet, uint16_t flag)
{
    return (packet->flags & flag) != 0;
}

/* ---- §3.10.7.1, §3.10.7.2: CLOSED, LISTEN -----------------------------------------------------
 */

static void arrive_closed(struct endpoint *endpoint, const struct packet *packet)
{
    if (has(packet, SF_RST))
        return;
    if (has(packet, SF_ACK)) {
        transmit_reset(endpoint, packet->ack, NULL, REASON_NO_CONNECTION);
    } else {
        uint32_t ack = packet->seq + packet_span(packet);
        transmit_reset(endpoint, 0, &ack, REASON_NO_CONNECTION);
    }
}

static void arrive_listen(struct endpoint *endpoint, const struct packet *packet)
{
    if (has(packet, SF_RST))
        return;
    if (has(packet, SF_ACK)) {
        transmit_reset(endpoint, packet->ack, NULL, REASON_NO_CONNECTION);
        return;
    }
    if (!has(packet, SF_SYN))
        return;
    endpoint->irs = packet->seq;
    endpoint->rcv_nxt = packet->seq + 1u;
    endpoint->uses_timestamps = packet->has_timestamps && endpoint->habits.has_timestamps;
    endpoint->ts_recent = packet->tsval;
    endpoint->snd_nxt = endpoint->iss + 1u;
    endpoint_enter(endpoint, SF_STATE_SYN_RCVD, false);
    transmit_syn(endpoint, REASON_ORDINARY);
}

/* ---- §3.10.7.3: SYN-SENT ----------------------------------------------------------------------
 */

static void synchronize(struct endpoint *endpoint, const struct packet *packet)
{
    endpoint->irs = packet->seq;
    endpoint->rcv_nxt = packet->seq + 1u;
    endpoint->uses_timestamps = packet->has_timestamps && endpoint->habits.has_timestamps;
    endpoint->ts_recent = packet->tsval;
    if (!has(packet, SF_ACK)) { /* the SYNs crossed */
        endpoint_enter(endpoint, SF_STATE_SYN_RCVD, false);
        endpoint->retransmit_ns = NEVER;
        endpoint->tries = 0;
        transmit_syn(endpoint, REASON_ORDINARY);
        return;
    }
    endpoint->snd_una = packet->ack;
    transmit_acknowledged(endpoint);
    endpoint_enter(endpoint, SF_STATE_ESTABLISHED, false);
    endpoint->owes_ack = true;
    transmit_pending(endpoint);
}

static void arrive_syn_sent(struct endpoint *endpoint, const struct packet *packet)
{
    bool is_acceptable = has(packet, SF_ACK) && number_before(endpoint->iss, packet->ack) &&
                         !number_before(endpoint->snd_nxt, packet->ack);
    if (has(packet, SF_ACK) && !is_acceptable) {
        if (!has(packet, SF_RST))
            transmit_reset(endpoint, packet->ack, NULL, REASON_BAD_ACK);
        return;
    }
    if (has(packet, SF_RST)) {
        if (is_acceptable)
            endpoint_end(endpoint, false);
        return;
    }
    if (has(packet, SF_SYN))
        synchronize(endpoint, packet);
}

/* ---- §3.10.7.4, first: sequence number --------------------------------------------------------
 */

static bool is_in_window(const struct endpoint *endpoint, uint32_t number)
{
    return number - endpoint->rcv_nxt < WINDOW;
}

/* §3.4, the four cases of the table, the window never being zero. */
static bool has_acceptable_number(const struct endpoint *endpoint, const struct packet *packet)
{
    uint32_t span = packet_span(packet);
    return is_in_window(endpoint, packet->seq) ||
           (span > 0 && is_in_window(endpoint, packet->seq + span - 1u));
}

/* RFC 7323 §5.3, R1: a time stamp older than the last one that counts. */
static bool is_old_by_timestamp(const struct endpoint *endpoint, const struct packet *packet)
{
    return endpoint->uses_timestamps && packet->has_timestamps && !has(packet, SF_RST) &&
           number_before(packet->tsval, endpoint->ts_recent);
}

static bool is_syn_again(const struct endpoint *endpoint, const struct packet *packet)
{
    return has(packet, SF_SYN) && !has(packet, SF_ACK) && packet->seq == endpoint->irs;
}

/* RFC 9293 §3.10.7.4 and RFC 6191 §2: TIME-WAIT lets a later connection in. */
static bool reopens(const struct endpoint *endpoint, const struct packet *packet)
{
    bool is_later = number_before(endpoint->rcv_nxt, packet->seq) ||
                    (packet->has_timestamps && endpoint->uses_timestamps &&
                     number_before(endpoint->ts_recent, packet->tsval));
    return endpoint->state == SF_STATE_TIME_WAIT && endpoint->is_passive &&
           endpoint->habits.listens_on && has(packet, SF_SYN) && !has(packet, SF_ACK) &&
           packet->seq != endpoint->irs && is_later;
}

static enum check check_sequence(struct endpoint *endpoint, const struct packet *packet)
{
    if (reopens(endpoint, packet)) {
        endpoint_end(endpoint, true); /* it listens again … */
        arrive_listen(endpoint, packet);
        return DONE;
    }
    /* The idle repeat of a SYN: §3.10.7.4 answers with an ACK, stacks with the SYN,ACK. */
    if (endpoint->state == SF_STATE_SYN_RCVD && is_syn_again(endpoint, packet) &&
        endpoint->habits.repeats_synack_on_syn) {
        transmit_syn(endpoint, REASON_REPEAT);
        return DONE;
    }
    /* In SYN-RCVD of two crossing SYNs the SYN,ACK has the number of the SYN that came: what it
     * acknowledges counts all the same. (The RFC leaves this to the reader: figure 8.) */
    bool is_crossing_answer = endpoint->state == SF_STATE_SYN_RCVD && !endpoint->is_passive &&
                              has(packet, SF_SYN) && packet->seq == endpoint->irs;
    bool is_acceptable =
        has_acceptable_number(endpoint, packet) && !is_old_by_timestamp(endpoint, packet);
    if (is_acceptable || (is_crossing_answer && has(packet, SF_ACK)))
        return GO_ON;
    if (!has(packet, SF_RST))
        transmit_ack(endpoint, REASON_CHALLENGE);
    /* "The only thing that can arrive in TIME-WAIT is a retransmission of the remote FIN:
     * acknowledge it, and restart the 2 MSL timeout." */
    if (endpoint->state == SF_STATE_TIME_WAIT && has(packet, SF_FIN))
        endpoint->time_wait_ns = endpoint->now_ns + TWO_MSLS * endpoint->habits.msl_ns;
    return DONE;
}

/* ---- second: RST; fourth: SYN -----------------------------------------------------------------
 */

static enum check check_reset(struct endpoint *endpoint, const struct packet *packet)
{
    if (!has(packet, SF_RST))
        return GO_ON;
    if (packet->seq != endpoint->rcv_nxt && endpoint->habits.sends_challenges)
        transmit_ack(endpoint, REASON_CHALLENGE); /* RFC 5961 §3.2, RFC 9293 §3.5.3 */
    else
        endpoint_end(endpoint, false);
    return DONE;
}

static enum check check_syn(struct endpoint *endpoint, const struct packet *packet)
{
    if (!has(packet, SF_SYN) || packet->seq == endpoint->irs)
        return GO_ON;
    if (endpoint->state == SF_STATE_SYN_RCVD && endpoint->is_passive) {
        endpoint_end(endpoint, false); /* return to LISTEN */
    } else if (endpoint->habits.sends_challenges) {
        transmit_ack(endpoint, REASON_CHALLENGE); /* RFC 5961 §4.2 */
    } else {
        uint32_t seq = endpoint->snd_nxt;
        endpoint_end(endpoint, false); /* RFC 793: in the window it is an error */
        transmit_reset(endpoint, seq, NULL, REASON_NO_CONNECTION);
    }
    return DONE;
}

/* ---- fifth: ACK -------------------------------------------------------------------------------
 */

static bool is_fin_acknowledged(const struct endpoint *endpoint)
{
    return endpoint->is_fin_sent && endpoint->snd_una == endpoint->snd_end + 1u;
}

static void begin_time_wait(struct endpoint *endpoint)
{
    endpoint_enter(endpoint, SF_STATE_TIME_WAIT, false);
    endpoint->retransmit_ns = NEVER;
    endpoint->time_wait_ns = endpoint->now_ns + TWO_MSLS * endpoint->habits.msl_ns;
}

/* In SYN-RCVD: ESTABLISHED, or a RST for what acknowledges anything else. */
static enum check check_opening_ack(struct endpoint *endpoint, const struct packet *packet)
{
    if (endpoint->state != SF_STATE_SYN_RCVD)
        return GO_ON;
    if (number_before(endpoint->snd_una, packet->ack) &&
        !number_before(endpoint->snd_nxt, packet->ack)) {
        endpoint_enter(endpoint, SF_STATE_ESTABLISHED, false);
        return GO_ON;
    }
    transmit_reset(endpoint, packet->ack, NULL, REASON_BAD_ACK);
    return DONE;
}

static enum check check_ack(struct endpoint *endpoint, const struct packet *packet)
{
    if (!has(packet, SF_ACK))
        return DONE;
    if (check_opening_ack(endpoint, packet) == DONE)
        return DONE;
    if (number_before(endpoint->snd_nxt, packet->ack)) {
        transmit_ack(endpoint, REASON_CHALLENGE); /* it acknowledges what was not sent */
        return DONE;
    }
    if (number_before(endpoint->snd_una, packet->ack)) {
        endpoint->snd_una = packet->ack;
        transmit_acknowledged(endpoint);
    }
    if (!is_fin_acknowledged(endpoint))
        return endpoint->state == SF_STATE_CLOSING || endpoint->state == SF_STATE_LAST_ACK ? DONE
                                                                                           : GO_ON;
    switch (endpoint->state) {
    case SF_STATE_FIN_WAIT_1:
        endpoint_enter(endpoint, SF_STATE_FIN_WAIT_2, false);
        return GO_ON;
    case SF_STATE_CLOSING:
        begin_time_wait(endpoint);
        return DONE;
    case SF_STATE_LAST_ACK:
        endpoint_end(endpoint, false);
        return DONE;
    default:
        return GO_ON;
    }
}

/* ---- seventh: text; eighth: FIN ---------------------------------------------------------------
 */

static void keep_piece(struct endpoint *endpoint, const struct piece *piece)
{
    if (endpoint->habits.keeps_out_of_order && endpoint->n_pieces < WAITING)
        endpoint->piece[endpoint->n_pieces++] = *piece;
}

/* Takes a piece that is in order, or overlaps. Returns whether its FIN is next. */
static bool take_piece(struct endpoint *endpoint, const struct piece *piece)
{
    if (number_before(endpoint->rcv_nxt, piece->right)) {
        uint32_t fresh = piece->right - endpoint->rcv_nxt;
        endpoint->rcv_nxt = piece->right;
        if (!endpoint->habits.reads)
            endpoint->unread += fresh;
    }
    return piece->has_fin && endpoint->rcv_nxt == piece->right;
}

/* What waited for `piece` follows it. */
static bool take_pieces(struct endpoint *endpoint, const struct piece *piece)
{
    bool has_fin = take_piece(endpoint, piece);
    for (unsigned i = 0; i < endpoint->n_pieces;) {
        if (number_before(endpoint->rcv_nxt, endpoint->piece[i].left)) {
            i++;
            continue;
        }
        struct piece next = endpoint->piece[i];
        endpoint->piece[i] = endpoint->piece[--endpoint->n_pieces];
        has_fin = take_piece(endpoint, &next) || has_fin;
        i = 0;
    }
    return has_fin;
}

static void take_fin(struct endpoint *endpoint)
{
    endpoint->rcv_nxt++;
    endpoint->heard_fin_ns = endpoint->now_ns;
    switch (endpoint->state) {
    case SF_STATE_ESTABLISHED:
        endpoint_enter(endpoint, SF_STATE_CLOSE_WAIT, false);
        break;
    case SF_STATE_FIN_WAIT_1: /* had it acknowledged our FIN, this would be FIN-WAIT-2 by now */
        endpoint_enter(endpoint, SF_STATE_CLOSING, false);
        break;
    case SF_STATE_FIN_WAIT_2:
        begin_time_wait(endpoint);
        break;
    default:
        break;
    }
}

static void owe_ack(struct endpoint *endpoint, bool may_wait)
{
    bool was_owed = endpoint->owes_ack;
    endpoint->owes_ack = true;
    if (may_wait && !was_owed)
        endpoint->delayed_ack_ns = endpoint->now_ns + endpoint->habits.ack_delay_ns;
    else
        endpoint->delayed_ack_ns = NEVER; /* the second segment is acknowledged at once */
}

/* CLOSE, and data that comes after it: RFC 1122 §4.2.2.13, RFC 9293 §3.6.1. */
static bool refuses_text(struct endpoint *endpoint, const struct piece *piece)
{
    bool is_fresh = number_before(endpoint->rcv_nxt, piece->right);
    if (!is_fresh || !endpoint->has_closed || !endpoint->habits.resets_on_late_data)
        return false;
    uint32_t seq = endpoint->snd_nxt, ack = endpoint->rcv_nxt;
    endpoint_end(endpoint, false);
    transmit_reset(endpoint, seq, endpoint->habits.resets_with_ack ? &ack : NULL, REASON_UNREAD);
    return true;
}

static void take_text(struct endpoint *endpoint, const struct packet *packet)
{
    bool is_open = endpoint->state == SF_STATE_ESTABLISHED ||
                   endpoint->state == SF_STATE_FIN_WAIT_1 || endpoint->state == SF_STATE_FIN_WAIT_2;
    uint32_t text = packet->seq + (has(packet, SF_SYN) ? 1u : 0u);
    struct piece piece = {
        .left = text, .right = text + packet->length, .has_fin = has(packet, SF_FIN)};
    if (packet_span(packet) == 0 || has(packet, SF_SYN) || !is_open)
        return;
    if (refuses_text(endpoint, &piece))
        return;
    if (number_before(endpoint->rcv_nxt, piece.left)) {
        keep_piece(endpoint, &piece);
        transmit_ack(endpoint, REASON_ORDINARY); /* RFC 5681 §3.2: at once */
        return;
    }
    bool has_fin = take_pieces(endpoint, &piece);
    if (!has_fin) {
        owe_ack(endpoint, endpoint->habits.delays_acks);
        return;
    }
    take_fin(endpoint);
    owe_ack(endpoint, endpoint->habits.delays_fin_ack && endpoint->state == SF_STATE_CLOSE_WAIT);
}

/* RFC 7323 §4.3 (2). */
static void keep_timestamp(struct endpoint *endpoint, const struct packet *packet)
{
    if (packet->has_timestamps && endpoint->uses_timestamps &&
        !number_before(packet->tsval, endpoint->ts_recent) &&
        !number_before(endpoint->last_ack_sent, packet->seq))
        endpoint->ts_recent = packet->tsval;
}

static void arrive_otherwise(struct endpoint *endpoint, const struct packet *packet)
{
    if (check_sequence(endpoint, packet) == DONE || check_reset(endpoint, packet) == DONE ||
        check_syn(endpoint, packet) == DONE)
        return;
    keep_timestamp(endpoint, packet);
    if (check_ack(endpoint, packet) == DONE)
        return;
    take_text(endpoint, packet);
    if (endpoint->habits.closes_on_fin && endpoint->state == SF_STATE_CLOSE_WAIT)
        endpoint_close(endpoint, endpoint->now_ns);
    transmit_pending(endpoint);
}

void endpoint_take(struct endpoint *endpoint, const struct packet *packet, int64_t now_ns)
{
    endpoint->now_ns = now_ns;
    switch (endpoint->state) {
    case SF_STATE_CLOSED:
        arrive_closed(endpoint, packet);
        break;
    case SF_STATE_LISTEN:
        arrive_listen(endpoint, packet);
        break;
    case SF_STATE_SYN_SENT:
        arrive_syn_sent(endpoint, packet);
        break;
    default:
        arrive_otherwise(endpoint, packet);
        break;
    }
}
