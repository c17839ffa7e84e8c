#include "decode/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoding.h"

static const struct wrapping cases[] = {
    {LINK_ETHERNET, MAC_ADDRESSES "81 00 a0 2a 08 00 " HELLO4, .ip_offset = 18, .vlan = {42}},
    /* IEEE 802.1BR: eight octets with the ethertype that follows, and a VLAN behind it */
    {LINK_ETHERNET, MAC_ADDRESSES "89 3f 10 00 00 d3 00 00 08 00 " HELLO4, .ip_offset = 22},
    {LINK_ETHERNET, MAC_ADDRESSES "89 3f 10 00 00 d3 00 00 81 00 00 07 86 dd " HELLO6,
     .ip_offset = 26, .vlan = {7}},
    {LINK_ETHERNET, MAC_ADDRESSES "89 3f 10 00 00 d3 00", .skip = SF_SKIP_MALFORMED},
    /* VN-tag: six, here between two VLAN tags */
    {LINK_ETHERNET, MAC_ADDRESSES "81 00 00 fa 89 26 80 00 00 33 81 00 00 fb 08 00 " HELLO4,
     .ip_offset = 28, .vlan = {250, 251}},
    {LINK_ETHERNET, MAC_ADDRESSES "89 26 80 00 00", .skip = SF_SKIP_MALFORMED},
    /* a backbone's VLAN, a service, and the customer's frame with a VLAN of its own */
    {LINK_ETHERNET,
     MAC_ADDRESSES "88 a8 0f d3 88 e7 00 1e bb 30 " MAC_ADDRESSES "81 00 00 64 08 00 " HELLO4,
     .ip_offset = 40, .vlan = {4051, 100}, .tunnel_id = 0x1ebb30},
    {LINK_ETHERNET, MAC_ADDRESSES "88 e7 00 00 00 07 " MAC_ADDRESSES "86 dd " HELLO6,
     .ip_offset = 32, .tunnel_id = 7},
    {LINK_ETHERNET, MAC_ADDRESSES "88 e7 00 00 00", .skip = SF_SKIP_MALFORMED},
    /* MACsec: only signed, without and with the channel's id; encrypted */
    {LINK_ETHERNET,
     MAC_ADDRESSES "88 e5 00 00 00 00 00 01 08 00 " HELLO4 "00 01 02 03 04 05 06 07 ",
     .ip_offset = 22},
    {LINK_ETHERNET,
     MAC_ADDRESSES "88 e5 20 00 00 00 00 01 02 00 00 00 00 02 00 01 08 00 " HELLO4
                   "00 01 02 03 04 05 06 07 ",
     .ip_offset = 30},
    {LINK_ETHERNET, MAC_ADDRESSES "88 e5 2c 00 00 00 00 01 02 00 00 00 00 02 00 01 5a 5a 5a 5a",
     .skip = SF_SKIP_ENCRYPTED},
    {LINK_ETHERNET, MAC_ADDRESSES "88 e5 20 00 00 00 00 01 02 00", .skip = SF_SKIP_MALFORMED},
    /* LLC behind a type, because it is longer than 1500 octets */
    {LINK_ETHERNET, MAC_ADDRESSES "88 70 aa aa 03 00 00 00 08 00 " HELLO4, .ip_offset = 22},
};

/* A tag that only has a priority is told, but names no VLAN; what stands behind it may. */
static void test_priority_tags(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    assert_int_equal(
        decode_hex(&decoding, LINK_ETHERNET, MAC_ADDRESSES "81 00 e0 00 08 00 " HELLO4),
        SF_SKIP_NONE);
    assert_true(decoding.segment.has_priority_tag);
    assert_int_equal(decoding.segment.key.vlan[0], SF_NO_VLAN);
    assert_int_equal(
        decode_hex(&decoding, LINK_ETHERNET, MAC_ADDRESSES "81 00 e0 00 81 00 00 07 08 00 " HELLO4),
        SF_SKIP_NONE);
    assert_int_equal(decoding.segment.key.vlan[0], 7);
    assert_int_equal(decoding.segment.key.vlan[1], SF_NO_VLAN);
    assert_int_equal(
        decode_hex(&decoding, LINK_ETHERNET, MAC_ADDRESSES "81 00 00 07 08 00 " HELLO4),
        SF_SKIP_NONE);
    assert_false(decoding.segment.has_priority_tag);
    decoding_release(&decoding);
}

static void test_tags(void **state)
{
    (void)state;
    check_wrappings(cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_priority_tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
