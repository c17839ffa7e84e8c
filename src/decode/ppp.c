#include "decode/walk.h"

/* What PPP (RFC 1661 §2) and Cisco's HDLC lead to, and labels in front of IP. */

/*
 * Several links as one, RFC 1990 §3: whole packets, or the first piece of one. Its header is taken
 * to have the long sequence number, which is what is used unless both ends agreed otherwise.
 */
static enum sf_skip multilink(struct sf_walk *walk)
{
    enum { HEADER = 4, IS_FIRST = 0x80, IS_LAST = 0x40 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    if ((header[0] & IS_FIRST) == 0) {
        return SF_SKIP_FRAGMENT;
    }
    walk->is_in_piece |= (header[0] & IS_LAST) == 0;
    walk->next = sf_layer_ppp;
    return SF_SKIP_NONE;
}

static sf_layer_fn *layer_of_ppp(uint16_t protocol)
{
    switch (protocol) {
#define PPP(number, layer)                                                                         \
    case number:                                                                                   \
        return layer;
#include "decode/ppp_protocols.def"
#undef PPP
    default:
        return sf_layer_not_ip;
    }
}

/* Protocol numbers are odd in their last octet only, so one octet may be left out (RFC 1661 §6.5).
 */
enum sf_skip sf_layer_ppp(struct sf_walk *walk)
{
    enum { ADDRESS_AND_CONTROL = 0xff03, FRAMING = 2 };
    struct sf_cursor peek = walk->cursor;
    const uint8_t *framing = take(&peek, FRAMING);
    if (framing == NULL) {
        return walk_short(walk, FRAMING);
    }
    if (load_be16(framing) == ADDRESS_AND_CONTROL) {
        walk->cursor = peek;
    }
    const uint8_t *first = take(&walk->cursor, 1);
    if (first == NULL) {
        return walk_short(walk, 1);
    }
    if ((*first & 1) != 0) {
        walk->next = layer_of_ppp(*first);
        return SF_SKIP_NONE;
    }
    const uint8_t *second = take(&walk->cursor, 1);
    if (second == NULL) {
        return walk_short(walk, 1);
    }
    walk->next = layer_of_ppp((uint16_t)(*first << 8 | *second));
    return SF_SKIP_NONE;
}

/* PPP, or Cisco's HDLC, whose address octet is another (RFC 1547 §4.3.1). */
enum sf_skip sf_layer_ppp_hdlc(struct sf_walk *walk)
{
    enum { UNICAST = 0x0f, BROADCAST = 0x8f };
    if (bytes_left(&walk->cursor) == 0) {
        return walk_short(walk, 1);
    }
    uint8_t address = walk->cursor.at[0];
    bool is_cisco = address == UNICAST || address == BROADCAST;
    walk->next = is_cisco ? sf_layer_hdlc : sf_layer_ppp;
    return SF_SKIP_NONE;
}

/* As pppd logs it: the direction in front. */
enum sf_skip sf_layer_ppp_directed(struct sf_walk *walk)
{
    walk->next = sf_layer_ppp;
    return take(&walk->cursor, 1) != NULL ? SF_SKIP_NONE : walk_short(walk, 1);
}

/* RFC 2516 §4 */
enum sf_skip sf_layer_pppoe(struct sf_walk *walk)
{
    enum { HEADER = 6 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    if (header[1] != 0) {
        return SF_SKIP_NOT_IP; /* a code: not data */
    }
    walk_limit(walk, load_be16(header + 4));
    walk->next = sf_layer_ppp;
    return SF_SKIP_NONE;
}

/* Address, control, ethertype. */
enum sf_skip sf_layer_hdlc(struct sf_walk *walk)
{
    enum { HEADER = 4 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    walk->next = sf_layer_of_ethertype(load_be16(header + 2));
    return SF_SKIP_NONE;
}

/*
 * Labels to the bottom of the stack (RFC 3032 §2.1). They do not say what follows: an IP version,
 * or the 0 that begins a control word before an Ethernet frame (RFC 4448 §4.6).
 */
enum sf_skip sf_layer_mpls(struct sf_walk *walk)
{
    enum { LABEL = 4, BOTTOM = 0x01, CONTROL_WORD = 4 };
    const uint8_t *label;
    do {
        label = take(&walk->cursor, LABEL);
        if (label == NULL) {
            return walk_short(walk, LABEL);
        }
    } while ((label[2] & BOTTOM) == 0);
    if (bytes_left(&walk->cursor) >= CONTROL_WORD && walk->cursor.at[0] >> 4 == 0) {
        (void)take(&walk->cursor, CONTROL_WORD);
        walk->next = sf_layer_ethernet;
    } else {
        walk->next = sf_layer_raw_ip;
    }
    return SF_SKIP_NONE;
}
