/*
 * What a pcapng interface's time stamps count: if_tsresol and if_tsoffset as nanoseconds.
 */
#ifndef CAPTURE_TICKS_H
#define CAPTURE_TICKS_H

#include <stdbool.h>
#include <stdint.h>

/* One tick is `times` / `per` nanoseconds, or, if `is_binary`, 2^-exponent seconds. */
struct sf_ticks {
    uint64_t times, per;
    uint8_t exponent;
    bool is_binary;
    int64_t offset_s; /* seconds to be added */
};

/*
 * `resolution` is the value of if_tsresol: a negative power of 10, or with the highest bit set a
 * negative power of 2. Without that option it is 6.
 */
void sf_ticks_init(struct sf_ticks *ticks, uint8_t resolution, int64_t offset_s);

/* Nanoseconds since 1970, rounded down; what does not fit is the nearest that does. */
int64_t sf_ticks_to_ns(const struct sf_ticks *ticks, uint64_t count);

/* Is a tick shorter than a microsecond? */
bool sf_ticks_are_nano(const struct sf_ticks *ticks);

#endif
