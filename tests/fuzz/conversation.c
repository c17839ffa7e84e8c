#include "conversation.h"

#include <stdlib.h>
#include <string.h>

#include <synfin/catalogue.h>

#include "base/bytes.h"

#define FLAGS     0x1ffu
#define SIGN      0x800u
#define MANTISSA  0x7ffu
#define US        INT64_C(1000)
#define QUOTED    0x08u
#define SERVER    443u
#define START_NS  INT64_C(1700000000000000000)
#define HASH_STEP UINT64_C(0x9e3779b97f4a7c15)

static int64_t unpack_delay(uint16_t packed)
{
    int64_t delay = (int64_t)(packed & MANTISSA) << 2 * (packed >> 12);
    return ((packed & SIGN) != 0 ? -delay : delay) * US;
}

static uint16_t pack_delay(int64_t delay_ns)
{
    int64_t us = (delay_ns < 0 ? -delay_ns : delay_ns) / US;
    unsigned exponent = 0;
    while (us > (int64_t)MANTISSA && exponent < 15) {
        us >>= 2;
        exponent++;
    }
    if (us > (int64_t)MANTISSA) {
        us = MANTISSA;
    }
    return (uint16_t)(exponent << 12 | (delay_ns < 0 ? SIGN : 0) | (unsigned)us);
}

/* Two of the four use the same addresses, another is IPv6, and one end talks to itself. */
static void fill_key(struct sf_key *key, unsigned which)
{
    memset(key, 0, sizeof *key);
    key->ip = which == 2 ? 6 : 4;
    key->addr[0][0] = 10;
    key->addr[1][0] = which == 3 ? 10 : 192;
    key->port[0] = (uint16_t)(which == 3 ? SERVER : 40000 + which);
    key->port[1] = SERVER;
    key->vlan[0] = key->vlan[1] = SF_NO_VLAN;
}

static void make_quote(struct sf_segment *segment)
{
    segment->kind = SF_SEGMENT_QUOTED;
    memset(&segment->icmp, 0, sizeof segment->icmp);
    segment->icmp.ip = segment->key.ip;
    segment->icmp.type = 3;
    segment->icmp.code = segment->ttl % 16;
    segment->icmp.kind = (uint8_t)(1 + segment->window % (SF_ICMP_KIND_COUNT - 1));
    segment->icmp.value = segment->ip_id;
}

struct sf_segment record_segment(const uint8_t *record, uint64_t number, int64_t time_ns)
{
    struct sf_segment segment;
    unsigned which = record[0] & 3u;
    memset(&segment, 0, sizeof segment);
    fill_key(&segment.key, which);
    segment.number = number;
    segment.time_ns = time_ns + unpack_delay(load_be16(record + 16));
    segment.hash = (which + 1) * HASH_STEP;
    segment.from = record[0] >> 2 & 1u;
    segment.flags = load_be16(record + 2) & FLAGS;
    segment.reserved = record[2] >> 4 & 7u;
    segment.seq = load_be32(record + 4);
    segment.ack = load_be32(record + 8);
    segment.payload = load_be16(record + 12);
    segment.window = load_be16(record + 14);
    segment.ip_id = load_be16(record + 18);
    segment.ttl = record[24];
    segment.data_offset = 8;
    segment.tcp_length = 32 + segment.payload;
    segment.checksum_state = SF_CHECKSUM_GOOD;
    segment.options = (struct sf_options){.present = record[1],
                                          .tsval = load_be16(record + 20),
                                          .tsecr = load_be16(record + 22),
                                          .mss = 1460,
                                          .wscale = record[25] & 15u,
                                          .sack_left = segment.ack + record[25],
                                          .sack_right = segment.ack + record[24]};
    if ((record[0] & QUOTED) != 0) {
        make_quote(&segment);
    }
    return segment;
}

void play_records(struct flows *flows, const uint8_t *bytes, size_t n)
{
    struct sf_error err;
    int64_t time_ns = START_NS;
    for (size_t at = 0; at + RECORD_SIZE <= n; at += RECORD_SIZE) {
        struct sf_segment segment = record_segment(bytes + at, at / RECORD_SIZE + 1, time_ns);
        time_ns = segment.time_ns;
        if (sf_flows_take(flows, NULL, &segment, &err) != 0) {
            abort();
        }
    }
    if (sf_flows_finish(flows, &err) != 0) {
        abort();
    }
}

static void put16(uint8_t *to, uint32_t value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static void put32(uint8_t *to, uint32_t value)
{
    put16(to, value >> 16);
    put16(to + 2, value);
}

void record_of(uint8_t *record, const struct sf_segment *segment, unsigned which, int64_t time_ns)
{
    bool is_quoted = segment->kind == SF_SEGMENT_QUOTED;
    struct sf_options options = {0};
    if (!is_quoted) {
        options = segment->options;
    }
    record[0] = (uint8_t)((which & 3u) | (segment->from & 1u) << 2 | (is_quoted ? QUOTED : 0));
    record[1] = options.present;
    put16(record + 2, (segment->flags & FLAGS) | (uint32_t)(segment->reserved & 7u) << 12);
    put32(record + 4, segment->seq);
    put32(record + 8, segment->ack);
    put16(record + 12, segment->payload);
    put16(record + 14, segment->window);
    put16(record + 16, pack_delay(segment->time_ns - time_ns));
    put16(record + 18, segment->ip_id);
    put16(record + 20, options.tsval);
    put16(record + 22, options.tsecr);
    record[24] = segment->ttl;
    record[25] = options.wscale;
}
