#include "cli/typed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void test_typed_again(void **state)
{
    static const struct {
        const char *filter, *path;
        const char *typed; /* NULL: cannot be typed again */
    } rows[] = {
        {NULL, "a.pcap", "a.pcap"},
        {NULL, "my file.pcap", "'my file.pcap'"},
        {NULL, "it's.pcap", "'it'\\''s.pcap'"},
        {NULL, "$(reboot)", "'$(reboot)'"},
        {NULL, "-x", "'-x'"},
        {NULL, "-", NULL},
        {"tcp port 80", "a.pcap", "-f 'tcp port 80' a.pcap"},
        {"tcp", "a.pcap", "-f tcp a.pcap"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *paths[1] = {(char *)(uintptr_t)rows[i].path};
        struct sf_request request = {.filter = rows[i].filter, .paths = paths, .n_paths = 1};
        char *typed = sf_typed_input(&request);
        if (rows[i].typed == NULL)
            assert_null(typed);
        else
            assert_string_equal(typed, rows[i].typed);
        free(typed);
    }
}

static void test_too_long_or_live(void **state)
{
    char path[600];
    char *paths[1] = {path};
    struct sf_request file = {.paths = paths, .n_paths = 1};
    struct sf_request live = {.interface = "lo"};
    (void)state;
    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_null(sf_typed_input(&file));
    assert_null(sf_typed_input(&live));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typed_again),
        cmocka_unit_test(test_too_long_or_live),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
