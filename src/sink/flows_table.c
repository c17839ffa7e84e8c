#include "sink/make.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "sink/paper.h"
#include "words/sentence.h"
#include "words/translate.h"
#include "words/words.h"

/* A page this wide takes a connection in one line; on others it takes two, or three with findings.
 */
#define ONE_LINE_FROM 184
#define ID_END        6
#define START         8
#define ENDS          42 /* behind "2026-07-28T14:03:07.123456+02:00" */
#define OUTCOME_LONG  90 /* where the second half begins in one line … */
#define OUTCOME_SHORT 8  /* … and in two */

/* Columns of the outcome, from its beginning. */
enum { AT_CLOSE = 14, AT_BY = 29, DURATION_END = 47, OCTETS_END = 67, AT_FINDINGS = 69 };

static size_t outcome_column(const struct sf_paper *paper)
{
    return paper->width >= ONE_LINE_FROM ? OUTCOME_LONG : OUTCOME_SHORT;
}

static void begin_outcome(struct sf_paper *paper, size_t column)
{
    if (paper->width < ONE_LINE_FROM || paper->column >= column)
        sf_paper_end_line(paper);
    sf_paper_to(paper, column);
}

struct table {
    struct sf_plain plain;
    bool has_header;
};

static void put_names(struct sf_paper *paper)
{
    size_t column = outcome_column(paper);
    sf_paper_right(paper, ID_END, _("id"));
    sf_paper_to(paper, START);
    sf_paper_put_ink(paper, SF_INK_STRONG, _("start"));
    sf_paper_to(paper, ENDS);
    sf_paper_put_ink(paper, SF_INK_STRONG, _("client → server"));
    begin_outcome(paper, column);
    sf_paper_put_ink(paper, SF_INK_STRONG, _("handshake"));
    sf_paper_to(paper, column + AT_CLOSE);
    sf_paper_put_ink(paper, SF_INK_STRONG, _("close"));
    sf_paper_to(paper, column + AT_BY);
    sf_paper_put_ink(paper, SF_INK_STRONG, _("by"));
    sf_paper_right(paper, column + DURATION_END, _("duration"));
    sf_paper_right(paper, column + OCTETS_END, _("bytes → / ←"));
    if (paper->width >= ONE_LINE_FROM) {
        sf_paper_to(paper, column + AT_FINDINGS);
        sf_paper_put_ink(paper, SF_INK_STRONG, _("findings"));
    }
    sf_paper_end_line(paper);
}

/* Two long addresses go below each other. */
static void put_ends(struct sf_paper *paper, const struct sf_flow *flow)
{
    char client[SF_ENDPOINT_SIZE], server[SF_ENDPOINT_SIZE];
    const struct sf_key *key = &flow->key;
    unsigned end = flow->client;
    size_t columns = sf_endpoint_text(client, key->addr[end], key->ip, key->port[end]) +
                     sf_endpoint_text(server, key->addr[1 - end], key->ip, key->port[1 - end]) +
                     (paper->ascii ? 4 : 3);
    bool fits_here = paper->column + columns <= paper->width;
    if (!fits_here) {
        sf_paper_end_line(paper);
        sf_paper_to(paper, START);
    }
    sf_paper_put(paper, client);
    if (paper->column + columns - strlen(client) > paper->width) {
        sf_paper_end_line(paper);
        sf_paper_to(paper, START - 2);
        sf_paper_put(paper, "→ ");
    } else {
        sf_paper_put(paper, " → ");
    }
    sf_paper_put(paper, server);
}

/* Exact up to seven digits; beyond that in megabytes, gigabytes … */
static size_t octets_text(char *text, size_t size, uint64_t octets)
{
    static const char *const units[] = {"MB", "GB", "TB", "PB", "EB"};
    const uint64_t exact = 10000000;
    size_t unit = 0;
    int n;
    if (octets < exact) {
        n = snprintf(text, size, "%" PRIu64, octets);
    } else {
        octets /= 1000000;
        for (; octets >= 10000; unit++)
            octets /= 1000;
        n = snprintf(text, size, "%" PRIu64 " %s", octets, units[unit]);
    }
    return n > 0 ? (size_t)n : 0;
}

static void put_outcome(struct sf_paper *paper, const struct sf_flow *flow, size_t column)
{
    char text[64];
    sf_paper_put(paper, sf_handshake_word(flow->handshake));
    sf_paper_to(paper, column + AT_CLOSE);
    sf_paper_put(paper, sf_close_word(flow->close));
    sf_paper_to(paper, column + AT_BY);
    sf_paper_put(paper, flow->closed_by < SF_NOBODY ? sf_side_name(flow->closed_by) : "-");
    sf_paper_to(paper, paper->column + 1);
    (void)sf_clock_duration(text, sf_clock_between(flow->start_ns, flow->last_ns));
    sf_paper_right(paper, column + DURATION_END, text);
    size_t n = octets_text(text, sizeof text, flow->end[SF_CLIENT].bytes);
    n += (size_t)snprintf(text + n, sizeof text - n, " / ");
    (void)octets_text(text + n, sizeof text - n, flow->end[SF_SERVER].bytes);
    sf_paper_to(paper, paper->column + 1);
    sf_paper_right(paper, column + OCTETS_END, text);
}

/* Their codes, each once. */
static void put_findings(struct sf_paper *paper, const struct sf_flow *flow, size_t column)
{
    uint8_t worst[SF_CODE_COUNT] = {0};
    bool is_one_line = paper->width >= ONE_LINE_FROM;
    size_t indent = is_one_line ? column + AT_FINDINGS : column;
    if (flow->n_found == 0)
        return;
    for (uint32_t i = 0; i < flow->n_found; i++) {
        const struct sf_found *found = &flow->found[i];
        if (found->code < SF_CODE_COUNT && worst[found->code] < found->severity + 1)
            worst[found->code] = (uint8_t)(found->severity + 1);
    }
    if (!is_one_line)
        sf_paper_end_line(paper);
    sf_paper_to(paper, indent);
    for (unsigned code = 0; code < SF_CODE_COUNT; code++) {
        const char *name = sf_code_name(code);
        if (worst[code] == 0)
            continue;
        if (paper->column > indent && paper->column + 1 + strlen(name) > paper->width)
            sf_paper_end_line(paper);
        else if (paper->column > indent)
            sf_paper_put(paper, " ");
        sf_paper_to(paper, indent);
        sf_paper_put_ink(paper, SF_INK_SEVERITY + worst[code] - 1u, name);
    }
}

/* Once, and not before something was read: what cannot be opened has no table. */
static void put_header(struct table *table)
{
    struct sf_paper paper;
    if (table->has_header || table->plain.settings.quiet)
        return;
    table->has_header = true;
    sf_paper_init(&paper, &table->plain.settings);
    put_names(&paper);
}

static void put_flow(const struct sf_plain *plain, const struct sf_flow *flow)
{
    char text[SF_CLOCK_SIZE];
    struct sf_paper paper;
    sf_paper_init(&paper, &plain->settings);
    size_t column = outcome_column(&paper);
    (void)snprintf(text, sizeof text, "%" PRIu32, flow->id);
    sf_paper_right(&paper, ID_END, text);
    sf_paper_to(&paper, START);
    if (paper.column > START)
        sf_paper_put(&paper, " ");
    (void)sf_clock_moment(text, flow->start_ns, flow->is_nano ? 9 : 6, 'T');
    sf_paper_put(&paper, text);
    sf_paper_put(&paper, " ");
    sf_paper_to(&paper, ENDS);
    put_ends(&paper, flow);
    begin_outcome(&paper, column);
    put_outcome(&paper, flow, column);
    put_findings(&paper, flow, column);
    sf_paper_end_line(&paper);
}

static int put(struct sf_sink *sink, const struct sf_event *event, struct sf_error *err)
{
    struct table *table = (struct table *)sink;
    put_header(table);
    if (event->kind == SF_EVENT_FLOW_END)
        put_flow(&table->plain, event->flow);
    return sf_plain_end_line(&table->plain, err);
}

static const struct sf_sink_type flows_table = {
    .name = "flows-table",
    .wants = SF_WANTS(SF_EVENT_FLOW_END) | SF_WANTS(SF_EVENT_TOTALS),
    .event = put,
    .free = sf_plain_free,
};

int sf_flows_table_new(struct sf_sink **sink, const struct sf_sink_settings *settings,
                       struct sf_error *err)
{
    *sink = sf_plain_new(sizeof(struct table), &flows_table, settings, err);
    if (*sink == NULL)
        return SF_E_MEMORY;
    if (settings->live)
        put_header((struct table *)*sink);
    return 0;
}
