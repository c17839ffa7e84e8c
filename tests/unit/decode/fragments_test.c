#include "decode/fragments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "decoding.h"

#define SEQ      1000u
#define SECOND   INT64_C(1000000000)
#define PIECES   6
#define NOT_MORE false
#define MORE     true

/*
 * A datagram carries a TCP header of 20 octets and payload. A piece is its octets [begin, end).
 * What must come of it: nothing (`seq` 0), or a segment.
 */
struct piece {
    uint32_t begin, end;
    bool has_more;
    uint32_t seq, payload;
    uint16_t flags;
    uint8_t kind;
};

#define NOTHING .seq = 0

static const struct {
    uint16_t flags;
    struct piece pieces[PIECES];
} orders[] = {
    /* in order: FIN and PSH come with the last */
    {SF_FIN | SF_PSH | SF_ACK,
     {{0, 40, MORE, 1000, 20, SF_ACK, SF_SEGMENT_SENT},
      {40, 80, MORE, 1020, 40, SF_ACK, SF_SEGMENT_CONTINUED},
      {80, 100, NOT_MORE, 1060, 20, (SF_FIN | SF_PSH | SF_ACK), SF_SEGMENT_CONTINUED}}},
    /* a SYN takes a number; without ACK a piece has no flag at all */
    {SF_SYN,
     {{0, 40, MORE, 1000, 20, SF_SYN, SF_SEGMENT_SENT},
      {40, 48, NOT_MORE, 1021, 8, 0, SF_SEGMENT_CONTINUED}}},
    /* no FIN: a piece behind a gap is told at once, and the gap when it comes */
    {SF_PSH | SF_ACK,
     {{0, 40, MORE, 1000, 20, SF_ACK, SF_SEGMENT_SENT},
      {80, 100, NOT_MORE, 1060, 20, SF_ACK, SF_SEGMENT_CONTINUED},
      {40, 80, MORE, 1020, 40, SF_PSH | SF_ACK, SF_SEGMENT_CONTINUED}}},
    /* with FIN it waits for the gap, so that FIN's number is right */
    {SF_FIN | SF_ACK,
     {{0, 40, MORE, 1000, 20, SF_ACK, SF_SEGMENT_SENT},
      {80, 100, NOT_MORE, NOTHING},
      {40, 80, MORE, 1020, 60, SF_FIN | SF_ACK, SF_SEGMENT_CONTINUED}}},
    /* the second came before the first */
    {SF_FIN | SF_ACK,
     {{40, 80, MORE, NOTHING},
      {0, 40, MORE, 1000, 60, SF_ACK, SF_SEGMENT_SENT},
      {80, 88, NOT_MORE, 1060, 8, SF_FIN | SF_ACK, SF_SEGMENT_CONTINUED}}},
    /* the first came last: it tells everything */
    {SF_FIN | SF_PSH | SF_ACK,
     {{80, 88, NOT_MORE, NOTHING},
      {40, 80, MORE, NOTHING},
      {0, 40, MORE, 1000, 68, (SF_FIN | SF_PSH | SF_ACK), SF_SEGMENT_SENT}}},
    /* a piece before the first that leaves a gap is told with what closes the gap */
    {SF_ACK,
     {{80, 100, NOT_MORE, NOTHING},
      {0, 40, MORE, 1000, 20, SF_ACK, SF_SEGMENT_SENT},
      {40, 80, MORE, 1020, 60, SF_ACK, SF_SEGMENT_CONTINUED}}},
    /* the same piece twice, and what overlaps: no octet twice */
    {SF_FIN | SF_ACK,
     {{0, 40, MORE, 1000, 20, SF_ACK, SF_SEGMENT_SENT},
      {40, 80, MORE, 1020, 40, SF_ACK, SF_SEGMENT_CONTINUED},
      {40, 80, MORE, NOTHING},
      {32, 96, MORE, 1060, 16, SF_ACK, SF_SEGMENT_CONTINUED},
      {48, 100, NOT_MORE, 1076, 4, SF_FIN | SF_ACK, SF_SEGMENT_CONTINUED}}},
    /* the first twice: a copy, told as it came, and nothing begins anew */
    {SF_FIN | SF_ACK,
     {{0, 40, MORE, 1000, 20, SF_ACK, SF_SEGMENT_SENT},
      {40, 80, MORE, 1020, 40, SF_ACK, SF_SEGMENT_CONTINUED},
      {0, 40, MORE, 1000, 20, SF_ACK, SF_SEGMENT_SENT},
      {40, 80, MORE, NOTHING},
      {80, 88, NOT_MORE, 1060, 8, SF_FIN | SF_ACK, SF_SEGMENT_CONTINUED}}},
    /* an overlap at its end, with what came before it */
    {SF_PSH | SF_ACK,
     {{0, 40, MORE, 1000, 20, SF_ACK, SF_SEGMENT_SENT},
      {80, 100, NOT_MORE, 1060, 20, SF_ACK, SF_SEGMENT_CONTINUED},
      {40, 96, MORE, 1020, 40, SF_PSH | SF_ACK, SF_SEGMENT_CONTINUED}}},
    /* the first once more, after everything: FIN was told */
    {SF_FIN | SF_ACK,
     {{0, 40, MORE, 1000, 20, SF_ACK, SF_SEGMENT_SENT},
      {40, 48, NOT_MORE, 1020, 8, SF_FIN | SF_ACK, SF_SEGMENT_CONTINUED},
      {0, 40, MORE, 1000, 20, SF_ACK, SF_SEGMENT_SENT}}},
    /* the rest of the header in the second piece: the payload begins there */
    {SF_FIN | SF_ACK,
     {{0, 16, MORE, 1000, 0, SF_ACK, SF_SEGMENT_SENT},
      {16, 32, NOT_MORE, 1000, 12, SF_FIN | SF_ACK, SF_SEGMENT_CONTINUED}}},
    /* two last pieces that contradict each other: the first one counts */
    {SF_FIN | SF_ACK,
     {{0, 40, MORE, 1000, 20, SF_ACK, SF_SEGMENT_SENT},
      {48, 56, NOT_MORE, NOTHING},
      {56, 64, NOT_MORE, NOTHING},
      {40, 48, MORE, 1020, 24, SF_FIN | SF_ACK, SF_SEGMENT_CONTINUED}}},
};

static void put_be16(uint8_t *bytes, uint32_t value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

/* A TCP header from 41000 to 80, ack 9001, window 500, and zeros. */
static void put_tcp(uint8_t *datagram, uint32_t seq, uint16_t flags)
{
    put_be16(datagram, 41000);
    put_be16(datagram + 2, 80);
    put_be16(datagram + 6, seq);
    put_be16(datagram + 10, 9001);
    put_be16(datagram + 12, 0x5000u | flags);
    put_be16(datagram + 14, 500);
}

static enum sf_skip decode_v4(struct decoding *decoding, uint16_t id, const uint8_t *datagram,
                              const struct piece *piece)
{
    uint8_t bytes[256] = {0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2};
    uint32_t length = piece->end - piece->begin;
    put_be16(bytes + 2, 20 + length);
    put_be16(bytes + 4, id);
    put_be16(bytes + 6, (piece->has_more ? 0x2000u : 0) | piece->begin / 8);
    memcpy(bytes + 20, datagram + piece->begin, length);
    return decode_bytes(decoding, LINK_RAW, bytes, 20 + length, 20 + length);
}

/* Destination options of 8 octets stand in front of TCP, in the part that is cut. */
static enum sf_skip decode_v6(struct decoding *decoding, uint16_t id, const uint8_t *datagram,
                              const struct piece *piece)
{
    enum { OPTIONS = 8, HEADERS = 48 };
    uint8_t whole[OPTIONS + 256] = {6, 0, 1, 4};
    uint8_t bytes[512] = {0x60, 0, 0, 0, 0, 0, 44, 64, 0x20, 1};
    uint32_t begin = piece->begin == 0 ? 0 : piece->begin + OPTIONS;
    uint32_t length = piece->end + OPTIONS - begin;
    memcpy(whole + OPTIONS, datagram, 256);
    bytes[39] = 1;
    bytes[40] = 60;
    put_be16(bytes + 4, 8 + length);
    put_be16(bytes + 42, begin | (piece->has_more ? 1 : 0));
    put_be16(bytes + 46, id);
    memcpy(bytes + HEADERS, whole + begin, length);
    return decode_bytes(decoding, LINK_RAW, bytes, HEADERS + length, HEADERS + length);
}

typedef enum sf_skip decode_fn(struct decoding *, uint16_t, const uint8_t *, const struct piece *);

static void check_piece(const struct decoding *decoding, enum sf_skip skip,
                        const struct piece *expected)
{
    const struct sf_segment *segment = &decoding->segment;
    if (expected->seq == 0) {
        assert_int_equal(skip, SF_SKIP_FRAGMENT);
        return;
    }
    bool is_first = expected->kind == SF_SEGMENT_SENT;
    bool is_open = is_first && (expected->flags & SF_FIN) == 0;
    assert_int_equal(skip, SF_SKIP_NONE);
    assert_int_equal(segment->kind, expected->kind);
    assert_int_equal(segment->seq, expected->seq);
    assert_int_equal(segment->payload, expected->payload);
    assert_int_equal(segment->tcp_length, expected->payload + (is_first ? 20 : 0));
    assert_int_equal(segment->flags, expected->flags);
    assert_int_equal(segment->ack, 9001);
    assert_int_equal(segment->window, 500);
    assert_int_equal(segment->checksum_state, SF_CHECKSUM_PARTIAL);
    assert_int_equal(segment->quality & SF_QUALITY_MORE_FRAGMENTS,
                     is_open ? SF_QUALITY_MORE_FRAGMENTS : 0);
}

static void check_orders(decode_fn *decode)
{
    struct decoding decoding;
    decoding_init(&decoding);
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        uint8_t datagram[256] = {0};
        struct sf_segment first = {0};
        put_tcp(datagram, SEQ, orders[i].flags);
        print_message("order %zu\n", i);
        for (size_t j = 0; j < PIECES && orders[i].pieces[j].end != 0; j++) {
            const struct piece *piece = &orders[i].pieces[j];
            check_piece(&decoding, decode(&decoding, (uint16_t)i, datagram, piece), piece);
            if (piece->seq != 0 && first.hash != 0) {
                assert_memory_equal(&decoding.segment.key, &first.key, sizeof first.key);
                assert_true(decoding.segment.hash == first.hash);
                assert_int_equal(decoding.segment.from, first.from);
            }
            first = piece->seq != 0 ? decoding.segment : first;
        }
    }
    decoding_release(&decoding);
}

static void test_orders_v4(void **state)
{
    (void)state;
    check_orders(decode_v4);
}

static void test_orders_v6(void **state)
{
    (void)state;
    check_orders(decode_v6);
}

static const struct piece first_piece = {.begin = 0, .end = 40, .has_more = MORE};
static const struct piece second_piece = {.begin = 40, .end = 48, .has_more = NOT_MORE};

/* After 30 s, or with another first piece, the same id is another datagram. */
static void test_ids_are_used_again(void **state)
{
    uint8_t datagram[256] = {0};
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    put_tcp(datagram, SEQ, SF_ACK);
    assert_int_equal(decode_v4(&decoding, 7, datagram, &first_piece), SF_SKIP_NONE);
    decoding.packet.time_ns = 31 * SECOND;
    assert_int_equal(decode_v4(&decoding, 7, datagram, &second_piece), SF_SKIP_FRAGMENT);
    put_tcp(datagram, 2000, SF_ACK);
    assert_int_equal(decode_v4(&decoding, 7, datagram, &first_piece), SF_SKIP_NONE);
    assert_int_equal(decoding.segment.payload, 28); /* with the one that waited */
    put_tcp(datagram, 3000, SF_ACK);
    assert_int_equal(decode_v4(&decoding, 7, datagram, &first_piece), SF_SKIP_NONE);
    assert_int_equal(decode_v4(&decoding, 7, datagram, &second_piece), SF_SKIP_NONE);
    assert_int_equal(decoding.segment.seq, 3020);
    decoding_release(&decoding);
}

static void test_the_oldest_makes_room(void **state)
{
    uint8_t datagram[256] = {0};
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    for (uint32_t id = 0; id <= FRAGMENTS_DATAGRAMS; id++) {
        put_tcp(datagram, 1000 + id, SF_ACK);
        assert_int_equal(decode_v4(&decoding, (uint16_t)id, datagram, &first_piece), SF_SKIP_NONE);
    }
    assert_int_equal(decode_v4(&decoding, 1, datagram, &second_piece), SF_SKIP_NONE);
    assert_int_equal(decoding.segment.seq, 1021);
    assert_int_equal(decode_v4(&decoding, 0, datagram, &second_piece), SF_SKIP_FRAGMENT);
    decoding_release(&decoding);
}

/* More gaps than are kept: the rest is left out, and nothing is told twice. */
static void test_gaps_are_bounded(void **state)
{
    uint8_t datagram[1024] = {0};
    uint32_t told = 0, n = 0;
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    put_tcp(datagram, SEQ, SF_ACK);
    assert_int_equal(decode_v4(&decoding, 7, datagram, &first_piece), SF_SKIP_NONE);
    for (uint32_t begin = 48; begin + 8 < sizeof datagram; begin += 16) {
        struct piece piece = {.begin = begin, .end = begin + 8, .has_more = MORE};
        if (decode_v4(&decoding, 7, datagram, &piece) == SF_SKIP_NONE) {
            told += decoding.segment.payload;
            n++;
        }
    }
    assert_int_equal(n, FRAGMENTS_RANGES - 1);
    assert_int_equal(told, 8 * n);
    decoding_release(&decoding);
}

/* An offset of 65528 and 16 octets: no datagram is that long. */
static void test_pieces_beyond_64_kib_are_malformed(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    assert_int_equal(decode_hex(&decoding, LINK_RAW,
                                "45 00 00 24 00 01 1f ff 40 06 00 00 0a 00 00 01 0a 00 00 02 "
                                "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"),
                     SF_SKIP_MALFORMED);
    decoding_release(&decoding);
}

/* Eight octets of a TCP header: neither numbers nor flags. */
static void test_first_piece_without_flags_is_truncated(void **state)
{
    static const struct piece tiny = {.begin = 0, .end = 8, .has_more = MORE};
    uint8_t datagram[256] = {0};
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    put_tcp(datagram, SEQ, SF_ACK);
    assert_int_equal(decode_v4(&decoding, 7, datagram, &tiny), SF_SKIP_TRUNCATED);
    decoding_release(&decoding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orders_v4),
        cmocka_unit_test(test_orders_v6),
        cmocka_unit_test(test_ids_are_used_again),
        cmocka_unit_test(test_the_oldest_makes_room),
        cmocka_unit_test(test_gaps_are_bounded),
        cmocka_unit_test(test_pieces_beyond_64_kib_are_malformed),
        cmocka_unit_test(test_first_piece_without_flags_is_truncated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
