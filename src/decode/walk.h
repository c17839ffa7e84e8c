/*
 * The walk through the layers of one packet, and the layers.
 *
 * A layer reads its header at the cursor, moves behind it and names the next layer in `next`; or
 * leaves `next` NULL when the segment is complete. It returns SF_SKIP_NONE, or the reason to stop.
 */
#ifndef DECODE_WALK_H
#define DECODE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/event.h>
#include <synfin/segment.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "decode/fragments.h"
#include "decode/inflate.h"

struct sf_walk;
typedef enum sf_skip sf_layer_fn(struct sf_walk *walk);

/* An IP fragment's place: what of a datagram it is. */
struct sf_walk_piece {
    uint32_t id;
    uint32_t offset;  /* in the datagram's payload, in octets */
    uint32_t start;   /* where the piece begins in the packet */
    uint8_t protocol; /* IPv4 only, as it is part of what identifies a datagram there */
    bool is_piece;    /* of more than one */
    bool has_more;
};

/* What an ICMP error quotes: from its header on the walk goes through the quoted packet. */
struct sf_walk_quote {
    bool is_quoted;
    bool is_cut; /* not all of the ICMP packet was captured */
    /* Of the packet that quotes; the segment's own fields are overwritten by the quoted headers. */
    uint16_t ip_id, ip_offset;
    uint8_t ttl;
};

struct sf_walk {
    struct sf_cursor cursor; /* from the next header to the end of what was captured of it */
    uint32_t wire_end;       /* where the present layer ended on the wire: offset in the packet */
    bool is_cut;             /* it was to reach beyond the frame's end */
    bool is_in_piece;        /* inside a tunnel's fragment, or a quote: it may end before what is in
                                it does */
    sf_layer_fn *next;
    const uint8_t *base; /* where offsets count from: the packet's first octet */
    struct sf_segment *segment;
    struct sf_fragments *fragments;
    const struct sf_hash_key *hash_key;
    const uint8_t *source, *destination; /* of the innermost IP header, 4 or 16 bytes */
    struct sf_walk_piece piece;
    struct sf_walk_quote quote;
    struct sf_inflater **inflater; /* made when it is needed first */
    bool is_inflated;              /* the octets, and `base`, are those of an inflater */
    bool has_no_length;            /* IPv6 payload length 0: a jumbo option may follow */
};

/* Where the cursor stands, as offset in the packet. */
static inline uint32_t walk_offset(const struct sf_walk *walk)
{
    return (uint32_t)(walk->cursor.at - walk->base); /* at most `captured`, a uint32_t */
}

/* Octets from the cursor to the layer's end on the wire. */
static inline uint32_t walk_wire_left(const struct sf_walk *walk)
{
    return walk->wire_end - walk_offset(walk);
}

/* Why `n` bytes could not be taken: were they sent, but not captured? */
static inline enum sf_skip walk_short(const struct sf_walk *walk, size_t n)
{
    return walk_wire_left(walk) >= n ? SF_SKIP_TRUNCATED : SF_SKIP_MALFORMED;
}

/*
 * Octets that a layer says it has, from the cursor on: what lies behind is padding. They may end
 * behind the frame when the rest follows in another fragment of the tunnel; else that is damage.
 */
static inline void walk_limit(struct sf_walk *walk, uint32_t n)
{
    bool is_beyond = n > walk_wire_left(walk);
    walk->is_cut = is_beyond && !walk->is_in_piece;
    if (walk->is_cut) {
        return;
    }
    walk->wire_end = walk_offset(walk) + n;
    if (n < bytes_left(&walk->cursor)) {
        walk->cursor.end = walk->cursor.at + n;
    }
}

/*
 * The key names the innermost tunnel; where both directions share an id (VXLAN, GENEVE) it is part
 * of the key, outer addresses and TEIDs never are.
 */
static inline void walk_enter_tunnel(struct sf_walk *walk, enum sf_tunnel tunnel, uint32_t id)
{
    walk->segment->key.tunnel = (uint8_t)tunnel;
    walk->segment->key.tunnel_id = id;
}

/* What a number leads to; never NULL, but for a link type that is not known. */
sf_layer_fn *sf_layer_of_link(uint32_t link_type);
sf_layer_fn *sf_layer_of_ethertype(uint16_t type);
sf_layer_fn *sf_layer_of_protocol(const struct sf_walk *walk, uint8_t protocol);

/* The field after the addresses, or after a tag: an ethertype, or the length of an LLC frame. */
enum sf_skip sf_walk_type_or_length(struct sf_walk *walk, uint16_t value);

/* Link layers: see links.def. */
sf_layer_fn sf_layer_ethernet, sf_layer_sll, sf_layer_sll2, sf_layer_raw_ip, sf_layer_null,
    sf_layer_enc, sf_layer_pflog, sf_layer_pktap, sf_layer_ppp, sf_layer_ppp_hdlc,
    sf_layer_ppp_directed, sf_layer_hdlc, sf_layer_fddi, sf_layer_token_ring, sf_layer_ipoib,
    sf_layer_arcnet, sf_layer_arcnet_linux, sf_layer_nflog, sf_layer_juniper_ethernet,
    sf_layer_wlan, sf_layer_radiotap, sf_layer_prism, sf_layer_avs, sf_layer_ppi;

/* What an ethertype can lead to: see ethertypes.def. */
sf_layer_fn sf_layer_vlan, sf_layer_llc, sf_layer_mpls, sf_layer_pppoe, sf_layer_etag,
    sf_layer_vntag, sf_layer_pbb, sf_layer_macsec;

/* IP and what stands between it and TCP: see protocols.def. */
sf_layer_fn sf_layer_ipv4, sf_layer_ipv6, sf_layer_hop_by_hop, sf_layer_routing,
    sf_layer_v6_fragment, sf_layer_extension, sf_layer_ah, sf_layer_ipcomp;

/* Tunnels: see protocols.def, and udp_ports.def for those in UDP. */
sf_layer_fn sf_layer_ipv4_in_ip, sf_layer_ipv6_in_ip, sf_layer_gre, sf_layer_etherip,
    sf_layer_mpls_tunnel, sf_layer_udp, sf_layer_vxlan, sf_layer_vxlan_gpe, sf_layer_geneve,
    sf_layer_gtp, sf_layer_ayiya, sf_layer_teredo, sf_layer_l2tp, sf_layer_esp_in_udp;

/* A TCP header; what an ICMP error quotes of one; a later piece of a datagram. */
sf_layer_fn sf_layer_tcp, sf_layer_quoted_tcp, sf_layer_later_piece;

/* ICMP and ICMPv6: an error is walked on into the packet that it quotes. */
sf_layer_fn sf_layer_icmp, sf_layer_icmp6;

/* Fills the segment's key, `from` and hash; `ports` are the first four octets of a TCP header. */
void sf_walk_fill_key(const struct sf_walk *walk, const uint8_t *ports);

/* Ends of the walk. */
sf_layer_fn sf_layer_not_ip, sf_layer_not_tcp, sf_layer_tunnel, sf_layer_encrypted,
    sf_layer_compressed, sf_layer_lost_piece;

#endif
