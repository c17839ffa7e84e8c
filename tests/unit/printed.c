#include "printed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/width.h"

char *printed_with_totals(const char *name, struct sf_sink_settings settings, story_fn *tell,
                          const struct sf_totals *totals)
{
    struct sf_output output;
    struct sf_sink *sink;
    struct story story;
    assert_int_equal(setenv("TZ", "UTC0", 1), 0);
    assert_int_equal(sf_output_init(&output, -1), 0);
    settings.output = &output;
    assert_int_equal(sf_sink_new(&sink, name, &settings, NULL), 0);
    tell(&story, sink);
    const struct sf_event event = {.kind = SF_EVENT_TOTALS, .totals = totals};
    if (totals != NULL && (sink->type->wants & SF_WANTS(SF_EVENT_TOTALS)) != 0)
        assert_int_equal(sink->type->event(sink, &event, NULL), 0);
    sink->type->free(sink);
    sf_output_char(&output, '\0');
    return output.bytes;
}

char *printed(const char *name, struct sf_sink_settings settings, story_fn *tell)
{
    return printed_with_totals(name, settings, tell, NULL);
}

void assert_lines_fit(const char *text, size_t columns)
{
    while (*text != '\0') {
        char line[4096];
        size_t n = strcspn(text, "\n");
        assert_true(n < sizeof line);
        memcpy(line, text, n);
        line[n] = '\0';
        if (sf_width(line) > columns)
            print_error("wider than %zu: %s\n", columns, line);
        assert_true(sf_width(line) <= columns);
        text += n + (text[n] == '\n');
    }
}

void assert_is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        assert_true(*text == '\n' || (*text >= 0x20 && *text < 0x7f));
}
