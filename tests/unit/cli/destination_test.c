#include "cli/destination.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_what_names_a_host(void **state)
{
    static const struct {
        const char *word, *host, *port, *path;
    } rows[] = {
        {"example.com", "example.com", "80", "/"},
        {"example.com:8080", "example.com", "8080", "/"},
        {"192.0.2.1:81", "192.0.2.1", "81", "/"},
        {"2001:db8::1", "2001:db8::1", "80", "/"},
        {"[2001:db8::1]", "2001:db8::1", "80", "/"},
        {"[2001:db8::1]:8080", "2001:db8::1", "8080", "/"},
        {"fe80::1%eth0", "fe80::1%eth0", "80", "/"},
        {"http://example.com", "example.com", "80", "/"},
        {"http://example.com:81/a/b?c=d", "example.com", "81", "/a/b?c=d"},
        {"example.com/a", "example.com", "80", "/a"},
        {"http://[::1]:80/", "::1", "80", "/"},
        {"x:65535", "x", "65535", "/"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sf_error err = {0};
        struct sf_destination to;
        if (sf_destination_parse(&to, rows[i].word, &err) != 0)
            fail_msg("%s: %s", rows[i].word, err.text);
        assert_string_equal(to.host, rows[i].host);
        assert_string_equal(to.port, rows[i].port);
        assert_string_equal(to.path, rows[i].path);
        assert_int_equal(to.fd, -1);
    }
}

static void test_what_does_not(void **state)
{
    static const struct {
        const char *word, *says;
    } rows[] = {
        {"", "names no host"},           {":80", "names no host"},
        {"[::1", "names no host"},       {"[]", "names no host"},
        {"http://", "names no host"},    {"/", "names no host"},
        {"a b", "names no host"},        {"a\r\nX: y", "names no host"},
        {"x:0", "'0' is no port"},       {"x:65536", "'65536' is no port"},
        {"x:", "'' is no port"},         {"x:http", "'http' is no port"},
        {"[::1]:-1", "'-1' is no port"}, {"https://example.com/", "no TLS"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sf_error err = {0};
        struct sf_destination to;
        assert_int_equal(sf_destination_parse(&to, rows[i].word, &err), SF_E_USAGE);
        if (strstr(err.text, rows[i].says) == NULL)
            fail_msg("%s: %s", rows[i].word, err.text);
    }
    char longest[600];
    struct sf_error err = {0};
    struct sf_destination to;
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(sf_destination_parse(&to, longest, &err), SF_E_USAGE);
}

/* The route to this host itself, which every system has. */
static void test_the_way(void **state)
{
    struct sf_error err = {0};
    struct sf_destination to;
    (void)state;
    assert_int_equal(sf_destination_parse(&to, "127.0.0.1:9", &err), 0);
    if (sf_destination_find(&to, &err) != 0)
        fail_msg("%s", err.text);
    assert_string_equal(to.interface, "lo");
    assert_string_equal(to.text, "127.0.0.1");
    assert_true(to.fd >= 0);
    assert_in_range(to.local_port, 1, 65535);
    sf_destination_close(&to);
    assert_int_equal(to.fd, -1);
}

static void test_no_such_name(void **state)
{
    struct sf_error err = {0};
    struct sf_destination to;
    (void)state;
    assert_int_equal(sf_destination_parse(&to, "no-such-name.invalid", &err), 0);
    assert_int_equal(sf_destination_find(&to, &err), SF_E_SYSTEM);
    assert_non_null(strstr(err.text, "cannot find the address of 'no-such-name.invalid'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_names_a_host),
        cmocka_unit_test(test_what_does_not),
        cmocka_unit_test(test_the_way),
        cmocka_unit_test(test_no_such_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
