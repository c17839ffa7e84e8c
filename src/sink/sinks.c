#include "sink/sinks.h"

#include <stdlib.h>
#include <string.h>

#include "sink/make.h"

static const struct {
    const char *name;
    sf_make_fn *make;
} sinks[] = {
#define SINK(name, make) {name, make},
#include "sink/sinks.def"
#undef SINK
};

int sf_sink_new(struct sf_sink **sink, const char *name, const struct sf_sink_settings *settings,
                struct sf_error *err)
{
    struct sf_sink_settings complete = *settings;
    if (complete.width == 0)
        complete.width = 80;
    for (size_t i = 0; i < sizeof sinks / sizeof *sinks; i++)
        if (strcmp(sinks[i].name, name) == 0)
            return sinks[i].make(sink, &complete, err);
    return sf_error_set(err, SF_E_USAGE, 0, "there is no output format '%s'", name);
}

void *sf_plain_new(size_t size, const struct sf_sink_type *type,
                   const struct sf_sink_settings *settings, struct sf_error *err)
{
    struct sf_plain *plain = calloc(1, size);
    if (plain == NULL) {
        (void)sf_error_set(err, SF_E_MEMORY, 0, "out of memory");
        return NULL;
    }
    plain->sink.type = type;
    plain->settings = *settings;
    return plain;
}

void sf_plain_free(struct sf_sink *sink)
{
    free(sink);
}

int sf_plain_end_line(const struct sf_plain *plain, struct sf_error *err)
{
    struct sf_output *output = plain->settings.output;
    return plain->settings.live ? sf_output_flush(output, err) : sf_output_check(output, err);
}
