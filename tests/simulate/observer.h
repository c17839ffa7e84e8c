/*
 * Shows the analyser what the tap captured of a conversation, and keeps all that it says.
 */
#ifndef SIMULATE_OBSERVER_H
#define SIMULATE_OBSERVER_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/event.h>
#include <synfin/session.h>

#include "truth.h"

#define ROWS_MAX      24u
#define ROW_FOUND_MAX 48u

/* What was known once a pass had been taken in. Ends, not sides: 0 and 1, as in the truth. */
struct said {
    bool is_told;           /* the segment took its place in a connection */
    uint8_t fate;           /* enum sf_fate */
    uint32_t flow;          /* the id of that connection, from 1 */
    struct sf_view view[2]; /* by end */
    uint64_t codes;         /* new findings, a bit each */
};

/* A connection's row. */
struct row {
    struct sf_flow flow;
    struct sf_found found[ROW_FOUND_MAX];
};

struct account {
    struct said said[PASSES_MAX]; /* by pass */
    struct row row[ROWS_MAX];
    unsigned n_rows;
    bool has_failed; /* the engine returned an error, or there were too many rows */
};

/*
 * An analyser for many conversations, each on addresses of its own and long after the one before,
 * as if it had a capture of its own.
 */
struct observer;

/* NULL without memory. */
struct observer *observer_new(void);
void observer_free(struct observer *observer);

/* Shows it what was captured, ends the capture, and fills `account`. */
void observer_watch(struct observer *observer, const struct truth *truth, struct account *account);

/* Which side of a row an end is. */
enum sf_side observed_side(const struct sf_flow *flow, unsigned end);

#endif
