/*
 * The captures that the textbook shows, built into the program: made from pcaps/ by captures.sh.
 */
#ifndef SYNFIN_CLI_CAPTURES_H
#define SYNFIN_CLI_CAPTURES_H

#include <stddef.h>

struct sf_capture {
    const char *name; /* "close4_client_first" */
    const unsigned char *bytes;
    size_t size;
};

/* All of them, by name; `n` tells how many. */
const struct sf_capture *sf_captures(size_t *n);

#endif
