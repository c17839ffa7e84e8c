/*
 * Sentences about a connection that is over.
 */
#ifndef SYNFIN_SINK_FLOW_TEXT_H
#define SYNFIN_SINK_FLOW_TEXT_H

#include <synfin/flow.h>

#include "base/address.h"

/* "192.0.2.1:80": one end of the connection. */
void sf_flow_endpoint(char text[SF_ENDPOINT_SIZE], const struct sf_flow *flow, enum sf_side side);

/* "handshake complete in 1.10 ms (…); closed by the client, four segments; 1 finding". */
#define SF_OUTCOME_SIZE 512
void sf_flow_outcome(char text[SF_OUTCOME_SIZE], const struct sf_flow *flow);

/* "LISTEN → SYN_RCVD → ESTABLISHED?", or that nothing is known. */
#define SF_PATH_TEXT_SIZE 512
void sf_flow_path(char text[SF_PATH_TEXT_SIZE], const struct sf_end *end);

/* Is the state at `at` of the path to be marked with "?": assumed, and not merely where it begins?
 */
bool sf_flow_is_assumed(const struct sf_end *end, unsigned at);

#endif
