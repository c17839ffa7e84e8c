/*
 * How text may look: its width, its colours, its characters.
 */
#ifndef SYNFIN_CLI_TERMINAL_H
#define SYNFIN_CLI_TERMINAL_H

#include <stdbool.h>

#include "cli/request.h"

struct sf_look {
    unsigned width; /* columns */
    bool color;
    bool ascii;    /* only characters that every terminal has */
    bool terminal; /* lines are shown on one: none should be wider */
    bool live;     /* somebody watches: lines are wanted as they come */
};

/*
 * The look of what is written to the file descriptor `fd`: COLUMNS, else the terminal's width,
 * else 80; colour by --color, NO_COLOR and TERM; ASCII by --ascii and the locale, which must have
 * been set.
 */
struct sf_look sf_look_at(const struct sf_request *request, int fd);

#endif
