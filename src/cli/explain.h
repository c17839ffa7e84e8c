/*
 * The command explain.
 */
#ifndef SYNFIN_CLI_EXPLAIN_H
#define SYNFIN_CLI_EXPLAIN_H

#include "cli/request.h"

/*
 * Prints the entries that the request's words name: all words together are one name ("simultaneous
 * open"), or else each is one; no word: the list. Returns SF_EXIT_FINE, SF_EXIT_FAILED, or
 * SF_EXIT_USAGE when there is no such entry, after a sentence that suggests the nearest.
 */
int sf_explain(const struct sf_request *request);

#endif
