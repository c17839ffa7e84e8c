/*
 * The sinks: each lays the events of a session out in one format. The list is sinks.def.
 */
#ifndef SYNFIN_SINK_SINKS_H
#define SYNFIN_SINK_SINKS_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/error.h>
#include <synfin/event.h>

#include "base/output.h"

struct sf_sink_settings {
    struct sf_output *output; /* borrowed: must outlive the sink */
    unsigned width;           /* columns of the page; 0: 80 */
    bool color;               /* terminal colours may be used */
    bool ascii;               /* nothing but ASCII */
    bool terminal;            /* a terminal shows the lines: none should be wider than it */
    bool live;                /* every line is written as soon as it is known */
    bool absolute;            /* sequence numbers as they are on the wire */
    bool quiet;               /* no header, no closing line */
    bool figure;              /* ladder: the rows alone, as an illustration */
    int verbose;              /* 1: every header field of handshake and close */
    int64_t msl_ns;           /* maximum segment lifetime */
    const char *source;       /* what is read, for a title: files, an interface; or NULL */
    const char *files;        /* as they would be typed again, for the closing line; or NULL */
};

/*
 * Makes the sink called `name` (flows-table, flows-json, flows-csv, stats-text, stats-json,
 * dump-text, dump-json, ladder, report-html, report-markdown). `settings` are copied. It is freed
 * by sink->type->free; what it has put into the output is written by sf_output_flush. Returns 0,
 * SF_E_MEMORY, or SF_E_USAGE when there is no such sink.
 */
int sf_sink_new(struct sf_sink **sink, const char *name, const struct sf_sink_settings *settings,
                struct sf_error *err);

#endif
