/*
 * What the engine tells the sinks, and what a sink is.
 *
 * Callers state facts once; a sink lays them out. A sink names the kinds of events it wants, and
 * what nobody wants is never built. All pointers of an event are borrowed until the call returns.
 */
#ifndef SYNFIN_EVENT_H
#define SYNFIN_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/error.h>
#include <synfin/flow.h>
#include <synfin/segment.h>

enum sf_event_kind {
    SF_EVENT_SEGMENT,  /* a segment took its place in a connection: flow, segment, step */
    SF_EVENT_ICMP,     /* an ICMP error quotes a segment of it: flow, segment (what is quoted), step
                        */
    SF_EVENT_SILENCE,  /* findings of silence: flow, found, n_found, time_ns */
    SF_EVENT_FLOW_END, /* the connection's row is final: flow */
    SF_EVENT_FLOW_DROP, /* the connection ended and is not wanted: forget what is kept of it: flow
                         */
    SF_EVENT_TOTALS     /* the input is over: totals */
};
#define SF_WANTS(kind) (1u << (kind))

/* What became of a segment. */
enum sf_fate {
    SF_FATE_TAKEN,   /* it belongs to the connection and was judged */
    SF_FATE_HELD,    /* a SYN on the ports of an earlier connection (event->flow), undecided as yet;
                        nothing of it is counted yet. SF_FATE_SETTLED follows, sooner or later */
    SF_FATE_SETTLED, /* a held SYN took its place: event->flow is where it went */
    SF_FATE_COPY,    /* the capture saw this packet before: it is counted, and changes nothing */
    SF_FATE_DAMAGED, /* its checksum or shape is wrong: it is counted, and changes nothing */
    SF_FATE_LATE,   /* it came after the connection's row was written: counted in the totals only */
    SF_FATE_DOUBTED /* an ICMP error that quotes what its end never sent: it changes nothing */
};

/* What repeating a segment meant. */
enum sf_repeat {
    SF_REPEAT_NONE,
    SF_REPEAT_ANSWER_LOST,  /* its acknowledgment had passed in time, and did not arrive */
    SF_REPEAT_CROSSED,      /* its acknowledgment was on its way */
    SF_REPEAT_UNANSWERED,   /* no acknowledgment had passed: either direction may have lost */
    SF_REPEAT_UNSEEN,       /* the original never passed here */
    SF_REPEAT_OLD_DUPLICATE /* its sender is provably past it */
};

/* What is remarkable about a step: bits of sf_step.marks. 0 is the quiet middle of a connection. */
enum sf_mark {
    SF_MARK_FIRST = 0x00001, /* the connection's first segment */
    SF_MARK_SYN = 0x00002,   /* SYN or SYN,ACK */
    SF_MARK_FIN = 0x00004,
    SF_MARK_RST = 0x00008,
    SF_MARK_OPENING = 0x00010,    /* a segment while the handshake is not complete on both sides */
    SF_MARK_CLOSING = 0x00020,    /* a segment after the first FIN */
    SF_MARK_MOVED = 0x00040,      /* a state of an end changed or became proved */
    SF_MARK_TAKEN_BACK = 0x00080, /* an assumption was withdrawn */
    SF_MARK_REPEAT = 0x00100,     /* it repeats an earlier segment with SYN, FIN or payload */
    SF_MARK_OLD_DATA = 0x00200,   /* payload below the highest number seen */
    SF_MARK_UNSEEN = 0x00400,     /* it acknowledges what never passed here */
    SF_MARK_PROBE = 0x00800,      /* a keepalive or zero-window probe */
    SF_MARK_WINDOW = 0x01000,     /* the window closed or opened */
    SF_MARK_CHALLENGE = 0x02000,  /* a bare ACK in answer to an unacceptable segment */
    SF_MARK_COPY = 0x04000,
    SF_MARK_DAMAGED = 0x08000,
    SF_MARK_REUSE = 0x10000,   /* the first segment on ports that were used before */
    SF_MARK_HELD = 0x20000,    /* a SYN was held, or a held SYN took its place */
    SF_MARK_SILENCE = 0x40000, /* no segment: silence was long enough to tell something */
    SF_MARK_END = 0x80000,     /* no segment: the connection's row is about to be written */
    SF_MARK_ODD = 0x100000,    /* its header is as no TCP may write it */
    SF_MARK_ICMP =
        0x200000, /* an ICMP error; the step's sender is the end whose segment it quotes */
    SF_MARK_CROWD = 0x400000 /* together with other connections it shows something */
};

/* Beside the marks of a row of findings.def: its rule is asked once for each end. */
#define SF_EACH_END 0x80000000u

/* The same: it is proved only by a capture that misses nothing. */
#define SF_NEEDS_ALL 0x40000000u

/* A state as it is known at one moment. */
struct sf_view {
    uint8_t state; /* enum sf_state */
    uint8_t at;    /* its place in the path: at 0 it is only where the path begins */
    bool is_proved;
};

/* An explanation beside a segment: a row of annotations.def and the values it speaks of. */
struct sf_note {
    uint8_t annotation; /* enum sf_annotation */
    int64_t value[3];   /* what the row's text refers to as {0}, {1}, {2} */
};

#define SF_NOTES_MAX 14

/* What one segment did. `before`, `after`, `taken_back` are by enum sf_side. */
struct sf_step {
    uint32_t marks;     /* enum sf_mark */
    uint8_t sender;     /* enum sf_side */
    uint8_t fate;       /* enum sf_fate */
    uint8_t repeat;     /* enum sf_repeat */
    uint8_t reset_kind; /* enum sf_reset_kind */
    struct sf_view before[2], after[2];
    uint8_t taken_back[2]; /* enum sf_state that was assumed and is withdrawn, or SF_STATE_NONE */
    uint32_t seq_rel;      /* SEQ relative to the sender's first number */
    uint32_t ack_rel;      /* ACK relative to the receiver's first number */
    uint32_t first_found;  /* flow->found[first_found …] is new with this step */
    uint8_t n_notes;
    struct sf_note notes[SF_NOTES_MAX];
};

/* Why a packet was not analysed: the rows of skips.def. */
enum sf_skip {
    SF_SKIP_NONE,
#define SKIP(name, word, text) SF_SKIP_##name,
#include <synfin/skips.def>
#undef SKIP
    SF_SKIP_COUNT
};

/* Durations are kept in buckets of about one per cent for their quantiles. */
#define SF_QUANTILE_BUCKETS 4096
struct sf_quantiles {
    uint64_t n;
    int64_t min_ns, max_ns; /* exact; hold when n > 0 */
    uint64_t bucket[SF_QUANTILE_BUCKETS];
};

/* Totals over the chosen connections and over the whole input. */
struct sf_totals {
    uint64_t packets_read;                   /* records of the input */
    uint64_t packets_analysed;               /* segments, and errors about them */
    uint64_t packets_skipped[SF_SKIP_COUNT]; /* by reason; with the analysed they add up to read */
    uint64_t packets_copied;                 /* of the analysed: captured twice */
    uint64_t packets_icmp;                   /* of the analysed: ICMP errors about a connection */
    uint64_t packets_offloaded;              /* of the analysed: checksum left to a network card */
    uint64_t late;    /* of the analysed: after the row of their connection was written */
    uint64_t evicted; /* connections written early because memory ran out */
    uint64_t drops_kernel, drops_interface; /* packets the capture lost */
    bool has_drops;                         /* the two above are known */
    int64_t start_ns, last_ns;              /* of the input; SF_NO_TIME when empty */
    bool is_nano;
    uint32_t connections;
    uint64_t handshakes[SF_HANDSHAKE_COUNT];
    uint64_t closes[SF_CLOSE_COUNT];
    uint64_t closed_by[3];         /* by enum sf_side */
    uint64_t found[SF_CODE_COUNT]; /* findings by code: connections and sides that have it */
    /* The same by the severity that was given, which is not always the code's own, … */
    uint64_t found_as[SF_CODE_COUNT][SF_SEVERITY_COUNT];
    uint64_t found_times[SF_CODE_COUNT][SF_SEVERITY_COUNT]; /* … and the sum of their counts */
    uint64_t by_severity[SF_SEVERITY_COUNT];
    uint64_t retransmissions, syn_repeats, synack_repeats, fin_repeats;
    uint64_t bytes;
    struct sf_quantiles rtt_server, rtt_client, rtt_total;
};

struct sf_event {
    enum sf_event_kind kind;
    int64_t time_ns;
    const struct sf_flow *flow;
    const struct sf_segment *segment;
    const struct sf_step *step;
    const struct sf_found *found;
    uint32_t n_found;
    const struct sf_totals *totals;
};

/* The one virtual table of the project. A sink's own struct begins with a struct sf_sink. */
struct sf_sink;
struct sf_sink_type {
    const char *name;
    uint32_t wants; /* SF_WANTS(kind) of each kind it takes */
    /* Each returns 0 or a negative SF_E… with `err` filled. */
    int (*event)(struct sf_sink *sink, const struct sf_event *event, struct sf_error *err);
    void (*free)(struct sf_sink *sink); /* releases the sink itself, too */
};
struct sf_sink {
    const struct sf_sink_type *type;
};

#endif
