#include "decode/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoding.h"
#include "hex.h"

/* 41000 > 80: Flags [S], seq 1000, win 64800, length 0; between 2001:db8::1 and 2001:db8::2 */
#define SYN6_TCP "a0 28 00 50 00 00 03 e8 00 00 00 00 50 02 fd 20 b2 ec 00 00 "
/* 41000 > 80: Flags [P.], seq 1001:1005, ack 9001, win 502; between 10.0.0.1 and 10.0.0.2 */
#define DATA4_TCP "a0 28 00 50 00 00 03 e9 00 00 23 29 50 18 01 f6 0d 7f 00 00 61 62 63 64 "
#define ENDS4     "0a 00 00 01 0a 00 00 02 "
#define CLIENT6   "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 "
#define SERVER6   "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02 "
#define ELSEWHERE "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 03 "

/* Packets that lead to one of the two segments above, with a checksum that is right. */
static const struct {
    const char *packet;
    uint16_t tcp_offset;
    uint32_t payload;
} good[] = {
    {"45 00 00 2c 12 34 00 00 40 06 54 96 " ENDS4 DATA4_TCP, 20, 4},
    /* don't fragment; router alert option */
    {"46 00 00 30 12 34 40 00 40 06 7f 8d " ENDS4 "94 04 00 00 " DATA4_TCP, 24, 4},
    /* total length 0: a card was to cut it */
    {"45 00 00 00 12 34 00 00 40 06 54 c2 " ENDS4 DATA4_TCP, 20, 4},
    /* bytes behind the total length are padding */
    {"45 00 00 2c 12 34 00 00 40 06 54 96 " ENDS4 DATA4_TCP "00 00", 20, 4},
    /* authentication header */
    {"45 00 00 44 12 34 00 00 40 33 54 51 " ENDS4
     "06 04 00 00 00 00 01 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 " DATA4_TCP,
     44, 4},
    {"60 00 00 00 00 14 06 40 " CLIENT6 SERVER6 SYN6_TCP, 40, 0},
    /* hop-by-hop, then 16 octets of destination options */
    {"60 00 00 00 00 2c 00 40 " CLIENT6 SERVER6
     "3c 00 01 04 00 00 00 00 06 01 01 04 00 00 00 00 01 06 00 00 00 00 00 00 " SYN6_TCP,
     64, 0},
    /* routing type 0, type 2 and type 4 with a hop left: the header names ELSEWHERE */
    {"60 00 00 00 00 2c 2b 40 " CLIENT6 ELSEWHERE "06 02 00 01 00 00 00 00 " SERVER6 SYN6_TCP, 64,
     0},
    {"60 00 00 00 00 2c 2b 40 " CLIENT6 ELSEWHERE "06 02 02 01 00 00 00 00 " SERVER6 SYN6_TCP, 64,
     0},
    {"60 00 00 00 00 3c 2b 40 " CLIENT6 ELSEWHERE
     "06 04 04 01 01 00 00 00 " SERVER6 ELSEWHERE SYN6_TCP,
     80, 0},
    {"60 00 00 00 00 3c 2b 40 " CLIENT6 ELSEWHERE
     "06 04 00 02 00 00 00 00 " ELSEWHERE SERVER6 SYN6_TCP,
     80, 0},
    /* routing type 0 at its last hop: the header names the destination */
    {"60 00 00 00 00 2c 2b 40 " CLIENT6 SERVER6 "06 02 00 00 00 00 00 00 " ELSEWHERE SYN6_TCP, 64,
     0},
    /* atomic fragment; authentication header; mobility, then shim6 */
    {"60 00 00 00 00 1c 2c 40 " CLIENT6 SERVER6 "06 00 00 00 00 00 00 07 " SYN6_TCP, 48, 0},
    {"60 00 00 00 00 2c 33 40 " CLIENT6 SERVER6
     "06 04 00 00 00 00 01 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 " SYN6_TCP,
     64, 0},
    {"60 00 00 00 00 24 87 40 " CLIENT6 SERVER6
     "8c 00 00 00 00 00 00 00 06 00 00 00 00 00 00 00 " SYN6_TCP,
     56, 0},
    /* payload length 0: with a jumbo option of 28 octets, two of padding behind; and without */
    {"60 00 00 00 00 00 00 40 " CLIENT6 SERVER6 "06 00 c2 04 00 00 00 1c " SYN6_TCP "ee ee", 48, 0},
    {"60 00 00 00 00 00 06 40 " CLIENT6 SERVER6 SYN6_TCP, 40, 0},
};

static void check_good(struct decoding *decoding, size_t i)
{
    const struct sf_segment *segment = &decoding->segment;
    assert_int_equal(segment->ip_offset, 0);
    assert_int_equal(segment->tcp_offset, good[i].tcp_offset);
    assert_int_equal(segment->payload, good[i].payload);
    assert_int_equal(segment->tcp_length, good[i].payload + 20);
    assert_int_equal(segment->ttl, 64);
    assert_int_equal(segment->ip_id, segment->key.ip == 4 ? 0x1234 : 0);
    assert_int_equal(segment->from, 0);
    assert_int_equal(segment->key.port[0], 41000);
    assert_int_equal(segment->key.port[1], 80);
    /* the last octet tells the two ends apart */
    assert_int_equal(segment->key.addr[0][segment->key.ip == 4 ? 3 : 15], 1);
    assert_int_equal(segment->key.addr[1][segment->key.ip == 4 ? 3 : 15], 2);
}

static void test_headers_lead_to_tcp(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        print_message("case %zu\n", i);
        assert_int_equal(decode_hex(&decoding, LINK_RAW, good[i].packet), SF_SKIP_NONE);
        check_good(&decoding, i);
        assert_int_equal(decoding.segment.quality, 0);
        assert_int_equal(sf_checksum_verify(&decoding.packet, &decoding.segment), SF_CHECKSUM_GOOD);
    }
    decoding_release(&decoding);
}

/* Cut by the snap length at every byte: with 14 bytes of TCP there is a segment, else the reason.
 */
static void test_short_captures_are_used_as_far_as_they_reach(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint8_t bytes[DECODING_ROOM];
        size_t n = hex_read(good[i].packet, bytes, sizeof bytes);
        size_t end = good[i].tcp_offset + 20u + good[i].payload;
        for (size_t captured = 0; captured < end; captured++) {
            enum sf_skip skip = decode_bytes(&decoding, LINK_RAW, bytes, captured, n);
            if (captured < good[i].tcp_offset + 14u) {
                assert_int_equal(skip, SF_SKIP_TRUNCATED);
                continue;
            }
            assert_int_equal(skip, SF_SKIP_NONE);
            check_good(&decoding, i);
            assert_int_equal(decoding.segment.quality, SF_QUALITY_TRUNCATED);
            assert_int_equal(sf_checksum_verify(&decoding.packet, &decoding.segment),
                             SF_CHECKSUM_PARTIAL);
        }
    }
    decoding_release(&decoding);
}

/* Cut on the wire at every byte: never a segment without its header, never one that seems whole. */
static void test_short_frames_are_no_whole_segments(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint8_t bytes[DECODING_ROOM];
        (void)hex_read(good[i].packet, bytes, sizeof bytes);
        bool takes_frame = (bytes[0] >> 4 == 4 ? bytes[2] + bytes[3] : bytes[4] + bytes[5]) == 0;
        for (size_t n = 0; n < good[i].tcp_offset + 20u + good[i].payload; n++) {
            enum sf_skip skip = decode_bytes(&decoding, LINK_RAW, bytes, n, n);
            if (skip == SF_SKIP_NONE) {
                assert_true(n >= good[i].tcp_offset + 14u);
                assert_true(takes_frame || decoding.segment.quality & SF_QUALITY_TRUNCATED);
                assert_true(decoding.segment.payload <= n - good[i].tcp_offset);
            } else {
                assert_true(skip == SF_SKIP_MALFORMED || skip == SF_SKIP_TRUNCATED);
            }
        }
    }
    decoding_release(&decoding);
}

static const struct {
    const char *packet;
    enum sf_skip skip;
} bad[] = {
    /* header length 4; total length below the header; header beyond the total length */
    {"44 00 00 2c 12 34 00 00 40 06 00 00 " ENDS4 DATA4_TCP, SF_SKIP_MALFORMED},
    {"45 00 00 13 12 34 00 00 40 06 00 00 " ENDS4 DATA4_TCP, SF_SKIP_MALFORMED},
    {"4f 00 00 2c 12 34 00 00 40 06 00 00 " ENDS4 DATA4_TCP, SF_SKIP_MALFORMED},
    /* no TCP header fits into the total length */
    {"45 00 00 14 12 34 00 00 40 06 00 00 " ENDS4 DATA4_TCP, SF_SKIP_MALFORMED},
    {"45 00 00 27 12 34 00 00 40 06 00 00 " ENDS4 DATA4_TCP, SF_SKIP_MALFORMED},
    /* UDP, ICMP, also as later fragments; ESP; a tunnel */
    {"45 00 00 2c 12 34 00 00 40 11 00 00 " ENDS4 DATA4_TCP, SF_SKIP_NOT_TCP},
    {"45 00 00 2c 12 34 00 03 40 11 00 00 " ENDS4 DATA4_TCP, SF_SKIP_NOT_TCP},
    {"45 00 00 2c 12 34 00 00 40 01 00 00 " ENDS4 DATA4_TCP, SF_SKIP_NOT_TCP},
    {"45 00 00 2c 12 34 00 00 40 32 00 00 " ENDS4 DATA4_TCP, SF_SKIP_ENCRYPTED},
    /* an extension header of IPv6 has no business in IPv4 */
    {"45 00 00 2c 12 34 00 00 40 3c 00 00 " ENDS4 DATA4_TCP, SF_SKIP_NOT_TCP},
    /* ICMPv6; nothing follows; ESP; an extension header longer than the packet */
    {"60 00 00 00 00 14 3a 40 " CLIENT6 SERVER6 SYN6_TCP, SF_SKIP_NOT_TCP},
    {"60 00 00 00 00 14 3b 40 " CLIENT6 SERVER6 SYN6_TCP, SF_SKIP_NOT_TCP},
    {"60 00 00 00 00 14 32 40 " CLIENT6 SERVER6 SYN6_TCP, SF_SKIP_ENCRYPTED},
    {"60 00 00 00 00 1c 3c 40 " CLIENT6 SERVER6 "06 04 00 00 00 00 00 00 " SYN6_TCP,
     SF_SKIP_MALFORMED},
    /* a jumbo option that ends in front of itself */
    {"60 00 00 00 00 00 00 40 " CLIENT6 SERVER6 "06 00 c2 04 00 00 00 07 " SYN6_TCP,
     SF_SKIP_MALFORMED},
};

static void test_what_is_no_segment_says_why(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        print_message("case %zu\n", i);
        assert_int_equal(decode_hex(&decoding, LINK_RAW, bad[i].packet), bad[i].skip);
    }
    decoding_release(&decoding);
}

/* A total length of 1500 in a frame of 44 bytes: what the frame held is what was sent. */
static void test_length_beyond_the_frame_is_the_frame(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    assert_int_equal(
        decode_hex(&decoding, LINK_RAW, "45 00 05 dc 12 34 00 00 40 06 00 00 " ENDS4 DATA4_TCP),
        SF_SKIP_NONE);
    assert_int_equal(decoding.segment.payload, 4);
    assert_int_equal(decoding.segment.quality, SF_QUALITY_TRUNCATED);
    assert_int_equal(sf_checksum_verify(&decoding.packet, &decoding.segment), SF_CHECKSUM_PARTIAL);
    decoding_release(&decoding);
}

/* 100 extension headers of eight octets: bounded, not followed to the end. */
static void test_long_chains_end(void **state)
{
    enum { HEADERS = 100, FIXED = 40 };
    uint8_t bytes[FIXED + 8 * HEADERS + 20] = {0x60, 0, 0, 0, 0x03, 0x34, 60, 64};
    struct decoding decoding;
    (void)state;
    for (size_t i = 0; i < HEADERS; i++) {
        bytes[FIXED + 8 * i] = i + 1 < HEADERS ? 60 : 6;
    }
    decoding_init(&decoding);
    assert_int_equal(decode_bytes(&decoding, LINK_RAW, bytes, sizeof bytes, sizeof bytes),
                     SF_SKIP_MALFORMED);
    decoding_release(&decoding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers_lead_to_tcp),
        cmocka_unit_test(test_short_captures_are_used_as_far_as_they_reach),
        cmocka_unit_test(test_short_frames_are_no_whole_segments),
        cmocka_unit_test(test_what_is_no_segment_says_why),
        cmocka_unit_test(test_length_beyond_the_frame_is_the_frame),
        cmocka_unit_test(test_long_chains_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
