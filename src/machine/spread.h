/*
 * How many: different values within a window of time, events within a minute or so, different
 * values altogether.
 *
 * All by the capture's clock. A clock that was set back by more than the window begins anew.
 */
#ifndef SYNFIN_MACHINE_SPREAD_H
#define SYNFIN_MACHINE_SPREAD_H

#include <stdbool.h>
#include <stdint.h>

/* ---- different values within a window, exact up to SPREAD_MAX ---- */

#define SPREAD_MAX 16u

struct spread_item {
    int64_t time_ns; /* when the value was last seen */
    uint64_t value;
    uint8_t tag; /* what else is to be known of it */
};

/* All zero is empty. */
struct spread {
    struct spread_item item[SPREAD_MAX];
    uint32_t n;
};

/* Adds a value, or sees it again. Returns how many there are within `window_ns` before now. */
uint32_t sf_spread_add(struct spread *spread, uint64_t value, uint8_t tag, int64_t now_ns,
                       int64_t window_ns);

/* Takes a value back. */
void sf_spread_drop(struct spread *spread, uint64_t value);

/* When the value that was silent for longest was seen; there must be one. */
int64_t sf_spread_since(const struct spread *spread);

/* ---- the time in which something held ---- */

/* All zero is none. */
struct span {
    int64_t from_ns, to_ns;
    bool is_set;
};

/* It held from `from_ns` on, and holds now. */
void sf_span_hold(struct span *span, int64_t from_ns, int64_t now_ns);

/* Did it hold then? Of several times only the last one is known. */
bool sf_span_has(const struct span *span, int64_t time_ns);

/* ---- events, in slots ---- */

#define RECENT_SLOTS 3u

/* All zero is empty. */
struct recent {
    int64_t slot; /* number of the latest slot */
    uint32_t count[RECENT_SLOTS];
};

/* Counts `n` (or takes as many back) at `time_ns`; a slot lasts `slot_ns`. */
void sf_recent_add(struct recent *recent, int32_t n, int64_t time_ns, int64_t slot_ns);

/* How many in the latest RECENT_SLOTS slots: at least those of the last two slots' length. */
uint32_t sf_recent_sum(const struct recent *recent, int64_t now_ns, int64_t slot_ns);

/* ---- different values altogether ---- */

/*
 * A bit for each value, by its low bits: neighbours (ports, addresses of a network) never share
 * one. Two that do count once, so that the count is never more than the truth.
 */
#define BREADTH_BITS 8192u

struct breadth {
    uint32_t n;
    uint64_t block;   /* of the first value: all whose low bits alone differ are in one */
    bool may_be_more; /* values of other blocks came, which may share a bit */
    uint64_t word[BREADTH_BITS / 64u];
};

/* Returns true when the value is new. */
bool sf_breadth_add(struct breadth *breadth, uint64_t value);

#endif
