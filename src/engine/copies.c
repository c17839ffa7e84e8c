#include "engine/copies.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SETS           4096u /* a power of two */
#define WAYS           4u
#define SAME_ID_NS     INT64_C(50000000)
#define OTHER_HOP_NS   INT64_C(5000000)
#define SAME_MOMENT_NS INT64_C(1000000)

struct seen {
    int64_t time_ns;
    uint64_t hash; /* of its key */
    uint32_t interface;
    uint32_t tunnel_id; /* what of its key a copy need not share */
    uint16_t vlan[2];
    uint16_t ip_id;
    uint8_t tunnel;
    uint8_t ttl;
};

/* What is compared for each segment lies close together; what is only written, apart. */
struct copies {
    uint64_t print[SETS][WAYS]; /* of everything that a copy has in common; 0: free */
    struct seen seen[SETS][WAYS];
    uint8_t next[SETS];
};

struct copies *sf_copies_new(void)
{
    return calloc(1, sizeof(struct copies));
}

void sf_copies_free(struct copies *copies)
{
    free(copies);
}

/* Two words of the whole, which count by their place. Each pair is mixed apart from the others, so
 * that the processor need not wait for one before it begins with the next. */
static uint64_t mix(uint64_t x, uint64_t y, uint64_t place)
{
    uint64_t mixed = (x ^ place) * UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 29 ^ y) * UINT64_C(0xbf58476d1ce4e5b9);
    return mixed ^ mixed >> 32;
}

static uint64_t mix_key(const struct sf_key *key)
{
    uint64_t word[sizeof key->addr / 8];
    memcpy(word, key->addr, sizeof word);
    /* Without VLAN and tunnel: a copy may have another tag, or come out of a tunnel. */
    return mix(word[0], word[1], 1) ^ mix(word[2], word[3], 2) ^
           mix((uint64_t)key->port[0] << 16 | key->port[1], key->ip, 3);
}

/* Equal payloads have equal checksums; that unequal ones do as well, with all else the same, is as
 * good as never. */
static uint64_t fingerprint(const struct sf_segment *s)
{
    uint64_t numbers = (uint64_t)s->seq << 32 | s->ack;
    uint64_t header = (uint64_t)s->flags << 48 | (uint64_t)s->window << 32 |
                      (uint64_t)s->checksum << 16 | s->urgent;
    uint64_t rest = (uint64_t)s->payload << 32 | (uint64_t)s->ip_id << 8 | s->from;
    uint64_t stamps = (uint64_t)s->options.tsval << 32 | s->options.tsecr;
    uint64_t sack = (uint64_t)s->options.sack_left << 32 | s->options.sack_right;
    uint64_t hash = mix_key(&s->key) ^ mix(numbers, header, 4) ^ mix(rest, stamps, 5);
    return mix(hash, sack, 6) | 1u;
}

/* Another VLAN, or a tunnel, is another interface in all but name. */
static bool is_elsewhere(const struct seen *seen, const struct sf_segment *segment)
{
    const struct sf_key *key = &segment->key;
    return seen->interface != segment->interface || seen->vlan[0] != key->vlan[0] ||
           seen->vlan[1] != key->vlan[1] || seen->tunnel != key->tunnel ||
           seen->tunnel_id != key->tunnel_id;
}

static enum copy compare(const struct seen *seen, const struct sf_segment *segment)
{
    int64_t apart = segment->time_ns - seen->time_ns;
    if (apart < 0)
        apart = apart == INT64_MIN ? INT64_MAX : -apart;
    bool other_ttl = seen->ttl != segment->ttl;
    bool other_interface = is_elsewhere(seen, segment);
    /* Routed past here: a queue may lie between the two sights. */
    bool is_routed = other_ttl && other_interface;
    if ((segment->ip_id != 0 || is_routed) && apart < SAME_ID_NS)
        return COPY_CERTAIN;
    if (other_ttl && apart < OTHER_HOP_NS)
        return COPY_CERTAIN;
    /* A host answers each segment of a burst with the same RST, though. */
    bool is_soon = (other_interface && apart < OTHER_HOP_NS) ||
                   (apart < SAME_MOMENT_NS && (segment->flags & SF_RST) == 0);
    return is_soon ? COPY_BY_TIME : COPY_NOT;
}

/* All else it has in common with its copy. */
static struct sf_key key_of(const struct seen *seen, const struct sf_key *copy)
{
    struct sf_key key = *copy;
    memcpy(key.vlan, seen->vlan, sizeof key.vlan);
    key.tunnel = seen->tunnel;
    key.tunnel_id = seen->tunnel_id;
    return key;
}

enum copy sf_copies_seen(struct copies *copies, const struct sf_segment *segment,
                         struct original *original)
{
    uint64_t print = fingerprint(segment);
    uint32_t set = (uint32_t)(print >> 40) & (SETS - 1u);
    for (unsigned way = 0; way < WAYS; way++) {
        if (copies->print[set][way] != print)
            continue;
        const struct seen *seen = &copies->seen[set][way];
        enum copy copy = compare(seen, segment);
        if (copy == COPY_NOT)
            continue;
        *original = (struct original){.key = key_of(seen, &segment->key), .hash = seen->hash};
        return copy;
    }
    unsigned oldest = copies->next[set];
    copies->next[set] = (uint8_t)((oldest + 1u) % WAYS);
    copies->print[set][oldest] = print;
    copies->seen[set][oldest] = (struct seen){.time_ns = segment->time_ns,
                                              .hash = segment->hash,
                                              .interface = segment->interface,
                                              .tunnel_id = segment->key.tunnel_id,
                                              .vlan = {segment->key.vlan[0], segment->key.vlan[1]},
                                              .ip_id = segment->ip_id,
                                              .tunnel = segment->key.tunnel,
                                              .ttl = segment->ttl};
    return COPY_NOT;
}
