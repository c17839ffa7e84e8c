/*
 * ICMP errors that quote a segment: which connection that was sent on, and what the error tells.
 *
 * Anyone can send an ICMP error. What makes one believable is that it knows the number of a segment
 * that was sent (RFC 5927 §4). Even then it moves only an end that is still connecting: all else is
 * a soft error (RFC 1122 §4.2.3.9, RFC 5461).
 */
#ifndef SYNFIN_MACHINE_QUOTE_H
#define SYNFIN_MACHINE_QUOTE_H

#include <stdint.h>

#include <synfin/event.h>
#include <synfin/flow.h>
#include <synfin/segment.h>

#include "machine/attach.h"
#include "machine/machine.h"

enum quote_verb {
    QUOTE_UNMATCHED, /* no connection of the key is there: it opens none */
    QUOTE_JOIN,      /* `to` has sent the number */
    QUOTE_HOLD,      /* it is that of the SYN held beside `to` */
    QUOTE_LATE,      /* `to` had sent it, but its row is written */
    QUOTE_DOUBT      /* none has sent it; `to`, the youngest, is meant */
};

struct quote_place {
    enum quote_verb verb;
    uint32_t to; /* index into the standings, but for UNMATCHED */
};

/* Decides for `segment`, of SF_SEGMENT_QUOTED, given the connections of its key, youngest first. */
struct quote_place sf_quote_place(const struct standing *standing, uint32_t n,
                                  const struct sf_segment *segment);

/*
 * Tells what the error means for the connection, and fills `step`; its `sender` is the end whose
 * segment is quoted. `fate` is SF_FATE_TAKEN or SF_FATE_SETTLED; with any other the error is only
 * looked at. Where the quote ends in front of the flags, those of a SYN are filled in, which is
 * known by its number.
 */
void sf_quote_take(struct machine *machine, struct sf_flow *flow, struct sf_segment *segment,
                   enum sf_fate fate, struct sf_step *step);

#endif
