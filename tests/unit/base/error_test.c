#include <synfin/error.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_sentence(void **state)
{
    (void)state;
    struct sf_error err;
    assert_int_equal(sf_error_set(&err, SF_E_SYSTEM, ENOENT, "cannot open '%s': %d", "x", 7),
                     SF_E_SYSTEM);
    assert_int_equal(err.code, SF_E_SYSTEM);
    assert_int_equal(err.sys, ENOENT);
    assert_string_equal(err.text, "cannot open 'x': 7");
}

/* What is too long is cut, never written beyond. */
static void test_long_sentence(void **state)
{
    (void)state;
    struct sf_error err;
    char name[2000];
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_int_equal(sf_error_set(&err, SF_E_FORMAT, 0, "'%s'", name), SF_E_FORMAT);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

static void test_nobody_wants_to_know(void **state)
{
    (void)state;
    assert_int_equal(sf_error_set(NULL, SF_E_PIPE, 0, "gone"), SF_E_PIPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentence),
        cmocka_unit_test(test_long_sentence),
        cmocka_unit_test(test_nobody_wants_to_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
