#include "observer.h"

#include <stdlib.h>
#include <string.h>

#include "engine/flows.h"

#define START_NS  INT64_C(1700000000000000000)
#define APART_NS  (1000 * SECOND_NS) /* longer than a conversation and all that is kept of it */
#define FLOWS_MAX 256u

struct observer {
    struct sf_settings settings;
    struct sf_totals totals;
    struct flows *flows;
    struct account *account; /* of the conversation at hand */
    uint32_t n_watched;      /* conversations before this one */
    uint32_t n_flows;        /* connections before this one */
    uint32_t last_flow;      /* the highest id so far */
    bool was_whole;          /* the last capture had every packet */
};

enum sf_side observed_side(const struct sf_flow *flow, unsigned end)
{
    return flow->client == end ? SF_CLIENT : SF_SERVER;
}

static void keep_row(struct account *account, const struct sf_flow *flow, uint32_t id)
{
    if (account->n_rows == ROWS_MAX || flow->n_found > ROW_FOUND_MAX) {
        account->has_failed = true;
        return;
    }
    struct row *row = &account->row[account->n_rows++];
    row->flow = *flow;
    row->flow.id = id;
    if (flow->n_found > 0)
        memcpy(row->found, flow->found, flow->n_found * sizeof row->found[0]);
    row->flow.found = row->found;
}

/* A segment may take its place later than it passed: its number says which one it is. */
static int take_event(void *context, const struct sf_event *event, struct sf_error *err)
{
    struct observer *observer = context;
    (void)err;
    uint32_t id = event->flow->id - observer->n_flows;
    if (event->flow->id > observer->last_flow)
        observer->last_flow = event->flow->id;
    if (event->kind == SF_EVENT_FLOW_END)
        keep_row(observer->account, event->flow, id);
    if (event->kind != SF_EVENT_SEGMENT)
        return 0;
    struct said *said = &observer->account->said[event->segment->number - 1u];
    said->is_told = true;
    said->fate = event->step->fate;
    said->flow = id;
    for (unsigned end = 0; end < 2; end++)
        said->view[end] = event->step->after[observed_side(event->flow, end)];
    for (uint32_t i = 0; i < event->n_found; i++)
        said->codes |= UINT64_C(1) << event->found[i].code;
    return 0;
}

/* Alike packets have the same checksum. */
static uint16_t checksum_of(const struct sf_segment *segment)
{
    uint32_t sum = segment->seq * 7u + segment->ack * 13u + segment->flags * 101u +
                   segment->payload * 3u + segment->options.tsval * 5u + segment->options.tsecr;
    return (uint16_t)(sum ^ sum >> 16);
}

/* Every conversation has its own pair of addresses: 10.x.y.z and 11.x.y.z. */
static void fill_key(struct sf_key *key, uint32_t n)
{
    key->ip = 4;
    key->vlan[0] = key->vlan[1] = SF_NO_VLAN;
    key->port[0] = 40000;
    key->port[1] = 80;
    for (unsigned end = 0; end < 2; end++) {
        key->addr[end][0] = (uint8_t)(10u + end);
        key->addr[end][1] = (uint8_t)(n >> 16);
        key->addr[end][2] = (uint8_t)(n >> 8);
        key->addr[end][3] = (uint8_t)n;
    }
}

static struct sf_segment segment_of(const struct packet *packet, const struct pass *pass,
                                    uint32_t n_watched, uint64_t number)
{
    struct sf_segment segment = {.number = number,
                                 .time_ns = START_NS + n_watched * APART_NS + pass->time_ns,
                                 .seq = packet->seq,
                                 .ack = packet->ack,
                                 .payload = packet->length,
                                 .flags = packet->flags,
                                 .window = 65535,
                                 .ip_id = packet->ip_id,
                                 .ttl = 64,
                                 .from = packet->from,
                                 .hash = n_watched * UINT64_C(0x9e3779b97f4a7c15),
                                 .kind = SF_SEGMENT_SENT,
                                 .checksum_state = SF_CHECKSUM_GOOD};
    if (packet->has_timestamps)
        segment.options = (struct sf_options){
            .present = SF_OPT_TIMESTAMPS, .tsval = packet->tsval, .tsecr = packet->tsecr};
    fill_key(&segment.key, n_watched);
    segment.checksum = checksum_of(&segment);
    return segment;
}

/* An analyser of its own for a capture with gaps: it judges losses by the whole capture. */
static bool renew(struct observer *observer)
{
    sf_flows_free(observer->flows);
    memset(&observer->totals, 0, sizeof observer->totals);
    observer->flows = sf_flows_new(&observer->settings, &observer->totals, take_event, observer);
    observer->n_flows = observer->last_flow = 0;
    return observer->flows != NULL;
}

static bool is_whole(const struct truth *truth)
{
    for (unsigned i = 0; i < truth->n_passes; i++) {
        if (!truth->pass[i].is_captured)
            return false;
    }
    return true;
}

static bool show(struct observer *observer, const struct truth *truth)
{
    struct sf_error err;
    for (unsigned i = 0; i < truth->n_passes; i++) {
        const struct pass *pass = &truth->pass[i];
        if (!pass->is_captured)
            continue;
        struct sf_segment segment =
            segment_of(&truth->sent[pass->sent].packet, pass, observer->n_watched, i + 1u);
        if (sf_flows_take(observer->flows, NULL, &segment, &err) != 0)
            return false;
    }
    return sf_flows_finish(observer->flows, &err) == 0;
}

struct observer *observer_new(void)
{
    struct observer *observer = calloc(1, sizeof *observer);
    if (observer == NULL)
        return NULL;
    sf_settings_init(&observer->settings);
    observer->settings.max_flows = FLOWS_MAX;
    observer->was_whole = true;
    if (renew(observer))
        return observer;
    free(observer);
    return NULL;
}

void observer_free(struct observer *observer)
{
    if (observer == NULL)
        return;
    sf_flows_free(observer->flows);
    free(observer);
}

void observer_watch(struct observer *observer, const struct truth *truth, struct account *account)
{
    account->n_rows = 0;
    memset(account->said, 0, truth->n_passes * sizeof account->said[0]);
    bool whole = is_whole(truth);
    bool is_ready = (whole && observer->was_whole) || renew(observer);
    observer->was_whole = whole;
    observer->account = account;
    observer->n_flows = observer->last_flow;
    account->has_failed = false;
    account->has_failed |= !is_ready || !show(observer, truth);
    observer->n_watched++;
}
