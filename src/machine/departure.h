/*
 * When a segment left its sender, at the earliest. It may have been held up on its way here, so
 * that the time at which it passed tells only when it left at the latest.
 *
 * But what it acknowledges, and the timestamp that it echoes, had passed here before it was sent;
 * and the clock that counts timestamps ticks at most once a millisecond (RFC 7323 §5.4).
 */
#ifndef SYNFIN_MACHINE_DEPARTURE_H
#define SYNFIN_MACHINE_DEPARTURE_H

#include "machine/judge.h"

/* Nothing is held up for longer, as far as the certainty of a finding goes. */
#define HELD_MAX_NS INT64_C(1000000000)

/* Sets `departed_ns` of the segment in hand. */
void sf_departure_judge(struct judgement *j);

/* Remembers what later timestamps of A are measured by. */
void sf_departure_learn(struct judgement *j);

/*
 * What passed at `passed_ns` would move A on, but for the segment in hand, and that may have left
 * before. By `said` it does tell in which state A was then (SF_SIGN_NONE: it does not). Until A
 * sends something that left later, its state is not certain.
 */
void sf_departure_doubt(struct judgement *j, int64_t passed_ns, enum sf_sign said);

/* The segment in hand says once more what the doubt rests on: it tells where A was then. */
void sf_departure_confirm(struct judgement *j, enum sf_sign said);

#endif
