/*
 * How a connection opened and closed, told from what passed the tap: handshake, close and
 * closed_by of a row are held against it. Internal to the checker.
 */
#ifndef SIMULATE_OUTCOME_H
#define SIMULATE_OUTCOME_H

#include "findings.h"

/*
 * Only where all packets passed once and in order, and nothing was lost in front of the tap: then
 * the words follow from RFC 9293 §3.5 and §3.6 alone.
 */
void check_outcome(struct checking *checking, const struct row *row);

#endif
