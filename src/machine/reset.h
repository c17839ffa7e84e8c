/*
 * What a RST says of its sender, and whether its receiver takes it: RFC 9293 §3.5.2, §3.5.3 and
 * §3.10.7, RFC 5961 §3.
 */
#ifndef SYNFIN_MACHINE_RESET_H
#define SYNFIN_MACHINE_RESET_H

#include "machine/judge.h"

/* Fills place, is_believed, is_accepted, is_certain, answers of `j` and step->reset_kind. */
void sf_reset_judge(struct judgement *j);

/* The bits with which the receiver's log takes this RST: ENTRY_RST_OF_SYN, ENTRY_RST_EXACT. */
uint16_t sf_reset_heard_bits(const struct judgement *j);

/*
 * A RST without ACK that answers what A was sent last shows that A did not take that: strikes it
 * from A's log.
 */
void sf_reset_strike_answered(struct judgement *j);

#endif
