#include "decode/walk.h"

#define ETHERTYPE_LEAST 0x600 /* below: a length (up to 1500), or nothing defined */
#define LENGTH_MOST     1500

sf_layer_fn *sf_layer_of_link(uint32_t link_type)
{
    switch (link_type) {
#define LINK(number, layer)                                                                        \
    case number:                                                                                   \
        return layer;
#include "decode/links.def"
#undef LINK
    default:
        return NULL;
    }
}

sf_layer_fn *sf_layer_of_ethertype(uint16_t type)
{
    switch (type) {
#define ETHERTYPE(number, layer)                                                                   \
    case number:                                                                                   \
        return layer;
#include "decode/ethertypes.def"
#undef ETHERTYPE
    default:
        return sf_layer_not_ip;
    }
}

enum sf_skip sf_walk_type_or_length(struct sf_walk *walk, uint16_t value)
{
    if (value >= ETHERTYPE_LEAST) {
        walk->next = sf_layer_of_ethertype(value);
    } else if (value <= LENGTH_MOST) {
        walk_limit(walk, value);
        walk->next = sf_layer_llc;
    } else {
        walk->next = sf_layer_not_ip;
    }
    return SF_SKIP_NONE;
}

enum sf_skip sf_layer_ethernet(struct sf_walk *walk)
{
    enum { HEADER = 14 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    return header != NULL ? sf_walk_type_or_length(walk, load_be16(header + 12))
                          : walk_short(walk, HEADER);
}

/* Behind the two organizations that only give ethertypes (RFC 1042, IEEE 802.1H) follows one. */
static enum sf_skip snap(struct sf_walk *walk)
{
    enum { SNAP = 5, RFC_1042 = 0, BRIDGE_TUNNEL = 0x0000f8 };
    const uint8_t *header = take(&walk->cursor, SNAP);
    if (header == NULL) {
        return walk_short(walk, SNAP);
    }
    uint32_t organization = load_be24(header);
    bool is_ethertype = organization == RFC_1042 || organization == BRIDGE_TUNNEL;
    walk->next = is_ethertype ? sf_layer_of_ethertype(load_be16(header + 3)) : sf_layer_not_ip;
    return SF_SKIP_NONE;
}

/* IEEE 802.2: where to, where from, and control: unnumbered information, polling or not. */
enum sf_skip sf_layer_llc(struct sf_walk *walk)
{
    enum { LLC = 3, SAP_SNAP = 0xaa, SAP_IP = 0x06, RESPONSE = 0x01, UI = 0x03, POLL = 0x10 };
    const uint8_t *llc = take(&walk->cursor, LLC);
    if (llc == NULL) {
        return walk_wire_left(walk) >= LLC ? SF_SKIP_TRUNCATED : SF_SKIP_NOT_IP;
    }
    if ((llc[1] & ~RESPONSE) != llc[0] || (llc[2] & ~POLL) != UI) {
        return SF_SKIP_NOT_IP;
    }
    if (llc[0] == SAP_SNAP) {
        return snap(walk);
    }
    walk->next = llc[0] == SAP_IP ? sf_layer_ipv4 : sf_layer_not_ip;
    return SF_SKIP_NONE;
}

/* Linux cooked capture: packet type, device type, address, and then an ethertype or a few others.
 */
static enum sf_skip cooked_protocol(struct sf_walk *walk, uint16_t protocol)
{
    enum { COOKED_LLC = 4 };
    walk->next = protocol == COOKED_LLC ? sf_layer_llc : sf_layer_of_ethertype(protocol);
    return SF_SKIP_NONE;
}

enum sf_skip sf_layer_sll(struct sf_walk *walk)
{
    enum { HEADER = 16 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    return header != NULL ? cooked_protocol(walk, load_be16(header + 14))
                          : walk_short(walk, HEADER);
}

enum sf_skip sf_layer_sll2(struct sf_walk *walk)
{
    enum { HEADER = 20 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    walk->segment->interface = load_be32(header + 4);
    return cooked_protocol(walk, load_be16(header));
}

/* No link header: the version field of IP tells. */
enum sf_skip sf_layer_raw_ip(struct sf_walk *walk)
{
    if (bytes_left(&walk->cursor) == 0) {
        return walk_short(walk, 1);
    }
    unsigned version = walk->cursor.at[0] >> 4;
    walk->next = version == 4 ? sf_layer_ipv4 : version == 6 ? sf_layer_ipv6 : sf_layer_not_ip;
    return SF_SKIP_NONE;
}

/* What an address family leads to. That of IPv6 differs by system. */
static sf_layer_fn *layer_of_family(uint32_t family)
{
    enum { INET = 2, LINUX6 = 10, WINDOWS6 = 23, NETBSD6 = 24, FREEBSD6 = 28, DARWIN6 = 30 };
    switch (family) {
    case INET:
        return sf_layer_ipv4;
    case LINUX6:
    case WINDOWS6:
    case NETBSD6:
    case FREEBSD6:
    case DARWIN6:
        return sf_layer_ipv6;
    default:
        return sf_layer_not_ip;
    }
}

/*
 * An address family, in the byte order of the machine that captured, or in network order. All
 * families are small numbers, so the order shows.
 */
static sf_layer_fn *layer_of_any_order(const uint8_t *family)
{
    uint32_t little = load_le32(family);
    return layer_of_family(little <= UINT16_MAX ? little : load_be32(family));
}

enum sf_skip sf_layer_null(struct sf_walk *walk)
{
    enum { HEADER = 4 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    walk->next = layer_of_any_order(header);
    return SF_SKIP_NONE;
}

/* OpenBSD's IPsec interface: an address family, an index and flags, and the packet in the clear. */
enum sf_skip sf_layer_enc(struct sf_walk *walk)
{
    enum { HEADER = 12 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    walk->next = layer_of_any_order(header);
    return SF_SKIP_NONE;
}

/* The log of the BSDs' packet filter: its length (without padding) and an address family first. */
enum sf_skip sf_layer_pflog(struct sf_walk *walk)
{
    enum { FIXED = 2, LEAST = 48, ALIGNMENT = 4 };
    struct sf_cursor peek = walk->cursor;
    const uint8_t *header = take(&peek, FIXED);
    if (header == NULL) {
        return walk_short(walk, FIXED);
    }
    size_t length = (header[0] + (ALIGNMENT - 1u)) / ALIGNMENT * ALIGNMENT;
    if (length < LEAST) {
        return SF_SKIP_MALFORMED;
    }
    if (take(&walk->cursor, length) == NULL) {
        return walk_short(walk, length);
    }
    walk->next = layer_of_family(header[1]);
    return SF_SKIP_NONE;
}

/* macOS: which program and interface it was, little endian, in front of a frame of any link type.
 */
enum sf_skip sf_layer_pktap(struct sf_walk *walk)
{
    enum { FIXED = 12, LINK = 8 };
    struct sf_cursor peek = walk->cursor;
    const uint8_t *header = take(&peek, FIXED);
    if (header == NULL) {
        return walk_short(walk, FIXED);
    }
    uint32_t length = load_le32(header);
    if (length < FIXED) {
        return SF_SKIP_MALFORMED;
    }
    if (take(&walk->cursor, length) == NULL) {
        return walk_short(walk, length);
    }
    walk->next = sf_layer_of_link(load_le32(header + LINK));
    return walk->next != NULL ? SF_SKIP_NONE : SF_SKIP_LINK_TYPE;
}
