/*
 * Who leaves when there is no room for another connection: first those whose row is written, then
 * embryonic ones, closed ones, and the longest idle.
 *
 * The table is searched for many at once, and the order found then is kept: who has moved on since
 * is passed over, who came since is younger than all of them.
 */
#ifndef SYNFIN_ENGINE_LEAVERS_H
#define SYNFIN_ENGINE_LEAVERS_H

#include <stdint.h>

#include "track/table.h"

struct leaver;

/* All zero is empty. */
struct leavers {
    struct leaver *leaver;
    uint32_t size, n, next;
};

void sf_leavers_free(struct leavers *leavers);

/* The next to leave, but not `staying` (NULL: anyone may); NULL without memory, and when nobody
 * else is there. */
struct record *sf_leavers_next(struct leavers *leavers, const struct table *table,
                               const struct record *staying);

#endif
