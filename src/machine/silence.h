/*
 * What the silence of an end shows. Timers move no state here, with one exception: an end that
 * takes a SYN,ACK answers it at once, so that after a second of silence it has not.
 */
#ifndef SYNFIN_MACHINE_SILENCE_H
#define SYNFIN_MACHINE_SILENCE_H

#include "machine/history.h"

/* An end that acknowledged the other FIN and neither sends nor closes for so long waits for its
 * application. */
#define CLOSE_WAIT_STALLED_NS INT64_C(20000000000)

/* How long Linux keeps an orphan in FIN_WAIT_2; RFC 9293 §3.6 has no such timer, but allows it. */
#define FIN_WAIT_2_STALLED_NS INT64_C(60000000000)

/* When this silence is long enough to tell; INT64_MAX: it is none. */
int64_t sf_silence_due(const struct sf_flow *flow, enum silence silence);

#endif
