#include "engine/aliases.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SETS 1024u /* a power of two */
#define WAYS 4u

struct alias {
    struct sf_key alias, key;
    uint64_t hash; /* of `key` */
    uint64_t used; /* the greater the later; 0: free */
};

struct aliases {
    struct alias alias[SETS][WAYS];
    uint64_t uses;
    uint32_t n;
};

struct aliases *sf_aliases_new(void)
{
    return calloc(1, sizeof(struct aliases));
}

void sf_aliases_free(struct aliases *aliases)
{
    free(aliases);
}

/* By what does not differ between runs: the ports, and the ends of both addresses. */
static struct alias *set_of(struct aliases *aliases, const struct sf_key *key)
{
    uint32_t mixed = (uint32_t)key->port[0] << 16 | key->port[1];
    for (unsigned side = 0; side < 2; side++) {
        for (unsigned i = 0; i < sizeof key->addr[side]; i++)
            mixed = mixed * 31u + key->addr[side][i];
    }
    return aliases->alias[(mixed ^ mixed >> 15) & (SETS - 1u)];
}

static bool is_same(const struct sf_key *x, const struct sf_key *y)
{
    return memcmp(x, y, sizeof *x) == 0;
}

void sf_aliases_add(struct aliases *aliases, const struct sf_key *alias, const struct sf_key *key,
                    uint64_t hash)
{
    if (is_same(alias, key))
        return;
    struct alias *set = set_of(aliases, alias), *place = set;
    for (unsigned way = 0; way < WAYS; way++) {
        if (set[way].used != 0 && is_same(&set[way].alias, alias)) {
            place = &set[way];
            break;
        }
        if (set[way].used < place->used)
            place = &set[way];
    }
    if (place->used == 0)
        aliases->n++;
    *place = (struct alias){.alias = *alias, .key = *key, .hash = hash, .used = ++aliases->uses};
}

void sf_aliases_apply(struct aliases *aliases, struct sf_key *key, uint64_t *hash)
{
    if (aliases->n == 0)
        return;
    struct alias *set = set_of(aliases, key);
    for (unsigned way = 0; way < WAYS; way++) {
        if (set[way].used == 0 || !is_same(&set[way].alias, key))
            continue;
        set[way].used = ++aliases->uses;
        *key = set[way].key;
        *hash = set[way].hash;
        return;
    }
}
