/* Gaps in a stream: what is counted once, and where the first gap stands. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "machine/holes.h"

static void open_hole(struct holes *holes, uint32_t left, uint32_t right)
{
    struct hole gap = {.left = left, .right = right, .opened_ns = left};
    sf_holes_open(holes, &gap);
}

static void test_fill(void **state)
{
    static const struct {
        uint32_t left, right, octets;
        uint32_t n_left; /* gaps left afterwards, of 100-200 and 300-400 */
    } cases[] = {
        {0, 100, 0, 2},   /* in front of both */
        {200, 300, 0, 2}, /* between them */
        {400, 500, 0, 2}, /* behind */
        {100, 200, 100, 1}, {100, 150, 50, 2},  {150, 200, 50, 2},
        {120, 180, 60, 3}, /* a gap in two */
        {50, 450, 200, 0},  {150, 350, 100, 2}, {199, 301, 2, 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct holes holes;
        memset(&holes, 0, sizeof holes);
        open_hole(&holes, 100, 200);
        open_hole(&holes, 300, 400);
        assert_int_equal(sf_holes_fill(&holes, cases[i].left, cases[i].right, NULL),
                         cases[i].octets);
        assert_int_equal(holes.n, cases[i].n_left);
        /* What was filled is no gap any more. */
        assert_int_equal(sf_holes_fill(&holes, cases[i].left, cases[i].right, NULL), 0);
        sf_holes_free(&holes);
    }
}

static void test_first_gap(void **state)
{
    static const struct {
        uint32_t from;
        bool is_there;
        uint32_t left;
    } cases[] = {
        {0, true, 100},   {100, true, 100}, {150, true, 150},
        {200, true, 300}, {399, true, 399}, {400, false, 0},
    };
    struct holes holes;
    uint32_t left;
    (void)state;
    memset(&holes, 0, sizeof holes);
    open_hole(&holes, 300, 400); /* opened in any order */
    open_hole(&holes, 100, 200);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(sf_holes_first(&holes, cases[i].from, &left), cases[i].is_there);
        if (cases[i].is_there)
            assert_int_equal(left, cases[i].left);
    }
    sf_holes_free(&holes);
}

static void test_wrap(void **state)
{
    struct holes holes;
    struct hole filled;
    uint32_t left;
    (void)state;
    memset(&holes, 0, sizeof holes);
    open_hole(&holes, 0xfffffff0, 0x10);
    assert_true(sf_holes_first(&holes, 0xffffff00, &left));
    assert_int_equal(left, 0xfffffff0);
    assert_int_equal(sf_holes_fill(&holes, 0xfffffff8, 0x8, &filled), 16);
    assert_int_equal(filled.left, 0xfffffff0);
    assert_int_equal(filled.right, 0x10);
    assert_int_equal(holes.n, 2);
    assert_true(sf_holes_first(&holes, 0xfffffff8, &left));
    assert_int_equal(left, 0x8);
    sf_holes_free(&holes);
}

/* However many gaps a capture has, the memory for them is bounded: the oldest are forgotten. */
static void test_bound(void **state)
{
    struct holes holes;
    uint32_t left;
    (void)state;
    memset(&holes, 0, sizeof holes);
    for (uint32_t i = 0; i < 4 * HOLES_MAX; i++)
        open_hole(&holes, 10 * i + 5, 10 * i + 10);
    assert_int_equal(holes.n, HOLES_MAX);
    assert_true(sf_holes_first(&holes, 0, &left));
    assert_int_equal(left, 10 * (3 * HOLES_MAX) + 5);
    /* Cutting a gap in two when there is no room for one more. */
    uint32_t last = 10 * (4 * HOLES_MAX - 1) + 5;
    assert_int_equal(sf_holes_fill(&holes, last + 1, last + 2, NULL), 1);
    assert_int_equal(holes.n, HOLES_MAX);
    sf_holes_free(&holes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fill),
        cmocka_unit_test(test_first_gap),
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_bound),
    };
    return cmocka_run_group_tests_name("machine/holes", tests, NULL, NULL);
}
