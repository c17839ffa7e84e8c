/*
 * One connection in two worlds. A mirror port shows a packet as it comes and as it goes, with a
 * VLAN tag here and another there, or inside a tunnel and outside of it; the `any` device shows it
 * on a VLAN's interface and on the one below. Such worlds are apart for addresses alone (sf_key),
 * but a packet that is seen in both is one packet, and its connection one connection: the one it
 * was first seen in.
 *
 * A table of bounded size; what was not used for longest is forgotten first.
 */
#ifndef SYNFIN_ENGINE_ALIASES_H
#define SYNFIN_ENGINE_ALIASES_H

#include <synfin/segment.h>

struct aliases;

/* NULL without memory. */
struct aliases *sf_aliases_new(void);
void sf_aliases_free(struct aliases *aliases);

/* What has this key belongs to that one, whose hash is `hash`, from now on. */
void sf_aliases_add(struct aliases *aliases, const struct sf_key *alias, const struct sf_key *key,
                    uint64_t hash);

/* Where `key` is an alias, puts the key and the hash in its place that it stands for. */
void sf_aliases_apply(struct aliases *aliases, struct sf_key *key, uint64_t *hash);

#endif
