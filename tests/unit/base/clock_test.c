#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define AT INT64_C(1785247387123456789) /* 2026-07-28 14:03:07.123456789 UTC */

static void use_zone(const char *zone)
{
    assert_int_equal(setenv("TZ", zone, 1), 0);
    tzset();
}

static void test_moments(void **state)
{
    (void)state;
    static const struct {
        const char *zone; /* POSIX zones: no data base is needed */
        int64_t time_ns;
        unsigned decimals;
        const char *text;
    } cases[] = {
        {"UTC0", AT, 6, "2026-07-28 14:03:07.123456+00:00"},
        {"UTC0", AT, 9, "2026-07-28 14:03:07.123456789+00:00"},
        {"UTC0", AT, 0, "2026-07-28 14:03:07+00:00"},
        {"EAST-5:30", AT, 0, "2026-07-28 19:33:07+05:30"},
        {"WEST3:30", AT, 0, "2026-07-28 10:33:07-03:30"},
        {"FAR-14", AT, 0, "2026-07-29 04:03:07+14:00"},
        {"UTC0", -1, 9, "1969-12-31 23:59:59.999999999+00:00"},
        {"UTC0", INT64_MIN, 9, "1677-09-21 00:12:43.145224192+00:00"},
        {"UTC0", INT64_MAX, 9, "2262-04-11 23:47:16.854775807+00:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SF_CLOCK_SIZE];
        use_zone(cases[i].zone);
        size_t n = sf_clock_moment(text, cases[i].time_ns, cases[i].decimals, ' ');
        assert_string_equal(text, cases[i].text);
        assert_int_equal(n, strlen(text));
    }
}

static void test_days(void **state)
{
    (void)state;
    char text[SF_CLOCK_SIZE];
    use_zone("UTC0");
    struct sf_clock_second second = {0};
    sf_clock_second_of(&second, AT);
    assert_string_equal(second.date, "2026-07-28");
    assert_int_equal(sf_clock_time(text, &second, AT, 6), 15);
    assert_string_equal(text, "14:03:07.123456");
    assert_int_equal(sf_clock_time(text, &second, AT + 1, 0), 8); /* in the same second */
    assert_string_equal(text, "14:03:07");
    assert_int_equal(sf_clock_time(text, &second, AT + INT64_C(1000000000), 9), 18);
    assert_string_equal(text, "14:03:08.123456789");
    assert_int_equal(sf_clock_time(text, &second, -1, 3), 12); /* and back */
    assert_string_equal(text, "23:59:59.999");
    assert_string_equal(second.date, "1969-12-31");
}

static int64_t day_of(int64_t time_ns)
{
    struct sf_clock_second second = {0};
    sf_clock_second_of(&second, time_ns);
    return second.day;
}

static void test_midnight(void **state)
{
    (void)state;
    const int64_t day = INT64_C(86400000000000);
    use_zone("UTC0");
    int64_t midnight = AT / day * day;
    assert_true(day_of(midnight) == day_of(midnight + day - 1));
    assert_true(day_of(midnight) != day_of(midnight - 1));
    assert_true(day_of(AT) != day_of(AT + 365 * day));
}

static void test_durations(void **state)
{
    (void)state;
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {
        {0, "0 ns"},
        {999, "999 ns"},
        {25000, "25 µs"},
        {33300, "33.3 µs"},
        {100000, "0.10 ms"},
        {800000, "0.80 ms"},
        {1100000, "1.10 ms"},
        {12340000, "12.3 ms"},
        {250000000, "250 ms"},
        {INT64_C(1000000000), "1 s"},
        {INT64_C(1025000000), "1.03 s"},
        {INT64_C(60000000000), "60 s"},
        {INT64_C(75200000000), "75.2 s"},
        {INT64_C(125000000000), "2 min 5 s"},
        {INT64_C(3840000000000), "64 min"},
        {INT64_C(7440000000000), "2 h 4 min"},
        {INT64_C(266400000000000), "3 d 2 h"},
        {-INT64_C(2000000000), "2 s"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SF_CLOCK_SIZE];
        size_t n = sf_clock_duration(text, cases[i].ns);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(n, strlen(text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_midnight),
        cmocka_unit_test(test_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
