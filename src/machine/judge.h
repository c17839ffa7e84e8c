/*
 * One segment held against what is known of its connection: facts only, nothing is changed.
 *
 * A is the end that sent the segment, B the one it is addressed to.
 */
#ifndef SYNFIN_MACHINE_JUDGE_H
#define SYNFIN_MACHINE_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/event.h>

#include "machine/fold.h"
#include "machine/history.h"
#include "machine/machine.h"

/* What a repeat contradicted: something addressed to its sender that it shows not to have heard. */
struct contradiction {
    bool is_lost;    /* the heard entry had time to arrive: it did not */
    bool is_crossed; /* it was still on its way */
    bool is_timed;   /* a round trip was known, and the repeat was no old one: it is certain */
};

/* What a SYN may ask for, and its repeat leave out. */
enum syn_feature {
    FEATURE_ECN = 0x01,
    FEATURE_FAST_OPEN = 0x02,
    FEATURE_DATA = 0x04,
    FEATURE_MPTCP = 0x08,
    FEATURE_TIMESTAMPS = 0x10,
    FEATURE_WSCALE = 0x20
};

/* Later than this a segment was not merely overtaken. */
#define OVERTAKEN_NS INT64_C(3000000)

/* Where a RST stands. */
enum reset_place {
    RESET_EXACT,   /* it is, or may be, the next number expected */
    RESET_INEXACT, /* in the window, but not exact: RFC 5961 §3.2 */
    RESET_OUTSIDE, /* out of the window */
    RESET_UNKNOWN  /* nothing of its sender was seen before */
};

struct judgement {
    struct machine *machine;
    struct sf_flow *flow;
    const struct sf_segment *segment;
    struct sf_step *step;
    enum sf_side a, b;
    struct sf_end *A, *B;
    struct private_end *pa, *pb;
    int64_t now_ns;

    uint32_t text, end; /* numbers of the first payload octet, and behind the last */
    bool is_syn;        /* SYN without ACK */
    bool is_synack;
    bool is_fin, is_rst, has_ack;
    bool is_plain; /* neither SYN nor RST */
    bool is_syn_again, is_synack_again, is_fin_again;
    bool fits_syn;       /* a SYN,ACK that acknowledges the other end's SYN */
    bool is_stale_syn;   /* a SYN of an end that has proved more than its handshake */
    bool is_foreign_syn; /* a SYN with other numbers than this connection's */
    bool is_renumbered;  /* of these: a SYN,ACK that answers the same SYN with another number */
    bool is_split_syn;   /* the server's SYN, behind its ACK of the client's */
    bool shows_split;    /* the server answers the SYN,ACK: the SYNs had not crossed */
    uint8_t drops;       /* a SYN again, without these features of the first one */
    bool is_first_fin;
    uint32_t fresh;      /* payload octets above everything seen */
    uint32_t late;       /* payload octets that fill a gap */
    uint32_t early;      /* payload octets in front of the first seen of a connection whose opening
                            was not: whether they had passed before the capture began, nobody knows */
    uint32_t again;      /* payload octets seen before */
    bool is_absurd;      /* its numbers have nothing to do with this connection */
    uint32_t gap_octets; /* that are missing in front of it */
    bool shows_peer_fin; /* it acknowledges a FIN that had to be inferred just now */
    bool is_behind_gap;  /* it leaves a gap in front of itself */
    struct hole filled;  /* the first gap it reached into, when late > 0 */
    bool is_keepalive, is_window_probe;
    bool advances;   /* it acknowledges more than its sender has before */
    bool is_old_ack; /* below what its sender has acknowledged already */
    uint32_t unseen; /* octets it acknowledges that never passed here */
    bool is_bad_ack; /* acknowledges what cannot have been sent */
    bool covers_fin; /* acknowledges the FIN of B */
    bool is_first_cover;
    bool is_third;     /* it completes the handshake */
    bool is_challenge; /* a bare ACK that only an unacceptable segment explains */
    bool window_closes, window_opens;
    int64_t window_closed_for_ns; /* when it opens */
    bool is_newer;                /* certainly sent after everything of A that passed before */
    bool is_late;                 /* sent before something of A that passed already */
    int64_t sent_ns;     /* when it passed; when its timestamp was first seen, if that is earlier */
    int64_t departed_ns; /* not before this it left its sender: see departure.h */
    bool is_overtaken_fin;   /* it was sent before what showed that it is missing */
    bool is_path_copy;       /* the network, not its sender, brings this packet again */
    bool may_be_copy;        /* the network or its sender does, which cannot be told */
    bool fin_was_inferred;   /* A's FIN was known before only because it must have been sent */
    bool answers_syn;        /* a SYN,ACK again that answers a SYN again … */
    bool answers_unseen_syn; /* … which never passed here */
    bool is_overflow;        /* HANDSHAKE_ACK_LOST that looks like a full accept queue */
    bool is_dsack;           /* reports octets as received twice */
    enum sf_detail odd;      /* what of its header no TCP may write; SF_DETAIL_NONE: nothing */
    int64_t gap_ns;          /* since the same SYN, SYN,ACK or FIN last passed */

    /* Timestamps: see paws.h. */
    bool lacks_timestamp;    /* both ends had agreed on them, and it has none */
    bool repeats_old_octets; /* octets that came with a timestamp too old */

    /* The receiver had shown that it lacks what this segment repeats: see resent.h. */
    bool fills_shown_hole;

    /* RST */
    enum reset_place place;
    bool is_believed;     /* its sender can have written this number */
    bool is_accepted;     /* it ends B, as far as can be told */
    bool is_certain;      /* its number is the next expected beyond doubt */
    bool answers;         /* it answers a segment of B: SEQ is its acknowledgment number */
    bool answers_bad_ack; /* of these: one that A goes on waiting behind */
    bool answers_last;    /* and that is the last one */
    bool struck_answer;   /* what it answers did not take effect: that entry was struck */

    struct contradiction by[SF_SIGN_COUNT]; /* by what is said */
    /* The first one that was lost, else the last one that crossed. Not cleared per segment: holds
     * only where `by` says that there is one. */
    struct entry heard[SF_SIGN_COUNT];
};

/* Makes all zero but `heard`, which holds only where `by` says so. */
void sf_judge_clear(struct judgement *j);

/* Sets sides, flags and everything that follows from the numbers. */
void sf_judge(struct judgement *j, struct machine *machine, struct sf_flow *flow,
              const struct sf_segment *segment, struct sf_step *step);

/* Has A sent nothing but the opening, or is everything it sent acknowledged? */
bool sf_judge_is_all_acknowledged(const struct sf_end *end);

#endif
