/*
 * The checksum of the Internet (RFC 1071): a sum of 16-bit words in ones' complement.
 */
#ifndef DECODE_CHECKSUM_H
#define DECODE_CHECKSUM_H

#include <stdbool.h>
#include <stdint.h>

/* Adds `n` bytes as 16-bit words in network order. 64 bits hold the sum of any packet. */
uint64_t sf_checksum_add(uint64_t sum, const uint8_t *bytes, uint32_t n);

/* Is the sum of everything, the checksum's field included, what it is when nothing was damaged? */
bool sf_checksum_fits(uint64_t sum);

#endif
