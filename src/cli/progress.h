/*
 * How far the reading of a large file has come, on a terminal's standard error.
 */
#ifndef SYNFIN_CLI_PROGRESS_H
#define SYNFIN_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct sf_progress {
    bool is_shown; /* something stands on the line and is to be wiped away */
};

/* A sf_progress_fn; `context` is a struct sf_progress. Says nothing about small files. */
void sf_progress_show(void *context, uint64_t done, uint64_t size);

/* Empties the line, before anything else is said. */
void sf_progress_wipe(struct sf_progress *progress);

#endif
