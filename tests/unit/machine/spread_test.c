/*
 * Tests of machine/spread: what falls out of a window, what a clock that jumps does, and that
 * counts are never more than the truth.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "machine/spread.h"

#define SECOND_NS INT64_C(1000000000)
#define MINUTE_NS (60 * SECOND_NS)

static uint32_t add(struct spread *spread, uint64_t value, int64_t second)
{
    return sf_spread_add(spread, value, 0, second * SECOND_NS, MINUTE_NS);
}

static void test_window(void **state)
{
    struct spread spread = {.n = 0};
    (void)state;
    assert_int_equal(add(&spread, 1, 100), 1);
    assert_int_equal(add(&spread, 2, 110), 2);
    assert_int_equal(add(&spread, 2, 120), 2); /* the same again */
    assert_int_equal(add(&spread, 3, 160), 3); /* 1 is just a minute old */
    assert_int_equal(add(&spread, 4, 161), 3); /* 1 is out */
    assert_int_equal(sf_spread_since(&spread), 120 * SECOND_NS);
    assert_int_equal(add(&spread, 5, 300), 1);
    sf_spread_drop(&spread, 5);
    sf_spread_drop(&spread, 6); /* is not there */
    assert_int_equal(spread.n, 0);
}

static void test_full(void **state)
{
    struct spread spread = {.n = 0};
    (void)state;
    for (uint32_t i = 0; i < 1000; i++)
        add(&spread, i, 100 + i / 100);
    assert_int_equal(spread.n, SPREAD_MAX);
    sf_spread_drop(&spread, 999); /* the latest are kept */
    assert_int_equal(spread.n, SPREAD_MAX - 1);
}

/* A little disorder is fine; a clock that was set back begins anew. */
static void test_clock(void **state)
{
    struct spread spread = {.n = 0};
    (void)state;
    add(&spread, 1, 1000);
    assert_int_equal(add(&spread, 2, 999), 2);
    assert_int_equal(add(&spread, 3, 10), 1);
    assert_int_equal(add(&spread, 4, 11), 2);
}

static void test_span(void **state)
{
    struct span span = {.is_set = false};
    (void)state;
    assert_false(sf_span_has(&span, 0));
    sf_span_hold(&span, 10, 20);
    assert_true(sf_span_has(&span, 10));
    assert_true(sf_span_has(&span, 20));
    assert_false(sf_span_has(&span, 9));
    assert_false(sf_span_has(&span, 21));
    sf_span_hold(&span, 15, 30); /* goes on */
    assert_true(sf_span_has(&span, 10));
    sf_span_hold(&span, 100, 110); /* another one */
    assert_false(sf_span_has(&span, 10));
    assert_true(sf_span_has(&span, 105));
}

static uint32_t sum(const struct recent *recent, int64_t second)
{
    return sf_recent_sum(recent, second * SECOND_NS, 30 * SECOND_NS);
}

static void count(struct recent *recent, int32_t n, int64_t second)
{
    sf_recent_add(recent, n, second * SECOND_NS, 30 * SECOND_NS);
}

static void test_recent(void **state)
{
    struct recent recent = {.slot = 0};
    (void)state;
    count(&recent, 5, 1000);
    count(&recent, 2, 1019); /* the same slot ends at 1020 */
    assert_int_equal(sum(&recent, 1019), 7);
    assert_int_equal(sum(&recent, 1079), 7); /* two slots on */
    assert_int_equal(sum(&recent, 1080), 0);
    count(&recent, 1, 1050);
    count(&recent, -3, 1001);
    assert_int_equal(sum(&recent, 1050), 5);
    count(&recent, -100, 1050); /* never below nothing */
    assert_int_equal(sum(&recent, 1050), 4);
    count(&recent, 1, 5); /* set back */
    assert_int_equal(sum(&recent, 5), 1);
    count(&recent, 1, -400); /* before 1970 */
    assert_int_equal(sum(&recent, -400), 1);
}

/* Neighbours never share a bit; strangers may, and then count once. */
static void test_breadth(void **state)
{
    static struct breadth breadth;
    (void)state;
    for (uint32_t i = 0; i < 1000; i++)
        assert_true(sf_breadth_add(&breadth, 60000 + i));
    assert_false(sf_breadth_add(&breadth, 60000));
    assert_int_equal(breadth.n, 1000);
    assert_false(breadth.may_be_more); /* 57344 … 65535 are one block */
    for (uint32_t i = 0; i < 65536; i++)
        sf_breadth_add(&breadth, i);
    assert_int_equal(breadth.n, BREADTH_BITS);
    assert_true(breadth.may_be_more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_window), cmocka_unit_test(test_full),
        cmocka_unit_test(test_clock),  cmocka_unit_test(test_span),
        cmocka_unit_test(test_recent), cmocka_unit_test(test_breadth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
