#include "sink/only.h"

#include <stdlib.h>

/* The kinds of events that wait for a connection's end. */
#define OF_THE_END (SF_WANTS(SF_EVENT_FLOW_END) | SF_WANTS(SF_EVENT_FLOW_DROP))

struct only {
    struct sf_sink sink;
    struct sf_sink_type type; /* it wants what `next` wants */
    const struct sf_selection *selection;
    struct sf_sink *next;
    const uint8_t *ids; /* NULL: the selection decides */
    size_t n_ids;
};

static bool is_chosen(const struct only *only, const struct sf_flow *flow)
{
    if (flow == NULL)
        return false;
    if (only->ids == NULL)
        return sf_selection_matches(only->selection, flow);
    return flow->id < only->n_ids && (only->ids[flow->id / 8] >> flow->id % 8 & 1u) != 0;
}

static int pass(const struct only *only, const struct sf_event *event, struct sf_error *err)
{
    const struct sf_sink_type *type = only->next->type;
    if ((type->wants & SF_WANTS(event->kind)) == 0)
        return 0;
    return type->event(only->next, event, err);
}

static int choose(struct sf_sink *sink, const struct sf_event *event, struct sf_error *err)
{
    const struct only *only = (const struct only *)sink;
    bool is_streaming = (only->next->type->wants & OF_THE_END) == 0;
    switch (event->kind) {
    case SF_EVENT_SEGMENT:
    case SF_EVENT_ICMP:
    case SF_EVENT_SILENCE:
        return !is_streaming || is_chosen(only, event->flow) ? pass(only, event, err) : 0;
    case SF_EVENT_FLOW_END: {
        struct sf_event decided = *event;
        if (!is_chosen(only, event->flow))
            decided.kind = SF_EVENT_FLOW_DROP;
        return pass(only, &decided, err);
    }
    case SF_EVENT_FLOW_DROP:
    case SF_EVENT_TOTALS:
        break;
    }
    return pass(only, event, err);
}

static void free_only(struct sf_sink *sink)
{
    free(sink);
}

int sf_only_new(struct sf_sink **sink, const struct sf_selection *selection, struct sf_sink *next,
                struct sf_error *err)
{
    struct only *only = calloc(1, sizeof *only);
    if (only == NULL)
        return sf_error_set(err, SF_E_MEMORY, 0, "out of memory");
    only->type = (struct sf_sink_type){
        .name = next->type->name,
        .wants = next->type->wants,
        .event = choose,
        .free = free_only,
    };
    if ((only->type.wants & OF_THE_END) != 0)
        only->type.wants |= OF_THE_END;
    only->sink.type = &only->type;
    only->selection = selection;
    only->next = next;
    *sink = &only->sink;
    return 0;
}

void sf_only_use_ids(struct sf_sink *sink, const uint8_t *ids, size_t n_ids)
{
    struct only *only = (struct only *)sink;
    only->ids = ids;
    only->n_ids = n_ids;
}
