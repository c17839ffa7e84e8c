/*
 * A table of fixed size for what is counted over many connections: by host, by pair of hosts, by
 * service.
 *
 * When the places of a key are all taken, the one that weighs least gives way, and of these the one
 * that was silent for longest. So a flood of addresses, each seen once, does not push out what was
 * seen often. Where a key is placed follows from the key alone, never from a random number: who
 * gives way shows in results.
 */
#ifndef SYNFIN_MACHINE_PLACES_H
#define SYNFIN_MACHINE_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLACES_WAYS 8u

/* What silence as long as this makes of a place: the first to give way, whatever it weighs. */
#define PLACES_STALE_NS INT64_C(120000000000)

/* Zeroed before it is filled: keys are compared as bytes. What a table does not need stays 0. */
struct crowd_key {
    uint8_t addr[2][16];
    uint32_t tunnel_id;
    uint16_t vlan[2];
    uint16_t port[2];
    uint8_t ip;
    uint8_t kind;
    uint8_t reserved[2];
};

/* An entry of a table begins with this. */
struct place {
    struct crowd_key key;
    uint64_t print; /* of the key */
    int64_t last_ns;
    uint32_t weight; /* set by the owner: the larger, the later it gives way */
    bool is_used;
};

struct places {
    unsigned char *bytes;
    size_t size; /* of an entry */
    uint32_t sets;
};

/* A table of `sets` (a power of two) times PLACES_WAYS entries. Returns false without memory. */
bool sf_places_init(struct places *places, size_t size, uint32_t sets);
void sf_places_release(struct places *places);

/* The entry of the key, or NULL. */
void *sf_places_find(const struct places *places, const struct crowd_key *key);

/* The entry of the key, used at `now_ns`; one that is new is zero but for its struct place. */
void *sf_places_take(struct places *places, const struct crowd_key *key, int64_t now_ns);

#endif
