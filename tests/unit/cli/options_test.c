#include "cli/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <synfin/event.h>
#include <synfin/session.h>

#include "cli/complain.h"

#define WORDS_MAX 8
#define SECOND_NS INT64_C(1000000000)

/* Parses the words, standard error kept away; the caller releases. */
static int parse(struct sf_request *request, const char *const *words)
{
    char *argv[WORDS_MAX + 2] = {(char *)(uintptr_t) "synfin"};
    int argc = 1;
    for (; *words != NULL && argc <= WORDS_MAX; words++)
        argv[argc++] = (char *)(uintptr_t)*words;
    int kept = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDERR_FILENO);
    int status = sf_request_parse(request, argc, argv);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(nowhere);
    return status;
}

static void test_wrong_words(void **state)
{
    static const char *const rows[][WORDS_MAX] = {
        {"--nosuch", "x.pcap"},
        {"-Z"},
        {"--write"},
        {"-w"},
        {"--write", ""},
        {"--json=3", "x.pcap"},
        {"flows", "--json", "--csv", "x.pcap"},
        {"ladder", "--json", "x.pcap"},
        {"dump", "--csv", "x.pcap"},
        {"interfaces", "eth0"},
        {"interfaces", "-c", "3"},
        {"-c", "0", "x.pcap"},
        {"-c", "-1", "x.pcap"},
        {"-c", "1x", "x.pcap"},
        {"-c", "", "x.pcap"},
        {"-c", "9223372036854775808", "x.pcap"},
        {"-i", "lo", "-s", "63"},
        {"-i", "lo", "-s", "262145"},
        {"-i", "lo", "-B", "2048"},
        {"--max-flows", "0", "x.pcap"},
        {"--msl", "x", "x.pcap"},
        {"--msl", ".", "x.pcap"},
        {"--msl", "1.0000000001", "x.pcap"},
        {"--msl", "86401", "x.pcap"},
        {"--msl", "99999999999999999999999999", "x.pcap"},
        {"--checksums", "some", "x.pcap"},
        {"--checksums", "stat", "x.pcap"},
        {"--color", "always|never", "x.pcap"},
        {"--fail-on", "info", "x.pcap"},
        {"-i", "lo", "-r", "x.pcap"},
        {"-p", "x.pcap"},
        {"-B", "4", "x.pcap"},
        {"-s", "128", "-r", "x.pcap"},
        {"-r", "x.pcap", "-f", "tcp", "port", "80"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sf_request request;
        int status = parse(&request, rows[i]);
        if (status != SF_EXIT_USAGE)
            print_error("row %zu: %s %s …\n", i, rows[i][0], rows[i][1] != NULL ? rows[i][1] : "");
        assert_int_equal(status, SF_EXIT_USAGE);
        sf_request_release(&request);
    }
}

static void test_commands(void **state)
{
    static const struct {
        const char *words[WORDS_MAX];
        enum sf_command command;
        size_t n_paths;
    } rows[] = {
        {{"x.pcap"}, SF_COMMAND_LADDER, 1},
        {{"x.pcap", "y.pcap"}, SF_COMMAND_LADDER, 2},
        {{"flows", "x.pcap"}, SF_COMMAND_FLOWS, 1},
        {{"--json", "flows", "x.pcap"}, SF_COMMAND_FLOWS, 1},
        {{"x.pcap", "flows"}, SF_COMMAND_LADDER, 2},
        {{"-i", "lo"}, SF_COMMAND_DUMP, 0},
        {{"-i", "lo", "flows"}, SF_COMMAND_FLOWS, 0},
        {{"-r", "x.pcap"}, SF_COMMAND_LADDER, 1},
        {{"stats", "-r", "-"}, SF_COMMAND_STATS, 1},
        {{"interfaces"}, SF_COMMAND_INTERFACES, 0},
        {{"flows", "--", "-x.pcap"}, SF_COMMAND_FLOWS, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sf_request request;
        assert_int_equal(parse(&request, rows[i].words), 0);
        assert_int_equal(request.command, rows[i].command);
        assert_int_equal(request.n_paths, rows[i].n_paths);
        sf_request_release(&request);
    }
}

static void test_values(void **state)
{
    static const char *const words[] = {"--msl", "0.5",         "--linger", ".000000001", "-c",
                                        "12",    "--checksums", "none",     NULL};
    static const char *const more[] = {"--fail-on", "error", "-vv",    "--color", "never",
                                       "--only",    "ip=6",  "x.pcap", NULL};
    struct sf_request request;
    (void)state;
    assert_int_equal(parse(&request, words), 0);
    assert_true(request.msl_ns == SECOND_NS / 2);
    assert_true(request.linger_ns == 1);
    assert_true(request.max_packets == 12);
    assert_int_equal(request.verify, SF_VERIFY_NONE);
    assert_int_equal(request.fail_on, 0);
    sf_request_release(&request);
    assert_int_equal(parse(&request, more), 0);
    assert_int_equal(request.fail_on, SF_ERROR);
    assert_int_equal(request.verbose, 2);
    assert_int_equal(request.color, SF_COLOR_NEVER);
    assert_int_equal(request.only.n, 1);
    assert_string_equal(request.only.text[0], "ip=6");
    assert_true(request.linger_ns < 0);
    sf_request_release(&request);
}

/* What is not given keeps the session's own default. */
static void test_defaults(void **state)
{
    static const char *const words[] = {"x.pcap", NULL};
    struct sf_request request;
    struct sf_settings settings;
    (void)state;
    sf_settings_init(&settings);
    assert_int_equal(parse(&request, words), 0);
    assert_true(request.msl_ns == 30 * SECOND_NS);
    assert_true(request.max_flows == settings.max_flows);
    assert_int_equal(request.verify, SF_VERIFY_STATE);
    sf_request_release(&request);
}

static void test_plain_words_are_a_filter(void **state)
{
    static const char *const words[] = {"-r", "x.pcap", "tcp", "port", "80", NULL};
    static const char *const quoted[] = {"dump", "-i", "lo", "tcp port 80", NULL};
    struct sf_request request;
    (void)state;
    assert_int_equal(parse(&request, words), 0);
    assert_string_equal(request.filter, "tcp port 80");
    assert_string_equal(request.paths[0], "x.pcap");
    sf_request_release(&request);
    assert_int_equal(parse(&request, quoted), 0);
    assert_string_equal(request.filter, "tcp port 80");
    assert_int_equal(request.n_paths, 0);
    sf_request_release(&request);
}

/* Every row has what the help and the manual page need, and no letter or name stands twice. */
static void test_table(void **state)
{
    size_t n = 0;
    const struct sf_option_row *rows = sf_option_rows(&n);
    (void)state;
    assert_true(n > 20);
    for (size_t i = 0; i < n; i++) {
        assert_true(strlen(rows[i].help) > 5);
        assert_true(rows[i].commands != 0);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(rows[i].name, rows[j].name);
            assert_true(rows[i].letter == 0 || rows[i].letter != rows[j].letter);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrong_words),
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_plain_words_are_a_filter),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
