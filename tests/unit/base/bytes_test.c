#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "guard.h"

static const uint8_t eight[] = {0x81, 0x92, 0xa3, 0xb4, 0xc5, 0xd6, 0xe7, 0xf8};

static void test_loads_have_their_order_and_width(void **state)
{
    struct guard guard;
    (void)state;
    guard_init(&guard);
    assert_int_equal(load_be16(guard_put(&guard, eight, 2)), 0x8192);
    assert_int_equal(load_le16(guard_put(&guard, eight, 2)), 0x9281);
    assert_int_equal(load_be24(guard_put(&guard, eight, 3)), 0x8192a3);
    assert_int_equal(load_be32(guard_put(&guard, eight, 4)), 0x8192a3b4);
    assert_int_equal(load_le32(guard_put(&guard, eight, 4)), 0xb4a39281);
    assert_true(load_be64(guard_put(&guard, eight, 8)) == UINT64_C(0x8192a3b4c5d6e7f8));
    assert_true(load_le64(guard_put(&guard, eight, 8)) == UINT64_C(0xf8e7d6c5b4a39281));
    guard_release(&guard);
}

static void test_take_gives_all_or_nothing(void **state)
{
    struct sf_cursor cursor = {eight, eight + sizeof eight};
    (void)state;
    assert_ptr_equal(take(&cursor, 3), eight);
    assert_int_equal(bytes_left(&cursor), 5);
    assert_null(take(&cursor, 6));
    assert_null(take(&cursor, SIZE_MAX));
    assert_int_equal(bytes_left(&cursor), 5);
    assert_ptr_equal(take(&cursor, 0), eight + 3);
    assert_ptr_equal(take(&cursor, 5), eight + 3);
    assert_int_equal(bytes_left(&cursor), 0);
    assert_ptr_equal(take(&cursor, 0), eight + 8);
    assert_null(take(&cursor, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loads_have_their_order_and_width),
        cmocka_unit_test(test_take_gives_all_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
