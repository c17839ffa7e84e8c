#include "decode/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "decoding.h"
#include "hex.h"

#define ENDS4 "0a 00 00 01 0a 00 00 02 "

static void test_every_field_is_read(void **state)
{
    struct decoding decoding;
    const struct sf_segment *segment = &decoding.segment;
    (void)state;
    decoding_init(&decoding);
    decoding.packet.number = 77;
    decoding.packet.time_ns = -5;
    decoding.packet.is_nano = true;
    /* reserved bits 101; AE CWR URG PSH SYN; window 258, checksum 0304, urgent 1286 */
    assert_int_equal(decode_hex(&decoding, LINK_RAW,
                                "45 00 00 2d be ef 00 00 07 06 00 00 " ENDS4
                                "ff fe 00 01 80 00 00 01 7f ff ff fe 6b aa 01 02 03 04 05 06 "
                                "04 02 00 00 21"),
                     SF_SKIP_NONE);
    assert_int_equal(segment->number, 77);
    assert_true(segment->time_ns == -5);
    assert_true(segment->is_nano);
    assert_int_equal(segment->seq, 0x80000001);
    assert_int_equal(segment->ack, 0x7ffffffe);
    assert_int_equal(segment->data_offset, 6);
    assert_int_equal(segment->reserved, 5);
    assert_int_equal(segment->flags, SF_AE | SF_CWR | SF_URG | SF_PSH | SF_SYN);
    assert_int_equal(segment->window, 258);
    assert_int_equal(segment->checksum, 0x0304);
    assert_int_equal(segment->urgent, 0x0506);
    assert_int_equal(segment->payload, 1);
    assert_int_equal(segment->tcp_length, 25);
    assert_int_equal(segment->ttl, 7);
    assert_int_equal(segment->ip_id, 0xbeef);
    assert_int_equal(segment->kind, SF_SEGMENT_SENT);
    assert_int_equal(segment->checksum_state, SF_CHECKSUM_UNVERIFIED);
    assert_int_equal(segment->options.present, SF_OPT_SACK_PERMITTED);
    assert_int_equal(segment->quality, 0);
    decoding_release(&decoding);
}

/* Of a header cut behind its flags, what was not captured is 0, and options may have been there. */
static void test_cut_header(void **state)
{
    uint8_t bytes[64];
    size_t n = hex_read("45 00 00 2c 00 00 00 00 40 06 00 00 " ENDS4
                        "00 50 a0 28 00 00 23 29 00 00 03 e9 60 12 01 02 03 04 05 06 02 04 05 b4",
                        bytes, sizeof bytes);
    struct decoding decoding;
    const struct sf_segment *segment = &decoding.segment;
    (void)state;
    decoding_init(&decoding);
    for (size_t captured = 34; captured < n; captured++) {
        assert_int_equal(decode_bytes(&decoding, LINK_RAW, bytes, captured, n), SF_SKIP_NONE);
        assert_int_equal(segment->flags, SF_SYN | SF_ACK);
        assert_int_equal(segment->window, captured >= 36 ? 258 : captured == 35 ? 256 : 0);
        assert_int_equal(segment->urgent, captured >= 40 ? 0x0506 : captured == 39 ? 0x0500 : 0);
        assert_int_equal(segment->payload, 0);
        assert_int_equal(segment->quality, SF_QUALITY_TRUNCATED | SF_QUALITY_NO_TCP_OPTIONS);
        assert_int_equal(segment->options.present, 0);
    }
    assert_int_equal(decode_bytes(&decoding, LINK_RAW, bytes, n, n), SF_SKIP_NONE);
    assert_int_equal(segment->quality, 0);
    assert_int_equal(segment->options.mss, 1460);
    decoding_release(&decoding);
}

static void test_bad_data_offsets(void **state)
{
    static const struct {
        const char *packet;
        uint8_t quality;
        uint32_t payload;
    } cases[] = {
        {"50 10 00 00 00 00 00 00 01 01 01 01", 0, 4},
        {"60 10 00 00 00 00 00 00 01 01 01 01", 0, 0},
        {"00 10 00 00 00 00 00 00 01 01 01 01", SF_QUALITY_BAD_OFFSET, 0},
        {"40 10 00 00 00 00 00 00 01 01 01 01", SF_QUALITY_BAD_OFFSET, 0},
        {"70 10 00 00 00 00 00 00 01 01 01 01", SF_QUALITY_BAD_OFFSET, 0},
        {"f0 10 00 00 00 00 00 00 01 01 01 01", SF_QUALITY_BAD_OFFSET, 0},
    };
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[64];
        size_t n = hex_read("45 00 00 2c 00 00 00 00 40 06 00 00 " ENDS4
                            "00 50 a0 28 00 00 23 29 00 00 03 e9 ",
                            bytes, sizeof bytes);
        n += hex_read(cases[i].packet, bytes + n, sizeof bytes - n);
        assert_int_equal(decode_bytes(&decoding, LINK_RAW, bytes, n, n), SF_SKIP_NONE);
        assert_int_equal(decoding.segment.quality, cases[i].quality);
        assert_int_equal(decoding.segment.payload, cases[i].payload);
    }
    decoding_release(&decoding);
}

/* Both directions give one key and one hash; `from` tells them apart. */
static void test_keys(void **state)
{
    static const struct {
        const char *there, *back; /* addresses, then ports */
        uint8_t from;             /* of `there` */
    } cases[] = {
        {"0a 00 00 01 0a 00 00 02 a0 28 00 50", "0a 00 00 02 0a 00 00 01 00 50 a0 28", 0},
        {"0a 00 00 02 09 ff ff ff a0 28 00 50", "09 ff ff ff 0a 00 00 02 00 50 a0 28", 1},
        {"ff 00 00 01 7f 00 00 01 00 01 00 02", "7f 00 00 01 ff 00 00 01 00 02 00 01", 1},
        /* one address: the port decides */
        {"7f 00 00 01 7f 00 00 01 00 50 a0 28", "7f 00 00 01 7f 00 00 01 a0 28 00 50", 0},
    };
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[40] = {0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6};
        bytes[32] = 0x50;
        (void)hex_read(cases[i].there, bytes + 12, 12);
        assert_int_equal(decode_bytes(&decoding, LINK_RAW, bytes, 40, 40), SF_SKIP_NONE);
        struct sf_segment there = decoding.segment;
        (void)hex_read(cases[i].back, bytes + 12, 12);
        assert_int_equal(decode_bytes(&decoding, LINK_RAW, bytes, 40, 40), SF_SKIP_NONE);
        assert_int_equal(there.from, cases[i].from);
        assert_int_equal(decoding.segment.from, !cases[i].from);
        assert_memory_equal(&there.key, &decoding.segment.key, sizeof there.key);
        assert_true(there.hash == decoding.segment.hash);
        assert_memory_equal(there.key.addr[there.from], bytes + 16, 4);
        assert_int_equal(there.key.port[!there.from], bytes[20] << 8 | bytes[21]);
    }
    decoding_release(&decoding);
}

static void test_connection_to_itself_is_from_0(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    assert_int_equal(decode_hex(&decoding, LINK_RAW,
                                "45 00 00 28 00 00 00 00 40 06 00 00 7f 00 00 01 7f 00 00 01 "
                                "a0 28 a0 28 00 00 23 29 00 00 00 00 50 02 00 00 00 00 00 00"),
                     SF_SKIP_NONE);
    assert_int_equal(decoding.segment.from, 0);
    decoding_release(&decoding);
}

/* The same ends on other VLANs are other connections. */
static void test_vlans_are_part_of_the_key(void **state)
{
    static const char *const packets[] = {
        "02 00 00 00 00 01 02 00 00 00 00 02 08 00 ",
        "02 00 00 00 00 01 02 00 00 00 00 02 81 00 00 05 08 00 ",
        "02 00 00 00 00 01 02 00 00 00 00 02 81 00 00 06 08 00 ",
        "02 00 00 00 00 01 02 00 00 00 00 02 88 a8 00 06 81 00 00 05 08 00 ",
    };
    enum { N = sizeof packets / sizeof packets[0] };
    struct sf_segment made[N];
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    for (size_t i = 0; i < N; i++) {
        uint8_t bytes[80];
        size_t n = hex_read(packets[i], bytes, sizeof bytes);
        n += hex_read("45 00 00 28 00 00 00 00 40 06 00 00 " ENDS4
                      "a0 28 00 50 00 00 23 29 00 00 00 00 50 02 00 00 00 00 00 00",
                      bytes + n, sizeof bytes - n);
        assert_int_equal(decode_bytes(&decoding, LINK_ETHERNET, bytes, n, n), SF_SKIP_NONE);
        made[i] = decoding.segment;
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(&made[i].key, &made[j].key, sizeof made[i].key);
            assert_true(made[i].hash != made[j].hash);
        }
    }
    decoding_release(&decoding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_field_is_read),
        cmocka_unit_test(test_cut_header),
        cmocka_unit_test(test_bad_data_offsets),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_connection_to_itself_is_from_0),
        cmocka_unit_test(test_vlans_are_part_of_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
