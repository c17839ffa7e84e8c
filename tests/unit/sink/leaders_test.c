/*
 * Tests of sink/leaders: the order of the lists, and that those at the top stay there however many
 * others come.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sink/leaders.h"
#include "story.h"

static struct sf_leaders *begin(struct story *story)
{
    struct sf_leaders *leaders = calloc(1, sizeof *leaders);
    assert_non_null(leaders);
    story_begin(story, NULL);
    story->flow.closed_by = SF_NOBODY;
    story->flow.syn_ns = story->flow.complete_ns = SF_NO_TIME;
    return leaders;
}

static void put_state(struct sf_end *end, enum sf_state state)
{
    end->path[0] = (uint8_t)state;
    end->n_path = 1;
}

static void set_server(struct story *story, uint32_t address, uint16_t port)
{
    unsigned server = 1u - story->flow.client;
    for (unsigned i = 0; i < 4; i++)
        story->flow.key.addr[server][i] = (uint8_t)(address >> (24 - 8 * i));
    story->flow.key.port[server] = port;
}

static void test_close_wait(void **state)
{
    struct story story;
    struct sf_leader top[SF_LEADERS_MAX];
    struct sf_leaders *leaders = begin(&story);
    (void)state;
    assert_int_equal(sf_leaders_top(&leaders->close_wait, top), 0);
    put_state(&story.flow.end[SF_SERVER], SF_STATE_CLOSE_WAIT);
    put_state(&story.flow.end[SF_CLIENT], SF_STATE_FIN_WAIT_2);
    static const uint16_t ports[] = {443, 80, 80, 8080, 443, 80, 22, 25, 110};
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        set_server(&story, 0x0a000002, ports[i]);
        sf_leaders_add(leaders, &story.flow);
    }
    assert_int_equal(sf_leaders_top(&leaders->close_wait, top), SF_LEADERS_MAX);
    static const struct {
        uint16_t port;
        uint64_t count;
    } expected[] = {{80, 3}, {443, 2}, {22, 1}, {25, 1}, {110, 1}};
    for (size_t i = 0; i < SF_LEADERS_MAX; i++) {
        assert_true(top[i].has_port);
        assert_int_equal(top[i].port, expected[i].port);
        assert_int_equal(top[i].count, expected[i].count);
        assert_int_equal(top[i].excess, 0);
    }
    free(leaders);
}

/* A host that collects TIME_WAIT is one, whatever its ports. */
static void test_time_wait(void **state)
{
    struct story story;
    struct sf_leader top[SF_LEADERS_MAX];
    struct sf_leaders *leaders = begin(&story);
    (void)state;
    put_state(&story.flow.end[SF_CLIENT], SF_STATE_TIME_WAIT);
    for (uint16_t port = 40000; port < 40007; port++) {
        story.flow.key.port[story.flow.client] = port;
        sf_leaders_add(leaders, &story.flow);
    }
    assert_int_equal(sf_leaders_top(&leaders->time_wait, top), 1);
    assert_int_equal(top[0].count, 7);
    assert_false(top[0].has_port);
    assert_int_equal(sf_leaders_top(&leaders->close_wait, top), 0);
    free(leaders);
}

/* Three heavy ones among 300 000 that come once: found, and never counted above the truth. */
static void test_heavy_hitters(void **state)
{
    struct story story;
    struct sf_leader top[SF_LEADERS_MAX];
    struct sf_leaders *leaders = begin(&story);
    (void)state;
    put_state(&story.flow.end[SF_SERVER], SF_STATE_CLOSE_WAIT);
    for (uint32_t i = 0; i < 300000; i++) {
        set_server(&story, 0x0b000000 + i, 80);
        sf_leaders_add(leaders, &story.flow);
        set_server(&story, 0x0a000001 + i % 3, 80);
        if (i % 10 == 0)
            sf_leaders_add(leaders, &story.flow);
    }
    assert_int_equal(sf_leaders_top(&leaders->close_wait, top), SF_LEADERS_MAX);
    for (uint8_t i = 0; i < 3; i++) {
        assert_int_equal(top[i].address[0], 10);
        assert_in_range(top[i].count, 9900, 10000);
        assert_true(top[i].count + top[i].excess >= 10000);
    }
    free(leaders);
}

static void test_first_to_close(void **state)
{
    struct story story;
    struct sf_port_closes top[SF_PORTS_MAX];
    struct sf_leaders *leaders = begin(&story);
    (void)state;
    story.flow.handshake = SF_HANDSHAKE_COMPLETE;
    for (uint16_t port = 1; port <= 12; port++) {
        set_server(&story, 0x0a000002, port);
        for (unsigned i = 0; i < port; i++) {
            story.flow.closed_by = i == 0 ? SF_SERVER : SF_CLIENT;
            sf_leaders_add(leaders, &story.flow);
        }
    }
    story.flow.handshake = SF_HANDSHAKE_REFUSED; /* was never open */
    sf_leaders_add(leaders, &story.flow);
    assert_int_equal(sf_leaders_ports(leaders, top), SF_PORTS_MAX);
    assert_int_equal(top[0].port, 12);
    assert_int_equal(top[0].by_server, 1);
    assert_int_equal(top[0].by_client, 11);
    assert_int_equal(top[7].port, 5);
    free(leaders);
}

static void test_slowest(void **state)
{
    static const int64_t times_ns[] = {50, 10, 90, 90, 20, 70, 60, 80};
    static const uint32_t ids[] = {3, 4, 8, 6, 7}; /* 90, 90, 80, 70, 60 */
    struct story story;
    struct sf_leaders *leaders = begin(&story);
    (void)state;
    for (uint32_t i = 0; i < 8; i++) {
        story.flow.id = i + 1;
        story.flow.syn_ns = 1000;
        story.flow.complete_ns = 1000 + times_ns[i];
        sf_leaders_add(leaders, &story.flow);
    }
    assert_int_equal(leaders->n_slow, SF_LEADERS_MAX);
    for (unsigned i = 0; i < SF_LEADERS_MAX; i++)
        assert_int_equal(leaders->slow[i].id, ids[i]);
    free(leaders);
}

static void test_attacks(void **state)
{
    static const uint32_t figures[] = {20, 500, 15, 20, 30, 16, 17};
    static const uint32_t ids[] = {2, 5, 1, 4, 7};
    struct story story;
    struct sf_leaders *leaders = begin(&story);
    (void)state;
    struct sf_found *found = story_found(&story, SF_CODE_PORT_SCAN, SF_CLIENT);
    for (uint32_t i = 0; i < 7; i++) {
        story.flow.id = i + 1;
        found->figure[0] = figures[i];
        sf_leaders_add(leaders, &story.flow);
    }
    assert_int_equal(leaders->n_attacks, SF_LEADERS_MAX);
    for (unsigned i = 0; i < SF_LEADERS_MAX; i++)
        assert_int_equal(leaders->attack[i].id, ids[i]);
    free(leaders);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_close_wait),    cmocka_unit_test(test_time_wait),
        cmocka_unit_test(test_heavy_hitters), cmocka_unit_test(test_first_to_close),
        cmocka_unit_test(test_slowest),       cmocka_unit_test(test_attacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
