#include "sink/stats.h"

#include "sink/tally.h"

int sf_stats_new(struct sf_sink **sink, const struct sf_sink_type *type,
                 void (*print)(const struct sf_stats *stats, const struct sf_totals *input),
                 const struct sf_sink_settings *settings, struct sf_error *err)
{
    struct sf_stats *stats = sf_plain_new(sizeof *stats, type, settings, err);
    if (stats == NULL)
        return SF_E_MEMORY;
    stats->print = print;
    *sink = &stats->plain.sink;
    return 0;
}

int sf_stats_take(struct sf_sink *sink, const struct sf_event *event, struct sf_error *err)
{
    struct sf_stats *stats = (struct sf_stats *)sink;
    if (event->kind == SF_EVENT_FLOW_END) {
        sf_tally_flow(&stats->totals, event->flow);
        sf_leaders_add(&stats->leaders, event->flow);
    }
    if (event->kind != SF_EVENT_TOTALS)
        return 0;
    stats->print(stats, event->totals);
    return sf_plain_end_line(&stats->plain, err);
}
