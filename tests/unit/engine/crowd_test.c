/*
 * Many connections at once: floods and what looks like one, scans in the middle of a flood, and
 * that neither time nor memory depends on how many there are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <synfin/session.h>

#include "engine/flows.h"

#define SECOND_NS INT64_C(1000000000)
#define BEGIN_NS  INT64_C(1700000000000000000)

/* A capture in the making, and what its rows said. */
struct scene {
    struct sf_settings settings;
    struct sf_totals totals;
    struct flows *flows;
    int64_t now_ns;
    uint64_t number;
    uint32_t found[SF_CODE_COUNT];
    struct sf_found last[SF_CODE_COUNT];
    int64_t told_ns[SF_CODE_COUNT]; /* when it was first told */
};

static int take_event(void *context, const struct sf_event *event, struct sf_error *err)
{
    struct scene *scene = context;
    (void)err;
    for (uint32_t i = 0; event->kind != SF_EVENT_FLOW_END && i < event->n_found; i++) {
        if (scene->told_ns[event->found[i].code] == 0)
            scene->told_ns[event->found[i].code] = event->time_ns;
    }
    for (uint32_t i = 0; event->kind == SF_EVENT_FLOW_END && i < event->flow->n_found; i++) {
        const struct sf_found *found = &event->flow->found[i];
        scene->found[found->code]++;
        scene->last[found->code] = *found;
    }
    return 0;
}

static struct scene *begin(uint32_t max_flows)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    sf_settings_init(&scene->settings);
    scene->settings.max_flows = max_flows;
    scene->now_ns = BEGIN_NS;
    scene->flows = sf_flows_new(&scene->settings, &scene->totals, take_event, scene);
    assert_non_null(scene->flows);
    return scene;
}

static void finish(struct scene *scene)
{
    struct sf_error err;
    assert_int_equal(sf_flows_finish(scene->flows, &err), 0);
    sf_flows_free(scene->flows);
    scene->flows = NULL;
}

static void pass(struct scene *scene, int64_t ns)
{
    struct sf_error err;
    scene->now_ns += ns;
    assert_int_equal(sf_flows_advance(scene->flows, scene->now_ns, &err), 0);
}

/* Who asks whom. Addresses of clients are below those of servers. */
struct pair {
    uint32_t client, server;
    uint16_t client_port, server_port;
    uint32_t isn;
};

static uint32_t scatter(uint32_t n)
{
    n = (n ^ n >> 16) * UINT32_C(0x45d9f3b);
    n = (n ^ n >> 16) * UINT32_C(0x45d9f3b);
    return n ^ n >> 16;
}

static void send_segment(struct scene *scene, const struct pair *pair, bool is_server,
                         uint16_t flags, uint32_t seq, uint32_t ack)
{
    struct sf_error err;
    struct sf_segment segment = {.number = ++scene->number,
                                 .time_ns = scene->now_ns,
                                 .seq = seq,
                                 .ack = ack,
                                 .flags = flags,
                                 .window = 1000,
                                 .ttl = 64,
                                 .from = is_server,
                                 .checksum = (uint16_t)scene->number,
                                 .checksum_state = SF_CHECKSUM_GOOD};
    segment.key.ip = 4;
    segment.key.vlan[0] = segment.key.vlan[1] = SF_NO_VLAN;
    for (unsigned i = 0; i < 4; i++) {
        segment.key.addr[0][i] = (uint8_t)(pair->client >> (24 - 8 * i));
        segment.key.addr[1][i] = (uint8_t)(pair->server >> (24 - 8 * i));
    }
    segment.key.port[0] = pair->client_port;
    segment.key.port[1] = pair->server_port;
    segment.hash = scatter(pair->client) ^ scatter(pair->server + pair->client_port * 65537u) ^
                   pair->server_port * 7919u;
    assert_int_equal(sf_flows_take(scene->flows, NULL, &segment, &err), 0);
}

static void ask(struct scene *scene, const struct pair *pair)
{
    send_segment(scene, pair, false, SF_SYN, pair->isn, 0);
}

static void accept_syn(struct scene *scene, const struct pair *pair)
{
    send_segment(scene, pair, true, SF_SYN | SF_ACK, pair->isn * 3u + 7u, pair->isn + 1u);
}

static void complete(struct scene *scene, const struct pair *pair)
{
    send_segment(scene, pair, false, SF_ACK, pair->isn + 1u, pair->isn * 3u + 8u);
}

static void refuse(struct scene *scene, const struct pair *pair)
{
    send_segment(scene, pair, true, SF_RST | SF_ACK, 0, pair->isn + 1u);
}

/* The n-th of many clients of 200.0.0.1 port 80. */
static struct pair stranger(uint32_t n)
{
    return (struct pair){.client = scatter(n) >> 1 | 1u,
                         .server = 0xc8000001u,
                         .client_port = (uint16_t)(1024 + n % 60000),
                         .server_port = 80,
                         .isn = scatter(n ^ 0x5555aaaau)};
}

/* An ordinary connection to another server: the capture shows more than SYNs. */
static void converse(struct scene *scene)
{
    struct pair pair = {.client = 0x05050505u,
                        .server = 0xc8000009u,
                        .client_port = 5000,
                        .server_port = 22,
                        .isn = 77};
    ask(scene, &pair);
    accept_syn(scene, &pair);
    complete(scene, &pair);
}

/* `n` strangers ask within `span_ns`; of each `out_of` of them, `served` complete. */
static void crowd_in(struct scene *scene, uint32_t n, int64_t span_ns, uint32_t served,
                     uint32_t out_of, bool is_answered)
{
    for (uint32_t i = 0; i < n; i++) {
        struct pair pair = stranger(i);
        ask(scene, &pair);
        if (is_answered)
            accept_syn(scene, &pair);
        if (i % out_of < served)
            complete(scene, &pair);
        pass(scene, span_ns / n);
    }
    pass(scene, 3 * SECOND_NS);
}

static void expect_flood(uint32_t n, int64_t span_ns, uint32_t served, uint32_t out_of,
                         bool is_answered, uint32_t floods)
{
    struct scene *scene = begin(100000);
    converse(scene);
    crowd_in(scene, n, span_ns, served, out_of, is_answered);
    finish(scene);
    assert_int_equal(scene->found[SF_CODE_SYN_FLOOD], floods);
    assert_int_equal(scene->found[SF_CODE_PORT_SCAN], 0);
    free(scene);
}

static void test_flood_at_its_thresholds(void **state)
{
    (void)state;
    expect_flood(100, 5 * SECOND_NS, 0, 1, true, 1);
    expect_flood(99, 5 * SECOND_NS, 0, 1, true, 0);    /* one source too few */
    expect_flood(100, 12 * SECOND_NS, 0, 1, true, 0);  /* never a hundred within ten seconds */
    expect_flood(110, 5 * SECOND_NS, 1, 11, true, 1);  /* one in eleven completes */
    expect_flood(110, 5 * SECOND_NS, 1, 10, true, 0);  /* one in ten */
    expect_flood(1000, 5 * SECOND_NS, 0, 1, false, 0); /* nobody answers: a server that is down */
    expect_flood(1000, 5 * SECOND_NS, 1, 1, true, 0);  /* a busy server */
}

/* A thousand clients at once, whose ACKs are all still on their way for half a second. */
static void test_load_test_is_no_flood(void **state)
{
    struct scene *scene = begin(100000);
    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        struct pair pair = stranger(i);
        ask(scene, &pair);
        accept_syn(scene, &pair);
    }
    pass(scene, SECOND_NS / 2);
    for (uint32_t i = 0; i < 1000; i++) {
        struct pair pair = stranger(i);
        complete(scene, &pair);
    }
    pass(scene, 10 * SECOND_NS);
    finish(scene);
    assert_int_equal(scene->found[SF_CODE_SYN_FLOOD], 0);
    free(scene);
}

/* An accept queue that is full: those who are answered complete, and the rest is left to repeat. */
static void test_overloaded_server_is_no_flood(void **state)
{
    struct scene *scene = begin(100000);
    (void)state;
    for (uint32_t i = 0; i < 500; i++) {
        struct pair pair = stranger(i);
        ask(scene, &pair);
        if (i % 20 == 0) {
            accept_syn(scene, &pair);
            complete(scene, &pair);
        }
        pass(scene, SECOND_NS / 100);
    }
    pass(scene, 5 * SECOND_NS);
    finish(scene);
    assert_int_equal(scene->found[SF_CODE_SYN_FLOOD], 0);
    free(scene);
}

/* One port pair that asks a thousand times with other numbers is one source. */
static void test_one_port_pair_is_no_flood(void **state)
{
    struct scene *scene = begin(100000);
    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        struct pair pair = stranger(1);
        pair.isn = scatter(i);
        ask(scene, &pair);
        accept_syn(scene, &pair);
        pass(scene, SECOND_NS / 200);
    }
    pass(scene, 5 * SECOND_NS);
    finish(scene);
    assert_int_equal(scene->found[SF_CODE_SYN_FLOOD], 0);
    free(scene);
}

/* Told about a second behind the SYN,ACKs, while the flood goes on; its numbers grow. */
static void test_flood_is_told_live(void **state)
{
    struct scene *scene = begin(100000);
    (void)state;
    converse(scene);
    crowd_in(scene, 5000, 5 * SECOND_NS, 0, 1, true);
    finish(scene);
    const struct sf_found *found = &scene->last[SF_CODE_SYN_FLOOD];
    assert_int_equal(scene->found[SF_CODE_SYN_FLOOD], 1);
    assert_in_range(scene->told_ns[SF_CODE_SYN_FLOOD] - BEGIN_NS, SECOND_NS, 2 * SECOND_NS);
    assert_int_equal(found->severity, SF_ERROR);
    assert_int_equal(found->certainty, SF_PROBABLE);
    assert_int_equal(found->detail, SF_DETAIL_NO_COMPLETION);
    assert_int_equal(found->figure[0], 5000);
    assert_in_range(found->figure[1], 900, 1000);
    assert_int_equal(found->figure[2], 5000);
    free(scene);
}

/* A filter let nothing but SYNs through: that no ACK is seen means nothing. */
static void test_filtered_capture_shows_no_flood(void **state)
{
    struct scene *scene = begin(100000);
    (void)state;
    crowd_in(scene, 1000, 5 * SECOND_NS, 0, 1, true);
    finish(scene);
    assert_int_equal(scene->found[SF_CODE_SYN_FLOOD], 0);
    assert_int_equal(scene->found[SF_CODE_PORT_SCAN], 0);
    free(scene);
}

/* A balancer checks its forty servers with SYN, and resets as soon as they answer. */
static void check_health(bool has_ack)
{
    struct scene *scene = begin(100000);
    converse(scene);
    for (uint32_t i = 0; i < 200; i++) {
        struct pair pair = {.client = 0x0a000001u,
                            .server = 0xc8000100u + i % 40,
                            .client_port = (uint16_t)(20000 + i),
                            .server_port = 8080,
                            .isn = scatter(i)};
        ask(scene, &pair);
        accept_syn(scene, &pair);
        send_segment(scene, &pair, false, has_ack ? SF_RST | SF_ACK : SF_RST, pair.isn + 1u,
                     has_ack ? pair.isn * 3u + 8u : 0);
        pass(scene, SECOND_NS / 20);
    }
    finish(scene);
    assert_int_equal(scene->found[SF_CODE_PORT_SCAN], 0);
    free(scene);
}

static void test_health_checks_are_no_scan(void **state)
{
    (void)state;
    check_health(true);
    check_health(false);
}

/* A scan of 200 ports goes on through a flood of 300 000 forged addresses, and is seen. */
static void test_scan_in_a_flood(void **state)
{
    struct scene *scene = begin(50000);
    uint16_t port = 1;
    (void)state;
    converse(scene);
    for (uint32_t i = 0; i < 300000; i++) {
        struct pair pair = stranger(i);
        ask(scene, &pair);
        if (i % 4 == 0)
            accept_syn(scene, &pair);
        if (i % 1500 == 0) {
            struct pair scanner = {.client = 0x0a090807u,
                                   .server = 0xc8000002u,
                                   .client_port = 44444,
                                   .server_port = port++,
                                   .isn = scatter(i)};
            ask(scene, &scanner);
            refuse(scene, &scanner);
        }
        scene->now_ns += SECOND_NS / 10000;
    }
    pass(scene, 2 * SECOND_NS);
    finish(scene);
    assert_int_equal(scene->found[SF_CODE_PORT_SCAN], 1);
    assert_in_range(scene->last[SF_CODE_PORT_SCAN].figure[0], 190, 200);
    assert_true(scene->found[SF_CODE_SYN_FLOOD] >= 1);
    free(scene);
}

/* `source` tries `n` ports of a host, one each `gap_ns`, and all refuse. */
static void scan_ports(struct scene *scene, uint32_t source, uint32_t n, int64_t gap_ns)
{
    for (uint32_t i = 0; i < n; i++) {
        struct pair pair = {.client = source,
                            .server = 0xc8000002u,
                            .client_port = 40000,
                            .server_port = (uint16_t)(1 + i),
                            .isn = scatter(source + i)};
        ask(scene, &pair);
        refuse(scene, &pair);
        pass(scene, gap_ns);
    }
}

/* More scanners at a time than there are findings that grow: each is told, none twice. */
static void test_many_scanners(void **state)
{
    struct scene *scene = begin(100000);
    (void)state;
    for (uint32_t source = 0; source < 3 * 64; source++)
        scan_ports(scene, 0x0a000001u + source, 20, SECOND_NS / 1000);
    finish(scene);
    assert_int_equal(scene->found[SF_CODE_PORT_SCAN], 3 * 64);
    free(scene);
}

/* A scan of three minutes is told once a minute. */
static void test_long_scan(void **state)
{
    struct scene *scene = begin(100000);
    (void)state;
    scan_ports(scene, 0x0a000001u, 1800, SECOND_NS / 10);
    finish(scene);
    assert_int_equal(scene->found[SF_CODE_PORT_SCAN], 3);
    free(scene);
}

/* Nothing of what was before a clock was set back by a day gets in the way. */
static void test_clock_set_back(void **state)
{
    struct scene *scene = begin(100000);
    (void)state;
    scan_ports(scene, 0x0a000001u, 14, SECOND_NS);
    scene->now_ns -= 86400 * SECOND_NS;
    scan_ports(scene, 0x0a000001u, 14, SECOND_NS);
    assert_int_equal(scene->told_ns[SF_CODE_PORT_SCAN], 0);
    scan_ports(scene, 0x0a000001u, 20, SECOND_NS);
    finish(scene);
    assert_int_equal(scene->found[SF_CODE_PORT_SCAN], 1);
    free(scene);
}

/* A proxy opens hundreds of connections, and every fifth of its eighty servers is down. */
static void test_busy_proxy_is_no_scanner(void **state)
{
    struct scene *scene = begin(100000);
    (void)state;
    for (uint32_t i = 0; i < 400; i++) {
        struct pair pair = {.client = 0x0a000001u,
                            .server = 0xc8000100u + i % 80,
                            .client_port = (uint16_t)(20000 + i),
                            .server_port = (uint16_t)(i % 5 == 4 ? 9999 : 8000 + i % 80),
                            .isn = scatter(i)};
        ask(scene, &pair);
        if (i % 5 == 4) {
            refuse(scene, &pair);
        } else {
            accept_syn(scene, &pair);
            complete(scene, &pair);
        }
        pass(scene, SECOND_NS / 20);
    }
    finish(scene);
    assert_int_equal(scene->found[SF_CODE_PORT_SCAN], 0);
    free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flood_at_its_thresholds),
        cmocka_unit_test(test_load_test_is_no_flood),
        cmocka_unit_test(test_overloaded_server_is_no_flood),
        cmocka_unit_test(test_one_port_pair_is_no_flood),
        cmocka_unit_test(test_flood_is_told_live),
        cmocka_unit_test(test_filtered_capture_shows_no_flood),
        cmocka_unit_test(test_health_checks_are_no_scan),
        cmocka_unit_test(test_scan_in_a_flood),
        cmocka_unit_test(test_many_scanners),
        cmocka_unit_test(test_long_scan),
        cmocka_unit_test(test_clock_set_back),
        cmocka_unit_test(test_busy_proxy_is_no_scanner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
