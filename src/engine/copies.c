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
    uint64_t print; /* of everything that a copy has in common; 0: free */
    int64_t time_ns;
    uint64_t hash; /* of its key */
    uint32_t interface;
    uint32_t tunnel_id; /* what of its key a copy need not share */
    uint16_t vlan[2];
    uint16_t ip_id;
    uint8_t tunnel;
    uint8_t ttl;
};

struct copies {
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

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint64_t mix_key(uint64_t hash, const struct sf_key *key)
{
    uint64_t word[sizeof *key / 8];
    memcpy(word, key, sizeof word);
    for (size_t i = 0; i < sizeof word / sizeof word[0]; i++)
        hash = mix(hash, word[i]);
    return hash;
}

/* Equal payloads have equal checksums; that unequal ones do as well, with all else the same, is as
 * good as never. */
static uint64_t fingerprint(const struct sf_segment *s)
{
    /* A copy may have another VLAN tag, or come out of a tunnel. */
    struct sf_key bare = s->key;
    memset(bare.vlan, 0, sizeof bare.vlan);
    bare.tunnel = 0;
    bare.tunnel_id = 0;
    uint64_t hash = mix_key(0, &bare);
    hash = mix(hash, (uint64_t)s->seq << 32 | s->ack);
    hash = mix(hash, (uint64_t)s->flags << 48 | (uint64_t)s->window << 32 |
                         (uint64_t)s->checksum << 16 | s->urgent);
    hash = mix(hash, (uint64_t)s->payload << 32 | (uint64_t)s->ip_id << 8 | s->from);
    hash = mix(hash, (uint64_t)s->options.tsval << 32 | s->options.tsecr);
    hash = mix(hash, (uint64_t)s->options.sack_left << 32 | s->options.sack_right);
    return hash | 1u;
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
        struct seen *seen = &copies->seen[set][way];
        enum copy copy = seen->print == print ? compare(seen, segment) : COPY_NOT;
        if (copy == COPY_NOT)
            continue;
        *original = (struct original){.key = key_of(seen, &segment->key), .hash = seen->hash};
        return copy;
    }
    struct seen *oldest = &copies->seen[set][copies->next[set]];
    copies->next[set] = (uint8_t)((copies->next[set] + 1u) % WAYS);
    *oldest = (struct seen){.print = print,
                            .time_ns = segment->time_ns,
                            .hash = segment->hash,
                            .interface = segment->interface,
                            .tunnel_id = segment->key.tunnel_id,
                            .vlan = {segment->key.vlan[0], segment->key.vlan[1]},
                            .ip_id = segment->ip_id,
                            .tunnel = segment->key.tunnel,
                            .ttl = segment->ttl};
    return COPY_NOT;
}
