/*
 * IP fragments that are on their way to being whole: which octets of which datagram have been seen
 * (RFC 791 §3.2, RFC 8200 §4.5). No payload is kept, only places, and the octets of a TCP header
 * that is spread over several pieces; everything is bounded.
 */
#ifndef DECODE_FRAGMENTS_H
#define DECODE_FRAGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/event.h>
#include <synfin/segment.h>

#include "base/hash.h"

#define FRAGMENTS_DATAGRAMS 256
#define FRAGMENTS_RANGES    16  /* disjoint ranges of one datagram; in order there is one */
#define FRAGMENTS_HEADER    60u /* the longest TCP header (RFC 9293 §3.1) */
#define FRAGMENTS_LIFE_NS   INT64_C(30000000000)

/* What pieces of one datagram share. Zeroed before it is filled: compared and hashed as bytes. */
struct sf_datagram_id {
    uint8_t source[16], destination[16];
    uint32_t id;
    uint32_t tunnel_id;
    uint16_t vlan[2];
    uint8_t tunnel;
    uint8_t ip;
    uint8_t protocol; /* IPv4 only; 0 in IPv6 */
    uint8_t reserved;
};

/* One piece: octets [begin, end) of the datagram's payload. */
struct sf_piece {
    struct sf_datagram_id of;
    uint32_t begin, end;
    bool is_last;
};

/* Octets [begin, end); pending: seen, but not yet part of any segment. */
struct sf_range {
    uint32_t begin, end;
    bool is_pending;
};

struct sf_datagram {
    struct sf_datagram_id of;
    int64_t time_ns; /* of the first piece seen */
    bool has_first;  /* `first` and `data_begin` are known */
    bool has_total;
    bool is_header_told; /* whole in one piece, or out of `header` */
    uint32_t total;      /* octets of the datagram's payload */
    uint32_t data_begin; /* where TCP's payload begins in it */
    uint32_t n_ranges;
    struct sf_range ranges[FRAGMENTS_RANGES]; /* ascending; neighbours of one kind are merged */
    struct sf_segment first;
    uint8_t header[FRAGMENTS_HEADER]; /* what has come of a header that is spread over pieces … */
    uint64_t has_header;              /* … and which octets that is, a bit each */
};

/* The oldest makes room for the newest. */
struct sf_fragments {
    uint32_t newest;
    uint64_t tags[FRAGMENTS_DATAGRAMS]; /* hash of the id: what a search looks at */
    struct sf_datagram datagrams[FRAGMENTS_DATAGRAMS];
};

/*
 * The first piece, whose TCP header begins at octet `tcp_begin` of the datagram. `segment` comes as
 * if it were whole; its payload, flags and quality become what is known by now.
 */
void sf_fragments_first(struct sf_fragments *fragments, const struct sf_hash_key *key,
                        const struct sf_piece *piece, uint32_t tcp_begin,
                        struct sf_segment *segment);

/*
 * Any piece of a datagram whose TCP header begins at its octet 0 and is not whole in the first one:
 * keeps what `bytes`, the `n` captured ones of the piece, have of the header. Returns the length of
 * the header, once, when the last of it has come, and copies it to `header`; else 0.
 */
uint32_t sf_fragments_keep_header(struct sf_fragments *fragments, const struct sf_hash_key *key,
                                  const struct sf_piece *piece, int64_t time_ns,
                                  const uint8_t *bytes, size_t n, uint8_t header[FRAGMENTS_HEADER]);

/*
 * The header of `segment` came in pieces, of which `piece` was the last and was told to
 * sf_fragments_later: its payload, flags and quality become what is known by now.
 */
void sf_fragments_begin_spread(struct sf_fragments *fragments, const struct sf_hash_key *key,
                               const struct sf_piece *piece, struct sf_segment *segment);

/*
 * A later piece: makes `segment`, which comes with number, time and offsets of its packet, a
 * continuation. SF_SKIP_FRAGMENT: it brings nothing that can be told now.
 */
enum sf_skip sf_fragments_later(struct sf_fragments *fragments, const struct sf_hash_key *key,
                                const struct sf_piece *piece, struct sf_segment *segment);

#endif
