/*
 * Conversations as bytes for a fuzzer to change: records of RECORD_SIZE octets, a segment each.
 *
 *   0      which of four connections (bits 0, 1), which end (bit 2), an ICMP error that quotes it
 *          (bit 3)
 *   1      enum sf_option bits
 *   2, 3   flags (bits 0 … 8), reserved bits (12 … 14)
 *   4 … 7  SEQ, 8 … 11 ACK
 *   12, 13 octets of payload
 *   14, 15 window
 *   16, 17 time since the record before: mantissa (12 bits) << 2 * exponent (4 bits), in µs; the
 * top bit of the mantissa goes back 18, 19 IPv4 identification 20, 21 TSval, 22, 23 TSecr 24 TTL,
 * 25 window scale
 *
 * All numbers in network order. What is left over behind the last whole record means nothing.
 */
#ifndef FUZZ_CONVERSATION_H
#define FUZZ_CONVERSATION_H

#include <stddef.h>
#include <stdint.h>

#include <synfin/segment.h>

#include "engine/flows.h"

#define RECORD_SIZE 26u

/* The segment of a record that comes after one at `time_ns`. */
struct sf_segment record_segment(const uint8_t *record, uint64_t number, int64_t time_ns);

/* Lets the engine take all whole records, one after the other, and end. Aborts when it fails. */
void play_records(struct flows *flows, const uint8_t *bytes, size_t n);

/* The record of a segment: of connection `which` (0 … 3), after one at `time_ns`. */
void record_of(uint8_t *record, const struct sf_segment *segment, unsigned which, int64_t time_ns);

#endif
