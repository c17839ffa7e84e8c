#include "machine/places.h"

#include <stdlib.h>
#include <string.h>

bool sf_places_init(struct places *places, size_t size, uint32_t sets)
{
    places->size = size;
    places->sets = sets;
    places->bytes = calloc((size_t)sets * PLACES_WAYS, size);
    return places->bytes != NULL;
}

void sf_places_release(struct places *places)
{
    free(places->bytes);
    places->bytes = NULL;
}

/* Fixed, so that a run can be repeated: who gives way to whom is a result. */
static uint64_t fingerprint(const struct crowd_key *key)
{
    uint32_t word[sizeof *key / 4];
    uint64_t print = UINT64_C(0x243f6a8885a308d3);
    memcpy(word, key, sizeof word);
    for (size_t i = 0; i < sizeof word / sizeof word[0]; i++) {
        print = (print ^ word[i]) * UINT64_C(0x9e3779b97f4a7c15);
        print ^= print >> 32;
    }
    return print;
}

static struct place *entry_at(const struct places *places, uint64_t print, unsigned way)
{
    size_t set = print & (places->sets - 1u);
    return (void *)(places->bytes + (set * PLACES_WAYS + way) * places->size);
}

static struct place *find(const struct places *places, const struct crowd_key *key, uint64_t print)
{
    for (unsigned way = 0; way < PLACES_WAYS; way++) {
        struct place *place = entry_at(places, print, way);
        if (place->is_used && place->print == print && memcmp(&place->key, key, sizeof *key) == 0)
            return place;
    }
    return NULL;
}

void *sf_places_find(const struct places *places, const struct crowd_key *key)
{
    return find(places, key, fingerprint(key));
}

/* The smaller, the sooner it gives way. A place far in the future is of a clock since set back. */
static uint64_t standing_of(const struct place *place, int64_t now_ns)
{
    if (!place->is_used)
        return 0;
    int64_t since_ns = now_ns - place->last_ns;
    bool is_stale = since_ns > PLACES_STALE_NS || since_ns < -PLACES_STALE_NS;
    return is_stale ? 1 : 2 + (uint64_t)place->weight;
}

static struct place *pick(const struct places *places, uint64_t print, int64_t now_ns)
{
    struct place *worst = entry_at(places, print, 0);
    for (unsigned way = 1; way < PLACES_WAYS; way++) {
        struct place *place = entry_at(places, print, way);
        uint64_t standing = standing_of(place, now_ns), least = standing_of(worst, now_ns);
        if (standing < least || (standing == least && place->last_ns < worst->last_ns))
            worst = place;
    }
    return worst;
}

void *sf_places_take(struct places *places, const struct crowd_key *key, int64_t now_ns)
{
    uint64_t print = fingerprint(key);
    struct place *place = find(places, key, print);
    if (place == NULL) {
        place = pick(places, print, now_ns);
        memset(place, 0, places->size);
        place->key = *key;
        place->print = print;
        place->is_used = true;
        place->last_ns = now_ns;
    }
    if (now_ns > place->last_ns || place->last_ns - now_ns > PLACES_STALE_NS)
        place->last_ns = now_ns;
    return place;
}
