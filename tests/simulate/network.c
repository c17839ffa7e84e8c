#include "network.h"

#include <string.h>

#include "random.h"

/* A copy comes sooner than a timer: later, nothing tells it from a repeat of its sender. */
#define COPY_NS (150 * MILLISECOND_NS)

void network_init(struct network *network, const struct plan *plan, struct truth *truth)
{
    memset(network, 0, sizeof *network);
    network->plan = plan;
    network->truth = truth;
}

static void launch(struct network *network, unsigned sent, unsigned leg, int64_t due_ns)
{
    if (network->n_flights == FLIGHTS_MAX) {
        network->truth->is_cut = true;
        return;
    }
    network->flight[network->n_flights++] = (struct flight){
        .due_ns = due_ns, .order = network->order++, .sent = (uint16_t)sent, .leg = (uint8_t)leg};
}

/* A packet that keeps its place in the row. */
static int64_t in_order(struct network *network, unsigned from, unsigned leg, int64_t due_ns)
{
    int64_t *latest_ns = &network->latest_ns[from][leg];
    if (due_ns <= *latest_ns)
        due_ns = *latest_ns + 1;
    *latest_ns = due_ns;
    return due_ns;
}

void network_carry(struct network *network, unsigned sent, unsigned leg, int64_t now_ns)
{
    struct sent *record = &network->truth->sent[sent];
    unsigned from = record->packet.from;
    const struct leg *way = &network->plan->leg[from][leg];
    unsigned n = network->n_carried[from][leg]++;
    struct random random = {.state =
                                random_mix(network->plan->seed, (from * 2u + leg) * 1000u + n)};
    int64_t jitter_ns = way->jitter_ns > 0 ? random_between(&random, 0, way->jitter_ns) : 0;
    bool is_lost = random_is(&random, way->lose), is_held = random_is(&random, way->hold);
    bool is_doubled = random_is(&random, way->twice) && !is_held;
    int64_t hold_ns = random_between(&random, 0, way->hold_ns);
    int64_t copy_ns = random_between(&random, 0, way->hold_ns < COPY_NS ? way->hold_ns : COPY_NS);
    int64_t due_ns = now_ns + way->delay_ns + jitter_ns;
    if (n >= TOUCHABLE || (network->plan->calm[from][leg] >> n & 1u) != 0)
        is_lost = is_held = is_doubled = false;
    if (is_lost) {
        record->lost[leg]++;
        return;
    }
    record->held[leg] |= is_held;
    record->doubled[leg] |= is_doubled;
    launch(network, sent, leg, is_held ? due_ns + hold_ns : in_order(network, from, leg, due_ns));
    if (is_doubled)
        launch(network, sent, leg, due_ns + copy_ns);
}

static unsigned earliest(const struct network *network)
{
    unsigned first = 0;
    for (unsigned i = 1; i < network->n_flights; i++) {
        const struct flight *a = &network->flight[i], *b = &network->flight[first];
        if (a->due_ns < b->due_ns || (a->due_ns == b->due_ns && a->order < b->order))
            first = i;
    }
    return first;
}

int64_t network_deadline(const struct network *network)
{
    return network->n_flights > 0 ? network->flight[earliest(network)].due_ns : NEVER;
}

struct flight network_deliver(struct network *network)
{
    unsigned first = earliest(network);
    struct flight flight = network->flight[first];
    network->flight[first] = network->flight[--network->n_flights];
    return flight;
}
