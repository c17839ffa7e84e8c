/*
 * A SYN that is answered twice, with two initial sequence numbers: which of the two the connection
 * has, the client's acknowledgment tells.
 */
#ifndef SYNFIN_MACHINE_RENUMBER_H
#define SYNFIN_MACHINE_RENUMBER_H

#include "machine/judge.h"

/* Remembers the SYN,ACK in hand, the latest with another number. */
void sf_renumber_note(struct judgement *j);

/* Takes the other number when `segment` acknowledges it. Call before sf_judge(). */
void sf_renumber_choose(struct sf_flow *flow, const struct sf_segment *segment);

#endif
