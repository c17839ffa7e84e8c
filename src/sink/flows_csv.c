#include "sink/make.h"

#include "sink/columns.h"

struct rows {
    struct sf_plain plain;
    bool has_header;
};

/* Once, and not before something was read. */
static void put_header(struct rows *rows)
{
    if (!rows->has_header)
        sf_columns_csv_header(rows->plain.settings.output);
    rows->has_header = true;
}

static int put(struct sf_sink *sink, const struct sf_event *event, struct sf_error *err)
{
    struct rows *rows = (struct rows *)sink;
    put_header(rows);
    if (event->kind == SF_EVENT_FLOW_END)
        sf_columns_csv(rows->plain.settings.output, event->flow);
    return sf_plain_end_line(&rows->plain, err);
}

static const struct sf_sink_type flows_csv = {
    .name = "flows-csv",
    .wants = SF_WANTS(SF_EVENT_FLOW_END) | SF_WANTS(SF_EVENT_TOTALS),
    .event = put,
    .free = sf_plain_free,
};

int sf_flows_csv_new(struct sf_sink **sink, const struct sf_sink_settings *settings,
                     struct sf_error *err)
{
    *sink = sf_plain_new(sizeof(struct rows), &flows_csv, settings, err);
    if (*sink == NULL)
        return SF_E_MEMORY;
    if (settings->live)
        put_header((struct rows *)*sink);
    return 0;
}
