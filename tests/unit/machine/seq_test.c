/* Sequence numbers modulo 2^32: RFC 9293 §3.4. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "machine/seq.h"

static void test_order(void **state)
{
    static const struct {
        uint32_t a, b;
        bool before;
        int32_t distance; /* of a from b */
    } cases[] = {
        {0, 0, false, 0},
        {0, 1, true, -1},
        {1, 0, false, 1},
        {0xffffffff, 0, true, -1}, /* the wrap */
        {0, 0xffffffff, false, 1},
        {0xfffffff0, 0x10, true, -32},
        {0x7fffffff, 0xffffffff, false, INT32_MIN}, /* half the space: neither is ahead */
        {100, 0x80000063, true, -0x7fffffff},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (cases[i].distance != INT32_MIN)
            assert_int_equal(seq_before(cases[i].a, cases[i].b), cases[i].before);
        assert_int_equal(seq_distance(cases[i].a, cases[i].b), cases[i].distance);
        assert_int_equal(seq_not_after(cases[i].a, cases[i].b), cases[i].distance <= 0);
    }
}

static void test_within(void **state)
{
    static const struct {
        uint32_t x, low, high;
        bool within;
    } cases[] = {
        {5, 5, 5, true},
        {4, 5, 5, false},
        {6, 5, 5, false},
        {0, 0xfffffffe, 3, true}, /* around the wrap */
        {0xfffffffe, 0xfffffffe, 3, true},
        {3, 0xfffffffe, 3, true},
        {4, 0xfffffffe, 3, false},
        {0xfffffffd, 0xfffffffe, 3, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(seq_within(cases[i].x, cases[i].low, cases[i].high), cases[i].within);
}

/* SYN and FIN take one number each, and the SYN's stands before the data. */
static void test_segment_numbers(void **state)
{
    static const struct {
        uint16_t flags;
        uint32_t seq, payload, text, end;
    } cases[] = {
        {SF_ACK, 10, 0, 10, 10},
        {SF_ACK, 10, 5, 10, 15},
        {SF_SYN, 10, 0, 11, 11},
        {SF_SYN, 10, 4, 11, 15},
        {SF_FIN | SF_ACK, 10, 0, 10, 11},
        {SF_FIN | SF_ACK, 10, 4, 10, 15},
        {SF_SYN | SF_FIN, 10, 4, 11, 16},
        {SF_SYN, 0xffffffff, 0, 0, 0},
        {SF_FIN | SF_ACK, 0xfffffffe, 1, 0xfffffffe, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sf_segment segment = {
            .flags = cases[i].flags, .seq = cases[i].seq, .payload = cases[i].payload};
        assert_int_equal(segment_text(&segment), cases[i].text);
        assert_int_equal(segment_end(&segment), cases[i].end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_within),
        cmocka_unit_test(test_segment_numbers),
    };
    return cmocka_run_group_tests_name("machine/seq", tests, NULL, NULL);
}
