/*
 * What of an end's stream never passed the capture point: the gaps below its highest number.
 *
 * With it every octet is counted once, a late segment can be told from a repeated one, and a FIN
 * is known to stand behind missing data.
 */
#ifndef SYNFIN_MACHINE_HOLES_H
#define SYNFIN_MACHINE_HOLES_H

#include <stdbool.h>
#include <stdint.h>

struct hole {
    uint32_t left, right; /* missing: left … right-1 */
    int64_t opened_ns;    /* when the segment behind it passed */
    uint32_t opened_ts;   /* that segment's TSval, 0 without */
    uint16_t opened_id;   /* that segment's IPv4 identification */
};

/* More gaps than this are never remembered: the oldest goes. */
#define HOLES_MAX 512u

/* Sorted, lowest first. All zero is an empty set. */
struct holes {
    struct hole *hole;
    uint32_t n, size;
};

void sf_holes_free(struct holes *holes);

/* Remembers the gap in front of a segment. Without memory it is forgotten. */
void sf_holes_open(struct holes *holes, const struct hole *gap);

/*
 * Takes left … right-1 out of the gaps. Returns how many of its octets were missing until now;
 * `filled` (may be NULL) receives the first gap that it reached into, as it was.
 */
uint32_t sf_holes_fill(struct holes *holes, uint32_t left, uint32_t right, struct hole *filled);

/* The lowest missing number at or above `from`; false when nothing is missing there. */
bool sf_holes_first(const struct holes *holes, uint32_t from, uint32_t *left);

/* The gap directly in front of `right`, or NULL. */
const struct hole *sf_holes_before(const struct holes *holes, uint32_t right);

#endif
