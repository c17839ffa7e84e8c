/*
 * Data that was sent again: did its first sending arrive? A hole that the receiver shows says that
 * it did not; what answers the repeat may say that it did.
 */
#ifndef SYNFIN_MACHINE_RESENT_H
#define SYNFIN_MACHINE_RESENT_H

#include "machine/judge.h"

/* Had the receiver shown that it lacks what the segment in hand repeats? */
void sf_resent_judge(struct judgement *j);

/* Remembers repeats and holes, and reads what the first answer to a repeat tells. */
void sf_resent_learn(struct judgement *j);

#endif
