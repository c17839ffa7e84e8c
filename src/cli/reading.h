/*
 * The commands that read captures: ladder, dump, flows, stats.
 */
#ifndef SYNFIN_CLI_READING_H
#define SYNFIN_CLI_READING_H

#include "cli/request.h"

/*
 * Does what the request asks for; every failure is one line on standard error. Returns the exit
 * status; where the program is to die of a signal, does not return.
 */
int sf_read_captures(const struct sf_request *request);

#endif
