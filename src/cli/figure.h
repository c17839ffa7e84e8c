/*
 * Figures of the textbook: a real connection as a ladder.
 */
#ifndef SYNFIN_CLI_FIGURE_H
#define SYNFIN_CLI_FIGURE_H

#include <synfin/error.h>

#include "sink/sinks.h"

/*
 * Puts the ladder of a figure, "NAME" or "NAME:ID", into settings->output. Returns 0, or an error
 * when the capture cannot be given to the reader.
 */
int sf_figure_draw(const char *figure, const struct sf_sink_settings *settings,
                   struct sf_error *err);

#endif
