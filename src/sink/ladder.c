#include "sink/make.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sink/collection.h"
#include "sink/ladder_page.h"
#include "sink/lesson_page.h"
#include "words/translate.h"
#include "words/words.h"

#define NAMED_IDS_MOST 20 /* more than that are not listed in the closing line */

struct ladder {
    struct sf_plain plain;
    struct sf_collection rows;
    uint64_t n_flows, n_remarkable;
    uint32_t remarkable[NAMED_IDS_MOST]; /* ids of the first connections with findings */
    bool has_shown[SF_CODE_COUNT];       /* findings, by code */
    bool has_printed;
    bool has_dropped; /* a selection was made: not every connection was wanted */
};

/* ---- printing -------------------------------------------------------------------------------- */

static void put_lesson(const struct ladder *ladder, struct sf_paper *paper,
                       const struct sf_flow *flow, const struct sf_rows *rows, uint32_t at)
{
    const struct sf_told told = {.flow = flow,
                                 .row = &rows->rows[at],
                                 .segment = &rows->segments[at],
                                 .absolute = ladder->plain.settings.absolute};
    sf_lesson_put(paper, &told);
}

static void print_rows(const struct ladder *ladder, struct sf_paper *paper,
                       const struct sf_flow *flow, const struct sf_rows *rows)
{
    struct sf_frame frame = sf_frame_of(paper, flow, rows, ladder->plain.settings.absolute);
    bool is_behind_lesson = false;
    sf_ladder_top(paper, &frame, rows);
    for (uint32_t i = 0; i < rows->n; i++) {
        struct sf_row row = rows->rows[i];
        bool tells = sf_row_settle(&row, flow);
        if (is_behind_lesson && tells)
            sf_paper_end_line(paper);
        sf_ladder_fold(paper, &frame, &row.before);
        if (!tells)
            continue;
        sf_ladder_row(paper, &frame, &row);
        is_behind_lesson = rows->segments != NULL && rows->rows[i].is_lesson;
        if (is_behind_lesson)
            put_lesson(ladder, paper, flow, rows, i);
    }
    if (is_behind_lesson && rows->pending.n + rows->pending.n_errors > 0)
        sf_paper_end_line(paper);
    sf_ladder_fold(paper, &frame, &rows->pending);
}

static int print(struct ladder *ladder, const struct sf_flow *flow, struct sf_error *err)
{
    struct sf_paper paper;
    sf_paper_init(&paper, &ladder->plain.settings);
    if (ladder->has_printed) {
        sf_paper_end_line(&paper);
        sf_paper_end_line(&paper);
    }
    ladder->has_printed = true;
    if (!ladder->plain.settings.figure)
        sf_ladder_heading(&paper, flow);
    const struct sf_rows *rows = sf_collection_rows(&ladder->rows, flow);
    if (rows != NULL)
        print_rows(ladder, &paper, flow, rows);
    if (!ladder->plain.settings.figure) {
        sf_ladder_ends(&paper, flow);
        sf_ladder_findings(&paper, flow, ladder->plain.settings.verbose > 0);
    }
    return sf_plain_end_line(&ladder->plain, err);
}

static void count(struct ladder *ladder, const struct sf_flow *flow)
{
    ladder->n_flows++;
    if (flow->n_found == 0)
        return;
    for (uint32_t i = 0; i < flow->n_found; i++)
        if (flow->found[i].code < SF_CODE_COUNT)
            ladder->has_shown[flow->found[i].code] = true;
    if (ladder->n_remarkable < NAMED_IDS_MOST)
        ladder->remarkable[ladder->n_remarkable] = flow->id;
    ladder->n_remarkable++;
}

/* Would the command leave something out that was shown? */
static bool narrows(const struct ladder *ladder)
{
    return !ladder->plain.settings.live && !ladder->has_dropped &&
           ladder->n_remarkable < ladder->n_flows;
}

/* "synfin ladder --only id=17,93 FILE", on a line of its own. */
static void put_command(const struct ladder *ladder, struct sf_paper *paper)
{
    sf_paper_put(paper, ":");
    sf_paper_end_line(paper);
    sf_paper_put(paper, "  synfin ladder --only ");
    if (ladder->n_remarkable > NAMED_IDS_MOST) {
        sf_paper_put(paper, "anomalous");
    } else {
        for (uint64_t i = 0; i < ladder->n_remarkable; i++) {
            sf_paper_put(paper, i == 0 ? "id=" : ",");
            sf_paper_number(paper, ladder->remarkable[i]);
        }
    }
    const char *files = ladder->plain.settings.files;
    sf_paper_put(paper, " ");
    sf_paper_put(paper, files != NULL ? files : "FILE");
}

/* "synfin explain FINAL_ACK_LOST …": commands, each on a line of its own, for all that was shown.
 */
static void put_explain(const struct ladder *ladder, struct sf_paper *paper)
{
    static const char command[] = "  synfin explain";
    sf_paper_put(paper, _("what they mean:"));
    sf_paper_end_line(paper);
    for (unsigned code = 0; code < SF_CODE_COUNT; code++) {
        const char *name = sf_code_name(code);
        if (!ladder->has_shown[code])
            continue;
        if (paper->column > 0 && paper->column + 1 + strlen(name) > paper->width)
            sf_paper_end_line(paper);
        if (paper->column == 0)
            sf_paper_put(paper, command);
        sf_paper_put(paper, " ");
        sf_paper_put(paper, name);
    }
    sf_paper_end_line(paper);
}

/* The count of all, behind the last connection. */
static int conclude(struct ladder *ladder, struct sf_error *err)
{
    struct sf_paper paper;
    char text[160];
    if (ladder->plain.settings.quiet)
        return 0;
    sf_paper_init(&paper, &ladder->plain.settings);
    if (ladder->has_printed)
        sf_paper_end_line(&paper);
    (void)snprintf(
        text, sizeof text,
        sf_translate_n("%" PRIu64 " connection, ", "%" PRIu64 " connections, ", ladder->n_flows),
        ladder->n_flows);
    sf_paper_put(&paper, text);
    if (ladder->n_remarkable == 0)
        sf_paper_put(&paper, _("none with findings"));
    else
        (void)snprintf(text, sizeof text, _("%" PRIu64 " with findings"), ladder->n_remarkable);
    if (ladder->n_remarkable > 0) {
        sf_paper_put(&paper, text);
        if (narrows(ladder))
            put_command(ladder, &paper);
    }
    sf_paper_end_line(&paper);
    if (ladder->n_remarkable > 0)
        put_explain(ladder, &paper);
    return sf_plain_end_line(&ladder->plain, err);
}

/* ---- the sink -------------------------------------------------------------------------------- */

static int take(struct sf_sink *sink, const struct sf_event *event, struct sf_error *err)
{
    struct ladder *ladder = (struct ladder *)sink;
    int status = 0;
    switch (event->kind) {
    case SF_EVENT_SEGMENT:
    case SF_EVENT_ICMP:
    case SF_EVENT_SILENCE:
        return sf_collection_add(&ladder->rows, event, err);
    case SF_EVENT_FLOW_END:
        count(ladder, event->flow);
        status = print(ladder, event->flow, err);
        break;
    case SF_EVENT_FLOW_DROP:
        ladder->has_dropped = true;
        break;
    case SF_EVENT_TOTALS:
        return conclude(ladder, err);
    }
    sf_collection_forget(&ladder->rows, event->flow);
    return status;
}

static void free_ladder(struct sf_sink *sink)
{
    struct ladder *ladder = (struct ladder *)sink;
    sf_collection_release(&ladder->rows);
    free(ladder);
}

static const struct sf_sink_type ladder_type = {
    .name = "ladder",
    .wants = SF_WANTS(SF_EVENT_SEGMENT) | SF_WANTS(SF_EVENT_ICMP) | SF_WANTS(SF_EVENT_SILENCE) |
             SF_WANTS(SF_EVENT_FLOW_END) | SF_WANTS(SF_EVENT_FLOW_DROP) | SF_WANTS(SF_EVENT_TOTALS),
    .event = take,
    .free = free_ladder,
};

int sf_ladder_new(struct sf_sink **sink, const struct sf_sink_settings *settings,
                  struct sf_error *err)
{
    struct ladder *ladder = sf_plain_new(sizeof *ladder, &ladder_type, settings, err);
    if (ladder == NULL)
        return SF_E_MEMORY;
    ladder->rows.keeps_segments = settings->verbose > 0;
    *sink = &ladder->plain.sink;
    return 0;
}
