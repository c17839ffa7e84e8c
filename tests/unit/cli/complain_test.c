#include "cli/complain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A file name may hold what a terminal would act on. */
static void test_no_control_characters(void **state)
{
    char text[128] = "";
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    int kept = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    int status = sf_complain_usage("no file '%s'", "a\033[2J\nb\177é");
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(ends[1]);
    ssize_t length = read(ends[0], text, sizeof text - 1);
    close(ends[0]);
    assert_int_equal(status, SF_EXIT_USAGE);
    assert_true(length > 0);
    assert_string_equal(text, "synfin: no file 'a?[2J?b?é'\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
