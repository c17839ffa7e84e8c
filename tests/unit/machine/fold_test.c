/*
 * Tests of machine/fold: where an end may have moved on unseen. What is expected follows from
 * RFC 9293 figure 5: which states a FIN, said or heard, can lead out of.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "machine/fold.h"
#include "machine/history.h"
#include "machine/machine.h"

#define MAX 1000u /* what each end has sent and acknowledged up to */

static const enum sf_side me = SF_CLIENT, other = SF_SERVER;

struct connection {
    struct sf_flow flow;
    struct sf_history history;
};

/* Both ends were seen, both in `state`, with nothing missing. */
static void begin(struct connection *connection, enum sf_state state)
{
    memset(connection, 0, sizeof *connection);
    sf_machine_begin(&connection->flow, &connection->history);
    for (int side = 0; side < 2; side++) {
        struct sf_end *end = &connection->flow.end[side];
        end->known = SF_KNOWS_SEQ | SF_KNOWS_RCV | SF_KNOWS_TTL;
        end->max = end->rcv = MAX;
        end->path[0] = (uint8_t)state;
        end->n_path = 1;
    }
}

/* The last octet that `side` has sent, as the other end's acknowledgment shows, never passed. */
static void miss_last(struct connection *connection, enum sf_side side)
{
    struct hole gap = {.left = MAX - 1u, .right = MAX};
    sf_holes_open(&connection->history.end[side].holes, &gap);
}

static bool may_be_past(struct connection *connection)
{
    bool answer = sf_fold_may_be_past(&connection->flow, me);
    for (int side = 0; side < 2; side++)
        sf_holes_free(&connection->history.end[side].holes);
    return answer;
}

/* Where CLOSE leads on, the octet that is missing may have been this end's own FIN; where a FIN
 * that is heard does, the other end's. */
static void test_missing_octet(void **state)
{
    static const struct {
        enum sf_state state;
        bool by_own, by_other;
    } cases[] = {
        {SF_STATE_ESTABLISHED, true, true}, {SF_STATE_CLOSE_WAIT, true, false},
        {SF_STATE_FIN_WAIT_1, false, true}, {SF_STATE_CLOSING, false, false},
        {SF_STATE_LAST_ACK, false, false},  {SF_STATE_TIME_WAIT, false, false},
        {SF_STATE_CLOSED, false, false},
    };
    struct connection connection;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin(&connection, cases[i].state);
        assert_false(may_be_past(&connection));
        begin(&connection, cases[i].state);
        miss_last(&connection, me);
        assert_int_equal(may_be_past(&connection), cases[i].by_own);
        begin(&connection, cases[i].state);
        miss_last(&connection, other);
        assert_int_equal(may_be_past(&connection), cases[i].by_other);
    }
}

/* Of an end that does not pass here, any FIN may have been heard. */
static void test_alone(void **state)
{
    static const enum sf_state hears[] = {SF_STATE_ESTABLISHED, SF_STATE_FIN_WAIT_1};
    struct connection connection;
    (void)state;
    for (size_t i = 0; i < sizeof hears / sizeof hears[0]; i++) {
        begin(&connection, hears[i]);
        connection.flow.end[other].known = 0;
        assert_true(may_be_past(&connection));
    }
    begin(&connection, SF_STATE_CLOSE_WAIT);
    connection.flow.end[other].known = 0;
    assert_false(may_be_past(&connection));
}

/* Where the capture begins later, only octets that came up to the last number show that neither FIN
 * came before. */
static void test_midstream(void **state)
{
    struct connection connection;
    (void)state;
    for (unsigned shown = 0; shown < 4; shown++) {
        begin(&connection, SF_STATE_ESTABLISHED);
        connection.history.is_midstream = true;
        for (unsigned side = 0; side < 2; side++) {
            connection.flow.end[side].bytes = shown >> side & 1u;
            connection.history.end[side].payload_end = MAX;
        }
        assert_int_equal(may_be_past(&connection), shown != 3);
    }
}

/* An end that answers plainly may be past SYN_RCVD, unless data on a SYN explains that. */
static void test_syn_rcvd(void **state)
{
    struct connection connection;
    (void)state;
    begin(&connection, SF_STATE_SYN_RCVD);
    assert_false(may_be_past(&connection));
    connection.history.end[me].spoke_plainly = true;
    assert_true(may_be_past(&connection));
    connection.history.end[other].syn_payload = 1;
    assert_false(may_be_past(&connection));
}

/* What cannot have come in time leaves a doubt until it is told; nothing leads out of CLOSED. */
static void test_unsure(void **state)
{
    struct connection connection;
    (void)state;
    begin(&connection, SF_STATE_LAST_ACK);
    connection.history.end[me].unsure_ns = 1;
    assert_true(may_be_past(&connection));
    connection.history.end[me].unsure_is_told = true;
    assert_false(may_be_past(&connection));
    begin(&connection, SF_STATE_CLOSED);
    connection.history.end[me].unsure_ns = 1;
    assert_false(may_be_past(&connection));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing_octet), cmocka_unit_test(test_alone),
        cmocka_unit_test(test_midstream),     cmocka_unit_test(test_syn_rcvd),
        cmocka_unit_test(test_unsure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
