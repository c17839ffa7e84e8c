/*
 * Plays a plan: two endpoints, the network between them, and the tap in it.
 */
#ifndef SIMULATE_PLAY_H
#define SIMULATE_PLAY_H

#include "plan.h"
#include "truth.h"

/* Fills `truth` with all that happens until nothing is left to happen. */
void play(const struct plan *plan, struct truth *truth);

#endif
