#include "decode/walk.h"

/* Tunnels in IP and in UDP: the walk goes on inside. For GRE see gre.c. */

/* ---- IP in IP, RFC 2003 and RFC 4213 --------------------------------------------------------- */

enum sf_skip sf_layer_ipv4_in_ip(struct sf_walk *walk)
{
    walk_enter_tunnel(walk, SF_TUNNEL_IPIP, 0);
    walk->next = sf_layer_ipv4;
    return SF_SKIP_NONE;
}

enum sf_skip sf_layer_ipv6_in_ip(struct sf_walk *walk)
{
    walk_enter_tunnel(walk, SF_TUNNEL_IPIP, 0);
    walk->next = sf_layer_ipv6;
    return SF_SKIP_NONE;
}

/* An Ethernet frame, RFC 3378: version 3 and twelve bits that are 0. */
enum sf_skip sf_layer_etherip(struct sf_walk *walk)
{
    enum { HEADER = 2, VERSION_3 = 0x3000 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    if (load_be16(header) != VERSION_3) {
        return SF_SKIP_TUNNEL;
    }
    walk_enter_tunnel(walk, SF_TUNNEL_ETHERIP, 0);
    walk->next = sf_layer_ethernet;
    return SF_SKIP_NONE;
}

/* Labels, in IP (RFC 4023) and in UDP (RFC 7510). */
enum sf_skip sf_layer_mpls_tunnel(struct sf_walk *walk)
{
    walk_enter_tunnel(walk, SF_TUNNEL_MPLS, 0);
    walk->next = sf_layer_mpls;
    return SF_SKIP_NONE;
}

/* ---- in UDP ---------------------------------------------------------------------------------- */

static sf_layer_fn *layer_of_ports(uint16_t source, uint16_t destination)
{
#define UDP_TO(port, layer)                                                                        \
    if (destination == (port)) {                                                                   \
        return layer;                                                                              \
    }
#define UDP_AT(port, layer)                                                                        \
    if (destination == (port) || source == (port)) {                                               \
        return layer;                                                                              \
    }
#include "decode/udp_ports.def"
#undef UDP_TO
#undef UDP_AT
    return sf_layer_not_tcp;
}

enum sf_skip sf_layer_udp(struct sf_walk *walk)
{
    enum { HEADER = 8 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return SF_SKIP_NOT_TCP;
    }
    uint16_t length = load_be16(header + 4);
    if (length >= HEADER) { /* 0: to be cut by the card */
        walk_limit(walk, length - HEADER);
    }
    walk->next = layer_of_ports(load_be16(header), load_be16(header + 2));
    return SF_SKIP_NONE;
}

/* Too short for the tunnel that the port suggests: not captured, or something else after all. */
static enum sf_skip too_short(const struct sf_walk *walk, size_t n)
{
    return walk_wire_left(walk) >= n ? SF_SKIP_TRUNCATED : SF_SKIP_NOT_TCP;
}

/* RFC 7348 §5 */
enum sf_skip sf_layer_vxlan(struct sf_walk *walk)
{
    enum { HEADER = 8, HAS_ID = 0x08 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return too_short(walk, HEADER);
    }
    if ((header[0] & HAS_ID) == 0) {
        return SF_SKIP_NOT_TCP; /* not VXLAN, whatever the port says */
    }
    walk_enter_tunnel(walk, SF_TUNNEL_VXLAN, load_be24(header + 4));
    walk->next = sf_layer_ethernet;
    return SF_SKIP_NONE;
}

/*
 * VXLAN-GPE, draft-ietf-nvo3-vxlan-gpe §3: not Ethernet alone. Without the bit for a next protocol
 * it is VXLAN.
 */
enum sf_skip sf_layer_vxlan_gpe(struct sf_walk *walk)
{
    enum { HEADER = 8, HAS_ID = 0x08, HAS_PROTOCOL = 0x04, IPV4 = 1, IPV6 = 2, ETHERNET = 3 };
    struct sf_cursor peek = walk->cursor;
    const uint8_t *header = take(&peek, HEADER);
    if (header == NULL) {
        return too_short(walk, HEADER);
    }
    if ((header[0] & HAS_PROTOCOL) == 0) {
        return sf_layer_vxlan(walk);
    }
    uint8_t protocol = header[3];
    walk->cursor = peek;
    walk->next = protocol == IPV4       ? sf_layer_ipv4
                 : protocol == IPV6     ? sf_layer_ipv6
                 : protocol == ETHERNET ? sf_layer_ethernet
                                        : sf_layer_tunnel;
    walk_enter_tunnel(walk, SF_TUNNEL_VXLAN_GPE,
                      (header[0] & HAS_ID) != 0 ? load_be24(header + 4) : 0);
    return SF_SKIP_NONE;
}

/* RFC 8926 §3.4 */
enum sf_skip sf_layer_geneve(struct sf_walk *walk)
{
    enum { HEADER = 8, VERSION = 0xc0, OPTIONS = 0x3f, CONTROL = 0x80 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return too_short(walk, HEADER);
    }
    if ((header[0] & VERSION) != 0 || (header[1] & CONTROL) != 0) {
        return SF_SKIP_NOT_TCP; /* another version, or between the ends of the tunnel */
    }
    size_t options = 4u * (header[0] & OPTIONS);
    if (take(&walk->cursor, options) == NULL) {
        return walk_short(walk, options);
    }
    walk_enter_tunnel(walk, SF_TUNNEL_GENEVE, load_be24(header + 4));
    walk->next = sf_layer_of_ethertype(load_be16(header + 2));
    return SF_SKIP_NONE;
}

/* Passes over the extension headers of GTP-U; each ends with the type of the next, 0 for none. */
static enum sf_skip pass_gtp_extensions(struct sf_walk *walk, uint8_t type)
{
    while (type != 0) {
        struct sf_cursor peek = walk->cursor;
        const uint8_t *length = take(&peek, 1);
        if (length == NULL || *length == 0) {
            return length == NULL ? walk_short(walk, 1) : SF_SKIP_MALFORMED;
        }
        const uint8_t *extension = take(&walk->cursor, 4u * *length);
        if (extension == NULL) {
            return walk_short(walk, 4u * *length);
        }
        type = extension[4u * *length - 1];
    }
    return SF_SKIP_NONE;
}

/* Sequence number, N-PDU number and the type of the first extension: all three, or none. */
static enum sf_skip pass_gtp_optional(struct sf_walk *walk, uint8_t flags)
{
    enum { OPTIONAL = 4, ANY = 0x07, HAS_EXTENSION = 0x04 };
    if ((flags & ANY) == 0) {
        return SF_SKIP_NONE;
    }
    const uint8_t *optional = take(&walk->cursor, OPTIONAL);
    if (optional == NULL) {
        return walk_short(walk, OPTIONAL);
    }
    return (flags & HAS_EXTENSION) != 0 ? pass_gtp_extensions(walk, optional[3]) : SF_SKIP_NONE;
}

/* 3GPP TS 29.281 §5.1: version 1 with user data inside. */
enum sf_skip sf_layer_gtp(struct sf_walk *walk)
{
    enum { HEADER = 8, VERSION_AND_TYPE = 0xf0, GTP_1 = 0x30, USER_DATA = 255 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return too_short(walk, HEADER);
    }
    if ((header[0] & VERSION_AND_TYPE) != GTP_1 || header[1] != USER_DATA) {
        return SF_SKIP_NOT_TCP;
    }
    walk_enter_tunnel(walk, SF_TUNNEL_GTP, 0);
    walk->next = sf_layer_raw_ip;
    return pass_gtp_optional(walk, header[0]);
}

/*
 * Anything in anything (draft-massar-v6ops-ayiya §4): lengths of identity and signature, what to do
 * with it, and an IP protocol number.
 */
enum sf_skip sf_layer_ayiya(struct sf_walk *walk)
{
    enum { HEADER = 8, FORWARD = 1, OPERATION = 0x0f, IPV4 = 4, IPV6 = 41 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return too_short(walk, HEADER);
    }
    size_t identity = (size_t)1 << (header[0] >> 4);
    size_t rest = identity + 4u * (header[1] >> 4);
    if ((header[2] & OPERATION) != FORWARD || (header[3] != IPV4 && header[3] != IPV6)) {
        return SF_SKIP_NOT_TCP;
    }
    if (take(&walk->cursor, rest) == NULL) {
        return walk_short(walk, rest);
    }
    walk_enter_tunnel(walk, SF_TUNNEL_AYIYA, 0);
    walk->next = header[3] == IPV4 ? sf_layer_ipv4 : sf_layer_ipv6;
    return SF_SKIP_NONE;
}

/* ---- Teredo, RFC 4380 §5.1.1 ----------------------------------------------------------------- */

/* Authentication and where the packet came from: either, both in this order, or none. */
static enum sf_skip pass_teredo_indicators(struct sf_walk *walk)
{
    enum { TYPE = 2, AUTHENTICATION = 0x0001, FIXED = 4, NONCE_AND_CONFIRMATION = 9, ORIGIN = 8 };
    struct sf_cursor peek = walk->cursor;
    const uint8_t *type = take(&peek, TYPE);
    const uint8_t *lengths = take(&peek, FIXED - TYPE);
    if (type != NULL && lengths != NULL && load_be16(type) == AUTHENTICATION) {
        size_t length = FIXED + (size_t)lengths[0] + lengths[1] + NONCE_AND_CONFIRMATION;
        if (take(&walk->cursor, length) == NULL) {
            return walk_short(walk, length);
        }
    }
    peek = walk->cursor;
    type = take(&peek, TYPE);
    bool is_origin = type != NULL && load_be16(type) == 0;
    return !is_origin || take(&walk->cursor, ORIGIN) != NULL ? SF_SKIP_NONE
                                                             : walk_short(walk, ORIGIN);
}

enum sf_skip sf_layer_teredo(struct sf_walk *walk)
{
    enum sf_skip skip = pass_teredo_indicators(walk);
    if (skip != SF_SKIP_NONE) {
        return skip;
    }
    if (bytes_left(&walk->cursor) == 0) {
        return too_short(walk, 1);
    }
    if (walk->cursor.at[0] >> 4 != 6) {
        return SF_SKIP_NOT_TCP;
    }
    walk_enter_tunnel(walk, SF_TUNNEL_TEREDO, 0);
    walk->next = sf_layer_ipv6;
    return SF_SKIP_NONE;
}

/* ---- L2TP, RFC 2661 §3.1 --------------------------------------------------------------------- */

/* What the flags of a data message announce: length, sequence numbers, an offset and its padding.
 */
static enum sf_skip pass_l2tp_fields(struct sf_walk *walk, uint16_t flags)
{
    enum { LENGTH = 0x4000, SEQUENCE = 0x0800, OFFSET = 0x0200, IDS = 4, FIXED = 2 };
    if ((flags & LENGTH) != 0) {
        const uint8_t *length = take(&walk->cursor, 2);
        if (length == NULL) {
            return walk_short(walk, 2);
        }
        if (load_be16(length) < FIXED + 2) {
            return SF_SKIP_MALFORMED;
        }
        walk_limit(walk, load_be16(length) - (FIXED + 2u));
    }
    size_t rest = IDS + ((flags & SEQUENCE) != 0 ? 4u : 0);
    if (take(&walk->cursor, rest) == NULL) {
        return walk_short(walk, rest);
    }
    if ((flags & OFFSET) == 0) {
        return SF_SKIP_NONE;
    }
    const uint8_t *offset = take(&walk->cursor, 2);
    size_t padding = offset != NULL ? load_be16(offset) : 0;
    return offset != NULL && take(&walk->cursor, padding) != NULL
               ? SF_SKIP_NONE
               : walk_short(walk, offset != NULL ? padding : 2);
}

enum sf_skip sf_layer_l2tp(struct sf_walk *walk)
{
    enum { FIXED = 2, CONTROL = 0x8000, VERSION = 0x000f, L2TP_2 = 2 };
    const uint8_t *header = take(&walk->cursor, FIXED);
    if (header == NULL) {
        return too_short(walk, FIXED);
    }
    uint16_t flags = load_be16(header);
    if ((flags & CONTROL) != 0) {
        return SF_SKIP_NOT_TCP;
    }
    if ((flags & VERSION) != L2TP_2) {
        return SF_SKIP_TUNNEL; /* version 3 does not say what is inside */
    }
    walk_enter_tunnel(walk, SF_TUNNEL_L2TP, 0);
    walk->next = sf_layer_ppp;
    return pass_l2tp_fields(walk, flags);
}

/* ---- IPsec in UDP, RFC 3948 §2 --------------------------------------------------------------- */

enum sf_skip sf_layer_esp_in_udp(struct sf_walk *walk)
{
    enum { MARKER = 4 };
    const uint8_t *marker = take(&walk->cursor, MARKER);
    if (marker == NULL) {
        return too_short(walk, MARKER); /* to keep a translation alive */
    }
    return load_be32(marker) != 0 ? SF_SKIP_ENCRYPTED : SF_SKIP_NOT_TCP;
}
