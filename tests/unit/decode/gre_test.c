#include "decode/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoding.h"

/* Total length 0: as captured before a card cuts it; the walk then takes what the frame has. */
#define GRE "45 00 00 00 00 01 00 00 40 2f 00 00 c0 a8 00 01 c0 a8 00 02 "

static const struct wrapping cases[] = {
    /* plain; with checksum, key and sequence; Ethernet inside; PPTP with both numbers */
    {LINK_RAW, GRE "00 00 08 00 " HELLO4, .ip_offset = 24, .tunnel = SF_TUNNEL_GRE},
    {LINK_RAW, GRE "b0 00 86 dd 12 34 00 00 00 00 00 07 00 00 00 01 " HELLO6, .ip_offset = 36,
     .tunnel = SF_TUNNEL_GRE},
    {LINK_RAW, GRE "00 00 65 58 " MAC_ADDRESSES "08 00 " HELLO4, .ip_offset = 38,
     .tunnel = SF_TUNNEL_GRE},
    {LINK_RAW, GRE "30 81 88 0b 00 3d 00 01 00 00 00 02 00 00 00 03 ff 03 00 21 " HELLO4,
     .ip_offset = 40, .tunnel = SF_TUNNEL_GRE},
    {LINK_RAW, GRE "00 00 88 47 00 01 01 40 " HELLO4, .ip_offset = 28, .tunnel = SF_TUNNEL_GRE},
    {LINK_RAW, GRE "00 02 08 00 " HELLO4, .skip = SF_SKIP_TUNNEL},
    {LINK_RAW, GRE "40 00 08 00 " HELLO4, .skip = SF_SKIP_TUNNEL},
    {LINK_RAW, GRE "20 00 08 00 00 00", .skip = SF_SKIP_MALFORMED},
    {LINK_RAW, GRE "00 00 00 00 ", .skip = SF_SKIP_NOT_IP},
    /* ERSPAN I: no sequence number, and no header */
    {LINK_RAW, GRE "00 00 88 be " MAC_ADDRESSES "08 00 " HELLO4, .ip_offset = 38,
     .tunnel = SF_TUNNEL_ERSPAN},
    /* ERSPAN II, in it a VLAN; a version that is not its own */
    {LINK_RAW,
     GRE "10 00 88 be 00 00 00 01 10 07 00 05 00 00 00 12 " MAC_ADDRESSES
         "81 00 00 09 86 dd " HELLO6,
     .ip_offset = 54, .vlan = {9}, .tunnel = SF_TUNNEL_ERSPAN},
    {LINK_RAW, GRE "10 00 88 be 00 00 00 01 30 07 00 05 00 00 00 12 " MAC_ADDRESSES "08 00 " HELLO4,
     .skip = SF_SKIP_TUNNEL},
    {LINK_RAW, GRE "10 00 88 be 00 00 00 01 10 07 00 05", .skip = SF_SKIP_MALFORMED},
    /* ERSPAN III: a frame; an IP packet behind a platform's header; something else */
    {LINK_RAW,
     GRE "10 00 22 eb 00 00 00 01 20 07 00 05 00 00 00 12 00 00 80 00 " MAC_ADDRESSES
         "08 00 " HELLO4,
     .ip_offset = 54, .tunnel = SF_TUNNEL_ERSPAN},
    {LINK_RAW,
     GRE
     "10 00 22 eb 00 00 00 01 20 07 00 05 00 00 00 12 00 00 08 01 0c 00 00 00 00 00 00 00 " HELLO4,
     .ip_offset = 48, .tunnel = SF_TUNNEL_ERSPAN},
    {LINK_RAW, GRE "10 00 22 eb 00 00 00 01 20 07 00 05 00 00 00 12 00 00 04 00 " HELLO4,
     .skip = SF_SKIP_NOT_IP},
    {LINK_RAW, GRE "10 00 22 eb 00 00 00 01 10 07 00 05 00 00 00 12 00 00 80 00 " HELLO4,
     .skip = SF_SKIP_TUNNEL},
    {LINK_RAW, GRE "10 00 22 eb 00 00 00 01 20 07 00 05 00 00 00 12 00 00 00 01 0c",
     .skip = SF_SKIP_MALFORMED},
    /* Aruba: an 802.11 frame; a type between theirs */
    {LINK_RAW,
     GRE "00 00 82 10 08 01 00 00 02 00 00 00 00 01 02 00 00 00 00 02 02 00 00 00 00 03 a0 ed "
         "aa aa 03 00 00 00 08 00 " HELLO4,
     .ip_offset = 56, .tunnel = SF_TUNNEL_GRE},
    {LINK_RAW, GRE "00 00 82 11 08 01 00 00 " HELLO4, .skip = SF_SKIP_NOT_IP},
};

static void test_gre(void **state)
{
    (void)state;
    check_wrappings(cases, sizeof cases / sizeof cases[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gre),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
