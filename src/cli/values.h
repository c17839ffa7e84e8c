/*
 * Arguments of options as values: numbers, seconds, words of a choice.
 */
#ifndef SYNFIN_CLI_VALUES_H
#define SYNFIN_CLI_VALUES_H

#include "cli/options.h"

/*
 * Understands `text` (NULL for options without argument) as the row says and puts it into its field
 * of the request. Returns 0, or SF_EXIT_USAGE after a sentence on standard error.
 */
int sf_value_take(const struct sf_option_row *row, struct sf_request *request, const char *text);

#endif
