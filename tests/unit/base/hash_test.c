#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guard.h"

/*
 * Key 00 01 … 0f, message 00 01 … n-1: published vectors of SipHash-1-3, as in the tests of the
 * standard library of Rust (its hash of choice). The words are written as little-endian bytes
 * there.
 */
static const struct {
    size_t n;
    uint64_t hash;
} vectors[] = {
    {0, 0xabac0158050fc4dc},  {1, 0xc9f49bf37d57ca93},  {2, 0x82cb9b024dc7d44d},
    {7, 0xd3927d989bb11140},  {8, 0x369095118d299a8e},  {15, 0xd320d86d2a519956},
    {16, 0xcc4fdd1a7d908b66}, {47, 0x49fb169c8b5114fd}, {48, 0x9f3143f8df074c46},
    {49, 0xc6fdaf2412cc86b3}, {63, 0x9d199062b7bbb3a8},
};

static void test_published_vectors(void **state)
{
    const struct sf_hash_key key = {{0x0706050403020100, 0x0f0e0d0c0b0a0908}};
    uint8_t message[64];
    struct guard guard;
    (void)state;
    for (size_t i = 0; i < sizeof message; i++) {
        message[i] = (uint8_t)i;
    }
    guard_init(&guard);
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        const uint8_t *placed = guard_put(&guard, message, vectors[i].n);
        assert_true(sf_hash_bytes(&key, placed, vectors[i].n) == vectors[i].hash);
    }
    guard_release(&guard);
}

static void test_keys_differ_and_matter(void **state)
{
    struct sf_hash_key a, b;
    (void)state;
    assert_int_equal(sf_hash_key_random(&a), 0);
    assert_int_equal(sf_hash_key_random(&b), 0);
    assert_memory_not_equal(&a, &b, sizeof a);
    assert_true(sf_hash_bytes(&a, "x", 1) != sf_hash_bytes(&b, "x", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_vectors),
        cmocka_unit_test(test_keys_differ_and_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
