#include "cli/worst.h"

static int see_flow(struct sf_sink *sink, const struct sf_event *event, struct sf_error *err)
{
    struct sf_worst *worst = (struct sf_worst *)sink;
    (void)err;
    if (event->kind != SF_EVENT_FLOW_END)
        return 0;
    for (uint32_t i = 0; i < event->flow->n_found; i++)
        if (event->flow->found[i].severity > worst->severity)
            worst->severity = event->flow->found[i].severity;
    return 0;
}

static void free_nothing(struct sf_sink *sink)
{
    (void)sink;
}

static const struct sf_sink_type worst_type = {
    .name = "worst",
    .wants = SF_WANTS(SF_EVENT_FLOW_END),
    .event = see_flow,
    .free = free_nothing,
};

void sf_worst_init(struct sf_worst *worst)
{
    worst->sink.type = &worst_type;
    worst->severity = SF_INFO;
}
