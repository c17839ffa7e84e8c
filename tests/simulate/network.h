/*
 * The network between the two ends: four legs, from each end to the tap and from the tap to the
 * other end. A leg may lose a packet, deliver it twice, or hold it back so that later ones
 * overtake it; the others keep their order.
 *
 * What happens to the n-th packet of a leg depends on the plan's seed and on n alone. So one fault
 * can be taken out of a conversation, and all others stay as they are.
 */
#ifndef SIMULATE_NETWORK_H
#define SIMULATE_NETWORK_H

#include "plan.h"
#include "truth.h"

#define FLIGHTS_MAX 256u

/* A packet on its way: to the tap, or from it. */
struct flight {
    int64_t due_ns;
    uint32_t order; /* of two that are due at one moment the earlier goes first */
    uint16_t sent;  /* index into truth.sent */
    uint8_t leg;    /* FRONT or BEHIND */
};

struct network {
    const struct plan *plan;
    struct truth *truth;
    struct flight flight[FLIGHTS_MAX];
    unsigned n_flights;
    uint32_t order;
    unsigned n_carried[2][2]; /* packets that each leg was given */
    int64_t latest_ns[2][2];  /* when the last one that was not held arrives */
};

void network_init(struct network *network, const struct plan *plan, struct truth *truth);

/* Gives a packet to a leg. */
void network_carry(struct network *network, unsigned sent, unsigned leg, int64_t now_ns);

/* When the next packet arrives somewhere; NEVER. */
int64_t network_deadline(const struct network *network);

/* Takes out the packet that arrives next. There must be one. */
struct flight network_deliver(struct network *network);

#endif
