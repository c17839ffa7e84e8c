#include "decode/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoding.h"

/* A segment with vlan, options, and every number different from 0; and one with next to nothing. */
#define FULL                                                                                       \
    "02 00 00 00 00 01 02 00 00 00 00 02 81 00 00 05 08 00 "                                       \
    "45 00 00 39 12 34 00 00 40 06 54 89 0a 00 00 02 0a 00 00 01 "                                 \
    "00 50 a0 28 00 00 23 29 00 00 03 e9 80 18 01 f6 54 c5 00 00 "                                 \
    "01 01 08 0a 00 00 00 64 00 00 00 32 68 65 6c 6c 6f "
#define PLAIN                                                                                      \
    "02 00 00 00 00 01 02 00 00 00 00 02 86 dd "                                                   \
    "60 00 00 00 00 14 06 40 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 "                     \
    "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02 "                                             \
    "a0 28 00 50 00 00 03 e8 00 00 00 00 50 02 fd 20 b2 ec 00 00 "

static void test_nothing_of_the_last_segment_is_left(void **state)
{
    struct decoding decoding;
    struct sf_segment first;
    (void)state;
    decoding_init(&decoding);
    assert_int_equal(decode_hex(&decoding, LINK_ETHERNET, PLAIN), SF_SKIP_NONE);
    first = decoding.segment;
    assert_int_equal(decode_hex(&decoding, LINK_ETHERNET, FULL), SF_SKIP_NONE);
    assert_int_equal(decode_hex(&decoding, LINK_ETHERNET, "00"), SF_SKIP_MALFORMED);
    assert_int_equal(decode_hex(&decoding, LINK_ETHERNET, PLAIN), SF_SKIP_NONE);
    assert_memory_equal(&first, &decoding.segment, sizeof first);
    decoding_release(&decoding);
}

static void test_empty_packets(void **state)
{
    static const uint32_t links[] = {LINK_NULL, LINK_ETHERNET, LINK_RAW,  LINK_LOOP,
                                     LINK_SLL,  LINK_IPV4,     LINK_IPV6, LINK_SLL2};
    struct sf_packet packet = {.number = 1, .length = 60};
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        packet.link_type = links[i]; /* and no bytes, not even an address of them */
        assert_int_equal(sf_decode(decoding.decoder, &packet, &decoding.segment),
                         SF_SKIP_TRUNCATED);
        assert_int_equal(decode_bytes(&decoding, links[i], (const uint8_t *)"", 0, 60),
                         SF_SKIP_TRUNCATED);
    }
    packet.link_type = 9999;
    assert_int_equal(sf_decode(decoding.decoder, &packet, &decoding.segment), SF_SKIP_LINK_TYPE);
    decoding_release(&decoding);
}

/* The key of the hash changes the hash and nothing else. */
static void test_hash_depends_on_the_key_of_the_run(void **state)
{
    const struct sf_hash_key other = {{3, 4}};
    struct decoding decoding;
    struct sf_decoder *decoder;
    struct sf_segment segment;
    (void)state;
    decoding_init(&decoding);
    assert_int_equal(sf_decoder_new(&decoder, &other, NULL), 0);
    assert_int_equal(decode_hex(&decoding, LINK_ETHERNET, FULL), SF_SKIP_NONE);
    assert_int_equal(sf_decode(decoder, &decoding.packet, &segment), SF_SKIP_NONE);
    assert_true(segment.hash != decoding.segment.hash);
    segment.hash = decoding.segment.hash;
    assert_memory_equal(&segment, &decoding.segment, sizeof segment);
    sf_decoder_free(decoder);
    sf_decoder_free(NULL);
    decoding_release(&decoding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_of_the_last_segment_is_left),
        cmocka_unit_test(test_empty_packets),
        cmocka_unit_test(test_hash_depends_on_the_key_of_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
