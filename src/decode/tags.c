#include "decode/walk.h"

/* What may stand between the addresses of an Ethernet frame and its ethertype. */

/* IEEE 802.1Q: priority and VLAN id. */
enum sf_skip sf_layer_vlan(struct sf_walk *walk)
{
    enum { TAG = 4, ID = 0x0fff, PRIORITY_ONLY = 0 };
    const uint8_t *tag = take(&walk->cursor, TAG);
    if (tag == NULL) {
        return walk_short(walk, TAG);
    }
    uint16_t id = load_be16(tag) & ID;
    uint16_t *vlan = walk->segment->key.vlan;
    if (id == PRIORITY_ONLY) {
        walk->segment->has_priority_tag = true;
    } else { /* of three tags: the outermost and the innermost */
        vlan[vlan[0] == SF_NO_VLAN ? 0 : 1] = id;
    }
    return sf_walk_type_or_length(walk, load_be16(tag + 2));
}

/* A tag of `n` octets, ethertype included, that says nothing about the connection. */
static enum sf_skip pass_tag(struct sf_walk *walk, size_t n)
{
    const uint8_t *tag = take(&walk->cursor, n);
    return tag != NULL ? sf_walk_type_or_length(walk, load_be16(tag + n - 2)) : walk_short(walk, n);
}

/* IEEE 802.1BR §7.5: which port of the extended bridge; another one in each direction. */
enum sf_skip sf_layer_etag(struct sf_walk *walk)
{
    enum { TAG = 8 };
    return pass_tag(walk, TAG);
}

/* VN-tag, from which the E-tag came: source and destination interface. */
enum sf_skip sf_layer_vntag(struct sf_walk *walk)
{
    enum { TAG = 6 };
    return pass_tag(walk, TAG);
}

/*
 * Provider backbone bridging, IEEE 802.1Q §9.7: the customer's whole frame. The service id is the
 * same in both directions and tells one customer's addresses from another's.
 */
enum sf_skip sf_layer_pbb(struct sf_walk *walk)
{
    enum { TAG = 4 };
    const uint8_t *tag = take(&walk->cursor, TAG);
    if (tag == NULL) {
        return walk_short(walk, TAG);
    }
    walk->segment->key.tunnel_id = load_be24(tag + 1);
    walk->next = sf_layer_ethernet;
    return SF_SKIP_NONE;
}

/* MACsec, IEEE 802.1AE §9: what is protected may be encrypted, or only signed. */
enum sf_skip sf_layer_macsec(struct sf_walk *walk)
{
    enum { TAG = 6, CHANNEL = 8, HAS_CHANNEL = 0x20, ENCRYPTED = 0x08, CHANGED = 0x04, TYPE = 2 };
    const uint8_t *tag = take(&walk->cursor, TAG);
    if (tag == NULL) {
        return walk_short(walk, TAG);
    }
    if ((tag[0] & (ENCRYPTED | CHANGED)) != 0) {
        return SF_SKIP_ENCRYPTED;
    }
    size_t rest = ((tag[0] & HAS_CHANNEL) != 0 ? CHANNEL : 0) + (size_t)TYPE;
    return pass_tag(walk, rest);
}
