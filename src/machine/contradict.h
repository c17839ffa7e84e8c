/*
 * Taking back what was only assumed: RFC 9293 lets no end say what it says here had it heard what
 * was assumed to have arrived.
 */
#ifndef SYNFIN_MACHINE_CONTRADICT_H
#define SYNFIN_MACHINE_CONTRADICT_H

#include "machine/judge.h"

/*
 * Strikes from A's log what this segment shows not to have arrived, and marks what crossed it.
 * Fills j->by. sf_contradict_settle must follow once the segment itself is in the log.
 */
void sf_contradict(struct judgement *j);

/* Was anything struck or crossed? Then the segment itself must be logged. */
bool sf_contradict_found(const struct judgement *j);

/* Lets what crossed the segment take effect right behind it. Returns whether anything did. */
bool sf_contradict_settle(struct judgement *j);

#endif
