#include "engine/leavers.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "machine/machine.h"

struct leaver {
    int rank; /* who leaves first has the least */
    int64_t last_ns;
    uint32_t id, slot;
};

void sf_leavers_free(struct leavers *leavers)
{
    free(leavers->leaver);
    memset(leavers, 0, sizeof *leavers);
}

static int rank_of(const struct record *record)
{
    const struct sf_flow *flow = &record->flow;
    if (record->is_written)
        return 0;
    if (flow->handshake == SF_HANDSHAKE_NO_ANSWER || flow->handshake == SF_HANDSHAKE_HALF_OPEN)
        return 1;
    return sf_machine_over_at(flow, 0) != INT64_MAX ? 2 : 3;
}

static int compare(const void *x, const void *y)
{
    const struct leaver *a = x, *b = y;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->last_ns != b->last_ns)
        return a->last_ns < b->last_ns ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static bool make_room(struct leavers *leavers, uint32_t size)
{
    if (size <= leavers->size)
        return true;
    struct leaver *grown = realloc(leavers->leaver, (size_t)size * sizeof *grown);
    if (grown == NULL)
        return false;
    leavers->leaver = grown;
    leavers->size = size;
    return true;
}

/* How many of them may leave before the search is made anew: those of the first rank, which others
 * come to meanwhile, but neither so few that it is all searching, nor more than a quarter. */
static uint32_t n_to_leave(const struct leaver *leaver, uint32_t n)
{
    uint32_t least = n / 64u + 2u, most = n / 4u + 1u, alike = 0;
    while (alike < most && alike < n && leaver[alike].rank == leaver[0].rank)
        alike++;
    if (alike < least)
        alike = least; /* two at least: one of them may have to stay */
    return alike < n ? alike : n;
}

static bool search(struct leavers *leavers, const struct table *table)
{
    uint32_t slots = sf_table_slots(table), n = 0;
    if (!make_room(leavers, slots))
        return false;
    for (uint32_t slot = 0; slot < slots; slot++) {
        const struct record *record = sf_table_at(table, slot);
        if (record != NULL)
            leavers->leaver[n++] = (struct leaver){.rank = rank_of(record),
                                                   .last_ns = record->flow.last_ns,
                                                   .id = record->flow.id,
                                                   .slot = slot};
    }
    qsort(leavers->leaver, n, sizeof *leavers->leaver, compare);
    leavers->n = n_to_leave(leavers->leaver, n);
    leavers->next = 0;
    return true;
}

/* Is it there, and as it was? */
static struct record *as_it_was(const struct leaver *leaver, const struct table *table)
{
    struct record *record = sf_table_at(table, leaver->slot);
    bool is_same = record != NULL && record->flow.id == leaver->id &&
                   record->flow.last_ns == leaver->last_ns && rank_of(record) == leaver->rank;
    return is_same ? record : NULL;
}

static struct record *next_of_found(struct leavers *leavers, const struct table *table,
                                    const struct record *staying)
{
    while (leavers->next < leavers->n) {
        struct record *record = as_it_was(&leavers->leaver[leavers->next++], table);
        if (record != NULL && record != staying)
            return record;
    }
    return NULL;
}

struct record *sf_leavers_next(struct leavers *leavers, const struct table *table,
                               const struct record *staying)
{
    struct record *record = next_of_found(leavers, table, staying);
    if (record == NULL && search(leavers, table))
        record = next_of_found(leavers, table, staying);
    return record;
}
