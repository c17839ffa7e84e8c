#include "decode/checksum.h"

#include <assert.h>

#include "base/bytes.h"
#include "decode/decode.h"

#define PROTOCOL_TCP 6
#define ALL_ONES     0xffff

uint64_t sf_checksum_add(uint64_t sum, const uint8_t *bytes, uint32_t n)
{
    struct sf_cursor cursor = {bytes, bytes + n};
    const uint8_t *word;
    while ((word = take(&cursor, 4)) != NULL) {
        sum += load_be32(word);
    }
    if ((word = take(&cursor, 2)) != NULL) {
        sum += load_be16(word);
    }
    if ((word = take(&cursor, 1)) != NULL) {
        sum += (uint64_t)word[0] << 8;
    }
    return sum;
}

static uint16_t fold(uint64_t sum)
{
    while (sum > ALL_ONES) {
        sum = (sum >> 16) + (sum & ALL_ONES);
    }
    return (uint16_t)sum;
}

bool sf_checksum_fits(uint64_t sum)
{
    return fold(sum) == ALL_ONES;
}

/*
 * The pseudo header (RFC 9293 §3.1, RFC 8200 §8.1) without its length. A sum does not ask which
 * address is whose, so the ordered ones of the key will do; unused bytes of an IPv4 one are zero.
 */
static uint64_t add_pseudo_header(const struct sf_key *key)
{
    return sf_checksum_add(PROTOCOL_TCP, &key->addr[0][0], sizeof key->addr);
}

static enum sf_checksum judge(const struct sf_segment *segment, const uint8_t *tcp)
{
    uint64_t pseudo = add_pseudo_header(&segment->key);
    uint64_t with_length = pseudo + segment->tcp_length;
    uint16_t field = segment->checksum;
    if (sf_checksum_fits(sf_checksum_add(with_length, tcp, segment->tcp_length))) {
        return SF_CHECKSUM_GOOD;
    }
    /* A sum of something never folds to 0x0000, only to its other form 0xffff: each is covered. */
    if (field == 0 || field == fold(with_length) || field == fold(pseudo)) {
        return SF_CHECKSUM_OFFLOADED;
    }
    return SF_CHECKSUM_BAD;
}

enum sf_checksum sf_checksum_verify(const struct sf_packet *packet, struct sf_segment *segment)
{
    if (segment->checksum_state == SF_CHECKSUM_UNVERIFIED) {
        assert(segment->tcp_offset + (uint64_t)segment->tcp_length <= packet->captured);
        segment->checksum_state = (uint8_t)judge(segment, packet->bytes + segment->tcp_offset);
    }
    return segment->checksum_state;
}
