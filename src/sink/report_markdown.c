#include "sink/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <synfin/version.h>

#include "base/address.h"
#include "base/clock.h"
#include "sink/flow_text.h"
#include "sink/lab.h"
#include "sink/lesson.h"
#include "sink/markup.h"
#include "sink/row_text.h"
#include "sink/spans.h"
#include "words/textbook.h"
#include "words/translate.h"
#include "words/words.h"

/* ---- small pieces ---------------------------------------------------------------------------- */

static void put(struct sf_output *out, const char *markup)
{
    sf_output_text(out, markup);
}

static void put_line(struct sf_output *out, const char *before, const char *text, const char *after)
{
    put(out, before);
    sf_markdown_text(out, text);
    put(out, after);
}

/* "| a | b |": what `cells` hold, escaped. */
static void put_cells(struct sf_output *out, const char *const *cells, size_t n)
{
    put(out, "|");
    for (size_t i = 0; i < n; i++)
        put_line(out, " ", cells[i], " |");
    put(out, "\n");
}

static void put_table_head(struct sf_output *out, const char *const *headings, size_t n)
{
    put_cells(out, headings, n);
    put(out, "|");
    for (size_t i = 0; i < n; i++)
        put(out, " --- |");
    put(out, "\n");
}

/* ---- a row of the table of all connections --------------------------------------------------- */

static void draw_row(const struct sf_drawn *drawn)
{
    char client[SF_ENDPOINT_SIZE], server[SF_ENDPOINT_SIZE], text[96];
    struct sf_output *out = drawn->out;
    const struct sf_flow *flow = drawn->flow;
    sf_flow_endpoint(client, flow, SF_CLIENT);
    sf_flow_endpoint(server, flow, SF_SERVER);
    (void)snprintf(text, sizeof text, "| %" PRIu32 " ", flow->id);
    put(out, text);
    const char *const cells[] = {client, server, sf_handshake_text(flow->handshake),
                                 sf_close_text(flow->close),
                                 flow->closed_by == SF_NOBODY ? "" : sf_side_text(flow->closed_by)};
    put(out, "|");
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        put_line(out, " ", cells[i], " |");
    for (uint32_t i = 0; i < flow->n_found; i++) {
        put(out, " ");
        put(out, sf_code_name(flow->found[i].code));
    }
    put(out, " |\n");
}

/* ---- the sequence diagram -------------------------------------------------------------------- */

/* Mermaid ends a statement at ';' and begins an entity at '#'. */
static void put_mermaid_text(struct sf_output *out, const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == ';' || *text == '#' || *text == '\n')
            put(out, ",");
        else
            sf_output_char(out, *text);
}

static void put_mermaid_state(struct sf_output *out, const struct sf_row *row, enum sf_side side)
{
    if (!row->is_moved[side] || row->after[side].state == SF_STATE_NONE)
        return;
    put(out, side == SF_CLIENT ? "    Note left of C: " : "    Note right of S: ");
    put(out, sf_state_name(row->after[side].state));
    put(out, row->after[side].is_proved ? "\n" : "?\n");
}

static void put_mermaid_row(const struct sf_drawn *drawn, const struct sf_row *row)
{
    char text[256];
    struct sf_output *out = drawn->out;
    struct sf_sentence sentence;
    const struct sf_label_style style = {.absolute = drawn->settings->absolute, .has_keys = true};
    sf_sentence_init(&sentence, text, sizeof text);
    if (row->is_silence) {
        put(out, "    Note over C,S: ");
        sf_row_silence(&sentence, row);
    } else {
        put(out, sf_row_goes_right(row) ? "    C" : "    S");
        put(out, row->icmp.kind != SF_ICMP_NONE ? "--" : "-");
        put(out, sf_row_goes_right(row) ? ">>S: " : ">>C: ");
        sf_row_label(text, row, &style);
    }
    put_mermaid_text(out, text);
    put(out, "\n");
    put_mermaid_state(out, row, SF_CLIENT);
    put_mermaid_state(out, row, SF_SERVER);
}

static void put_mermaid_fold(struct sf_output *out, const struct sf_fold *fold)
{
    char text[160];
    struct sf_sentence sentence;
    if (fold->n + fold->n_errors == 0)
        return;
    sf_sentence_init(&sentence, text, sizeof text);
    sf_fold_text(&sentence, fold);
    put(out, "    Note over C,S: … ");
    put_mermaid_text(out, text);
    put(out, "\n");
}

static void put_diagram(const struct sf_drawn *drawn)
{
    char endpoint[SF_ENDPOINT_SIZE];
    struct sf_output *out = drawn->out;
    put_line(out, "### ", _("Sequence diagram"), "\n\n```mermaid\nsequenceDiagram\n");
    for (int side = 0; side < 2; side++) {
        put(out, side == SF_CLIENT ? "    participant C as " : "    participant S as ");
        put_mermaid_text(out, side == SF_CLIENT ? _("client") : _("server"));
        sf_flow_endpoint(endpoint, drawn->flow, (enum sf_side)side);
        put(out, " ");
        put_mermaid_text(out, endpoint);
        put(out, "\n");
    }
    for (uint32_t i = 0; i < drawn->rows->n; i++) {
        struct sf_row row = drawn->rows->rows[i];
        bool tells = sf_row_settle(&row, drawn->flow);
        put_mermaid_fold(out, &row.before);
        if (tells)
            put_mermaid_row(drawn, &row);
    }
    put_mermaid_fold(out, &drawn->rows->pending);
    put(out, "```\n\n");
}

/* ---- the segments of handshake and close ----------------------------------------------------- */

static void put_field(void *context, const struct sf_field *field)
{
    char bits[16] = "";
    if (field->bits > 0)
        (void)snprintf(bits, sizeof bits, "%u", field->bits);
    const char *const cells[] = {field->name, bits, field->value, field->meaning};
    put_cells(context, cells, sizeof cells / sizeof *cells);
}

static void put_reason(void *context, const char *text)
{
    put_line(context, "- ", text, "\n");
}

/* The steps of the report that the row is: in a close of three segments one is two of them. */
static void put_steps(const struct sf_drawn *drawn, const struct sf_row *row)
{
    bool is_first = true;
    for (int step = 0; step < SF_LAB_STEP_COUNT; step++) {
        if (sf_lab_row(drawn->rows, (enum sf_lab_step)step) != row)
            continue;
        put_line(drawn->out, is_first ? "" : "; ", sf_lab_text((enum sf_lab_step)step), "");
        is_first = false;
    }
    if (!is_first)
        put(drawn->out, ": ");
}

static void put_lesson(const struct sf_drawn *drawn, const struct sf_told *told)
{
    char text[SF_LESSON_HEADING_SIZE], from[SF_ENDPOINT_SIZE], to[SF_ENDPOINT_SIZE];
    struct sf_output *out = drawn->out;
    const char *const headings[] = {_("field"), _("bits"), _("value"), _("meaning")};
    bool is_client = told->row->sender == SF_CLIENT;
    sf_lesson_heading(text, told->row, told->segment);
    put(out, "#### ");
    put_steps(drawn, told->row);
    put_line(out, "", text, "\n\n");
    sf_flow_endpoint(from, drawn->flow, is_client ? SF_CLIENT : SF_SERVER);
    sf_flow_endpoint(to, drawn->flow, is_client ? SF_SERVER : SF_CLIENT);
    put_line(out, "", from, " → ");
    put_line(out, "", to, "\n\n");
    put_table_head(out, headings, sizeof headings / sizeof *headings);
    sf_lesson_tell(told, put_field, NULL, out);
    put(out, "\n");
    sf_lesson_tell(told, NULL, put_reason, out);
    put(out, "\n");
}

/* Everything up to the third segment of the handshake, or to the first FIN, opens. */
static bool opens(const struct sf_row *row)
{
    return (row->flags & SF_FIN) == 0 && row->after[SF_CLIENT].state <= SF_STATE_ESTABLISHED &&
           row->after[SF_SERVER].state <= SF_STATE_ESTABLISHED;
}

static void put_lessons(const struct sf_drawn *drawn, bool opening)
{
    const struct sf_rows *rows = drawn->rows;
    bool has_heading = false;
    for (uint32_t i = 0; rows->segments != NULL && i < rows->n; i++) {
        const struct sf_told told = {.flow = drawn->flow,
                                     .row = &rows->rows[i],
                                     .segment = &rows->segments[i],
                                     .absolute = drawn->settings->absolute};
        if (!rows->rows[i].is_lesson || opens(&rows->rows[i]) != opening)
            continue;
        if (!has_heading)
            put_line(drawn->out, "### ", opening ? _("Handshake") : _("Close"), "\n\n");
        has_heading = true;
        put_lesson(drawn, &told);
    }
}

/* ---- states and findings --------------------------------------------------------------------- */

static void view_text(char text[24], const struct sf_row *row, enum sf_side side)
{
    const struct sf_view *view = &row->after[side];
    text[0] = '\0';
    if (view->state != SF_STATE_NONE && row->is_moved[side])
        (void)snprintf(text, 24, "%s%s", sf_state_name(view->state), view->is_proved ? "" : "?");
}

static void put_state_row(const struct sf_drawn *drawn, const struct sf_row *row)
{
    char number[24] = "", time[SF_ROW_TIME_SIZE], client[24], server[24], segment[256], notes[1024];
    struct sf_sentence sentence;
    const struct sf_label_style style = {.absolute = drawn->settings->absolute, .has_keys = true};
    if (!row->is_moved[SF_CLIENT] && !row->is_moved[SF_SERVER] && row->n_codes == 0)
        return;
    (void)sf_row_time(time, drawn->flow->start_ns, row->time_ns, drawn->flow->is_nano ? 9 : 6);
    view_text(client, row, SF_CLIENT);
    view_text(server, row, SF_SERVER);
    sf_sentence_init(&sentence, segment, sizeof segment);
    if (row->is_silence) {
        sf_row_silence(&sentence, row);
    } else {
        (void)snprintf(number, sizeof number, "%" PRIu64, row->number);
        sf_row_label(segment, row, &style);
    }
    sf_sentence_init(&sentence, notes, sizeof notes);
    if (!row->is_silence)
        sf_row_notes(&sentence, row, drawn->settings->absolute, true);
    for (int side = 0; side < 2; side++) {
        if (sentence.length > 0 && row->taken_back[side] != SF_STATE_NONE)
            sf_sentence_add(&sentence, "; ");
        sf_row_taken_back(&sentence, row, (enum sf_side)side);
    }
    const char *const cells[] = {time, number, client, segment, server, notes};
    put_cells(drawn->out, cells, sizeof cells / sizeof *cells);
}

static void put_states(const struct sf_drawn *drawn)
{
    char text[SF_PATH_TEXT_SIZE];
    struct sf_output *out = drawn->out;
    const char *const headings[] = {_("time"),    _("packet"), _("client"),
                                    _("segment"), _("server"), _("what it says")};
    put_line(out, "### ", _("States"), "\n\n");
    for (int side = 0; side < 2; side++) {
        sf_flow_path(text, &drawn->flow->end[side]);
        put_line(out, "- ", side == SF_CLIENT ? _("client") : _("server"), ": ");
        put_line(out, "", text, "\n");
    }
    put(out, "\n");
    if (drawn->rows == NULL)
        return;
    put_table_head(out, headings, sizeof headings / sizeof *headings);
    for (uint32_t i = 0; i < drawn->rows->n; i++) {
        struct sf_row row = drawn->rows->rows[i];
        if (sf_row_settle(&row, drawn->flow))
            put_state_row(drawn, &row);
    }
    put_line(out, "\n",
             _("A state with ? is assumed: a segment that leads to it passed, but whether "
               "it arrived was not known at that moment."),
             "\n\n");
}

static void put_times(const struct sf_drawn *drawn)
{
    char text[SF_CLOCK_SIZE];
    struct sf_span spans[SF_ROWS_MAX];
    int64_t sums[SF_SPAN_KIND_COUNT] = {0};
    size_t n = drawn->rows != NULL ? sf_spans_of(drawn->rows, spans) : 0;
    const char *const headings[] = {_("what was waited for"), _("time")};
    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++)
        sums[spans[i].kind] += sf_clock_between(spans[i].from_ns, spans[i].to_ns);
    put_line(drawn->out, "### ", _("Where the time went"), "\n\n");
    put_table_head(drawn->out, headings, sizeof headings / sizeof *headings);
    for (int kind = 0; kind < SF_SPAN_KIND_COUNT; kind++) {
        (void)sf_clock_duration(text, sums[kind]);
        const char *const cells[] = {sf_span_text((enum sf_span_kind)kind), text};
        if (sums[kind] > 0)
            put_cells(drawn->out, cells, sizeof cells / sizeof *cells);
    }
    put(drawn->out, "\n");
}

static void put_found(struct sf_output *out, const struct sf_found *found)
{
    char text[SF_FINDING_SIZE], where[96];
    (void)snprintf(where, sizeof where, _("%s, packet %" PRIu64), sf_severity_text(found->severity),
                   found->number);
    put(out, "- **");
    put(out, sf_code_name(found->code));
    put_line(out, "** (", where, ") ");
    (void)sf_finding_text(text, sizeof text, found);
    put_line(out, "", text, " ");
    (void)sf_finding_sure_text(text, sizeof text, found);
    put_line(out, "", _("How sure: "), "");
    put_line(out, "", text, " ");
    (void)sf_finding_check_text(text, sizeof text, found);
    put_line(out, "", text, "\n");
}

static void put_findings(const struct sf_drawn *drawn)
{
    put_line(drawn->out, "### ", _("Findings"), "\n\n");
    for (uint32_t i = 0; i < drawn->flow->n_found; i++)
        put_found(drawn->out, &drawn->flow->found[i]);
    if (drawn->flow->n_found == 0)
        put_line(drawn->out, "",
                 _("No findings: nothing went differently from the plain open and "
                   "close."),
                 "\n");
    put(drawn->out, "\n");
}

static void draw_detail(const struct sf_drawn *drawn)
{
    char text[SF_OUTCOME_SIZE], client[SF_ENDPOINT_SIZE], server[SF_ENDPOINT_SIZE];
    struct sf_output *out = drawn->out;
    const struct sf_flow *flow = drawn->flow;
    sf_flow_endpoint(client, flow, SF_CLIENT);
    sf_flow_endpoint(server, flow, SF_SERVER);
    (void)snprintf(text, sizeof text, _("Connection %" PRIu32 ": %s → %s"), flow->id, client,
                   server);
    put_line(out, "## ", text, "\n\n");
    (void)sf_clock_moment(text, flow->start_ns, flow->is_nano ? 9 : 6, ' ');
    put_line(out, "", text, "\n\n");
    sf_flow_outcome(text, flow);
    put_line(out, "", text, "\n\n");
    if (drawn->rows != NULL) {
        put_diagram(drawn);
        put_lessons(drawn, true);
        put_lessons(drawn, false);
    }
    put_states(drawn);
    put_times(drawn);
    put_findings(drawn);
}

/* ---- the page -------------------------------------------------------------------------------- */

static void put_setup(const struct sf_report *report, const struct sf_totals *input)
{
    char text[SF_REPORT_TEXT_SIZE];
    struct sf_output *out = report->plain.settings.output;
    put_line(out, "## ", _("Set-up"), "\n\n");
    put_line(out, "- ", _("capture"), ": ");
    put_line(out, "", report->plain.settings.source, "\n");
    if (input->start_ns != SF_NO_TIME) {
        sf_report_time(text, input);
        put_line(out, "- ", _("time"), ": ");
        put_line(out, "", text, "\n");
    }
    sf_report_packets(text, input);
    put_line(out, "- ", _("packets"), ": ");
    put_line(out, "", text, "\n");
    put_line(out, "- ", _("made by"), ": synfin " SF_VERSION "\n\n");
}

static void put_limits(const struct sf_report *report)
{
    char text[SF_REPORT_TEXT_SIZE];
    struct sf_output *out = report->plain.settings.output;
    const char *files = report->plain.settings.files;
    if (sf_report_table_limit(text, report))
        put_line(out, "", text, "\n\n");
    if (!sf_report_details_limit(text, report))
        return;
    put_line(out, "", text, "\n\n    synfin ladder --only id=N ");
    put(out, files != NULL ? files : "FILE");
    put(out, "\n\n");
}

static void put_table(const struct sf_report *report)
{
    struct sf_output *out = report->plain.settings.output;
    const char *const headings[] = {_("id"),    _("client"),    _("server"),  _("handshake"),
                                    _("close"), _("closed by"), _("findings")};
    put_line(out, "## ", _("Connections"), "\n\n");
    put_table_head(out, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < report->n_table; i++)
        sf_output_bytes(out, report->table[i].text, report->table[i].length);
    put(out, "\n");
    put_limits(report);
}

static void put_questions(struct sf_output *out)
{
    char name[SF_ENTRY_NAME_SIZE];
    put_line(out, "## ", _("Questions and answers"), "\n\n");
    for (size_t i = 0; sf_lab_questions[i] != NULL; i++) {
        struct sf_entry entry = sf_textbook_entry(sf_textbook_find(sf_lab_questions[i]));
        put_line(out, "### ", sf_entry_shown_name(&entry, name), ": ");
        put_line(out, "", entry.title, "\n\n");
        put_line(out, "", entry.text, " (");
        put(out, entry.rfc);
        put(out, ")\n\n");
    }
}

static void put_page(const struct sf_report *report, const struct sf_totals *input)
{
    struct sf_output *out = report->plain.settings.output;
    put_line(out, "# ", _("TCP connections: "), "");
    put_line(out, "", report->plain.settings.source, "\n\n");
    put_setup(report, input);
    put_table(report);
    for (size_t i = 0; i < report->n_details; i++)
        sf_output_bytes(out, report->details[i].text, report->details[i].length);
    put_questions(out);
}

int sf_report_markdown_new(struct sf_sink **sink, const struct sf_sink_settings *settings,
                           struct sf_error *err)
{
    static const struct sf_report_format format = {
        .row = draw_row, .detail = draw_detail, .page = put_page};
    return sf_report_new(sink, &format, settings, err);
}
