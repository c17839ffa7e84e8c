#include "sink/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sink/tally.h"
#include "words/translate.h"

/* ---- pieces ---------------------------------------------------------------------------------- */

static uint8_t rank_of(const struct sf_flow *flow)
{
    uint8_t rank = 0;
    for (uint32_t i = 0; i < flow->n_found; i++)
        if (flow->found[i].severity + 1 > rank)
            rank = (uint8_t)(flow->found[i].severity + 1);
    return rank;
}

/* Draws one and keeps it. */
static int draw(struct sf_report *report, void (*drawing)(const struct sf_drawn *drawn),
                const struct sf_flow *flow, struct sf_piece *piece, struct sf_error *err)
{
    const struct sf_drawn drawn = {
        .out = &report->scratch,
        .settings = &report->plain.settings,
        .flow = flow,
        .rows = sf_collection_rows(&report->rows, flow),
    };
    report->scratch.length = 0;
    drawing(&drawn);
    if (sf_output_check(&report->scratch, err) != 0)
        return SF_E_MEMORY;
    piece->text = malloc(report->scratch.length + 1);
    if (piece->text == NULL)
        return sf_error_set(err, SF_E_MEMORY, 0, "out of memory");
    memcpy(piece->text, report->scratch.bytes, report->scratch.length);
    piece->id = flow->id;
    piece->rank = rank_of(flow);
    piece->length = report->scratch.length;
    return 0;
}

/* ---- the table ------------------------------------------------------------------------------- */

static int grow_table(struct sf_report *report, struct sf_error *err)
{
    size_t capacity = report->table_capacity > 0 ? 2 * report->table_capacity : 256;
    struct sf_piece *table = realloc(report->table, capacity * sizeof *table);
    if (table == NULL)
        return sf_error_set(err, SF_E_MEMORY, 0, "out of memory");
    report->table = table;
    report->table_capacity = capacity;
    return 0;
}

#define LEAD_SIZE 96 /* of what the page puts in front of a row */

/* Some of the table's room is for connections with findings. */
static int add_to_table(struct sf_report *report, const struct sf_flow *flow, struct sf_error *err)
{
    size_t limit = flow->n_found > 0 ? SF_TABLE_SIZE : SF_TABLE_PLAIN;
    if (report->table_size >= limit)
        return 0;
    if (report->n_table == report->table_capacity && grow_table(report, err) != 0)
        return SF_E_MEMORY;
    struct sf_piece *piece = &report->table[report->n_table];
    if (draw(report, report->format->row, flow, piece, err) != 0)
        return SF_E_MEMORY;
    report->n_table++;
    report->table_size += piece->length + LEAD_SIZE;
    return 0;
}

/* ---- the details ----------------------------------------------------------------------------- */

/* The worst first, then by id. */
static int compare_details(const void *a, const void *b)
{
    const struct sf_piece *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank > y->rank ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static int compare_ids(const void *a, const void *b)
{
    const struct sf_piece *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static void find_last(struct sf_report *report)
{
    report->last_detail = 0;
    for (size_t i = 1; i < report->n_details; i++)
        if (compare_details(&report->details[i], &report->details[report->last_detail]) > 0)
            report->last_detail = i;
}

static bool is_full(const struct sf_report *report)
{
    return report->n_details == SF_DETAILS_MOST || report->details_size >= SF_DETAILS_SIZE;
}

static void drop_last(struct sf_report *report)
{
    struct sf_piece *last = &report->details[report->last_detail];
    report->details_size -= last->length;
    free(last->text);
    *last = report->details[--report->n_details];
    find_last(report);
}

static int add_to_details(struct sf_report *report, const struct sf_flow *flow,
                          struct sf_error *err)
{
    const struct sf_piece candidate = {.id = flow->id, .rank = rank_of(flow)};
    if (is_full(report) && compare_details(&candidate, &report->details[report->last_detail]) > 0)
        return 0;
    while (is_full(report))
        drop_last(report);
    struct sf_piece *piece = &report->details[report->n_details];
    if (draw(report, report->format->detail, flow, piece, err) != 0)
        return SF_E_MEMORY;
    report->n_details++;
    report->details_size += piece->length;
    find_last(report);
    return 0;
}

bool sf_report_details(const struct sf_report *report, uint32_t id)
{
    for (size_t i = 0; i < report->n_details; i++)
        if (report->details[i].id == id)
            return true;
    return false;
}

/* ---- sentences ------------------------------------------------------------------------------- */

void sf_report_time(char text[SF_REPORT_TEXT_SIZE], const struct sf_totals *input)
{
    char moment[SF_CLOCK_SIZE], duration[SF_CLOCK_SIZE];
    (void)sf_clock_moment(moment, input->start_ns, 6, ' ');
    (void)sf_clock_duration(duration, sf_clock_between(input->start_ns, input->last_ns));
    (void)snprintf(text, SF_REPORT_TEXT_SIZE, _("%s, for %s"), moment, duration);
}

void sf_report_packets(char text[SF_REPORT_TEXT_SIZE], const struct sf_totals *input)
{
    (void)snprintf(text, SF_REPORT_TEXT_SIZE, _("%" PRIu64 ", of which %" PRIu64 " were analysed"),
                   input->packets_read, input->packets_analysed);
}

bool sf_report_table_limit(char text[SF_REPORT_TEXT_SIZE], const struct sf_report *report)
{
    (void)snprintf(text, SF_REPORT_TEXT_SIZE,
                   _("The table has room for %zu of the %u connections: those with findings "
                     "first."),
                   report->n_table, report->totals.connections);
    return report->n_table < report->totals.connections;
}

bool sf_report_details_limit(char text[SF_REPORT_TEXT_SIZE], const struct sf_report *report)
{
    (void)snprintf(text, SF_REPORT_TEXT_SIZE,
                   _("Details of the %zu worst connections follow; those of any other, here of "
                     "number N, are shown by:"),
                   report->n_details);
    return report->n_details < report->totals.connections;
}

/* ---- the sink -------------------------------------------------------------------------------- */

static int take_end(struct sf_report *report, const struct sf_flow *flow, struct sf_error *err)
{
    sf_tally_flow(&report->totals, flow);
    int status = add_to_table(report, flow, err);
    if (status == 0)
        status = add_to_details(report, flow, err);
    return status;
}

static int put_page(struct sf_report *report, const struct sf_totals *input, struct sf_error *err)
{
    if (report->n_table > 0)
        qsort(report->table, report->n_table, sizeof *report->table, compare_ids);
    qsort(report->details, report->n_details, sizeof *report->details, compare_details);
    report->format->page(report, input);
    return sf_output_check(report->plain.settings.output, err);
}

static int take(struct sf_sink *sink, const struct sf_event *event, struct sf_error *err)
{
    struct sf_report *report = (struct sf_report *)sink;
    int status = 0;
    switch (event->kind) {
    case SF_EVENT_SEGMENT:
    case SF_EVENT_ICMP:
    case SF_EVENT_SILENCE:
        return sf_collection_add(&report->rows, event, err);
    case SF_EVENT_FLOW_END:
        status = take_end(report, event->flow, err);
        break;
    case SF_EVENT_FLOW_DROP:
        break;
    case SF_EVENT_TOTALS:
        return put_page(report, event->totals, err);
    }
    sf_collection_forget(&report->rows, event->flow);
    return status;
}

static void free_report(struct sf_sink *sink)
{
    struct sf_report *report = (struct sf_report *)sink;
    for (size_t i = 0; i < report->n_table; i++)
        free(report->table[i].text);
    for (size_t i = 0; i < report->n_details; i++)
        free(report->details[i].text);
    free(report->table);
    sf_collection_release(&report->rows);
    sf_output_release(&report->scratch);
    free(report);
}

static const struct sf_sink_type report_type = {
    .name = "report",
    .wants = SF_COLLECTION_WANTS | SF_WANTS(SF_EVENT_FLOW_END) | SF_WANTS(SF_EVENT_FLOW_DROP) |
             SF_WANTS(SF_EVENT_TOTALS),
    .event = take,
    .free = free_report,
};

int sf_report_new(struct sf_sink **sink, const struct sf_report_format *format,
                  const struct sf_sink_settings *settings, struct sf_error *err)
{
    struct sf_report *report = sf_plain_new(sizeof *report, &report_type, settings, err);
    *sink = NULL;
    if (report == NULL)
        return SF_E_MEMORY;
    report->format = format;
    if (report->plain.settings.source == NULL)
        report->plain.settings.source = "";
    report->rows.keeps_segments = true;
    if (sf_output_init(&report->scratch, -1) != 0) {
        free(report);
        return sf_error_set(err, SF_E_MEMORY, 0, "out of memory");
    }
    *sink = &report->plain.sink;
    return 0;
}
