/*
 * What is said beside a segment: how its numbers came about. Explanations, not findings.
 */
#ifndef SYNFIN_MACHINE_ANNOTATE_H
#define SYNFIN_MACHINE_ANNOTATE_H

#include "machine/judge.h"

/* Adds notes to the step. Only for segments that mean something. */
void sf_annotate(struct judgement *j);

#endif
