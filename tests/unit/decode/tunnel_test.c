#include "decode/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoding.h"
#include "hex.h"

/* IP 10.0.0.2.80 > 10.0.0.1.41000: Flags [P.], seq 9001:9006, ack 1001, win 502,
 *     options [nop,nop,TS val 100 ecr 50], length 5 (57 octets) */
#define DATA4                                                                                      \
    "45 00 00 39 12 34 00 00 40 06 54 89 0a 00 00 02 0a 00 00 01 "                                 \
    "00 50 a0 28 00 00 23 29 00 00 03 e9 80 18 01 f6 54 c5 00 00 "                                 \
    "01 01 08 0a 00 00 00 64 00 00 00 32 68 65 6c 6c 6f "
/* IP6 2001:db8::1.41000 > 2001:db8::2.80: Flags [S], seq 1000, win 64800 (64 octets) */
#define SYN6                                                                                       \
    "60 00 00 00 00 18 06 40 20 01 0d b8 00 00 00 00 00 00 00 00 "                                 \
    "00 00 00 01 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02 "                                 \
    "a0 28 00 50 00 00 03 e8 00 00 00 00 60 02 fd 20 9b 44 00 00 02 04 05 a0 "
/* Total length 0: as captured before a card cuts it; the walk then takes what the frame has. */
#define OUTER(protocol) "45 00 00 00 00 01 00 00 40 " protocol " 00 00 c0 a8 00 01 c0 a8 00 02 "
#define UDP_TO(port)    "c0 00 " port " 00 00 00 00 "
#define MACS            "02 00 00 00 00 01 02 00 00 00 00 02 "

static const struct {
    const char *packet;
    enum sf_skip skip;
    enum sf_tunnel tunnel;
    uint32_t id;
    uint16_t vlan;
    uint16_t ip_offset;
} cases[] = {
    {OUTER("04") DATA4, SF_SKIP_NONE, SF_TUNNEL_IPIP, 0, SF_NO_VLAN, 20},
    {OUTER("29") SYN6, SF_SKIP_NONE, SF_TUNNEL_IPIP, 0, SF_NO_VLAN, 20},
    {"60 00 00 00 00 39 04 40 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 03 "
     "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 04 " DATA4,
     SF_SKIP_NONE, SF_TUNNEL_IPIP, 0, SF_NO_VLAN, 40},
    /* VXLAN with its own port and with that of Linux; a VLAN inside */
    {OUTER("11") UDP_TO("12 b5") "08 00 00 00 00 00 2a 00 " MACS "08 00 " DATA4, SF_SKIP_NONE,
     SF_TUNNEL_VXLAN, 42, SF_NO_VLAN, 50},
    {OUTER("11") UDP_TO("21 18") "08 00 00 00 12 34 56 00 " MACS "81 00 00 05 86 dd " SYN6,
     SF_SKIP_NONE, SF_TUNNEL_VXLAN, 0x123456, 5, 54},
    {OUTER("11") UDP_TO("12 b5") "00 00 00 00 00 00 2a 00 " MACS "08 00 " DATA4, SF_SKIP_NOT_TCP, 0,
     0, 0, 0},
    /* GENEVE, with 8 octets of options, Ethernet and bare IP inside; an unknown version */
    {OUTER("11") UDP_TO("17 c1") "02 00 65 58 00 00 2a 00 01 02 03 01 00 00 00 00 " MACS
                                 "08 00 " DATA4,
     SF_SKIP_NONE, SF_TUNNEL_GENEVE, 42, SF_NO_VLAN, 58},
    {OUTER("11") UDP_TO("17 c1") "00 00 86 dd 00 00 2b 00 " SYN6, SF_SKIP_NONE, SF_TUNNEL_GENEVE,
     43, SF_NO_VLAN, 36},
    {OUTER("11") UDP_TO("17 c1") "40 00 86 dd 00 00 2b 00 " SYN6, SF_SKIP_NOT_TCP, 0, 0, 0, 0},
    {OUTER("11") UDP_TO("17 c1") "00 80 86 dd 00 00 2b 00 " SYN6, SF_SKIP_NOT_TCP, 0, 0, 0, 0},
    {OUTER("11") UDP_TO("17 c1") "3f 00 86 dd 00 00 2b 00 " SYN6, SF_SKIP_MALFORMED, 0, 0, 0, 0},
    /* GTP-U: plain; with a sequence number; with an extension header; an echo request */
    {OUTER("11") UDP_TO("08 68") "30 ff 00 39 00 00 00 09 " DATA4, SF_SKIP_NONE, SF_TUNNEL_GTP, 0,
     SF_NO_VLAN, 36},
    {OUTER("11") UDP_TO("08 68") "32 ff 00 3d 00 00 00 09 00 01 00 00 " DATA4, SF_SKIP_NONE,
     SF_TUNNEL_GTP, 0, SF_NO_VLAN, 40},
    {OUTER("11") UDP_TO("08 68") "34 ff 00 41 00 00 00 09 00 00 00 85 01 00 01 00 " DATA4,
     SF_SKIP_NONE, SF_TUNNEL_GTP, 0, SF_NO_VLAN, 44},
    {OUTER("11") UDP_TO("08 68") "34 ff 00 41 00 00 00 09 00 00 00 85 00 00 01 00 " DATA4,
     SF_SKIP_MALFORMED, 0, 0, 0, 0},
    {OUTER("11") UDP_TO("08 68") "32 01 00 04 00 00 00 00 00 01 00 00", SF_SKIP_NOT_TCP, 0, 0, 0,
     0},
    /* any other port; a UDP header that is not there */
    {OUTER("11") UDP_TO("00 35") "08 00 00 00 00 00 2a 00 " MACS "08 00 " DATA4, SF_SKIP_NOT_TCP, 0,
     0, 0, 0},
    {OUTER("11") "c0 00", SF_SKIP_NOT_TCP, 0, 0, 0, 0},
    /* a tunnel in a tunnel: the key names the inner one */
    {OUTER("2f") "00 00 08 00 " OUTER("04") DATA4, SF_SKIP_NONE, SF_TUNNEL_IPIP, 0, SF_NO_VLAN, 44},
    /* a later fragment of a tunnel */
    {"45 00 00 4d 00 01 00 05 40 04 00 00 c0 a8 00 01 c0 a8 00 02 " DATA4, SF_SKIP_FRAGMENT, 0, 0,
     0, 0},
};

#define UDP(ports) OUTER("11") ports " 00 00 00 00 "
#define AYIYA(operation, next)                                                                     \
    "41 52 " operation " " next " 4a f6 4b fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 "    \
    "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 "

static const struct wrapping others[] = {
    /* Ethernet in IP; another version of it */
    {LINK_RAW, OUTER("61") "30 00 " MAC_ADDRESSES "08 00 " HELLO4, .ip_offset = 36,
     .tunnel = SF_TUNNEL_ETHERIP},
    {LINK_RAW, OUTER("61") "40 00 " MAC_ADDRESSES "08 00 " HELLO4, .skip = SF_SKIP_TUNNEL},
    {LINK_RAW, OUTER("61") "30 ", .skip = SF_SKIP_MALFORMED},
    /* labels in IP and in UDP; GRE in UDP */
    {LINK_RAW, OUTER("89") "00 01 01 40 " HELLO4, .ip_offset = 24, .tunnel = SF_TUNNEL_MPLS},
    {LINK_RAW, UDP("c0 00 19 eb") "00 01 01 40 " HELLO6, .ip_offset = 32, .tunnel = SF_TUNNEL_MPLS},
    {LINK_RAW, UDP("c0 00 12 92") "00 00 08 00 " HELLO4, .ip_offset = 32, .tunnel = SF_TUNNEL_GRE},
    /* L2TP 3 does not say what is inside */
    {LINK_RAW, OUTER("73") "00 00 00 01 " HELLO4, .skip = SF_SKIP_TUNNEL},
    {LINK_RAW, UDP("06 a5 06 a5") "00 03 00 00 00 00 00 01 " HELLO4, .skip = SF_SKIP_TUNNEL},
    /* VXLAN-GPE: Ethernet, IPv4, IPv6; a service header; without a protocol it is VXLAN */
    {LINK_RAW, UDP("c0 00 12 b6") "0c 00 00 03 00 00 2a 00 " MAC_ADDRESSES "08 00 " HELLO4,
     .ip_offset = 50, .tunnel = SF_TUNNEL_VXLAN_GPE, .tunnel_id = 42},
    {LINK_RAW, UDP("c0 00 12 b6") "0c 00 00 01 00 00 2a 00 " HELLO4, .ip_offset = 36,
     .tunnel = SF_TUNNEL_VXLAN_GPE, .tunnel_id = 42},
    {LINK_RAW, UDP("c0 00 12 b6") "04 00 00 02 00 00 2a 00 " HELLO6, .ip_offset = 36,
     .tunnel = SF_TUNNEL_VXLAN_GPE},
    {LINK_RAW, UDP("c0 00 12 b6") "0c 00 00 04 00 00 2a 00 " HELLO4, .skip = SF_SKIP_TUNNEL},
    {LINK_RAW, UDP("c0 00 12 b6") "08 00 00 00 00 00 2a 00 " MAC_ADDRESSES "08 00 " HELLO4,
     .ip_offset = 50, .tunnel = SF_TUNNEL_VXLAN, .tunnel_id = 42},
    /* AYIYA: IPv6 in either direction, IPv4; a question whether the other is there */
    {LINK_RAW, UDP("c0 00 13 d0") AYIYA("11", "29") HELLO6, .ip_offset = 72,
     .tunnel = SF_TUNNEL_AYIYA},
    {LINK_RAW, UDP("13 d0 c0 00") AYIYA("11", "04") HELLO4, .ip_offset = 72,
     .tunnel = SF_TUNNEL_AYIYA},
    {LINK_RAW, UDP("13 d0 c0 00") AYIYA("12", "29") HELLO6, .skip = SF_SKIP_NOT_TCP},
    {LINK_RAW, UDP("13 d0 c0 00") AYIYA("11", "3b"), .skip = SF_SKIP_NOT_TCP},
    {LINK_RAW, UDP("13 d0 c0 00") "41 52 11 29 00 00 00 00 00 00 ", .skip = SF_SKIP_MALFORMED},
    {LINK_RAW, UDP("13 d0 c0 00") "41 52 ", .skip = SF_SKIP_NOT_TCP},
    /* Teredo: bare; with origin; with authentication (of 4 and 2 octets) and origin */
    {LINK_RAW, UDP("0d d8 c0 00") HELLO6, .ip_offset = 28, .tunnel = SF_TUNNEL_TEREDO},
    {LINK_RAW, UDP("0d d8 c0 00") "00 00 f2 34 3f ff fd fc " HELLO6, .ip_offset = 36,
     .tunnel = SF_TUNNEL_TEREDO},
    {LINK_RAW,
     UDP("c0 00 0d d8") "00 01 04 02 01 02 03 04 05 06 01 02 03 04 05 06 07 08 00 "
                        "00 00 f2 34 3f ff fd fc " HELLO6,
     .ip_offset = 55, .tunnel = SF_TUNNEL_TEREDO},
    {LINK_RAW, UDP("c0 00 0d d8") "45 00 00 39 ", .skip = SF_SKIP_NOT_TCP},
    {LINK_RAW, UDP("c0 00 0d d8") "00 01 ff ff 00 ", .skip = SF_SKIP_MALFORMED},
    {LINK_RAW, UDP("c0 00 0d d8") "00 00 f2 ", .skip = SF_SKIP_MALFORMED},
    {LINK_RAW, UDP("c0 00 0d d8"), .skip = SF_SKIP_NOT_TCP},
    /* L2TP: least; with all that is optional, padded in UDP; control; a length that cannot be */
    {LINK_RAW, UDP("06 a5 c0 00") "00 02 00 01 00 02 ff 03 00 21 " HELLO4, .ip_offset = 38,
     .tunnel = SF_TUNNEL_L2TP},
    {LINK_RAW,
     UDP("c0 00 06 a5") "4a 02 00 4d 00 01 00 02 00 00 00 01 00 03 11 22 33 21 " HELLO4 "55 ",
     .ip_offset = 46, .tunnel = SF_TUNNEL_L2TP},
    {LINK_RAW, UDP("06 a5 06 a5") "c8 02 00 0c 00 01 00 00 00 00 00 01 ", .skip = SF_SKIP_NOT_TCP},
    {LINK_RAW, UDP("06 a5 06 a5") "40 02 00 03 00 01 00 02 ", .skip = SF_SKIP_MALFORMED},
    {LINK_RAW, UDP("06 a5 06 a5") "02 02 00 01 00 02 ff ff 00 ", .skip = SF_SKIP_MALFORMED},
    {LINK_RAW, UDP("06 a5 06 a5") "02 02 00 01 00 02 ff ", .skip = SF_SKIP_MALFORMED},
    {LINK_RAW, UDP("06 a5 06 a5") "40 02 00", .skip = SF_SKIP_MALFORMED},
    /* IPsec in UDP: data, key exchange, and what keeps a translation alive */
    {LINK_RAW, UDP("11 94 11 94") "12 34 56 78 00 00 00 01 ", .skip = SF_SKIP_ENCRYPTED},
    {LINK_RAW, UDP("11 94 11 94") "00 00 00 00 12 34 56 78 ", .skip = SF_SKIP_NOT_TCP},
    {LINK_RAW, UDP("11 94 11 94") "ff ", .skip = SF_SKIP_NOT_TCP},
};

static void test_more_tunnels(void **state)
{
    (void)state;
    check_wrappings(others, sizeof others / sizeof others[0]);
}

static void test_tunnels_are_opened(void **state)
{
    struct decoding decoding;
    const struct sf_segment *segment = &decoding.segment;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("case %zu\n", i);
        assert_int_equal(decode_hex(&decoding, LINK_RAW, cases[i].packet), cases[i].skip);
        if (cases[i].skip == SF_SKIP_NONE) {
            assert_int_equal(segment->key.tunnel, cases[i].tunnel);
            assert_int_equal(segment->key.tunnel_id, cases[i].id);
            assert_int_equal(segment->key.vlan[0], cases[i].vlan);
            assert_int_equal(segment->ip_offset, cases[i].ip_offset);
            assert_int_equal(segment->payload, segment->key.ip == 4 ? 5 : 0);
            assert_int_equal(segment->quality, 0);
            assert_int_equal(sf_checksum_verify(&decoding.packet, &decoding.segment),
                             SF_CHECKSUM_GOOD);
        }
    }
    decoding_release(&decoding);
}

/* Captured in part: never anything but a segment that says so, or a reason. */
static void test_cut_tunnels(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[DECODING_ROOM];
        size_t n = hex_read(cases[i].packet, bytes, sizeof bytes);
        for (size_t captured = 0; cases[i].skip == SF_SKIP_NONE && captured < n; captured++) {
            enum sf_skip skip = decode_bytes(&decoding, LINK_RAW, bytes, captured, n);
            if (skip == SF_SKIP_NONE) {
                assert_int_equal(decoding.segment.quality & SF_QUALITY_TRUNCATED,
                                 SF_QUALITY_TRUNCATED);
                assert_int_equal(decoding.segment.key.tunnel, cases[i].tunnel);
            } else {
                assert_true(skip == SF_SKIP_TRUNCATED || skip == SF_SKIP_NOT_TCP);
            }
        }
    }
    decoding_release(&decoding);
}

/*
 * The tunnel's packet was cut into fragments: the inner packet is longer than the first piece. Its
 * payload is what its own header says, and the rest is not captured here.
 */
static void test_inner_packet_longer_than_the_outer_piece(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    assert_int_equal(decode_hex(&decoding, LINK_RAW,
                                "45 00 00 4c 00 01 20 00 40 04 00 00 c0 a8 00 01 c0 a8 00 02 "
                                "45 00 01 00 12 34 00 00 40 06 00 00 0a 00 00 02 0a 00 00 01 "
                                "00 50 a0 28 00 00 23 29 00 00 03 e9 50 18 01 f6 00 00 00 00 "
                                "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"),
                     SF_SKIP_NONE);
    assert_int_equal(decoding.segment.payload, 216);
    assert_int_equal(decoding.segment.quality, SF_QUALITY_TRUNCATED);
    assert_int_equal(sf_checksum_verify(&decoding.packet, &decoding.segment), SF_CHECKSUM_PARTIAL);
    decoding_release(&decoding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tunnels_are_opened),
        cmocka_unit_test(test_more_tunnels),
        cmocka_unit_test(test_cut_tunnels),
        cmocka_unit_test(test_inner_packet_longer_than_the_outer_piece),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
