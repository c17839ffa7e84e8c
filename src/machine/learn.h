/*
 * What the numbers of an accepted segment add to what is known of both ends.
 */
#ifndef SYNFIN_MACHINE_LEARN_H
#define SYNFIN_MACHINE_LEARN_H

#include "machine/judge.h"

/* Roles and starting states, from the first segment of a connection. */
void sf_learn_begin(struct sf_flow *flow, const struct sf_segment *segment);

/*
 * Roles that were only guessed, held against a SYN or SYN,ACK: swaps the two ends when the guess
 * was wrong. Call before sf_judge().
 */
/* Is it one of the lone segments that belong to no connection, as the one that began `flow`? */
bool sf_learn_is_probe(const struct sf_flow *flow, const struct sf_segment *segment);

void sf_learn_roles(struct sf_flow *flow, const struct sf_segment *segment);

/* The shift of both ends' windows, once both SYNs are known. */
void sf_learn_scale(struct sf_flow *flow);

/* Octets of A that passed, its highest number, its SYN's options, its FIN. */
void sf_learn_sent(struct judgement *j);

/* What A acknowledges, and the round trip that shows. */
void sf_learn_acknowledged(struct judgement *j);

/* Does A close or open its window? */
void sf_learn_window(struct judgement *j);

/* A's last words, its keepalives, its repeats without an answer. */
void sf_learn_manners(struct judgement *j);

#endif
