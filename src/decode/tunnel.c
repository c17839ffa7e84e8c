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

/* RFC 8926 §3.4 */
enum sf_skip sf_layer_geneve(struct sf_walk *walk)
{
    enum { HEADER = 8, VERSION = 0xc0, OPTIONS = 0x3f };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return too_short(walk, HEADER);
    }
    if ((header[0] & VERSION) != 0) {
        return SF_SKIP_NOT_TCP;
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
