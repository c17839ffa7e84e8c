/*
 * Tests of machine/places: who finds its place again, and who gives way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "machine/places.h"

#define SECOND_NS INT64_C(1000000000)

struct entry {
    struct place place;
    uint32_t value;
};

static struct crowd_key key_of(uint32_t n)
{
    struct crowd_key key = {.ip = 4};
    memcpy(key.addr[0], &n, sizeof n);
    return key;
}

static struct entry *take(struct places *places, uint32_t n, int64_t now_ns)
{
    struct crowd_key key = key_of(n);
    return sf_places_take(places, &key, now_ns);
}

static struct entry *find(const struct places *places, uint32_t n)
{
    struct crowd_key key = key_of(n);
    return sf_places_find(places, &key);
}

static void test_found_again(void **state)
{
    struct places places;
    (void)state;
    assert_true(sf_places_init(&places, sizeof(struct entry), 4));
    take(&places, 7, SECOND_NS)->value = 42;
    assert_int_equal(take(&places, 7, 2 * SECOND_NS)->value, 42);
    assert_int_equal(find(&places, 7)->place.last_ns, 2 * SECOND_NS);
    assert_null(find(&places, 8));
    assert_int_equal(take(&places, 8, SECOND_NS)->value, 0);
    sf_places_release(&places);
}

/* A hundred thousand strangers do not push out eight that weigh more, whatever their order. */
static void test_the_light_give_way(void **state)
{
    struct places places;
    (void)state;
    assert_true(sf_places_init(&places, sizeof(struct entry), 4));
    for (uint32_t n = 0; n < 8; n++)
        take(&places, n, SECOND_NS)->place.weight = 2 + n;
    for (uint32_t n = 1000; n < 101000; n++)
        take(&places, n, 2 * SECOND_NS + n)->place.weight = 1;
    for (uint32_t n = 0; n < 8; n++)
        assert_non_null(find(&places, n));
    sf_places_release(&places);
}

/* Of equals the one that was silent for longest goes; all are in one set. */
static void test_the_silent_give_way(void **state)
{
    struct places places;
    (void)state;
    assert_true(sf_places_init(&places, sizeof(struct entry), 1));
    for (uint32_t n = 0; n < PLACES_WAYS; n++)
        take(&places, n, (int64_t)(n + 1) * SECOND_NS);
    take(&places, 0, 20 * SECOND_NS);
    take(&places, 100, 21 * SECOND_NS);
    assert_non_null(find(&places, 0));
    assert_null(find(&places, 1));
    assert_non_null(find(&places, 2));
    sf_places_release(&places);
}

/* Weight does not help those who left minutes ago, nor those of a clock since set back. */
static void test_the_stale_give_way(void **state)
{
    struct places places;
    (void)state;
    assert_true(sf_places_init(&places, sizeof(struct entry), 1));
    for (uint32_t n = 0; n < PLACES_WAYS; n++)
        take(&places, n, 1000 * SECOND_NS)->place.weight = n == 3 ? 1 : 900;
    take(&places, 4, 0)->place.weight = 900; /* the clock is back at its beginning */
    take(&places, 100, SECOND_NS)->place.weight = 1;
    assert_non_null(find(&places, 4));
    assert_null(find(&places, 0));
    sf_places_release(&places);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found_again),
        cmocka_unit_test(test_the_light_give_way),
        cmocka_unit_test(test_the_silent_give_way),
        cmocka_unit_test(test_the_stale_give_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
