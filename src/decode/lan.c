#include "decode/walk.h"

/* Local networks other than Ethernet and Wi-Fi. */

/* FDDI: frame control, two addresses, LLC. */
enum sf_skip sf_layer_fddi(struct sf_walk *walk)
{
    enum { HEADER = 13, CLASS_AND_FORMAT = 0x70, LLC = 0x50 /* long addresses, LLC frame */ };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    walk->next = (header[0] & CLASS_AND_FORMAT) == LLC ? sf_layer_llc : sf_layer_not_ip;
    return SF_SKIP_NONE;
}

/* IEEE 802.5: access control, frame control, two addresses, perhaps a source route, LLC. */
enum sf_skip sf_layer_token_ring(struct sf_walk *walk)
{
    enum { HEADER = 14, FRAME_TYPE = 0xc0, LLC = 0x40, ROUTED = 0x80, ROUTE_LENGTH = 0x1f };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    if ((header[1] & FRAME_TYPE) != LLC) {
        return SF_SKIP_NOT_IP;
    }
    bool is_routed = (header[8] & ROUTED) != 0; /* the group bit, which no sender's address has */
    if (is_routed && bytes_left(&walk->cursor) == 0) {
        return walk_short(walk, 1);
    }
    size_t route = is_routed ? walk->cursor.at[0] & ROUTE_LENGTH : 0;
    if (is_routed && route < 2) {
        return SF_SKIP_MALFORMED; /* its own two octets are counted */
    }
    if (take(&walk->cursor, route) == NULL) {
        return walk_short(walk, route);
    }
    walk->next = sf_layer_llc;
    return SF_SKIP_NONE;
}

/* IP over InfiniBand, RFC 4391 §6: the receiver's address, the sender's, ethertype, reserved. */
enum sf_skip sf_layer_ipoib(struct sf_walk *walk)
{
    enum { HEADER = 44, ADDRESSES = 40 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    walk->next = sf_layer_of_ethertype(load_be16(header + ADDRESSES));
    return SF_SKIP_NONE;
}

/* ---- ARCNET ---------------------------------------------------------------------------------- */

/*
 * RFC 1201 §2.1: split flag and sequence number. A whole packet has flag 0, the first of several
 * pieces an odd one. A frame of a length that ARCNET cannot send begins with a header whose flag is
 * 0xff and which only makes it longer: the real one follows, beginning with the type again.
 */
static enum sf_skip arcnet_split(struct sf_walk *walk)
{
    enum { SPLIT = 3, FILLER = 0xff, TYPE = 1, IS_FIRST = 1 };
    const uint8_t *split = take(&walk->cursor, SPLIT);
    if (split == NULL) {
        return walk_short(walk, SPLIT);
    }
    if (split[0] == FILLER) {
        split = take(&walk->cursor, TYPE + SPLIT);
        if (split == NULL) {
            return walk_short(walk, TYPE + SPLIT);
        }
        split += TYPE;
    }
    if (split[0] != 0 && (split[0] & IS_FIRST) == 0) {
        return SF_SKIP_FRAGMENT;
    }
    walk->is_in_piece |= split[0] != 0;
    return SF_SKIP_NONE;
}

static enum sf_skip arcnet_type(struct sf_walk *walk, uint8_t type)
{
    enum { IPV4_ALONE = 240, IPV4 = 212, IPV6 = 196, ETHERNET = 232 };
    switch (type) {
    case IPV4_ALONE: /* RFC 1051 */
        walk->next = sf_layer_ipv4;
        return SF_SKIP_NONE;
    case ETHERNET: /* a whole frame */
        walk->next = sf_layer_ethernet;
        return SF_SKIP_NONE;
    case IPV4:
        walk->next = sf_layer_ipv4;
        return arcnet_split(walk);
    case IPV6: /* RFC 2497 */
        walk->next = sf_layer_ipv6;
        return arcnet_split(walk);
    default:
        return SF_SKIP_NOT_IP;
    }
}

/* As BSD captures it: two addresses of one octet, type. */
enum sf_skip sf_layer_arcnet(struct sf_walk *walk)
{
    enum { HEADER = 3, TYPE = 2 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    return header != NULL ? arcnet_type(walk, header[TYPE]) : walk_short(walk, HEADER);
}

/* As Linux captures it: with an offset of two octets in front of the type. */
enum sf_skip sf_layer_arcnet_linux(struct sf_walk *walk)
{
    enum { HEADER = 5, TYPE = 4 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    return header != NULL ? arcnet_type(walk, header[TYPE]) : walk_short(walk, HEADER);
}
