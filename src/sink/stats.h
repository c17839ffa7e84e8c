/*
 * What both `stats` formats do until the input is over: sum the chosen connections up.
 */
#ifndef SYNFIN_SINK_STATS_H
#define SYNFIN_SINK_STATS_H

#include "sink/leaders.h"
#include "sink/make.h"

struct sf_stats {
    struct sf_plain plain;
    struct sf_totals totals; /* of the connections */
    struct sf_leaders leaders;
    /* Prints them; `input` has the counts of packets. */
    void (*print)(const struct sf_stats *stats, const struct sf_totals *input);
};

/* Makes a sink of that type; its `event` is sf_stats_take, its `free` sf_plain_free. */
int sf_stats_new(struct sf_sink **sink, const struct sf_sink_type *type,
                 void (*print)(const struct sf_stats *stats, const struct sf_totals *input),
                 const struct sf_sink_settings *settings, struct sf_error *err);

int sf_stats_take(struct sf_sink *sink, const struct sf_event *event, struct sf_error *err);

#define SF_STATS_WANTS (SF_WANTS(SF_EVENT_FLOW_END) | SF_WANTS(SF_EVENT_TOTALS))

#endif
