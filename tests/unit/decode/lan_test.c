#include "decode/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoding.h"

enum {
    LINK_TOKEN_RING = 6,
    LINK_ARCNET = 7,
    LINK_FDDI = 10,
    LINK_ARCNET_LINUX = 129,
    LINK_IPOIB = 242
};

#define SNAP4 "aa aa 03 00 00 00 08 00 " HELLO4
/* An InfiniBand address: queue pair and global identifier. */
#define GID "00 00 00 48 fe 80 00 00 00 00 00 00 00 02 c9 03 00 00 00 01 "

static const struct wrapping cases[] = {
    /* FDDI: an LLC frame, asynchronous and synchronous; ring management; an empty token */
    {LINK_FDDI, "50 " MAC_ADDRESSES SNAP4, .ip_offset = 21},
    {LINK_FDDI, "d7 " MAC_ADDRESSES "aa aa 03 00 00 f8 86 dd " HELLO6, .ip_offset = 21},
    {LINK_FDDI, "41 " MAC_ADDRESSES SNAP4, .skip = SF_SKIP_NOT_IP},
    {LINK_FDDI, "50 00 00", .skip = SF_SKIP_MALFORMED},
    /* Token Ring: plain; with a source route of 6 octets; a route shorter than its own header */
    {LINK_TOKEN_RING, "10 40 " MAC_ADDRESSES SNAP4, .ip_offset = 22},
    {LINK_TOKEN_RING, "10 40 02 00 00 00 00 01 82 00 00 00 00 02 06 30 00 12 00 20 " SNAP4,
     .ip_offset = 28},
    {LINK_TOKEN_RING, "10 40 02 00 00 00 00 01 82 00 00 00 00 02 01 30 " SNAP4,
     .skip = SF_SKIP_MALFORMED},
    {LINK_TOKEN_RING, "10 40 02 00 00 00 00 01 82 00 00 00 00 02", .skip = SF_SKIP_MALFORMED},
    {LINK_TOKEN_RING, "10 40 02 00 00 00 00 01 82 00 00 00 00 02 06 30 00",
     .skip = SF_SKIP_MALFORMED},
    {LINK_TOKEN_RING, "10 00 " MAC_ADDRESSES SNAP4, .skip = SF_SKIP_NOT_IP},
    /* IP over InfiniBand; ARP over it */
    {LINK_IPOIB, GID GID "08 00 00 00 " HELLO4, .ip_offset = 44},
    {LINK_IPOIB, GID GID "86 dd 00 00 " HELLO6, .ip_offset = 44},
    {LINK_IPOIB, GID GID "08 06 00 00 00 20", .skip = SF_SKIP_NOT_IP},
    {LINK_IPOIB, GID GID "08 00 00", .skip = SF_SKIP_MALFORMED},
    /* ARCNET of BSD: RFC 1051; RFC 1201; behind a header that fills up; in pieces */
    {LINK_ARCNET, "be 50 f0 " HELLO4, .ip_offset = 3},
    {LINK_ARCNET, "be 50 d4 00 01 66 " HELLO4, .ip_offset = 6},
    {LINK_ARCNET, "be 50 d4 ff ff ff d4 00 01 66 " HELLO4, .ip_offset = 10},
    {LINK_ARCNET, "be 50 d4 01 01 66 " HELLO4, .ip_offset = 6},
    {LINK_ARCNET, "be 50 d4 02 01 66 " HELLO4, .skip = SF_SKIP_FRAGMENT},
    {LINK_ARCNET, "be 50 d5 00 01 66 00 07 08 00", .skip = SF_SKIP_NOT_IP},
    {LINK_ARCNET, "be 50 d4 00", .skip = SF_SKIP_MALFORMED},
    {LINK_ARCNET, "be 50 d4 ff ff ff d4", .skip = SF_SKIP_MALFORMED},
    /* ARCNET of Linux, also with IPv6 and with an Ethernet frame */
    {LINK_ARCNET_LINUX, "be 50 a8 e7 f0 " HELLO4, .ip_offset = 5},
    {LINK_ARCNET_LINUX, "be 50 a8 e7 c4 00 01 66 " HELLO6, .ip_offset = 8},
    {LINK_ARCNET_LINUX, "be 50 a8 e7 e8 " MAC_ADDRESSES "08 00 " HELLO4, .ip_offset = 19},
    {LINK_ARCNET_LINUX, "be 50 a8", .skip = SF_SKIP_MALFORMED},
};

static void test_local_networks(void **state)
{
    (void)state;
    check_wrappings(cases, sizeof cases / sizeof cases[0]);
}

/* The first of several pieces: the IP packet is longer than its frame, and that is no damage. */
static void test_first_piece_on_arcnet(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    assert_int_equal(decode_hex(&decoding, LINK_ARCNET,
                                "be 50 d4 03 01 66 "
                                "45 00 01 00 12 34 00 00 40 06 00 00 0a 00 00 02 0a 00 00 01 "
                                "00 50 a0 28 00 00 23 29 00 00 03 e9 50 18 01 f6 00 00 00 00 "
                                "00 00 00 00 "),
                     SF_SKIP_NONE);
    assert_int_equal(decoding.segment.payload, 216);
    assert_int_equal(decoding.segment.quality, SF_QUALITY_TRUNCATED);
    decoding_release(&decoding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_local_networks),
        cmocka_unit_test(test_first_piece_on_arcnet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
