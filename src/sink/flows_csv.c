#include "sink/make.h"

#include "sink/columns.h"

static int put_flow(struct sf_sink *sink, const struct sf_event *event, struct sf_error *err)
{
    const struct sf_plain *plain = (const struct sf_plain *)sink;
    if (event->kind != SF_EVENT_FLOW_END)
        return 0;
    sf_columns_csv(plain->settings.output, event->flow);
    return sf_plain_end_line(plain, err);
}

static const struct sf_sink_type flows_csv = {
    .name = "flows-csv",
    .wants = SF_WANTS(SF_EVENT_FLOW_END),
    .event = put_flow,
    .free = sf_plain_free,
};

int sf_flows_csv_new(struct sf_sink **sink, const struct sf_sink_settings *settings,
                     struct sf_error *err)
{
    *sink = sf_plain_new(sizeof(struct sf_plain), &flows_csv, settings, err);
    if (*sink == NULL)
        return SF_E_MEMORY;
    sf_columns_csv_header(settings->output);
    return 0;
}
