#include "base/hash.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/types.h>

#include "base/bytes.h"

struct sip {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v1;
    s->v0 += s->v3;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 = rotate(s->v2, 32);
}

static inline void sip_word(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    s->v0 ^= word;
}

static inline uint64_t sip_end(struct sip *s)
{
    s->v2 ^= 0xff;
    sip_round(s);
    sip_round(s);
    sip_round(s);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

/* The last word: up to seven bytes, and the length modulo 256 on top. */
static uint64_t last_word(const uint8_t *bytes, size_t n)
{
    uint64_t word = (uint64_t)n << 56;
    const uint8_t *rest = bytes + (n & ~(size_t)7);
    for (size_t i = 0; i < (n & 7); i++) {
        word |= (uint64_t)rest[i] << (8 * i);
    }
    return word;
}

uint64_t sf_hash_bytes(const struct sf_hash_key *key, const void *data, size_t n)
{
    const uint8_t *bytes = data;
    struct sip s = {
        key->word[0] ^ 0x736f6d6570736575,
        key->word[1] ^ 0x646f72616e646f6d,
        key->word[0] ^ 0x6c7967656e657261,
        key->word[1] ^ 0x7465646279746573,
    };
    for (size_t i = 0; i + 8 <= n; i += 8) {
        sip_word(&s, load_le64(bytes + i));
    }
    sip_word(&s, last_word(bytes, n));
    return sip_end(&s);
}

int sf_hash_key_random(struct sf_hash_key *key)
{
    ssize_t got;
    do {
        got = getrandom(key, sizeof *key, 0);
    } while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof *key ? 0 : -1; /* up to 256 bytes come whole or not at all */
}
