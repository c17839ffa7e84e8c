/* Fuzzes sf_decode: any bytes, several packets to one decoder, which keeps fragments. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "decode/decode.h"
#include "frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_quote(const struct sf_segment *quoted, enum sf_checksum checksum)
{
    must(checksum != SF_CHECKSUM_UNVERIFIED && checksum != SF_CHECKSUM_OFFLOADED);
    must(quoted->icmp.kind > SF_ICMP_NONE && quoted->icmp.kind < SF_ICMP_KIND_COUNT);
    must(quoted->icmp.ip == 4 || quoted->icmp.ip == 6);
    must(quoted->data_offset != 0 || (quoted->flags == 0 && quoted->payload == 0));
}

/* What decode.h promises of a segment. */
static void check_segment(const struct sf_packet *packet, struct sf_segment *segment)
{
    must(segment->number == packet->number && segment->time_ns == packet->time_ns);
    must(segment->key.ip == 4 || segment->key.ip == 6);
    must(segment->key.tunnel < SF_TUNNEL_COUNT);
    must(segment->from <= 1 && segment->flags <= 0x1ff);
    must(segment->checksum_state != SF_CHECKSUM_UNVERIFIED ||
         segment->tcp_offset + (uint64_t)segment->tcp_length <= packet->captured);
    must((segment->quality & SF_QUALITY_BAD_OFFSET) == 0 || segment->payload == 0);
    must(memcmp(segment->key.addr[0], segment->key.addr[1], sizeof segment->key.addr[0]) <= 0);
    enum sf_checksum before = segment->checksum_state;
    enum sf_checksum after = sf_checksum_verify(packet, segment);
    must(before == SF_CHECKSUM_UNVERIFIED || after == before);
    must(after != SF_CHECKSUM_UNVERIFIED);
    if (segment->kind == SF_SEGMENT_QUOTED) {
        check_quote(segment, before);
    }
}

/* From memory of its own, so that one octet read too far is noticed. */
static void decode_copy(struct sf_decoder *decoder, struct sf_packet *packet, const uint8_t *bytes)
{
    struct sf_segment segment;
    uint8_t *copy = malloc(packet->captured > 0 ? packet->captured : 1);
    must(copy != NULL);
    memcpy(copy, bytes, packet->captured);
    packet->bytes = copy;
    enum sf_skip skip = sf_decode(decoder, packet, &segment);
    must(skip < SF_SKIP_COUNT);
    if (skip == SF_SKIP_NONE) {
        check_segment(packet, &segment);
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct sf_hash_key key = {{1, 2}};
    struct sf_cursor cursor = {bytes, bytes + n};
    const uint8_t *head = take(&cursor, FRAMES_HEAD);
    struct sf_decoder *decoder = NULL;
    if (head == NULL || sf_decoder_new(&decoder, &key, NULL) != 0) {
        return 0;
    }
    struct sf_packet packet = {.link_type = load_be16(head)};
    const uint8_t *record;
    while ((record = take(&cursor, FRAMES_RECORD)) != NULL) {
        size_t captured = load_be16(record);
        if (captured > bytes_left(&cursor)) {
            captured = bytes_left(&cursor);
        }
        packet.number++;
        packet.time_ns += 1000000;
        packet.captured = (uint32_t)captured; /* below 65536 */
        packet.length = packet.captured + load_be16(record + 2);
        decode_copy(decoder, &packet, take(&cursor, captured));
    }
    sf_decoder_free(decoder);
    return 0;
}
