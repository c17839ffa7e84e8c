/*
 * Numbers out of bytes, and a cursor that cannot leave them.
 *
 * A load reads exactly as many bytes as its name says, at any alignment; that they are there is the
 * caller's business, normally because `take` gave them.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* What is left to read: from `at` up to, and not with, `end`. */
struct sf_cursor {
    const uint8_t *at;
    const uint8_t *end;
};

static inline size_t bytes_left(const struct sf_cursor *cursor)
{
    return (size_t)(cursor->end - cursor->at);
}

/* The next `n` bytes, and moves behind them; NULL, and moves nothing, when they are not all there.
 */
static inline const uint8_t *take(struct sf_cursor *cursor, size_t n)
{
    const uint8_t *at = cursor->at;
    if (bytes_left(cursor) < n) {
        return NULL;
    }
    cursor->at += n;
    return at;
}

static inline uint16_t load_be16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t load_be24(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 16 | load_be16(bytes + 1);
}

static inline uint32_t load_be32(const uint8_t *bytes)
{
    return (uint32_t)load_be16(bytes) << 16 | load_be16(bytes + 2);
}

static inline uint64_t load_be64(const uint8_t *bytes)
{
    return (uint64_t)load_be32(bytes) << 32 | load_be32(bytes + 4);
}

static inline uint16_t load_le16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[1] << 8 | bytes[0]);
}

static inline uint32_t load_le32(const uint8_t *bytes)
{
    return (uint32_t)load_le16(bytes + 2) << 16 | load_le16(bytes);
}

static inline uint64_t load_le64(const uint8_t *bytes)
{
    return (uint64_t)load_le32(bytes + 4) << 32 | load_le32(bytes);
}

#endif
