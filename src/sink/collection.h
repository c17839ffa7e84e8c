/*
 * The rows of all connections that are not over yet, by slot: what a ladder or a report is made of.
 */
#ifndef SYNFIN_SINK_COLLECTION_H
#define SYNFIN_SINK_COLLECTION_H

#include <stdbool.h>
#include <stddef.h>

#include <synfin/event.h>

#include "sink/rows.h"

/* All zero is an empty one. */
struct sf_collection {
    struct sf_rows **rows; /* by slot; NULL: nothing is kept */
    size_t n_slots;
    size_t memory; /* bytes kept in `rows`; it has a limit, beyond which rows are folded */
    bool keeps_segments;
};

/* The events that it takes. */
#define SF_COLLECTION_WANTS                                                                        \
    (SF_WANTS(SF_EVENT_SEGMENT) | SF_WANTS(SF_EVENT_ICMP) | SF_WANTS(SF_EVENT_SILENCE))

/* Takes a segment, an ICMP error or a silence. Returns 0 or SF_E_MEMORY. */
int sf_collection_add(struct sf_collection *collection, const struct sf_event *event,
                      struct sf_error *err);

/* What is kept of the connection, or NULL. */
const struct sf_rows *sf_collection_rows(const struct sf_collection *collection,
                                         const struct sf_flow *flow);

/* The connection is over: its slot will be another's. */
void sf_collection_forget(struct sf_collection *collection, const struct sf_flow *flow);

void sf_collection_release(struct sf_collection *collection);

#endif
