/* Which packets the capture itself repeats. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/copies.h"

static struct sf_segment original(void)
{
    return (struct sf_segment){.time_ns = INT64_C(1700000000000000000),
                               .seq = 1000,
                               .ack = 2000,
                               .payload = 10,
                               .flags = SF_ACK | SF_PSH,
                               .window = 500,
                               .checksum = 0x1234,
                               .ip_id = 4711,
                               .ttl = 64};
}

static enum copy look(struct copies *copies, const struct sf_segment *segment)
{
    struct original original;
    return sf_copies_seen(copies, segment, &original);
}

static void test_copies(void **state)
{
    static const struct {
        int64_t apart_us;
        int ttl, interface, id, seq, checksum;
        bool is_copy;
    } cases[] = {
        /* the same identification, up to 50 ms apart */
        {20, 64, 0, 4711, 1000, 0x1234, true},
        {20, 63, 0, 4711, 1000, 0x1234, true},
        {49999, 64, 0, 4711, 1000, 0x1234, true},
        {50001, 64, 0, 4711, 1000, 0x1234, false}, /* an old duplicate, no copy */
        {-20, 63, 1, 4711, 1000, 0x1234, true},    /* files of several interfaces */
        /* another identification is another packet, however alike */
        {20, 64, 0, 4712, 1000, 0x1234, false},
        /* anything else that differs */
        {20, 64, 0, 4711, 1001, 0x1234, false},
        {20, 64, 0, 4711, 1000, 0x1235, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct copies *copies = sf_copies_new();
        struct sf_segment first = original(), second = original();
        assert_non_null(copies);
        second.time_ns += cases[i].apart_us * 1000;
        second.ttl = (uint8_t)cases[i].ttl;
        second.interface = (uint32_t)cases[i].interface;
        second.ip_id = (uint16_t)cases[i].id;
        second.seq = (uint32_t)cases[i].seq;
        second.checksum = (uint16_t)cases[i].checksum;
        assert_int_equal(look(copies, &first), COPY_NOT);
        assert_int_equal(look(copies, &second) != COPY_NOT, cases[i].is_copy);
        sf_copies_free(copies);
    }
}

/* Without an identification (IPv6) time, hop limit and interface decide. */
static void test_without_identification(void **state)
{
    static const struct {
        int64_t apart_us;
        int ttl, interface;
        bool is_copy;
    } cases[] = {
        {900, 64, 0, true},   {1100, 64, 0, false}, {1100, 63, 0, true},
        {4900, 63, 0, true},  {5100, 63, 0, false}, {4900, 64, 1, true},
        {5100, 64, 1, false}, {49000, 63, 1, true}, {51000, 63, 1, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct copies *copies = sf_copies_new();
        struct sf_segment first = original(), second = original();
        first.ip_id = second.ip_id = 0;
        second.time_ns += cases[i].apart_us * 1000;
        second.ttl = (uint8_t)cases[i].ttl;
        second.interface = (uint32_t)cases[i].interface;
        assert_int_equal(look(copies, &first), COPY_NOT);
        assert_int_equal(look(copies, &second) != COPY_NOT, cases[i].is_copy);
        sf_copies_free(copies);
    }
}

/* Each bit that two packets of a connection, or of two connections, can differ in makes them two.
 */
static void test_each_bit_counts(void **state)
{
#define FIELD(field)                                                                               \
    {                                                                                              \
#field, offsetof(struct sf_segment, field), sizeof((struct sf_segment){0}.field)           \
    }
    static const struct {
        const char *name;
        size_t at, size;
    } fields[] = {
        FIELD(key.addr),
        FIELD(key.port),
        FIELD(key.ip),
        FIELD(from),
        FIELD(seq),
        FIELD(ack),
        FIELD(flags),
        FIELD(window),
        FIELD(checksum),
        FIELD(urgent),
        FIELD(payload),
        FIELD(ip_id),
        FIELD(options.tsval),
        FIELD(options.tsecr),
        FIELD(options.sack_left),
        FIELD(options.sack_right),
    };
#undef FIELD
    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        for (size_t bit = 0; bit < 8 * fields[i].size; bit++) {
            struct copies *copies = sf_copies_new();
            struct sf_segment first = original(), second = original();
            assert_non_null(copies);
            ((uint8_t *)&second)[fields[i].at + bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(look(copies, &first), COPY_NOT);
            if (look(copies, &second) != COPY_NOT)
                fail_msg("%s, bit %zu: taken for a copy", fields[i].name, bit);
            assert_int_equal(look(copies, &first), COPY_CERTAIN); /* which is still there */
            sf_copies_free(copies);
        }
    }
}

/* A mirror port shows a packet without its VLAN tag, and with it: one packet, of one connection. */
static void test_other_world(void **state)
{
    struct copies *copies = sf_copies_new();
    struct sf_segment first = original(), second = original();
    struct original found;
    (void)state;
    assert_non_null(copies);
    first.key.vlan[0] = first.key.vlan[1] = second.key.vlan[1] = SF_NO_VLAN;
    first.hash = 17;
    second.key.vlan[0] = 42;
    second.hash = 18;
    second.time_ns += 5000000;
    second.ttl = 63;
    assert_int_equal(sf_copies_seen(copies, &first, &found), COPY_NOT);
    assert_int_equal(sf_copies_seen(copies, &second, &found), COPY_CERTAIN);
    assert_memory_equal(&found.key, &first.key, sizeof found.key);
    assert_int_equal(found.hash, 17);
    second.time_ns += 15000000; /* no identification, but one router further */
    first.ip_id = second.ip_id = 0;
    assert_int_equal(sf_copies_seen(copies, &first, &found), COPY_NOT);
    assert_int_equal(sf_copies_seen(copies, &second, &found), COPY_CERTAIN);
    second.key.port[0]++; /* another connection */
    assert_int_equal(sf_copies_seen(copies, &second, &found), COPY_NOT);
    sf_copies_free(copies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_each_bit_counts),
        cmocka_unit_test(test_other_world),
        cmocka_unit_test(test_without_identification),
    };
    return cmocka_run_group_tests_name("engine/copies", tests, NULL, NULL);
}
