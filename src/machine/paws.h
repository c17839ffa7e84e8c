/*
 * Protection against wrapped sequence numbers: RFC 7323 §5. Once both SYNs carried timestamps, an
 * end drops a segment whose timestamp is older than the newest it has. What it has, its echo tells.
 */
#ifndef SYNFIN_MACHINE_PAWS_H
#define SYNFIN_MACHINE_PAWS_H

#include "machine/judge.h"

/* Is the segment in hand without a timestamp that it must have, or does it repeat octets that came
 * with a timestamp too old? */
void sf_paws_judge(struct judgement *j);

/* Remembers octets that came with a timestamp too old, and what their receiver says to it. */
void sf_paws_learn(struct judgement *j);

/* Remembers the last timestamps of the connection that had these ports before. */
void sf_paws_follow(struct sf_flow *flow, const struct sf_flow *old);

/* A SYN with a timestamp that an end in TIME_WAIT of the connection before must drop? */
bool sf_paws_is_old_syn(const struct sf_flow *flow);

#endif
