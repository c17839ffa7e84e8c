#include "decode/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "decoding.h"
#include "hex.h"

/* Lengths 0: as captured before a card cuts it; the walk then takes what the frame has. */
#define FROM_ROUTER(protocol)                                                                      \
    "45 00 00 00 00 07 00 00 3f " protocol " 00 00 0a 00 00 fe 0a 00 00 01 "
#define FROM_ROUTER6                                                                               \
    "60 00 00 00 00 00 3a 3f fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 fe "                     \
    "fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 "

/* What is quoted: IPv4 and IPv6 headers of packets that were longer, and behind them … */
#define IP4(length, fragment, protocol)                                                            \
    "45 00 " length " 12 34 " fragment " 40 " protocol " 00 00 0a 00 00 01 0a 00 00 02 "
#define IP6(length, next)                                                                          \
    "60 00 00 00 " length " " next " 40 fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 "          \
    "fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 "
/* … 41000 > 80, seq 1000: all that RFC 792 asks for; then the rest of a SYN, MSS 1460. */
#define PORTS "a0 28 00 50 00 00 03 e8 "
#define SYN   PORTS "00 00 00 00 60 02 fa f0 be ef 00 00 02 04 05 b4 "
/* … 41000 > 80, [P.], seq 1001, ack 9001 */
#define DATA  "a0 28 00 50 00 00 03 e9 00 00 23 29 50 18 01 f5 be ef 00 00 "
#define QUOTE IP4("00 2c", "00 00", "06")
/* RFC 4884: zeros to fill up 128 octets, and an extension with an MPLS label (RFC 4950) */
#define ZEROS     "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
#define ZEROS84   ZEROS ZEROS ZEROS ZEROS "00 00 00 00 "
#define ZEROS64   ZEROS ZEROS ZEROS "00 00 00 00 "
#define EXTENSION "20 00 00 00 00 08 01 01 03 e8 01 40 "

#define GOOD  SF_CHECKSUM_GOOD
#define WRONG SF_CHECKSUM_BAD

/*
 * The checksums of the first two by hand. 0301 + quote 4500 + 002c + 1234 + 4006 + 0a00 + 0001 +
 * 0a00 + 0002 + a028 + 0050 + 03e8 = 152ca → 52cb, complement ad34 (the quoted header's own
 * checksum is left 0 here); 030d instead of 0301: ad28.
 */
static const struct {
    const char *packet;
    uint8_t type, code;
    enum sf_icmp_kind kind;
    uint32_t value;
    uint8_t from;
    uint16_t flags;
    uint32_t seq, payload;
    enum sf_checksum checksum;
} cases[] = {
    {FROM_ROUTER("01") "03 01 ad 34 00 00 00 00 " QUOTE PORTS, 3, 1, SF_ICMP_NO_WAY, 0, 0, 0, 1000,
     0, GOOD},
    {FROM_ROUTER("01") "03 0d ad 28 00 00 00 00 " QUOTE PORTS, 3, 13, SF_ICMP_FORBIDDEN, 0, 0, 0,
     1000, 0, GOOD},
    {FROM_ROUTER("01") "03 0d ad 27 00 00 00 00 " QUOTE PORTS, 3, 13, SF_ICMP_FORBIDDEN, 0, 0, 0,
     1000, 0, WRONG},
    {FROM_ROUTER("01") "03 0d ad 28 00 00 00 01 " QUOTE PORTS, 3, 13, SF_ICMP_FORBIDDEN, 0, 0, 0,
     1000, 0, WRONG},
    /* quoted whole; with 1460 octets that are not quoted; a code that nobody has assigned */
    {FROM_ROUTER("01") "03 0d 8b 8d 00 00 00 00 " QUOTE SYN, 3, 13, SF_ICMP_FORBIDDEN, 0, 0, SF_SYN,
     1000, 0, GOOD},
    {FROM_ROUTER("01") "03 04 6d e2 00 00 05 78 " IP4("05 dc", "00 00", "06") DATA, 3, 4,
     SF_ICMP_TOO_BIG, 1400, 0, SF_PSH | SF_ACK, 1001, 1460, GOOD},
    {FROM_ROUTER("01") "03 63 ac d2 00 00 00 00 " QUOTE PORTS, 3, 99, SF_ICMP_NO_WAY, 0, 0, 0, 1000,
     0, GOOD},
    {FROM_ROUTER("01") "04 00 ac 35 00 00 00 00 " QUOTE PORTS, 4, 0, SF_ICMP_QUENCH, 0, 0, 0, 1000,
     0, GOOD},
    {FROM_ROUTER("01") "0b 00 a5 35 00 00 00 00 " QUOTE PORTS, 11, 0, SF_ICMP_EXPIRED, 0, 0, 0,
     1000, 0, GOOD},
    {FROM_ROUTER("01") "0c 00 90 35 14 00 00 00 " QUOTE PORTS, 12, 0, SF_ICMP_NOT_UNDERSTOOD, 20, 0,
     0, 1000, 0, GOOD},
    /* a router that fills up with zeros: data offset 0 is none */
    {FROM_ROUTER("01") "03 01 ad 34 00 00 00 00 " QUOTE PORTS ZEROS, 3, 1, SF_ICMP_NO_WAY, 0, 0, 0,
     1000, 0, GOOD},
    /* the quoted packet has IP options; was sent by the server; is the first of its fragments */
    {FROM_ROUTER("01") "03 09 18 24 00 00 00 00 46 00 00 30 12 34 00 00 40 06 00 00 "
                       "0a 00 00 01 0a 00 00 02 94 04 00 00 " PORTS,
     3, 9, SF_ICMP_FORBIDDEN, 0, 0, 0, 1000, 0, GOOD},
    {FROM_ROUTER("01") "03 03 79 17 00 00 00 00 45 00 00 28 12 34 00 00 40 06 00 00 "
                       "0a 00 00 02 0a 00 00 01 00 50 a0 28 00 00 23 28 00 00 03 e9 "
                       "50 11 01 f5 be ef 00 00",
     3, 3, SF_ICMP_NO_PORT, 0, 1, SF_FIN | SF_ACK, 9000, 0, GOOD},
    {FROM_ROUTER("01") "0b 01 6f 23 00 00 00 00 " IP4("00 34", "20 00", "06") DATA
     "78 78 78 78 78 78 78 78",
     11, 1, SF_ICMP_INCOMPLETE, 0, 0, SF_PSH | SF_ACK, 1001, 12, GOOD},
    /* RFC 4884: the quote fills 32 words and an extension follows; it follows 7 words at once */
    {FROM_ROUTER("01") "0b 00 5d 49 00 20 00 00 " QUOTE SYN ZEROS84 EXTENSION, 11, 0,
     SF_ICMP_EXPIRED, 0, 0, SF_SYN, 1000, 0, GOOD},
    {FROM_ROUTER("01") "03 01 86 fc 00 07 00 00 " QUOTE PORTS EXTENSION, 3, 1, SF_ICMP_NO_WAY, 0, 0,
     0, 1000, 0, GOOD},
    /* ICMPv6: whole; too big; two extension headers; a first fragment; RFC 4884, 16 words */
    {FROM_ROUTER6 "01 01 dd 22 00 00 00 00 " IP6("00 18", "06") SYN, 1, 1, SF_ICMP_FORBIDDEN, 0, 0,
     SF_SYN, 1000, 0, GOOD},
    {FROM_ROUTER6 "01 01 dd 23 00 00 00 00 " IP6("00 18", "06") SYN, 1, 1, SF_ICMP_FORBIDDEN, 0, 0,
     SF_SYN, 1000, 0, WRONG},
    {FROM_ROUTER6 "02 00 be ff 00 00 05 00 " IP6("05 b4", "06") DATA, 2, 0, SF_ICMP_TOO_BIG, 1280,
     0, SF_PSH | SF_ACK, 1001, 1440, GOOD},
    {FROM_ROUTER6 "03 00 9c fb 00 00 00 00 " IP6("00 28", "00") "3c 00 01 04 00 00 00 00 "
                                                                "06 00 01 04 00 00 00 00 " SYN,
     3, 0, SF_ICMP_EXPIRED, 0, 0, SF_SYN, 1000, 0, GOOD},
    {FROM_ROUTER6 "01 04 9e 79 00 00 00 00 " IP6("00 24", "2c") "06 00 00 01 00 00 00 09 " DATA, 1,
     4, SF_ICMP_NO_PORT, 0, 0, SF_PSH | SF_ACK, 1001, 8, GOOD},
    {FROM_ROUTER6 "01 00 a6 a6 10 00 00 00 " IP6("00 18", "06") SYN ZEROS64 EXTENSION, 1, 0,
     SF_ICMP_NO_WAY, 0, 0, SF_SYN, 1000, 0, GOOD},
};

static void test_quotes(void **state)
{
    struct decoding decoding;
    const struct sf_segment *segment = &decoding.segment;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("case %zu\n", i);
        assert_int_equal(decode_hex(&decoding, LINK_RAW, cases[i].packet), SF_SKIP_NONE);
        assert_int_equal(segment->kind, SF_SEGMENT_QUOTED);
        assert_int_equal(segment->icmp.type, cases[i].type);
        assert_int_equal(segment->icmp.code, cases[i].code);
        assert_int_equal(segment->icmp.kind, cases[i].kind);
        assert_int_equal(segment->icmp.value, cases[i].value);
        assert_int_equal(segment->from, cases[i].from);
        assert_int_equal(segment->flags, cases[i].flags);
        assert_int_equal(segment->seq, cases[i].seq);
        assert_int_equal(segment->payload, cases[i].payload);
        assert_int_equal(segment->checksum_state, cases[i].checksum);
        assert_int_equal(segment->ttl, 63); /* of the packet that brought it */
        assert_int_equal(segment->icmp.ip, segment->key.ip);
        assert_int_equal(segment->icmp.reporter[segment->key.ip == 4 ? 3 : 15], 254);
        assert_int_equal(segment->key.addr[0][segment->key.ip == 4 ? 3 : 15], 1);
        assert_int_equal(segment->key.addr[1][segment->key.ip == 4 ? 3 : 15], 2);
        assert_int_equal(segment->key.port[0], 41000);
        assert_int_equal(segment->key.port[1], 80);
    }
    decoding_release(&decoding);
}

/* The key is that of the segment when it was sent, so that both find one connection. */
static void test_the_key_is_the_segments(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    assert_int_equal(decode_hex(&decoding, LINK_RAW, QUOTE SYN), SF_SKIP_NONE);
    struct sf_segment sent = decoding.segment;
    assert_int_equal(decode_hex(&decoding, LINK_RAW, cases[0].packet), SF_SKIP_NONE);
    assert_memory_equal(&decoding.segment.key, &sent.key, sizeof sent.key);
    assert_int_equal(decoding.segment.hash, sent.hash);
    assert_int_equal(decoding.segment.from, sent.from);
    decoding_release(&decoding);
}

/* The context is that in which the error came; a tunnel in the quote is opened. */
static void test_quotes_in_context(void **state)
{
    struct decoding decoding;
    const struct sf_segment *segment = &decoding.segment;
    (void)state;
    decoding_init(&decoding);
    assert_int_equal(
        decode_hex(&decoding, LINK_RAW,
                   "45 00 00 00 12 34 00 00 40 2f 00 00 c0 a8 00 01 c0 a8 00 02 "
                   "00 00 08 00 " FROM_ROUTER("01") "03 01 ad 34 00 00 00 00 " QUOTE PORTS),
        SF_SKIP_NONE);
    assert_int_equal(segment->key.tunnel, SF_TUNNEL_GRE);
    assert_int_equal(segment->ip_offset, 24);
    assert_int_equal(
        decode_hex(&decoding, LINK_ETHERNET,
                   "02 00 00 00 00 01 02 00 00 00 00 02 81 00 00 2a 08 00 " FROM_ROUTER(
                       "01") "03 01 ad 34 00 00 00 00 " QUOTE PORTS),
        SF_SKIP_NONE);
    assert_int_equal(segment->key.vlan[0], 42);
    assert_int_equal(decode_hex(&decoding, LINK_RAW,
                                FROM_ROUTER("01") "03 04 00 00 00 00 05 78 45 00 00 40 12 34 00 00 "
                                                  "40 04 00 00 c0 a8 00 01 c0 a8 00 02 " QUOTE SYN),
                     SF_SKIP_NONE);
    assert_int_equal(segment->key.tunnel, SF_TUNNEL_IPIP);
    assert_int_equal(segment->key.addr[1][3], 2);
    assert_int_equal(segment->icmp.reporter[3], 254);
    decoding_release(&decoding);
}

/* Other ICMP, and quotes of which nothing can be told. */
static void test_not_of_this_kind(void **state)
{
    static const char *const packets[] = {
        FROM_ROUTER("01") "00 00 00 00 00 01 00 01 " QUOTE SYN, /* echo reply */
        FROM_ROUTER("01") "05 01 00 00 0a 00 00 fd " QUOTE SYN, /* redirect */
        FROM_ROUTER("01") "03 01 00 00 00 00 00 00 " IP4("00 1c", "00 00", "11") PORTS, /* UDP */
        FROM_ROUTER("01") "03 01 00 00 00 00 00 00 " IP4("00 1c", "00 00", "01") PORTS, /* ICMP */
        FROM_ROUTER("01") "03 01 00 00 00 00 00 00 " IP4("00 24", "00 00", "32") DATA,  /* ESP */
        FROM_ROUTER("01") "03 01 00 00 00 00 00 00 " IP4("00 28", "00 05", "06") DATA,
        FROM_ROUTER("01") "03 01 00 00 00 00 00 00 " QUOTE "a0 28 00 50 00 00 03",
        FROM_ROUTER("01") "03 01 00 00 00 00 00 00 ",
        FROM_ROUTER("01") "03 01 00 00 00 00 00 00 " IP6("00 18", "06") SYN,
        FROM_ROUTER("01") "03 01 00",
        FROM_ROUTER("3a") "01 01 00 00 00 00 00 00 " QUOTE SYN, /* ICMPv6 in IPv4 */
        FROM_ROUTER6 "88 00 00 00 00 00 00 00 " IP6("00 18", "06") SYN,
        FROM_ROUTER6 "01 00 00 00 00 00 00 00 " QUOTE SYN,
        FROM_ROUTER6 "01 00 00 00 00 00 00 00 " IP6("00 18", "3a") SYN,
        /* a later fragment of an ICMP packet; one of 7 words, of which the quote has but 6 */
        "45 00 00 00 00 07 00 05 3f 01 00 00 0a 00 00 fe 0a 00 00 01 03 01 00 00 00 00 00 00 " QUOTE
            PORTS,
        FROM_ROUTER("01") "03 01 00 00 00 06 00 00 " QUOTE PORTS EXTENSION,
    };
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++) {
        print_message("packet %zu\n", i);
        assert_int_equal(decode_hex(&decoding, LINK_RAW, packets[i]), SF_SKIP_NOT_TCP);
    }
    decoding_release(&decoding);
}

/* Captured in part: the same error as far as it is there, with nothing made up, or a reason. */
static void test_cut_captures(void **state)
{
    struct decoding decoding;
    const struct sf_segment *segment = &decoding.segment;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[DECODING_ROOM];
        size_t n = hex_read(cases[i].packet, bytes, sizeof bytes);
        for (size_t captured = 0; captured < n; captured++) {
            enum sf_skip skip = decode_bytes(&decoding, LINK_RAW, bytes, captured, n);
            if (skip != SF_SKIP_NONE) {
                assert_true(skip == SF_SKIP_TRUNCATED || skip == SF_SKIP_NOT_TCP);
                continue;
            }
            assert_int_equal(segment->kind, SF_SEGMENT_QUOTED);
            assert_int_equal(segment->seq, cases[i].seq);
            assert_int_equal(segment->icmp.value, cases[i].value);
            assert_int_equal(segment->checksum_state, SF_CHECKSUM_PARTIAL);
            if (segment->data_offset != 0) {
                assert_int_equal(segment->flags, cases[i].flags);
                assert_int_equal(segment->payload, cases[i].payload);
            }
        }
    }
    decoding_release(&decoding);
}

/* Sent in part: a quote may end anywhere, and what it has not is not told. */
static void test_short_quotes(void **state)
{
    struct decoding decoding;
    const struct sf_segment *segment = &decoding.segment;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[DECODING_ROOM];
        size_t n = hex_read(cases[i].packet, bytes, sizeof bytes);
        for (size_t sent = 20; sent < n; sent++) {
            enum sf_skip skip = decode_bytes(&decoding, LINK_RAW, bytes, sent, sent);
            if (skip != SF_SKIP_NONE) {
                assert_true(skip == SF_SKIP_NOT_TCP || (sent < 40 && skip == SF_SKIP_MALFORMED));
                continue;
            }
            assert_int_equal(segment->seq, cases[i].seq);
            assert_true(segment->data_offset == 0 || segment->flags == cases[i].flags);
        }
    }
    decoding_release(&decoding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_the_key_is_the_segments),
        cmocka_unit_test(test_quotes_in_context),
        cmocka_unit_test(test_not_of_this_kind),
        cmocka_unit_test(test_cut_captures),
        cmocka_unit_test(test_short_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
