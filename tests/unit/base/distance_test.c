#include "base/distance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_word_distance(void **state)
{
    static const struct {
        const char *a, *b;
        unsigned distance;
    } rows[] = {
        {"", "", 0},
        {"ladder", "ladder", 0},
        {"lader", "ladder", 1},
        {"laddder", "ladder", 1},
        {"latter", "ladder", 2},
        {"aldder", "ladder", 1},
        {"", "dump", 4},
        {"flow", "flows", 1},
        {"stats", "dump", 5},
        {"this-word-is-longer-than-any-option", "dump", 99},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(sf_word_distance(rows[i].a, rows[i].b), rows[i].distance);
        assert_int_equal(sf_word_distance(rows[i].b, rows[i].a), rows[i].distance);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_word_distance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
