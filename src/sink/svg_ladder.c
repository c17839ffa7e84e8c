#include "sink/svg.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/address.h"
#include "base/breaks.h"
#include "sink/flow_text.h"
#include "sink/markup.h"
#include "sink/row_text.h"
#include "words/translate.h"
#include "words/words.h"

#define WIDTH        360
#define LEFT         40 /* the life line of the client */
#define RIGHT        320
#define NOTES        48
#define NOTE_COLUMNS 52 /* characters on a line of notes */
#define LINE         11 /* from one line of text to the next */
#define TEXT_SIZE    1024

/* A drawing under way. Measured first, without an output, then drawn. */
struct pen {
    struct sf_output *out; /* NULL: only measure */
    const struct sf_drawn *drawn;
    int y;
};

/* `classes` also say where the text is held: "c" in its middle, "r" at its end. */
static void put_text(const struct pen *pen, int x, int y, const char *classes, const char *text)
{
    char tag[128];
    if (pen->out == NULL)
        return;
    (void)snprintf(tag, sizeof tag, "<text x=%d y=%d class=\"%s\">", x, y, classes);
    sf_output_text(pen->out, tag);
    sf_html_text(pen->out, text);
    sf_output_text(pen->out, "</text>");
}

/* The text in lines from the pen on. */
static void put_lines(struct pen *pen, const char *classes, const char *text)
{
    while (*text != '\0') {
        char line[256];
        size_t length = sf_break_before(text, NOTE_COLUMNS);
        if (length == 0)
            length = sf_break_before(text, sizeof line - 1);
        (void)snprintf(line, sizeof line, "%.*s", (int)length, text);
        pen->y += LINE;
        put_text(pen, NOTES, pen->y, classes, line);
        text += length;
        while (*text == ' ')
            text++;
    }
}

static void put_state(const struct pen *pen, int y, enum sf_side side, unsigned state,
                      bool is_assumed)
{
    char text[24];
    if (state == SF_STATE_NONE)
        return;
    (void)snprintf(text, sizeof text, "%s%s", sf_state_name(state), is_assumed ? "?" : "");
    if (side == SF_CLIENT)
        put_text(pen, 4, y, is_assumed ? "a" : "p", text);
    else
        put_text(pen, WIDTH - 4, y, is_assumed ? "a r" : "p r", text);
}

static void put_views(const struct pen *pen, int y, const struct sf_row *row)
{
    for (int side = 0; side < 2; side++)
        if (row->is_moved[side])
            put_state(pen, y, (enum sf_side)side, row->after[side].state,
                      !row->after[side].is_proved);
}

/* ---- one row --------------------------------------------------------------------------------- */

static void put_arrow(const struct pen *pen, const struct sf_row *row)
{
    char tag[160];
    bool is_right = sf_row_goes_right(row);
    if (pen->out == NULL)
        return;
    (void)snprintf(tag, sizeof tag, "<path d=\"M%d %dH%d\" class=go%s />",
                   is_right ? LEFT + 2 : RIGHT - 2, pen->y, is_right ? RIGHT - 3 : LEFT + 3,
                   row->icmp.kind != SF_ICMP_NONE ? " stroke-dasharray=\"2 3\"" : "");
    sf_output_text(pen->out, tag);
}

/* "#12 · 0.408937 s", between the states. */
static void put_moment(const struct pen *pen, int y, const struct sf_row *row)
{
    char text[96], time[SF_ROW_TIME_SIZE];
    const struct sf_flow *flow = pen->drawn->flow;
    (void)sf_row_time(time, flow->start_ns, row->time_ns, flow->is_nano ? 9 : 6);
    if (row->is_silence)
        (void)snprintf(text, sizeof text, _("%s s"), time);
    else
        (void)snprintf(text, sizeof text, _("#%" PRIu64 " · %s s"), row->number, time);
    put_text(pen, WIDTH / 2, y, "c d", text);
}

static void put_notes(struct pen *pen, const struct sf_row *row)
{
    char text[TEXT_SIZE];
    struct sf_sentence notes;
    sf_sentence_init(&notes, text, sizeof text);
    sf_row_notes(&notes, row, pen->drawn->settings->absolute, true);
    put_lines(pen, "n", text);
    for (int side = 0; side < 2; side++) {
        sf_sentence_init(&notes, text, sizeof text);
        sf_row_taken_back(&notes, row, (enum sf_side)side);
        put_lines(pen, "e3", text);
    }
}

static void put_row(struct pen *pen, const struct sf_row *row)
{
    char text[256], classes[16];
    pen->y += LINE;
    put_moment(pen, pen->y, row);
    put_views(pen, pen->y, row);
    pen->y += LINE + 2;
    (void)snprintf(classes, sizeof classes, "c m h e%u", row->severity);
    if (row->is_silence) {
        struct sf_sentence sentence;
        sf_sentence_init(&sentence, text, sizeof text);
        sf_row_silence(&sentence, row);
        put_text(pen, WIDTH / 2, pen->y, classes, text);
    } else {
        const struct sf_label_style style = {.absolute = pen->drawn->settings->absolute,
                                             .has_keys = true};
        sf_row_label(text, row, &style);
        put_text(pen, WIDTH / 2, pen->y, classes, text);
        pen->y += 4;
        put_arrow(pen, row);
    }
    put_notes(pen, row);
    pen->y += 6;
    if (pen->out != NULL)
        sf_output_char(pen->out, '\n');
}

static void put_fold(struct pen *pen, const struct sf_fold *fold)
{
    char text[160];
    struct sf_sentence sentence;
    if (fold->n + fold->n_errors == 0)
        return;
    sf_sentence_init(&sentence, text, sizeof text);
    sf_sentence_add(&sentence, "… ");
    sf_fold_text(&sentence, fold);
    pen->y += LINE;
    put_text(pen, WIDTH / 2, pen->y, "c d", text);
    pen->y += 4;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void put_top(struct pen *pen)
{
    char text[SF_ENDPOINT_SIZE + 32], endpoint[SF_ENDPOINT_SIZE];
    const struct sf_flow *flow = pen->drawn->flow;
    const struct sf_rows *rows = pen->drawn->rows;
    for (int side = 0; side < 2; side++) {
        sf_flow_endpoint(endpoint, flow, (enum sf_side)side);
        (void)snprintf(text, sizeof text, "%s %s", side == SF_CLIENT ? _("client") : _("server"),
                       endpoint);
        pen->y += LINE;
        put_text(pen, side == SF_CLIENT ? 4 : WIDTH - 4, pen->y,
                 side == SF_CLIENT ? "h kc" : "h ks r", text);
    }
    pen->y += LINE + 2;
    for (int side = 0; side < 2 && rows->is_begun; side++) {
        const struct sf_view *view = &rows->first[side];
        bool is_plain = view->state == SF_STATE_CLOSED || view->state == SF_STATE_LISTEN;
        put_state(pen, pen->y, (enum sf_side)side, view->state, !view->is_proved && !is_plain);
    }
    pen->y += 2;
}

static void put_all(struct pen *pen)
{
    const struct sf_rows *rows = pen->drawn->rows;
    pen->y = 0;
    put_top(pen);
    for (uint32_t i = 0; i < rows->n; i++) {
        struct sf_row row = rows->rows[i];
        bool tells = sf_row_settle(&row, pen->drawn->flow);
        put_fold(pen, &row.before);
        if (tells)
            put_row(pen, &row);
    }
    put_fold(pen, &rows->pending);
    pen->y += 4;
}

static void begin(const struct pen *pen, int height)
{
    char tag[512];
    struct sf_output *out = pen->out;
    (void)snprintf(tag, sizeof tag,
                   "<svg class=\"draw%s\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"",
                   height > 900 ? " tall" : "", WIDTH, height);
    sf_output_text(out, tag);
    char text[SF_OUTCOME_SIZE];
    sf_flow_outcome(text, pen->drawn->flow);
    sf_html_text(out, _("Ladder: "));
    sf_html_text(out, text);
    (void)snprintf(tag, sizeof tag, "\">\n<path class=\"life\" d=\"M%d 26V%dM%d 26V%d\"/>\n", LEFT,
                   height, RIGHT, height);
    sf_output_text(out, tag);
}

void sf_svg_ladder(const struct sf_drawn *drawn)
{
    struct pen pen = {.out = NULL, .drawn = drawn};
    put_all(&pen);
    pen.out = drawn->out;
    begin(&pen, pen.y);
    put_all(&pen);
    sf_output_text(drawn->out, "</svg>\n");
}
