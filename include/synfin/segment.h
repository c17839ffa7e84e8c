/*
 * Packets and TCP segments, as they pass from the capture to the machine.
 *
 * A packet borrows its bytes from the reader. A segment is a value: it holds no pointer, so it
 * can be copied, batched, kept and made up in a test.
 */
#ifndef SYNFIN_SEGMENT_H
#define SYNFIN_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

/* One record of the input. `bytes` stays valid until the next call of the function it came from. */
struct sf_packet {
    uint64_t number;      /* of the record in the whole input, from 1 */
    int64_t time_ns;      /* nanoseconds since 1970-01-01 UTC */
    const uint8_t *bytes; /* `captured` bytes, beginning with the link header */
    uint32_t captured;
    uint32_t length;    /* as it was on the wire; never below `captured` */
    uint32_t link_type; /* LINKTYPE_…, the number in the file, without the FCS bits */
    uint32_t interface; /* pcapng or SLL2 interface; 0 where there is but one */
    uint8_t fcs_length; /* bytes of frame check sequence at the end of the frame */
    bool is_nano;       /* the input has nanoseconds, not microseconds */
};

/* The flags of RFC 9293 §3.1, and AE of RFC 9768 (the former NS bit). */
enum sf_flag {
    SF_FIN = 0x001,
    SF_SYN = 0x002,
    SF_RST = 0x004,
    SF_PSH = 0x008,
    SF_ACK = 0x010,
    SF_URG = 0x020,
    SF_ECE = 0x040,
    SF_CWR = 0x080,
    SF_AE = 0x100
};

/* Which options a segment carried: bits of sf_options.present. */
enum sf_option {
    SF_OPT_MSS = 0x01,            /* RFC 9293 §3.7.1 */
    SF_OPT_WSCALE = 0x02,         /* RFC 7323 §2 */
    SF_OPT_SACK_PERMITTED = 0x04, /* RFC 2018 §2 */
    SF_OPT_TIMESTAMPS = 0x08,     /* RFC 7323 §3 */
    SF_OPT_SACK = 0x10,           /* RFC 2018 §3; the first block only is kept */
    SF_OPT_FASTOPEN = 0x20,       /* RFC 7413 §4.1.1, also its experimental form (kind 254) */
    SF_OPT_MPTCP = 0x40,          /* RFC 8684 §3 */
    SF_OPT_USER_TIMEOUT = 0x80    /* RFC 5482 §3 */
};

struct sf_options {
    uint32_t tsval, tsecr;
    uint32_t sack_left, sack_right; /* the first block: where a DSACK stands, RFC 2883 §4 */
    uint16_t mss;
    uint16_t user_timeout;   /* as on the wire: granularity bit and 15 bits */
    uint8_t present;         /* enum sf_option bits */
    uint8_t wscale;          /* shift count, as sent (RFC 7323 allows 14 at most) */
    uint8_t fastopen_length; /* of the cookie; 0 asks for one */
    uint8_t mptcp_subtype;   /* 0 MP_CAPABLE, 1 MP_JOIN, … */
};

/* Tunnels between the link and the IP packet that carries the segment: the rows of tunnels.def. */
enum sf_tunnel {
    SF_TUNNEL_NONE,
#define TUNNEL(name, word, is_numbered) SF_TUNNEL_##name,
#include <synfin/tunnels.def>
#undef TUNNEL
    SF_TUNNEL_COUNT
};

#define SF_NO_VLAN 0xffffu

/*
 * Both directions of a connection give the same key: the lower end (by address, then port) comes
 * first. Made of the inner addresses and of what both directions share of the outer context.
 * Always zeroed before it is filled, so that keys can be compared and hashed as bytes.
 */
struct sf_key {
    uint8_t addr[2][16]; /* an IPv4 address in the first four bytes, the rest zero */
    uint16_t port[2];    /* host byte order */
    uint16_t vlan[2];    /* outer and inner VLAN id, or SF_NO_VLAN */
    uint32_t tunnel_id;  /* VNI, where both directions share it; else 0 */
    uint8_t tunnel;      /* enum sf_tunnel */
    uint8_t ip;          /* 4 or 6 */
    uint8_t reserved[2]; /* zero */
};

enum sf_segment_kind {
    SF_SEGMENT_SENT,      /* a TCP header and what follows it */
    SF_SEGMENT_CONTINUED, /* a later IP fragment: more payload of a segment that was seen before */
    SF_SEGMENT_QUOTED     /* not sent here: an ICMP error (`icmp`) quotes it */
};

/* An ICMP error about a segment: RFC 792, RFC 4443. */
struct sf_icmp {
    uint8_t reporter[16]; /* the source of the packet that brought it; as in sf_key */
    uint32_t value;       /* the next link's MTU, or where the problem is; 0: not told */
    uint8_t ip;           /* 4: ICMP, 6: ICMPv6; 0: none */
    uint8_t type, code;
    uint8_t kind; /* enum sf_icmp_kind */
};

enum sf_checksum {
    SF_CHECKSUM_UNVERIFIED, /* nobody has looked yet */
    SF_CHECKSUM_PARTIAL,    /* cannot be verified: not all captured, an IP fragment, compressed */
    SF_CHECKSUM_GOOD,
    SF_CHECKSUM_OFFLOADED, /* zero, or the pseudo header's sum: left to a network card */
    SF_CHECKSUM_BAD
};

/* Oddities of a segment's shape: bits of sf_segment.quality. */
enum sf_quality {
    SF_QUALITY_TRUNCATED = 0x01,  /* part of the TCP header or payload was not captured */
    SF_QUALITY_BAD_OFFSET = 0x02, /* data offset below 5 or beyond the segment: moves no state */
    SF_QUALITY_BAD_OPTION = 0x04, /* an option with an impossible length */
    SF_QUALITY_MORE_FRAGMENTS =
        0x08, /* the first of several fragments; its FIN comes with the last */
    SF_QUALITY_COPY_BY_TIME = 0x20,  /* taken for a copy because nothing is repeated so soon */
    SF_QUALITY_NO_TCP_OPTIONS = 0x10 /* options are there but were not captured whole */
};

/*
 * Of a quoted segment: `from` is the end that had sent it; number, time_ns, interface, ip_id, ttl,
 * ip_offset and checksum are those of the ICMP packet. A router need not quote more than the ports
 * and the sequence number (RFC 792): where the quote ends in front of the flags, data_offset,
 * flags, ack, window and payload are 0.
 */
struct sf_segment {
    uint64_t number; /* of its packet */
    int64_t time_ns;
    struct sf_key key;
    uint64_t hash; /* of the key, keyed per run: for tables only, never for results */
    uint32_t seq, ack;
    uint32_t payload;    /* octets by the IP header, not by what was captured */
    uint32_t tcp_length; /* of TCP header and payload, by the IP header */
    uint32_t interface;
    uint16_t flags;  /* enum sf_flag; a flag that was not captured is 0 */
    uint16_t window; /* as in the header, unscaled */
    uint16_t urgent;
    uint16_t checksum; /* as in the header */
    uint16_t ip_id;    /* IPv4 identification; 0 in IPv6 */
    /* Of the innermost IP header and of the TCP header, in the packet's bytes; or in what they hold
     * compressed. */
    uint16_t ip_offset, tcp_offset;

    uint8_t data_offset;    /* header length in 32-bit words */
    uint8_t reserved;       /* the three reserved bits */
    uint8_t ttl;            /* or hop limit */
    uint8_t from;           /* which end of the key sent it: 0 or 1 */
    uint8_t kind;           /* enum sf_segment_kind */
    uint8_t checksum_state; /* enum sf_checksum */
    uint8_t quality;        /* enum sf_quality bits */
    bool is_nano;           /* the time has nanoseconds */
    bool has_priority_tag;  /* a VLAN tag with id 0, which names no VLAN */
    union {
        struct sf_options options;
        struct sf_icmp icmp; /* of SF_SEGMENT_QUOTED */
    };
};

#endif
