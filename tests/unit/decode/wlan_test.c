#include "decode/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoding.h"

enum { LINK_WLAN = 105, LINK_PRISM = 119, LINK_RADIOTAP = 127, LINK_AVS = 163, LINK_PPI = 192 };

#define MAC       "02 00 00 00 00 01 "
#define ADDRESSES MAC MAC MAC
#define SNAP4     "aa aa 03 00 00 00 08 00 " HELLO4
#define SNAP6     "aa aa 03 00 00 00 86 dd " HELLO6
#define FCS       "de ad be ef "
/* frame control, duration, three addresses, sequence control: 24 octets */
#define TO_AP(control) control " 01 2c 00 " ADDRESSES "a0 ed "

#define SIXTEEN "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
#define PRISM                                                                                      \
    "44 00 00 00 90 00 00 00 00 00 00 00 00 00 00 00 " SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN     \
        SIXTEEN SIXTEEN SIXTEEN

static const struct wrapping frames[] = {
    {LINK_WLAN, TO_AP("08") SNAP4, .ip_offset = 32},
    /* QoS: two octets more; with order: four more; four addresses: six more; and all of them */
    {LINK_WLAN, TO_AP("88") "05 00 " SNAP6, .ip_offset = 34},
    {LINK_WLAN, "88 81 2c 00 " ADDRESSES "a0 ed 05 00 00 00 00 00 " SNAP4, .ip_offset = 38},
    {LINK_WLAN, "08 03 2c 00 " ADDRESSES "a0 ed " MAC SNAP4, .ip_offset = 38},
    {LINK_WLAN, "88 83 2c 00 " ADDRESSES "a0 ed " MAC "05 00 00 00 00 00 " SNAP4, .ip_offset = 44},
    /* one packet of an aggregate, padded to four octets */
    {LINK_WLAN, TO_AP("88") "80 00 " MAC MAC "00 41 " SNAP4 "00 ", .ip_offset = 48},
    /* a beacon, an acknowledgment, data without data (plain, QoS), another version */
    {LINK_WLAN, "80 00 00 00 " ADDRESSES "a0 ed 00 00", .skip = SF_SKIP_NOT_IP},
    {LINK_WLAN, "d4 00 00 00 " MAC, .skip = SF_SKIP_NOT_IP},
    {LINK_WLAN, "48 01 00 00 " ADDRESSES "a0 ed ", .skip = SF_SKIP_NOT_IP},
    {LINK_WLAN, "c8 01 00 00 " ADDRESSES "a0 ed 05 00 ", .skip = SF_SKIP_NOT_IP},
    {LINK_WLAN, "09 01 2c 00 " ADDRESSES "a0 ed " SNAP4, .skip = SF_SKIP_NOT_IP},
    /* protected; a later piece; too short */
    {LINK_WLAN, "08 41 2c 00 " ADDRESSES "a0 ed 11 22 33 20 44 55 66 77 " SNAP4,
     .skip = SF_SKIP_ENCRYPTED},
    {LINK_WLAN, "08 01 2c 00 " ADDRESSES "a1 ed " SNAP4, .skip = SF_SKIP_FRAGMENT},
    {LINK_WLAN, "08", .skip = SF_SKIP_MALFORMED},
    {LINK_WLAN, "88 01 2c 00 " ADDRESSES "a0 ed 05", .skip = SF_SKIP_MALFORMED},
    {LINK_WLAN, TO_AP("88") "80 00 " MAC MAC, .skip = SF_SKIP_MALFORMED},
};

static const struct wrapping headers[] = {
    /* radiotap: nothing in it; flags; a clock in front of them, aligned; a second presence word */
    {LINK_RADIOTAP, "00 00 08 00 00 00 00 00 " TO_AP("08") SNAP4, .ip_offset = 40},
    {LINK_RADIOTAP, "00 00 09 00 02 00 00 00 10 " TO_AP("08") SNAP4 FCS, .ip_offset = 41},
    {LINK_RADIOTAP,
     "00 00 11 00 03 00 00 00 01 02 03 04 05 06 07 08 20 " TO_AP("88") "05 00 00 00 " SNAP6,
     .ip_offset = 53},
    {LINK_RADIOTAP,
     "00 00 19 00 03 00 00 80 00 00 00 00 00 00 00 00 01 02 03 04 05 06 07 08 10 " TO_AP("08")
         SNAP4 FCS,
     .ip_offset = 57},
    {LINK_RADIOTAP,
     "00 00 15 00 03 00 00 80 00 00 00 00 00 00 00 00 01 02 03 04 05 " TO_AP("08") SNAP4,
     .ip_offset = 53},
    /* damaged in the air; another version; lengths that cannot be */
    {LINK_RADIOTAP, "00 00 09 00 02 00 00 00 50 " TO_AP("08") SNAP4 FCS, .skip = SF_SKIP_DAMAGED},
    {LINK_RADIOTAP, "01 00 08 00 00 00 00 00 " TO_AP("08") SNAP4, .skip = SF_SKIP_MALFORMED},
    {LINK_RADIOTAP, "00 00 07 00 00 00 00 00 " TO_AP("08") SNAP4, .skip = SF_SKIP_MALFORMED},
    {LINK_RADIOTAP, "00 00 20 00 00 00 00 00 00 00", .skip = SF_SKIP_MALFORMED},
    {LINK_RADIOTAP, "00 00 09 00 02 00 00 00 10 00 00", .skip = SF_SKIP_MALFORMED},
    /* Prism, and AVS under its number and its own */
    {LINK_PRISM, PRISM TO_AP("08") SNAP4, .ip_offset = 176},
    {LINK_PRISM, "80 21 10 01 00 00 00 0c 00 00 00 00 " TO_AP("08") SNAP4, .ip_offset = 44},
    {LINK_AVS, "80 21 10 02 00 00 00 0c 00 00 00 00 " TO_AP("08") SNAP4, .ip_offset = 44},
    {LINK_AVS, "80 21 10 02 00 00 00 07 00 00 00 00 " TO_AP("08") SNAP4, .skip = SF_SKIP_MALFORMED},
    {LINK_AVS, "80 21 10 02 ff ff ff ff 00 00 00 00 ", .skip = SF_SKIP_MALFORMED},
    {LINK_PRISM, "44 00 00 00 90", .skip = SF_SKIP_MALFORMED},
    /* PPI: of 802.11 with a frame check sequence; of Ethernet; of what nobody knows; damaged */
    {LINK_PPI,
     "00 00 20 00 69 00 00 00 02 00 14 00 00 00 00 00 00 00 00 00 01 00 0c 00 6c 09 a0 00 00 00 "
     "d0 00 " TO_AP("08") SNAP4 FCS,
     .ip_offset = 64},
    {LINK_PPI, "00 00 08 00 01 00 00 00 " MAC_ADDRESSES "08 00 " HELLO4, .ip_offset = 22},
    {LINK_PPI, "00 00 0c 00 69 00 00 00 02 00 14 00 " TO_AP("08") SNAP4, .ip_offset = 44},
    {LINK_PPI, "00 00 08 00 93 00 00 00 " HELLO4, .skip = SF_SKIP_LINK_TYPE},
    {LINK_PPI,
     "00 00 20 00 69 00 00 00 02 00 14 00 00 00 00 00 00 00 00 00 05 00 0c 00 6c 09 a0 00 00 00 "
     "d0 00 " TO_AP("08") SNAP4 FCS,
     .skip = SF_SKIP_DAMAGED},
    {LINK_PPI, "00 00 07 00 01 00 00 00 " MAC_ADDRESSES "08 00 " HELLO4, .skip = SF_SKIP_MALFORMED},
    {LINK_PPI, "00 00 20 00 69 00 00 00 02 00", .skip = SF_SKIP_MALFORMED},
};

static void test_data_frames(void **state)
{
    (void)state;
    check_wrappings(frames, sizeof frames / sizeof frames[0]);
}

static void test_headers_of_reception(void **state)
{
    (void)state;
    check_wrappings(headers, sizeof headers / sizeof headers[0]);
}

/* A frame cut into pieces: the IP packet is longer than the first, and that is no damage. */
static void test_first_piece_of_a_frame(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    assert_int_equal(decode_hex(&decoding, LINK_WLAN,
                                "08 05 2c 00 " ADDRESSES "a0 ed aa aa 03 00 00 00 08 00 "
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
        cmocka_unit_test(test_data_frames),
        cmocka_unit_test(test_headers_of_reception),
        cmocka_unit_test(test_first_piece_of_a_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
