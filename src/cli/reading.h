/*
 * The commands that read captures: ladder, dump, flows, stats; and what visit does meanwhile.
 */
#ifndef SYNFIN_CLI_READING_H
#define SYNFIN_CLI_READING_H

#include "cli/request.h"

/*
 * Does what the request asks for; every failure is one line on standard error. Returns the exit
 * status; where the program is to die of a signal, does not return.
 */
int sf_read_captures(const struct sf_request *request);

/*
 * The same for a live capture; calls `ready` when it runs and every right that it does not need is
 * given up.
 */
typedef void sf_ready_fn(void *context);
int sf_read_live(const struct sf_request *request, sf_ready_fn *ready, void *context);

#endif
