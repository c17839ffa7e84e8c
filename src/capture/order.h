/*
 * Numbers in the byte order of whoever wrote a capture file.
 *
 * Capture files are written in their machine's own order and say which; packets are not (network
 * order), and are read in other rooms.
 */
#ifndef CAPTURE_ORDER_H
#define CAPTURE_ORDER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The number at `at` as this machine would read it, with its bytes turned round if `is_swapped`. */
static inline uint16_t sf_order_load16(const uint8_t *at, bool is_swapped)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return is_swapped ? __builtin_bswap16(value) : value;
}

static inline uint32_t sf_order_load32(const uint8_t *at, bool is_swapped)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return is_swapped ? __builtin_bswap32(value) : value;
}

static inline uint64_t sf_order_load64(const uint8_t *at, bool is_swapped)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return is_swapped ? __builtin_bswap64(value) : value;
}

#endif
