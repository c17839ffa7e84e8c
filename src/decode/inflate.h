/* Compressed packets made readable: the one thing that decoding needs memory for beyond its tables.
 */
#ifndef DECODE_INFLATE_H
#define DECODE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct sf_inflater;

/* NULL when there is no memory. Freed with sf_inflater_free, which takes NULL. */
struct sf_inflater *sf_inflater_new(void);
void sf_inflater_free(struct sf_inflater *inflater);

/*
 * The octets that `packed` holds by DEFLATE (RFC 1951), at most as many as an IP packet has; they
 * stay valid until the next call. `is_whole`: it ends properly; else it was cut off behind them.
 * False: it is something else.
 */
bool sf_inflate(struct sf_inflater *inflater, const struct sf_cursor *packed,
                struct sf_cursor *octets, bool *is_whole);

#endif
