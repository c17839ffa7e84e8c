/* The flow table: keys, their order of age, slots, growth and the limit. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "track/table.h"

static struct sf_key key_of(uint32_t n)
{
    struct sf_key key;
    memset(&key, 0, sizeof key);
    memcpy(key.addr[0], &n, sizeof n);
    key.port[1] = 80;
    key.ip = 4;
    return key;
}

static void test_youngest_first(void **state)
{
    struct table *table = sf_table_new(100, 0);
    struct sf_key key = key_of(1);
    (void)state;
    assert_non_null(table);
    assert_null(sf_table_find(table, &key, 7));
    struct record *first = sf_table_add(table, &key, 7);
    struct record *second = sf_table_add(table, &key, 7);
    struct record *third = sf_table_add(table, &key, 7);
    assert_ptr_equal(sf_table_find(table, &key, 7), third);
    assert_ptr_equal(sf_table_older(third), second);
    assert_ptr_equal(sf_table_older(second), first);
    assert_null(sf_table_older(first));
    sf_table_remove(table, second);
    assert_ptr_equal(sf_table_older(third), first);
    assert_int_equal(sf_table_count(table), 2);
    sf_table_free(table);
}

/* Keys that fall on one hash are still told apart. */
static void test_collision(void **state)
{
    struct table *table = sf_table_new(100, 0);
    struct record *record[20];
    (void)state;
    for (uint32_t i = 0; i < 20; i++) {
        struct sf_key key = key_of(i);
        record[i] = sf_table_add(table, &key, 42);
    }
    for (uint32_t i = 0; i < 20; i++) {
        struct sf_key key = key_of(i);
        assert_ptr_equal(sf_table_find(table, &key, 42), record[i]);
        assert_null(sf_table_older(record[i]));
    }
    sf_table_free(table);
}

/* The order of age survives growing, and records never move. */
static void test_growth(void **state)
{
    enum { KEYS = 20000 };
    static struct record *old[KEYS], *young[KEYS];
    struct table *table = sf_table_new(3 * KEYS, 0);
    (void)state;
    for (uint32_t i = 0; i < KEYS; i++) {
        struct sf_key key = key_of(i);
        old[i] = sf_table_add(table, &key, i % 4096);
        young[i] = sf_table_add(table, &key, i % 4096);
    }
    for (uint32_t i = 0; i < KEYS; i++) {
        struct sf_key key = key_of(i);
        assert_ptr_equal(sf_table_find(table, &key, i % 4096), young[i]);
        assert_ptr_equal(sf_table_older(young[i]), old[i]);
    }
    sf_table_free(table);
}

static void test_slots(void **state)
{
    struct table *table = sf_table_new(3, 0);
    struct sf_key key = key_of(5);
    (void)state;
    struct record *a = sf_table_add(table, &key, 1);
    struct record *b = sf_table_add(table, &key, 1);
    struct record *c = sf_table_add(table, &key, 1);
    assert_int_equal(a->flow.slot, 0);
    assert_int_equal(c->flow.slot, 2);
    assert_true(sf_table_is_full(table));
    assert_null(sf_table_add(table, &key, 1));
    b->flow.id = 77;
    sf_table_remove(table, b);
    assert_null(sf_table_at(table, 1));
    assert_false(sf_table_is_full(table));
    struct record *d = sf_table_add(table, &key, 1);
    assert_int_equal(d->flow.slot, 1); /* used again, and empty */
    assert_int_equal(d->flow.id, 0);
    assert_ptr_equal(sf_table_at(table, 1), d);
    assert_int_equal(sf_table_slots(table), 3);
    sf_table_free(table);
}

/* What is behind a record is its own, zero at first and again when the slot is used anew. */
static void test_extra(void **state)
{
    (void)state;
    struct sf_key key = {.port = {1, 2}};
    struct table *table = sf_table_new(2, 100);
    struct record *a = sf_table_add(table, &key, 1), *b = sf_table_add(table, &key, 2);
    uint8_t *of_a = sf_table_extra(a), *of_b = sf_table_extra(b);
    assert_int_equal((uintptr_t)of_a % _Alignof(max_align_t), 0);
    memset(of_a, 0xa5, 100);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(of_b[i], 0);
    assert_int_equal(b->hash, 2);
    sf_table_remove(table, a);
    struct record *c = sf_table_add(table, &key, 3);
    assert_ptr_equal(sf_table_extra(c), of_a);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(of_a[i], 0);
    sf_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_youngest_first), cmocka_unit_test(test_collision),
        cmocka_unit_test(test_growth),         cmocka_unit_test(test_slots),
        cmocka_unit_test(test_extra),
    };
    return cmocka_run_group_tests_name("track/table", tests, NULL, NULL);
}
