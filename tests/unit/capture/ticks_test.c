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
        int64_t offset_s;
        uint64_t count;
        int64_t time_ns;
        uint8_t resolution;
        bool is_nano;
    } cases[] = {
        {0, 1700000000, 1700000000 * NS, 0, false},
        {0, 1700000000123, 1700000000 * NS + 123000000, 3, false},
        {0, 1700000000123456, 1700000000 * NS + 123456000, 6, false},
        {0, 17000000001234567, 1700000000 * NS + 123456700, 7, true},
        {0, 1700000000123456789, 1700000000 * NS + 123456789, 9, true},
        {0, 1700000123456789999, 1700000 * NS + 123456789, 12, true}, /* rounded down */
        {0, UINT64_MAX, 1, 28, true}, /* 1.8 × 10^19 × 10^-28 s = 1.8 ns */
        {0, 999, 0, 127, true},
        {0, 1700000000, 1700000000 * NS, 0x80, false},
        {0, 3, NS + NS / 2, 0x80 | 1, false},
        {0, 1, 1907, 0x80 | 19, false}, /* 2^-19 s = 1907.3 ns */
        {0, 1, 953, 0x80 | 20, true},
        {0, 0x180000000, NS + NS / 2, 0x80 | 32, true},
        {0, UINT64_MAX, 2 * NS - 1, 0x80 | 63, true},
        {0, UINT64_MAX, 0, 0x80 | 127, true},
        {3600, 5, 3600 * NS + 5000, 6, false},
        {-3600, 5, -3600 * NS + 5000, 6, false},
        /* what does not fit is the nearest time that does */
        {0, UINT64_MAX, INT64_MAX, 0, false},
        {0, UINT64_MAX, INT64_MAX, 0x80, false},
        {INT64_MAX, UINT64_MAX, INT64_MAX, 9, true},
        {INT64_MIN, 0, INT64_MIN + 1, 9, true},
        {0, INT64_MAX, INT64_MAX, 9, true},
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
