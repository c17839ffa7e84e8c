/* Deadlines come in the order of time, then of ids. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "track/timers.h"

static void test_order(void **state)
{
    enum { N = 5000 };
    struct timers timers;
    struct timer due;
    uint32_t random = 12345; /* a fixed seed */
    (void)state;
    memset(&timers, 0, sizeof timers);
    for (uint32_t i = 0; i < N; i++) {
        random = random * 1664525u + 1013904223u;
        struct timer timer = {.due_ns = random >> 22, .id = i, .slot = i};
        assert_true(sf_timers_add(&timers, &timer));
    }
    assert_false(sf_timers_take(&timers, -1, &due));
    int64_t last_ns = -1;
    uint32_t last_id = 0;
    for (uint32_t i = 0; i < N; i++) {
        assert_true(sf_timers_take(&timers, INT64_MAX, &due));
        assert_true(due.due_ns > last_ns || (due.due_ns == last_ns && due.id > last_id));
        last_ns = due.due_ns;
        last_id = due.id;
    }
    assert_false(sf_timers_take(&timers, INT64_MAX, &due));
    sf_timers_free(&timers);
}

static void test_not_yet(void **state)
{
    struct timers timers;
    struct timer timer = {.due_ns = 100, .id = 1}, due;
    (void)state;
    memset(&timers, 0, sizeof timers);
    assert_true(sf_timers_add(&timers, &timer));
    assert_false(sf_timers_take(&timers, 99, &due));
    assert_true(sf_timers_take(&timers, 100, &due));
    assert_int_equal(due.id, 1);
    sf_timers_free(&timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_not_yet),
    };
    return cmocka_run_group_tests_name("track/timers", tests, NULL, NULL);
}
