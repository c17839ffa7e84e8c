#include "sink/ladder_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "words/sentence.h"
#include "words/translate.h"
#include "words/words.h"

#define STATE_COLUMNS 12  /* "ESTABLISHED?" */
#define BESIDE_FROM   118 /* pages this wide have the notes beside the ladder */
#define DRAWN_MOST    84  /* a ladder is not drawn wider */
#define ARROW_LEAST   24
#define LABEL_SIZE    96
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

/* What is written on an arrow, from the whole to the least; the first that fits is taken. */
enum label { LABEL_WHOLE, LABEL_NO_LENGTH, LABEL_NO_PUSH, LABEL_LEAST };

/* "ICMP 3/13 quotes SYN seq=0": which error, and about which segment. */
static void make_error_label(char label[LABEL_SIZE], const struct sf_frame *frame,
                             const struct sf_row *row, enum label kind)
{
    char flags[SF_FLAGS_SIZE] = "";
    uint32_t seq = frame->absolute ? row->seq : row->seq_rel;
    unsigned shown = kind >= LABEL_NO_PUSH ? row->flags & ~(unsigned)SF_PSH : row->flags;
    if (shown != 0)
        (void)sf_flags_text(flags, shown);
    int n = snprintf(label, LABEL_SIZE, "%s %u/%u", row->icmp.ip == 6 ? "ICMPv6" : "ICMP",
                     row->icmp.type, row->icmp.code);
    if (kind < LABEL_LEAST)
        n += snprintf(label + n, LABEL_SIZE - (size_t)n, _(" quotes%s%s"), shown != 0 ? " " : "",
                      flags);
    (void)snprintf(label + n, LABEL_SIZE - (size_t)n, "%s%" PRIu32, frame->has_keys ? " seq=" : " ",
                   seq);
}

static void make_label(char label[LABEL_SIZE], const struct sf_frame *frame,
                       const struct sf_row *row, enum label kind)
{
    if (row->icmp.kind != SF_ICMP_NONE) {
        make_error_label(label, frame, row, kind);
        return;
    }
    char flags[SF_FLAGS_SIZE];
    uint32_t seq = frame->absolute ? row->seq : row->seq_rel;
    uint32_t ack = frame->absolute ? row->ack : row->ack_rel;
    unsigned shown = kind >= LABEL_NO_PUSH ? row->flags & ~(unsigned)SF_PSH : row->flags;
    const char *seq_key = frame->has_keys ? " seq=" : " ";
    const char *ack_key = frame->has_keys ? " ack=" : " ack ";
    const char *length_key = frame->has_keys ? " len=" : " len ";
    (void)sf_flags_text(flags, shown);
    int n = snprintf(label, LABEL_SIZE, "%s%s%" PRIu32, flags, seq_key, seq);
    if ((row->flags & SF_ACK) != 0 && kind < LABEL_LEAST)
        n += snprintf(label + n, LABEL_SIZE - (size_t)n, "%s%" PRIu32, ack_key, ack);
    if (row->payload > 0 && kind == LABEL_WHOLE)
        (void)snprintf(label + n, LABEL_SIZE - (size_t)n, "%s%" PRIu32, length_key, row->payload);
}

/* Columns between the blanks beside the label, two dashes and the head. */
static size_t label_room(const struct sf_frame *frame)
{
    return frame->arrow_end - frame->arrow - 5;
}

/* Returns what had to be left off. */
static enum label fit_label(char label[LABEL_SIZE], const struct sf_frame *frame,
                            const struct sf_row *row)
{
    enum label kind = LABEL_WHOLE;
    make_label(label, frame, row, kind);
    while (strlen(label) > label_room(frame) && kind < LABEL_LEAST)
        make_label(label, frame, row, ++kind);
    return kind;
}

/* One notation for all rows: the keys stay where each of them has room for them. */
static bool keys_fit(const struct sf_frame *frame, const struct sf_rows *rows)
{
    struct sf_frame with_keys = *frame;
    char label[LABEL_SIZE];
    with_keys.has_keys = true;
    for (uint32_t i = 0; i < rows->n; i++) {
        make_label(label, &with_keys, &rows->rows[i], LABEL_NO_LENGTH);
        if (!rows->rows[i].is_silence && strlen(label) > label_room(frame))
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
    char text[40];
    int64_t since = sf_clock_between(frame->start_ns, time_ns);
    const char *sign = since < 0 ? "-" : "";
    uint64_t size = since < 0 ? 0 - (uint64_t)since : (uint64_t)since;
    uint64_t fraction = size % 1000000000u / (frame->decimals == 9 ? 1 : 1000);
    (void)snprintf(text, sizeof text, "%s%" PRIu64 ".%0*" PRIu64, sign, size / 1000000000u,
                   (int)frame->decimals, fraction);
    sf_paper_right(paper, frame->time_end, text);
}

static void add_dashes(struct sf_sentence *sentence, const struct sf_row *row, size_t n)
{
    const char *dash = row->icmp.kind != SF_ICMP_NONE ? "┄" : "─";
    while (n-- > 0)
        sf_sentence_add(sentence, dash);
}

/* An error goes back to the end that sent what it quotes. */
static bool goes_right(const struct sf_row *row)
{
    return (row->sender == SF_CLIENT) != (row->icmp.kind != SF_ICMP_NONE);
}

static enum label put_arrow(struct sf_paper *paper, const struct sf_frame *frame,
                            const struct sf_row *row)
{
    char label[LABEL_SIZE], text[ARROW_SIZE];
    struct sf_sentence arrow;
    enum label kind = fit_label(label, frame, row);
    size_t columns = frame->arrow_end - frame->arrow;
    size_t used = strlen(label) + 3; /* two blanks, the head */
    size_t dashes = columns > used + 2 ? columns - used : 2;
    size_t in_front = dashes > 8 ? 4 : dashes / 2;
    sf_sentence_init(&arrow, text, sizeof text);
    bool is_right = goes_right(row);
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
    return kind;
}

static void add_note(struct sf_sentence *notes, const char *text)
{
    if (notes->length > 0)
        sf_sentence_add(notes, ", ");
    sf_sentence_add(notes, text);
}

/* "host unreachable, from 10.0.0.254". */
static void add_error(struct sf_sentence *notes, const struct sf_row *row)
{
    char text[SF_ICMP_SIZE], reporter[SF_ADDRESS_SIZE];
    (void)sf_icmp_text(text, &row->icmp);
    (void)sf_address_text(reporter, row->icmp.reporter, row->icmp.ip);
    add_note(notes, text);
    sf_sentence_add(notes, _(", from "));
    sf_sentence_add(notes, reporter);
}

/* What the arrow had no room for, what became of the segment, what the machine said of it. */
static void collect_notes(struct sf_sentence *notes, const struct sf_frame *frame,
                          const struct sf_row *row, enum label kind)
{
    char text[SF_NOTE_SIZE];
    if (row->icmp.kind != SF_ICMP_NONE) {
        add_error(notes, row);
    } else if (kind != LABEL_WHOLE && row->payload > 0) {
        (void)snprintf(text, sizeof text,
                       sf_translate_n("%" PRIu32 " byte", "%" PRIu32 " bytes", row->payload),
                       row->payload);
        add_note(notes, text);
    }
    if (row->fate == SF_FATE_COPY)
        add_note(notes, _("a copy: the capture saw this packet before"));
    else if (row->fate == SF_FATE_DAMAGED)
        add_note(notes, _("damaged: its receiver throws it away"));
    else if (row->fate == SF_FATE_DOUBTED)
        add_note(notes, _("not believed: no such number was sent"));
    for (unsigned i = 0; i < row->n_notes; i++) {
        struct sf_note note = sf_row_note(row, i);
        if (frame->absolute)
            note = sf_note_absolute(note, row->seq - row->seq_rel);
        (void)sf_note_text(text, &note, NULL);
        add_note(notes, text);
    }
}

/* An end that never had a FIN may have closed itself meanwhile, and one that resets is gone: then
 * it is not where it was. */
static bool has_moved_on(unsigned was, const struct sf_view *is)
{
    return (is->state == SF_STATE_CLOSED && is->at > 0) ||
           (was == SF_STATE_CLOSE_WAIT && is->state != SF_STATE_ESTABLISHED);
}

/* The line that says that an assumption was wrong. */
static void put_taken_back(struct sf_paper *paper, const struct sf_frame *frame,
                           const struct sf_row *row, enum sf_side side)
{
    char text[160];
    unsigned was = row->taken_back[side], is = row->after[side].state;
    const char *format = _("%s: not %s after all, still %s");
    if (was == SF_STATE_NONE)
        return;
    if (is == was)
        format = _("%s: not yet %s when it sent this");
    else if (has_moved_on(was, &row->after[side]))
        format = _("%s: not %s after all, but %s");
    (void)snprintf(text, sizeof text, format, sf_side_text(side), sf_state_name(was),
                   sf_state_name(is));
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
    sf_sentence_add(&sentence, row->is_end ? _("in the end") : _("silence"));
    for (unsigned i = 0; i < row->n_codes; i++) {
        sf_sentence_add(&sentence, i == 0 ? ": " : ", ");
        sf_sentence_add(&sentence, sf_code_name(row->codes[i]));
    }
    sf_paper_put(paper, text);
    put_server_state(paper, frame, row);
    sf_paper_end_line(paper);
}

static void put_notes(struct sf_paper *paper, const struct sf_frame *frame,
                      const struct sf_row *row, enum label kind)
{
    char text[1024];
    struct sf_sentence notes;
    sf_sentence_init(&notes, text, sizeof text);
    collect_notes(&notes, frame, row, kind);
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
    enum label kind = put_arrow(paper, frame, row);
    put_server_state(paper, frame, row);
    put_notes(paper, frame, row, kind);
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
    char text[160], part[64];
    struct sf_sentence sentence;
    if (fold->n + fold->n_errors == 0)
        return;
    sf_sentence_init(&sentence, text, sizeof text);
    (void)snprintf(part, sizeof part,
                   sf_translate_n("%" PRIu64 " segment", "%" PRIu64 " segments", fold->n), fold->n);
    sf_sentence_add(&sentence, fold->n > 0 ? part : "");
    static const char *const arrows[2] = {"→", "←"};
    for (int side = 0; side < 2; side++) {
        if (fold->octets[side] == 0)
            continue;
        (void)snprintf(
            part, sizeof part,
            sf_translate_n(", %" PRIu64 " byte %s", ", %" PRIu64 " bytes %s", fold->octets[side]),
            fold->octets[side], arrows[side]);
        sf_sentence_add(&sentence, part);
    }
    (void)snprintf(
        part, sizeof part,
        sf_translate_n("%" PRIu64 " ICMP error", "%" PRIu64 " ICMP errors", fold->n_errors),
        fold->n_errors);
    if (fold->n_errors > 0 && fold->n > 0)
        sf_sentence_add(&sentence, ", ");
    sf_sentence_add(&sentence, fold->n_errors > 0 ? part : "");
    sf_paper_right(paper, frame->number_end, "…");
    sf_paper_to(paper, frame->client);
    sf_paper_put_ink(paper, SF_INK_FAINT, text);
    sf_paper_end_line(paper);
}
