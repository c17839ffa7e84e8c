/*
 * What one end said and heard: the few segments of a connection that can move it.
 *
 * A path of states is a fold over this log. To take an assumption back, the entry that caused it
 * is struck or moved, and the log is folded again; nothing else is ever repaired.
 */
#ifndef SYNFIN_MACHINE_LOG_H
#define SYNFIN_MACHINE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/segment.h>

/* More entries than this mean nothing new: what moved nobody is forgotten. */
#define LOG_MAX 32u

enum entry_bit {
    ENTRY_HEARD = 0x01,        /* it was addressed to this end; else this end sent it */
    ENTRY_STRUCK = 0x02,       /* it provably did not arrive, or was not written by its sender */
    ENTRY_INFERRED = 0x04,     /* it never passed here, but must have been sent */
    ENTRY_BEHIND_HOLE = 0x08,  /* heard, but data in front of it is missing: no effect yet */
    ENTRY_RST_OF_SYN = 0x10,   /* a RST that acknowledges this end's SYN */
    ENTRY_RST_EXACT = 0x20,    /* a RST whose number is or may be the next expected */
    ENTRY_PAYLOAD = 0x40,      /* it carries payload */
    ENTRY_DOUBTED = 0x80,      /* struck because that is the likelier reading: proves nothing */
    ENTRY_UNANSWERED = 0x100,  /* struck because its receiver stayed silent */
    ENTRY_UNREACHABLE = 0x200, /* no segment: an ICMP error about this end's SYN */
    ENTRY_FOLLOWS = 0x400,     /* no FIN of its sender can be missing in front of it */
    ENTRY_BELOW = 0x2000,      /* no new payload: a FIN may stand unseen behind it */
    ENTRY_NO_PROOF = 0x1000,   /* a RST of another hand, or attempt, perhaps */
    ENTRY_ECHOES_ON = 0x800    /* it echoes a timestamp newer than those of the other end's SYNs */
};

struct entry {
    uint64_t number; /* of the packet; 0 when inferred */
    int64_t time_ns;
    uint32_t seq, ack, end;
    uint16_t flags; /* enum sf_flag */
    uint16_t bits;  /* enum entry_bit */
};

/* All zero is an empty log. */
struct log {
    struct entry *entry;
    uint8_t n, size;
};

void sf_log_free(struct log *log);

/* The entry of a segment; `bits` are added to what the segment itself tells. */
struct entry sf_log_entry(const struct sf_segment *segment, uint16_t bits);

/* Appends, or inserts before `at` (at most log->n). Returns false without memory. */
bool sf_log_insert(struct log *log, uint32_t at, const struct entry *entry);
bool sf_log_append(struct log *log, const struct entry *entry);

void sf_log_remove(struct log *log, uint32_t at);

/* Moves the entry at `from` to the end. */
void sf_log_move_to_end(struct log *log, uint32_t from);

#endif
