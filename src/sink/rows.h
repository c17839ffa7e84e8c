/*
 * The rows that a ladder keeps of a connection until it is over: at most 64, what opens, closes and
 * is remarkable first; the rest is folded into counts that stand in its place.
 */
#ifndef SYNFIN_SINK_ROWS_H
#define SYNFIN_SINK_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/event.h>

#define SF_ROWS_MAX   64
#define SF_ROW_PACKED 112 /* bytes of packed notes */
#define SF_ROW_CODES  4   /* findings of a silence that are named */

/* Segments that have no row of their own, their payload by sender, and ICMP errors. */
struct sf_fold {
    uint64_t n;
    uint64_t octets[2];
    uint64_t n_errors;
};

struct sf_row {
    struct sf_fold before; /* folded between the row before and this one */
    int64_t time_ns;
    uint64_t number;
    uint32_t seq, ack, seq_rel, ack_rel, payload;
    uint16_t flags;
    uint8_t sender, fate;
    struct sf_icmp icmp; /* of an ICMP error: all that is above is of the segment it quotes */
    bool is_silence;     /* no segment: silence told something … */
    bool is_end;         /* … or the end of the connection */
    bool is_lesson;      /* belongs to the handshake or the close */
    uint8_t rank;        /* how much it deserves its place, 0 … 3 */
    uint8_t severity;    /* of the worst finding that came with it, plus one; 0: none */
    struct sf_view after[2];
    bool is_moved[2]; /* that end's state is new, or newly proved */
    uint8_t taken_back[2];
    uint8_t n_codes, codes[SF_ROW_CODES]; /* of a silence: its findings */
    uint8_t n_notes, packed_length;
    uint8_t packed[SF_ROW_PACKED];
};

struct sf_rows {
    struct sf_row *rows;
    struct sf_segment *segments; /* by row, when they are kept; else NULL */
    uint32_t n, capacity;
    bool keeps_segments;
    bool is_begun;
    struct sf_view first[2]; /* the states before the first row */
    struct sf_fold pending;  /* folded behind the last row */
};

/*
 * Takes a segment (event->segment, event->step), an ICMP error or a silence of the connection.
 * `limit` bytes may be added at most: what needs more is folded. Returns the bytes of memory that
 * were added.
 */
size_t sf_rows_add(struct sf_rows *rows, const struct sf_event *event, size_t limit);

/* The note `i` of a row; `i` below row->n_notes. */
struct sf_note sf_row_note(const struct sf_row *row, unsigned i);

/* Forgets everything; returns the bytes of memory that were freed. */
size_t sf_rows_release(struct sf_rows *rows);

/*
 * What a row of silence told and the connection no longer says, in the end, is left out of it.
 * Returns false when nothing is left: no finding, and no state that moved.
 */
bool sf_row_settle(struct sf_row *row, const struct sf_flow *flow);

#endif
