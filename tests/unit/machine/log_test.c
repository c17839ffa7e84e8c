/* The log of what an end said and heard. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "machine/log.h"

static struct entry numbered(uint64_t number)
{
    return (struct entry){.number = number};
}

static void expect(const struct log *log, const char *numbers)
{
    assert_int_equal(log->n, strlen(numbers));
    for (unsigned i = 0; i < log->n; i++)
        assert_int_equal(log->entry[i].number, numbers[i] - '0');
}

static void test_order(void **state)
{
    struct log log;
    (void)state;
    memset(&log, 0, sizeof log);
    for (uint64_t i = 1; i <= 5; i++) {
        struct entry entry = numbered(i);
        assert_true(sf_log_append(&log, &entry));
    }
    expect(&log, "12345");
    sf_log_move_to_end(&log, 1);
    expect(&log, "13452");
    sf_log_move_to_end(&log, 4);
    expect(&log, "13452");
    sf_log_remove(&log, 0);
    expect(&log, "3452");
    struct entry six = numbered(6);
    assert_true(sf_log_insert(&log, 2, &six));
    expect(&log, "34652");
    struct entry seven = numbered(7);
    assert_true(sf_log_insert(&log, 99, &seven));
    expect(&log, "346527");
    sf_log_free(&log);
}

/* A full log gives up what was struck first. */
static void test_bound(void **state)
{
    struct log log;
    (void)state;
    memset(&log, 0, sizeof log);
    for (uint64_t i = 0; i < LOG_MAX; i++) {
        struct entry entry = numbered(i);
        if (i == 7)
            entry.bits = ENTRY_STRUCK;
        assert_true(sf_log_append(&log, &entry));
    }
    struct entry more = numbered(100);
    assert_true(sf_log_append(&log, &more));
    assert_int_equal(log.n, LOG_MAX);
    assert_int_equal(log.entry[6].number, 6);
    assert_int_equal(log.entry[7].number, 8);
    assert_int_equal(log.entry[LOG_MAX - 1].number, 100);
    for (uint64_t i = 0; i < 1000; i++)
        assert_true(sf_log_append(&log, &more));
    assert_int_equal(log.n, LOG_MAX);
    assert_int_equal(log.entry[0].number, 0); /* where it began is kept longest */
    sf_log_free(&log);
}

static void test_entry(void **state)
{
    (void)state;
    struct sf_segment segment = {
        .number = 9, .time_ns = 5, .seq = 100, .ack = 200, .payload = 10, .flags = SF_FIN | SF_ACK};
    struct entry entry = sf_log_entry(&segment, ENTRY_HEARD);
    assert_int_equal(entry.end, 111);
    assert_int_equal(entry.bits, ENTRY_HEARD | ENTRY_PAYLOAD);
    segment.payload = 0;
    entry = sf_log_entry(&segment, 0);
    assert_int_equal(entry.bits, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_entry),
    };
    return cmocka_run_group_tests_name("machine/log", tests, NULL, NULL);
}
