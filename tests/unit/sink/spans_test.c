#include "sink/spans.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ROW(time, side)                                                                            \
    {                                                                                              \
        .time_ns = (time), .sender = (side)                                                        \
    }

static void test_until_whose_segment(void **state)
{
    struct sf_row row[] = {ROW(0, SF_CLIENT), ROW(10, SF_SERVER), ROW(11, SF_CLIENT),
                           ROW(50, SF_SERVER), ROW(90, SF_CLIENT)};
    struct sf_rows rows = {.rows = row, .n = 5};
    struct sf_span spans[SF_ROWS_MAX];
    (void)state;
    row[3].before.n = 2;      /* data went by in between */
    row[4].is_silence = true; /* and nothing came any more */
    assert_int_equal(sf_spans_of(&rows, spans), 4);
    static const struct sf_span expected[] = {{SF_SPAN_SERVER, 0, 10},
                                              {SF_SPAN_CLIENT, 10, 11},
                                              {SF_SPAN_FOLDED, 11, 50},
                                              {SF_SPAN_SILENCE, 50, 90}};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(spans[i].kind, expected[i].kind);
        assert_int_equal(spans[i].from_ns, expected[i].from_ns);
        assert_int_equal(spans[i].to_ns, expected[i].to_ns);
    }
}

/* The parts never overlap: their sum is the whole, whatever the order of the capture. */
static void test_out_of_order(void **state)
{
    struct sf_row row[] = {ROW(100, SF_CLIENT), ROW(120, SF_SERVER), ROW(110, SF_CLIENT),
                           ROW(120, SF_CLIENT), ROW(130, SF_SERVER)};
    struct sf_rows rows = {.rows = row, .n = 5};
    struct sf_span spans[SF_ROWS_MAX];
    int64_t sum = 0;
    (void)state;
    size_t n = sf_spans_of(&rows, spans);
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++)
        sum += spans[i].to_ns - spans[i].from_ns;
    assert_int_equal(sum, 30);
}

static void test_nothing(void **state)
{
    struct sf_row row[] = {ROW(7, SF_CLIENT)};
    struct sf_rows rows = {.rows = row, .n = 1};
    struct sf_span spans[SF_ROWS_MAX];
    (void)state;
    assert_int_equal(sf_spans_of(&rows, spans), 0);
    rows.n = 0;
    assert_int_equal(sf_spans_of(&rows, spans), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_until_whose_segment),
        cmocka_unit_test(test_out_of_order),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
