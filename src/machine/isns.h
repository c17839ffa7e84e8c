/*
 * Initial sequence numbers of one host, held against each other: RFC 9293 §3.4.1, RFC 6528.
 */
#ifndef SYNFIN_MACHINE_ISNS_H
#define SYNFIN_MACHINE_ISNS_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/flow.h>

#define ISNS_KEPT      8u
#define ISNS_MIN       4u
#define ISNS_WINDOW_NS INT64_C(60000000000)

/* The numbers that a host used last, in a ring. All zero is none. */
struct isns {
    struct {
        int64_t time_ns;
        uint64_t ports; /* of both ends, and the address of the other one, as one number */
        uint32_t isn;
    } seen[ISNS_KEPT];
    uint32_t n; /* ever */
};

/*
 * Adds the number of a new connection. Returns what is wrong with the latest ones: at least
 * ISNS_MIN on different ports within ISNS_WINDOW_NS that are equal, go in equal steps, or creep
 * (SF_DETAIL_EQUAL_ISNS, …_STEADY_ISNS, …_SLOW_ISNS); else SF_DETAIL_NONE. `n_alike` is how many.
 */
enum sf_detail sf_isns_add(struct isns *isns, uint32_t isn, uint64_t ports, int64_t now_ns,
                           uint32_t *n_alike);

#endif
