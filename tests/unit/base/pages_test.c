#include "base/pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Sizes below, at and above a huge page; all of it is zero and can be written. */
static void test_zero_and_aligned(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 4096, (size_t)2 << 20, ((size_t)2 << 20) + 1, (size_t)9 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t *block = sf_pages_new(sizes[i]);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 4096, 0);
        for (size_t at = 0; at < sizes[i]; at += 4096)
            assert_int_equal(block[at], 0);
        assert_int_equal(block[sizes[i] - 1], 0);
        memset(block, 0xa5, sizes[i]);
        sf_pages_free(block, sizes[i]);
    }
    sf_pages_free(NULL, 1);
}

static void test_too_large(void **state)
{
    (void)state;
    assert_null(sf_pages_new(SIZE_MAX));
    assert_null(sf_pages_new(SIZE_MAX - ((size_t)3 << 20)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zero_and_aligned),
        cmocka_unit_test(test_too_large),
    };
    return cmocka_run_group_tests_name("base/pages", tests, NULL, NULL);
}
