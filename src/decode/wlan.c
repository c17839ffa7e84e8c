#include "decode/walk.h"

/* IEEE 802.11 data frames, and the headers that say how they were received. All of it is little
 * endian. */

/* ---- 802.11 (IEEE 802.11-2020 §9.2, §9.3.2) -------------------------------------------------- */

/* Bits of the frame control field. */
enum {
    VERSION = 0x0003,
    TYPE = 0x000c,
    DATA = 0x0008,
    IS_NULL = 0x0040, /* a data frame without data */
    HAS_QOS = 0x0080,
    TO_AND_FROM_AP = 0x0300, /* between two access points: four addresses */
    MORE_PIECES = 0x0400,
    PROTECTED = 0x4000,
    ORDER = 0x8000 /* with QoS: a field of four octets more */
};

static uint32_t header_length(uint16_t control)
{
    enum { HEADER = 24, FOURTH_ADDRESS = 6, QOS = 2, HT_CONTROL = 4 };
    uint32_t length = HEADER;
    if ((control & TO_AND_FROM_AP) == TO_AND_FROM_AP) {
        length += FOURTH_ADDRESS;
    }
    if ((control & HAS_QOS) != 0) {
        length += QOS + ((control & ORDER) != 0 ? HT_CONTROL : 0u);
    }
    return length;
}

/* The first of several packets in one frame (A-MSDU): addresses and length in front of its LLC. */
static enum sf_skip enter_aggregate(struct sf_walk *walk)
{
    enum { HEADER = 14 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    walk_limit(walk, load_be16(header + 12));
    return SF_SKIP_NONE;
}

/* `alignment`: the header is followed by padding up to a multiple of it. */
static enum sf_skip enter_frame(struct sf_walk *walk, uint32_t alignment)
{
    enum { CONTROL = 2, SEQUENCE = 22, PIECE = 0x0f, AGGREGATE = 0x80, FOURTH_ADDRESS = 6 };
    struct sf_cursor peek = walk->cursor;
    const uint8_t *header = take(&peek, CONTROL);
    if (header == NULL) {
        return walk_short(walk, CONTROL);
    }
    uint16_t control = load_le16(header);
    if ((control & (VERSION | TYPE | IS_NULL)) != DATA) {
        return SF_SKIP_NOT_IP;
    }
    uint32_t length = header_length(control);
    uint32_t padded = (length + alignment - 1) / alignment * alignment;
    if (take(&walk->cursor, padded) == NULL) {
        return walk_short(walk, padded);
    }
    if ((control & PROTECTED) != 0) {
        return SF_SKIP_ENCRYPTED;
    }
    if ((header[SEQUENCE] & PIECE) != 0) {
        return SF_SKIP_FRAGMENT;
    }
    walk->is_in_piece |= (control & MORE_PIECES) != 0;
    walk->next = sf_layer_llc;
    const uint8_t *qos =
        header + SEQUENCE + 2 + ((control & TO_AND_FROM_AP) == TO_AND_FROM_AP ? FOURTH_ADDRESS : 0);
    bool is_aggregate = (control & HAS_QOS) != 0 && (*qos & AGGREGATE) != 0;
    return is_aggregate ? enter_aggregate(walk) : SF_SKIP_NONE;
}

enum sf_skip sf_layer_wlan(struct sf_walk *walk)
{
    return enter_frame(walk, 1);
}

/* The same behind hardware that puts padding between header and data. */
static enum sf_skip padded_wlan(struct sf_walk *walk)
{
    enum { ALIGNMENT = 4 };
    return enter_frame(walk, ALIGNMENT);
}

/* ---- radiotap (https://www.radiotap.org) ----------------------------------------------------- */

/* The flags field, which stands behind the words of presence bits and perhaps a clock; else 0. */
static uint8_t radiotap_flags(struct sf_cursor header)
{
    enum { FIXED = 4, WORD = 4, HAS_CLOCK = 1, HAS_FLAGS = 2, CLOCK = 8 };
    const uint8_t *begin = take(&header, FIXED);
    const uint8_t *word = take(&header, WORD);
    uint32_t present = word != NULL ? load_le32(word) : 0;
    while (word != NULL && load_le32(word) >> 31 != 0) {
        word = take(&header, WORD);
    }
    if (word == NULL || (present & HAS_FLAGS) == 0) {
        return 0;
    }
    if ((present & HAS_CLOCK) != 0) { /* at a multiple of its size */
        size_t offset = (size_t)(header.at - begin);
        (void)take(&header, (CLOCK - offset % CLOCK) % CLOCK);
        (void)take(&header, CLOCK);
    }
    const uint8_t *flags = take(&header, 1);
    return flags != NULL ? *flags : 0;
}

/* Leaves the frame check sequence out, which stands at the end of what was received. */
static void cut_fcs(struct sf_walk *walk)
{
    enum { FCS = 4 };
    uint32_t left = walk_wire_left(walk);
    walk_limit(walk, left > FCS ? left - FCS : 0);
}

enum sf_skip sf_layer_radiotap(struct sf_walk *walk)
{
    enum { FIXED = 8, HAS_FCS = 0x10, IS_PADDED = 0x20, IS_DAMAGED = 0x40 };
    struct sf_cursor peek = walk->cursor;
    const uint8_t *fixed = take(&peek, FIXED);
    if (fixed == NULL) {
        return walk_short(walk, FIXED);
    }
    uint16_t length = load_le16(fixed + 2);
    if (fixed[0] != 0 || length < FIXED) {
        return SF_SKIP_MALFORMED;
    }
    if (take(&walk->cursor, length) == NULL) {
        return walk_short(walk, length);
    }
    uint8_t flags = radiotap_flags((struct sf_cursor){fixed, walk->cursor.at});
    if ((flags & IS_DAMAGED) != 0) {
        return SF_SKIP_DAMAGED;
    }
    if ((flags & HAS_FCS) != 0) {
        cut_fcs(walk);
    }
    walk->next = (flags & IS_PADDED) != 0 ? padded_wlan : sf_layer_wlan;
    return SF_SKIP_NONE;
}

/* ---- older headers --------------------------------------------------------------------------- */

/* AVS: a version and a length, big endian. */
enum sf_skip sf_layer_avs(struct sf_walk *walk)
{
    enum { FIXED = 8 };
    struct sf_cursor peek = walk->cursor;
    const uint8_t *fixed = take(&peek, FIXED);
    if (fixed == NULL) {
        return walk_short(walk, FIXED);
    }
    uint32_t length = load_be32(fixed + 4);
    if (length < FIXED) {
        return SF_SKIP_MALFORMED;
    }
    if (take(&walk->cursor, length) == NULL) {
        return walk_short(walk, length);
    }
    walk->next = sf_layer_wlan;
    return SF_SKIP_NONE;
}

/* Prism: of one length. Some drivers give the AVS header under its number; its first word tells. */
enum sf_skip sf_layer_prism(struct sf_walk *walk)
{
    enum { HEADER = 144, VERSION_WORD = 4 };
    const uint32_t avs = 0x80211000, any_version = 0xfffff000;
    struct sf_cursor peek = walk->cursor;
    const uint8_t *version = take(&peek, VERSION_WORD);
    if (version == NULL) {
        return walk_short(walk, VERSION_WORD);
    }
    if ((load_be32(version) & any_version) == avs) {
        walk->next = sf_layer_avs;
        return SF_SKIP_NONE;
    }
    walk->next = sf_layer_wlan;
    return take(&walk->cursor, HEADER) != NULL ? SF_SKIP_NONE : walk_short(walk, HEADER);
}

/* ---- PPI (CACE Technologies, "Per-Packet Information") --------------------------------------- */

/* The flags of its field that tells how an 802.11 frame was received; 0 when there is none. */
static uint16_t ppi_wlan_flags(struct sf_cursor fields)
{
    enum { HEADER = 4, COMMON = 2, FLAGS = 8, COMMON_LENGTH = 20 };
    const uint8_t *field;
    while ((field = take(&fields, HEADER)) != NULL) {
        uint16_t length = load_le16(field + 2);
        const uint8_t *value = take(&fields, length);
        if (value != NULL && load_le16(field) == COMMON && length >= COMMON_LENGTH) {
            return load_le16(value + FLAGS);
        }
    }
    return 0;
}

/* A header of any length in front of a frame of any link type, most often 802.11. */
enum sf_skip sf_layer_ppi(struct sf_walk *walk)
{
    enum { FIXED = 8, WLAN = 105, HAS_FCS = 0x01, IS_DAMAGED = 0x04 };
    struct sf_cursor peek = walk->cursor;
    const uint8_t *fixed = take(&peek, FIXED);
    if (fixed == NULL) {
        return walk_short(walk, FIXED);
    }
    uint16_t length = load_le16(fixed + 2);
    uint32_t link = load_le32(fixed + 4);
    if (length < FIXED) {
        return SF_SKIP_MALFORMED;
    }
    if (take(&walk->cursor, length) == NULL) {
        return walk_short(walk, length);
    }
    uint16_t flags = ppi_wlan_flags((struct sf_cursor){peek.at, walk->cursor.at});
    if (link == WLAN && (flags & IS_DAMAGED) != 0) {
        return SF_SKIP_DAMAGED;
    }
    if (link == WLAN && (flags & HAS_FCS) != 0) {
        cut_fcs(walk);
    }
    walk->next = sf_layer_of_link(link);
    return walk->next != NULL ? SF_SKIP_NONE : SF_SKIP_LINK_TYPE;
}
