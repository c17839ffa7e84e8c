#include "base/breaks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_where_lines_end(void **state)
{
    static const struct {
        const char *text;
        size_t columns, bytes;
    } rows[] = {
        {"", 5, 0},
        {"all of it", 20, 9},
        {"all of it", 9, 9},
        {"all of it", 8, 6},
        {"all of it", 3, 3},
        {"all of it", 2, 0},   /* the first word is too wide */
        {"wait 60 s", 8, 4},   /* not between a number and its unit */
        {"with x = 12", 9, 4}, /* nor within an equation */
        {"三次握手", 8, 12},   /* wide characters take two columns, three bytes */
        {"三次握手", 5, 6},    /* and need no blanks */
        {"SYN 三次", 6, 7},
        {"三次。握", 5, 3}, /* what closes begins no line */
        {"三（次）", 5, 3}, /* what opens ends none */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(sf_break_before(rows[i].text, rows[i].columns), rows[i].bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_lines_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
