/*
 * What only several connections together can show: scans, floods, initial numbers that repeat, an
 * accept queue that overflows, stray segments of one kind.
 *
 * The machine tells the crowd what became of each connection: a handful of calls over its whole
 * life, none in its quiet middle. What is reached by a step is news, which the rules of
 * rules_crowd.c turn into findings of the connection in hand.
 *
 * Memory is bounded whatever the input brings: HOST_SETS, SCAN_SETS, SERVICE_SETS and BYGONE_SETS
 * times PLACES_WAYS entries (under 5 MB together, touched as they fill), and TOLD_MAX scans and
 * floods whose numbers still grow (130 KB). Where that is not enough, the least weighty gives way:
 * counts are then too low, never too high.
 */
#ifndef SYNFIN_MACHINE_CROWD_H
#define SYNFIN_MACHINE_CROWD_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/flow.h>

#include "machine/isns.h"
#include "machine/places.h"
#include "machine/spread.h"

#define HOST_SETS    256u
#define SCAN_SETS    256u
#define SERVICE_SETS 128u
#define BYGONE_SETS  256u
#define TOLD_MAX     64u
#define NEWS_MAX     4u

/* Successes are remembered for two to three of these. */
#define CROWD_SLOT_NS INT64_C(30000000000)

/* What was counted of a connection: bits of sf_history.counted. */
enum counted {
    COUNTED_ASKED = 0x01,      /* its SYN */
    COUNTED_ANSWERED = 0x02,   /* its SYN,ACK */
    COUNTED_COMPLETE = 0x04,   /* its handshake */
    COUNTED_FAILED = 0x08,     /* as an attempt without success */
    COUNTED_UNFINISHED = 0x10, /* as a handshake that the server waits for */
    COUNTED_UNANSWERED = 0x20, /* as a SYN without an answer */
    COUNTED_STRAY = 0x40,      /* as a stray segment */
    COUNTED_TOLD = 0x80        /* it carries a finding whose numbers may still grow */
};

/* One address. */
struct host {
    struct place place;
    struct recent successes; /* handshakes that it opened and completed */
    int64_t scan_told_ns;
    bool is_scan_told;
    struct isns isns;
    bool is_isn_told;
    struct spread strays; /* who sent it RSTs and SYN,ACKs that it never asked for */
    struct span backscatter;
};

enum scan_kind { SCAN_VERTICAL = 1, SCAN_HORIZONTAL, SCAN_KINDS };

/* One address, and the host (vertical) or the port (horizontal) that it tries. */
struct scan {
    struct place place;
    struct spread failed; /* ports or hosts that were tried without success; tag: enum scan_tag */
    struct recent failures, successes;
    uint8_t probed; /* bit enum sf_method: told once already */
    struct spread acks;
    struct span ack_scan;
};

/* One second of a service, for floods. */
#define SECONDS_KEPT 16u
struct second {
    int64_t second;
    uint32_t asked, complete, unfinished, unanswered;
};

/* What the SYNs to a service have in common. */
struct likeness {
    uint32_t n;
    uint32_t isn; /* of the latest, like window and ttl */
    uint16_t window;
    uint8_t ttl;
    uint32_t same_isn, same_window, same_ttl; /* how many had that of the one before */
    uint32_t bare;                            /* how many had no options */
    uint64_t ttls[4];                         /* bit for each */
};

/* Which options a service granted to SYNs that asked for the same. */
#define GRANTS_KEPT 4u
struct grant {
    uint8_t asked, granted; /* enum sf_option bits */
    bool is_used;
};

/* Timestamps of SYN,ACKs to one client whose low bits did not move. */
struct stillness {
    uint64_t client;
    uint32_t n, low, tsval;
    uint8_t asked;
};

/* One address and port that is asked for connections. */
struct service {
    struct place place;
    int64_t lost_ack_ns; /* of the last HANDSHAKE_ACK_LOST there */
    uint32_t lost_ack_id;
    struct sf_flow *lost_ack; /* its connection; NULL when that is over */
    struct recent complete;   /* handshakes */
    struct second second[SECONDS_KEPT];
    struct likeness likeness;
    struct spread sources; /* addresses */
    uint32_t resets;       /* in answer to its SYN,ACKs */
    struct grant grant[GRANTS_KEPT];
    uint32_t next_grant;
    struct stillness still;
    bool has_repeated; /* a SYN,ACK, by timer */
    int64_t asked_ns, flood_told_ns;
    bool is_flood_told;
};

/* The numbers of a connection whose row is written, by end of the key. */
struct bygone {
    struct place place;
    uint32_t first[2], max[2];
};

/* A finding whose numbers grow as long as the row of its connection is open. */
struct told {
    struct crowd_key of;  /* the scan or service that it is about */
    uint8_t code;         /* enum sf_code */
    struct sf_flow *flow; /* NULL: free */
    struct breadth targets, open;
};

struct crowd {
    struct places hosts, scans, services, bygones;
    struct told told[TOLD_MAX];
    uint32_t next_told;
    bool has_plain; /* the input has segments without SYN, FIN and RST: no filter hides ACKs */
    struct sf_found news[NEWS_MAX]; /* of the step in hand */
    uint32_t n_news;
};

struct judgement;

/* `crowd` is all zero. Returns false without memory; sf_crowd_release is due then, too. */
bool sf_crowd_init(struct crowd *crowd);
void sf_crowd_release(struct crowd *crowd);

/* A segment was taken: counts what it makes of its connection, and sets SF_MARK_CROWD for news. */
void sf_crowd_watch(struct judgement *j);

/* The connection was silent for a second after its SYN, or for one or more after the SYN,ACK. */
void sf_crowd_unanswered(struct judgement *j);
void sf_crowd_unfinished(struct judgement *j);
void sf_crowd_waiting(struct judgement *j);

/*
 * The server of the connection sent its SYN,ACK again although the ACK of it had passed. Returns
 * true when another connection to the same port had that within ten seconds; `other` is that one,
 * while it is still there, or NULL.
 */
bool sf_crowd_lost_ack(struct judgement *j, struct sf_flow **other);

/* What a stray connection looks like in the company of others: a detail. */
enum sf_detail sf_crowd_stray_kind(const struct judgement *j);

/* The row of the connection is due: what comes of it later may be known by its numbers. */
void sf_crowd_remember(struct judgement *j);

/* The connection goes: nothing may point to it any more. */
void sf_crowd_forget(struct crowd *crowd, const struct sf_flow *flow);

/* ---- for the files of the crowd ---- */

/* The context of a connection, no address yet. */
struct crowd_key sf_crowd_key(const struct sf_flow *flow);

/* Puts the address of `side` at `at`. */
void sf_crowd_put_address(struct crowd_key *key, unsigned at, const struct sf_flow *flow,
                          enum sf_side side);

/* The address of `side` as a number: neighbours are neighbours. */
uint64_t sf_crowd_address(const struct sf_flow *flow, enum sf_side side);
uint16_t sf_crowd_port(const struct sf_flow *flow, enum sf_side side);

/*
 * Would the ACK that completes a handshake be seen? A filter for SYNs hides it; but a server that
 * repeats its SYN,ACKs has not had it.
 */
bool sf_crowd_shows_acks(struct judgement *j);

struct host *sf_crowd_host(struct judgement *j, enum sf_side side);
struct service *sf_crowd_service(struct judgement *j);

/* Adds a finding of the step; the connection carries it. NULL: there is no room. */
struct sf_found *sf_crowd_tell(struct judgement *j, enum sf_code code, enum sf_side side);

/* Lets the finding that was just told grow; what it is about is `of`. */
struct told *sf_crowd_follow(struct judgement *j, enum sf_code code, const struct crowd_key *of);

/* The told finding of that code about `of`, and where it stands; NULL when it is closed. */
struct told *sf_crowd_told(struct crowd *crowd, enum sf_code code, const struct crowd_key *of);
struct sf_found *sf_crowd_found(const struct told *told);

#endif
