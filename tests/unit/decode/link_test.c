#include "decode/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoding.h"

/* IP 10.0.0.2.80 > 10.0.0.1.41000: Flags [P.], seq 9001:9006, ack 1001, win 502,
 *     options [nop,nop,TS val 100 ecr 50], length 5 */
#define DATA4                                                                                      \
    "45 00 00 39 12 34 00 00 40 06 54 89 0a 00 00 02 0a 00 00 01 "                                 \
    "00 50 a0 28 00 00 23 29 00 00 03 e9 80 18 01 f6 54 c5 00 00 "                                 \
    "01 01 08 0a 00 00 00 64 00 00 00 32 68 65 6c 6c 6f "

/* IP6 2001:db8::1.41000 > 2001:db8::2.80: Flags [S], seq 1000, win 64800, options [mss 1440] */
#define SYN6                                                                                       \
    "60 00 00 00 00 18 06 40 20 01 0d b8 00 00 00 00 00 00 00 00 "                                 \
    "00 00 00 01 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02 "                                 \
    "a0 28 00 50 00 00 03 e8 00 00 00 00 60 02 fd 20 9b 44 00 00 02 04 05 a0 "

#define MACS "02 00 00 00 00 01 02 00 00 00 00 02 "

static const struct {
    uint32_t link;
    const char *packet;
    enum sf_skip skip;
    uint16_t ip_offset, vlan[2];
} cases[] = {
    {LINK_ETHERNET, MACS "08 00 " DATA4, SF_SKIP_NONE, 14, {SF_NO_VLAN, SF_NO_VLAN}},
    {LINK_ETHERNET, MACS "86 dd " SYN6, SF_SKIP_NONE, 14, {SF_NO_VLAN, SF_NO_VLAN}},
    /* padding behind the IP packet, as a switch adds it */
    {LINK_ETHERNET, MACS "08 00 " DATA4 "00 00 00", SF_SKIP_NONE, 14, {SF_NO_VLAN, SF_NO_VLAN}},
    {LINK_ETHERNET, MACS "81 00 a0 2a 08 00 " DATA4, SF_SKIP_NONE, 18, {42, SF_NO_VLAN}},
    {LINK_ETHERNET, MACS "88 a8 00 64 81 00 00 c8 86 dd " SYN6, SF_SKIP_NONE, 22, {100, 200}},
    {LINK_ETHERNET, MACS "91 00 00 64 81 00 00 c8 08 00 " DATA4, SF_SKIP_NONE, 22, {100, 200}},
    /* three tags: the outermost and the innermost */
    {LINK_ETHERNET,
     MACS "88 a8 00 01 88 a8 00 02 81 00 00 03 08 00 " DATA4,
     SF_SKIP_NONE,
     26,
     {1, 3}},
    /* a tag that only has a priority is no VLAN */
    {LINK_ETHERNET, MACS "81 00 e0 00 08 00 " DATA4, SF_SKIP_NONE, 18, {SF_NO_VLAN, SF_NO_VLAN}},
    /* 802.3 length 65, LLC, SNAP with OUI 0: an ethertype */
    {LINK_ETHERNET,
     MACS "00 41 aa aa 03 00 00 00 08 00 " DATA4 "00 00",
     SF_SKIP_NONE,
     22,
     {SF_NO_VLAN, SF_NO_VLAN}},
    {LINK_ETHERNET, MACS "00 3c 06 06 03 " DATA4, SF_SKIP_NONE, 17, {SF_NO_VLAN, SF_NO_VLAN}},
    /* spanning tree; a foreign OUI; neither length nor type; ARP; LLDP */
    {LINK_ETHERNET, MACS "00 26 42 42 03 00 00 00", SF_SKIP_NOT_IP, 0, {0, 0}},
    {LINK_ETHERNET, MACS "00 41 aa aa 03 00 00 0c 08 00 " DATA4, SF_SKIP_NOT_IP, 0, {0, 0}},
    {LINK_ETHERNET, MACS "05 dd " DATA4, SF_SKIP_NOT_IP, 0, {0, 0}},
    {LINK_ETHERNET, MACS "08 06 00 01 08 00 06 04 00 01", SF_SKIP_NOT_IP, 0, {0, 0}},
    {LINK_ETHERNET, MACS "88 cc 02 07", SF_SKIP_NOT_IP, 0, {0, 0}},
    {LINK_ETHERNET, MACS "08", SF_SKIP_MALFORMED, 0, {0, 0}},
    {LINK_ETHERNET, MACS "81 00 00 2a", SF_SKIP_MALFORMED, 0, {0, 0}},
    {LINK_SLL,
     "00 00 00 01 00 06 02 00 00 00 00 01 00 00 08 00 " DATA4,
     SF_SKIP_NONE,
     16,
     {SF_NO_VLAN, SF_NO_VLAN}},
    {LINK_SLL,
     "00 04 00 01 00 06 02 00 00 00 00 01 00 00 81 00 00 07 86 dd " SYN6,
     SF_SKIP_NONE,
     20,
     {7, SF_NO_VLAN}},
    {LINK_SLL,
     "00 04 00 01 00 06 02 00 00 00 00 01 00 00 00 04 aa aa 03 00 00 00 08 00 " DATA4,
     SF_SKIP_NONE,
     24,
     {SF_NO_VLAN, SF_NO_VLAN}},
    {LINK_SLL, "00 04 00 01 00 06 02 00 00 00 00 01 00 00 08 06", SF_SKIP_NOT_IP, 0, {0, 0}},
    {LINK_SLL2,
     "08 00 00 00 00 00 00 03 00 01 00 06 02 00 00 00 00 01 00 00 " DATA4,
     SF_SKIP_NONE,
     20,
     {SF_NO_VLAN, SF_NO_VLAN}},
    {LINK_RAW, DATA4, SF_SKIP_NONE, 0, {SF_NO_VLAN, SF_NO_VLAN}},
    {LINK_RAW, SYN6, SF_SKIP_NONE, 0, {SF_NO_VLAN, SF_NO_VLAN}},
    {12, DATA4, SF_SKIP_NONE, 0, {SF_NO_VLAN, SF_NO_VLAN}},
    {14, SYN6, SF_SKIP_NONE, 0, {SF_NO_VLAN, SF_NO_VLAN}},
    {LINK_RAW, "55 00", SF_SKIP_NOT_IP, 0, {0, 0}},
    {LINK_IPV4, DATA4, SF_SKIP_NONE, 0, {SF_NO_VLAN, SF_NO_VLAN}},
    {LINK_IPV4, SYN6, SF_SKIP_MALFORMED, 0, {0, 0}},
    {LINK_IPV6, SYN6, SF_SKIP_NONE, 0, {SF_NO_VLAN, SF_NO_VLAN}},
    {LINK_IPV6, DATA4, SF_SKIP_MALFORMED, 0, {0, 0}},
    {LINK_NULL, "02 00 00 00 " DATA4, SF_SKIP_NONE, 4, {SF_NO_VLAN, SF_NO_VLAN}},
    {LINK_NULL, "00 00 00 02 " DATA4, SF_SKIP_NONE, 4, {SF_NO_VLAN, SF_NO_VLAN}},
    {LINK_NULL, "1e 00 00 00 " SYN6, SF_SKIP_NONE, 4, {SF_NO_VLAN, SF_NO_VLAN}},
    {LINK_NULL, "00 00 00 1c " SYN6, SF_SKIP_NONE, 4, {SF_NO_VLAN, SF_NO_VLAN}},
    {LINK_LOOP, "00 00 00 18 " SYN6, SF_SKIP_NONE, 4, {SF_NO_VLAN, SF_NO_VLAN}},
    {LINK_NULL, "07 00 00 00 " DATA4, SF_SKIP_NOT_IP, 0, {0, 0}},
    {147, DATA4, SF_SKIP_LINK_TYPE, 0, {0, 0}},
};

static void test_links_lead_to_ip(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct sf_segment *segment = &decoding.segment;
        print_message("case %zu\n", i);
        assert_int_equal(decode_hex(&decoding, cases[i].link, cases[i].packet), cases[i].skip);
        if (cases[i].skip == SF_SKIP_NONE) {
            assert_int_equal(segment->ip_offset, cases[i].ip_offset);
            assert_int_equal(segment->key.vlan[0], cases[i].vlan[0]);
            assert_int_equal(segment->key.vlan[1], cases[i].vlan[1]);
            assert_int_equal(segment->quality, 0);
            assert_int_equal(segment->payload, segment->key.ip == 4 ? 5 : 0);
            assert_int_equal(sf_checksum_verify(&decoding.packet, &decoding.segment),
                             SF_CHECKSUM_GOOD);
        }
    }
    decoding_release(&decoding);
}

static void test_interface_of_sll2_is_told(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    decoding.packet.interface = 9;
    assert_int_equal(decode_hex(&decoding, LINK_RAW, DATA4), SF_SKIP_NONE);
    assert_int_equal(decoding.segment.interface, 9);
    assert_int_equal(
        decode_hex(&decoding, LINK_SLL2,
                   "08 00 00 00 00 00 01 03 00 01 00 06 02 00 00 00 00 01 00 00 " DATA4),
        SF_SKIP_NONE);
    assert_int_equal(decoding.segment.interface, 0x103);
    decoding_release(&decoding);
}

/* The frame check sequence is no payload, even where the frame's length counts. */
static void test_frame_check_sequence_is_left_out(void **state)
{
    static const char frame[] = "45 00 00 00 12 34 00 00 40 06 54 c2 0a 00 00 01 0a 00 00 02 "
                                "a0 28 00 50 00 00 03 e9 00 00 23 29 50 18 01 f6 0d 7f 00 00 "
                                "61 62 63 64 de ad be ef";
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    decoding.packet.fcs_length = 4;
    assert_int_equal(decode_hex(&decoding, LINK_RAW, frame), SF_SKIP_NONE);
    assert_int_equal(decoding.segment.payload, 4);
    assert_int_equal(sf_checksum_verify(&decoding.packet, &decoding.segment), SF_CHECKSUM_GOOD);
    decoding.packet.fcs_length = 200;
    assert_int_equal(decode_hex(&decoding, LINK_RAW, frame), SF_SKIP_MALFORMED);
    decoding_release(&decoding);
}

enum { LINK_ENC = 109, LINK_PFLOG = 117, LINK_PKTAP = 258 };

#define SIXTEEN "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "

static const struct wrapping others[] = {
    /* OpenBSD's IPsec interface, in either byte order */
    {LINK_ENC, "02 00 00 00 00 00 10 01 00 00 00 00 " HELLO4, .ip_offset = 12},
    {LINK_ENC, "00 00 00 18 00 00 10 01 00 00 00 00 " HELLO6, .ip_offset = 12},
    {LINK_ENC, "02 00 00 00 00", .skip = SF_SKIP_MALFORMED},
    /* the packet filter's log: 61 octets and padding; another family; shorter than any */
    {LINK_PFLOG, "3d 02 00 00 65 6d 30 00 00 00 00 00 00 00 00 00 " SIXTEEN SIXTEEN SIXTEEN HELLO4,
     .ip_offset = 64},
    {LINK_PFLOG, "30 1c 00 00 65 6d 30 00 00 00 00 00 00 00 00 00 " SIXTEEN SIXTEEN HELLO6,
     .ip_offset = 48},
    {LINK_PFLOG, "30 11 00 00 65 6d 30 00 00 00 00 00 00 00 00 00 " SIXTEEN SIXTEEN HELLO6,
     .skip = SF_SKIP_NOT_IP},
    {LINK_PFLOG, "20 02 00 00 " SIXTEEN SIXTEEN HELLO4, .skip = SF_SKIP_MALFORMED},
    {LINK_PFLOG, "3d", .skip = SF_SKIP_MALFORMED},
    /* macOS: Ethernet and raw IP behind its header; a link type nobody knows */
    {LINK_PKTAP,
     "14 00 00 00 01 00 00 00 01 00 00 00 65 6e 30 00 00 00 00 00 " MAC_ADDRESSES "08 00 " HELLO4,
     .ip_offset = 34},
    {LINK_PKTAP, "10 00 00 00 01 00 00 00 0c 00 00 00 00 00 00 00 " HELLO6, .ip_offset = 16},
    {LINK_PKTAP, "10 00 00 00 01 00 00 00 93 00 00 00 00 00 00 00 ", .skip = SF_SKIP_LINK_TYPE},
    {LINK_PKTAP, "0b 00 00 00 01 00 00 00 01 00 00 00 ", .skip = SF_SKIP_MALFORMED},
    {LINK_PKTAP, "ff ff ff ff 01 00 00 00 01 00 00 00 ", .skip = SF_SKIP_MALFORMED},
};

static void test_links_of_other_systems(void **state)
{
    (void)state;
    check_wrappings(others, sizeof others / sizeof others[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links_lead_to_ip),
        cmocka_unit_test(test_interface_of_sll2_is_told),
        cmocka_unit_test(test_frame_check_sequence_is_left_out),
        cmocka_unit_test(test_links_of_other_systems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
