/*
 * Random numbers that are the same on every machine: splitmix64 (Steele, Lea, Flood, "Fast
 * splittable pseudorandom number generators", 2014). No clock, no rand().
 */
#ifndef SIMULATE_RANDOM_H
#define SIMULATE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

/* The next number of the sequence; any state is a good seed. */
uint64_t random_next(struct random *random);

/* A number below `n`, which is not 0. */
uint32_t random_below(struct random *random, uint32_t n);

/* A duration of `low_ns` up to, not including, `high_ns`. */
int64_t random_between(struct random *random, int64_t low_ns, int64_t high_ns);

/* True `per_mille` times in a thousand. */
bool random_is(struct random *random, unsigned per_mille);

/* A number that depends on both, and on nothing else: the seed of what is independent of them. */
uint64_t random_mix(uint64_t seed, uint64_t salt);

#endif
