#include "decode/walk.h"

#include <string.h>

#include "decode/checksum.h"

/*
 * ICMP errors. Behind eight octets stands the beginning of the packet that they are about: its IP
 * header and at least the first 64 bits behind it (RFC 792), nowadays as much as fits (RFC 1812
 * §4.3.2.3, RFC 4443 §2.4).
 */
#define HEADER 8u

static const struct error {
    uint8_t ip, type, code, kind;
} errors[] = {
#define ICMP_ERROR(ip, type, code, kind, text) {ip, type, code, SF_ICMP_##kind},
#include <synfin/icmp.def>
};

/* Of the codes that are none of those; `code` is not used. */
static const struct error others[] = {
#define ICMP_OTHER(ip, type, kind, text) {ip, type, 0, SF_ICMP_##kind},
#include <synfin/icmp.def>
};

/* SF_ICMP_NONE: not an error about a packet. */
static enum sf_icmp_kind kind_of(uint8_t ip, uint8_t type, uint8_t code)
{
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (errors[i].ip == ip && errors[i].type == type && errors[i].code == code) {
            return (enum sf_icmp_kind)errors[i].kind;
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (others[i].ip == ip && others[i].type == type) {
            return (enum sf_icmp_kind)others[i].kind;
        }
    }
    return SF_ICMP_NONE;
}

/* The MTU of RFC 1191 §4 and RFC 4443 §3.2; the pointer of RFC 792 and RFC 4443 §3.4. */
static uint32_t value_of(uint8_t ip, enum sf_icmp_kind kind, const uint8_t *header)
{
    enum { TYPE_PARAMETER_4 = 12, TYPE_PARAMETER_6 = 4 };
    if (kind == SF_ICMP_TOO_BIG) {
        return ip == 4 ? load_be16(header + 6) : load_be32(header + 4);
    }
    if (ip == 4) {
        return header[0] == TYPE_PARAMETER_4 ? header[4] : 0;
    }
    return header[0] == TYPE_PARAMETER_6 ? load_be32(header + 4) : 0;
}

/*
 * How long the quote is when extensions follow it (RFC 4884 §4): in words of 32 bits in ICMP, of 64
 * in ICMPv6. 0: it is not told, and the quote goes to the end.
 */
static uint32_t quote_length(uint8_t ip, const uint8_t *header)
{
    enum {
        UNREACHABLE_4 = 3,
        EXCEEDED_4 = 11,
        PARAMETER_4 = 12,
        UNREACHABLE_6 = 1,
        EXCEEDED_6 = 3
    };
    uint8_t type = header[0];
    if (ip == 4) {
        bool has_length = type == UNREACHABLE_4 || type == EXCEEDED_4 || type == PARAMETER_4;
        return has_length ? 4u * header[5] : 0;
    }
    return type == UNREACHABLE_6 || type == EXCEEDED_6 ? 8u * header[4] : 0;
}

/* Of the whole message, from `header` on: RFC 792; with a pseudo header in RFC 4443 §2.3. */
static enum sf_checksum verify(const struct sf_walk *walk, const uint8_t *header, uint32_t length)
{
    enum { ICMP6 = 58, ADDRESS = 16 };
    bool is_captured = (size_t)(walk->cursor.end - header) == length;
    uint64_t sum = 0;
    if (!is_captured || walk->is_cut || walk->piece.is_piece) {
        return SF_CHECKSUM_PARTIAL;
    }
    if (walk->segment->key.ip == 6) {
        sum = sf_checksum_add(length + ICMP6, walk->source, ADDRESS);
        sum = sf_checksum_add(sum, walk->destination, ADDRESS);
    }
    sum = sf_checksum_add(sum, header, length);
    return sf_checksum_fits(sum) ? SF_CHECKSUM_GOOD : SF_CHECKSUM_BAD;
}

static void fill_error(const struct sf_walk *walk, const uint8_t *header, enum sf_icmp_kind kind)
{
    struct sf_segment *segment = walk->segment;
    uint8_t ip = segment->key.ip;
    segment->kind = SF_SEGMENT_QUOTED;
    segment->checksum = load_be16(header + 2);
    memcpy(segment->icmp.reporter, walk->source, ip == 4 ? 4 : 16);
    segment->icmp.value = value_of(ip, kind, header);
    segment->icmp.ip = ip;
    segment->icmp.type = header[0];
    segment->icmp.code = header[1];
    segment->icmp.kind = (uint8_t)kind;
}

/* From here on the walk is in the quote, which may end before what it quotes does. */
static void enter_quote(struct sf_walk *walk, uint32_t length)
{
    const struct sf_segment *segment = walk->segment;
    walk->quote = (struct sf_walk_quote){.is_quoted = true,
                                         .is_cut = walk_wire_left(walk) > bytes_left(&walk->cursor),
                                         .ip_id = segment->ip_id,
                                         .ip_offset = segment->ip_offset,
                                         .ttl = segment->ttl};
    if (length != 0 && length < walk_wire_left(walk)) {
        walk_limit(walk, length);
    }
    walk->is_in_piece = true;
}

static enum sf_skip layer_icmp(struct sf_walk *walk, sf_layer_fn *quoted)
{
    uint32_t length = walk_wire_left(walk);
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL || walk->quote.is_quoted) {
        return SF_SKIP_NOT_TCP; /* there are no errors about errors (RFC 1122 §3.2.2) */
    }
    uint8_t ip = walk->segment->key.ip;
    enum sf_icmp_kind kind = kind_of(ip, header[0], header[1]);
    if (kind == SF_ICMP_NONE) {
        return SF_SKIP_NOT_TCP;
    }
    fill_error(walk, header, kind);
    walk->segment->checksum_state = (uint8_t)verify(walk, header, length);
    enter_quote(walk, quote_length(ip, header));
    walk->next = quoted;
    return SF_SKIP_NONE;
}

enum sf_skip sf_layer_icmp(struct sf_walk *walk)
{
    return walk->segment->key.ip == 4 ? layer_icmp(walk, sf_layer_ipv4) : SF_SKIP_NOT_TCP;
}

enum sf_skip sf_layer_icmp6(struct sf_walk *walk)
{
    return walk->segment->key.ip == 6 ? layer_icmp(walk, sf_layer_ipv6) : SF_SKIP_NOT_TCP;
}

/* ---- the segment that is quoted ---------------------------------------------------------------
 */

/* What stands behind ports and sequence number, where the quote reaches that far. */
static void fill_rest(struct sf_segment *segment, struct sf_cursor *cursor)
{
    enum { TO_FLAGS = 6, FLAGS_MASK = 0x1ff, LEAST_OFFSET = 5 };
    const uint8_t *rest = take(cursor, TO_FLAGS);
    if (rest == NULL || rest[4] >> 4 < LEAST_OFFSET) {
        return; /* or it is not quoted as it was sent */
    }
    segment->ack = load_be32(rest);
    segment->data_offset = rest[4] >> 4;
    segment->flags = load_be16(rest + 4) & FLAGS_MASK;
    uint32_t header = 4u * segment->data_offset;
    segment->payload = segment->tcp_length > header ? segment->tcp_length - header : 0;
    const uint8_t *window = take(cursor, 2);
    segment->window = window != NULL ? load_be16(window) : 0;
}

enum sf_skip sf_layer_quoted_tcp(struct sf_walk *walk)
{
    enum { PORTS_AND_NUMBER = 8 };
    struct sf_segment *segment = walk->segment;
    segment->tcp_offset = (uint16_t)walk_offset(walk); /* sf_decode bounds offsets */
    segment->tcp_length = walk_wire_left(walk);
    const uint8_t *header = take(&walk->cursor, PORTS_AND_NUMBER);
    if (header == NULL) {
        return SF_SKIP_TRUNCATED;
    }
    segment->seq = load_be32(header + 4);
    fill_rest(segment, &walk->cursor);
    segment->ip_id = walk->quote.ip_id;
    segment->ip_offset = walk->quote.ip_offset;
    segment->ttl = walk->quote.ttl;
    sf_walk_fill_key(walk, header);
    return SF_SKIP_NONE;
}
