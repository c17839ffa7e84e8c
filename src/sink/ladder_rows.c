#include "sink/ladder_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/width.h"
#include "sink/row_text.h"
#include "words/translate.h"
#include "words/words.h"

#define STATE_COLUMNS 12  /* "ESTABLISHED?" */
#define BESIDE_FROM   118 /* pages this wide have the notes beside the ladder */
#define DRAWN_MOST    84  /* a ladder is not drawn wider */
#define ARROW_LEAST   24
#define ARROW_SIZE    1024

/* ---- layout ---------------------------------------------------------------------------------- */

static size_t digits_of(uint64_t number)
{
    size_t n = 1;
    while (number >= 10) {
        number /= 10;
        n++;
    }
    return n;
}

static uint64_t last_number(const struct sf_rows *rows)
{
    for (uint32_t i = rows->n; i > 0; i--)
        if (!rows->rows[i - 1].is_silence)
            return rows->rows[i - 1].number;
    return 0;
}

/* Of the last packet, or of a silence that was noticed after it. */
static int64_t last_time(const struct sf_flow *flow, const struct sf_rows *rows)
{
    int64_t last_ns = flow->last_ns;
    for (uint32_t i = 0; i < rows->n; i++)
        if (rows->rows[i].time_ns > last_ns)
            last_ns = rows->rows[i].time_ns;
    return last_ns;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* ---- labels ---------------------------------------------------------------------------------- */

/* Columns between the blanks beside the label, two dashes and the head. */
static size_t label_room(const struct sf_frame *frame)
{
    return frame->arrow_end - frame->arrow - 5;
}

static struct sf_label_style style_of(const struct sf_frame *frame, enum sf_label_form form,
                                      bool has_keys)
{
    return (struct sf_label_style){.form = form, .absolute = frame->absolute, .has_keys = has_keys};
}

/* The first form that fits; returns which one it is. */
static enum sf_label_form fit_label(char label[SF_LABEL_SIZE], const struct sf_frame *frame,
                                    const struct sf_row *row)
{
    struct sf_label_style style = style_of(frame, SF_LABEL_WHOLE, frame->has_keys);
    sf_row_label(label, row, &style);
    while (sf_width(label) > label_room(frame) && style.form < SF_LABEL_LEAST) {
        style.form++;
        sf_row_label(label, row, &style);
    }
    return style.form;
}

/* One notation for all rows: the keys stay where each of them has room for them. */
static bool keys_fit(const struct sf_frame *frame, const struct sf_rows *rows)
{
    const struct sf_label_style style = style_of(frame, SF_LABEL_NO_LENGTH, true);
    char label[SF_LABEL_SIZE];
    for (uint32_t i = 0; i < rows->n; i++) {
        sf_row_label(label, &rows->rows[i], &style);
        if (!rows->rows[i].is_silence && sf_width(label) > label_room(frame))
            return false;
    }
    return true;
}

/* ---- the frame ------------------------------------------------------------------------------- */

struct sf_frame sf_frame_of(const struct sf_paper *paper, const struct sf_flow *flow,
                            const struct sf_rows *rows, bool absolute)
{
    uint64_t seconds =
        (uint64_t)sf_clock_between(flow->start_ns, last_time(flow, rows)) / 1000000000u;
    struct sf_frame frame = {
        .decimals = flow->is_nano ? 9 : 6,
        .start_ns = flow->start_ns,
        .absolute = absolute,
        .is_beside = paper->width >= BESIDE_FROM,
    };
    size_t drawn = paper->width < DRAWN_MOST ? paper->width : DRAWN_MOST;
    if (frame.is_beside)
        drawn = 80;
    frame.time_end = digits_of(seconds) + 1 + frame.decimals;
    frame.number_end = frame.time_end + 1 + larger(digits_of(last_number(rows)), 3);
    frame.client = frame.number_end + 2;
    frame.arrow = frame.client + STATE_COLUMNS + 1;
    frame.arrow_end = larger(frame.arrow + ARROW_LEAST, drawn - STATE_COLUMNS - 1);
    frame.server = frame.arrow_end + 1;
    frame.notes = frame.is_beside ? frame.server + STATE_COLUMNS + 2 : frame.arrow;
    frame.has_keys = keys_fit(&frame, rows);
    return frame;
}

/* ---- states ---------------------------------------------------------------------------------- */

static void put_state(struct sf_paper *paper, unsigned state, bool is_proved)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%s%s", sf_state_name(state),
                   is_proved || state == SF_STATE_NONE ? "" : "?");
    sf_paper_put_ink(paper, is_proved ? SF_INK_PROVED : SF_INK_ASSUMED, text);
}

/* What stands under the end's column before anything happened: no question there. */
static void put_first_state(struct sf_paper *paper, const struct sf_view *view)
{
    bool is_plain = view->state == SF_STATE_CLOSED || view->state == SF_STATE_LISTEN;
    if (view->state != SF_STATE_NONE)
        put_state(paper, view->state, view->is_proved || is_plain);
}

void sf_ladder_top(struct sf_paper *paper, const struct sf_frame *frame, const struct sf_rows *rows)
{
    sf_paper_right(paper, frame->time_end, _("time"));
    sf_paper_right(paper, frame->number_end, "#");
    sf_paper_to(paper, frame->client);
    sf_paper_put_ink(paper, SF_INK_STRONG, _("client"));
    sf_paper_to(paper, frame->server);
    sf_paper_put_ink(paper, SF_INK_STRONG, _("server"));
    sf_paper_end_line(paper);
    if (!rows->is_begun)
        return;
    sf_paper_to(paper, frame->client);
    put_first_state(paper, &rows->first[SF_CLIENT]);
    if (rows->first[SF_SERVER].state != SF_STATE_NONE) {
        sf_paper_to(paper, frame->server);
        put_first_state(paper, &rows->first[SF_SERVER]);
    }
    sf_paper_end_line(paper);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void put_time(struct sf_paper *paper, const struct sf_frame *frame, int64_t time_ns)
{
    char text[SF_ROW_TIME_SIZE];
    (void)sf_row_time(text, frame->start_ns, time_ns, frame->decimals);
    sf_paper_right(paper, frame->time_end, text);
}

static void add_dashes(struct sf_sentence *sentence, const struct sf_row *row, size_t n)
{
    const char *dash = row->icmp.kind != SF_ICMP_NONE ? "┄" : "─";
    while (n-- > 0)
        sf_sentence_add(sentence, dash);
}

static enum sf_label_form put_arrow(struct sf_paper *paper, const struct sf_frame *frame,
                                    const struct sf_row *row)
{
    char label[SF_LABEL_SIZE], text[ARROW_SIZE];
    struct sf_sentence arrow;
    enum sf_label_form form = fit_label(label, frame, row);
    size_t columns = frame->arrow_end - frame->arrow;
    size_t used = sf_width(label) + 3; /* two blanks, the head */
    size_t dashes = columns > used + 2 ? columns - used : 2;
    size_t in_front = dashes > 8 ? 4 : dashes / 2;
    sf_sentence_init(&arrow, text, sizeof text);
    bool is_right = sf_row_goes_right(row);
    if (!is_right) {
        sf_sentence_add(&arrow, "◀");
        in_front -= in_front == 4 ? 1 : 0;
    }
    add_dashes(&arrow, row, in_front);
    sf_sentence_add(&arrow, " ");
    sf_sentence_add(&arrow, label);
    sf_sentence_add(&arrow, " ");
    add_dashes(&arrow, row, dashes - in_front);
    if (is_right)
        sf_sentence_add(&arrow, "▶");
    sf_paper_to(paper, frame->arrow);
    sf_paper_put(paper, text);
    return form;
}

/* The line that says that an assumption was wrong. */
static void put_taken_back(struct sf_paper *paper, const struct sf_frame *frame,
                           const struct sf_row *row, enum sf_side side)
{
    char text[160];
    struct sf_sentence sentence;
    sf_sentence_init(&sentence, text, sizeof text);
    sf_row_taken_back(&sentence, row, side);
    if (sentence.length == 0)
        return;
    sf_paper_to(paper, frame->notes);
    sf_paper_wrap(paper, frame->notes, text);
    sf_paper_end_line(paper);
}

static void put_number(struct sf_paper *paper, const struct sf_frame *frame,
                       const struct sf_row *row)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, row->number);
    sf_paper_right(paper, frame->number_end, text);
    if (row->severity > 0)
        sf_paper_put_ink(paper, SF_INK_SEVERITY + row->severity - 1u, "!");
}

/* The states that are new with this row, each in its end's column. */
static void put_client_state(struct sf_paper *paper, const struct sf_frame *frame,
                             const struct sf_row *row)
{
    sf_paper_to(paper, frame->client);
    if (row->is_moved[SF_CLIENT])
        put_state(paper, row->after[SF_CLIENT].state, row->after[SF_CLIENT].is_proved);
}

static void put_server_state(struct sf_paper *paper, const struct sf_frame *frame,
                             const struct sf_row *row)
{
    if (!row->is_moved[SF_SERVER])
        return;
    sf_paper_to(paper, frame->server);
    put_state(paper, row->after[SF_SERVER].state, row->after[SF_SERVER].is_proved);
}

static void put_silence(struct sf_paper *paper, const struct sf_frame *frame,
                        const struct sf_row *row)
{
    char text[160];
    struct sf_sentence sentence;
    put_time(paper, frame, row->time_ns);
    sf_paper_to(paper, frame->number_end);
    if (row->severity > 0)
        sf_paper_put_ink(paper, SF_INK_SEVERITY + row->severity - 1u, "!");
    put_client_state(paper, frame, row);
    sf_paper_to(paper, frame->arrow);
    sf_sentence_init(&sentence, text, sizeof text);
    sf_row_silence(&sentence, row);
    sf_paper_put(paper, text);
    put_server_state(paper, frame, row);
    sf_paper_end_line(paper);
}

static void put_notes(struct sf_paper *paper, const struct sf_frame *frame,
                      const struct sf_row *row, enum sf_label_form form)
{
    char text[1024];
    struct sf_sentence notes;
    sf_sentence_init(&notes, text, sizeof text);
    sf_row_notes(&notes, row, frame->absolute, form == SF_LABEL_WHOLE);
    if (notes.length == 0)
        return;
    if (!frame->is_beside)
        sf_paper_end_line(paper);
    sf_paper_to(paper, frame->notes);
    sf_paper_wrap(paper, frame->notes, text);
}

static void put_segment(struct sf_paper *paper, const struct sf_frame *frame,
                        const struct sf_row *row)
{
    put_time(paper, frame, row->time_ns);
    put_number(paper, frame, row);
    put_client_state(paper, frame, row);
    enum sf_label_form form = put_arrow(paper, frame, row);
    put_server_state(paper, frame, row);
    put_notes(paper, frame, row, form);
    sf_paper_end_line(paper);
}

void sf_ladder_row(struct sf_paper *paper, const struct sf_frame *frame, const struct sf_row *row)
{
    if (row->is_silence)
        put_silence(paper, frame, row);
    else
        put_segment(paper, frame, row);
    put_taken_back(paper, frame, row, SF_CLIENT);
    put_taken_back(paper, frame, row, SF_SERVER);
}

void sf_ladder_fold(struct sf_paper *paper, const struct sf_frame *frame,
                    const struct sf_fold *fold)
{
    char text[160];
    struct sf_sentence sentence;
    sf_sentence_init(&sentence, text, sizeof text);
    if (fold->n + fold->n_errors == 0)
        return;
    sf_fold_text(&sentence, fold);
    sf_paper_right(paper, frame->number_end, "…");
    sf_paper_to(paper, frame->client);
    sf_paper_put_ink(paper, SF_INK_FAINT, text);
    sf_paper_end_line(paper);
}
