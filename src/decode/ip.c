#include "decode/walk.h"

#include <string.h>

#define PIECE_UNIT 8u /* fragment offsets count in eight octets */

/* What leads to `protocol`, and what a later fragment of it leads to. */
static sf_layer_fn *layer_of(const struct sf_walk *walk, uint8_t protocol, bool is_later)
{
    switch (protocol) {
#define PROTOCOL(number, layer, later)                                                             \
    case number:                                                                                   \
        return is_later ? later : layer;
#define EXTENSION(number, layer)                                                                   \
    case number:                                                                                   \
        if (walk->segment->key.ip == 4) {                                                          \
            return sf_layer_not_tcp;                                                               \
        }                                                                                          \
        return is_later ? sf_layer_later_piece : layer;
#include "decode/protocols.def"
#undef PROTOCOL
#undef EXTENSION
    default:
        return sf_layer_not_tcp;
    }
}

sf_layer_fn *sf_layer_of_protocol(const struct sf_walk *walk, uint8_t protocol)
{
    return layer_of(walk, protocol, walk->piece.is_piece && walk->piece.offset > 0);
}

/* Begins an IP header at the cursor: what an outer one said no longer counts. */
static void begin_ip(struct sf_walk *walk, uint8_t version)
{
    walk->is_in_piece |= walk->segment->key.ip != 0 && walk->piece.is_piece;
    walk->piece = (struct sf_walk_piece){0};
    walk->has_no_length = false;
    walk->segment->key.ip = version;
    walk->segment->ip_offset = (uint16_t)walk_offset(walk); /* sf_decode bounds offsets */
}

/* The packet's payload is a piece when more follow, or when it is not the beginning. */
static void note_piece(struct sf_walk *walk, uint16_t offset_field, bool has_more)
{
    walk->piece.offset = offset_field * PIECE_UNIT;
    walk->piece.has_more = has_more;
    walk->piece.is_piece = has_more || offset_field != 0;
    walk->piece.start = walk_offset(walk);
}

/* ---- IPv4, RFC 791 §3.1 ---------------------------------------------------------------------- */

enum sf_skip sf_layer_ipv4(struct sf_walk *walk)
{
    enum { HEADER = 20, MORE = 0x2000, OFFSET = 0x1fff };
    struct sf_cursor peek = walk->cursor;
    const uint8_t *header = take(&peek, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    uint32_t length = 4u * (header[0] & 0x0fu);
    uint16_t total = load_be16(header + 2);
    if (header[0] >> 4 != 4 || length < HEADER) {
        return SF_SKIP_MALFORMED;
    }
    begin_ip(walk, 4);
    if (total != 0) { /* 0: to be cut by the card; the frame's length counts */
        walk_limit(walk, total);
    }
    if (take(&walk->cursor, length) == NULL) {
        return walk_short(walk, length);
    }
    uint16_t fragment = load_be16(header + 6);
    walk->segment->ip_id = load_be16(header + 4);
    walk->segment->ttl = header[8];
    walk->source = header + 12;
    walk->destination = header + 16;
    note_piece(walk, fragment & OFFSET, (fragment & MORE) != 0);
    walk->piece.id = walk->segment->ip_id;
    walk->piece.protocol = header[9];
    walk->next = sf_layer_of_protocol(walk, header[9]);
    return SF_SKIP_NONE;
}

/* ---- IPv6, RFC 8200 -------------------------------------------------------------------------- */

enum sf_skip sf_layer_ipv6(struct sf_walk *walk)
{
    enum { HEADER = 40 };
    begin_ip(walk, 6);
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    if (header[0] >> 4 != 6) {
        return SF_SKIP_MALFORMED;
    }
    uint16_t length = load_be16(header + 4);
    walk->has_no_length = length == 0;
    if (length != 0) {
        walk_limit(walk, length);
    }
    walk->segment->ip_id = 0;
    walk->segment->ttl = header[7];
    walk->source = header + 8;
    walk->destination = header + 24;
    walk->next = sf_layer_of_protocol(walk, header[6]);
    return SF_SKIP_NONE;
}

/* Takes an extension header; `unit` octets for each step of its length field, `least` before. */
static const uint8_t *take_extension(struct sf_walk *walk, uint32_t unit, uint32_t least,
                                     struct sf_cursor *inside)
{
    enum { FIXED = 8 };
    struct sf_cursor peek = walk->cursor;
    const uint8_t *fixed = take(&peek, FIXED);
    if (fixed == NULL) {
        return NULL;
    }
    const uint8_t *header = take(&walk->cursor, least + unit * fixed[1]);
    if (header != NULL && inside != NULL) {
        *inside = (struct sf_cursor){header + 2, walk->cursor.at};
    }
    return header;
}

/* Why take_extension gave nothing. */
static enum sf_skip extension_short(const struct sf_walk *walk, uint32_t unit, uint32_t least)
{
    return walk_short(walk, bytes_left(&walk->cursor) < 2 ? 2 : least + unit * walk->cursor.at[1]);
}

enum sf_skip sf_layer_extension(struct sf_walk *walk)
{
    enum { UNIT = 8, LEAST = 8 };
    const uint8_t *header = take_extension(walk, UNIT, LEAST, NULL);
    if (header == NULL) {
        return extension_short(walk, UNIT, LEAST);
    }
    walk->next = sf_layer_of_protocol(walk, header[0]);
    return SF_SKIP_NONE;
}

/* The value of a jumbo payload option (RFC 2675 §2), or 0. */
static uint32_t jumbo_length(struct sf_cursor options)
{
    enum { PAD1 = 0, JUMBO = 0xc2, JUMBO_LENGTH = 4 };
    const uint8_t *kind;
    while ((kind = take(&options, 1)) != NULL) {
        if (*kind == PAD1) {
            continue;
        }
        const uint8_t *length = take(&options, 1);
        const uint8_t *value = length != NULL ? take(&options, *length) : NULL;
        if (value == NULL) {
            return 0;
        }
        if (*kind == JUMBO && *length == JUMBO_LENGTH) {
            return load_be32(value);
        }
    }
    return 0;
}

enum sf_skip sf_layer_hop_by_hop(struct sf_walk *walk)
{
    enum { UNIT = 8, LEAST = 8 };
    uint32_t begin = walk_offset(walk);
    struct sf_cursor options;
    const uint8_t *header = take_extension(walk, UNIT, LEAST, &options);
    if (header == NULL) {
        return extension_short(walk, UNIT, LEAST);
    }
    uint32_t length = walk->has_no_length ? jumbo_length(options) : 0;
    uint32_t passed = walk_offset(walk) - begin;
    if (length != 0 && length < passed) {
        return SF_SKIP_MALFORMED;
    }
    if (length != 0) {
        walk_limit(walk, length - passed);
    }
    walk->next = sf_layer_of_protocol(walk, header[0]);
    return SF_SKIP_NONE;
}

/*
 * Until the last hop of the list is reached the destination field holds the next one. The final
 * destination is what the checksum is made with (RFC 8200 §8.1) and what the connection goes to.
 */
static const uint8_t *final_destination(const uint8_t *header, size_t length)
{
    enum { SOURCE_ROUTE = 0, MOBILE = 2, SEGMENT = 4, LIST = 8, ADDRESS = 16 };
    if (header[3] == 0 || length < LIST + ADDRESS) {
        return NULL; /* no hops left */
    }
    switch (header[2]) {
    case SOURCE_ROUTE: /* RFC 2460 §4.4: the last of the list */
        return header + LIST + ((length - LIST) / ADDRESS - 1) * ADDRESS;
    case MOBILE:  /* RFC 6275 §6.4: the only one */
    case SEGMENT: /* RFC 8754 §2: the list is written backwards */
        return header + LIST;
    default:
        return NULL;
    }
}

enum sf_skip sf_layer_routing(struct sf_walk *walk)
{
    enum { UNIT = 8, LEAST = 8 };
    const uint8_t *header = take_extension(walk, UNIT, LEAST, NULL);
    if (header == NULL) {
        return extension_short(walk, UNIT, LEAST);
    }
    const uint8_t *final = final_destination(header, (size_t)(walk->cursor.at - header));
    if (final != NULL) {
        walk->destination = final;
    }
    walk->next = sf_layer_of_protocol(walk, header[0]);
    return SF_SKIP_NONE;
}

/* RFC 8200 §4.5. Offset 0 and no more: an atomic fragment, which is a whole datagram (RFC 6946). */
enum sf_skip sf_layer_v6_fragment(struct sf_walk *walk)
{
    enum { HEADER = 8 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    uint16_t field = load_be16(header + 2);
    note_piece(walk, field >> 3, (field & 1) != 0);
    walk->piece.id = load_be32(header + 4);
    walk->next = sf_layer_of_protocol(walk, header[0]);
    return SF_SKIP_NONE;
}

/* Authentication header, RFC 4302 §2: authenticated, not encrypted. */
enum sf_skip sf_layer_ah(struct sf_walk *walk)
{
    enum { UNIT = 4, LEAST = 8 };
    const uint8_t *header = take_extension(walk, UNIT, LEAST, NULL);
    if (header == NULL) {
        return extension_short(walk, UNIT, LEAST);
    }
    walk->next = sf_layer_of_protocol(walk, header[0]);
    return SF_SKIP_NONE;
}

/* What compressed octets hold takes their place. */
static enum sf_skip enter_inflated(struct sf_walk *walk)
{
    bool is_whole;
    if (*walk->inflater == NULL) {
        *walk->inflater = sf_inflater_new();
    }
    if (*walk->inflater == NULL ||
        !sf_inflate(*walk->inflater, &walk->cursor, &walk->cursor, &is_whole)) {
        return SF_SKIP_COMPRESSED;
    }
    walk->base = walk->cursor.at;
    walk->wire_end = (uint32_t)bytes_left(&walk->cursor); /* at most 65535 */
    walk->is_in_piece |= !is_whole;
    walk->is_inflated = true;
    return SF_SKIP_NONE;
}

/*
 * IPComp, RFC 3173 §3. Most often the algorithm has a number that the ends agreed on: DEFLATE (RFC
 * 2394) is what is in use, and what is something else does not look like it.
 */
enum sf_skip sf_layer_ipcomp(struct sf_walk *walk)
{
    enum { HEADER = 4, WELL_KNOWN = 64, DEFLATE = 2 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    uint16_t algorithm = load_be16(header + 2);
    bool is_other = algorithm < WELL_KNOWN && algorithm != DEFLATE;
    if (is_other || walk->piece.is_piece || walk->is_inflated) {
        return SF_SKIP_COMPRESSED;
    }
    walk->next = sf_layer_of_protocol(walk, header[0]);
    return enter_inflated(walk);
}
