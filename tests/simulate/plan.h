/*
 * The plan of one conversation: who does what when, what the path is like, and what the capture
 * keeps. The same plan always gives the same conversation, so that a failing one can be cut down
 * piece by piece.
 */
#ifndef SIMULATE_PLAN_H
#define SIMULATE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "endpoint.h"

#define ACTS_MAX  16u
#define TOUCHABLE 64u /* packets of a leg that the network may touch; the rest passes quietly */
#define NOBODY    2u
#define FRONT     0 /* the leg from the sender to the tap */
#define BEHIND    1 /* the leg from the tap to the receiver */

enum deed { DEED_LISTEN, DEED_OPEN, DEED_SEND, DEED_SHUTDOWN, DEED_CLOSE, DEED_ABORT };

struct act {
    int64_t at_ns;
    uint32_t octets; /* for DEED_SEND */
    uint8_t end;
    uint8_t deed; /* enum deed */
};

/* Packets keep their order but for those that are held. Probabilities are per mille. */
struct leg {
    int64_t delay_ns;  /* of every packet … */
    int64_t jitter_ns; /* … and up to so much more, … */
    int64_t hold_ns;   /* … and for those held up to so much more than that */
    uint16_t lose, hold, twice;
};

struct plan {
    uint64_t seed; /* of what the network does to each packet */
    struct habits habits[2];
    struct act act[ACTS_MAX]; /* in order of time */
    unsigned n_acts;
    int64_t close_after_fin_ns[2]; /* an end CLOSEs so long after it heard a FIN; NEVER */
    struct leg leg[2][2];          /* by sender, by FRONT and BEHIND */
    uint64_t calm[2][2];           /* bit n: the network leaves the n-th packet of the leg alone */
    uint16_t skipped;              /* passes before the capture begins */
    uint16_t missed;               /* per mille of the passes that the capture drops */
    uint8_t deaf_to;               /* the capture has nothing of this end; NOBODY */
    int64_t ends_ns;               /* the capture ends */
    bool ends_early;               /* before the conversation does */
};

/* Draws a plan. Equal seeds give equal plans. */
void plan_draw(struct plan *plan, uint64_t seed);

/* May a packet be held back on this path for longer than an analyser allows for? */
bool plan_is_steady(const struct plan *plan);

#endif
