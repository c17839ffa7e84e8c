#include "capture/ticks.h"

#define NS_PER_SECOND    1000000000
#define NANO_EXPONENT    9
#define MICRO_EXPONENT   6
#define BINARY_BIT       0x80u
#define LARGEST_EXPONENT 19 /* 10^19 is the largest power of ten below 2^64 */

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 unsigned_wide;

static uint64_t power_of_ten(unsigned exponent)
{
    uint64_t power = 1;
    for (unsigned i = 0; i < exponent && i < LARGEST_EXPONENT; i++) {
        power *= 10;
    }
    return power;
}

void sf_ticks_init(struct sf_ticks *ticks, uint8_t resolution, int64_t offset_s)
{
    uint8_t exponent = (uint8_t)(resolution & ~BINARY_BIT);
    *ticks = (struct sf_ticks){
        .times = exponent < NANO_EXPONENT ? power_of_ten(NANO_EXPONENT - (unsigned)exponent) : 1,
        .per = exponent > NANO_EXPONENT ? power_of_ten((unsigned)exponent - NANO_EXPONENT) : 1,
        .exponent = exponent,
        .is_binary = (resolution & BINARY_BIT) != 0,
        .offset_s = offset_s,
    };
}

/* Below 2^94: neither form can overflow 127 bits, nor can the offset added to it. */
static wide ticks_in_ns(const struct sf_ticks *ticks, uint64_t count)
{
    if (ticks->is_binary) {
        return (wide)((unsigned_wide)count * NS_PER_SECOND >> ticks->exponent);
    }
    return (wide)(count / ticks->per) * ticks->times;
}

int64_t sf_ticks_to_ns(const struct sf_ticks *ticks, uint64_t count)
{
    wide ns = ticks_in_ns(ticks, count) + (wide)ticks->offset_s * NS_PER_SECOND;
    if (ns > INT64_MAX) {
        return INT64_MAX;
    }
    return ns <= INT64_MIN ? INT64_MIN + 1 : (int64_t)ns; /* INT64_MIN means "no time" elsewhere */
}

bool sf_ticks_are_nano(const struct sf_ticks *ticks)
{
    return ticks->exponent > (ticks->is_binary ? 19 : MICRO_EXPONENT); /* 2^-20 s is 0.95 µs */
}
