#include "sink/lesson.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "words/sentence.h"
#include "words/translate.h"
#include "words/words.h"

/* What one segment is told of. */
struct lesson {
    sf_field_fn *take_field;
    sf_reason_fn *take_reason;
    void *context;
    const struct sf_flow *flow;
    const struct sf_row *row;
    const struct sf_segment *segment;
    enum sf_side sender;
    bool is_absolute;
};

/* ---- a line of the table --------------------------------------------------------------------- */

/* `bits` 0: no field of the header. */
static void put_field(const struct lesson *lesson, const char *name, unsigned bits,
                      const char *value, const char *meaning)
{
    const struct sf_field field = {.name = name, .bits = bits, .value = value, .meaning = meaning};
    if (lesson->take_field != NULL)
        lesson->take_field(lesson->context, &field);
}

static void put_number(const struct lesson *lesson, const char *name, unsigned bits, uint64_t value,
                       const char *meaning)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, value);
    put_field(lesson, name, bits, text, meaning);
}

/* ---- the fixed part, RFC 9293 §3.1 ------------------------------------------------------------
 */

static void put_ports(const struct lesson *lesson)
{
    const struct sf_segment *segment = lesson->segment;
    bool is_client = lesson->sender == SF_CLIENT;
    const char *client = _("the client's port"), *server = _("the server's port");
    put_number(lesson, _("source port"), 16, segment->key.port[segment->from & 1],
               is_client ? client : server);
    put_number(lesson, _("destination port"), 16, segment->key.port[1 - (segment->from & 1)],
               is_client ? server : client);
}

static const char *meaning_of_seq(const struct sf_segment *segment)
{
    if ((segment->flags & SF_RST) != 0)
        return _("its next number, or taken from what it answers");
    if ((segment->flags & SF_SYN) != 0)
        return _("the initial number (ISN); the SYN itself takes it");
    if (segment->payload > 0)
        return _("the number of the first byte carried");
    if ((segment->flags & SF_FIN) != 0)
        return _("the next number of the stream; the FIN takes it");
    return _("the next number that it will use");
}

/* A RST with number 0 answers what belongs to no connection, RFC 9293 §3.10.7.1. */
static bool knows_connection(const struct sf_segment *segment)
{
    return (segment->flags & SF_RST) == 0 || segment->seq != 0;
}

static void put_numbers(const struct lesson *lesson)
{
    char text[64];
    const struct sf_segment *segment = lesson->segment;
    (void)snprintf(text, sizeof text, _("%" PRIu32 " (rel. %" PRIu32 ")"), segment->seq,
                   lesson->row->seq_rel);
    put_field(lesson, _("sequence number"), 32, text, meaning_of_seq(segment));
    if ((segment->flags & SF_ACK) == 0) {
        put_number(lesson, _("acknowledgment no."), 32, segment->ack,
                   _("not valid: the ACK flag is not set"));
        return;
    }
    (void)snprintf(text, sizeof text, _("%" PRIu32 " (rel. %" PRIu32 ")"), segment->ack,
                   lesson->row->ack_rel);
    put_field(lesson, _("acknowledgment no."), 32, text,
              knows_connection(segment) ? _("the number it expects next; all before it has come")
                                        : _("the number behind what it answers"));
}

static void put_offset(const struct lesson *lesson)
{
    char text[96];
    unsigned words = lesson->segment->data_offset;
    (void)snprintf(text, sizeof text, _("in 32-bit words: %u × 4 = %u bytes of header"), words,
                   words * 4);
    put_number(lesson, _("data offset"), 4, words, text);
    put_number(lesson, _("reserved"), 3, lesson->segment->reserved, _("must be 0"));
}

/* The flags in the order of the header, with what each says when it is set. */
static const struct {
    uint16_t flag;
    const char *name, *meaning;
} flags[] = {
    {SF_AE, "AE", N_("accurate ECN (RFC 9768)")},
    {SF_CWR, "CWR", N_("congestion window reduced, or ECN asked for (RFC 3168)")},
    {SF_ECE, "ECE", N_("congestion was met, or ECN is known (RFC 3168)")},
    {SF_URG, "URG", N_("the urgent pointer is valid")},
    {SF_ACK, "ACK", N_("the acknowledgment number is valid")},
    {SF_PSH, "PSH", N_("hand what has come to the application at once")},
    {SF_RST, "RST", N_("the connection is thrown away")},
    {SF_SYN, "SYN", N_("opens: announces the initial number")},
    {SF_FIN, "FIN", N_("closes: nothing more will be sent")},
};

static void put_flags(const struct lesson *lesson)
{
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        bool is_set = (lesson->segment->flags & flags[i].flag) != 0;
        put_number(lesson, flags[i].name, 1, is_set ? 1 : 0,
                   is_set ? sf_translate(flags[i].meaning) : "");
    }
}

static void put_window(const struct lesson *lesson)
{
    char text[128];
    const struct sf_segment *segment = lesson->segment;
    unsigned shift = lesson->flow->end[lesson->sender].wscale;
    if ((segment->flags & SF_RST) != 0)
        (void)snprintf(text, sizeof text, "%s", _("means nothing in a RST"));
    else if ((segment->flags & SF_SYN) != 0)
        (void)snprintf(text, sizeof text, "%s", _("bytes it can take; in a SYN never scaled"));
    else if (shift > 0)
        (void)snprintf(text, sizeof text, _("× 2^%u = %" PRIu64 " bytes that it can take"), shift,
                       (uint64_t)segment->window << shift);
    else
        (void)snprintf(text, sizeof text, "%s", _("bytes that it can take"));
    put_number(lesson, _("window"), 16, segment->window, text);
}

static const char *meaning_of_checksum(const struct sf_segment *segment)
{
    switch ((enum sf_checksum)segment->checksum_state) {
    case SF_CHECKSUM_GOOD:
        return _("right");
    case SF_CHECKSUM_BAD:
        return _("wrong: damaged on the way");
    case SF_CHECKSUM_OFFLOADED:
        return _("not computed yet: left to the network card");
    case SF_CHECKSUM_PARTIAL:
        return _("cannot be verified: not all was captured");
    case SF_CHECKSUM_UNVERIFIED:
        break;
    }
    return _("not verified");
}

static void put_checksum(const struct lesson *lesson)
{
    char text[16];
    const struct sf_segment *segment = lesson->segment;
    (void)snprintf(text, sizeof text, "0x%04x", segment->checksum);
    put_field(lesson, _("checksum"), 16, text, meaning_of_checksum(segment));
    put_number(lesson, _("urgent pointer"), 16, segment->urgent,
               (segment->flags & SF_URG) != 0 ? _("urgent data end there")
                                              : _("not valid: URG is not set"));
}

/* ---- options --------------------------------------------------------------------------------- */

/* Octets of the options that are shown; the rest of the header is padding. */
static unsigned put_size_options(const struct lesson *lesson, const struct sf_options *options)
{
    unsigned octets = 0;
    char text[96];
    if ((options->present & SF_OPT_MSS) != 0) {
        put_number(lesson, _("option MSS"), 32, options->mss,
                   _("the largest payload it takes in one segment"));
        octets += 4;
    }
    if ((options->present & SF_OPT_WSCALE) != 0) {
        (void)snprintf(text, sizeof text, _("its later windows count × 2^%u, if both offer it"),
                       options->wscale);
        put_number(lesson, _("option window scale"), 24, options->wscale, text);
        octets += 3;
    }
    return octets;
}

static void put_timestamps(const struct lesson *lesson, const struct sf_options *options)
{
    bool has_ack = (lesson->segment->flags & SF_ACK) != 0;
    put_field(lesson, _("option timestamps"), 16, "8, 10", _("kind and length"));
    put_number(lesson, _("  TSval"), 32, options->tsval, _("its own clock"));
    put_number(lesson, _("  TSecr"), 32, options->tsecr,
               has_ack ? _("the other end's clock, echoed")
                       : _("not valid: the ACK flag is not set (RFC 7323 §3.2)"));
}

static unsigned put_ack_options(const struct lesson *lesson, const struct sf_options *options)
{
    unsigned octets = 0;
    char text[64];
    if ((options->present & SF_OPT_SACK_PERMITTED) != 0) {
        put_field(lesson, _("option SACK"), 16, _("permitted"),
                  _("it understands selective acknowledgments"));
        octets += 2;
    }
    if ((options->present & SF_OPT_SACK) != 0) {
        (void)snprintf(text, sizeof text, "%" PRIu32 "-%" PRIu32, options->sack_left,
                       options->sack_right);
        put_field(lesson, _("option SACK block"), 80, text,
                  _("bytes it has behind a gap (the first block)"));
        octets += 10;
    }
    if ((options->present & SF_OPT_TIMESTAMPS) != 0) {
        put_timestamps(lesson, options);
        octets += 10;
    }
    return octets;
}

static unsigned put_other_options(const struct lesson *lesson, const struct sf_options *options)
{
    unsigned octets = 0;
    if ((options->present & SF_OPT_FASTOPEN) != 0) {
        put_number(lesson, _("option Fast Open"), 16 + 8u * options->fastopen_length,
                   options->fastopen_length, _("bytes of cookie; 0 asks for one"));
        octets += 2u + options->fastopen_length;
    }
    if ((options->present & SF_OPT_USER_TIMEOUT) != 0) {
        put_number(lesson, _("option user timeout"), 32, options->user_timeout & 0x7fffu,
                   (options->user_timeout & 0x8000u) != 0 ? _("minutes") : _("seconds"));
        octets += 4;
    }
    return octets;
}

/* More octets than this are not padding alone: options use at most so many to align themselves. */
#define PADDING_MOST 5

/* No-operations, the end of the list, and options that are not shown by name. */
static void put_padding(const struct lesson *lesson, unsigned shown)
{
    const struct sf_segment *segment = lesson->segment;
    unsigned words = segment->data_offset;
    unsigned octets = words > 5 ? (words - 5) * 4 : 0;
    unsigned rest = octets > shown ? octets - shown : 0;
    bool has_others =
        rest > PADDING_MOST || (segment->options.present & (SF_OPT_MPTCP | SF_OPT_SACK)) != 0;
    if (rest == 0)
        return;
    if ((segment->quality & SF_QUALITY_NO_TCP_OPTIONS) != 0)
        put_field(lesson, _("options"), rest * 8, "", _("not captured whole"));
    else if (has_others)
        put_field(lesson, _("other and padding"), rest * 8, "",
                  _("options not shown here, NOP, end of list"));
    else
        put_field(lesson, _("padding"), rest * 8, "",
                  _("NOP or end of list, up to whole 32-bit words"));
}

static void put_options(const struct lesson *lesson)
{
    const struct sf_options *options = &lesson->segment->options;
    unsigned shown = put_size_options(lesson, options);
    shown += put_ack_options(lesson, options);
    shown += put_other_options(lesson, options);
    put_padding(lesson, shown);
    put_number(lesson, _("payload"), 0, lesson->segment->payload,
               _("bytes of data behind the header"));
}

/* ---- why the numbers are what they are ----------------------------------------------------------
 */

static void put_reason(const struct lesson *lesson, const char *text)
{
    if (lesson->take_reason != NULL)
        lesson->take_reason(lesson->context, text);
}

/* The letter of an end's first number in textbooks. */
static char letter_of_syn(enum sf_side side)
{
    return side == SF_CLIENT ? 'x' : 'y';
}

/* … and of its FIN: u is the first closer's. */
static char letter_of_fin(const struct sf_flow *flow, enum sf_side side)
{
    return flow->closed_by == side ? 'u' : 'v';
}

/* "601439977 (rel. 81)", as the table above has it; absolute alone where that is asked for. */
static void add_number(struct sf_sentence *text, const struct lesson *lesson, uint32_t number,
                       uint32_t relative)
{
    sf_sentence_add_number(text, number);
    if (lesson->is_absolute)
        return;
    sf_sentence_add(text, _(" (rel. "));
    sf_sentence_add_number(text, relative);
    sf_sentence_add(text, ")");
}

static void add_format(struct sf_sentence *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void add_format(struct sf_sentence *text, const char *format, ...)
{
    char part[256];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(part, sizeof part, format, values);
    va_end(values);
    sf_sentence_add(text, part);
}

/* A RST that its receiver takes has the number that is expected, RFC 9293 §3.5.3. */
static void add_seq_of_reset(struct sf_sentence *text, const struct lesson *lesson)
{
    const struct sf_segment *segment = lesson->segment;
    const char *other = sf_side_text(sf_other(lesson->sender));
    bool is_ignored = false;
    for (unsigned i = 0; i < lesson->row->n_notes; i++)
        is_ignored |= sf_row_note(lesson->row, i).annotation == SF_SAY_RESET_IGNORED;
    if (is_ignored)
        add_format(text, _("seq: %" PRIu32 " is not the number that %s expects next."),
                   segment->seq, other);
    else if (!knows_connection(segment))
        sf_sentence_add(text, _("seq: 0, because what it answers had no ACK to take a number "
                                "from (RFC 9293 §3.5.2)."));
    else
        add_format(text, _("seq: %" PRIu32 ", the number that %s expects next."), segment->seq,
                   other);
}

/* Where a number of the stream comes from: the SYN, then everything sent. */
static void add_seq_of_stream(struct sf_sentence *text, const struct lesson *lesson)
{
    const struct sf_segment *segment = lesson->segment;
    const struct sf_end *end = &lesson->flow->end[lesson->sender];
    char letter = letter_of_syn(lesson->sender), fin = letter_of_fin(lesson->flow, lesson->sender);
    uint32_t relative = lesson->row->seq_rel;
    bool has_fin = (segment->flags & SF_FIN) != 0;
    if (!has_fin && (end->known & SF_KNOWS_FIN) != 0 && segment->seq == end->fin)
        add_format(text, _("seq: %c + 1 = %" PRIu32 ", because its FIN took number %c"), fin,
                   segment->seq, fin);
    else if ((end->known & SF_KNOWS_ISS) == 0 || relative == 0)
        add_format(text, _("seq: %" PRIu32 ", the next number of the stream"), segment->seq);
    else if (relative == 1)
        add_format(text, _("seq: %c + 1 = %" PRIu32 ", because the SYN took number %c"), letter,
                   segment->seq, letter);
    else
        add_format(text,
                   _("seq: not random but the next number of the stream, %c + 1 + %" PRIu32
                     " bytes sent before = %" PRIu32),
                   letter, relative - 1, segment->seq);
    if (has_fin) {
        add_format(text, _("; the FIN takes number %c = "), fin);
        add_number(text, lesson, segment->seq + segment->payload, relative + segment->payload);
    }
    sf_sentence_add(text, _("."));
}

static void explain_seq(const struct lesson *lesson)
{
    char text[512];
    struct sf_sentence sentence;
    const struct sf_segment *segment = lesson->segment;
    sf_sentence_init(&sentence, text, sizeof text);
    if ((segment->flags & SF_RST) != 0)
        add_seq_of_reset(&sentence, lesson);
    else if ((segment->flags & SF_SYN) != 0)
        add_format(&sentence, _("seq: %c = %" PRIu32 ", chosen by %s so that nobody can guess it."),
                   letter_of_syn(lesson->sender), segment->seq, sf_side_text(lesson->sender));
    else
        add_seq_of_stream(&sentence, lesson);
    put_reason(lesson, text);
}

/* What the acknowledgment covers: the FIN, the SYN, or what was sent between them. */
static void add_ack(struct sf_sentence *text, const struct lesson *lesson)
{
    const struct sf_segment *segment = lesson->segment;
    enum sf_side other = sf_other(lesson->sender);
    const struct sf_end *end = &lesson->flow->end[other];
    char syn = letter_of_syn(other), fin = letter_of_fin(lesson->flow, other);
    uint32_t relative = lesson->row->ack_rel;
    bool knows_start = (end->known & SF_KNOWS_ISS) != 0;
    if ((end->known & SF_KNOWS_FIN) != 0 && segment->ack == end->fin) {
        add_format(text, _("ack: %c + 1 = %" PRIu32 ", because the FIN took number %c = "), fin,
                   segment->ack, fin);
        add_number(text, lesson, segment->ack - 1, relative - 1);
        sf_sentence_add(text, _(", and everything before it has come."));
    } else if (!knows_connection(segment)) {
        add_format(text, _("ack: %" PRIu32 ", the number behind what it answers%s."), segment->ack,
                   knows_start && relative == 1 ? _(": the SYN takes one number") : "");
    } else if (knows_start && relative == 1) {
        add_format(text,
                   _("ack: %c + 1 = %" PRIu32 ", because the SYN takes one number: %" PRIu32
                     " is what %s expects next."),
                   syn, segment->ack, segment->ack, sf_side_text(lesson->sender));
    } else if (knows_start && relative > 1) {
        add_format(text, _("ack: %c + 1 + %" PRIu32 " bytes that have come = %" PRIu32 "."), syn,
                   relative - 1, segment->ack);
    } else {
        add_format(text, _("ack: %" PRIu32 " is what %s expects next."), segment->ack,
                   sf_side_text(lesson->sender));
    }
}

static void explain_ack(const struct lesson *lesson)
{
    char text[512];
    struct sf_sentence sentence;
    const struct sf_segment *segment = lesson->segment;
    bool opens = (segment->flags & (SF_SYN | SF_ACK)) == SF_SYN;
    sf_sentence_init(&sentence, text, sizeof text);
    if (opens)
        add_format(&sentence, _("ack: none yet, because no number of %s is known."),
                   sf_side_text(sf_other(lesson->sender)));
    else if ((segment->flags & SF_ACK) == 0)
        sf_sentence_add(&sentence, _("ack: none, because the ACK flag is not set."));
    else
        add_ack(&sentence, lesson);
    put_reason(lesson, text);
}

/* ---- what is told of a segment ------------------------------------------------------------------
 */

void sf_lesson_heading(char text[SF_LESSON_HEADING_SIZE], const struct sf_row *row,
                       const struct sf_segment *segment)
{
    char names[SF_FLAGS_SIZE];
    (void)sf_flags_text(names, segment->flags);
    (void)snprintf(text, SF_LESSON_HEADING_SIZE, _("packet %" PRIu64 ", %s from %s"), row->number,
                   names, sf_side_text(row->sender == SF_CLIENT ? SF_CLIENT : SF_SERVER));
}

void sf_lesson_tell(const struct sf_told *told, sf_field_fn *take_field, sf_reason_fn *take_reason,
                    void *context)
{
    const struct lesson lesson = {
        .take_field = take_field,
        .take_reason = take_reason,
        .context = context,
        .flow = told->flow,
        .row = told->row,
        .segment = told->segment,
        .sender = told->row->sender == SF_CLIENT ? SF_CLIENT : SF_SERVER,
        .is_absolute = told->absolute,
    };
    put_ports(&lesson);
    put_numbers(&lesson);
    put_offset(&lesson);
    put_flags(&lesson);
    put_window(&lesson);
    put_checksum(&lesson);
    put_options(&lesson);
    explain_seq(&lesson);
    explain_ack(&lesson);
}
