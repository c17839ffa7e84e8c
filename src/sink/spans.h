/*
 * Where the time of a connection went: its ladder cut into spans, each of which ends with what was
 * waited for.
 */
#ifndef SYNFIN_SINK_SPANS_H
#define SYNFIN_SINK_SPANS_H

#include <stddef.h>
#include <stdint.h>

#include "sink/rows.h"

enum sf_span_kind {
    SF_SPAN_CLIENT,  /* until the client's next segment came here */
    SF_SPAN_SERVER,  /* until the server's */
    SF_SPAN_TIMEOUT, /* until something was sent again */
    SF_SPAN_FOLDED,  /* segments that have no row of their own went by: data and their ACKs */
    SF_SPAN_SILENCE, /* nothing came, and that told something */
    SF_SPAN_KIND_COUNT
};

struct sf_span {
    enum sf_span_kind kind;
    int64_t from_ns, to_ns; /* each begins where the one before ends */
};

/* Puts the spans of the rows into `spans`, which has room for SF_ROWS_MAX; returns how many. */
size_t sf_spans_of(const struct sf_rows *rows, struct sf_span *spans);

/* "until the server's next segment", translated. */
const char *sf_span_text(enum sf_span_kind kind);

#endif
