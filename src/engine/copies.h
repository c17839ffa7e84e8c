/*
 * Packets that the capture itself repeats: a mirror port, or `any`, seeing one packet twice.
 *
 * A small table of what passed in the last 50 ms of capture time, over all connections. Its places
 * follow from the segments alone, never from a random key, so that results never depend on one.
 */
#ifndef SYNFIN_ENGINE_COPIES_H
#define SYNFIN_ENGINE_COPIES_H

#include <synfin/segment.h>

struct copies;

/* NULL without memory. */
struct copies *sf_copies_new(void);
void sf_copies_free(struct copies *copies);

enum copy {
    COPY_NOT,
    COPY_CERTAIN, /* by its identification, or by its TTL, one hop further */
    COPY_BY_TIME  /* nothing but a copy comes so soon */
};

/* Which connection the packet that a copy repeats was of. */
struct original {
    struct sf_key key;
    uint64_t hash;
};

/*
 * Was this very packet seen before? The same TCP header, options and payload, and either the same
 * IPv4 identification, or another TTL on another interface, within 50 ms; or another TTL or
 * interface within 5 ms; or within 1 ms.
 * VLAN tags and tunnels may differ. `original` is set for a copy only; what is none is remembered.
 */
enum copy sf_copies_seen(struct copies *copies, const struct sf_segment *segment,
                         struct original *original);

#endif
