#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What has been put, as a string. */
static const char *text_of(struct sf_output *output)
{
    sf_output_char(output, '\0');
    return output->bytes;
}

static void test_signed(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-1, "-1"},
        {10, "10"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sf_output output;
        assert_int_equal(sf_output_init(&output, -1), 0);
        sf_output_signed(&output, cases[i].value);
        assert_string_equal(text_of(&output), cases[i].text);
        sf_output_release(&output);
    }
}

static void test_unsigned(void **state)
{
    (void)state;
    struct sf_output output;
    assert_int_equal(sf_output_init(&output, -1), 0);
    sf_output_unsigned(&output, UINT64_MAX);
    sf_output_fill(&output, ' ', 2);
    sf_output_unsigned(&output, 100);
    assert_string_equal(text_of(&output), "18446744073709551615  100");
    sf_output_release(&output);
}

static void test_seconds(void **state)
{
    (void)state;
    static const struct {
        int64_t ns;
        unsigned decimals;
        const char *text;
    } cases[] = {
        {0, 9, "0.000000000"},
        {1, 9, "0.000000001"},
        {999, 6, "0.000000"},
        {1000, 6, "0.000001"},
        {-1, 9, "-0.000000001"},
        {-1500000000, 6, "-1.500000"},
        {INT64_C(1700000000000000000), 9, "1700000000.000000000"},
        {INT64_C(59999999999), 0, "59"},
        {INT64_C(59999999999), 3, "59.999"},
        {INT64_MIN, 9, "-9223372036.854775808"},
        {INT64_MAX, 9, "9223372036.854775807"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sf_output output;
        assert_int_equal(sf_output_init(&output, -1), 0);
        sf_output_seconds(&output, cases[i].ns, cases[i].decimals);
        assert_string_equal(text_of(&output), cases[i].text);
        sf_output_release(&output);
    }
}

static void test_json(void **state)
{
    (void)state;
    static const struct {
        const char *text, *json;
    } cases[] = {
        {NULL, "null"},
        {"", "\"\""},
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"\n\t\x1b[31m\x7f", "\"\\u000a\\u0009\\u001b[31m\\u007f\""},
        {"\xe2\x86\x92", "\"\xe2\x86\x92\""},          /* an arrow stays */
        {"\xff\xc3(", "\"\\u00ff\\u00c3(\""},          /* no UTF-8 */
        {"\xed\xa0\x80", "\"\\u00ed\\u00a0\\u0080\""}, /* a surrogate is none either */
        {"\xc0\xaf", "\"\\u00c0\\u00af\""},            /* too long a form */
        {"\xef\xbf\xbd", "\"\xef\xbf\xbd\""},          /* U+FFFD itself is valid */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sf_output output;
        assert_int_equal(sf_output_init(&output, -1), 0);
        sf_output_json(&output, cases[i].text);
        assert_string_equal(text_of(&output), cases[i].json);
        sf_output_release(&output);
    }
}

/* More than the buffer, in pieces of all sizes: nothing is lost, nothing is written twice. */
static void test_flows_through_a_file(void **state)
{
    (void)state;
    enum { SIZE = 300000 };
    char *put = malloc(SIZE), *got = malloc(SIZE + 1);
    char path[] = "/tmp/synfin-output-XXXXXX";
    int fd = mkstemp(path);
    struct sf_output output;
    assert_true(fd >= 0 && put != NULL && got != NULL);
    for (size_t i = 0; i < SIZE; i++)
        put[i] = (char)('a' + i * 7 % 23);
    assert_int_equal(sf_output_init(&output, fd), 0);
    for (size_t at = 0, n = 1; at < SIZE; at += n, n = n * 3 + 1) {
        if (n > SIZE - at)
            n = SIZE - at;
        sf_output_bytes(&output, put + at, n);
    }
    assert_int_equal(sf_output_flush(&output, NULL), 0);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    ssize_t n = read(fd, got, SIZE + 1);
    assert_int_equal(n, SIZE);
    assert_memory_equal(put, got, SIZE);
    sf_output_release(&output);
    (void)close(fd);
    (void)unlink(path);
    free(put);
    free(got);
}

static void test_memory_grows(void **state)
{
    (void)state;
    struct sf_output output;
    assert_int_equal(sf_output_init(&output, -1), 0);
    sf_output_fill(&output, 'x', 200000);
    assert_int_equal(output.length, 200000);
    assert_int_equal(output.bytes[199999], 'x');
    assert_int_equal(sf_output_flush(&output, NULL), 0);
    assert_int_equal(output.length, 200000);
    sf_output_release(&output);
}

static void test_full_disk_is_told_once(void **state)
{
    (void)state;
    struct sf_output output;
    struct sf_error err = {0};
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        skip();
    assert_int_equal(sf_output_init(&output, fd), 0);
    sf_output_text(&output, "x");
    assert_int_equal(sf_output_check(&output, &err), 0); /* nothing was written yet */
    assert_int_equal(sf_output_flush(&output, &err), SF_E_SYSTEM);
    assert_int_equal(err.sys, ENOSPC);
    assert_string_equal(err.text, "cannot write: No space left on device");
    sf_output_text(&output, "y");
    assert_int_equal(sf_output_flush(&output, &err), 0);
    sf_output_release(&output);
    (void)close(fd);
}

static void test_broken_pipe(void **state)
{
    (void)state;
    struct sf_output output;
    struct sf_error err = {0};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    (void)close(ends[0]);
    assert_int_equal(sf_output_init(&output, ends[1]), 0);
    sf_output_text(&output, "x");
    assert_int_equal(sf_output_flush(&output, &err), SF_E_PIPE);
    sf_output_release(&output);
    (void)close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signed),
        cmocka_unit_test(test_unsigned),
        cmocka_unit_test(test_seconds),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_flows_through_a_file),
        cmocka_unit_test(test_memory_grows),
        cmocka_unit_test(test_full_disk_is_told_once),
        cmocka_unit_test(test_broken_pipe),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
