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

struct order {
    uint16_t flags;
    struct piece pieces[PIECES];
};

static const struct order orders[] = {
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
    /* two last pieces that contradict each other: the first one counts */
    {SF_FIN | SF_ACK,
     {{0, 40, MORE, 1000, 20, SF_ACK, SF_SEGMENT_SENT},
      {48, 56, NOT_MORE, NOTHING},
      {56, 64, NOT_MORE, NOTHING},
      {40, 48, MORE, 1020, 24, SF_FIN | SF_ACK, SF_SEGMENT_CONTINUED}}},
};

/* The header is spread over pieces: told when the last of it has come. */
static const struct order spread[] = {
    {SF_FIN | SF_ACK,
     {{0, 16, MORE, NOTHING}, {16, 32, NOT_MORE, 1000, 12, SF_FIN | SF_ACK, SF_SEGMENT_SENT}}},
    {SF_FIN | SF_ACK,
     {{0, 8, MORE, NOTHING},
      {8, 24, MORE, 1000, 4, SF_ACK, SF_SEGMENT_SENT},
      {24, 40, NOT_MORE, 1004, 16, SF_FIN | SF_ACK, SF_SEGMENT_CONTINUED}}},
    /* backwards; the middle last; the end before the rest of the header */
    {SF_FIN | SF_ACK,
     {{8, 32, NOT_MORE, NOTHING}, {0, 8, MORE, 1000, 12, SF_FIN | SF_ACK, SF_SEGMENT_SENT}}},
    {SF_FIN | SF_ACK,
     {{0, 8, MORE, NOTHING},
      {16, 20, NOT_MORE, NOTHING},
      {8, 16, MORE, 1000, 0, SF_FIN | SF_ACK, SF_SEGMENT_SENT}}},
    {SF_PSH | SF_ACK,
     {{0, 8, MORE, NOTHING},
      {64, 80, NOT_MORE, NOTHING},
      {8, 24, MORE, 1000, 4, SF_ACK, SF_SEGMENT_SENT},
      {24, 64, MORE, 1004, 56, SF_PSH | SF_ACK, SF_SEGMENT_CONTINUED}}},
    /* each piece captured twice: told once */
    {SF_FIN | SF_ACK,
     {{0, 8, MORE, NOTHING},
      {0, 8, MORE, NOTHING},
      {8, 32, NOT_MORE, 1000, 12, SF_FIN | SF_ACK, SF_SEGMENT_SENT},
      {8, 32, NOT_MORE, NOTHING},
      {0, 8, MORE, NOTHING}}},
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

static void check_orders(decode_fn *decode, const struct order *orders_given, size_t n)
{
    struct decoding decoding;
    decoding_init(&decoding);
    for (size_t i = 0; i < n; i++) {
        uint8_t datagram[256] = {0};
        struct sf_segment first = {0};
        put_tcp(datagram, SEQ, orders_given[i].flags);
        print_message("order %zu\n", i);
        for (size_t j = 0; j < PIECES && orders_given[i].pieces[j].end != 0; j++) {
            const struct piece *piece = &orders_given[i].pieces[j];
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
    check_orders(decode_v4, orders, sizeof orders / sizeof orders[0]);
}

static void test_orders_v6(void **state)
{
    (void)state;
    check_orders(decode_v6, orders, sizeof orders / sizeof orders[0]);
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

static void test_headers_in_pieces(void **state)
{
    (void)state;
    check_orders(decode_v4, spread, sizeof spread / sizeof spread[0]);
}

/*
 * Behind options of IPv6, which are cut as well, nobody can say where TCP begins in a later piece:
 * what the first one has is used, if that goes up to the flags.
 */
static void test_header_in_pieces_behind_options(void **state)
{
    static const struct order order = {
        SF_FIN | SF_ACK,
        {{0, 16, MORE, 1000, 0, SF_ACK, SF_SEGMENT_SENT},
         {16, 32, NOT_MORE, 1000, 12, SF_FIN | SF_ACK, SF_SEGMENT_CONTINUED}}};
    static const struct piece tiny = {.begin = 0, .end = 8, .has_more = MORE};
    uint8_t datagram[256] = {0};
    struct decoding decoding;
    (void)state;
    check_orders(decode_v6, &order, 1);
    decoding_init(&decoding);
    put_tcp(datagram, SEQ, SF_ACK);
    assert_int_equal(decode_v6(&decoding, 7, datagram, &tiny), SF_SKIP_TRUNCATED);
    decoding_release(&decoding);
}

/* IP 192.168.1.100.12345 > 10.0.0.5.80: Flags [S], seq 1000, win 8192,
 *     options [mss 1460,sackOK,TS val 12345678 ecr 0,nop,wscale 7], cut behind the first of them */
static void test_options_in_pieces(void **state)
{
    struct decoding decoding;
    const struct sf_segment *segment = &decoding.segment;
    (void)state;
    decoding_init(&decoding);
    assert_int_equal(decode_hex(&decoding, LINK_RAW,
                                "45 00 00 2c 00 01 20 00 40 06 8e ba c0 a8 01 64 0a 00 00 05 "
                                "30 39 00 50 00 00 03 e8 00 00 00 00 a0 02 20 00 c5 73 00 00 "
                                "02 04 05 b4 "),
                     SF_SKIP_FRAGMENT);
    assert_int_equal(decode_hex(&decoding, LINK_RAW,
                                "45 00 00 24 00 01 00 03 40 06 ae bf c0 a8 01 64 0a 00 00 05 "
                                "04 02 08 0a 00 bc 61 4e 00 00 00 00 01 03 03 07 "),
                     SF_SKIP_NONE);
    assert_int_equal(segment->kind, SF_SEGMENT_SENT);
    assert_int_equal(segment->flags, SF_SYN);
    assert_int_equal(segment->quality, 0);
    assert_int_equal(segment->options.present,
                     SF_OPT_MSS | SF_OPT_SACK_PERMITTED | SF_OPT_TIMESTAMPS | SF_OPT_WSCALE);
    assert_int_equal(segment->options.mss, 1460);
    assert_int_equal(segment->options.tsval, 12345678);
    assert_int_equal(segment->options.wscale, 7);
    decoding_release(&decoding);
}

/* The same id for another datagram; and one whose data offset cannot be: told once, no payload. */
static void test_other_headers_in_pieces(void **state)
{
    static const struct piece tiny = {.begin = 0, .end = 8, .has_more = MORE};
    static const struct piece rest = {.begin = 8, .end = 32, .has_more = NOT_MORE};
    uint8_t datagram[256] = {0};
    struct decoding decoding;
    (void)state;
    decoding_init(&decoding);
    put_tcp(datagram, SEQ, SF_ACK);
    assert_int_equal(decode_v4(&decoding, 7, datagram, &tiny), SF_SKIP_FRAGMENT);
    put_tcp(datagram, 2000, SF_ACK);
    assert_int_equal(decode_v4(&decoding, 7, datagram, &tiny), SF_SKIP_FRAGMENT);
    assert_int_equal(decode_v4(&decoding, 7, datagram, &rest), SF_SKIP_NONE);
    assert_int_equal(decoding.segment.seq, 2000);
    assert_int_equal(decoding.segment.payload, 12);
    put_be16(datagram + 12, 0x4000u | SF_ACK);
    assert_int_equal(decode_v4(&decoding, 8, datagram, &tiny), SF_SKIP_FRAGMENT);
    assert_int_equal(decode_v4(&decoding, 8, datagram, &rest), SF_SKIP_NONE);
    assert_int_equal(decoding.segment.quality, SF_QUALITY_BAD_OFFSET);
    assert_int_equal(decoding.segment.payload, 0);
    assert_int_equal(decode_v4(&decoding, 8, datagram, &rest), SF_SKIP_FRAGMENT);
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
        cmocka_unit_test(test_headers_in_pieces),
        cmocka_unit_test(test_header_in_pieces_behind_options),
        cmocka_unit_test(test_options_in_pieces),
        cmocka_unit_test(test_other_headers_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
