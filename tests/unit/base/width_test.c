#include "base/width.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_widths(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t columns;
    } cases[] = {
        {"", 0},
        {"SYN,ACK", 7},
        {"──▶ ✓ …", 7},
        {"三次握手", 8},         /* East Asian Wide */
        {"é", 1},                /* one code point */
        {"e\xcc\x81", 1},        /* letter and combining acute */
        {"한글", 4},             /* Hangul syllables */
        {"ﾊﾛ", 2},               /* halfwidth katakana */
        {"\xff\xfe", 2},         /* no UTF-8: a column for each byte */
        {"a\x1b[0m", 4},         /* ESC itself takes none */
        {"\xf0\x9f\x98\x80", 2}, /* a face */
        {"\xf0\xa0\x80\x80", 2}, /* CJK extension B */
        {"\xe4\xb8", 2},         /* cut within a character: two bytes */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(sf_width(cases[i].text), cases[i].columns);
}

static void test_fit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t columns, bytes, used;
    } cases[] = {
        {"abc", 2, 2, 2},        {"abc", 9, 3, 3},
        {"三次", 3, 3, 2},       /* half a character does not fit */
        {"e\xcc\x81x", 1, 3, 1}, /* the accent stays with its letter */
        {"abc", 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t used = 99;
        assert_int_equal(sf_width_fit(cases[i].text, cases[i].columns, &used), cases[i].bytes);
        assert_int_equal(used, cases[i].used);
    }
}

static void test_code_points(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t point;
        size_t length;
    } cases[] = {
        {"A", 'A', 1},
        {"\xc2\xa7", 0xa7, 2},
        {"\xe2\x86\x92", 0x2192, 3},
        {"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
        {"\xf4\x90\x80\x80", 0xfffd, 1}, /* beyond Unicode */
        {"\xe0\x80\x80", 0xfffd, 1},     /* too long a form */
        {"\x80", 0xfffd, 1},
        {"\xe2\x86", 0xfffd, 1}, /* the end comes too early */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = 0;
        assert_int_equal(sf_utf8_next(cases[i].text, &length), cases[i].point);
        assert_int_equal(length, cases[i].length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
