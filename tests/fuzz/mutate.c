/*
 * Changes conversations by what happens to segments: they are lost, doubled, overtaken, forged with
 * numbers that stand elsewhere in the conversation, or a little beside those; and flags, payload
 * and time change. Now and then libFuzzer changes bytes as it likes.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "conversation.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

struct random {
    uint64_t state;
};

/* splitmix64 */
static uint32_t draw(struct random *random, uint32_t below)
{
    uint64_t x = random->state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((x ^ (x >> 31)) % below);
}

static uint32_t get32(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static void put32(uint8_t *to, uint32_t value)
{
    to[0] = (uint8_t)(value >> 24);
    to[1] = (uint8_t)(value >> 16);
    to[2] = (uint8_t)(value >> 8);
    to[3] = (uint8_t)value;
}

static size_t lose(uint8_t *data, size_t n, size_t at)
{
    memmove(data + at * RECORD_SIZE, data + (at + 1) * RECORD_SIZE, (n - at - 1) * RECORD_SIZE);
    return n - 1;
}

/* A copy of `from` comes at `to`. */
static size_t repeat(uint8_t *data, size_t n, size_t from, size_t to)
{
    uint8_t record[RECORD_SIZE];
    memcpy(record, data + from * RECORD_SIZE, RECORD_SIZE);
    memmove(data + (to + 1) * RECORD_SIZE, data + to * RECORD_SIZE, (n - to) * RECORD_SIZE);
    memcpy(data + to * RECORD_SIZE, record, RECORD_SIZE);
    return n + 1;
}

static void swap(uint8_t *data, size_t a, size_t b)
{
    uint8_t record[RECORD_SIZE];
    memcpy(record, data + a * RECORD_SIZE, RECORD_SIZE);
    memmove(data + a * RECORD_SIZE, data + b * RECORD_SIZE, RECORD_SIZE);
    memcpy(data + b * RECORD_SIZE, record, RECORD_SIZE);
}

/* A number of one record in the place of one of another, exactly or a little beside it. */
static void forge_number(struct random *random, uint8_t *record, const uint8_t *other)
{
    static const uint32_t beside[] = {0, 1, UINT32_MAX, 1460, 65535, 0x3fffffff, 0x80000000};
    uint32_t number = get32(other + (draw(random, 2) != 0 ? 4 : 8));
    number += beside[draw(random, sizeof beside / sizeof *beside)];
    put32(record + (draw(random, 2) != 0 ? 4 : 8), number);
}

static void change_field(struct random *random, uint8_t *record)
{
    switch (draw(random, 6)) {
    case 0: /* a flag */
        record[3] ^= (uint8_t)(1u << draw(random, 8));
        break;
    case 1: /* the other end, or another connection */
        record[0] ^= (uint8_t)(1u << draw(random, 4));
        break;
    case 2: /* none, one, or some payload */
        record[12] = (uint8_t)(draw(random, 3) == 0 ? 5 : 0);
        record[13] = (uint8_t)draw(random, 3);
        break;
    case 3: /* the window closes or opens */
        record[14] = record[15] = draw(random, 2) != 0 ? 0xff : 0;
        break;
    case 4: /* sooner or later */
        record[16] = (uint8_t)(draw(random, 12) << 4 | draw(random, 8));
        break;
    default: /* options */
        record[1] ^= (uint8_t)(1u << draw(random, 8));
        break;
    }
}

static size_t change(struct random *random, uint8_t *data, size_t n, size_t most)
{
    size_t at = draw(random, (uint32_t)n), other = draw(random, (uint32_t)n);
    switch (draw(random, 8)) {
    case 0:
        return n > 1 ? lose(data, n, at) : n;
    case 1:
        return n < most ? repeat(data, n, at, other) : n;
    case 2:
        swap(data, at, other);
        break;
    case 3:
    case 4:
        forge_number(random, data + at * RECORD_SIZE, data + other * RECORD_SIZE);
        break;
    default:
        change_field(random, data + at * RECORD_SIZE);
        break;
    }
    return n;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct random random = {seed};
    size_t n = size / RECORD_SIZE, most = max_size / RECORD_SIZE;
    if (n == 0 || most == 0 || draw(&random, 10) == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    for (uint32_t times = 1 + draw(&random, 4); times > 0; times--)
        n = change(&random, data, n, most);
    return n * RECORD_SIZE;
}
