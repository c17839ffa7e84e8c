#include "words/words.h"

#include <string.h>

#include "base/address.h"
#include "words/sentence.h"
#include "words/translate.h"

static const char *const intervals[SF_CODE_COUNT] = {
#define INTERVAL(code, text) [SF_CODE_##code] = text,
#include "words/intervals.def"
#undef INTERVAL
};

static const struct variant {
    uint8_t code, certainty, detail;
    const char *says, *sure;
} variants[] = {
#define VARIANT(code, certainty, detail, says, sure)                                               \
    {SF_CODE_##code, SF_##certainty, SF_DETAIL_##detail, says, sure},
#include "words/variants.def"
#undef VARIANT
};

static const struct {
    const char *first, *within;
} lost[SF_CODE_COUNT] = {
#define LOST(code, first, within) [SF_CODE_##code] = {first, within},
#include "words/lost.def"
#undef LOST
};

static const struct figure {
    uint8_t code, detail, at;
    const char *key, *one, *many;
} figures[] = {
#define FIGURE(code, detail, at, key, one, many)                                                   \
    {SF_CODE_##code, SF_DETAIL_##detail, at, key, one, many},
#include "words/figures.def"
#undef FIGURE
};

/* What the sentence of the finding says already: the shape of the RST adds nothing to it. */
static const struct {
    uint8_t code, reset_kind;
} told[] = {
    {SF_CODE_HANDSHAKE_REFUSED, SF_RESET_KIND_REFUSAL},
    {SF_CODE_HANDSHAKE_RESET, SF_RESET_KIND_ABORT_IN_HANDSHAKE},
    {SF_CODE_ABORTIVE_CLOSE, SF_RESET_KIND_ABORT},
    {SF_CODE_PEER_LOST_STATE, SF_RESET_KIND_NO_CONNECTION},
};

/* Closed for longer, a window makes its peer wait. */
#define LONG_CLOSED_NS INT64_C(1000000000)

static const struct variant *variant_of(const struct sf_found *found)
{
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        if (variants[i].code == found->code && variants[i].certainty == found->certainty &&
            (variants[i].detail == SF_DETAIL_NONE || variants[i].detail == found->detail))
            return &variants[i];
    return NULL;
}

static const struct figure *figure_of(const struct sf_found *found, unsigned at)
{
    if (at >= SF_FIGURES_MAX || found->figure[at] == 0)
        return NULL;
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        if (figures[i].code == found->code && figures[i].at == at &&
            (figures[i].detail == SF_DETAIL_NONE || figures[i].detail == found->detail))
            return &figures[i];
    return NULL;
}

const char *sf_figure_key(const struct sf_found *found, unsigned at)
{
    const struct figure *figure = figure_of(found, at);
    return figure != NULL ? figure->key : NULL;
}

static bool is_name(const char *name, size_t length, const char *wanted)
{
    return strlen(wanted) == length && memcmp(name, wanted, length) == 0;
}

/* "the client", or "one end" of a finding about both. */
static const char *end_text(const struct sf_found *found, bool is_other, bool is_first)
{
    if (found->side == SF_NOBODY)
        return is_other ? (is_first ? _("The other end") : _("the other end"))
                        : (is_first ? _("One end") : _("one end"));
    bool is_client = (found->side == SF_CLIENT) != is_other;
    if (is_client)
        return is_first ? _("The client") : _("the client");
    return is_first ? _("The server") : _("the server");
}

/* What was lost: "the first SYN", or simply "it". */
static const char *lost_text(const struct sf_found *found, bool is_first)
{
    if (found->code >= SF_CODE_COUNT || lost[found->code].first == NULL)
        return is_first ? _("It") : _("it");
    return sf_translate(is_first ? lost[found->code].first : lost[found->code].within);
}

static bool is_error(const struct sf_found *found)
{
    return found->icmp.kind != SF_ICMP_NONE;
}

static void put_reporter(struct sf_sentence *sentence, const struct sf_found *found)
{
    char text[SF_ADDRESS_SIZE];
    (void)sf_address_text(text, found->icmp.reporter, found->icmp.ip);
    sf_sentence_add(sentence, text);
}

static void put_icmp(struct sf_sentence *sentence, const struct sf_found *found)
{
    char text[SF_ICMP_SIZE];
    (void)sf_icmp_text(text, &found->icmp);
    sf_sentence_add(sentence, text);
}

/* "SYN", "FIN,ACK"; of others the number tells which one it is: "segment seq=1". */
static void put_quoted(struct sf_sentence *sentence, const struct sf_found *found)
{
    char text[SF_FLAGS_SIZE];
    if ((found->quoted_flags & (SF_SYN | SF_FIN | SF_RST)) != 0) {
        (void)sf_flags_text(text, found->quoted_flags);
        sf_sentence_add(sentence, text);
        return;
    }
    sf_sentence_add(sentence, _("segment seq="));
    sf_sentence_add_number(sentence, found->quoted_seq);
}

static bool put_part(struct sf_sentence *sentence, const char *name, size_t length,
                     const void *context)
{
    const struct sf_found *found = context;
    if (is_name(name, length, "side") || is_name(name, length, "Side"))
        sf_sentence_add(sentence, end_text(found, false, name[0] == 'S'));
    else if (is_name(name, length, "other") || is_name(name, length, "Other"))
        sf_sentence_add(sentence, end_text(found, true, name[0] == 'O'));
    else if (is_name(name, length, "interval"))
        sf_sentence_add_duration(sentence, found->interval_ns);
    else if (is_name(name, length, "octets"))
        sf_sentence_add_number(sentence, found->octets);
    else if (is_name(name, length, "count"))
        sf_sentence_add_number(sentence, found->count);
    else if (is_name(name, length, "state"))
        sf_sentence_add(sentence, sf_state_name(found->state));
    else if (is_name(name, length, "lost") || is_name(name, length, "Lost"))
        sf_sentence_add(sentence, lost_text(found, name[0] == 'L'));
    else if (is_error(found) && is_name(name, length, "reporter"))
        put_reporter(sentence, found);
    else if (is_error(found) && is_name(name, length, "icmp"))
        put_icmp(sentence, found);
    else if (is_error(found) && is_name(name, length, "quoted"))
        put_quoted(sentence, found);
    else
        return false;
    return true;
}

static void add_filled(struct sf_sentence *sentence, const char *text, const struct sf_found *found)
{
    sf_sentence_add_space(sentence);
    sf_sentence_add_filled(sentence, text, put_part, found);
}

/* Whatever the locale. */
static char capital(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* A text of a table as a sentence of its own: a capital, a full stop. */
static void add_clause(struct sf_sentence *sentence, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    sf_sentence_add_space(sentence);
    size_t first = sentence->length;
    sf_sentence_add(sentence, text);
    if (sentence->length > first)
        sentence->text[first] = capital(sentence->text[first]);
    sf_sentence_add(sentence, _("."));
}

static bool is_early(const struct sf_found *found)
{
    return found->detail == SF_DETAIL_CAPTURE_ENDED_EARLY;
}

/* How much of a silence the capture has. */
static void add_early(struct sf_sentence *sentence, const struct sf_found *found)
{
    bool is_synack = found->code == SF_CODE_HALF_OPEN;
    if (found->interval_ns == 0)
        add_filled(sentence,
                   is_synack ? _("The capture ends with the last SYN,ACK: too early to tell.")
                             : _("The capture ends with the last SYN: too early to tell."),
                   found);
    else
        add_filled(sentence,
                   is_synack
                       ? _("The capture ends {interval} after the last SYN,ACK: too early to tell.")
                       : _("The capture ends {interval} after the last SYN: too early to tell."),
                   found);
}

static void add_numbers(struct sf_sentence *sentence, const struct sf_found *found)
{
    if (found->count > 1)
        add_filled(sentence,
                   sf_translate_n("Seen {count} time.", "Seen {count} times.", found->count),
                   found);
    if (found->octets > 0)
        add_filled(sentence,
                   sf_translate_n("{octets} byte is concerned.", "{octets} bytes are concerned.",
                                  found->octets),
                   found);
    bool has_interval = found->interval_ns > 0 && found->code < SF_CODE_COUNT &&
                        intervals[found->code] != NULL && !is_early(found);
    if (has_interval)
        add_filled(sentence, sf_translate(intervals[found->code]), found);
    if (found->state != SF_STATE_NONE)
        add_filled(sentence,
                   found->is_state_assumed ? _("Its state then was probably {state}.")
                                           : _("Its state then: {state}."),
                   found);
}

/* A figure of a finding, while its sentence is filled in. */
struct counted {
    const struct sf_found *found;
    uint32_t n;
};

static bool put_figure(struct sf_sentence *sentence, const char *name, size_t length,
                       const void *context)
{
    const struct counted *counted = context;
    if (!is_name(name, length, "n"))
        return put_part(sentence, name, length, counted->found);
    if (counted->found->is_at_least)
        sf_sentence_add(sentence, "≥");
    sf_sentence_add_number(sentence, counted->n);
    return true;
}

static void add_figures(struct sf_sentence *sentence, const struct sf_found *found)
{
    for (unsigned at = 0; at < SF_FIGURES_MAX; at++) {
        const struct figure *figure = figure_of(found, at);
        if (figure == NULL)
            continue;
        const struct counted counted = {.found = found, .n = found->figure[at]};
        sf_sentence_add_space(sentence);
        sf_sentence_add_filled(sentence, sf_translate_n(figure->one, figure->many, counted.n),
                               put_figure, &counted);
    }
}

/* With what ports were tried, and what speaks for it. */
static void add_signs(struct sf_sentence *sentence, const struct sf_found *found)
{
    bool is_first = true;
    add_clause(sentence, sf_method_text(found->method));
    for (unsigned i = 0; i < SF_EVIDENCE_COUNT; i++) {
        if ((found->evidence >> i & 1u) == 0)
            continue;
        if (is_first)
            add_filled(sentence, _("What speaks for it: "), found);
        else
            sf_sentence_add(sentence, _("; "));
        sf_sentence_add(sentence, sf_evidence_text(i));
        is_first = false;
    }
    if (!is_first)
        sf_sentence_add(sentence, _("."));
}

/* A repeat alone does not tell what was lost; a loss that is proved does. */
static void add_where(struct sf_sentence *sentence, const struct sf_found *found)
{
    bool is_sure = found->certainty == SF_PROVED;
    if (found->where == SF_WHERE_BEFORE)
        add_filled(sentence,
                   is_sure ? _("{Lost} was lost between {side} and the capture point.")
                           : _("{Lost} was probably lost between {side} and the capture point."),
                   found);
    else if (found->where == SF_WHERE_AFTER)
        add_filled(sentence,
                   is_sure ? _("{Lost} was lost between the capture point and {other}.")
                           : _("{Lost} was probably lost between the capture point and {other}."),
                   found);
    else if (found->where == SF_WHERE_UNKNOWN)
        add_filled(sentence,
                   _("Whether {lost} or its answer was lost, and where, cannot be told from here."),
                   found);
}

static bool is_advice(const struct sf_found *found)
{
    return found->icmp.kind == SF_ICMP_TOO_BIG || found->icmp.kind == SF_ICMP_QUENCH;
}

/* RFC 1122 §4.2.3.9, RFC 5461 §4. */
static void add_end_of_attempt(struct sf_sentence *sentence, const struct sf_found *found)
{
    if (!is_error(found) || is_advice(found))
        return;
    if ((found->quoted_flags & SF_SYN) == 0)
        add_filled(sentence, _("The connection must outlast it."), found);
    else if ((found->quoted_flags & SF_ACK) == 0)
        add_filled(sentence, _("Most hosts give the attempt to connect up at that."), found);
    else
        add_filled(sentence, _("Some hosts forget the request to connect at that."), found);
}

/* What follows from the numbers of a finding, beyond naming them. */
static void add_consequence(struct sf_sentence *sentence, const struct sf_found *found)
{
    add_end_of_attempt(sentence, found);
    if (found->code == SF_CODE_ZERO_WINDOW && found->interval_ns >= LONG_CLOSED_NS)
        add_filled(sentence, _("Its application did not read, and {other} had to wait."), found);
    /* It is given as info when both FINs are acknowledged. */
    if (found->code == SF_CODE_RESET_AFTER_FIN && found->severity == SF_INFO)
        add_filled(sentence, _("Both FINs had been acknowledged, so it changes nothing."), found);
}

static void add_kind(struct sf_sentence *sentence, const struct sf_found *found)
{
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        if (told[i].code == found->code && told[i].reset_kind == found->reset_kind)
            return;
    add_filled(sentence, _("The shape of the RST says: "), found);
    sf_sentence_add(sentence, sf_reset_kind_text(found->reset_kind));
    sf_sentence_add(sentence, _("."));
}

static const char *says_of(const struct sf_found *found)
{
    const struct variant *variant = variant_of(found);
    if (is_error(found))
        return sf_icmp_says(found->icmp.kind);
    return variant != NULL && variant->says != NULL ? sf_translate(variant->says)
                                                    : sf_code_says(found->code);
}

size_t sf_finding_text(char *text, size_t size, const struct sf_found *found)
{
    struct sf_sentence sentence;
    sf_sentence_init(&sentence, text, size);
    add_filled(&sentence, says_of(found), found);
    add_numbers(&sentence, found);
    add_figures(&sentence, found);
    add_signs(&sentence, found);
    add_consequence(&sentence, found);
    add_where(&sentence, found);
    if (found->reset_kind != SF_RESET_KIND_NONE)
        add_kind(&sentence, found);
    if (is_early(found))
        add_early(&sentence, found);
    else
        add_clause(&sentence, sf_detail_text(found->detail));
    return sentence.length;
}

size_t sf_finding_sure_text(char *text, size_t size, const struct sf_found *found)
{
    struct sf_sentence sentence;
    sf_sentence_init(&sentence, text, size);
    const struct variant *variant = variant_of(found);
    if (found->is_lossy) {
        add_filled(&sentence,
                   _("Likely, not proved: this capture misses packets, so that what seems lost on "
                     "the way may only have passed unseen."),
                   found);
        return sentence.length;
    }
    bool is_other = variant != NULL && variant->sure != NULL;
    add_filled(&sentence, is_other ? sf_translate(variant->sure) : sf_code_sure(found->code),
               found);
    return sentence.length;
}

size_t sf_finding_check_text(char *text, size_t size, const struct sf_found *found)
{
    struct sf_sentence sentence;
    sf_sentence_init(&sentence, text, size);
    sf_sentence_add_filled(&sentence, _("Look at: "), put_part, found);
    sf_sentence_add_filled(
        &sentence, is_error(found) ? sf_icmp_check(found->icmp.kind) : sf_code_check(found->code),
        put_part, found);
    sf_sentence_add(&sentence, " (");
    sf_sentence_add(&sentence, sf_code_rfc(found->code));
    sf_sentence_add(&sentence, ")");
    return sentence.length;
}

static size_t fill_for_anybody(char *text, size_t size, const char *raw, unsigned code)
{
    struct sf_sentence sentence;
    const struct sf_found found = {.code = (uint8_t)code, .side = SF_NOBODY};
    sf_sentence_init(&sentence, text, size);
    add_filled(&sentence, raw, &found);
    return sentence.length;
}

size_t sf_code_says_text(char *text, size_t size, unsigned code)
{
    return fill_for_anybody(text, size, sf_code_says(code), code);
}

size_t sf_code_sure_text(char *text, size_t size, unsigned code)
{
    return fill_for_anybody(text, size, sf_code_sure(code), code);
}

size_t sf_code_check_text(char *text, size_t size, unsigned code)
{
    return fill_for_anybody(text, size, sf_code_check(code), code);
}
