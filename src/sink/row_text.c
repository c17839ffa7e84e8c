#include "sink/row_text.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/address.h"
#include "base/clock.h"
#include "words/translate.h"
#include "words/words.h"

/* ---- on the arrow ---------------------------------------------------------------------------- */

/* "ICMP 3/13 quotes SYN seq=0": which error, and about which segment. */
static void make_error_label(char label[SF_LABEL_SIZE], const struct sf_row *row,
                             const struct sf_label_style *style)
{
    char flags[SF_FLAGS_SIZE] = "";
    uint32_t seq = style->absolute ? row->seq : row->seq_rel;
    unsigned shown = style->form >= SF_LABEL_NO_PUSH ? row->flags & ~(unsigned)SF_PSH : row->flags;
    if (shown != 0)
        (void)sf_flags_text(flags, shown);
    int n = snprintf(label, SF_LABEL_SIZE, "%s %u/%u", row->icmp.ip == 6 ? "ICMPv6" : "ICMP",
                     row->icmp.type, row->icmp.code);
    if (style->form < SF_LABEL_LEAST)
        n += snprintf(label + n, SF_LABEL_SIZE - (size_t)n, _(" quotes%s%s"), shown != 0 ? " " : "",
                      flags);
    (void)snprintf(label + n, SF_LABEL_SIZE - (size_t)n, "%s%" PRIu32,
                   style->has_keys ? " seq=" : " ", seq);
}

void sf_row_label(char label[SF_LABEL_SIZE], const struct sf_row *row,
                  const struct sf_label_style *style)
{
    if (row->icmp.kind != SF_ICMP_NONE) {
        make_error_label(label, row, style);
        return;
    }
    char flags[SF_FLAGS_SIZE];
    uint32_t seq = style->absolute ? row->seq : row->seq_rel;
    uint32_t ack = style->absolute ? row->ack : row->ack_rel;
    unsigned shown = style->form >= SF_LABEL_NO_PUSH ? row->flags & ~(unsigned)SF_PSH : row->flags;
    const char *seq_key = style->has_keys ? " seq=" : " ";
    const char *ack_key = style->has_keys ? " ack=" : " ack ";
    const char *length_key = style->has_keys ? " len=" : " len ";
    (void)sf_flags_text(flags, shown);
    int n = snprintf(label, SF_LABEL_SIZE, "%s%s%" PRIu32, flags, seq_key, seq);
    if ((row->flags & SF_ACK) != 0 && style->form < SF_LABEL_LEAST)
        n += snprintf(label + n, SF_LABEL_SIZE - (size_t)n, "%s%" PRIu32, ack_key, ack);
    if (row->payload > 0 && style->form == SF_LABEL_WHOLE)
        (void)snprintf(label + n, SF_LABEL_SIZE - (size_t)n, "%s%" PRIu32, length_key,
                       row->payload);
}

bool sf_row_goes_right(const struct sf_row *row)
{
    return (row->sender == SF_CLIENT) != (row->icmp.kind != SF_ICMP_NONE);
}

/* ---- beside it ------------------------------------------------------------------------------- */

static void add_note(struct sf_sentence *notes, const char *text)
{
    if (notes->length > 0)
        sf_sentence_add(notes, _(", "));
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

void sf_row_notes(struct sf_sentence *notes, const struct sf_row *row, bool absolute,
                  bool has_length)
{
    char text[SF_NOTE_SIZE];
    if (row->icmp.kind != SF_ICMP_NONE) {
        add_error(notes, row);
    } else if (!has_length && row->payload > 0) {
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
        if (absolute)
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

void sf_row_taken_back(struct sf_sentence *sentence, const struct sf_row *row, enum sf_side side)
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
    sf_sentence_add(sentence, text);
}

void sf_row_silence(struct sf_sentence *sentence, const struct sf_row *row)
{
    sf_sentence_add(sentence, row->is_end ? _("in the end") : _("silence"));
    for (unsigned i = 0; i < row->n_codes; i++) {
        sf_sentence_add(sentence, i == 0 ? ": " : _(", "));
        sf_sentence_add(sentence, sf_code_name(row->codes[i]));
    }
}

/* ---- the rest -------------------------------------------------------------------------------- */

void sf_fold_text(struct sf_sentence *sentence, const struct sf_fold *fold)
{
    char part[64];
    (void)snprintf(part, sizeof part,
                   sf_translate_n("%" PRIu64 " segment", "%" PRIu64 " segments", fold->n), fold->n);
    sf_sentence_add(sentence, fold->n > 0 ? part : "");
    static const char *const arrows[2] = {"→", "←"};
    for (int side = 0; side < 2; side++) {
        if (fold->octets[side] == 0)
            continue;
        (void)snprintf(
            part, sizeof part,
            sf_translate_n(", %" PRIu64 " byte %s", ", %" PRIu64 " bytes %s", fold->octets[side]),
            fold->octets[side], arrows[side]);
        sf_sentence_add(sentence, part);
    }
    (void)snprintf(
        part, sizeof part,
        sf_translate_n("%" PRIu64 " ICMP error", "%" PRIu64 " ICMP errors", fold->n_errors),
        fold->n_errors);
    if (fold->n_errors > 0 && fold->n > 0)
        sf_sentence_add(sentence, _(", "));
    sf_sentence_add(sentence, fold->n_errors > 0 ? part : "");
}

int sf_row_time(char text[SF_ROW_TIME_SIZE], int64_t start_ns, int64_t time_ns, unsigned decimals)
{
    int64_t since = sf_clock_between(start_ns, time_ns);
    const char *sign = since < 0 ? "-" : "";
    uint64_t size = since < 0 ? 0 - (uint64_t)since : (uint64_t)since;
    uint64_t fraction = size % 1000000000u / (decimals == 9 ? 1 : 1000);
    return snprintf(text, SF_ROW_TIME_SIZE, "%s%" PRIu64 ".%0*" PRIu64, sign, size / 1000000000u,
                    (int)decimals, fraction);
}
