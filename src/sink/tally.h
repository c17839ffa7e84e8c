/*
 * Connections summed up: what `stats` tells beside the counts of packets.
 */
#ifndef SYNFIN_SINK_TALLY_H
#define SYNFIN_SINK_TALLY_H

#include <synfin/event.h>

/*
 * Adds a connection whose row is final to the totals: outcomes, findings, round trips, repeats,
 * octets. Leaves the counts of packets alone. A connection of stray segments has no close.
 */
void sf_tally_flow(struct sf_totals *totals, const struct sf_flow *flow);

/* Is it nothing but lone segments that open nothing? */
bool sf_tally_is_stray(const struct sf_flow *flow);

/* Adds one duration; a negative one is none: the capture has its ends out of order. */
void sf_quantiles_add(struct sf_quantiles *quantiles, int64_t ns);

/*
 * The duration that `percent` (1 … 100) per cent do not exceed, true to one per cent and never
 * outside of what was added; 0 when there are none.
 */
int64_t sf_quantiles_at(const struct sf_quantiles *quantiles, unsigned percent);

#endif
