/* One connection in two worlds. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/aliases.h"

static struct sf_segment segment_of(uint16_t vlan, uint16_t port)
{
    return (struct sf_segment){.key = {.port = {port, 80}, .vlan = {vlan, SF_NO_VLAN}, .ip = 4},
                               .hash = vlan * 100000u + port};
}

static void test_alias(void **state)
{
    struct aliases *aliases = sf_aliases_new();
    struct sf_segment first = segment_of(10, 41000), twin = segment_of(20, 41000);
    struct sf_segment other = segment_of(20, 41001);
    (void)state;
    assert_non_null(aliases);
    sf_aliases_apply(aliases, &twin.key, &twin.hash);
    assert_int_equal(twin.key.vlan[0], 20); /* nothing is known yet */
    sf_aliases_add(aliases, &twin.key, &first.key, first.hash);
    sf_aliases_apply(aliases, &twin.key, &twin.hash);
    assert_memory_equal(&twin.key, &first.key, sizeof twin.key);
    assert_int_equal(twin.hash, first.hash);
    sf_aliases_apply(aliases, &first.key, &first.hash);
    assert_int_equal(first.key.vlan[0], 10);
    sf_aliases_apply(aliases, &other.key, &other.hash);
    assert_int_equal(other.key.vlan[0], 20);
    sf_aliases_free(aliases);
}

/* What was used last is kept, however many there are. */
static void test_bounded(void **state)
{
    struct aliases *aliases = sf_aliases_new();
    struct sf_segment kept = segment_of(20, 1);
    struct sf_segment its_key = segment_of(10, 1);
    (void)state;
    assert_non_null(aliases);
    sf_aliases_add(aliases, &kept.key, &its_key.key, its_key.hash);
    for (uint32_t i = 0; i < 100000; i++) {
        struct sf_segment alias = segment_of(20, (uint16_t)(2u + i % 60000u));
        struct sf_segment used = segment_of(20, 1);
        alias.key.vlan[1] = (uint16_t)(i / 60000u);
        sf_aliases_add(aliases, &alias.key, &its_key.key, its_key.hash);
        sf_aliases_apply(aliases, &used.key, &used.hash);
        assert_int_equal(used.key.vlan[0], 10);
    }
    sf_aliases_free(aliases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_alias),
                                       cmocka_unit_test(test_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
