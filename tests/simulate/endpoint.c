#include "endpoint.h"

#include <string.h>

#include "transmit.h"

#define ISN_STEP 250000u /* RFC 9293 §3.4.1: later connections begin with later numbers */

void endpoint_init(struct endpoint *endpoint, unsigned side, const struct habits *habits,
                   struct truth *truth, endpoint_emit_fn *emit, void *context)
{
    memset(endpoint, 0, sizeof *endpoint);
    endpoint->habits = *habits;
    endpoint->truth = truth;
    endpoint->emit = emit;
    endpoint->context = context;
    endpoint->side = (uint8_t)side;
    endpoint->state = SF_STATE_CLOSED;
    endpoint->next_id = habits->identification;
    endpoint->iss = habits->isn;
    endpoint->retransmit_ns = endpoint->time_wait_ns = endpoint->delayed_ack_ns = NEVER;
    endpoint->timed_ns = NEVER;
    truth_begin_life(truth, side, SF_STATE_CLOSED, 0);
}

/* A new transmission control block, with all fields at their beginning. */
static void begin(struct endpoint *endpoint, enum sf_state state)
{
    struct truth *truth = endpoint->truth;
    struct life *life = &truth->life[endpoint->side][truth->n_lives[endpoint->side] - 1u];
    struct endpoint fresh = {.habits = endpoint->habits,
                             .truth = truth,
                             .emit = endpoint->emit,
                             .context = endpoint->context,
                             .side = endpoint->side,
                             .state = state,
                             .now_ns = endpoint->now_ns,
                             .next_id = endpoint->next_id,
                             .iss = endpoint->iss + ISN_STEP,
                             .retransmit_ns = NEVER,
                             .time_wait_ns = NEVER,
                             .delayed_ack_ns = NEVER,
                             .timed_ns = NEVER};
    *endpoint = fresh;
    endpoint->snd_una = endpoint->snd_nxt = endpoint->iss;
    endpoint->snd_end = endpoint->iss + 1u;
    /* An end that was CLOSED from the beginning has not lived yet. */
    if (life->n == 1 && life->history[0].state == SF_STATE_CLOSED && state == SF_STATE_LISTEN)
        life->n = 0;
    if (life->n == 0)
        truth_move(truth, endpoint->side, state, true, endpoint->now_ns);
    else if (life->n > 1)
        truth_begin_life(truth, endpoint->side, state, endpoint->now_ns);
}

/* ---- the user's calls -------------------------------------------------------------------------
 */

/* OPEN, passive: §3.10.1. */
void endpoint_listen(struct endpoint *endpoint, int64_t now_ns)
{
    endpoint->now_ns = now_ns;
    if (endpoint->state != SF_STATE_CLOSED)
        return;
    begin(endpoint, SF_STATE_LISTEN);
    endpoint->is_passive = true;
}

/* OPEN, active: §3.10.1. */
void endpoint_open(struct endpoint *endpoint, int64_t now_ns)
{
    endpoint->now_ns = now_ns;
    if (endpoint->state != SF_STATE_CLOSED)
        return;
    begin(endpoint, SF_STATE_CLOSED);
    endpoint_enter(endpoint, SF_STATE_SYN_SENT, false);
    endpoint->snd_nxt = endpoint->iss + 1u;
    transmit_syn(endpoint, REASON_ORDINARY);
}

/* SEND: §3.10.2. Before ESTABLISHED it is queued. */
void endpoint_send(struct endpoint *endpoint, uint32_t octets, int64_t now_ns)
{
    endpoint->now_ns = now_ns;
    bool is_open = endpoint->state == SF_STATE_SYN_SENT || endpoint->state == SF_STATE_SYN_RCVD ||
                   endpoint->state == SF_STATE_ESTABLISHED ||
                   endpoint->state == SF_STATE_CLOSE_WAIT;
    if (!is_open || endpoint->is_fin_queued)
        return;
    endpoint->snd_end += octets;
    transmit_pending(endpoint);
}

/* CLOSE: §3.10.4. */
void endpoint_shutdown(struct endpoint *endpoint, int64_t now_ns)
{
    endpoint->now_ns = now_ns;
    switch (endpoint->state) {
    case SF_STATE_LISTEN:
    case SF_STATE_SYN_SENT:
        endpoint_end(endpoint, true);
        break;
    case SF_STATE_SYN_RCVD:
    case SF_STATE_ESTABLISHED:
    case SF_STATE_CLOSE_WAIT:
        endpoint->is_fin_queued = true;
        transmit_pending(endpoint);
        break;
    default:
        break; /* CLOSED, or closing already */
    }
}

static bool is_synchronized(const struct endpoint *endpoint)
{
    return endpoint->state == SF_STATE_ESTABLISHED || endpoint->state == SF_STATE_FIN_WAIT_1 ||
           endpoint->state == SF_STATE_FIN_WAIT_2 || endpoint->state == SF_STATE_CLOSE_WAIT;
}

/* ABORT, §3.10.5, and its likes: <SEQ=SND.NXT><CTL=RST>. The RST shows the end CLOSED. */
static void reset(struct endpoint *endpoint, enum reason reason)
{
    uint32_t seq = endpoint->snd_nxt, ack = endpoint->rcv_nxt;
    endpoint_end(endpoint, false);
    transmit_reset(endpoint, seq, endpoint->habits.resets_with_ack ? &ack : NULL, reason);
}

void endpoint_close(struct endpoint *endpoint, int64_t now_ns)
{
    endpoint->now_ns = now_ns;
    /* RFC 1122 §4.2.2.13: data that nobody will read is worth a RST. */
    if (is_synchronized(endpoint) && endpoint->unread > 0) {
        reset(endpoint, REASON_UNREAD);
        return;
    }
    endpoint->has_closed = true;
    endpoint_shutdown(endpoint, now_ns);
}

void endpoint_abort(struct endpoint *endpoint, int64_t now_ns)
{
    endpoint->now_ns = now_ns;
    if (endpoint->state == SF_STATE_CLOSED)
        return;
    if (endpoint->state == SF_STATE_SYN_RCVD || is_synchronized(endpoint))
        reset(endpoint, REASON_ABORT);
    else
        endpoint_end(endpoint, true); /* LISTEN, SYN-SENT, CLOSING, LAST-ACK, TIME-WAIT */
}

/* ---- timers -----------------------------------------------------------------------------------
 */

int64_t endpoint_deadline(const struct endpoint *endpoint)
{
    int64_t next = endpoint->retransmit_ns;
    if (endpoint->time_wait_ns < next)
        next = endpoint->time_wait_ns;
    if (endpoint->delayed_ack_ns < next)
        next = endpoint->delayed_ack_ns;
    return next;
}

/* RETRANSMISSION TIMEOUT, and USER TIMEOUT after R2: §3.10.8, §3.8.3. */
static void retransmit(struct endpoint *endpoint)
{
    struct truth *truth = endpoint->truth;
    endpoint->retransmit_ns = NEVER;
    if (endpoint->tries < endpoint->habits.patience) {
        endpoint->tries++;
        transmit_again(endpoint);
        if (endpoint->retransmit_ns == NEVER)
            endpoint->retransmit_ns = endpoint->now_ns + (endpoint->timeout_ns << endpoint->tries);
        return;
    }
    truth->life[endpoint->side][truth->n_lives[endpoint->side] - 1u].has_given_up = true;
    if (endpoint->habits.resets_on_giving_up && is_synchronized(endpoint))
        reset(endpoint, REASON_GAVE_UP);
    else
        endpoint_end(endpoint, true);
}

void endpoint_wake(struct endpoint *endpoint, int64_t now_ns)
{
    endpoint->now_ns = now_ns;
    if (endpoint->delayed_ack_ns <= now_ns)
        transmit_ack(endpoint, REASON_ORDINARY);
    if (endpoint->time_wait_ns <= now_ns)
        endpoint_end(endpoint, true); /* TIME-WAIT TIMEOUT: §3.10.8 */
    if (endpoint->retransmit_ns <= now_ns)
        retransmit(endpoint);
}
