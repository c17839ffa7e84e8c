#include "decode/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guard.h"
#include "hex.h"

#define ROOM 40 /* all that a header of 60 octets leaves */

static const struct {
    const char *bytes;
    struct sf_options options;
    uint8_t quality;
} cases[] = {
    {"", {0}, 0},
    /* [mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7] */
    {"02 04 05 b4 04 02 08 0a 00 00 00 01 00 00 00 00 01 03 03 07",
     {.present = SF_OPT_MSS | SF_OPT_SACK_PERMITTED | SF_OPT_TIMESTAMPS | SF_OPT_WSCALE,
      .mss = 1460,
      .tsval = 1,
      .wscale = 7},
     0},
    /* [nop,nop,sack 2 {0x01020304:0x05060708}{1:2}]: the first block */
    {"01 01 05 12 01 02 03 04 05 06 07 08 00 00 00 01 00 00 00 02",
     {.present = SF_OPT_SACK, .sack_left = 0x01020304, .sack_right = 0x05060708},
     0},
    /* end of list: what follows is padding */
    {"03 03 0e 00 02 04 05 b4", {.present = SF_OPT_WSCALE, .wscale = 14}, 0},
    /* Fast Open: a request, a cookie of 8; the experiment's: a request, a cookie of 4 */
    {"22 02 01 01", {.present = SF_OPT_FASTOPEN}, 0},
    {"22 0a 01 02 03 04 05 06 07 08 01 01", {.present = SF_OPT_FASTOPEN, .fastopen_length = 8}, 0},
    {"fe 04 f9 89", {.present = SF_OPT_FASTOPEN}, 0},
    {"fe 08 f9 89 01 02 03 04", {.present = SF_OPT_FASTOPEN, .fastopen_length = 4}, 0},
    /* another experiment; an experiment without a number */
    {"fe 04 e2 d4", {0}, 0},
    {"fe 02 01 01", {0}, 0},
    /* MPTCP capable; join, then a second MPTCP option */
    {"1e 04 01 81", {.present = SF_OPT_MPTCP, .mptcp_subtype = 0}, 0},
    {"1e 0c 10 01 00 00 00 00 00 00 00 00 1e 03 c0 00",
     {.present = SF_OPT_MPTCP, .mptcp_subtype = 1},
     0},
    /* user timeout of 5 minutes */
    {"1c 04 80 05", {.present = SF_OPT_USER_TIMEOUT, .user_timeout = 0x8005}, 0},
    /* an option nobody knows is passed over */
    {"fd 04 00 00 02 04 05 b4", {.present = SF_OPT_MSS, .mss = 1460}, 0},
    /* lengths 0 and 1, beyond the header, and not there: what came before counts */
    {"04 02 08 00 02 04 05 b4", {.present = SF_OPT_SACK_PERMITTED}, SF_QUALITY_BAD_OPTION},
    {"04 02 08 01 02 04 05 b4", {.present = SF_OPT_SACK_PERMITTED}, SF_QUALITY_BAD_OPTION},
    {"04 02 08 0a 00 00 00 01", {.present = SF_OPT_SACK_PERMITTED}, SF_QUALITY_BAD_OPTION},
    {"04 02 01 08", {.present = SF_OPT_SACK_PERMITTED}, SF_QUALITY_BAD_OPTION},
    {"fd ff 00 00", {0}, SF_QUALITY_BAD_OPTION},
    /* known options with a length they cannot have, each followed by a good one */
    {"02 03 05 03 03 01", {.present = SF_OPT_WSCALE, .wscale = 1}, SF_QUALITY_BAD_OPTION},
    {"03 04 01 01 04 02", {.present = SF_OPT_SACK_PERMITTED}, SF_QUALITY_BAD_OPTION},
    {"04 03 00 03 03 01", {.present = SF_OPT_WSCALE, .wscale = 1}, SF_QUALITY_BAD_OPTION},
    {"05 02 04 02", {.present = SF_OPT_SACK_PERMITTED}, SF_QUALITY_BAD_OPTION},
    {"05 06 00 00 00 01 04 02", {.present = SF_OPT_SACK_PERMITTED}, SF_QUALITY_BAD_OPTION},
    {"08 06 00 00 00 01 04 02", {.present = SF_OPT_SACK_PERMITTED}, SF_QUALITY_BAD_OPTION},
    {"1c 03 80 04 02", {.present = SF_OPT_SACK_PERMITTED}, SF_QUALITY_BAD_OPTION},
    {"1e 02 04 02", {.present = SF_OPT_SACK_PERMITTED}, SF_QUALITY_BAD_OPTION},
};

static void test_options_are_read(void **state)
{
    struct guard guard;
    (void)state;
    guard_init(&guard);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[ROOM];
        struct sf_options options = {0};
        uint32_t n = (uint32_t)hex_read(cases[i].bytes, bytes, sizeof bytes);
        print_message("case %zu\n", i);
        assert_int_equal(sf_options_read(guard_put(&guard, bytes, n), n, n, &options),
                         cases[i].quality);
        assert_memory_equal(&options, &cases[i].options, sizeof options);
    }
    guard_release(&guard);
}

/*
 * Captured in part: nothing is bad that is not bad as a whole, no option appears that is not there,
 * and when one is missing the quality says that options may be.
 */
static void test_cut_options_are_not_bad(void **state)
{
    struct guard guard;
    (void)state;
    guard_init(&guard);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[ROOM];
        uint32_t n = (uint32_t)hex_read(cases[i].bytes, bytes, sizeof bytes);
        for (uint32_t captured = 0; captured < n; captured++) {
            struct sf_options options = {0};
            const uint8_t *placed = guard_put(&guard, bytes, captured);
            uint8_t quality = sf_options_read(placed, captured, n, &options);
            assert_true((quality & ~SF_QUALITY_NO_TCP_OPTIONS & ~cases[i].quality) == 0);
            assert_true((options.present & ~cases[i].options.present) == 0);
            if (options.present != cases[i].options.present) {
                assert_true((quality & SF_QUALITY_NO_TCP_OPTIONS) != 0);
            }
        }
    }
    guard_release(&guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_are_read),
        cmocka_unit_test(test_cut_options_are_not_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
