/*
 * Looking at the files of a request before any of them is opened.
 */
#ifndef SYNFIN_CLI_FILES_H
#define SYNFIN_CLI_FILES_H

#include "cli/request.h"

/*
 * Is there something to read, is the first word perhaps a misspelt command, would a result
 * overwrite an input, and can all inputs be read twice where that is needed? Returns 0 or, after a
 * sentence on standard error, SF_EXIT_USAGE. A missing file is no matter of this check: reading it
 * says so.
 */
int sf_files_check(const struct sf_request *request);

/* sf_command_check for the first plain word, if there is one that would be a file. */
int sf_files_check_word(const struct sf_request *request);

/* Does the request need two passes over its files? */
bool sf_files_need_twice(const struct sf_request *request);

/*
 * Opens a file for results, emptied; NULL and "-" are standard output. Returns its descriptor, or
 * -1 after a sentence on standard error.
 */
int sf_files_open(const char *path);

#endif
