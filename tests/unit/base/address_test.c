#include "base/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_ipv6_text(void **state)
{
    (void)state;
    /* RFC 5952 §4: lower case, no leading zeros, the longest run of zeros, the first of equals. */
    static const struct {
        const char *bytes, *text;
    } cases[] = {
        {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "::"},
        {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", "::1"},
        {"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", "2001:db8::1"},
        {"\x20\x01\x0d\xb8\0\0\0\1\0\1\0\1\0\1\0\1", "2001:db8:0:1:1:1:1:1"},
        {"\x20\x01\0\0\0\0\0\1\0\0\0\0\0\0\0\1", "2001:0:0:1::1"},
        {"\x20\x01\x0d\xb8\0\0\0\0\0\1\0\0\0\0\0\1", "2001:db8::1:0:0:1"},
        {"\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "fe80::"},
        {"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\1", "::ffff:192.0.2.1"},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SF_ADDRESS_SIZE];
        size_t n = sf_address_text(text, (const uint8_t *)cases[i].bytes, 6);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(n, strlen(cases[i].text));
    }
}

static void test_endpoints(void **state)
{
    (void)state;
    char text[SF_ENDPOINT_SIZE];
    static const uint8_t all_ones[16] = {255, 255, 255, 255, 255, 255, 255, 255,
                                         255, 255, 255, 255, 255, 255, 255, 255};
    (void)sf_endpoint_text(text, all_ones, 4, 65535);
    assert_string_equal(text, "255.255.255.255:65535");
    size_t n = sf_endpoint_text(text, all_ones, 6, 65535);
    assert_string_equal(text, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
    assert_int_equal(n + 1, SF_ENDPOINT_SIZE);
}

static void test_prefixes(void **state)
{
    (void)state;
    static const struct {
        const char *prefix, *address;
        uint8_t ip;
        int has; /* -1: not a prefix */
    } cases[] = {
        {"10.0.0.0/8", "\x0a\xff\0\1", 4, 1},
        {"10.0.0.0/8", "\x0b\0\0\1", 4, 0},
        {"10.0.0.1", "\x0a\0\0\1", 4, 1},
        {"10.0.0.1", "\x0a\0\0\2", 4, 0},
        {"10.0.0.128/25", "\x0a\0\0\x7f", 4, 0},
        {"10.0.0.128/25", "\x0a\0\0\xff", 4, 1},
        {"0.0.0.0/0", "\xff\xff\xff\xff", 4, 1},
        {"0.0.0.0/0", "\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0", 6, 0},
        {"2001:db8::/32", "\x20\x01\x0d\xb8\xff\0\0\0\0\0\0\0\0\0\0\0", 6, 1},
        {"2001:db8::/33", "\x20\x01\x0d\xb8\x80\0\0\0\0\0\0\0\0\0\0\0", 6, 0},
        {"::/0", "\x0a\0\0\1", 4, 0},
        {"10.0.0.0/33", NULL, 4, -1},
        {"10.0.0/8", NULL, 4, -1},
        {"10.0.0.0/", NULL, 4, -1},
        {"10.0.0.0/a", NULL, 4, -1},
        {"::/129", NULL, 6, -1},
        {"", NULL, 4, -1},
        {"/8", NULL, 4, -1},
        {"server.example", NULL, 4, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sf_prefix prefix;
        uint8_t address[16] = {0};
        int status = sf_prefix_read(&prefix, cases[i].prefix, strlen(cases[i].prefix));
        assert_int_equal(status, cases[i].has < 0 ? -1 : 0);
        if (cases[i].has < 0)
            continue;
        memcpy(address, cases[i].address, cases[i].ip == 4 ? 4 : 16);
        assert_int_equal(sf_prefix_has(&prefix, address, cases[i].ip), cases[i].has);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ipv6_text),
        cmocka_unit_test(test_endpoints),
        cmocka_unit_test(test_prefixes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
