#include "sink/report.h"

#include <inttypes.h>
#include <stdio.h>

#include <synfin/version.h>

#include "base/address.h"
#include "base/clock.h"
#include "sink/flow_text.h"
#include "sink/lab.h"
#include "sink/lesson.h"
#include "sink/markup.h"
#include "sink/report_assets.h"
#include "sink/svg.h"
#include "words/sentence.h"
#include "words/textbook.h"
#include "words/translate.h"
#include "words/words.h"

#define CHUNK 100 /* rows of the table that a browser lays out together */

/* ---- small pieces ---------------------------------------------------------------------------- */

static void put(struct sf_output *out, const char *markup)
{
    sf_output_text(out, markup);
}

/* <tag>text</tag>, the text escaped. `tag` may have attributes. */
static void put_element(struct sf_output *out, const char *tag, const char *text)
{
    size_t length = 0;
    while (tag[length] != '\0' && tag[length] != ' ')
        length++;
    put(out, "<");
    put(out, tag);
    put(out, ">");
    sf_html_text(out, text);
    put(out, "</");
    sf_output_bytes(out, tag, length);
    put(out, ">");
}

static void put_number_cell(struct sf_output *out, uint64_t number)
{
    put(out, "<td class=\"num\">");
    sf_output_unsigned(out, number);
    put(out, "</td>");
}

/*
 * Cells of the tables that are long. Cells and rows need no end in HTML, and a page of ten thousand
 * rows comes in half the time without; its lines end within a tag, where that is no text.
 */
static void put_open_cell(struct sf_output *out, const char *text)
{
    put(out, "<td>");
    sf_html_text(out, text);
}

/* One whose text is for people, and whose value sorts. */
static void put_valued_cell(struct sf_output *out, int64_t value, const char *text)
{
    put(out, "<td data-v=");
    sf_output_signed(out, value);
    put(out, ">");
    sf_html_text(out, text);
}

/* ---- a row of the table ---------------------------------------------------------------------- */

static void put_codes(struct sf_output *out, const struct sf_flow *flow)
{
    for (uint32_t i = 0; i < flow->n_found; i++) {
        char tag[64];
        (void)snprintf(tag, sizeof tag, "span class=\"sev %s\"",
                       sf_severity_name(flow->found[i].severity));
        put(out, i > 0 ? " " : "");
        put_element(out, tag, sf_code_name(flow->found[i].code));
    }
}

/* What comes first in a row, the id, is put by the page: it knows whether there are details. */
static void draw_row(const struct sf_drawn *drawn)
{
    char text[SF_ENDPOINT_SIZE + SF_CLOCK_SIZE];
    struct sf_output *out = drawn->out;
    const struct sf_flow *flow = drawn->flow;
    sf_flow_endpoint(text, flow, SF_CLIENT);
    put_open_cell(out, text);
    sf_flow_endpoint(text, flow, SF_SERVER);
    put_open_cell(out, text);
    put_open_cell(out, sf_handshake_text(flow->handshake));
    put_open_cell(out, sf_close_text(flow->close));
    put_open_cell(out, flow->closed_by == SF_NOBODY ? "" : sf_side_text(flow->closed_by));
    (void)sf_clock_moment(text, flow->start_ns, 6, ' ');
    put_valued_cell(out, flow->start_ns, text);
    int64_t lasted_ns = sf_clock_between(flow->start_ns, flow->last_ns);
    (void)sf_clock_duration(text, lasted_ns);
    put_valued_cell(out, lasted_ns, text);
    for (int side = 0; side < 2; side++) {
        put(out, "<td>");
        sf_output_unsigned(out, flow->end[side].bytes);
    }
    put(out, "<td>");
    put_codes(out, flow);
}

/* ---- the details of a connection ------------------------------------------------------------- */

static void put_heading(const struct sf_drawn *drawn)
{
    char text[SF_OUTCOME_SIZE], client[SF_ENDPOINT_SIZE], server[SF_ENDPOINT_SIZE];
    struct sf_output *out = drawn->out;
    const struct sf_flow *flow = drawn->flow;
    (void)snprintf(text, sizeof text,
                   "<section class=\"flow\" id=\"c%" PRIu32 "\" aria-labelledby=\"h%" PRIu32
                   "\">\n<h2 id=\"h%" PRIu32 "\">",
                   flow->id, flow->id, flow->id);
    put(out, text);
    sf_flow_endpoint(client, flow, SF_CLIENT);
    sf_flow_endpoint(server, flow, SF_SERVER);
    (void)snprintf(text, sizeof text, _("Connection %" PRIu32 ": %s → %s"), flow->id, client,
                   server);
    sf_html_text(out, text);
    put(out, "</h2>\n");
    (void)sf_clock_moment(text, flow->start_ns, flow->is_nano ? 9 : 6, ' ');
    put_element(out, "p class=\"dim\"", text);
    sf_flow_outcome(text, flow);
    put(out, "\n");
    put_element(out, "p", text);
    put(out, "\n");
}

static void put_found(struct sf_output *out, const struct sf_found *found)
{
    char text[SF_FINDING_SIZE], tag[64];
    const char *severity = sf_severity_name(found->severity);
    (void)snprintf(tag, sizeof tag, "<li class=\"%s\"><span class=\"sev %s\">", severity, severity);
    put(out, tag);
    put(out, sf_code_name(found->code));
    (void)snprintf(text, sizeof text, _("%s, packet %" PRIu64), sf_severity_text(found->severity),
                   found->number);
    put(out, "</span> <span class=\"dim\">(");
    sf_html_text(out, text);
    put(out, ")</span>");
    (void)sf_finding_text(text, sizeof text, found);
    put_element(out, "p", text);
    put(out, "<p>");
    sf_html_text(out, _("How sure: "));
    (void)sf_finding_sure_text(text, sizeof text, found);
    sf_html_text(out, text);
    put(out, "</p>");
    (void)sf_finding_check_text(text, sizeof text, found);
    put_element(out, "p class=\"dim\"", text);
    put(out, "</li>\n");
}

static void put_findings(const struct sf_drawn *drawn)
{
    const struct sf_flow *flow = drawn->flow;
    if (flow->n_found == 0)
        return;
    put_element(drawn->out, "h3", _("Findings"));
    put(drawn->out, "\n<ul class=\"found\">\n");
    for (uint32_t i = 0; i < flow->n_found; i++)
        put_found(drawn->out, &flow->found[i]);
    put(drawn->out, "</ul>\n");
}

static void put_paths(const struct sf_drawn *drawn)
{
    char text[SF_PATH_TEXT_SIZE];
    struct sf_output *out = drawn->out;
    put_element(out, "h3", _("States"));
    put(out, "\n");
    sf_svg_states(drawn);
    for (int side = 0; side < 2; side++) {
        put(out, side == SF_CLIENT ? "<p><b class=\"cl\">" : "<p><b class=\"sv\">");
        sf_html_text(out, side == SF_CLIENT ? _("client") : _("server"));
        put(out, "</b> ");
        sf_flow_path(text, &drawn->flow->end[side]);
        put_element(out, "span class=\"mono\"", text);
        put(out, "</p>\n");
    }
}

/* ---- the segments of handshake and close ----------------------------------------------------- */

static const struct sf_segment *segment_of(const struct sf_rows *rows, const struct sf_row *row)
{
    return rows->segments != NULL ? &rows->segments[row - rows->rows] : NULL;
}

static void put_step(const struct sf_drawn *drawn, enum sf_lab_step step)
{
    char text[SF_FLAGS_SIZE + SF_ENDPOINT_SIZE];
    struct sf_output *out = drawn->out;
    const struct sf_row *row = sf_lab_row(drawn->rows, step);
    put(out, "<tr>");
    put_element(out, "th scope=\"row\"", sf_lab_text(step));
    const struct sf_segment *segment = row != NULL ? segment_of(drawn->rows, row) : NULL;
    if (segment == NULL) {
        put_element(out, "td colspan=\"8\" class=\"dim\"", _("not there"));
        put(out, "</tr>\n");
        return;
    }
    put_number_cell(out, row->number);
    sf_flow_endpoint(text, drawn->flow, row->sender == SF_CLIENT ? SF_CLIENT : SF_SERVER);
    put_element(out, "td class=\"mono\"", text);
    sf_flow_endpoint(text, drawn->flow, row->sender == SF_CLIENT ? SF_SERVER : SF_CLIENT);
    put_element(out, "td class=\"mono\"", text);
    (void)sf_flags_text(text, row->flags);
    put_element(out, "td class=\"mono\"", text);
    put_number_cell(out, row->seq);
    if ((row->flags & SF_ACK) != 0)
        put_number_cell(out, row->ack);
    else
        put_element(out, "td class=\"num\"", "-");
    put_number_cell(out, segment->data_offset);
    put_number_cell(out, segment->window);
    put(out, "</tr>\n");
}

static void put_steps(const struct sf_drawn *drawn)
{
    struct sf_output *out = drawn->out;
    const char *const headings[] = {_("step"), _("packet"),      _("from"),
                                    _("to"),   _("flags"),       _("seq"),
                                    _("ack"),  _("data offset"), _("window")};
    put(out, "<div class=\"scroll keep\" tabindex=\"0\" role=\"group\" aria-label=\"");
    sf_html_text(out, _("Handshake and close"));
    put(out, "\">\n<table><caption>");
    sf_html_text(out, _("Handshake and close"));
    put(out, "</caption>\n<thead><tr>");
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        put_element(out, i == 1 || i > 4 ? "th scope=\"col\" class=\"num\"" : "th scope=\"col\"",
                    headings[i]);
    put(out, "</tr></thead>\n<tbody>\n");
    for (int step = 0; step < SF_LAB_STEP_COUNT; step++)
        put_step(drawn, (enum sf_lab_step)step);
    put(out, "</tbody></table></div>\n");
}

/* A table of fields under way: flags that are not set share a row. */
struct fields {
    struct sf_output *out;
    char unset[64];
    struct sf_sentence names;
};

static void put_field_row(struct sf_output *out, const struct sf_field *field)
{
    put(out, "<tr\n><th scope=row>");
    sf_html_text(out, field->name);
    put(out, "<td>");
    if (field->bits > 0)
        sf_output_unsigned(out, field->bits);
    put_open_cell(out, field->value);
    put_open_cell(out, field->meaning);
}

static void put_unset(struct fields *fields)
{
    const struct sf_field field = {
        .name = fields->unset, .bits = 1, .value = "0", .meaning = _("not set")};
    if (fields->names.length == 0)
        return;
    put_field_row(fields->out, &field);
    sf_sentence_init(&fields->names, fields->unset, sizeof fields->unset);
}

/* Of all fields only a flag that is not set means nothing. */
static void put_field(void *context, const struct sf_field *field)
{
    struct fields *fields = context;
    if (field->bits == 1 && field->meaning[0] == '\0') {
        sf_sentence_add(&fields->names, fields->names.length > 0 ? " " : "");
        sf_sentence_add(&fields->names, field->name);
        return;
    }
    if (field->bits != 1)
        put_unset(fields);
    put_field_row(fields->out, field);
}

static void put_reason(void *context, const char *text)
{
    put_element(context, "p", text);
    put(context, "\n");
}

static void put_lesson(const struct sf_drawn *drawn, const struct sf_told *told)
{
    char text[SF_LESSON_HEADING_SIZE];
    struct sf_output *out = drawn->out;
    sf_lesson_heading(text, told->row, told->segment);
    put_element(out, "h4", text);
    put(out, "\n<table class=\"fields\"><thead><tr>");
    put_element(out, "th scope=\"col\"", _("field"));
    put_element(out, "th scope=\"col\" class=\"num\"", _("bits"));
    put_element(out, "th scope=\"col\"", _("value"));
    put_element(out, "th scope=\"col\"", _("meaning"));
    put(out, "</tr></thead>\n<tbody>\n");
    struct fields fields = {.out = out};
    sf_sentence_init(&fields.names, fields.unset, sizeof fields.unset);
    sf_lesson_tell(told, put_field, NULL, &fields);
    put(out, "</tbody></table>\n");
    sf_lesson_tell(told, NULL, put_reason, out);
}

static void put_lessons(const struct sf_drawn *drawn)
{
    const struct sf_rows *rows = drawn->rows;
    if (rows->segments == NULL)
        return;
    put_element(drawn->out, "h3", _("Header fields"));
    put(drawn->out, "\n");
    for (uint32_t i = 0; i < rows->n; i++) {
        const struct sf_told told = {.flow = drawn->flow,
                                     .row = &rows->rows[i],
                                     .segment = &rows->segments[i],
                                     .absolute = drawn->settings->absolute};
        if (rows->rows[i].is_lesson)
            put_lesson(drawn, &told);
    }
}

static void draw_detail(const struct sf_drawn *drawn)
{
    struct sf_output *out = drawn->out;
    put_heading(drawn);
    put_findings(drawn);
    if (drawn->rows != NULL) {
        put_element(out, "h3", _("Ladder"));
        put(out, "\n");
        sf_svg_ladder(drawn);
    }
    put_paths(drawn);
    if (drawn->rows != NULL) {
        sf_svg_spans(drawn);
        put_steps(drawn);
        put_lessons(drawn);
    }
    put(out, "</section>\n");
}

/* ---- the page -------------------------------------------------------------------------------- */

/* So long that it is better not laid out at once? */
static bool is_long(const struct sf_report *report)
{
    return report->n_table > 2 * CHUNK || report->n_details > CHUNK / 4;
}

static void put_head(const struct sf_report *report)
{
    struct sf_output *out = report->plain.settings.output;
    put(out, "<!DOCTYPE html>\n<html lang=\"");
    /* TRANSLATORS: the language of your translation, as an HTML page names it */
    put(out, _("en"));
    put(out, "\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "style-src 'unsafe-inline'; script-src '");
    put(out, sf_report_js_hash);
    put(out, "'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"generator\" content=\"synfin " SF_VERSION "\">\n<title>");
    sf_html_text(out, _("TCP connections: "));
    sf_html_text(out, report->plain.settings.source);
    put(out, "</title>\n<style>\n");
    put(out, sf_report_css);
    put(out, is_long(report) ? "</style>\n</head>\n<body class=\"long\">\n"
                             : "</style>\n</head>\n<body>\n");
    sf_svg_definitions(out);
}

static void put_fact(struct sf_output *out, const char *name, const char *text)
{
    put(out, "<tr>");
    put_element(out, "th scope=\"row\"", name);
    put_element(out, "td", text);
    put(out, "</tr>\n");
}

static void put_count(struct sf_output *out, const char *name, uint64_t count)
{
    if (count == 0)
        return;
    put(out, "<tr>");
    put_element(out, "th scope=\"row\"", name);
    put_number_cell(out, count);
    put(out, "</tr>\n");
}

/* Where it is from, how much it was. */
static void put_setup(const struct sf_report *report, const struct sf_totals *input)
{
    char text[SF_REPORT_TEXT_SIZE];
    struct sf_output *out = report->plain.settings.output;
    put_element(out, "h2", _("Set-up"));
    put(out, "\n<table><tbody>\n");
    put_fact(out, _("capture"), report->plain.settings.source);
    if (input->start_ns != SF_NO_TIME) {
        sf_report_time(text, input);
        put_fact(out, _("time"), text);
    }
    sf_report_packets(text, input);
    put_fact(out, _("packets"), text);
    put_fact(out, _("made by"), "synfin " SF_VERSION);
    put(out, "</tbody></table>\n");
}

static void put_summary(const struct sf_report *report)
{
    const struct sf_totals *totals = &report->totals;
    struct sf_output *out = report->plain.settings.output;
    put_element(out, "h2", _("Summary"));
    put(out, "\n<table><caption>");
    sf_html_text(out, _("Connections"));
    put(out, "</caption><tbody>\n");
    put_count(out, _("all"), totals->connections);
    for (unsigned i = 0; i < SF_HANDSHAKE_COUNT; i++)
        put_count(out, sf_handshake_text(i), totals->handshakes[i]);
    for (unsigned i = 0; i < SF_CLOSE_COUNT; i++)
        put_count(out, sf_close_text(i), totals->closes[i]);
    put(out, "</tbody></table>\n");
    put(out, "<table><caption>");
    sf_html_text(out, _("Findings"));
    put(out, "</caption><tbody>\n");
    for (int severity = SF_SEVERITY_COUNT - 1; severity >= 0; severity--)
        for (unsigned code = 0; code < SF_CODE_COUNT; code++)
            put_count(out, sf_code_name(code), totals->found_as[code][severity]);
    put(out, "</tbody></table>\n");
}

static void put_filter(struct sf_output *out)
{
    put(out, "<form id=\"filter\" role=\"search\" hidden><label>");
    sf_html_text(out, _("Filter: "));
    put(out, "<input type=\"search\" name=\"wanted\" autocomplete=\"off\"></label> "
             "<label><input type=\"checkbox\" name=\"remarkable\"> ");
    sf_html_text(out, _("with findings only"));
    put(out, "</label> <output id=\"count\" aria-live=\"polite\"></output></form>\n");
}

static void put_table_head(struct sf_output *out)
{
    const char *const headings[] = {_("id"),      _("client"),    _("server"),  _("handshake"),
                                    _("close"),   _("closed by"), _("start"),   _("duration"),
                                    _("bytes →"), _("bytes ←"),   _("findings")};
    put(out, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"");
    sf_html_text(out, _("Connections"));
    put(out, "\">\n<table id=\"list\"><thead><tr>");
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        put_element(out,
                    i == 0 || (i > 5 && i < 10) ? "th scope=\"col\" class=\"num\""
                                                : "th scope=\"col\"",
                    headings[i]);
    put(out, "</tr></thead>\n<tbody>\n");
}

/* The id leads to the details where there are any. */
static void put_table_row(const struct sf_report *report, const struct sf_piece *piece)
{
    char tag[160];
    struct sf_output *out = report->plain.settings.output;
    bool has_details = sf_report_details(report, piece->id);
    (void)snprintf(tag, sizeof tag,
                   has_details ? "<tr\n data-found=%u><td data-v=%" PRIu32 "><a href=\"#c%" PRIu32
                                 "\">%" PRIu32 "</a>"
                               : "<tr\n data-found=%u><td data-v=%" PRIu32
                                 " title=\"--only id=%" PRIu32 "\">%" PRIu32,
                   piece->rank, piece->id, piece->id, piece->id);
    put(out, tag);
    sf_output_bytes(out, piece->text, piece->length);
}

/* What is not shown, and how to see it. */
static void put_limits(const struct sf_report *report)
{
    char text[SF_REPORT_TEXT_SIZE];
    struct sf_output *out = report->plain.settings.output;
    const char *files = report->plain.settings.files;
    if (sf_report_table_limit(text, report))
        put_element(out, "p", text);
    if (!sf_report_details_limit(text, report))
        return;
    put_element(out, "p", text);
    put(out, "<p><code>synfin ladder --only id=N ");
    sf_html_text(out, files != NULL ? files : "FILE");
    put(out, "</code></p>\n");
}

static void put_table(const struct sf_report *report)
{
    struct sf_output *out = report->plain.settings.output;
    put_element(out, "h2", _("Connections"));
    put(out, "\n");
    put_filter(out);
    put_table_head(out);
    for (size_t i = 0; i < report->n_table; i++) {
        if (i > 0 && i % CHUNK == 0)
            put(out, "</tbody>\n<tbody>");
        put_table_row(report, &report->table[i]);
    }
    put(out, "</tbody></table></div>\n");
    put_limits(report);
}

/* The answers to what teachers ask, out of the textbook. */
static void put_questions(struct sf_output *out)
{
    char name[SF_ENTRY_NAME_SIZE];
    put(out, "<section id=\"questions\">\n");
    put_element(out, "h2", _("Questions and answers"));
    for (size_t i = 0; sf_lab_questions[i] != NULL; i++) {
        struct sf_entry entry = sf_textbook_entry(sf_textbook_find(sf_lab_questions[i]));
        put(out, "<h3>");
        sf_html_text(out, sf_entry_shown_name(&entry, name));
        put(out, ": ");
        sf_html_text(out, entry.title);
        put(out, "</h3>\n");
        put_element(out, "p", entry.text);
        put_element(out, "p class=\"dim\"", entry.rfc);
        put(out, "\n");
    }
    put(out, "</section>\n");
}

static void put_page(const struct sf_report *report, const struct sf_totals *input)
{
    struct sf_output *out = report->plain.settings.output;
    put_head(report);
    put(out, "<a class=\"skip\" href=\"#connections\">");
    sf_html_text(out, _("to the connections"));
    put(out, "</a>\n<header><h1>");
    sf_html_text(out, _("TCP connections: "));
    sf_html_text(out, report->plain.settings.source);
    put(out, "</h1></header>\n<main>\n");
    put_setup(report, input);
    put_summary(report);
    put(out, "<div id=\"connections\">\n");
    put_table(report);
    for (size_t i = 0; i < report->n_details; i++)
        sf_output_bytes(out, report->details[i].text, report->details[i].length);
    put(out, "</div>\n");
    put_questions(out);
    put(out, "</main>\n<script>");
    put(out, sf_report_js);
    put(out, "</script>\n</body>\n</html>\n");
}

int sf_report_html_new(struct sf_sink **sink, const struct sf_sink_settings *settings,
                       struct sf_error *err)
{
    static const struct sf_report_format format = {
        .row = draw_row, .detail = draw_detail, .page = put_page};
    return sf_report_new(sink, &format, settings, err);
}
