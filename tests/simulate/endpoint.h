/*
 * One end of a conversation: a TCP written straight from the event processing of RFC 9293 §3.10.
 * It shares nothing with the analyser, which is checked against it: two readings of one text.
 *
 * Where the RFC leaves a choice, or where stacks differ, a habit says what this end does.
 *
 * Two definitions of time, for an observer sees only packets. An end that CLOSEs moves when its
 * FIN is sent, not while the FIN is queued (§3.10.4 lets CLOSE wait until what was sent before is
 * segmentised). And a listener is a row of ended lives: "return to LISTEN" (§3.10.7.4) ends the
 * connection at hand, CLOSED, and the next SYN begins another one.
 */
#ifndef SIMULATE_ENDPOINT_H
#define SIMULATE_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "truth.h"

#define WINDOW   65535u
#define WAITING  8u /* pieces out of order that an end keeps */
#define TWO_MSLS 2

/* How IPv4 identifications are given. */
enum ids { IDS_ZERO, IDS_COUNTED, IDS_RANDOM };

struct habits {
    bool has_timestamps;        /* it offers them: RFC 7323 §3 */
    bool sends_challenges;      /* RFC 5961 §3, §4, §5 */
    bool delays_acks;           /* RFC 9293 §3.8.6.3 */
    bool delays_fin_ack;        /* also that of a FIN, so that its own FIN may carry it */
    bool puts_fin_on_data;      /* a FIN rides on the last octets */
    bool resets_with_ack;       /* ABORT sends RST,ACK; RFC 9293 §3.10.5 has RST alone */
    bool resets_on_late_data;   /* data after CLOSE is answered with RST: RFC 1122 §4.2.2.13 */
    bool resets_on_giving_up;   /* RST when R2 is reached */
    bool repeats_synack_on_syn; /* a SYN again is answered by SYN,ACK again, not by ACK */
    bool keeps_out_of_order;    /* RFC 9293 §3.10.7.4: SHOULD hold what comes too early */
    bool closes_in_syn_rcvd;    /* CLOSE in SYN_RCVD sends the FIN at once: §3.10.4 */
    bool repeats_all;           /* a timeout sends all again that is not acknowledged */
    bool closes_on_fin;         /* its user CLOSEs in the moment in which the FIN arrives */
    bool reads;                 /* its user reads what arrives */
    bool listens_on;            /* a passive OPEN stays for the next connection */
    uint8_t ids;                /* enum ids */
    uint8_t patience;           /* repeats before R2: RFC 9293 §3.8.3 */
    uint32_t segment_size;      /* MSS */
    uint32_t isn;               /* of its first life; later ones add to it */
    uint32_t timestamp;         /* at the beginning */
    uint16_t identification;    /* likewise */
    int64_t tick_ns;            /* of its timestamp clock */
    int64_t timeout_min_ns;     /* lower bound of the retransmission timeout: RFC 6298 §2.4 */
    int64_t msl_ns;             /* TIME-WAIT lasts twice that */
    int64_t ack_delay_ns;       /* when it delays: below 500 ms */
};

/* Takes what an end sends. */
typedef void endpoint_emit_fn(void *context, const struct packet *packet);

/* Octets that came before their turn. */
struct piece {
    uint32_t left, right;
    bool has_fin;
};

struct endpoint {
    struct habits habits;
    struct truth *truth;
    endpoint_emit_fn *emit;
    void *context;
    uint8_t side; /* 0 or 1 */

    enum sf_state state;
    bool is_passive;      /* the connection began with a passive OPEN */
    bool is_fin_queued;   /* the user has CLOSEd … */
    bool is_fin_sent;     /* … and the FIN is out */
    bool has_closed;      /* the user takes no more data, either */
    bool uses_timestamps; /* both SYNs carried them */
    bool owes_ack;
    int64_t heard_fin_ns;
    uint32_t iss, snd_una, snd_nxt, snd_end; /* snd_end: behind the last octet of the user */
    uint32_t irs, rcv_nxt, ts_recent, last_ack_sent, unread;
    struct piece piece[WAITING];
    unsigned n_pieces;

    /* The retransmission timer: RFC 6298. */
    int64_t srtt_ns, rttvar_ns, timeout_ns;
    int64_t timed_ns; /* NEVER: no round trip is being timed */
    uint32_t timed_end;
    unsigned tries;

    /* Deadlines; NEVER. */
    int64_t retransmit_ns, time_wait_ns, delayed_ack_ns;
    int64_t now_ns;
    uint16_t next_id;
};

/* `endpoint` is CLOSED, and begins its first life. */
void endpoint_init(struct endpoint *endpoint, unsigned side, const struct habits *habits,
                   struct truth *truth, endpoint_emit_fn *emit, void *context);

/* The user's calls: RFC 9293 §3.10.1 to §3.10.5. Those that make no sense in a state do nothing. */
void endpoint_listen(struct endpoint *endpoint, int64_t now_ns);
void endpoint_open(struct endpoint *endpoint, int64_t now_ns);
void endpoint_send(struct endpoint *endpoint, uint32_t octets, int64_t now_ns);
void endpoint_shutdown(struct endpoint *endpoint, int64_t now_ns); /* CLOSE, and go on reading */
void endpoint_close(struct endpoint *endpoint, int64_t now_ns);    /* CLOSE, and read no more */
void endpoint_abort(struct endpoint *endpoint, int64_t now_ns);

/* SEGMENT ARRIVES: §3.10.7. */
void endpoint_take(struct endpoint *endpoint, const struct packet *packet, int64_t now_ns);

/* The next moment at which a timer runs out, NEVER; and what happens then: §3.10.8. */
int64_t endpoint_deadline(const struct endpoint *endpoint);
void endpoint_wake(struct endpoint *endpoint, int64_t now_ns);

#endif
