/*
 * The machine's own notes on a connection: what the public struct sf_flow does not show.
 */
#ifndef SYNFIN_MACHINE_HISTORY_H
#define SYNFIN_MACHINE_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/flow.h>

#include "machine/holes.h"
#include "machine/log.h"
#include "machine/sighting.h"

/* Round trip to assume where none was seen. */
#define RTT_UNKNOWN_NS INT64_C(200000000)

/* What a busy host or path may add to a round trip before its silence means anything. */
#define RTT_SLACK_NS INT64_C(5000000)

/* No timer repeats a segment sooner: RFC 6298 §2.4 asks for 1 s, and stacks use 200 ms. */
#define TIMER_MIN_NS INT64_C(200000000)

/* IPv4 identifications further apart do not tell an order. */
#define ID_NEAR 1000

#define FOUND_MAX 48u

/* How many different acknowledgment numbers of an end are remembered. */
#define SENT_ACKS 4u

/* What silence can show; see silence.h. */
enum silence {
    SILENCE_SYNACK_UNHEARD, /* an end that takes a SYN,ACK answers it at once */
    SILENCE_UNANSWERED, /* a second behind the SYN, or the SYN,ACK: for what is counted over … */
    SILENCE_UNFINISHED, /* … many connections (crowd.h) */
    SILENCE_WAITING,
    SILENCE_NO_ANSWER,
    SILENCE_HALF_OPEN,
    SILENCE_CLIENT_HALF_CLOSED, /* by the side that closed its half: + enum sf_side */
    SILENCE_SERVER_HALF_CLOSED,
    SILENCE_CLIENT_AWAITS_FIN, /* the same: its peer in CLOSE_WAIT says nothing … */
    SILENCE_SERVER_AWAITS_FIN,
    SILENCE_CLIENT_FIN_WAIT_2, /* … and longer than an end waits in FIN_WAIT_2 */
    SILENCE_SERVER_FIN_WAIT_2,
    SILENCE_CLIENT_GAVE_UP, /* by the side that repeats: + enum sf_side */
    SILENCE_SERVER_GAVE_UP,
    SILENCE_COUNT
};

/* Payload that stays unacknowledged while it is sent again and again. */
struct stubborn {
    uint32_t seq;
    uint32_t count;      /* repeats in a row */
    int64_t last_ns;     /* of the last one */
    int64_t interval_ns; /* between the last two */
    uint64_t number;     /* of the last one */
};

/* Octets that the other end waits for, and that came with a timestamp too old: RFC 7323 §5.3. */
struct old_octets {
    int64_t time_ns;
    uint32_t end;
    bool was_refused; /* an acknowledgment since then does not cover them */
    bool is_there;
};

/* Payload that was sent again, and not acknowledged by then. */
struct resent {
    int64_t time_ns;
    uint32_t seq, end, tsval;
    bool has_tsval;
    bool is_open; /* nothing has acknowledged it since */
};

/* A SYN,ACK for the same SYN, with another number. */
struct other_synack {
    struct sighting sighting;
    uint32_t isn;
    uint16_t flags;
    struct sf_options options;
};

struct private_end {
    struct log log;
    struct holes holes;
    struct sighting syn, fin; /* `syn` is its SYN or SYN,ACK */
    struct stubborn stubborn;
    struct other_synack *other; /* NULL: none, as nearly always; owned */
    struct old_octets old_octets;
    struct resent resent;
    uint32_t hole_at; /* where its SACKs show that something is missing … */
    bool has_shown_hole;
    uint32_t echo; /* the newest timestamp that it echoed, if any */
    bool has_echo;

    /* Moments; SF_NO_TIME: never, or none. */
    int64_t last_ns;         /* its last segment */
    int64_t last_payload_ns; /* its last new payload … */
    int64_t last_octets_ns;  /* … and its last payload, new or not */
    int64_t stood_ns;        /* its last segment that shows that it had sent no FIN … */
    int64_t last_rst_ns;     /* its last RST */
    int64_t ended_ns;        /* its last RST that may have ended the connection */
    int64_t sample_ns;       /* a round-trip sample is under way: it is to acknowledge … */
    int64_t newest_tsval_ns; /* its newest timestamp was first seen */
    int64_t max_ns;          /* the highest number that it used, `max`, passed first */
    int64_t departed_ns;     /* a segment with `departed_tsval` left it, at the earliest */
    int64_t unsure_ns;       /* it may have moved on at this, though something spoke against it */
    int64_t keepalive_ns;    /* its last keepalive */
    int64_t keepalive_interval_ns;
    int64_t window_closed_ns; /* it closed its window */
    int64_t window_opened_ns; /* and opened it again */
    int64_t provoked_ns;      /* it got something that asks for a challenge ACK */
    int64_t fin_covered_ns;   /* the other end first acknowledged its FIN */
    int64_t fin_missed_ns;    /* the other end provably had not heard its FIN */
    int64_t fin_inferred_ns;  /* its FIN was found missing */
    int64_t sent_ack_ns[SENT_ACKS];

    /* Packets and counts. */
    uint64_t last_number;
    uint64_t last_payload_number; /* of its last new payload */
    uint64_t fin_covered_number;
    uint64_t segments;      /* sent, copies and damaged ones left out */
    uint64_t resets;        /* of these: RSTs … */
    uint64_t own_resets;    /* … that it can have written itself */
    uint64_t acks_advanced; /* how often its acknowledgment number grew */
    uint32_t dsacks;        /* duplicate reports (RFC 2883) it sent */
    uint32_t keepalives;    /* in a row, without an answer */
    uint32_t synack_struck; /* how often in a row its SYN,ACK showed that the ACK was lost */

    /* Numbers. */
    uint32_t window_probes; /* that it sent since the other end closed its window */
    uint32_t syn_payload;   /* octets on its SYN */
    uint32_t syn_end;       /* after its SYN and the data on it that was taken */
    uint32_t first_fin_ack; /* the acknowledgment number of its first FIN */
    uint32_t sample_end;    /* … this number */
    uint32_t after_fin_seq; /* its payload behind the other end's FIN begins here */
    uint32_t lowest;        /* the lowest number of payload seen of it … */
    uint32_t payload_end;   /* … and behind the highest, once there is payload */
    uint32_t last_advance;  /* by how much its latest acknowledgment exceeded the one before */
    uint32_t rejected_seq;  /* the number of the last segment that an ICMP error gave back */
    uint32_t last_tsval;    /* of its last segment */
    uint32_t last_rst_seq;  /* of its last RST */
    uint32_t newest_tsval;  /* the newest that it used */
    uint32_t departed_tsval;
    uint32_t stood_seq; /* the next number then */
    uint32_t row_ack;   /* the acknowledgment with which its latest row of segments began */
    uint32_t sent_ack[SENT_ACKS]; /* its last acknowledgment numbers, the latest first */
    uint16_t last_flags;          /* of its last segment */
    uint16_t last_ip_id;
    uint16_t newest_ip_id; /* the highest identification that it used */
    uint8_t id_steps;      /* how often the next one was a little higher */
    bool misses_ids;       /* some were left out since `stood_ns` */
    bool ids_jump;         /* … and once it was not: they tell no order */
    bool unsure_is_told;   /* its last segment tells where it was all the same */
    bool got_bad_ack;      /* it was sent an acknowledgment of what it cannot have sent */
    bool ticks_are_short;  /* its timestamps count less than milliseconds */

    uint8_t n_sent_acks;
    uint8_t fin_ttl;         /* of its first FIN */
    uint8_t usual_ttl;       /* of most of its segments, RSTs left out … */
    uint8_t ttl_votes;       /* … by so many more than have another */
    uint8_t start;           /* enum sf_state in which its path begins */
    uint8_t provoked_detail; /* enum sf_detail */
    uint8_t unsure_sign;     /* enum sf_sign of what spoke against `unsure_ns` */
    bool has_said_synack;    /* a SYN,ACK of it was seen */
    bool has_said_plain_syn; /* a SYN without ACK of it was seen */
    bool syn_data_again;     /* what of the data on its SYN was not taken came again */
    bool has_held_syn;       /* a SYN of it with other numbers waits for an answer */
    bool sent_after_fin;     /* payload behind its acknowledgment of the other end's FIN */
    bool first_fin_has_ack;
    bool syn_has_fin;      /* its SYN carried a FIN */
    bool fin_miss_is_sure; /* `fin_missed_ns` is the moment of a segment that is surely new */
    bool fin_had_to_wait;  /* its FIN may have come before data in front of it */
    bool spoke_plainly;    /* its last segment had neither SYN nor RST */
    bool fin_was_damaged;  /* its FIN came with a wrong checksum */
    bool fin_was_blamed;   /* its FIN, which acknowledged the other one, seemed not to arrive */
    bool fin_was_inferred; /* its first FIN was never seen in its place */
    bool fin_is_inferred;  /* its FIN was never seen, but must have been sent */
    bool syn_was_rejected; /* an ICMP error said that its SYN was not delivered */
    bool has_rejected;     /* `rejected_seq` holds */
};

/* Did the server answer the SYN with an ACK and a SYN apart? See split.h. */
enum split { SPLIT_NOT, SPLIT_LIKELY, SPLIT_PROVED };

struct sf_history {
    struct private_end end[2]; /* by enum sf_side */
    struct sf_found *found;
    uint32_t found_size;
    uint32_t checksums_right[2], checksums_wrong[2]; /* verified ones, by end of the key */
    bool is_midstream;              /* the capture has no SYN and no SYN,ACK of it */
    bool has_syn;                   /* a SYN of it was seen */
    bool is_self_connected;         /* both ends are one port */
    bool rst_in_handshake;          /* an accepted RST before the handshake was complete */
    bool rst_refused;               /* that RST answered the SYN */
    bool rst_accepted;              /* any accepted RST */
    uint8_t rst_sender;             /* enum sf_side of the first accepted RST */
    bool gave_up;                   /* one end gave up: close is `timeout` */
    bool second_fin_covers;         /* the second FIN was the first to acknowledge the first one */
    bool second_fin_covered_before; /* the first FIN was acknowledged before the second one */
    uint8_t split;                  /* enum split */
    bool syns_crossed;
    bool roles_are_guessed;
    bool has_data;
    uint32_t old_isn[2];   /* initial numbers of the connection before, by end of the key … */
    uint32_t old_max[2];   /* … where they ended … */
    bool has_old_isn[2];   /* … and whether both are known */
    uint32_t old_tsval[2]; /* the last timestamps of that connection, by end of the key … */
    bool has_old_tsval[2]; /* … where the other end was in TIME_WAIT */
    bool is_reuse;         /* an earlier connection of these ports is in the capture */
    uint8_t reuse_code;    /* enum sf_code: TIME_WAIT_REUSED or PORT_REUSED */
    uint8_t reuse_side;    /* enum sf_side that held TIME_WAIT */
    uint8_t reuse_detail;
    int64_t reuse_ns;      /* since the earlier one ended */
    bool was_held;         /* its SYN was held: it had arrived, and was answered */
    bool has_predecessor;  /* another connection had these ports not long ago */
    uint16_t cookie_signs; /* bits of enum sf_evidence that speak for SYN_COOKIE */
    uint16_t counted;      /* enum counted: what the crowd knows of it */
    uint8_t probe;         /* enum sf_method of a segment that is no part of any TCP */
    uint8_t lone_from;     /* who sent the first segment, … */
    uint16_t lone_flags;   /* … and what it was */
    uint32_t lone_seq, lone_ack;
    bool is_dead_duplicate;         /* an old SYN opened it: its alleged sender never asked */
    int64_t told_ns[SILENCE_COUNT]; /* the deadline of each silence that was told already */
};

/* Does this end count its IPv4 identifications, as far as was seen? Some stacks draw them at
 * random: RFC 6864 §4.1 asks for no order. */
bool sf_history_ids_count(const struct private_end *end);

/* Makes notes that are all zero those of a new connection. */
void sf_history_init(struct sf_history *history);

/* Frees what only segments to come would need, once the row is written: logs and findings. */
void sf_history_close(struct sf_flow *flow);

/* Frees what the notes hold, not the notes. */
void sf_history_release(struct sf_history *history);

/*
 * `closer` has closed its half, and its peer has acknowledged that but not closed: the packet with
 * which the peer's silence began, the acknowledgment or its latest payload. False where none of
 * that is so, or a RST has ended it.
 */
bool sf_history_awaits_fin(const struct sf_flow *flow, enum sf_side closer, int64_t *since_ns,
                           uint64_t *number);

/* Adds a finding to the flow, or counts it where its code and side are there already. */
struct sf_found *sf_history_add_found(struct sf_flow *flow, const struct sf_found *found);

/* The finding of that code and side, or NULL. SF_NOBODY as `side` stands for any. */
struct sf_found *sf_history_found(const struct sf_flow *flow, enum sf_code code, enum sf_side side);

/* Takes a finding back that turned out not to hold. Returns how many there were. */
uint32_t sf_history_drop_found(struct sf_flow *flow, enum sf_code code);

/* The same of one that sf_history_found gave. */
void sf_history_drop(struct sf_flow *flow, struct sf_found *found);

/* Takes back what was found by a packet that turned out not to be its sender's, but for `kept`.
 * Returns how many there were. */
uint32_t sf_history_drop_packet(struct sf_flow *flow, uint64_t number, enum sf_code kept);

/* Did an ICMP error give a segment of `side` back whose number lies in first … last? */
bool sf_history_was_rejected(const struct sf_flow *flow, enum sf_side side, uint32_t first,
                             uint32_t last);

/*
 * Had what passed at `sent_ns` towards `side` the time to arrive there, and an answer the time to
 * come back here, by `now_ns`? Decides between "did not arrive" and "the two crossed".
 */
bool sf_history_had_time(const struct sf_flow *flow, enum sf_side side, int64_t sent_ns,
                         int64_t now_ns);

/* Is the segment's TTL unlike that of the end which is said to have sent it? */
bool sf_history_is_unlike(const struct sf_end *end, const struct sf_segment *segment);

#endif
