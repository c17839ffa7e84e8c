#include "engine/leavers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "machine/history.h"
#include "machine/machine.h"

enum sort { WRITTEN, EMBRYONIC, HALF_OPEN, CLOSED, ESTABLISHED };

static struct record *add(struct table *table, uint32_t id, enum sort sort, int64_t last_ns)
{
    struct sf_key key;
    memset(&key, 0, sizeof key);
    key.ip = 4;
    key.port[0] = (uint16_t)id;
    struct record *record = sf_table_add(table, &key, id * UINT64_C(0x9e3779b97f4a7c15));
    assert_non_null(record);
    struct sf_flow *flow = &record->flow;
    sf_machine_begin(flow, sf_table_extra(record));
    flow->id = id;
    flow->start_ns = flow->last_ns = last_ns;
    flow->end[0].n_path = flow->end[1].n_path = 1;
    flow->end[0].path[0] = flow->end[1].path[0] = SF_STATE_ESTABLISHED;
    record->is_written = sort == WRITTEN;
    flow->handshake = sort == EMBRYONIC   ? SF_HANDSHAKE_NO_ANSWER
                      : sort == HALF_OPEN ? SF_HANDSHAKE_HALF_OPEN
                                          : SF_HANDSHAKE_COMPLETE;
    flow->history->rst_accepted = sort == CLOSED;
    return record;
}

static void leave(struct table *table, struct record *record)
{
    sf_history_release(record->flow.history);
    sf_table_remove(table, record);
}

/* One after the other leaves, until nobody is left. */
static void test_order(void **state)
{
    (void)state;
    struct leavers leavers = {0};
    struct table *table = sf_table_new(16, sizeof(struct sf_history));
    add(table, 1, ESTABLISHED, 50);
    add(table, 2, CLOSED, 10);
    add(table, 3, EMBRYONIC, 90);
    add(table, 4, WRITTEN, 99);
    add(table, 5, HALF_OPEN, 20);
    add(table, 6, ESTABLISHED, 5);
    add(table, 7, CLOSED, 9);
    add(table, 8, EMBRYONIC, 20);
    static const uint32_t order[] = {4, 5, 8, 3, 7, 2, 6, 1}; /* of equals the elder */
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct record *record = sf_leavers_next(&leavers, table, NULL);
        assert_non_null(record);
        assert_int_equal(record->flow.id, order[i]);
        leave(table, record);
    }
    assert_null(sf_leavers_next(&leavers, table, NULL));
    sf_leavers_free(&leavers);
    sf_table_free(table);
}

/* The order found once is kept; but who moved on meanwhile does not leave by it. */
static void test_moved_on(void **state)
{
    (void)state;
    enum { MANY = 64 };
    struct leavers leavers = {0};
    struct record *record[MANY + 1];
    struct table *table = sf_table_new(MANY, sizeof(struct sf_history));
    for (uint32_t id = 1; id <= MANY; id++)
        record[id] = add(table, id, EMBRYONIC, 100 + id);
    assert_ptr_equal(sf_leavers_next(&leavers, table, NULL), record[1]);
    record[2]->flow.handshake = SF_HANDSHAKE_COMPLETE; /* it was answered */
    record[3]->flow.last_ns = 1000;                    /* it was asked again */
    leave(table, record[4]);                           /* its ports were used again */
    record[4] = add(table, 104, EMBRYONIC, 2000);
    assert_ptr_equal(sf_leavers_next(&leavers, table, NULL), record[5]);
    for (uint32_t id = 1; id <= MANY; id++)
        leave(table, record[id]);
    sf_leavers_free(&leavers);
    sf_table_free(table);
}

/* One that is at work stays, even when it alone would be the next. */
static void test_staying(void **state)
{
    (void)state;
    struct leavers leavers = {0};
    struct table *table = sf_table_new(4, sizeof(struct sf_history));
    struct record *first = add(table, 1, EMBRYONIC, 1);
    assert_null(sf_leavers_next(&leavers, table, first));
    struct record *second = add(table, 2, ESTABLISHED, 2);
    assert_ptr_equal(sf_leavers_next(&leavers, table, first), second);
    assert_ptr_equal(sf_leavers_next(&leavers, table, NULL), first);
    leave(table, first);
    leave(table, second);
    sf_leavers_free(&leavers);
    sf_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_moved_on),
        cmocka_unit_test(test_staying),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
