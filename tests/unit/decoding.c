#include "decoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"

void decoding_init(struct decoding *decoding)
{
    const struct sf_hash_key key = {{1, 2}};
    memset(decoding, 0, sizeof *decoding);
    guard_init(&decoding->guard);
    decoding->packet.number = 1;
    if (sf_decoder_new(&decoding->decoder, &key, NULL) != 0) {
        abort();
    }
}

void decoding_release(struct decoding *decoding)
{
    sf_decoder_free(decoding->decoder);
    guard_release(&decoding->guard);
}

enum sf_skip decode_bytes(struct decoding *decoding, uint32_t link_type, const uint8_t *bytes,
                          size_t captured, size_t length)
{
    struct sf_packet *packet = &decoding->packet;
    packet->bytes = guard_put(&decoding->guard, bytes, captured);
    packet->captured = (uint32_t)captured;
    packet->length = (uint32_t)length;
    packet->link_type = link_type;
    return sf_decode(decoding->decoder, packet, &decoding->segment);
}

enum sf_skip decode_hex(struct decoding *decoding, uint32_t link_type, const char *hex)
{
    uint8_t bytes[DECODING_ROOM];
    size_t n = hex_read(hex, bytes, sizeof bytes);
    return decode_bytes(decoding, link_type, bytes, n, n);
}

static uint16_t expected_vlan(uint16_t id)
{
    return id != 0 ? id : SF_NO_VLAN;
}

static void check_whole(struct decoding *decoding, const struct wrapping *wrapping)
{
    const struct sf_segment *segment = &decoding->segment;
    assert_int_equal(segment->ip_offset, wrapping->ip_offset);
    assert_int_equal(segment->key.vlan[0], expected_vlan(wrapping->vlan[0]));
    assert_int_equal(segment->key.vlan[1], expected_vlan(wrapping->vlan[1]));
    assert_int_equal(segment->key.tunnel, wrapping->tunnel);
    assert_int_equal(segment->key.tunnel_id, wrapping->tunnel_id);
    assert_int_equal(segment->payload, segment->key.ip == 4 ? 5 : 0);
    assert_int_equal(segment->quality, 0);
    assert_int_equal(sf_checksum_verify(&decoding->packet, &decoding->segment), SF_CHECKSUM_GOOD);
}

static void check_cut(struct decoding *decoding, const struct wrapping *wrapping)
{
    uint8_t bytes[DECODING_ROOM];
    size_t n = hex_read(wrapping->packet, bytes, sizeof bytes);
    size_t end = decoding->segment.tcp_offset + (size_t)decoding->segment.tcp_length;
    for (size_t captured = 0; captured < n; captured++) {
        enum sf_skip skip = decode_bytes(decoding, wrapping->link, bytes, captured, n);
        if (wrapping->skip == SF_SKIP_NONE && skip == SF_SKIP_NONE) {
            unsigned cut = captured < end ? SF_QUALITY_TRUNCATED : 0;
            assert_int_equal(decoding->segment.quality & SF_QUALITY_TRUNCATED, cut);
            assert_int_equal(decoding->segment.key.tunnel, wrapping->tunnel);
        } else if (wrapping->skip == SF_SKIP_NONE) {
            bool is_udp_cut = wrapping->tunnel != SF_TUNNEL_NONE && skip == SF_SKIP_NOT_TCP;
            assert_true(skip == SF_SKIP_TRUNCATED || is_udp_cut);
        }
    }
}

void check_wrappings(const struct wrapping *wrappings, size_t n)
{
    struct decoding decoding;
    decoding_init(&decoding);
    for (size_t i = 0; i < n; i++) {
        print_message("case %zu\n", i);
        assert_int_equal(decode_hex(&decoding, wrappings[i].link, wrappings[i].packet),
                         wrappings[i].skip);
        if (wrappings[i].skip == SF_SKIP_NONE) {
            check_whole(&decoding, &wrappings[i]);
        }
        check_cut(&decoding, &wrappings[i]);
    }
    decoding_release(&decoding);
}
