#include "sink/only.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "story.h"

static int add(struct sf_selection *selection, const char *expression)
{
    struct sf_error err = {0};
    return sf_selection_add(selection, expression, &err);
}

/* 10.0.0.1:41000 → 10.0.0.2:80, id 1, complete, four segments, a warning. */
static void make_flow(struct story *story)
{
    story_begin(story, NULL);
    story->flow.handshake = SF_HANDSHAKE_COMPLETE;
    story->flow.close = SF_CLOSE_FOUR_SEGMENT;
    story_found(story, SF_CODE_KEEPALIVE, SF_CLIENT)->severity = SF_INFO;
    story_found(story, SF_CODE_FINAL_ACK_LOST, SF_CLIENT)->severity = SF_WARNING;
}

static void test_matches(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second;
        bool matches, is_early;
    } cases[] = {
        {NULL, NULL, true, true},
        {"anomalous", NULL, true, false},
        {"handshake=complete", NULL, true, false},
        {"handshake=refused,reset", NULL, false, false},
        {"handshake=refused,complete", NULL, true, false},
        {"handshake=refused,close=four_segment", NULL, true, false},
        {"close=reset", NULL, false, false},
        {"finding=FINAL_ACK_LOST", NULL, true, false},
        {"finding=final_ack_lost", NULL, true, false},
        {"finding=CLOSING", NULL, false, false},
        {"client=10.0.0.0/8", NULL, true, true},
        {"client=10.0.0.2", NULL, false, true},
        {"server=10.0.0.2", NULL, true, true},
        {"server=2001:db8::/32", NULL, false, true},
        {"port=80", NULL, true, true},
        {"port=41000", NULL, true, true},
        {"port=443,8080", NULL, false, true},
        {"ip=4", NULL, true, true},
        {"ip=6", NULL, false, true},
        {"id=3,17", NULL, false, false},
        {"id=3,1", NULL, true, false},
        {"port=80", "ip=6", false, true},
        {"port=80", "ip=4", true, true},
        {"port=80", "anomalous", true, false},
        {"port=443", "anomalous", false, false},
        {"port=443,anomalous", NULL, true, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct story story;
        struct sf_selection *selection;
        make_flow(&story);
        assert_int_equal(sf_selection_new(&selection, NULL), 0);
        if (cases[i].first != NULL)
            assert_int_equal(add(selection, cases[i].first), 0);
        if (cases[i].second != NULL)
            assert_int_equal(add(selection, cases[i].second), 0);
        assert_int_equal(sf_selection_matches(selection, &story.flow), cases[i].matches);
        assert_int_equal(sf_selection_is_early(selection), cases[i].is_early);
        sf_selection_free(selection);
    }
}

static void test_which_end_is_the_client(void **state)
{
    (void)state;
    struct story story;
    struct sf_selection *selection;
    make_flow(&story);
    story.flow.client = 1;
    assert_int_equal(sf_selection_new(&selection, NULL), 0);
    assert_int_equal(add(selection, "client=10.0.0.2"), 0);
    assert_true(sf_selection_matches(selection, &story.flow));
    sf_selection_free(selection);
}

static void test_info_is_no_anomaly(void **state)
{
    (void)state;
    struct story story;
    struct sf_selection *selection;
    make_flow(&story);
    story.flow.n_found = 1; /* KEEPALIVE alone */
    assert_int_equal(sf_selection_new(&selection, NULL), 0);
    assert_int_equal(add(selection, "anomalous"), 0);
    assert_false(sf_selection_matches(selection, &story.flow));
    sf_selection_free(selection);
}

static void test_complaints(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *says;
    } cases[] = {
        {"", "--only does not know ''"},
        {"anomalus", "--only does not know 'anomalus'"},
        {"state=open", "--only does not know 'state=open'"},
        {"anomalous,refused", "--only does not know 'refused'"},
        {"anomalous=1", "--only does not know 'anomalous=1'"},
        {"handshake=refuse", "--only handshake='refuse': wanted is complete, simultaneous"},
        {"close=", "--only close='': wanted is four_segment"},
        {"finding=LOST", "--only finding='LOST': wanted is a code such as FINAL_ACK_LOST"},
        {"client=10.0.0.0/40", "--only client='10.0.0.0/40': wanted is an address"},
        {"server=www", "--only server='www': wanted is an address"},
        {"port=65536", "--only port='65536': wanted is a number up to 65535"},
        {"port=", "--only port='': wanted is a number"},
        {"ip=5", "--only ip='5': wanted is 4 or 6"},
        {"id=0", "--only id='0': wanted is the number of a connection"},
        {"id=99999999999999999999", "--only id='99999999999999999999'"},
        {"port=80,", "--only port='': wanted is a number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sf_selection *selection;
        struct sf_error err = {0};
        assert_int_equal(sf_selection_new(&selection, NULL), 0);
        assert_int_equal(sf_selection_add(selection, cases[i].expression, &err), SF_E_USAGE);
        assert_memory_equal(err.text, cases[i].says, strlen(cases[i].says));
        assert_true(sf_selection_is_early(selection)); /* nothing of it was taken */
        sf_selection_free(selection);
    }
}

/* ---- the sink ---------------------------------------------------------------------------------
 */

struct counter {
    struct sf_sink sink;
    unsigned n[SF_EVENT_TOTALS + 1];
};

static int count(struct sf_sink *sink, const struct sf_event *event, struct sf_error *err)
{
    (void)err;
    ((struct counter *)sink)->n[event->kind]++;
    return 0;
}

static const struct sf_sink_type waits = {
    .name = "waits",
    .wants = SF_WANTS(SF_EVENT_SEGMENT) | SF_WANTS(SF_EVENT_FLOW_END) |
             SF_WANTS(SF_EVENT_FLOW_DROP) | SF_WANTS(SF_EVENT_TOTALS),
    .event = count,
};

static const struct sf_sink_type rows_only = {
    .name = "rows", .wants = SF_WANTS(SF_EVENT_FLOW_END), .event = count};

static const struct sf_sink_type streams = {
    .name = "streams", .wants = SF_WANTS(SF_EVENT_SEGMENT), .event = count};

/* Plays the connection through --only `expression` to a sink of that type. */
static struct counter play(const struct sf_sink_type *type, const char *expression,
                           const uint8_t *ids, size_t n_ids)
{
    struct counter counter = {.sink.type = type};
    struct sf_selection *selection;
    struct sf_sink *only;
    struct story story;
    assert_int_equal(sf_selection_new(&selection, NULL), 0);
    assert_int_equal(add(selection, expression), 0);
    assert_int_equal(sf_only_new(&only, selection, &counter.sink, NULL), 0);
    if (ids != NULL)
        sf_only_use_ids(only, ids, n_ids);
    story_of_lost_ack(&story, only);
    const struct sf_event totals = {.kind = SF_EVENT_TOTALS};
    assert_int_equal(only->type->event(only, &totals, NULL), 0);
    only->type->free(only);
    sf_selection_free(selection);
    return counter;
}

#define SEGMENTS 23 /* of story_of_lost_ack */

static void test_hands_on(void **state)
{
    (void)state;
    struct counter counter = play(&waits, "anomalous", NULL, 0);
    assert_int_equal(counter.n[SF_EVENT_SEGMENT], SEGMENTS);
    assert_int_equal(counter.n[SF_EVENT_FLOW_END], 1);
    assert_int_equal(counter.n[SF_EVENT_FLOW_DROP], 0);
    assert_int_equal(counter.n[SF_EVENT_TOTALS], 1);
    counter = play(&waits, "port=443", NULL, 0);
    assert_int_equal(counter.n[SF_EVENT_SEGMENT], SEGMENTS);
    assert_int_equal(counter.n[SF_EVENT_FLOW_END], 0);
    assert_int_equal(counter.n[SF_EVENT_FLOW_DROP], 1);
}

static void test_rows_that_are_not_wanted(void **state)
{
    (void)state;
    struct counter counter = play(&rows_only, "port=443", NULL, 0);
    assert_int_equal(counter.n[SF_EVENT_FLOW_END], 0);
    assert_int_equal(counter.n[SF_EVENT_FLOW_DROP], 0); /* it does not want to hear of it */
    assert_int_equal(counter.n[SF_EVENT_TOTALS], 0);
}

static void test_stream_is_filtered(void **state)
{
    (void)state;
    static const uint8_t second = 1u << 2, first = 1u << 1;
    assert_int_equal(play(&streams, "port=80", NULL, 0).n[SF_EVENT_SEGMENT], SEGMENTS);
    assert_int_equal(play(&streams, "port=443", NULL, 0).n[SF_EVENT_SEGMENT], 0);
    assert_int_equal(play(&streams, "anomalous", &first, 8).n[SF_EVENT_SEGMENT], SEGMENTS);
    assert_int_equal(play(&streams, "anomalous", &second, 8).n[SF_EVENT_SEGMENT], 0);
    assert_int_equal(play(&streams, "anomalous", &first, 1).n[SF_EVENT_SEGMENT], 0);
}

/* An ICMP error goes with its connection. */
static void test_errors_are_filtered(void **state)
{
    (void)state;
    static const struct sf_sink_type takes_errors = {
        .name = "errors", .wants = SF_WANTS(SF_EVENT_ICMP), .event = count};
    static const char *const expressions[] = {"port=80", "port=443"};
    for (int i = 0; i < 2; i++) {
        struct counter counter = {.sink.type = &takes_errors};
        struct sf_selection *selection;
        struct sf_sink *only;
        struct story story;
        assert_int_equal(sf_selection_new(&selection, NULL), 0);
        assert_int_equal(add(selection, expressions[i]), 0);
        assert_int_equal(sf_only_new(&only, selection, &counter.sink, NULL), 0);
        story_begin(&story, only);
        story_segment(&story, 0, SF_CLIENT, SF_SYN, 0, 0, 0, 0, 0);
        story_tell_icmp(&story, 3, 13, SF_ICMP_FORBIDDEN, 0);
        assert_int_equal(counter.n[SF_EVENT_ICMP], i == 0 ? 1 : 0);
        only->type->free(only);
        sf_selection_free(selection);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_are_filtered),
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_which_end_is_the_client),
        cmocka_unit_test(test_info_is_no_anomaly),
        cmocka_unit_test(test_complaints),
        cmocka_unit_test(test_hands_on),
        cmocka_unit_test(test_rows_that_are_not_wanted),
        cmocka_unit_test(test_stream_is_filtered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
