#include "sink/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A format that draws next to nothing, so that what is kept can be looked at. */
static size_t detail_size;

static void draw_row(const struct sf_drawn *drawn)
{
    sf_output_unsigned(drawn->out, drawn->flow->id);
    sf_output_char(drawn->out, ' ');
}

static void draw_detail(const struct sf_drawn *drawn)
{
    sf_output_fill(drawn->out, 'x', detail_size);
}

static void put_page(const struct sf_report *report, const struct sf_totals *input)
{
    struct sf_output *out = report->plain.settings.output;
    (void)input;
    for (size_t i = 0; i < report->n_table; i++)
        sf_output_bytes(out, report->table[i].text, report->table[i].length);
    sf_output_char(out, '|');
    for (size_t i = 0; i < report->n_details; i++) {
        sf_output_unsigned(out, report->details[i].id);
        sf_output_char(out, ' ');
        assert_true(sf_report_details(report, report->details[i].id));
    }
}

static const struct sf_report_format format = {
    .row = draw_row, .detail = draw_detail, .page = put_page};

static void end_flow(struct sf_sink *sink, uint32_t id, int severity)
{
    struct sf_error err = {0};
    const struct sf_found found = {.severity = (uint8_t)severity};
    const struct sf_flow flow = {.id = id, .n_found = severity >= 0, .found = &found};
    const struct sf_event event = {.kind = SF_EVENT_FLOW_END, .flow = &flow};
    assert_int_equal(sink->type->event(sink, &event, &err), 0);
}

static void finish(struct sf_sink *sink)
{
    struct sf_error err = {0};
    static const struct sf_totals totals;
    const struct sf_event event = {.kind = SF_EVENT_TOTALS, .totals = &totals};
    assert_int_equal(sink->type->event(sink, &event, &err), 0);
    sink->type->free(sink);
}

static struct sf_sink *begin(struct sf_output *out)
{
    struct sf_error err = {0};
    struct sf_sink *sink = NULL;
    assert_int_equal(sf_output_init(out, -1), 0);
    const struct sf_sink_settings settings = {.output = out};
    assert_int_equal(sf_report_new(&sink, &format, &settings, &err), 0);
    return sink;
}

/* Connections end in any order: the table is by id, the details are by severity, then by id. */
static void test_order(void **state)
{
    struct sf_output out;
    struct sf_sink *sink = begin(&out);
    (void)state;
    detail_size = 10;
    end_flow(sink, 5, -1);
    end_flow(sink, 2, SF_NOTE);
    end_flow(sink, 4, SF_ERROR);
    end_flow(sink, 1, SF_NOTE);
    end_flow(sink, 3, -1);
    finish(sink);
    sf_output_char(&out, '\0');
    assert_string_equal(out.bytes, "1 2 3 4 5 |4 1 2 3 5 ");
    sf_output_release(&out);
}

/* Of many only the worst 300 are kept, whenever they come. */
static void test_the_worst(void **state)
{
    struct sf_output out;
    struct sf_sink *sink = begin(&out);
    char expected[8192] = "";
    size_t n = 0;
    (void)state;
    detail_size = 10;
    for (uint32_t id = 1000; id >= 1; id--)
        end_flow(sink, id, id % 100 == 0 ? SF_WARNING : -1);
    finish(sink);
    sf_output_char(&out, '\0');
    for (unsigned id = 100; id <= 1000; id += 100)
        n += (size_t)snprintf(expected + n, sizeof expected - n, "%u ", id);
    for (unsigned id = 1, left = SF_DETAILS_MOST - 10; left > 0; id++)
        if (id % 100 != 0) {
            n += (size_t)snprintf(expected + n, sizeof expected - n, "%u ", id);
            left--;
        }
    assert_string_equal(strchr(out.bytes, '|') + 1, expected);
    sf_output_release(&out);
}

/* The details together have a size that they do not exceed, but for one. */
static void test_size(void **state)
{
    struct sf_output out;
    struct sf_sink *sink = begin(&out);
    const struct sf_report *report = (const struct sf_report *)sink;
    (void)state;
    detail_size = SF_DETAILS_SIZE / 4;
    for (uint32_t id = 1; id <= 20; id++)
        end_flow(sink, id, -1);
    assert_int_equal(report->n_details, 4);
    end_flow(sink, 21, SF_ERROR);
    assert_true(report->details_size <= SF_DETAILS_SIZE);
    assert_int_equal(report->n_table, 21);
    finish(sink);
    sf_output_char(&out, '\0');
    assert_string_equal(strchr(out.bytes, '|') + 1, "21 1 2 3 ");
    sf_output_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_the_worst),
        cmocka_unit_test(test_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
