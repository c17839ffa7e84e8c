#include "capture/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture/link_type.h"

#define ETHERNET "\0\0\0\0\0\2\0\0\0\0\0\1\x08\0"
/* 10.0.0.1 > 10.0.0.2, TCP port 41000 > 80, SYN */
#define IPV4                                                                                       \
    "\x45\0\0\x28\0\0\0\0\x40\6\0\0\x0a\0\0\1\x0a\0\0\2"                                           \
    "\xa0\x28\0\x50\0\0\3\xe8\0\0\0\0\x50\2\xff\xff\0\0\0\0"

static struct sf_packet packet_of(const char *bytes, uint32_t n, uint32_t link_type)
{
    return (struct sf_packet){
        .bytes = (const uint8_t *)bytes, .captured = n, .length = n, .link_type = link_type};
}

static void test_passes(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        int ethernet, raw;
    } cases[] = {
        {"tcp port 80", 1, 1},
        {"port 81", 0, 0},
        {"host 10.0.0.2", 1, 1},
        {"not tcp", 0, 0},
        {"", 1, 1},
        {"tcp[tcpflags] & tcp-syn != 0", 1, 1},
        {"greater 54", 1, 0},
        {"src host 10.0.0.2", 0, 0},
        {"ether proto \\ip", 1, 1}, /* a name that is in no file of the system */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sf_filter *filter;
        struct sf_error err;
        struct sf_packet ethernet = packet_of(ETHERNET IPV4, 54, SF_LINK_ETHERNET);
        struct sf_packet raw = packet_of(IPV4, 40, 101);
        assert_int_equal(sf_filter_new(&filter, cases[i].expression, &err), 0);
        for (int turn = 0; turn < 2; turn++) { /* the second time from what is compiled */
            assert_int_equal(sf_filter_passes(filter, &ethernet, &err), cases[i].ethernet);
            assert_int_equal(sf_filter_passes(filter, &raw, &err), cases[i].raw);
        }
        sf_filter_free(filter);
    }
}

/* Only what was captured can be looked at. */
static void test_cut_packet(void **state)
{
    (void)state;
    struct sf_filter *filter;
    struct sf_error err;
    struct sf_packet cut = packet_of(ETHERNET IPV4, 36, SF_LINK_ETHERNET);
    cut.length = 54;
    assert_int_equal(sf_filter_new(&filter, "dst port 80", &err), 0);
    assert_int_equal(sf_filter_passes(filter, &cut, &err), 0);
    sf_filter_free(filter);
}

static void test_bad_expressions(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        uint32_t link_type;
        const char *begins;
    } cases[] = {
        {"tcp prt 80", 1, "filter 'tcp prt 80' on link type EN10MB: "},
        {"type mgt", 1, "filter 'type mgt' on link type EN10MB: "},
        {"ether host 1:2:3:4:5:6", 101, "filter 'ether host 1:2:3:4:5:6' on link type RAW: "},
        {"tcp", 65000, "filter 'tcp' on link type 65000: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sf_filter *filter;
        struct sf_error err;
        assert_int_equal(sf_filter_new(&filter, cases[i].expression, &err), 0);
        for (int turn = 0; turn < 2; turn++) {
            assert_int_equal(sf_filter_check(filter, cases[i].link_type, &err), SF_E_USAGE);
            assert_memory_equal(err.text, cases[i].begins, strlen(cases[i].begins));
            assert_true(strlen(err.text) > strlen(cases[i].begins));
        }
        sf_filter_free(filter);
    }
    sf_filter_free(NULL);
}

/* https://www.tcpdump.org/linktypes.html */
static void test_link_types(void **state)
{
    (void)state;
    static const struct {
        uint32_t link_type;
        int dlt; /* on Linux */
    } cases[] = {{1, 1}, {0, 0}, {101, 12}, {100, 11}, {106, 19}, {113, 113}, {276, 276}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(sf_link_type_to_dlt(cases[i].link_type), cases[i].dlt);
        assert_int_equal(sf_link_type_of_dlt(cases[i].dlt), cases[i].link_type);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passes),
        cmocka_unit_test(test_cut_packet),
        cmocka_unit_test(test_bad_expressions),
        cmocka_unit_test(test_link_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
