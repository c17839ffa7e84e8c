/*
 * The top lists of `stats` in both formats; behind the totals, before the end of the object.
 */
#ifndef SYNFIN_SINK_STATS_LEADERS_H
#define SYNFIN_SINK_STATS_LEADERS_H

#include "base/output.h"
#include "sink/leaders.h"
#include "sink/paper.h"

/* Tables for a reader; nothing where a list is empty, or has but one connection in all. */
void sf_stats_leaders_text(struct sf_paper *paper, const struct sf_leaders *leaders);

/* `,"first_to_close":[…],"slowest_handshakes":[…],"close_wait":[…],"time_wait":[…],"attacks":[…]`
 */
void sf_stats_leaders_json(struct sf_output *output, const struct sf_leaders *leaders);

#endif
