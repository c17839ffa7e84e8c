/* Fuzzes the engine and the machine with whole conversations, and checks what flow.h and event.h
 * promise of every event. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "conversation.h"
#include "engine/flows.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct seen {
    uint64_t segments, taken_segments, rows;
};

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_end(const struct sf_end *end)
{
    must(end->n_path <= SF_PATH_MAX);
    for (unsigned i = 0; i < end->n_path; i++) {
        must(end->path[i] > SF_STATE_NONE && end->path[i] < SF_STATE_COUNT);
    }
    must((end->proved >> end->n_path) == 0);
    must(end->wscale <= 14);
}

static void check_found(const struct sf_found *found, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        must(found[i].code < SF_CODE_COUNT && found[i].severity < SF_SEVERITY_COUNT);
        must(found[i].certainty == SF_PROVED || found[i].certainty == SF_PROBABLE);
        must(found[i].count >= 1);
    }
}

static void check_flow(const struct sf_flow *flow)
{
    must(flow->client <= 1 && flow->handshake < SF_HANDSHAKE_COUNT && flow->close < SF_CLOSE_COUNT);
    check_end(&flow->end[0]);
    check_end(&flow->end[1]);
    check_found(flow->found, flow->n_found);
}

static void check_step(const struct sf_event *event)
{
    const struct sf_step *step = event->step;
    must(step->sender <= 1 && step->n_notes <= SF_NOTES_MAX);
    for (unsigned i = 0; i < step->n_notes; i++) {
        must(step->notes[i].annotation < SF_SAY_COUNT);
    }
    must(event->n_found == 0 || event->found != NULL);
    check_found(event->found, event->n_found);
}

static int check(void *context, const struct sf_event *event, struct sf_error *err)
{
    struct seen *seen = context;
    (void)err;
    check_flow(event->flow);
    if (event->kind == SF_EVENT_SEGMENT) {
        check_step(event);
        seen->segments++;
        seen->taken_segments += event->step->fate != SF_FATE_SETTLED;
    } else if (event->kind == SF_EVENT_FLOW_END) {
        must(event->flow->ended < SF_ENDED_COUNT);
        must(event->flow->start_ns <= event->flow->last_ns);
        seen->rows++;
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct seen seen = {0};
    struct sf_totals totals = {0};
    struct sf_settings settings;
    sf_settings_init(&settings);
    settings.max_flows = 1 + (uint32_t)n % 6; /* few, so that some must leave for others */
    settings.linger_ns = n % 2 != 0 ? INT64_C(5000000000) : settings.linger_ns;
    struct flows *flows = sf_flows_new(&settings, &totals, check, &seen);
    must(flows != NULL);
    play_records(flows, bytes, n);
    must(seen.rows == totals.connections);
    must(seen.taken_segments <= totals.packets_analysed);
    sf_flows_free(flows);
    return 0;
}
