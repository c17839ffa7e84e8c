#include "decode/inflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoding.h"
#include "hex.h"

/* Total length 0: as captured before a card cuts it; the walk then takes what the frame has. */
#define IPCOMP           "45 00 00 00 00 01 00 00 40 6c 00 00 c0 a8 00 01 c0 a8 00 02 "
#define HEADER(next)     next " 00 ee d1 "     /* an algorithm that the ends agreed on */
#define STORED(n, not_n) "01 " n " " not_n " " /* RFC 1951, 3.2.4: a last block, as it is */

/* What zlib's deflate makes of HELLO4 */
#define PACKED4                                                                                    \
    "73 65 60 b0 14 32 61 60 70 60 0b e9 e4 62 60 60 02 62 46 86 "                                 \
    "80 05 1a 0c 0c ca 9a 0c 0c cc 2f 1b 24 18 bf 85 1c 05 0a 32 "                                 \
    "72 00 a5 18 52 80 d8 28 23 35 27 27 1f 00 "

/* TCP of HELLO4 alone */
#define TCP4                                                                                       \
    "00 50 a0 28 00 00 23 29 00 00 03 e9 80 18 01 f6 54 c5 00 00 "                                 \
    "01 01 08 0a 00 00 00 64 00 00 00 32 68 65 6c 6c 6f "

static const struct {
    const char *packet;
    enum sf_skip skip;
    enum sf_tunnel tunnel;
} cases[] = {
    /* an IP packet inside, packed and stored; TCP alone */
    {IPCOMP HEADER("04") PACKED4, SF_SKIP_NONE, SF_TUNNEL_IPIP},
    {IPCOMP HEADER("04") STORED("39 00", "c6 ff") HELLO4, SF_SKIP_NONE, SF_TUNNEL_IPIP},
    {IPCOMP HEADER("06") STORED("25 00", "da ff") TCP4, SF_SKIP_NONE, SF_TUNNEL_NONE},
    /* algorithms of other numbers; no DEFLATE at all; a length that is not what it says; nothing */
    {IPCOMP "04 00 00 03 " PACKED4, SF_SKIP_COMPRESSED, 0},
    {IPCOMP HEADER("04") "07 11 22 33", SF_SKIP_COMPRESSED, 0},
    {IPCOMP HEADER("04") STORED("39 00", "c6 fe") HELLO4, SF_SKIP_COMPRESSED, 0},
    {IPCOMP HEADER("04"), SF_SKIP_COMPRESSED, 0},
    {IPCOMP "04 00 ee", SF_SKIP_MALFORMED, 0},
    /* compressed twice; compressed UDP; a piece of a compressed packet */
    {IPCOMP HEADER("6c") STORED("0d 00", "f2 ff") HEADER("04")
         STORED("04 00", "fb ff") "45 00 00 00 ",
     SF_SKIP_COMPRESSED, 0},
    {IPCOMP HEADER("11") STORED("08 00", "f7 ff") "00 35 00 35 00 08 00 00 ", SF_SKIP_NOT_TCP, 0},
    {"45 00 00 00 00 01 20 00 40 6c 00 00 c0 a8 00 01 c0 a8 00 02 " HEADER("04") PACKED4,
     SF_SKIP_COMPRESSED, 0},
};

static void check_hello(const struct sf_segment *segment)
{
    assert_int_equal(segment->seq, 9001);
    assert_int_equal(segment->payload, 5);
    assert_int_equal(segment->options.tsval, 100);
    assert_int_equal(segment->checksum_state, SF_CHECKSUM_PARTIAL);
}

static void test_compressed_packets(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("case %zu\n", i);
        assert_int_equal(decode_hex(&decoding, LINK_RAW, cases[i].packet), cases[i].skip);
        if (cases[i].skip == SF_SKIP_NONE) {
            check_hello(&decoding.segment);
            assert_int_equal(decoding.segment.quality, 0);
            assert_int_equal(decoding.segment.key.tunnel, cases[i].tunnel);
        }
    }
    decoding_release(&decoding);
}

/* Captured in part: what came out in front of the cut is used, and said to be cut. */
static void test_cut_compressed_packets(void **state)
{
    struct decoding decoding;
    uint8_t bytes[DECODING_ROOM];
    size_t n = hex_read(IPCOMP HEADER("04") PACKED4, bytes, sizeof bytes);
    unsigned used = 0;
    (void)state;
    decoding_init(&decoding);
    for (size_t captured = 0; captured < n; captured++) {
        enum sf_skip skip = decode_bytes(&decoding, LINK_RAW, bytes, captured, n);
        if (skip == SF_SKIP_NONE) {
            bool is_all = decoding.segment.quality == 0;
            assert_int_equal(decoding.segment.seq, 9001);
            assert_int_equal(decoding.segment.payload, 5);
            assert_true(is_all || (decoding.segment.quality & SF_QUALITY_TRUNCATED) != 0);
            used++;
        } else {
            assert_true(skip == SF_SKIP_TRUNCATED || skip == SF_SKIP_COMPRESSED ||
                        skip == SF_SKIP_MALFORMED);
        }
    }
    assert_true(used > 0);
    decoding_release(&decoding);
}

/* 70000 zeros, which no IP packet has, out of 85 octets. */
static void test_too_much_is_left_packed(void **state)
{
    static const char zeros[] =
        IPCOMP HEADER("04") "ed c1 31 01 00 00 00 c2 a0 f5 4f 6d 09 4f a0 00 00 00 00 00 "
                            "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                            "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                            "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                            "00 00 80 b7 01 ";
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    assert_int_equal(decode_hex(&decoding, LINK_RAW, zeros), SF_SKIP_COMPRESSED);
    decoding_release(&decoding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compressed_packets),
        cmocka_unit_test(test_cut_compressed_packets),
        cmocka_unit_test(test_too_much_is_left_packed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
