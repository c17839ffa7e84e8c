/*
 * A session from a file to its outputs: results are the same whatever is decoded ahead and
 * whatever the hash key of the run is, limits stop it, and every packet is accounted for.
 */
#include <dirent.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <synfin/session.h>

#include "base/output.h"
#include "sink/sinks.h"

#define CAPTURES     "pcaps"
#define CAPTURES_MAX 256u

static const char *const formats[] = {"dump-json", "flows-json", "ladder", "stats-json"};
#define FORMATS (sizeof formats / sizeof formats[0])

struct outputs {
    struct sf_output output[FORMATS];
};

static void run(const char *path, const struct sf_settings *settings, struct outputs *outputs,
                struct sf_totals *totals)
{
    struct sf_session *session;
    struct sf_sink *sink[FORMATS];
    struct sf_error err;
    assert_int_equal(sf_session_new(&session, settings, &err), 0);
    for (size_t i = 0; i < FORMATS; i++) {
        assert_int_equal(sf_output_init(&outputs->output[i], -1), 0);
        struct sf_sink_settings sink_settings = {
            .output = &outputs->output[i], .width = 100, .msl_ns = settings->msl_ns};
        assert_int_equal(sf_sink_new(&sink[i], formats[i], &sink_settings, &err), 0);
        sf_session_add_sink(session, sink[i]);
    }
    assert_int_equal(sf_session_read(session, path, &err), 0);
    assert_int_equal(sf_session_finish(session, &err), 0);
    *totals = *sf_session_totals(session);
    sf_session_free(session);
    for (size_t i = 0; i < FORMATS; i++)
        sink[i]->type->free(sink[i]);
}

static void release(struct outputs *outputs)
{
    for (size_t i = 0; i < FORMATS; i++)
        sf_output_release(&outputs->output[i]);
}

static void expect_same(const struct outputs *x, const struct outputs *y)
{
    for (size_t i = 0; i < FORMATS; i++) {
        assert_int_equal(x->output[i].length, y->output[i].length);
        assert_memory_equal(x->output[i].bytes, y->output[i].bytes, x->output[i].length);
    }
}

static unsigned list_captures(char **paths)
{
    unsigned n = 0;
    DIR *folder = opendir(CAPTURES);
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL && n < CAPTURES_MAX;) {
        char path[512];
        if (strstr(entry->d_name, ".pcap") == NULL)
            continue;
        snprintf(path, sizeof path, "%s/%s", CAPTURES, entry->d_name);
        paths[n++] = strdup(path);
    }
    closedir(folder);
    return n;
}

static void for_each_capture(void (*check)(const char *path))
{
    char *paths[CAPTURES_MAX];
    unsigned n = list_captures(paths);
    assert_true(n >= 25);
    for (unsigned i = 0; i < n; i++) {
        check(paths[i]);
        free(paths[i]);
    }
}

static void check_batches(const char *path)
{
    static const uint32_t batches[] = {1, 2, 7, 64};
    struct outputs first, other;
    struct sf_totals totals;
    struct sf_settings settings;
    sf_settings_init(&settings);
    run(path, &settings, &first, &totals);
    assert_true(first.output[0].length > 0);
    for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++) {
        settings.batch = batches[i];
        run(path, &settings, &other, &totals);
        expect_same(&first, &other);
        release(&other);
    }
    release(&first);
}

/* Each run has its own random hash key, too. */
static void test_batches(void **state)
{
    (void)state;
    for_each_capture(check_batches);
}

static void check_sums(const char *path)
{
    struct outputs outputs;
    struct sf_totals totals;
    struct sf_settings settings;
    sf_settings_init(&settings);
    run(path, &settings, &outputs, &totals);
    uint64_t sum = totals.packets_analysed;
    for (int skip = 0; skip < SF_SKIP_COUNT; skip++)
        sum += totals.packets_skipped[skip];
    assert_int_equal(sum, totals.packets_read);
    assert_true(totals.packets_read > 0);
    release(&outputs);
}

static void test_every_packet_is_counted(void **state)
{
    (void)state;
    for_each_capture(check_sums);
}

static void test_limits(void **state)
{
    struct outputs outputs;
    struct sf_totals totals;
    struct sf_settings settings;
    (void)state;
    sf_settings_init(&settings);
    settings.max_packets = 5;
    run(CAPTURES "/close4_client_first.pcap", &settings, &outputs, &totals);
    assert_int_equal(totals.packets_read, 5);
    release(&outputs);

    /* -c counts packets that passed the filter; their numbers count all. */
    settings.max_packets = 2;
    settings.filter = "tcp[13] & 1 != 0";
    run(CAPTURES "/close4_client_first.pcap", &settings, &outputs, &totals);
    assert_int_equal(totals.packets_analysed, 2);
    assert_true(totals.packets_skipped[SF_SKIP_FILTERED] > 2);
    release(&outputs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_every_packet_is_counted),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests_name("engine/session", tests, NULL, NULL);
}
