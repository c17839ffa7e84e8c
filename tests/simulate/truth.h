/*
 * What really happened in a conversation: the states that both ends went through, every packet
 * with its fate, and what passed the tap. The endpoints and the network write it; the checker
 * holds what the analyser says against it.
 */
#ifndef SIMULATE_TRUTH_H
#define SIMULATE_TRUTH_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/catalogue.h>
#include <synfin/segment.h>

#define NEVER INT64_MAX

#define SECOND_NS      INT64_C(1000000000)
#define MILLISECOND_NS INT64_C(1000000)
#define MICROSECOND_NS INT64_C(1000)

#define HISTORY_MAX 12u  /* states of one life */
#define LIVES_MAX   6u   /* connections of one end, one after the other */
#define SENT_MAX    320u /* packets of a conversation; what comes after these is not played */
#define PASSES_MAX  640u

/* Why a segment was sent, where its flags do not tell. */
enum reason {
    REASON_ORDINARY,
    REASON_REPEAT,  /* the retransmission timer ran out */
    REASON_ABORT,   /* RST: the user's ABORT, RFC 9293 §3.10.5 */
    REASON_UNREAD,  /* RST: CLOSE with unread data, or data after CLOSE, RFC 1122 §4.2.2.13 */
    REASON_GAVE_UP, /* RST: R2 was reached, RFC 9293 §3.8.3 */
    REASON_NO_CONNECTION, /* RST: CLOSED or LISTEN, RFC 9293 §3.10.7.1 and §3.10.7.2 */
    REASON_BAD_ACK,       /* RST: an unacceptable ACK in SYN_SENT or SYN_RCVD */
    REASON_CHALLENGE      /* ACK: it answers an unacceptable segment */
};

/* A segment as it was sent. Numbers are absolute. */
struct packet {
    uint8_t from;   /* which end sent it: 0 or 1 */
    uint8_t reason; /* enum reason */
    uint8_t life;   /* which of the sender's lives … */
    uint8_t moment; /* … and the place of its state then in the history of that */
    uint16_t flags; /* enum sf_flag */
    uint16_t ip_id;
    uint32_t seq, ack, length;
    uint32_t tsval, tsecr; /* hold when has_timestamps */
    bool has_timestamps;
};

/* What the network did to one packet. Of two copies the first one's times are kept. */
struct sent {
    struct packet packet;
    int64_t sent_ns, passed_ns, arrived_ns; /* NEVER: lost before that */
    int64_t last_arrived_ns;                /* of its last copy */
    uint8_t lost[2];                        /* copies lost in front of the tap, behind it */
    bool held[2];                           /* held back longer than its like: reordering */
    bool doubled[2];
};

/* A state, from a moment on. */
struct moment {
    int64_t time_ns;
    uint8_t state;  /* enum sf_state */
    bool is_silent; /* no segment, sent or received, led to it: a timer or the user did */
};

/* One connection as one end lived it: the life of a transmission control block. */
struct life {
    struct moment history[HISTORY_MAX];
    uint8_t n;
    bool has_given_up; /* its retransmissions reached R2 */
};

/* A packet passes the tap. */
struct pass {
    int64_t time_ns;
    uint16_t sent;    /* index into truth.sent */
    bool is_captured; /* the tap kept it */
    bool is_copy;     /* a copy of it passed before */
};

struct truth {
    struct life life[2][LIVES_MAX];
    uint8_t n_lives[2];
    struct sent sent[SENT_MAX];
    struct pass pass[PASSES_MAX];
    unsigned n_sent, n_passes;
    bool is_cut; /* it did not run to its end */
};

/* A new life of an end, which begins in `state`. */
void truth_begin_life(struct truth *truth, unsigned end, enum sf_state state, int64_t now_ns);

/* The end's current life enters a state. */
void truth_move(struct truth *truth, unsigned end, enum sf_state state, bool is_silent,
                int64_t now_ns);

/* The end sends a packet: fills in the sender's state and returns its index, -1 when full. */
int truth_send(struct truth *truth, const struct packet *packet, int64_t now_ns);

/* The state of the sender of packet `sent` once it had sent it. */
enum sf_state truth_state_at(const struct truth *truth, const struct sent *sent);

/* A copy of the packet passes the tap. */
void truth_pass(struct truth *truth, unsigned sent, bool is_captured, int64_t now_ns);

/* The octets and flags of a packet that take sequence numbers: RFC 9293 §3.4. */
uint32_t packet_span(const struct packet *packet);

/* Does the packet acknowledge all before `number`? */
bool packet_covers(const struct packet *packet, uint32_t number);

#endif
