#include "sink/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "story.h"

/* True to one per cent, from nanoseconds to centuries. */
static void test_quantiles_are_true(void **state)
{
    (void)state;
    for (int64_t ns = 1; ns < INT64_MAX / 6; ns = ns * 5 / 4 + 1) {
        struct sf_quantiles *quantiles = calloc(1, sizeof *quantiles);
        assert_non_null(quantiles);
        sf_quantiles_add(quantiles, ns);
        sf_quantiles_add(quantiles, INT64_MAX); /* keeps the maximum out of the way */
        int64_t middle = sf_quantiles_at(quantiles, 50);
        int64_t distance = middle > ns ? middle - ns : ns - middle;
        assert_true(distance <= ns / 100 + 1);
        free(quantiles);
    }
}

static void test_quantiles(void **state)
{
    (void)state;
    struct sf_quantiles *quantiles = calloc(1, sizeof *quantiles);
    assert_non_null(quantiles);
    assert_int_equal(sf_quantiles_at(quantiles, 50), 0);
    for (int i = 1; i <= 60; i++) /* below 64 ns a bucket is exact */
        sf_quantiles_add(quantiles, i);
    assert_int_equal(sf_quantiles_at(quantiles, 50), 30);
    assert_int_equal(sf_quantiles_at(quantiles, 90), 54);
    assert_int_equal(sf_quantiles_at(quantiles, 99), 60);
    assert_int_equal(sf_quantiles_at(quantiles, 100), 60);
    sf_quantiles_add(quantiles, -5);
    assert_int_equal(quantiles->n, 60); /* a negative one is no duration */
    assert_int_equal(quantiles->bucket[0], 0);
    assert_int_equal(quantiles->max_ns, 60);
    free(quantiles);
}

/* One alone is every quantile, exactly: neither below nor above it. */
static void test_single(void **state)
{
    (void)state;
    for (int64_t ns = 1; ns < INT64_MAX / 6; ns = ns * 5 / 4 + 1) {
        struct sf_quantiles *quantiles = calloc(1, sizeof *quantiles);
        assert_non_null(quantiles);
        sf_quantiles_add(quantiles, ns);
        for (unsigned percent = 1; percent <= 100; percent++)
            assert_int_equal(sf_quantiles_at(quantiles, percent), ns);
        free(quantiles);
    }
}

/* What was repeated tells no round trip; the whole handshake lasted as long as it did. */
static void test_repeats_are_no_round_trips(void **state)
{
    (void)state;
    static const struct {
        uint32_t syn_repeats, synack_repeats;
        uint64_t n_server, n_client;
    } cases[] = {{0, 0, 1, 1}, {1, 0, 0, 1}, {0, 2, 1, 0}, {1, 1, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct story story;
        struct sf_totals *totals = calloc(1, sizeof *totals);
        assert_non_null(totals);
        story_begin(&story, NULL);
        story.flow.syn_ns = 0;
        story.flow.synack_ns = 40;
        story.flow.complete_ns = 50;
        story.flow.end[SF_CLIENT].syn_repeats = cases[i].syn_repeats;
        story.flow.end[SF_SERVER].synack_repeats = cases[i].synack_repeats;
        sf_tally_flow(totals, &story.flow);
        assert_int_equal(totals->rtt_server.n, cases[i].n_server);
        assert_int_equal(totals->rtt_client.n, cases[i].n_client);
        assert_int_equal(totals->rtt_total.n, 1);
        free(totals);
    }
}

static void test_flow(void **state)
{
    (void)state;
    struct story story;
    struct sf_totals *totals = calloc(1, sizeof *totals);
    assert_non_null(totals);
    story_begin(&story, NULL);
    story.flow.handshake = SF_HANDSHAKE_COMPLETE;
    story.flow.close = SF_CLOSE_RESET;
    story.flow.closed_by = SF_SERVER;
    story.flow.syn_ns = 0;
    story.flow.synack_ns = 40;
    story.flow.complete_ns = 50;
    story.flow.end[SF_CLIENT].bytes = 3;
    story.flow.end[SF_SERVER].bytes = 4;
    story.flow.end[SF_CLIENT].retransmissions = 5;
    story.flow.end[SF_SERVER].retransmissions = 6;
    story_found(&story, SF_CODE_KEEPALIVE, SF_CLIENT)->count = 7;
    sf_tally_flow(totals, &story.flow);
    sf_tally_flow(totals, &story.flow);
    assert_int_equal(totals->connections, 2);
    assert_int_equal(totals->handshakes[SF_HANDSHAKE_COMPLETE], 2);
    assert_int_equal(totals->closes[SF_CLOSE_RESET], 2);
    assert_int_equal(totals->closed_by[SF_SERVER], 2);
    assert_int_equal(totals->found[SF_CODE_KEEPALIVE], 2);
    assert_int_equal(totals->found_as[SF_CODE_KEEPALIVE][SF_INFO], 2);
    assert_int_equal(totals->found_as[SF_CODE_KEEPALIVE][SF_NOTE], 0);
    assert_int_equal(totals->found_times[SF_CODE_KEEPALIVE][SF_INFO], 14);
    assert_int_equal(totals->by_severity[SF_INFO], 2);
    assert_int_equal(totals->bytes, 14);
    assert_int_equal(totals->retransmissions, 22);
    assert_int_equal(totals->rtt_server.max_ns, 40);
    assert_int_equal(totals->rtt_client.max_ns, 10);
    assert_int_equal(totals->rtt_total.max_ns, 50);
    free(totals);
}

static void test_strays_do_not_close(void **state)
{
    (void)state;
    struct story story;
    struct sf_totals *totals = calloc(1, sizeof *totals);
    assert_non_null(totals);
    story_begin(&story, NULL);
    story.flow.close = SF_CLOSE_RESET;
    story.flow.handshake = SF_HANDSHAKE_UNSEEN;
    (void)story_found(&story, SF_CODE_STRAY_SEGMENT, SF_CLIENT);
    sf_tally_flow(totals, &story.flow);
    assert_int_equal(totals->connections, 1);
    assert_int_equal(totals->closes[SF_CLOSE_RESET], 0);
    assert_int_equal(totals->rtt_server.n, 0);
    free(totals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantiles_are_true),
        cmocka_unit_test(test_quantiles),
        cmocka_unit_test(test_single),
        cmocka_unit_test(test_repeats_are_no_round_trips),
        cmocka_unit_test(test_flow),
        cmocka_unit_test(test_strays_do_not_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
