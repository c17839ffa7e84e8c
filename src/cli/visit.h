/*
 * The command visit: one connection of our own, captured and explained.
 */
#ifndef SYNFIN_CLI_VISIT_H
#define SYNFIN_CLI_VISIT_H

#include "cli/request.h"

/*
 * Resolves the host that the request names, captures on the interface of the route to it, connects,
 * sends, closes, and prints the ladder. Returns an exit status: SF_EXIT_FAILED when there was no
 * connection, unless it was refused, which is a story of its own.
 */
int sf_visit(const struct sf_request *request);

#endif
