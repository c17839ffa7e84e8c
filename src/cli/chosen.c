#include "cli/chosen.h"

#include <stdlib.h>
#include <string.h>

#include "words/translate.h"

static int no_memory(struct sf_error *err)
{
    return sf_error_set(err, SF_E_MEMORY, 0, "%s", _("out of memory"));
}

/* Room for bit `id`, all new bits 0. */
static int grow_ids(struct sf_chosen *chosen, uint32_t id, struct sf_error *err)
{
    size_t wanted = ((size_t)id / 8 + 1) * 2 + 512;
    uint8_t *ids = realloc(chosen->ids, wanted);
    if (ids == NULL)
        return no_memory(err);
    memset(ids + chosen->n_ids / 8, 0, wanted - chosen->n_ids / 8);
    chosen->ids = ids;
    chosen->n_ids = wanted * 8;
    return 0;
}

static int learn_flow(struct sf_chosen *chosen, const struct sf_flow *flow, struct sf_error *err)
{
    if (!sf_selection_matches(chosen->selection, flow))
        return 0;
    if (flow->id >= chosen->n_ids && grow_ids(chosen, flow->id, err) != 0)
        return SF_E_MEMORY;
    chosen->ids[flow->id / 8] = (uint8_t)(chosen->ids[flow->id / 8] | 1u << flow->id % 8);
    return 0;
}

static int grow_packets(struct sf_chosen *chosen, uint64_t number, struct sf_error *err)
{
    uint64_t wanted = (number + 1) + (number + 1) / 2 + 4096;
    if (wanted > SIZE_MAX / sizeof *chosen->flow_of)
        return no_memory(err);
    uint32_t *flow_of = realloc(chosen->flow_of, (size_t)wanted * sizeof *flow_of);
    if (flow_of == NULL)
        return no_memory(err);
    memset(flow_of + chosen->n_packets, 0, (size_t)(wanted - chosen->n_packets) * sizeof *flow_of);
    chosen->flow_of = flow_of;
    chosen->n_packets = wanted;
    return 0;
}

/* A held SYN is told twice: what is told last, where it went, holds. */
static int learn_packet(struct sf_chosen *chosen, const struct sf_event *event,
                        struct sf_error *err)
{
    uint64_t number = event->segment->number;
    if (event->flow == NULL)
        return 0;
    if (number >= chosen->n_packets && grow_packets(chosen, number, err) != 0)
        return SF_E_MEMORY;
    chosen->flow_of[number] = event->flow->id;
    return 0;
}

static int learn(struct sf_sink *sink, const struct sf_event *event, struct sf_error *err)
{
    struct sf_chosen *chosen = (struct sf_chosen *)sink;
    if (event->kind == SF_EVENT_FLOW_END)
        return learn_flow(chosen, event->flow, err);
    if (event->kind == SF_EVENT_SEGMENT || event->kind == SF_EVENT_ICMP)
        return learn_packet(chosen, event, err);
    return 0;
}

static void free_nothing(struct sf_sink *sink)
{
    (void)sink;
}

static const struct sf_sink_type learns_flows = {
    .name = "chosen",
    .wants = SF_WANTS(SF_EVENT_FLOW_END),
    .event = learn,
    .free = free_nothing,
};

static const struct sf_sink_type learns_packets = {
    .name = "chosen packets",
    .wants = SF_WANTS(SF_EVENT_FLOW_END) | SF_WANTS(SF_EVENT_SEGMENT) | SF_WANTS(SF_EVENT_ICMP),
    .event = learn,
    .free = free_nothing,
};

void sf_chosen_init(struct sf_chosen *chosen, const struct sf_selection *selection, bool packets)
{
    memset(chosen, 0, sizeof *chosen);
    chosen->sink.type = packets ? &learns_packets : &learns_flows;
    chosen->selection = selection;
}

bool sf_chosen_has_flow(const struct sf_chosen *chosen, uint32_t id)
{
    return id < chosen->n_ids && (chosen->ids[id / 8] >> id % 8 & 1) != 0;
}

bool sf_chosen_has_packet(const struct sf_chosen *chosen, uint64_t number)
{
    return number < chosen->n_packets && sf_chosen_has_flow(chosen, chosen->flow_of[number]);
}

void sf_chosen_release(struct sf_chosen *chosen)
{
    free(chosen->ids);
    free(chosen->flow_of);
    chosen->ids = NULL;
    chosen->flow_of = NULL;
    chosen->n_ids = 0;
    chosen->n_packets = 0;
}
