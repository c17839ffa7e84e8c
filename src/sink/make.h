/*
 * How each sink is made: the functions that sinks.def names. Each returns 0 or SF_E_MEMORY.
 */
#ifndef SYNFIN_SINK_MAKE_H
#define SYNFIN_SINK_MAKE_H

#include "sink/sinks.h"

typedef int sf_make_fn(struct sf_sink **sink, const struct sf_sink_settings *settings,
                       struct sf_error *err);

#define SINK(name, make) sf_make_fn make;
#include "sink/sinks.def"
#undef SINK

/*
 * What most sinks are: their settings behind the virtual table. `size` bytes, zeroed, that begin
 * with a struct sf_plain; freed with free(). NULL, with `err` filled, when memory runs out.
 */
struct sf_plain {
    struct sf_sink sink;
    struct sf_sink_settings settings;
};
void *sf_plain_new(size_t size, const struct sf_sink_type *type,
                   const struct sf_sink_settings *settings, struct sf_error *err);

/* The `free` of a sink that owns nothing else. */
void sf_plain_free(struct sf_sink *sink);

/* After a line: writes it when the output is live; returns what went wrong, if anything did. */
int sf_plain_end_line(const struct sf_plain *plain, struct sf_error *err);

#endif
