#include "decode/walk.h"

#define ETHERTYPE_LEAST 0x600 /* below: a length (up to 1500), or nothing defined */
#define LENGTH_MOST     1500
#define VLAN_ID_MASK    0x0fff
#define VLAN_NONE       0 /* priority only */

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

/* The field after the addresses, or after a tag: an ethertype, or the length of an LLC frame. */
static enum sf_skip type_or_length(struct sf_walk *walk, uint16_t value)
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
    return header != NULL ? type_or_length(walk, load_be16(header + 12)) : walk_short(walk, HEADER);
}

enum sf_skip sf_layer_vlan(struct sf_walk *walk)
{
    enum { TAG = 4 };
    const uint8_t *tag = take(&walk->cursor, TAG);
    if (tag == NULL) {
        return walk_short(walk, TAG);
    }
    uint16_t id = load_be16(tag) & VLAN_ID_MASK;
    uint16_t *vlan = walk->segment->key.vlan;
    if (id != VLAN_NONE) {
        vlan[vlan[0] == SF_NO_VLAN ? 0 : 1] =
            id; /* of three tags: the outermost and the innermost */
    }
    return type_or_length(walk, load_be16(tag + 2));
}

/* IEEE 802.2; with SNAP (RFC 1042) an ethertype follows. */
enum sf_skip sf_layer_llc(struct sf_walk *walk)
{
    enum { LLC = 3, SNAP = 5, SAP_SNAP = 0xaa, SAP_IP = 0x06, UNNUMBERED = 3 };
    const uint8_t *llc = take(&walk->cursor, LLC);
    if (llc == NULL) {
        return walk_wire_left(walk) >= LLC ? SF_SKIP_TRUNCATED : SF_SKIP_NOT_IP;
    }
    if (llc[0] == SAP_IP && llc[1] == SAP_IP && llc[2] == UNNUMBERED) {
        walk->next = sf_layer_ipv4;
        return SF_SKIP_NONE;
    }
    if (llc[0] != SAP_SNAP || llc[1] != SAP_SNAP || llc[2] != UNNUMBERED) {
        return SF_SKIP_NOT_IP;
    }
    const uint8_t *snap = take(&walk->cursor, SNAP);
    if (snap == NULL) {
        return walk_short(walk, SNAP);
    }
    walk->next =
        load_be24(snap) == 0 ? sf_layer_of_ethertype(load_be16(snap + 3)) : sf_layer_not_ip;
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

/*
 * An address family, in the byte order of the machine that captured, or in network order. All
 * families are small numbers, so the order shows. That of IPv6 differs by system.
 */
enum sf_skip sf_layer_null(struct sf_walk *walk)
{
    enum {
        HEADER = 4,
        INET = 2,
        LINUX6 = 10,
        WINDOWS6 = 23,
        NETBSD6 = 24,
        FREEBSD6 = 28,
        DARWIN6 = 30
    };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    uint32_t family = load_le32(header) <= UINT16_MAX ? load_le32(header) : load_be32(header);
    switch (family) {
    case INET:
        walk->next = sf_layer_ipv4;
        break;
    case LINUX6:
    case WINDOWS6:
    case NETBSD6:
    case FREEBSD6:
    case DARWIN6:
        walk->next = sf_layer_ipv6;
        break;
    default:
        walk->next = sf_layer_not_ip;
    }
    return SF_SKIP_NONE;
}
