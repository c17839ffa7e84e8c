#include "decode/walk.h"

/* GRE (RFC 2784, RFC 2890; with PPP inside, RFC 2637) and the mirrored frames of ERSPAN in it. */

/* Bits of the first two octets. */
enum {
    CHECKSUM = 0x8000,
    ROUTING = 0x4000,
    KEY = 0x2000,
    SEQUENCE = 0x1000,
    ACKNOWLEDGMENT = 0x0080,
    VERSION = 0x0007,
    PPTP = 1
};

/* ---- ERSPAN (draft-foschiano-erspan) --------------------------------------------------------- */

/* Type II; the session id is not part of the key, since the two directions may have two. */
static enum sf_skip erspan(struct sf_walk *walk)
{
    enum { HEADER = 8, VERSION_2 = 1 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    if (header[0] >> 4 != VERSION_2) {
        return SF_SKIP_TUNNEL;
    }
    walk->next = sf_layer_ethernet;
    return SF_SKIP_NONE;
}

/* Type III: a frame, or an IP packet alone; perhaps a platform's own header in front of it. */
static enum sf_skip erspan_3(struct sf_walk *walk)
{
    enum { HEADER = 12, VERSION_3 = 2, PLATFORM = 8, HAS_PLATFORM = 0x01, FRAME_TYPE = 0x1f };
    enum { ETHERNET = 0, IP = 2 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    if (header[0] >> 4 != VERSION_3) {
        return SF_SKIP_TUNNEL;
    }
    if ((header[11] & HAS_PLATFORM) != 0 && take(&walk->cursor, PLATFORM) == NULL) {
        return walk_short(walk, PLATFORM);
    }
    uint8_t type = header[10] >> 2 & FRAME_TYPE;
    walk->next = type == ETHERNET ? sf_layer_ethernet
                 : type == IP     ? sf_layer_raw_ip
                                  : sf_layer_not_ip;
    return SF_SKIP_NONE;
}

/* ---- GRE ------------------------------------------------------------------------------------- */

static sf_layer_fn *layer_of_type(uint16_t type)
{
#define GRE_TYPE(first, last, step, layer)                                                         \
    if (type >= (first) && type <= (last) && (type - (first)) % (step) == 0) {                     \
        return layer;                                                                              \
    }
#include "decode/gre_types.def"
#undef GRE_TYPE
    return sf_layer_of_ethertype(type);
}

/* Octets of the fields that the flags announce. */
static size_t optional_length(uint16_t flags)
{
    enum { WORD = 4 };
    bool has_acknowledgment = (flags & VERSION) == PPTP && (flags & ACKNOWLEDGMENT) != 0;
    return WORD * ((size_t)((flags & CHECKSUM) != 0) + ((flags & KEY) != 0) +
                   ((flags & SEQUENCE) != 0) + has_acknowledgment);
}

enum sf_skip sf_layer_gre(struct sf_walk *walk)
{
    enum { FIXED = 4 };
    const uint8_t *header = take(&walk->cursor, FIXED);
    if (header == NULL) {
        return walk_short(walk, FIXED);
    }
    uint16_t flags = load_be16(header);
    if ((flags & VERSION) > PPTP || (flags & ROUTING) != 0) {
        return SF_SKIP_TUNNEL;
    }
    if (take(&walk->cursor, optional_length(flags)) == NULL) {
        return walk_short(walk, optional_length(flags));
    }
    walk->next = layer_of_type(load_be16(header + 2));
    bool is_erspan = walk->next == erspan || walk->next == erspan_3;
    walk_enter_tunnel(walk, is_erspan ? SF_TUNNEL_ERSPAN : SF_TUNNEL_GRE, 0);
    if (walk->next == erspan && (flags & SEQUENCE) == 0) {
        walk->next = sf_layer_ethernet; /* type I has no header of its own */
    }
    return SF_SKIP_NONE;
}
