/* Fuzzes the output with whole conversations: every format, and what a terminal or a parser of it
 * must be able to rely on. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/width.h"
#include "conversation.h"
#include "engine/flows.h"
#include "sink/sinks.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char *const names[] = {
#define SINK(name, make) name,
#include "sink/sinks.def"
#undef SINK
};

#define SINKS (sizeof names / sizeof *names)

struct pages {
    struct sf_output output[SINKS];
    struct sf_sink *sink[SINKS];
};

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Nothing that a terminal acts on, and characters only. Lines of CSV end with two: RFC 4180. */
static void check_text(const struct sf_output *output)
{
    for (size_t at = 0, length; at < output->length; at += length) {
        uint32_t point = sf_utf8_next(output->bytes + at, &length);
        bool ends_line = point == '\n' || (point == '\r' && output->bytes[at + 1] == '\n');
        must(ends_line || (point >= 0x20 && point != 0x7f && point != 0xfffd));
    }
}

/* Each line an object: braces and brackets close in their order, outside of strings. */
static void check_json(const struct sf_output *output)
{
    char open[64];
    size_t depth = 0;
    bool is_text = false;
    for (size_t i = 0; i < output->length; i++) {
        char c = output->bytes[i];
        must(c == '\n' || (unsigned char)c >= 0x20);
        if (is_text) {
            i += c == '\\' ? 1 : 0;
            is_text = c != '"';
        } else if (c == '"') {
            is_text = true;
        } else if (c == '{' || c == '[') {
            must(depth < sizeof open);
            open[depth++] = c;
        } else if (c == '}' || c == ']') {
            must(depth > 0 && open[--depth] == (c == '}' ? '{' : '['));
        } else if (c == '\n') {
            must(depth == 0);
        }
    }
    must(depth == 0 && !is_text);
    must(output->length == 0 || output->bytes[output->length - 1] == '\n');
}

/* As many cells in each row as in the first, and none that a spreadsheet would run. */
static void check_csv(const struct sf_output *output)
{
    size_t cells = 0, wanted = 0;
    bool begins = true;
    for (size_t i = 0; i < output->length; i++) {
        char c = output->bytes[i];
        must(!begins || (c != '=' && c != '+' && c != '@' && c != '\t'));
        begins = c == ',' || c == '\n';
        cells += begins ? 1 : 0; /* no cell of ours has a comma, so none is quoted */
        if (c == '\n') {
            must(wanted == 0 || cells == wanted);
            wanted = cells;
            cells = 0;
        }
    }
}

/* Up to the end of the tag at `at`; returns where it ends. */
static size_t tag_end(const struct sf_output *output, size_t at)
{
    bool is_text = false;
    for (; at < output->length && (is_text || output->bytes[at] != '>'); at++) {
        is_text ^= output->bytes[at] == '"';
    }
    must(at < output->length);
    return at;
}

static bool is_tag(const char *tag, const char *name)
{
    size_t length = strlen(name);
    return strncmp(tag, name, length) == 0 && strchr(" \n>/", tag[length]) != NULL;
}

/* Tags close in their order; rows and cells need not. What style sheet and script hold is not
 * looked at. */
static void check_html(const struct sf_output *output)
{
    static const char *const empty[] = {"!DOCTYPE", "meta", "input", "tr", "td",
                                        "th",       "/tr",  "/td",   "/th"};
    const char *open[64];
    size_t depth = 0;
    for (size_t at = 0; at < output->length; at++) {
        const char *tag = output->bytes + at + 1;
        if (output->bytes[at] != '<') {
            must(output->bytes[at] != '>' || depth == 0 || is_tag(open[depth - 1], "style") ||
                 is_tag(open[depth - 1], "script"));
            continue;
        }
        bool is_skipped = depth > 0 && tag[0] != '/' &&
                          (is_tag(open[depth - 1], "style") || is_tag(open[depth - 1], "script"));
        if (is_skipped) {
            continue;
        }
        at = tag_end(output, at);
        bool closes_itself = output->bytes[at - 1] == '/';
        for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
            closes_itself |= is_tag(tag, empty[i]);
        }
        if (closes_itself) {
            continue;
        }
        if (tag[0] == '/') {
            size_t length = strcspn(tag + 1, ">");
            must(depth > 0 && strncmp(open[--depth], tag + 1, length) == 0);
        } else {
            must(depth < sizeof open / sizeof *open);
            open[depth++] = tag;
        }
    }
    must(depth == 0);
}

static void check_page(const char *name, struct sf_output *output)
{
    sf_output_char(output, '\0'); /* sf_utf8_next stops there */
    output->length--;
    check_text(output);
    if (strstr(name, "json") != NULL) {
        check_json(output);
    } else if (strstr(name, "html") != NULL) {
        check_html(output);
    } else if (strstr(name, "csv") != NULL) {
        check_csv(output);
    }
}

/* Statistics look at every port there is, which takes its time: now and then will do. */
static bool is_wanted(const char *name, size_t n)
{
    return strncmp(name, "stats", 5) != 0 || n % 8 == 0;
}

static void open_pages(struct pages *pages, size_t n)
{
    struct sf_error err;
    memset(pages, 0, sizeof *pages);
    for (size_t i = 0; i < SINKS; i++) {
        if (!is_wanted(names[i], n)) {
            continue;
        }
        must(sf_output_init(&pages->output[i], -1) == 0);
        const struct sf_sink_settings settings = {.output = &pages->output[i],
                                                  .width = 40 + (unsigned)n % 120,
                                                  .ascii = n % 3 == 0,
                                                  .terminal = n % 2 == 0,
                                                  .absolute = n % 5 == 0,
                                                  .verbose = (int)(n % 2),
                                                  .msl_ns = INT64_C(30000000000),
                                                  .files = "x.pcap"};
        must(sf_sink_new(&pages->sink[i], names[i], &settings, &err) == 0);
    }
}

static int put(void *context, const struct sf_event *event, struct sf_error *err)
{
    const struct pages *pages = context;
    for (size_t i = 0; i < SINKS; i++) {
        struct sf_sink *sink = pages->sink[i];
        if (sink != NULL && (sink->type->wants & SF_WANTS(event->kind)) != 0) {
            must(sink->type->event(sink, event, err) == 0);
        }
    }
    return 0;
}

static void close_pages(struct pages *pages)
{
    for (size_t i = 0; i < SINKS; i++) {
        if (pages->sink[i] == NULL) {
            continue;
        }
        pages->sink[i]->type->free(pages->sink[i]);
        check_page(names[i], &pages->output[i]);
        sf_output_release(&pages->output[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct pages pages;
    struct sf_totals totals = {0};
    struct sf_settings settings;
    struct sf_error err;
    sf_settings_init(&settings);
    open_pages(&pages, n);
    struct flows *flows = sf_flows_new(&settings, &totals, put, &pages);
    must(flows != NULL);
    play_records(flows, bytes, n);
    const struct sf_event last = {.kind = SF_EVENT_TOTALS, .totals = &totals};
    must(put(&pages, &last, &err) == 0);
    close_pages(&pages);
    sf_flows_free(flows);
    return 0;
}
