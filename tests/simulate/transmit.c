#include "transmit.h"

#include <stddef.h>

#define TIMEOUT_FIRST_NS SECOND_NS /* RFC 6298 §2.1 */
#define TIMEOUT_MAX_NS   (60 * SECOND_NS)

void endpoint_enter(struct endpoint *endpoint, enum sf_state state, bool is_silent)
{
    endpoint->state = state;
    truth_move(endpoint->truth, endpoint->side, state, is_silent, endpoint->now_ns);
}

void endpoint_end(struct endpoint *endpoint, bool is_silent)
{
    endpoint_enter(endpoint, SF_STATE_CLOSED, is_silent);
    endpoint->retransmit_ns = endpoint->time_wait_ns = endpoint->delayed_ack_ns = NEVER;
    endpoint->owes_ack = false;
    if (endpoint->is_passive && endpoint->habits.listens_on)
        endpoint_listen(endpoint, endpoint->now_ns);
}

/* Linux, for one, gives no identification to what belongs to no connection, and to a SYN,ACK. */
static uint16_t next_id(struct endpoint *endpoint, uint16_t flags)
{
    switch ((enum ids)endpoint->habits.ids) {
    case IDS_ZERO:
        return 0;
    case IDS_COUNTED:
        return (flags & SF_RST) != 0 ? 0 : endpoint->next_id++;
    case IDS_RANDOM:
        break;
    }
    endpoint->next_id = (uint16_t)(endpoint->next_id * 25173u + 13849u);
    return endpoint->next_id;
}

/* RFC 7323 §3.2: once agreed, on every segment but a RST, where it may be left out. */
static void stamp(const struct endpoint *endpoint, struct packet *packet)
{
    bool is_syn = (packet->flags & (SF_SYN | SF_ACK)) == SF_SYN;
    packet->has_timestamps = is_syn ? endpoint->habits.has_timestamps : endpoint->uses_timestamps;
    if ((packet->flags & SF_RST) != 0)
        packet->has_timestamps = false;
    if (!packet->has_timestamps)
        return;
    packet->tsval =
        endpoint->habits.timestamp + (uint32_t)(endpoint->now_ns / endpoint->habits.tick_ns);
    packet->tsecr = (packet->flags & SF_ACK) != 0 ? endpoint->ts_recent : 0;
}

static void emit(struct endpoint *endpoint, struct packet *packet, enum reason reason)
{
    packet->from = endpoint->side;
    packet->reason = (uint8_t)reason;
    packet->ip_id = next_id(endpoint, packet->flags);
    stamp(endpoint, packet);
    if ((packet->flags & (SF_ACK | SF_RST)) == SF_ACK) {
        endpoint->last_ack_sent = packet->ack;
        endpoint->owes_ack = false;
        endpoint->delayed_ack_ns = NEVER;
    }
    endpoint->emit(endpoint->context, packet);
}

void transmit_ack(struct endpoint *endpoint, enum reason reason)
{
    struct packet packet = {.flags = SF_ACK, .seq = endpoint->snd_nxt, .ack = endpoint->rcv_nxt};
    emit(endpoint, &packet, reason);
}

void transmit_reset(struct endpoint *endpoint, uint32_t seq, const uint32_t *ack,
                    enum reason reason)
{
    struct packet packet = {.flags = SF_RST, .seq = seq};
    if (ack != NULL) {
        packet.flags |= SF_ACK;
        packet.ack = *ack;
    }
    emit(endpoint, &packet, reason);
}

/* ---- the retransmission timer -----------------------------------------------------------------
 */

static int64_t timeout_of(const struct endpoint *endpoint)
{
    int64_t timeout_ns = endpoint->timeout_ns << endpoint->tries;
    return timeout_ns < TIMEOUT_MAX_NS ? timeout_ns : TIMEOUT_MAX_NS;
}

/* RFC 6298 §5.1: a timer that does not run is started; §4: a new round trip is timed. */
static void start_timer(struct endpoint *endpoint, uint32_t end)
{
    if (endpoint->retransmit_ns == NEVER)
        endpoint->retransmit_ns = endpoint->now_ns + timeout_of(endpoint);
    if (endpoint->timed_ns != NEVER)
        return;
    endpoint->timed_ns = endpoint->now_ns;
    endpoint->timed_end = end;
}

/* RFC 6298 §2.2 and §2.3. */
static void learn_round_trip(struct endpoint *endpoint, int64_t rtt_ns)
{
    if (endpoint->srtt_ns == 0) {
        endpoint->srtt_ns = rtt_ns;
        endpoint->rttvar_ns = rtt_ns / 2;
    } else {
        int64_t off_ns = endpoint->srtt_ns - rtt_ns;
        endpoint->rttvar_ns = (3 * endpoint->rttvar_ns + (off_ns < 0 ? -off_ns : off_ns)) / 4;
        endpoint->srtt_ns = (7 * endpoint->srtt_ns + rtt_ns) / 8;
    }
    endpoint->timeout_ns = endpoint->srtt_ns + 4 * endpoint->rttvar_ns;
    if (endpoint->timeout_ns < endpoint->habits.timeout_min_ns)
        endpoint->timeout_ns = endpoint->habits.timeout_min_ns;
}

void transmit_acknowledged(struct endpoint *endpoint)
{
    if (endpoint->timed_ns != NEVER && !number_before(endpoint->snd_una, endpoint->timed_end)) {
        learn_round_trip(endpoint, endpoint->now_ns - endpoint->timed_ns);
        endpoint->timed_ns = NEVER;
    }
    endpoint->tries = 0;
    endpoint->retransmit_ns = endpoint->snd_una == endpoint->snd_nxt
                                  ? NEVER
                                  : endpoint->now_ns + timeout_of(endpoint); /* §5.2, §5.3 */
}

/* ---- what takes sequence numbers --------------------------------------------------------------
 */

void transmit_syn(struct endpoint *endpoint, enum reason reason)
{
    struct packet packet = {.flags = SF_SYN, .seq = endpoint->iss};
    if (endpoint->state != SF_STATE_SYN_SENT) {
        packet.flags |= SF_ACK;
        packet.ack = endpoint->rcv_nxt;
    }
    if (endpoint->retransmit_ns == NEVER && endpoint->tries == 0)
        endpoint->timeout_ns = TIMEOUT_FIRST_NS;
    start_timer(endpoint, endpoint->iss + 1u);
    emit(endpoint, &packet, reason);
}

/* The FIN leaves: this is when an observer's CLOSE takes place. */
static void enter_closing(struct endpoint *endpoint)
{
    if (endpoint->is_fin_sent)
        return;
    endpoint->is_fin_sent = true;
    endpoint_enter(endpoint,
                   endpoint->state == SF_STATE_CLOSE_WAIT ? SF_STATE_LAST_ACK : SF_STATE_FIN_WAIT_1,
                   false);
}

/* One segment of octets from `seq` on, the FIN with it or alone. Returns the number behind it. */
static uint32_t transmit_text(struct endpoint *endpoint, uint32_t seq, enum reason reason)
{
    struct packet packet = {.flags = SF_ACK, .seq = seq, .ack = endpoint->rcv_nxt};
    uint32_t left = number_before(seq, endpoint->snd_end) ? endpoint->snd_end - seq : 0;
    packet.length = left < endpoint->habits.segment_size ? left : endpoint->habits.segment_size;
    bool is_last = packet.length == left;
    bool takes_fin = endpoint->is_fin_queued && is_last &&
                     (packet.length == 0 || endpoint->habits.puts_fin_on_data);
    if (packet.length > 0)
        packet.flags |= SF_PSH;
    if (takes_fin) {
        packet.flags |= SF_FIN;
        enter_closing(endpoint);
    }
    uint32_t end = seq + packet_span(&packet);
    if (reason == REASON_REPEAT)
        endpoint->timed_ns = NEVER; /* Karn: RFC 6298 §3 */
    else
        start_timer(endpoint, end);
    emit(endpoint, &packet, reason);
    return end;
}

static uint32_t end_of_stream(const struct endpoint *endpoint)
{
    return endpoint->snd_end + (endpoint->is_fin_queued ? 1u : 0u);
}

/* Data waits for ESTABLISHED; a FIN with nothing in front of it need not (§3.10.4). */
static bool may_send(const struct endpoint *endpoint)
{
    switch (endpoint->state) {
    case SF_STATE_ESTABLISHED:
    case SF_STATE_CLOSE_WAIT:
        return true;
    case SF_STATE_SYN_RCVD:
        return endpoint->habits.closes_in_syn_rcvd && endpoint->is_fin_queued &&
               endpoint->snd_end == endpoint->iss + 1u;
    default:
        return false;
    }
}

void transmit_pending(struct endpoint *endpoint)
{
    while (may_send(endpoint) && number_before(endpoint->snd_nxt, end_of_stream(endpoint)))
        endpoint->snd_nxt = transmit_text(endpoint, endpoint->snd_nxt, REASON_ORDINARY);
    if (endpoint->owes_ack && endpoint->delayed_ack_ns == NEVER)
        transmit_ack(endpoint, REASON_ORDINARY);
}

void transmit_again(struct endpoint *endpoint)
{
    uint32_t next = endpoint->snd_una;
    endpoint->timed_ns = NEVER;
    if (next == endpoint->iss) {
        transmit_syn(endpoint, REASON_REPEAT);
        endpoint->timed_ns = NEVER;
        return;
    }
    do {
        next = transmit_text(endpoint, next, REASON_REPEAT);
    } while (endpoint->habits.repeats_all && number_before(next, endpoint->snd_nxt));
}
