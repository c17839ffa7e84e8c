#include "words/words.h"

#include <string.h>

#include "words/sentence.h"
#include "words/translate.h"

static const char *const intervals[SF_CODE_COUNT] = {
#define INTERVAL(code, text) [SF_CODE_##code] = text,
#include "words/intervals.def"
#undef INTERVAL
};

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
    else
        return false;
    return true;
}

static void add_filled(struct sf_sentence *sentence, const char *text, const struct sf_found *found)
{
    if (sentence->length > 0)
        sf_sentence_add(sentence, " ");
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
    sf_sentence_add(sentence, " ");
    size_t first = sentence->length;
    sf_sentence_add(sentence, text);
    if (sentence->length > first)
        sentence->text[first] = capital(sentence->text[first]);
    sf_sentence_add(sentence, ".");
}

static void add_numbers(struct sf_sentence *sentence, const struct sf_found *found)
{
    if (found->count > 1)
        add_filled(sentence,
                   sf_translate_n("Seen {count} time.", "Seen {count} times.", found->count),
                   found);
    if (found->octets > 0)
        add_filled(sentence,
                   sf_translate_n("{octets} octet is concerned.", "{octets} octets are concerned.",
                                  found->octets),
                   found);
    if (found->interval_ns > 0 && found->code < SF_CODE_COUNT && intervals[found->code] != NULL)
        add_filled(sentence, sf_translate(intervals[found->code]), found);
    if (found->state != SF_STATE_NONE)
        add_filled(sentence, _("Its state then: {state}."), found);
}

/* A repeat alone does not tell what was lost; a loss that is proved does. */
static void add_where(struct sf_sentence *sentence, const struct sf_found *found)
{
    if (found->where == SF_WHERE_BEFORE)
        add_filled(sentence, _("It was lost between {side} and the capture point."), found);
    else if (found->where == SF_WHERE_AFTER)
        add_filled(sentence, _("It was lost between the capture point and {other}."), found);
    else if (found->where == SF_WHERE_UNKNOWN)
        add_filled(sentence,
                   _("Whether it or its answer was lost, and where, cannot be told from here."),
                   found);
}

static void add_kind(struct sf_sentence *sentence, const struct sf_found *found)
{
    add_filled(sentence, _("The shape of the RST says: "), found);
    sf_sentence_add(sentence, sf_reset_kind_text(found->reset_kind));
    sf_sentence_add(sentence, ".");
}

size_t sf_finding_text(char *text, size_t size, const struct sf_found *found)
{
    struct sf_sentence sentence;
    sf_sentence_init(&sentence, text, size);
    add_filled(&sentence, sf_code_says(found->code), found);
    add_numbers(&sentence, found);
    add_where(&sentence, found);
    if (found->reset_kind != SF_RESET_KIND_NONE)
        add_kind(&sentence, found);
    add_clause(&sentence, sf_detail_text(found->detail));
    return sentence.length;
}

size_t sf_finding_sure_text(char *text, size_t size, const struct sf_found *found)
{
    struct sf_sentence sentence;
    sf_sentence_init(&sentence, text, size);
    if (found->certainty == SF_PROBABLE)
        sf_sentence_add(&sentence, _("Probable here: part of the evidence is missing. As a rule:"));
    add_filled(&sentence, sf_code_sure(found->code), found);
    return sentence.length;
}

size_t sf_finding_check_text(char *text, size_t size, const struct sf_found *found)
{
    struct sf_sentence sentence;
    sf_sentence_init(&sentence, text, size);
    sf_sentence_add_filled(&sentence, _("Look at: "), put_part, found);
    sf_sentence_add_filled(&sentence, sf_code_check(found->code), put_part, found);
    sf_sentence_add(&sentence, " (");
    sf_sentence_add(&sentence, sf_code_rfc(found->code));
    sf_sentence_add(&sentence, ")");
    return sentence.length;
}
