#include "decode/walk.h"

/* Packets as a firewall or a router hands them to a capture, behind a header of its own. */

/* ---- Linux NFLOG ----------------------------------------------------------------------------- */

/*
 * Attributes have lengths and types in the byte order of the machine that logged. Types are small
 * numbers, so the order shows.
 */
static bool is_big_endian(const uint8_t *attribute)
{
    return attribute[2] == 0 && attribute[3] != 0;
}

/* Moves the cursor to the packet, which is one of the attributes. */
static enum sf_skip find_payload(struct sf_walk *walk)
{
    enum { HEADER = 4, PAYLOAD = 9, ALIGNMENT = 4, TYPE_MASK = 0x3fff };
    const uint8_t *attribute;
    while ((attribute = take(&walk->cursor, HEADER)) != NULL) {
        bool is_big = is_big_endian(attribute);
        uint16_t length = is_big ? load_be16(attribute) : load_le16(attribute);
        uint16_t type = is_big ? load_be16(attribute + 2) : load_le16(attribute + 2);
        if (length < HEADER) {
            return SF_SKIP_MALFORMED;
        }
        if ((type & TYPE_MASK) == PAYLOAD) {
            walk_limit(walk, length - (uint32_t)HEADER);
            return SF_SKIP_NONE;
        }
        size_t padded = (length + (ALIGNMENT - 1u)) / ALIGNMENT * ALIGNMENT - HEADER;
        if (take(&walk->cursor, padded) == NULL) {
            return walk_short(walk, padded);
        }
    }
    return walk_wire_left(walk) >= HEADER ? SF_SKIP_TRUNCATED : SF_SKIP_NOT_IP;
}

/* Address family, version, group; then attributes. */
enum sf_skip sf_layer_nflog(struct sf_walk *walk)
{
    enum { HEADER = 4, INET = 2, INET6 = 10 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    if (header[1] != 0 || (header[0] != INET && header[0] != INET6)) {
        return SF_SKIP_NOT_IP;
    }
    walk->next = header[0] == INET ? sf_layer_ipv4 : sf_layer_ipv6;
    return find_payload(walk);
}

/* ---- Juniper --------------------------------------------------------------------------------- */

/* A magic number, flags, perhaps extensions; without a link header four octets stand for it. */
enum sf_skip sf_layer_juniper_ethernet(struct sf_walk *walk)
{
    enum { HEADER = 4, MAGIC = 0x4d4743, HAS_EXTENSIONS = 0x80, NO_LINK = 0x02, PROTOCOL = 4 };
    const uint8_t *header = take(&walk->cursor, HEADER);
    if (header == NULL) {
        return walk_short(walk, HEADER);
    }
    if (load_be24(header) != MAGIC) {
        return SF_SKIP_MALFORMED;
    }
    if ((header[3] & HAS_EXTENSIONS) != 0) {
        const uint8_t *length = take(&walk->cursor, 2);
        size_t extensions = length != NULL ? load_be16(length) : 0;
        if (length == NULL || take(&walk->cursor, extensions) == NULL) {
            return walk_short(walk, length != NULL ? extensions : 2);
        }
    }
    if ((header[3] & NO_LINK) == 0) {
        walk->next = sf_layer_ethernet;
        return SF_SKIP_NONE;
    }
    walk->next = sf_layer_raw_ip;
    return take(&walk->cursor, PROTOCOL) != NULL ? SF_SKIP_NONE : walk_short(walk, PROTOCOL);
}
