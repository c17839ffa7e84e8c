#include "decode/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoding.h"

#define V4 "45 00 00 2b 12 34 00 00 40 06 54 97 0a 00 00 01 0a 00 00 02 "
#define V6                                                                                         \
    "60 00 00 00 00 17 06 40 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 "                     \
    "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02 "
#define TO_CHECKSUM "a0 28 00 50 00 00 03 e9 00 00 23 29 50 18 01 f4 "

/*
 * Three octets of payload: an odd number. By hand, for IPv4: addresses 0a00 + 0001 + 0a00 + 0002 =
 * 1403, protocol 1409, with length 23 1420. Header without checksum: a028 + 0050 + 0000 + 03e9 +
 * 0000
 * + 2329 + 5018 + 01f4 + 0000 = 1 1996 → 1997; payload 6162 + 6300 = c462. All: 1420 + 1997 + c462
 * = f219, complement 0de6. IPv6: addresses 2 × (2001 + 0db8) + 0001 + 0002 = 5b75, protocol 5b7b,
 * with length 5b92; all: 5b92 + 1997 + c462 = 1 398b → 398c, complement c673.
 */
static const struct {
    const char *packet;
    enum sf_checksum expected;
} cases[] = {
    {V4 TO_CHECKSUM "0d e6 00 00 61 62 63", SF_CHECKSUM_GOOD},
    {V4 TO_CHECKSUM "0d e7 00 00 61 62 63", SF_CHECKSUM_BAD},
    {V4 TO_CHECKSUM "0d e6 00 00 61 62 62", SF_CHECKSUM_BAD},
    {V4 TO_CHECKSUM "0d e6 00 00 62 62 63", SF_CHECKSUM_BAD},
    {V4 TO_CHECKSUM "00 00 00 00 61 62 63", SF_CHECKSUM_OFFLOADED},
    {V4 TO_CHECKSUM "14 20 00 00 61 62 63", SF_CHECKSUM_OFFLOADED},
    {V4 TO_CHECKSUM "14 09 00 00 61 62 63", SF_CHECKSUM_OFFLOADED},
    {V4 TO_CHECKSUM "eb df 00 00 61 62 63", SF_CHECKSUM_BAD}, /* complement of 1420 */
    {V6 TO_CHECKSUM "c6 73 00 00 61 62 63", SF_CHECKSUM_GOOD},
    {V6 TO_CHECKSUM "c6 72 00 00 61 62 63", SF_CHECKSUM_BAD},
    {V6 TO_CHECKSUM "00 00 00 00 61 62 63", SF_CHECKSUM_OFFLOADED},
    {V6 TO_CHECKSUM "5b 92 00 00 61 62 63", SF_CHECKSUM_OFFLOADED},
    {V6 TO_CHECKSUM "5b 7b 00 00 61 62 63", SF_CHECKSUM_OFFLOADED},
    /* a sum of ffff: 0000 is good, and so is ffff, the same number. 6f48 instead of 6162 makes it.
     */
    {V4 TO_CHECKSUM "00 00 00 00 6f 48 63", SF_CHECKSUM_GOOD},
    {V4 TO_CHECKSUM "ff ff 00 00 6f 48 63", SF_CHECKSUM_GOOD},
    /* the pseudo header: 0a00 + 0001 + e1f5 + 13ef = ffe5; with protocol and length 20: ffff */
    {"45 00 00 28 00 00 00 00 40 06 00 00 0a 00 00 01 e1 f5 13 ef "
     "a0 28 00 50 00 00 03 e9 00 00 23 29 50 18 01 f4 ff ff 00 00",
     SF_CHECKSUM_OFFLOADED},
};

static void test_checksums(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("case %zu\n", i);
        assert_int_equal(decode_hex(&decoding, LINK_RAW, cases[i].packet), SF_SKIP_NONE);
        assert_int_equal(sf_checksum_verify(&decoding.packet, &decoding.segment),
                         cases[i].expected);
        assert_int_equal(decoding.segment.checksum_state, cases[i].expected);
    }
    decoding_release(&decoding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_checksums)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
