/*
 * Forming and sending segments: what the calls, the arrivals and the timers of an endpoint have
 * in common. Internal to the endpoint.
 */
#ifndef SIMULATE_TRANSMIT_H
#define SIMULATE_TRANSMIT_H

#include "endpoint.h"

static inline bool number_before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

/* Enters a state; `is_silent` when neither a segment sent nor one received leads to it. */
void endpoint_enter(struct endpoint *endpoint, enum sf_state state, bool is_silent);

/* Enters CLOSED and stops all timers. */
void endpoint_end(struct endpoint *endpoint, bool is_silent);

/* <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> */
void transmit_ack(struct endpoint *endpoint, enum reason reason);

/* The SYN, or in SYN_RCVD the SYN,ACK. */
void transmit_syn(struct endpoint *endpoint, enum reason reason);

/* <SEQ=seq><CTL=RST>, or with `ack` <ACK=*ack><CTL=RST,ACK> */
void transmit_reset(struct endpoint *endpoint, uint32_t seq, const uint32_t *ack,
                    enum reason reason);

/* All that the user wants to be sent and that may be: octets, FIN; else the ACK that is owed. */
void transmit_pending(struct endpoint *endpoint);

/* What is not acknowledged, once more. */
void transmit_again(struct endpoint *endpoint);

/* The other end acknowledged up to snd_una: the timer and the round trip. */
void transmit_acknowledged(struct endpoint *endpoint);

#endif
