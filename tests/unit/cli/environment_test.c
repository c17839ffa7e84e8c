#include "cli/environment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_clean(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
        bool stays;
    } cases[] = {
        {"LANG", "zh_CN.UTF-8", true},
        {"LC_ALL", "C", true},
        {"LC_MESSAGES", "de_DE.UTF-8", true},
        {"LC_CTYPE", "../../tmp/evil", false}, /* a locale of the caller's own making */
        {"LANGUAGE", "zh_CN:en", true},
        {"LANGUAGE", "../../tmp/evil", false},
        {"TERM", "xterm-256color", true},
        {"COLUMNS", "80", true},
        {"NO_COLOR", "1", true},
        {"TZ", "Europe/Berlin", true},
        {"TZ", "EST5EDT,M3.2.0,M11.1.0", true},
        {"TZ", ":/tmp/evil", false},
        {"TZ", "/tmp/evil", false},
        {"TZ", "../../../tmp/evil", false},
        {"SUDO_UID", "1000", true},
        {"SUDO_GID", "1000", true},
        {"SUDO_USER", "me", false},
        {"LD_PRELOAD", "/tmp/evil.so", false},
        {"LOCPATH", "/tmp/evil", false},
        {"NLSPATH", "/tmp/%N", false},
        {"HOSTALIASES", "/tmp/hosts", false},
        {"RES_OPTIONS", "attempts:9", false},
        {"TMPDIR", "/tmp/evil", false},
        {"MALLOC_TRACE", "/tmp/evil", false},
        {"GCONV_PATH", "/tmp/evil", false},
        {"PATH", "/bin", false},
        {"HOME", "/root", false},
        {"L", "1", false},
        {"LANGX", "1", false},
        {"TERMINFO", "/tmp/evil", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(clearenv(), 0);
        assert_int_equal(setenv("A", "1", 1), 0);
        assert_int_equal(setenv(cases[i].name, cases[i].value, 1), 0);
        assert_int_equal(setenv("TERM", "dumb", 0), 0);
        sf_environment_clean();
        assert_null(getenv("A"));
        const char *left = getenv(cases[i].name);
        if (cases[i].stays)
            assert_string_equal(left, cases[i].value);
        else
            assert_null(left);
        assert_non_null(getenv("TERM")); /* what stood behind it is still there */
    }
}

static void test_empty(void **state)
{
    (void)state;
    assert_int_equal(clearenv(), 0);
    sf_environment_clean();
    assert_null(getenv("PATH"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
