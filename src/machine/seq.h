/*
 * Arithmetic of sequence numbers, modulo 2^32: RFC 9293 §3.4. The only place where they are
 * compared.
 */
#ifndef SYNFIN_MACHINE_SEQ_H
#define SYNFIN_MACHINE_SEQ_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/segment.h>

/* The distance from b to a, negative when a lies before b. */
static inline int32_t seq_distance(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

static inline bool seq_before(uint32_t a, uint32_t b)
{
    return seq_distance(a, b) < 0;
}

static inline bool seq_not_after(uint32_t a, uint32_t b)
{
    return seq_distance(a, b) <= 0;
}

/* Does `x` lie in low … high, both included? */
static inline bool seq_within(uint32_t x, uint32_t low, uint32_t high)
{
    return x - low <= high - low;
}

/* The number of its first payload octet: a SYN takes the number before it. */
static inline uint32_t segment_text(const struct sf_segment *segment)
{
    return segment->seq + ((segment->flags & SF_SYN) != 0 ? 1u : 0u);
}

/* The number after its last octet or flag: SEQ + LEN + SYN + FIN. */
static inline uint32_t segment_end(const struct sf_segment *segment)
{
    return segment_text(segment) + segment->payload + ((segment->flags & SF_FIN) != 0 ? 1u : 0u);
}

/* Do the numbers `seq` up to `end`, or `seq` alone when there are none, all lie before `next`? */
static inline bool seq_is_past(uint32_t seq, uint32_t end, uint32_t next)
{
    return seq == end ? seq_before(seq, next) : seq_not_after(end, next);
}

#endif
