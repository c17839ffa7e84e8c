/*
 * A keyed hash for tables: SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF",
 * 2012, with one round per word and three at the end).
 *
 * A capture is written by strangers. With a key drawn at random per run they cannot choose packets
 * that all fall into one bucket. For the same reason nothing a user sees may depend on a hash.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The 16 bytes of the key as two little-endian words. */
struct sf_hash_key {
    uint64_t word[2];
};

/* The hash of `n` bytes. */
uint64_t sf_hash_bytes(const struct sf_hash_key *key, const void *data, size_t n);

/* Draws a key from the kernel. Returns 0, or -1 with errno set: there is no randomness to be had.
 */
int sf_hash_key_random(struct sf_hash_key *key);

#endif
