/*
 * Which connection a segment belongs to.
 *
 * A segment without SYN joins the youngest connection of its key. A SYN on ports that are in use
 * is held until its receiver answers: a SYN,ACK makes it a new connection, an ACK with the old
 * numbers (a challenge ACK, RFC 5961 §4.2) leaves it with the old one. Splitting on the bare SYN
 * would put that ACK into the new connection, where its numbers look absurd.
 */
#ifndef SYNFIN_MACHINE_ATTACH_H
#define SYNFIN_MACHINE_ATTACH_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/flow.h>
#include <synfin/segment.h>

#define HELD_MAX 8u

/*
 * SYNs of one initial sequence number, held beside the connection that has their ports; the first
 * is a SYN, among the rest may be ICMP errors that quote one.
 */
struct held {
    uint32_t id;  /* taken with the first of them */
    uint8_t from; /* which end of the key sent them */
    uint8_t n;
    uint32_t n_more; /* SYNs beyond those kept */
    bool same_isn;   /* the ISN is that of the connection beside which they are held */
    struct sf_segment syn[HELD_MAX];
};

/* One connection of the key, as far as attaching goes. */
struct standing {
    struct sf_flow *flow;
    const struct held *held; /* or NULL */
    bool is_written;         /* its row is written: nothing can be added to it */
};

enum attach_verb {
    ATTACH_JOIN, /* it belongs to `to` */
    ATTACH_NEW,  /* it opens a connection */
    ATTACH_HOLD, /* a SYN: hold it beside `to`, the youngest */
    ATTACH_LATE  /* it belongs to a connection whose row is written */
};

/* What becomes of the SYNs held beside the youngest connection, before anything else. */
enum attach_settle {
    SETTLE_NOT,
    SETTLE_AS_NEW, /* they open a connection, and the segment in hand joins that */
    SETTLE_AS_OLD  /* they were old duplicates: they belong to the connection beside them */
};

/* Why a new connection may have these ports. */
struct reuse {
    uint8_t code; /* enum sf_code, when is_reuse */
    bool is_reuse;
    uint8_t holder;      /* which end of the key held TIME_WAIT: 0, 1, or 2 for neither */
    uint8_t detail;      /* enum sf_detail */
    int64_t since_ns;    /* since the earlier connection's last segment */
    uint32_t old_isn[2]; /* its initial numbers, by end of the key … */
    uint32_t old_max[2]; /* … where they ended … */
    bool has_old_isn[2]; /* … and whether both are known */
};

struct attachment {
    enum attach_verb verb;
    enum attach_settle settle;
    uint32_t to;           /* index into the standings, for JOIN, HOLD and LATE */
    struct reuse reuse;    /* for NEW and SETTLE_AS_NEW */
    bool old_is_forgotten; /* SETTLE_AS_NEW: the earlier connection was still open */
    bool isn_changed;      /* NEW: its sender was waiting for an answer to another SYN */
    bool is_dead;          /* the SYN that opens it is an old duplicate: nobody asked */
};

/* Decides for `segment`, given the connections of its key, youngest first. */
void sf_attach_decide(const struct standing *standing, uint32_t n, const struct sf_segment *segment,
                      int64_t msl_ns, struct attachment *result);

/*
 * The connection beside which SYNs are held ends, or its row is due: do they open a connection of
 * their own (true), or were they old duplicates (false)? Beside a connection that is open, but was
 * silent for 2MSL, no duplicate can be left on the path: its sender opens anew.
 */
bool sf_attach_held_is_new(const struct sf_flow *flow, const struct held *held, int64_t now_ns,
                           int64_t msl_ns);

#endif
