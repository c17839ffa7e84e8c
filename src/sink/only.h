/*
 * `--only`: which connections are chosen, and the sink that hands only those to another sink.
 */
#ifndef SYNFIN_SINK_ONLY_H
#define SYNFIN_SINK_ONLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/error.h>
#include <synfin/event.h>
#include <synfin/flow.h>

struct sf_selection;

/* An empty selection chooses everything. Returns 0 or SF_E_MEMORY. */
int sf_selection_new(struct sf_selection **selection, struct sf_error *err);

/*
 * Adds one expression, "anomalous", "handshake=refused,reset", "port=443": words and values with
 * commas between them are alternatives, expressions added one after the other must all hold. A
 * value without a key belongs to the key before it. Returns 0, SF_E_MEMORY, or SF_E_USAGE with a
 * sentence that names what is wrong.
 */
int sf_selection_add(struct sf_selection *selection, const char *expression, struct sf_error *err);

/* Is the connection chosen, as far as it is known now? True and final when its row is written. */
bool sf_selection_matches(const struct sf_selection *selection, const struct sf_flow *flow);

/* Does the first packet of a connection decide it: client, server, port, ip alone? */
bool sf_selection_is_early(const struct sf_selection *selection);

void sf_selection_free(struct sf_selection *selection);

/*
 * A sink that hands the chosen connections to `next`: SF_EVENT_FLOW_END where the selection
 * matches, SF_EVENT_FLOW_DROP where it does not. A `next` that waits for the end of a connection
 * gets all segments; one that does not (a dump) gets those of connections that match at that
 * moment, which is right when the selection is early, or when sf_only_use_ids was called. It owns
 * neither selection nor `next`. Returns 0 or SF_E_MEMORY.
 */
int sf_only_new(struct sf_sink **only, const struct sf_selection *selection, struct sf_sink *next,
                struct sf_error *err);

/*
 * From now on connections are chosen by their id, as an earlier pass found them: bit id % 8 of
 * ids[id / 8]; `n_ids` bits there are. The bits are borrowed.
 */
void sf_only_use_ids(struct sf_sink *only, const uint8_t *ids, size_t n_ids);

#endif
