#include "cli/chosen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/worst.h"

static void tell(struct sf_sink *sink, enum sf_event_kind kind, uint32_t id, uint64_t number)
{
    struct sf_flow flow = {.id = id};
    struct sf_segment segment = {.number = number};
    struct sf_event event = {.kind = kind, .flow = &flow, .segment = &segment};
    assert_int_equal(sink->type->event(sink, &event, NULL), 0);
}

static struct sf_selection *select_ids(const char *expression)
{
    struct sf_selection *selection = NULL;
    assert_int_equal(sf_selection_new(&selection, NULL), 0);
    assert_int_equal(sf_selection_add(selection, expression, NULL), 0);
    return selection;
}

/* A held SYN is told with its old connection first, and last with the one where it went. */
static void test_packets_of_chosen_flows(void **state)
{
    struct sf_selection *selection = select_ids("id=2,70000");
    struct sf_chosen chosen;
    (void)state;
    sf_chosen_init(&chosen, selection, true);
    tell(&chosen.sink, SF_EVENT_SEGMENT, 1, 1);
    tell(&chosen.sink, SF_EVENT_SEGMENT, 2, 2);
    tell(&chosen.sink, SF_EVENT_SEGMENT, 1, 3);
    tell(&chosen.sink, SF_EVENT_SEGMENT, 2, 3);
    tell(&chosen.sink, SF_EVENT_SEGMENT, 70000, 100000);
    tell(&chosen.sink, SF_EVENT_ICMP, 2, 5);
    tell(&chosen.sink, SF_EVENT_ICMP, 1, 6);
    tell(&chosen.sink, SF_EVENT_FLOW_END, 70000, 0);
    tell(&chosen.sink, SF_EVENT_FLOW_END, 1, 0);
    tell(&chosen.sink, SF_EVENT_FLOW_END, 2, 0);
    assert_false(sf_chosen_has_packet(&chosen, 0));
    assert_false(sf_chosen_has_packet(&chosen, 1));
    assert_true(sf_chosen_has_packet(&chosen, 2));
    assert_true(sf_chosen_has_packet(&chosen, 3));
    assert_false(sf_chosen_has_packet(&chosen, 4));
    assert_true(sf_chosen_has_packet(&chosen, 5)); /* the error goes with its connection */
    assert_false(sf_chosen_has_packet(&chosen, 6));
    assert_true(sf_chosen_has_packet(&chosen, 100000));
    assert_false(sf_chosen_has_packet(&chosen, UINT64_MAX));
    assert_false(sf_chosen_has_flow(&chosen, 0));
    assert_true(sf_chosen_has_flow(&chosen, 70000));
    assert_false(sf_chosen_has_flow(&chosen, UINT32_MAX));
    sf_chosen_release(&chosen);
    sf_selection_free(selection);
}

static void test_worst_severity(void **state)
{
    struct sf_found found[] = {
        {.severity = SF_NOTE}, {.severity = SF_WARNING}, {.severity = SF_INFO}};
    struct sf_flow flow = {.n_found = 1, .found = found};
    struct sf_event event = {.kind = SF_EVENT_FLOW_END, .flow = &flow};
    struct sf_worst worst;
    (void)state;
    sf_worst_init(&worst);
    assert_int_equal(worst.severity, SF_INFO);
    worst.sink.type->event(&worst.sink, &event, NULL);
    assert_int_equal(worst.severity, SF_NOTE);
    flow.n_found = 3;
    worst.sink.type->event(&worst.sink, &event, NULL);
    assert_int_equal(worst.severity, SF_WARNING);
    flow.n_found = 1;
    worst.sink.type->event(&worst.sink, &event, NULL);
    assert_int_equal(worst.severity, SF_WARNING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packets_of_chosen_flows),
        cmocka_unit_test(test_worst_severity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
