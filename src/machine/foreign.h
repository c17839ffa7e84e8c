/*
 * Signs that a device in between, or somebody off the path, wrote a segment in the name of an end.
 *
 * No sign alone proves it; two together make it likely. What proves it is an end that goes on
 * after "its" RST, which is a contradiction and told by the machine.
 */
#ifndef SYNFIN_MACHINE_FOREIGN_H
#define SYNFIN_MACHINE_FOREIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "machine/judge.h"

/* Remembers the TTL (hop limit) that most segments of the end have. */
void sf_foreign_learn_ttl(struct private_end *end, uint8_t ttl);

/* Is the TTL three or more away from what most segments of the end have? */
bool sf_foreign_is_other_ttl(const struct private_end *end, uint8_t ttl);

/*
 * How many signs the segment in hand, a RST or FIN, carries: another TTL; an IPv4 identification
 * of 0, or out of the sender's sequence; a number in the window that the sender could not have
 * written; one of several RSTs at once with rising numbers; payload without the timestamps that
 * were negotiated; a RST to both ends at once.
 */
unsigned sf_foreign_count_signs(const struct judgement *j);

/* So many signs that another hand is likely. */
#define SF_FOREIGN_SIGNS 2u

#endif
