/*
 * What the silence of an end shows. Timers move no state here, with one exception: an end that
 * takes a SYN,ACK answers it at once, so that after a second of silence it has not.
 */
#ifndef SYNFIN_MACHINE_SILENCE_H
#define SYNFIN_MACHINE_SILENCE_H

#include "machine/history.h"

/* When this silence is long enough to tell; INT64_MAX: it is none. */
int64_t sf_silence_due(const struct sf_flow *flow, enum silence silence);

#endif
