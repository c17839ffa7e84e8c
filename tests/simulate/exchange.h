/*
 * A conversation as text: every packet with its fate, the true states, and what the analyser said.
 * What passed the tap is written as a talk (tests/talks/README.md), the rest as comments, so that
 * the whole can become one.
 */
#ifndef SIMULATE_EXCHANGE_H
#define SIMULATE_EXCHANGE_H

#include <stdio.h>

#include "trial.h"

void exchange_print(FILE *out, const struct trial *trial);

#endif
