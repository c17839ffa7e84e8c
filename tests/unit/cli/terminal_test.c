#include "cli/terminal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

static void test_columns(void **state)
{
    static const struct {
        const char *columns; /* NULL: not set */
        unsigned width;
    } rows[] = {
        {NULL, 80}, {"", 80},     {"100", 100}, {"-5", 80},      {"0", 80},
        {"x", 80},  {"100x", 80}, {"10", 40},   {"99999", 1000},
    };
    struct sf_request request = {0};
    int file = open("/dev/null", O_WRONLY);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].columns != NULL)
            setenv("COLUMNS", rows[i].columns, 1);
        else
            unsetenv("COLUMNS");
        assert_int_equal(sf_look_at(&request, file).width, rows[i].width);
    }
    close(file);
}

/* A file gets colour only when it is asked for; characters follow the locale and --ascii. */
static void test_color_and_characters(void **state)
{
    struct sf_request request = {.color = SF_COLOR_AUTO};
    int file = open("/dev/null", O_WRONLY);
    (void)state;
    assert_non_null(setlocale(LC_ALL, "C"));
    assert_false(sf_look_at(&request, file).color);
    assert_true(sf_look_at(&request, file).ascii);
    request.color = SF_COLOR_ALWAYS;
    assert_true(sf_look_at(&request, file).color);
    request.color = SF_COLOR_NEVER;
    assert_false(sf_look_at(&request, file).color);
    assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
    assert_false(sf_look_at(&request, file).ascii);
    request.ascii = true;
    assert_true(sf_look_at(&request, file).ascii);
    close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_color_and_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
