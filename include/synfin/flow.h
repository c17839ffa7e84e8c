/*
 * One TCP connection as the machine knows it. Read-only for everyone but the machine.
 *
 * Two ends, each with the path of states it went through. A state is *proved* when a segment that
 * this end itself sent shows it, and *assumed* when it only follows if a segment addressed to it
 * arrived. What is assumed may be taken back by a later segment.
 */
#ifndef SYNFIN_FLOW_H
#define SYNFIN_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/catalogue.h>
#include <synfin/segment.h>

/* Longer than the longest legal path: CLOSED SYN_SENT SYN_RCVD ESTABLISHED FIN_WAIT_1 CLOSING
 * TIME_WAIT CLOSED. */
#define SF_PATH_MAX 12

enum sf_side { SF_CLIENT, SF_SERVER, SF_NOBODY };

/* The other end. */
static inline enum sf_side sf_other(enum sf_side side)
{
    return side == SF_CLIENT ? SF_SERVER : SF_CLIENT;
}

/* What is known of an end's numbers: bits of sf_end.known. */
enum sf_known {
    SF_KNOWS_SEQ = 0x01, /* a segment of it was seen: `first`, `max` hold */
    SF_KNOWS_ISS = 0x02, /* its SYN or SYN,ACK was seen, or its number follows from an ACK */
    SF_KNOWS_RCV = 0x04, /* an ACK of it was seen: `rcv` holds */
    SF_KNOWS_UNA = 0x08, /* the other end acknowledged something of it: `una` holds */
    SF_KNOWS_FIN = 0x10, /* its FIN was seen: `fin` holds */
    SF_KNOWS_RTT = 0x20, /* `rtt_ns` holds */
    SF_KNOWS_TTL = 0x40  /* `ttl` holds */
};

/* Numbers are absolute and modulo 2^32. */
struct sf_end {
    uint32_t iss;    /* initial send sequence number */
    uint32_t first;  /* where relative numbers count from: iss, or the first SEQ seen */
    uint32_t max;    /* highest sequence number sent, plus one (SEQ + LEN + SYN + FIN) */
    uint32_t una;    /* highest acknowledgment number that the other end sent for it */
    uint32_t rcv;    /* highest ACK that it sent itself: proved to have received up to there */
    uint32_t fin;    /* sequence number of its FIN, plus one */
    uint32_t window; /* last window it advertised, scaled */
    uint8_t known;   /* enum sf_known */
    uint8_t ttl;     /* of its first segment */
    uint8_t wscale;  /* shift of its windows; 0 until both SYNs carried the option */
    uint8_t n_path;  /* states in `path`; 0: nothing is known */
    uint8_t path[SF_PATH_MAX]; /* enum sf_state, in order; what was taken back is left out */
    uint16_t proved;           /* bit i: path[i] is proved */
    bool has_options;          /* `options` are those of its SYN or SYN,ACK */
    struct sf_options options;
    uint16_t syn_flags; /* flags of its SYN or SYN,ACK */
    int64_t rtt_ns;     /* round trip between the capture point and this end, the best estimate */
    uint64_t packets;   /* segments sent */
    uint64_t bytes;     /* distinct payload octets */
    uint32_t retransmissions; /* segments with payload that was sent before */
    uint32_t syn_repeats;     /* SYNs sent again */
    uint32_t synack_repeats;  /* SYN,ACKs sent again */
    uint32_t fin_repeats;     /* FINs sent again */
};

#define SF_FIGURES_MAX 3

/* One finding, by value. */
struct sf_found {
    uint64_t number;     /* of the packet that proves it; of the one that began a silence */
    int64_t time_ns;     /* of that packet */
    int64_t interval_ns; /* the duration that belongs to it (a silence, a round trip …); 0: none */
    uint32_t count;      /* how often it was seen; from 1 */
    uint32_t octets;     /* the octets that belong to it; 0: none */
    uint8_t code;        /* enum sf_code */
    uint8_t severity;    /* enum sf_severity */
    uint8_t side;        /* enum sf_side; SF_NOBODY when it is about both */
    uint8_t where;       /* enum sf_where */
    uint8_t certainty;   /* enum sf_certainty */
    uint8_t reset_kind;  /* enum sf_reset_kind */
    uint8_t detail;      /* enum sf_detail */
    uint8_t state;       /* enum sf_state it speaks of, or SF_STATE_NONE */
    bool is_state_assumed; /* `state` was not proved */
    bool is_lossy;         /* likely only because the capture misses packets; else it were proved */

    /* Of an ICMP error, else 0: */
    uint16_t quoted_flags; /* of the segment that it quotes, as far as they are known */
    uint32_t quoted_seq;   /* its number, relative to the first of its end */
    struct sf_icmp icmp;

    /* Of a finding that rests on several connections, else 0: */
    uint8_t method;                  /* enum sf_method */
    bool is_at_least;                /* `figure` may be more in truth */
    uint16_t evidence;               /* bit for each enum sf_evidence */
    uint32_t figure[SF_FIGURES_MAX]; /* words/figures.def names those of each code */
};

#define SF_NO_TIME INT64_MIN

struct sf_history; /* the machine's own notes on a connection */

struct sf_flow {
    uint32_t id;   /* 1, 2, … by first packet */
    uint32_t slot; /* small, reused after the end: an index for the arrays of sinks */
    struct sf_key key;
    uint8_t client;            /* which end of the key is the client: 0 or 1 */
    uint8_t handshake;         /* enum sf_handshake, so far */
    uint8_t close;             /* enum sf_close, so far */
    uint8_t closed_by;         /* enum sf_side; SF_NOBODY for none */
    uint8_t ended;             /* enum sf_ended; holds in SF_FLOW_END */
    bool is_nano;              /* its input has nanoseconds */
    bool has_priority_tag;     /* a segment of it had one, see sf_segment */
    struct sf_end end[2];      /* by enum sf_side */
    int64_t start_ns, last_ns; /* its first and last packet */
    /* First SYN, first SYN,ACK, and the ACK that completed the handshake, or SF_NO_TIME. */
    int64_t syn_ns, synack_ns, complete_ns;
    uint32_t n_found;
    const struct sf_found *found; /* all so far, in order of discovery */
    struct sf_history *history;
};

/* The end of the connection that sent `segment`. */
static inline enum sf_side sf_flow_sender(const struct sf_flow *flow,
                                          const struct sf_segment *segment)
{
    return segment->from == flow->client ? SF_CLIENT : SF_SERVER;
}

/*
 * The outermost VLAN id; 0 where segments had tags that only carry a priority, and no VLAN;
 * SF_NO_VLAN where they had no tag.
 */
static inline uint16_t sf_flow_vlan(const struct sf_flow *flow)
{
    bool is_priority_only = flow->key.vlan[0] == SF_NO_VLAN && flow->has_priority_tag;
    return is_priority_only ? 0 : flow->key.vlan[0];
}

/* The state an end is in, as far as is known; SF_STATE_NONE when nothing is. */
static inline enum sf_state sf_end_state(const struct sf_end *end)
{
    return end->n_path > 0 ? (enum sf_state)end->path[end->n_path - 1] : SF_STATE_NONE;
}

/* Is the state at `at` of its path proved, not merely assumed? */
static inline bool sf_end_proves(const struct sf_end *end, unsigned at)
{
    return at < end->n_path && ((unsigned)end->proved >> at & 1u) != 0;
}

/* Is the state that the end is in proved? */
static inline bool sf_end_is_proved(const struct sf_end *end)
{
    return end->n_path > 0 && sf_end_proves(end, end->n_path - 1u);
}

#endif
