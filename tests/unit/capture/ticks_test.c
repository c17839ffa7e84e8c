#include "capture/ticks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NS 1000000000ll

static void test_ticks(void **state)
{
    (void)state;
    static const struct {
        uint8_t resolution;
        int64_t offset_s;
        uint64_t count;
        int64_t time_ns;
        bool is_nano;
    } cases[] = {
        {0, 0, 1700000000, 1700000000 * NS, false},
        {3, 0, 1700000000123, 1700000000 * NS + 123000000, false},
        {6, 0, 1700000000123456, 1700000000 * NS + 123456000, false},
        {7, 0, 17000000001234567, 1700000000 * NS + 123456700, true},
        {9, 0, 1700000000123456789, 1700000000 * NS + 123456789, true},
        {12, 0, 1700000123456789999, 1700000 * NS + 123456789, true}, /* rounded down */
        {28, 0, UINT64_MAX, 1, true}, /* 1.8 × 10^19 × 10^-28 s = 1.8 ns */
        {127, 0, 999, 0, true},
        {0x80, 0, 1700000000, 1700000000 * NS, false},
        {0x80 | 1, 0, 3, NS + NS / 2, false},
        {0x80 | 19, 0, 1, 1907, false}, /* 2^-19 s = 1907.3 ns */
        {0x80 | 20, 0, 1, 953, true},
        {0x80 | 32, 0, 0x180000000, NS + NS / 2, true},
        {0x80 | 63, 0, UINT64_MAX, 2 * NS - 1, true},
        {0x80 | 127, 0, UINT64_MAX, 0, true},
        {6, 3600, 5, 3600 * NS + 5000, false},
        {6, -3600, 5, -3600 * NS + 5000, false},
        /* what does not fit is the nearest time that does */
        {0, 0, UINT64_MAX, INT64_MAX, false},
        {0x80, 0, UINT64_MAX, INT64_MAX, false},
        {9, INT64_MAX, UINT64_MAX, INT64_MAX, true},
        {9, INT64_MIN, 0, INT64_MIN + 1, true},
        {9, 0, INT64_MAX, INT64_MAX, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sf_ticks ticks;
        sf_ticks_init(&ticks, cases[i].resolution, cases[i].offset_s);
        assert_int_equal(sf_ticks_to_ns(&ticks, cases[i].count), cases[i].time_ns);
        assert_int_equal(sf_ticks_are_nano(&ticks), cases[i].is_nano);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ticks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
