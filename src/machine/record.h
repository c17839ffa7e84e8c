/*
 * Entering a segment into the logs of both ends, and folding their paths anew.
 */
#ifndef SYNFIN_MACHINE_RECORD_H
#define SYNFIN_MACHINE_RECORD_H

#include "machine/judge.h"

/* Are both ends provably in the quiet middle, where no segment without SYN, FIN or RST moves them?
 */
bool sf_record_is_quiet(const struct judgement *j);

/* Logs what the segment says of A and what B hears, after sf_contradict() and the sf_learn_… calls.
 */
void sf_record(struct judgement *j);

/*
 * A FIN that never passed here, but must have been sent: A acknowledges with a number one beyond
 * its last octet, or its peer, the only end seen, acknowledges one number more after its own FIN.
 * Call before learn_sent. RFC 9293 §3.4: a FIN takes one number.
 */
void sf_record_infer_fin(struct judgement *j);

#endif
