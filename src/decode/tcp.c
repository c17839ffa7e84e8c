#include "decode/walk.h"

#include <string.h>

#include "decode/options.h"

/* RFC 9293 §3.1. Ports, both numbers, data offset and flags are what cannot be done without. */
#define TCP_HEADER    20u
#define TCP_TO_FLAGS  14u
#define LEAST_OFFSET  5
#define FLAGS_MASK    0x1ff
#define RESERVED_BITS 9
#define RESERVED_MASK 7

/* ---- the key --------------------------------------------------------------------------------- */

static int compare_addresses(const uint8_t *a, const uint8_t *b, uint8_t ip)
{
    if (ip == 4) {
        return (load_be32(a) > load_be32(b)) - (load_be32(a) < load_be32(b));
    }
    return memcmp(a, b, 16);
}

/* The size is known to the compiler in both branches: no call for four bytes. */
static void copy_address(uint8_t to[16], const uint8_t *address, uint8_t ip)
{
    if (ip == 4) {
        memcpy(to, address, 4);
    } else {
        memcpy(to, address, 16);
    }
}

void sf_walk_fill_key(const struct sf_walk *walk, const uint8_t *ports)
{
    struct sf_segment *segment = walk->segment;
    struct sf_key *key = &segment->key;
    uint16_t source = load_be16(ports);
    uint16_t target = load_be16(ports + 2);
    int order = compare_addresses(walk->source, walk->destination, key->ip);
    uint8_t from = order > 0 || (order == 0 && source > target);
    segment->from = from;
    copy_address(key->addr[from], walk->source, key->ip);
    copy_address(key->addr[!from], walk->destination, key->ip);
    key->port[from] = source;
    key->port[!from] = target;
    segment->hash = sf_hash_bytes(walk->hash_key, key, sizeof *key);
}

/* ---- the header ------------------------------------------------------------------------------ */

static void fill_header(struct sf_segment *segment, const uint8_t *header)
{
    uint16_t offset_and_flags = load_be16(header + 12);
    segment->seq = load_be32(header + 4);
    segment->ack = load_be32(header + 8);
    segment->data_offset = header[12] >> 4;
    segment->reserved = offset_and_flags >> RESERVED_BITS & RESERVED_MASK;
    segment->flags = offset_and_flags & FLAGS_MASK;
    segment->window = load_be16(header + 14);
    segment->checksum = load_be16(header + 16);
    segment->urgent = load_be16(header + 18);
}

/* Takes what is there of the header; `spare` stands in for one that is cut behind its flags. */
static const uint8_t *take_header(struct sf_walk *walk, uint8_t spare[TCP_HEADER])
{
    const uint8_t *header = take(&walk->cursor, TCP_HEADER);
    size_t left = bytes_left(&walk->cursor);
    if (header != NULL || left < TCP_TO_FLAGS) {
        return header;
    }
    memset(spare, 0, TCP_HEADER);
    memcpy(spare, take(&walk->cursor, left), left);
    return spare;
}

/* Header length in octets; 0 when it is impossible. */
static uint32_t header_length(const struct sf_walk *walk)
{
    uint32_t length = 4u * walk->segment->data_offset;
    bool fits = length <= walk->segment->tcp_length || walk->piece.has_more;
    return walk->segment->data_offset >= LEAST_OFFSET && fits ? length : 0;
}

static void read_options(struct sf_walk *walk, uint32_t length)
{
    uint32_t captured = length;
    if (captured > bytes_left(&walk->cursor)) {
        captured = (uint32_t)bytes_left(&walk->cursor); /* below `length`, a uint32_t */
    }
    struct sf_segment *segment = walk->segment;
    segment->quality |=
        sf_options_read(take(&walk->cursor, captured), captured, length, &segment->options);
}

/* What follows the fixed header: payload and options. */
static void read_rest(struct sf_walk *walk)
{
    struct sf_segment *segment = walk->segment;
    uint32_t length = header_length(walk);
    if (length == 0) {
        segment->quality |= SF_QUALITY_BAD_OFFSET;
        return;
    }
    segment->payload = segment->tcp_length > length ? segment->tcp_length - length : 0;
    if (length > TCP_HEADER) {
        read_options(walk, length - TCP_HEADER);
    }
}

/* ---- pieces of a datagram -------------------------------------------------------------------- */

static struct sf_piece piece_of(const struct sf_walk *walk)
{
    const struct sf_key *key = &walk->segment->key;
    struct sf_piece piece = {
        .of = {.id = walk->piece.id,
               .tunnel_id = key->tunnel_id,
               .vlan = {key->vlan[0], key->vlan[1]},
               .tunnel = key->tunnel,
               .ip = key->ip,
               .protocol = walk->piece.protocol},
        .begin = walk->piece.offset,
        .end = walk->piece.offset + (walk->wire_end - walk->piece.start),
        .is_last = !walk->piece.has_more,
    };
    copy_address(piece.of.source, walk->source, key->ip);
    copy_address(piece.of.destination, walk->destination, key->ip);
    return piece;
}

/* The header of `length` octets has come together out of pieces, of which this is the last. */
static void fill_spread(struct sf_walk *walk, const struct sf_piece *piece, const uint8_t *header,
                        uint32_t length)
{
    struct sf_segment *segment = walk->segment;
    segment->checksum_state = SF_CHECKSUM_PARTIAL;
    fill_header(segment, header);
    sf_walk_fill_key(walk, header);
    if (segment->data_offset < LEAST_OFFSET) {
        segment->quality |= SF_QUALITY_BAD_OFFSET;
        return;
    }
    uint32_t options = length - TCP_HEADER;
    segment->quality |= sf_options_read(header + TCP_HEADER, options, options, &segment->options);
    sf_fragments_begin_spread(walk->fragments, walk->hash_key, piece, segment);
}

/* A piece that may have octets of a header that is spread over several. */
static enum sf_skip header_piece(struct sf_walk *walk, const struct sf_piece *piece)
{
    struct sf_segment *segment = walk->segment;
    uint8_t header[FRAGMENTS_HEADER];
    uint32_t length =
        sf_fragments_keep_header(walk->fragments, walk->hash_key, piece, segment->time_ns,
                                 walk->cursor.at, bytes_left(&walk->cursor), header);
    enum sf_skip skip = sf_fragments_later(walk->fragments, walk->hash_key, piece, segment);
    if (length == 0) {
        return skip;
    }
    fill_spread(walk, piece, header, length);
    return SF_SKIP_NONE;
}

enum sf_skip sf_layer_later_piece(struct sf_walk *walk)
{
    if (walk->quote.is_quoted) {
        return SF_SKIP_NOT_TCP; /* no TCP header to know it by */
    }
    struct sf_piece piece = piece_of(walk);
    if (piece.end > UINT16_MAX) {
        return SF_SKIP_MALFORMED; /* no datagram is longer (RFC 791 §3.1, RFC 8200 §4.5) */
    }
    walk->segment->tcp_offset = (uint16_t)walk_offset(walk); /* sf_decode bounds offsets */
    if (piece.begin < FRAGMENTS_HEADER) {
        return header_piece(walk, &piece);
    }
    return sf_fragments_later(walk->fragments, walk->hash_key, &piece, walk->segment);
}

/*
 * Does the first piece end inside the TCP header? Only where TCP is all that the datagram carries:
 * nobody knows where it begins in the other pieces when something stands in front of it.
 */
static bool is_spread(const struct sf_walk *walk)
{
    enum { OFFSET = 12 };
    uint32_t offset = walk_offset(walk), wire = walk_wire_left(walk);
    if (!walk->piece.has_more || walk->piece.offset != 0 || offset != walk->piece.start ||
        bytes_left(&walk->cursor) != wire) {
        return false;
    }
    return wire < TCP_HEADER || wire < 4u * (uint32_t)(walk->cursor.at[OFFSET] >> 4);
}

static void first_piece(struct sf_walk *walk)
{
    struct sf_segment *segment = walk->segment;
    struct sf_piece piece = piece_of(walk);
    segment->checksum_state = SF_CHECKSUM_PARTIAL;
    if ((segment->quality & SF_QUALITY_BAD_OFFSET) != 0) {
        return; /* nobody could say where its payload begins */
    }
    sf_fragments_first(walk->fragments, walk->hash_key, &piece,
                       segment->tcp_offset - walk->piece.start, segment);
}

enum sf_skip sf_layer_tcp(struct sf_walk *walk)
{
    if (walk->quote.is_quoted) {
        walk->next = sf_layer_quoted_tcp;
        return SF_SKIP_NONE;
    }
    struct sf_segment *segment = walk->segment;
    segment->tcp_offset = (uint16_t)walk_offset(walk); /* sf_decode bounds offsets */
    segment->tcp_length = walk_wire_left(walk);
    if (is_spread(walk)) {
        struct sf_piece piece = piece_of(walk);
        return header_piece(walk, &piece);
    }
    bool is_captured = bytes_left(&walk->cursor) == segment->tcp_length && !walk->is_cut;
    uint8_t spare[TCP_HEADER];
    const uint8_t *header = take_header(walk, spare);
    if (segment->tcp_length < TCP_HEADER && !walk->is_cut && !walk->piece.has_more) {
        return SF_SKIP_MALFORMED;
    }
    if (header == NULL) {
        return SF_SKIP_TRUNCATED;
    }
    if (!is_captured) {
        segment->quality |= SF_QUALITY_TRUNCATED;
    }
    if (!is_captured || walk->is_inflated) {
        segment->checksum_state = SF_CHECKSUM_PARTIAL;
    }
    fill_header(segment, header);
    read_rest(walk);
    sf_walk_fill_key(walk, header);
    if (walk->piece.is_piece) {
        first_piece(walk);
    }
    return SF_SKIP_NONE;
}
