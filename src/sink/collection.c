#include "sink/collection.h"

#include <stdlib.h>

#define MEMORY_LIMIT ((size_t)256 << 20) /* for the rows of all connections together */

static int grow_slots(struct sf_collection *collection, uint32_t slot, struct sf_error *err)
{
    size_t wanted = ((size_t)slot + 1) * 2 + 64;
    struct sf_rows **rows = realloc(collection->rows, wanted * sizeof(struct sf_rows *));
    if (rows == NULL)
        return sf_error_set(err, SF_E_MEMORY, 0, "out of memory");
    for (size_t i = collection->n_slots; i < wanted; i++)
        rows[i] = NULL;
    collection->rows = rows;
    collection->n_slots = wanted;
    return 0;
}

/* The rows of a connection, new ones if it has none yet. */
static int rows_of(struct sf_collection *collection, const struct sf_flow *flow,
                   struct sf_rows **rows, struct sf_error *err)
{
    if (flow->slot >= collection->n_slots && grow_slots(collection, flow->slot, err) != 0)
        return SF_E_MEMORY;
    if (collection->rows[flow->slot] == NULL) {
        struct sf_rows *fresh = calloc(1, sizeof *fresh);
        if (fresh == NULL)
            return sf_error_set(err, SF_E_MEMORY, 0, "out of memory");
        fresh->keeps_segments = collection->keeps_segments;
        collection->rows[flow->slot] = fresh;
    }
    *rows = collection->rows[flow->slot];
    return 0;
}

/* A held SYN, or an error about one, gets its row when it is known where it belongs. */
static bool has_row(const struct sf_event *event)
{
    if (event->flow == NULL)
        return false;
    if (event->kind == SF_EVENT_SILENCE)
        return true;
    return event->step->fate != SF_FATE_HELD && event->step->fate != SF_FATE_LATE;
}

int sf_collection_add(struct sf_collection *collection, const struct sf_event *event,
                      struct sf_error *err)
{
    struct sf_rows *rows = NULL;
    if (!has_row(event))
        return 0;
    if (rows_of(collection, event->flow, &rows, err) != 0)
        return SF_E_MEMORY;
    size_t left = collection->memory < MEMORY_LIMIT ? MEMORY_LIMIT - collection->memory : 0;
    collection->memory += sf_rows_add(rows, event, left);
    return 0;
}

const struct sf_rows *sf_collection_rows(const struct sf_collection *collection,
                                         const struct sf_flow *flow)
{
    return flow->slot < collection->n_slots ? collection->rows[flow->slot] : NULL;
}

static void release_slot(struct sf_collection *collection, size_t slot)
{
    if (collection->rows[slot] == NULL)
        return;
    collection->memory -= sf_rows_release(collection->rows[slot]);
    free(collection->rows[slot]);
    collection->rows[slot] = NULL;
}

void sf_collection_forget(struct sf_collection *collection, const struct sf_flow *flow)
{
    if (flow->slot < collection->n_slots)
        release_slot(collection, flow->slot);
}

void sf_collection_release(struct sf_collection *collection)
{
    for (size_t i = 0; i < collection->n_slots; i++)
        release_slot(collection, i);
    free(collection->rows);
    collection->rows = NULL;
    collection->n_slots = 0;
}
