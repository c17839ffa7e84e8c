#include "decode/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoding.h"

enum {
    LINK_PPP = 9,
    LINK_PPP_HDLC = 50,
    LINK_PPP_ETHER = 51,
    LINK_C_HDLC = 104,
    LINK_PPP_PPPD = 166,
    LINK_PPP_WITH_DIR = 204
};

/* IP 10.0.0.1.41000 > 10.0.0.2.80: Flags [P.], seq 1001:1005, ack 9001, win 502, length 4
 * (44 octets) */
#define DATA4                                                                                      \
    "45 00 00 2c 12 34 00 00 40 06 54 96 0a 00 00 01 0a 00 00 02 "                                 \
    "a0 28 00 50 00 00 03 e9 00 00 23 29 50 18 01 f6 0d 7f 00 00 61 62 63 64 "
#define SYN6                                                                                       \
    "60 00 00 00 00 18 06 40 20 01 0d b8 00 00 00 00 00 00 00 00 "                                 \
    "00 00 00 01 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02 "                                 \
    "a0 28 00 50 00 00 03 e8 00 00 00 00 60 02 fd 20 9b 44 00 00 02 04 05 a0 "
#define MACS "02 00 00 00 00 01 02 00 00 00 00 02 "

static const struct {
    uint32_t link;
    const char *packet;
    enum sf_skip skip;
    uint16_t ip_offset;
} cases[] = {
    /* with and without address and control, and with a protocol of one octet */
    {LINK_PPP, "ff 03 00 21 " DATA4, SF_SKIP_NONE, 4},
    {LINK_PPP, "00 57 " SYN6, SF_SKIP_NONE, 2},
    {LINK_PPP_HDLC, "ff 03 21 " DATA4, SF_SKIP_NONE, 3},
    {LINK_PPP, "ff 03 02 81 00 01 01 40 " DATA4, SF_SKIP_NONE, 8},
    {LINK_PPP, "ff 03 c0 21 01 01 00 04", SF_SKIP_NOT_IP, 0},
    {LINK_PPP, "ff 03", SF_SKIP_MALFORMED, 0},
    {LINK_PPP, "ff 03 00", SF_SKIP_MALFORMED, 0},
    {LINK_PPP, "ff 03 02 83 00 01 01 40 " SYN6, SF_SKIP_NONE, 8},
    /* several links as one: whole, and a piece that is not the first */
    {LINK_PPP, "ff 03 00 3d c0 00 00 01 00 21 " DATA4, SF_SKIP_NONE, 10},
    {LINK_PPP, "00 3d c0 00 00 01 21 " DATA4, SF_SKIP_NONE, 7},
    {LINK_PPP, "00 3d 40 00 00 02 21 " DATA4, SF_SKIP_FRAGMENT, 0},
    {LINK_PPP, "00 3d c0 00", SF_SKIP_MALFORMED, 0},
    /* what cannot be read */
    {LINK_PPP, "ff 03 00 2d 08 54 c5 68 65", SF_SKIP_COMPRESSED, 0},
    {LINK_PPP, "ff 03 00 fd 90 01 22 33", SF_SKIP_COMPRESSED, 0},
    {LINK_PPP, "ff 03 00 53 00 01 22 33", SF_SKIP_ENCRYPTED, 0},
    /* Cisco's HDLC under the number of PPP; pppd's direction in front */
    {LINK_PPP_HDLC, "8f 00 08 00 " DATA4, SF_SKIP_NONE, 4},
    {LINK_PPP_PPPD, "00 ff 03 00 21 " DATA4, SF_SKIP_NONE, 5},
    {LINK_PPP_WITH_DIR, "01 ff 03 00 57 " SYN6, SF_SKIP_NONE, 5},
    {LINK_PPP_ETHER, "11 00 12 34 00 2e 00 21 " DATA4, SF_SKIP_NONE, 8},
    {LINK_ETHERNET, MACS "88 64 11 00 12 34 00 2e 00 21 " DATA4 "00 00", SF_SKIP_NONE, 22},
    {LINK_ETHERNET, MACS "88 64 11 a7 12 34 00 00", SF_SKIP_NOT_IP, 0},
    {LINK_ETHERNET, MACS "88 63 11 09 00 00 00 00", SF_SKIP_NOT_IP, 0},
    {LINK_C_HDLC, "0f 00 08 00 " DATA4, SF_SKIP_NONE, 4},
    {LINK_C_HDLC, "8f 00 80 35 00 00 00 02", SF_SKIP_NOT_IP, 0},
    {LINK_C_HDLC, "0f 00 08", SF_SKIP_MALFORMED, 0},
    /* one label, two, and a control word with Ethernet; no bottom; nothing of IP */
    {LINK_ETHERNET, MACS "88 47 00 01 01 40 " SYN6, SF_SKIP_NONE, 18},
    {LINK_ETHERNET, MACS "88 48 00 01 00 40 00 02 01 40 " DATA4, SF_SKIP_NONE, 22},
    {LINK_ETHERNET, MACS "88 47 00 01 01 40 00 00 00 00 " MACS "08 00 " DATA4, SF_SKIP_NONE, 36},
    {LINK_ETHERNET, MACS "88 47 00 01 00 40 00 02 00 40", SF_SKIP_MALFORMED, 0},
    {LINK_ETHERNET, MACS "88 47 00 01 01 40 10 00 00 00", SF_SKIP_NOT_IP, 0},
};

static void test_point_to_point_links_and_labels(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("case %zu\n", i);
        assert_int_equal(decode_hex(&decoding, cases[i].link, cases[i].packet), cases[i].skip);
        if (cases[i].skip == SF_SKIP_NONE) {
            assert_int_equal(decoding.segment.ip_offset, cases[i].ip_offset);
            assert_int_equal(decoding.segment.key.tunnel, SF_TUNNEL_NONE);
            assert_int_equal(decoding.segment.payload, decoding.segment.key.ip == 4 ? 4 : 0);
            assert_int_equal(decoding.segment.quality, 0);
            assert_int_equal(sf_checksum_verify(&decoding.packet, &decoding.segment),
                             SF_CHECKSUM_GOOD);
        }
    }
    decoding_release(&decoding);
}

/* The first piece: the IP packet is longer than it, and that is no damage. */
static void test_first_piece_over_several_links(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    assert_int_equal(decode_hex(&decoding, LINK_PPP,
                                "00 3d 80 00 00 01 21 "
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
        cmocka_unit_test(test_point_to_point_links_and_labels),
        cmocka_unit_test(test_first_piece_over_several_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
