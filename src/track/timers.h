/*
 * Deadlines of connections by the capture's clock: a heap in the order of time, then id.
 *
 * A deadline is only a reminder to look. Nothing is moved per packet: when a reminder comes due
 * too early, whoever asked sets it anew.
 */
#ifndef SYNFIN_TRACK_TIMERS_H
#define SYNFIN_TRACK_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

struct timer {
    int64_t due_ns;
    uint32_t id;   /* of the flow: the order of those due at one moment */
    uint32_t slot; /* where the flow is kept */
};

/* All zero is empty. */
struct timers {
    struct timer *timer;
    uint32_t n, size;
};

void sf_timers_free(struct timers *timers);

/* Returns false without memory. */
bool sf_timers_add(struct timers *timers, const struct timer *timer);

/* Takes the earliest one out when it is due by `now_ns`. */
bool sf_timers_take(struct timers *timers, int64_t now_ns, struct timer *due);

#endif
