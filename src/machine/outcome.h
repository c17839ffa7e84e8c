/*
 * The words that sum a connection up: handshake, close, closed_by. They are told from what passed
 * the capture point.
 */
#ifndef SYNFIN_MACHINE_OUTCOME_H
#define SYNFIN_MACHINE_OUTCOME_H

#include "machine/judge.h"

/* What this segment adds: crossing SYNs, the first and second FIN, a RST. After sf_record(). */
void sf_outcome_note(struct judgement *j);

/* Sets handshake, close and closed_by of the flow anew. */
void sf_outcome_tell(struct sf_flow *flow);

#endif
