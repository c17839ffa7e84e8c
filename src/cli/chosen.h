/*
 * What a first pass over the input learns for a second one: which connections --only chooses, and
 * which packet belongs to which connection.
 */
#ifndef SYNFIN_CLI_CHOSEN_H
#define SYNFIN_CLI_CHOSEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/event.h>

#include "sink/only.h"

struct sf_chosen {
    struct sf_sink sink;
    const struct sf_selection *selection;
    uint8_t *ids;      /* a bit for each connection id: chosen */
    size_t n_ids;      /* bits there is room for */
    uint32_t *flow_of; /* by packet number: the connection's id, 0 for none */
    uint64_t n_packets;
};

/*
 * Makes `chosen` a sink that learns the connections that `selection` chooses; with `packets`, also
 * which packets they have (four bytes of memory for each packet of the input). It is embedded:
 * freeing the sink frees nothing, sf_chosen_release does.
 */
void sf_chosen_init(struct sf_chosen *chosen, const struct sf_selection *selection, bool packets);

bool sf_chosen_has_flow(const struct sf_chosen *chosen, uint32_t id);
bool sf_chosen_has_packet(const struct sf_chosen *chosen, uint64_t number);

void sf_chosen_release(struct sf_chosen *chosen);

#endif
