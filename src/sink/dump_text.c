#include "sink/make.h"

#include <stdio.h>

#include "base/address.h"
#include "base/clock.h"
#include "sink/paper.h"
#include "words/sentence.h"
#include "words/translate.h"
#include "words/words.h"

#define LINE_SIZE 1536
#define REMARKS   8 /* where remarks begin that have no room behind the segment */

struct dump {
    struct sf_plain plain;
    struct sf_clock_second last; /* of the last line */
    /* What nearly every line has, looked up once. */
    const char *name[2]; /* by enum sf_side */
    struct sf_note_words words;
};

/* The time, and in front of it the date when it is another one than in the line before. */
static void put_time(struct dump *dump, struct sf_paper *paper, int64_t time_ns, bool is_nano)
{
    char text[SF_CLOCK_SIZE];
    int64_t day = dump->last.day;
    bool is_first = !dump->last.is_set;
    (void)sf_clock_time(text, &dump->last, time_ns, is_nano ? 9 : 6);
    if (is_first || dump->last.day != day) {
        sf_paper_put_ink(paper, SF_INK_FAINT, dump->last.date);
        sf_paper_end_line(paper);
    }
    sf_paper_put(paper, text);
    sf_paper_put(paper, " ");
}

static void put_flow(struct sf_paper *paper, const struct sf_flow *flow)
{
    if (flow == NULL) {
        sf_paper_put(paper, " #- ");
        return;
    }
    sf_paper_put(paper, " #");
    sf_paper_number(paper, flow->id);
    sf_paper_put(paper, " ");
}

static void put_ends(struct sf_paper *paper, const struct sf_segment *segment)
{
    char from[SF_ENDPOINT_SIZE], to[SF_ENDPOINT_SIZE];
    const struct sf_key *key = &segment->key;
    unsigned end = segment->from & 1u;
    (void)sf_endpoint_text(from, key->addr[end], key->ip, key->port[end]);
    (void)sf_endpoint_text(to, key->addr[1 - end], key->ip, key->port[1 - end]);
    sf_paper_put(paper, from);
    sf_paper_put(paper, " → ");
    sf_paper_put(paper, to);
    sf_paper_put(paper, "  ");
}

static void put_value(struct sf_paper *paper, const char *name, uint32_t value)
{
    sf_paper_put(paper, name);
    sf_paper_number(paper, value);
}

static void put_numbers(struct sf_paper *paper, const struct sf_event *event, bool is_absolute)
{
    char flags[SF_FLAGS_SIZE];
    const struct sf_segment *segment = event->segment;
    bool as_sent = is_absolute || event->flow == NULL;
    (void)sf_flags_text(flags, segment->flags);
    sf_paper_put(paper, flags);
    put_value(paper, " seq=", as_sent ? segment->seq : event->step->seq_rel);
    if ((segment->flags & SF_ACK) != 0)
        put_value(paper, " ack=", as_sent ? segment->ack : event->step->ack_rel);
    put_value(paper, " win=", segment->window);
    put_value(paper, " len=", segment->payload);
}

static void add_state(struct sf_sentence *line, const struct sf_view *view)
{
    bool is_plain =
        view->state == SF_STATE_NONE ||
        (view->at == 0 && (view->state == SF_STATE_CLOSED || view->state == SF_STATE_LISTEN));
    sf_sentence_add(line, sf_state_name(view->state));
    if (!view->is_proved && !is_plain)
        sf_sentence_add(line, "?");
}

/* "client SYN_SENT→ESTABLISHED?", when something of it is new. */
static void add_move(const struct dump *dump, struct sf_sentence *line, const struct sf_step *step,
                     enum sf_side side)
{
    const struct sf_view *before = &step->before[side], *after = &step->after[side];
    if (before->state == after->state && before->is_proved == after->is_proved)
        return;
    sf_sentence_add(line, line->length > 0 ? _(", ") : "");
    sf_sentence_add(line, dump->name[side]);
    if (before->state != after->state) {
        add_state(line, before);
        sf_sentence_add(line, "→");
    }
    add_state(line, after);
}

static void add_part(struct sf_sentence *line, const char *text)
{
    sf_sentence_add(line, line->length > 0 ? _("; ") : "");
    sf_sentence_add(line, text);
}

/* What became of a segment that was not simply taken. */
static void add_fate(struct sf_sentence *line, const struct sf_event *event)
{
    static const char *const texts[] = {
        [SF_FATE_HELD] = N_("held until its answer tells which connection it belongs to"),
        [SF_FATE_COPY] = N_("a copy: the capture saw this packet before"),
        [SF_FATE_DAMAGED] = N_("damaged: its receiver throws it away"),
        [SF_FATE_LATE] = N_("late: its connection is over and written"),
        [SF_FATE_DOUBTED] = N_("not believed: no such number was sent"),
    };
    uint8_t fate = event->step->fate;
    if (fate == SF_FATE_SETTLED) {
        add_part(line, _("the SYN that was held belongs to connection #"));
        sf_sentence_add_number(line, event->flow != NULL ? event->flow->id : 0);
    } else if (fate < sizeof texts / sizeof *texts && texts[fate] != NULL) {
        add_part(line, sf_translate(texts[fate]));
    }
}

static void add_taken_back(struct sf_sentence *line, const struct sf_step *step, enum sf_side side)
{
    char text[128];
    if (step->taken_back[side] == SF_STATE_NONE)
        return;
    (void)snprintf(text, sizeof text, _("%s was not %s after all"), sf_side_text(side),
                   sf_state_name(step->taken_back[side]));
    add_part(line, text);
}

static void add_notes(const struct dump *dump, struct sf_sentence *line,
                      const struct sf_event *event)
{
    char text[SF_NOTE_SIZE];
    const struct sf_step *step = event->step;
    uint32_t first = dump->plain.settings.absolute ? event->segment->seq - step->seq_rel : 0;
    for (unsigned i = 0; i < step->n_notes && i < SF_NOTES_MAX; i++) {
        bool is_said = step->notes[i].annotation == SF_SAY_HELD && step->fate == SF_FATE_HELD;
        if (is_said)
            continue;
        struct sf_note note = sf_note_absolute(step->notes[i], first);
        (void)sf_note_text(text, &note, &dump->words);
        if (i == 0)
            add_part(line, text);
        else {
            sf_sentence_add(line, _(", "));
            sf_sentence_add(line, text);
        }
    }
}

/*
 * What is said of the segment: behind it; on a terminal too narrow for that, on lines of their own.
 */
static void put_remarks(const struct dump *dump, struct sf_paper *paper,
                        const struct sf_event *event)
{
    char text[LINE_SIZE];
    struct sf_sentence line;
    sf_sentence_init(&line, text, sizeof text);
    add_move(dump, &line, event->step, SF_CLIENT);
    add_move(dump, &line, event->step, SF_SERVER);
    add_fate(&line, event);
    add_taken_back(&line, event->step, SF_CLIENT);
    add_taken_back(&line, event->step, SF_SERVER);
    add_notes(dump, &line, event);
    if (line.length == 0)
        return;
    if (dump->plain.settings.terminal &&
        paper->column + 2 + sf_paper_columns(paper, text) > paper->width) {
        sf_paper_end_line(paper);
        sf_paper_to(paper, REMARKS);
        sf_paper_wrap(paper, REMARKS, text);
    } else {
        sf_paper_put(paper, "  ");
        sf_paper_put(paper, text);
    }
}

static void put_findings(struct sf_paper *paper, const struct sf_event *event)
{
    char text[SF_FINDING_SIZE];
    for (uint32_t i = 0; i < event->n_found; i++) {
        const struct sf_found *found = &event->found[i];
        sf_paper_to(paper, 4);
        sf_paper_put_ink(paper, SF_INK_SEVERITY + found->severity, "! ");
        sf_paper_put_ink(paper, SF_INK_SEVERITY + found->severity, sf_code_name(found->code));
        sf_paper_put(paper, " (");
        sf_paper_put(paper, sf_severity_text(found->severity));
        sf_paper_put(paper, ")  ");
        (void)sf_finding_text(text, sizeof text, found);
        sf_paper_wrap(paper, 6, text);
        sf_paper_end_line(paper);
    }
}

static void put_segment(struct dump *dump, struct sf_paper *paper, const struct sf_event *event)
{
    const struct sf_segment *segment = event->segment;
    put_time(dump, paper, segment->time_ns, segment->is_nano);
    sf_paper_number(paper, segment->number);
    put_flow(paper, event->flow);
    put_ends(paper, segment);
    put_numbers(paper, event, dump->plain.settings.absolute);
    put_remarks(dump, paper, event);
    sf_paper_end_line(paper);
    put_findings(paper, event);
}

/* "10.0.0.254: ICMP 3/13 communication administratively prohibited, quotes …" */
static void put_icmp(struct sf_paper *paper, const struct sf_icmp *icmp)
{
    char text[SF_ICMP_SIZE + 32], words[SF_ICMP_SIZE], reporter[SF_ADDRESS_SIZE];
    (void)sf_address_text(reporter, icmp->reporter, icmp->ip);
    (void)sf_icmp_text(words, icmp);
    sf_paper_put(paper, reporter);
    (void)snprintf(text, sizeof text, ": %s %u/%u %s", icmp->ip == 6 ? "ICMPv6" : "ICMP",
                   icmp->type, icmp->code, words);
    sf_paper_put(paper, text);
}

/* What a quote shows of the segment; what it does not have is left out. */
static void put_quoted(struct sf_paper *paper, const struct sf_event *event, bool is_absolute)
{
    char flags[SF_FLAGS_SIZE];
    const struct sf_segment *quoted = event->segment;
    if (quoted->flags != 0) {
        (void)sf_flags_text(flags, quoted->flags);
        sf_paper_put(paper, flags);
        sf_paper_put(paper, " ");
    }
    put_value(paper, "seq=", is_absolute ? quoted->seq : event->step->seq_rel);
    if (quoted->data_offset != 0)
        put_value(paper, " len=", quoted->payload);
}

static void put_error(struct dump *dump, struct sf_paper *paper, const struct sf_event *event)
{
    const struct sf_segment *quoted = event->segment;
    put_time(dump, paper, quoted->time_ns, quoted->is_nano);
    sf_paper_number(paper, quoted->number);
    put_flow(paper, event->flow);
    put_icmp(paper, &quoted->icmp);
    sf_paper_put(paper, _(", quotes "));
    put_ends(paper, quoted);
    put_quoted(paper, event, dump->plain.settings.absolute);
    put_remarks(dump, paper, event);
    sf_paper_end_line(paper);
    put_findings(paper, event);
}

/* Silence has no packet: the line names the connection. */
static void put_silence(struct dump *dump, struct sf_paper *paper, const struct sf_event *event)
{
    char text[LINE_SIZE];
    struct sf_sentence line;
    put_time(dump, paper, event->time_ns, event->flow->is_nano);
    sf_paper_put(paper, "-");
    put_flow(paper, event->flow);
    bool is_end = event->step != NULL && (event->step->marks & SF_MARK_END) != 0;
    sf_paper_put(paper, is_end ? _("in the end") : _("silence"));
    sf_sentence_init(&line, text, sizeof text);
    if (event->step != NULL) {
        add_move(dump, &line, event->step, SF_CLIENT);
        add_move(dump, &line, event->step, SF_SERVER);
    }
    sf_paper_put(paper, line.length > 0 ? "  " : "");
    sf_paper_put(paper, text);
    sf_paper_end_line(paper);
    put_findings(paper, event);
}

static int put(struct sf_sink *sink, const struct sf_event *event, struct sf_error *err)
{
    struct dump *dump = (struct dump *)sink;
    struct sf_paper paper;
    sf_paper_init(&paper, &dump->plain.settings);
    if (event->kind == SF_EVENT_SEGMENT)
        put_segment(dump, &paper, event);
    else if (event->kind == SF_EVENT_ICMP)
        put_error(dump, &paper, event);
    else if (event->kind == SF_EVENT_SILENCE)
        put_silence(dump, &paper, event);
    return sf_plain_end_line(&dump->plain, err);
}

static const struct sf_sink_type dump_text = {
    .name = "dump-text",
    .wants = SF_WANTS(SF_EVENT_SEGMENT) | SF_WANTS(SF_EVENT_ICMP) | SF_WANTS(SF_EVENT_SILENCE),
    .event = put,
    .free = sf_plain_free,
};

int sf_dump_text_new(struct sf_sink **sink, const struct sf_sink_settings *settings,
                     struct sf_error *err)
{
    *sink = sf_plain_new(sizeof(struct dump), &dump_text, settings, err);
    struct dump *dump = (struct dump *)*sink;
    if (dump == NULL)
        return SF_E_MEMORY;
    dump->name[SF_CLIENT] = _("client ");
    dump->name[SF_SERVER] = _("server ");
    sf_note_words_init(&dump->words);
    return 0;
}
