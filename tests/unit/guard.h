/*
 * Memory that ends where a page begins that may not be touched: one byte read too far ends the test
 * program, instead of passing by luck.
 */
#ifndef UNIT_GUARD_H
#define UNIT_GUARD_H

#include <stddef.h>
#include <stdint.h>

#define GUARD_ROOM 0x20000u /* bytes that fit */

struct guard {
    uint8_t *memory;
    uint8_t *page; /* the one that may not be touched */
};

void guard_init(struct guard *guard);
void guard_release(struct guard *guard);

/* Copies `n` bytes to directly before the page. Valid until the next call. */
const uint8_t *guard_put(struct guard *guard, const void *bytes, size_t n);

#endif
