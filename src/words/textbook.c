#include "words/textbook.h"

#include <stdint.h>
#include <string.h>

#include "base/distance.h"
#include "base/messages.h"
#include "words/translate.h"
#include "words/words.h"

#define NAME_SIZE 64 /* a longer word is no name of an entry */

static const struct row {
    enum sf_entry_kind kind;
    const char *name, *names, *title, *text, *rfc, *figure, *see;
} rows[] = {
#define ENTRY(what, name, names, title, text, rfc, figure, see)                                    \
    {SF_ENTRY_##what, name, names, title, text, rfc, figure, see},
#include "words/textbook.def"
};
#define N_ROWS (sizeof rows / sizeof *rows)

static const struct {
    const char *figure, *see;
} of_code[SF_CODE_COUNT] = {
#define FINDING(code, severity, when, says, sure, check, rfc, figure, see)                         \
    [SF_CODE_##code] = {figure, see},
#include <synfin/findings.def>
#undef FINDING
};

/* ---- entries --------------------------------------------------------------------------------- */

size_t sf_textbook_size(void)
{
    return N_ROWS + SF_CODE_COUNT;
}

static unsigned state_named(const char *name)
{
    unsigned state = SF_STATE_NONE + 1;
    while (state < SF_STATE_COUNT && strcmp(sf_state_name(state), name) != 0)
        state++;
    return state;
}

struct sf_entry sf_textbook_entry(size_t at)
{
    if (at >= N_ROWS) {
        unsigned code = (unsigned)(at - N_ROWS);
        return (struct sf_entry){.kind = SF_ENTRY_FINDING,
                                 .name = sf_code_name(code),
                                 .names = "",
                                 .rfc = sf_code_rfc(code),
                                 .figure = of_code[code].figure,
                                 .see = of_code[code].see,
                                 .value = code};
    }
    const struct row *row = &rows[at];
    return (struct sf_entry){.kind = row->kind,
                             .name = row->name,
                             .names = row->names,
                             .title = sf_translate(row->title),
                             .text = sf_translate(row->text),
                             .rfc = row->rfc,
                             .figure = row->figure,
                             .see = row->see,
                             .value = row->kind == SF_ENTRY_STATE ? state_named(row->name) : 0};
}

const char *sf_entry_kind_text(enum sf_entry_kind kind)
{
    static const char *const texts[SF_ENTRY_KIND_COUNT] = {
        [SF_ENTRY_STATE] = N_("states"),     [SF_ENTRY_FIELD] = N_("header fields and flags"),
        [SF_ENTRY_OPTION] = N_("options"),   [SF_ENTRY_TERM] = N_("terms"),
        [SF_ENTRY_FINDING] = N_("findings"),
    };
    return sf_translate(texts[kind]);
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Small letters, and single blanks in place of '-' and '_'; false: too long for a name. */
static bool plain(char text[NAME_SIZE], const char *name, size_t length)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        if (c == '-' || c == '_')
            c = ' ';
        if (c == ' ' && (n == 0 || text[n - 1] == ' '))
            continue;
        if (n + 1 >= NAME_SIZE)
            return false;
        text[n++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    if (n > 0 && text[n - 1] == ' ')
        n--;
    text[n] = '\0';
    return n > 0;
}

/* The next of the names parted by '|', made plain; NULL behind the last. */
static const char *next_name(const char *names, char text[NAME_SIZE])
{
    size_t length = strcspn(names, "|");
    if (length == 0)
        return NULL;
    if (!plain(text, names, length))
        text[0] = '\0';
    return names + length + (names[length] == '|' ? 1 : 0);
}

static bool has_name(const struct sf_entry *entry, const char *wanted, bool only_first)
{
    char text[NAME_SIZE];
    if (only_first)
        return plain(text, entry->name, strlen(entry->name)) && strcmp(text, wanted) == 0;
    for (const char *at = entry->names; (at = next_name(at, text)) != NULL;)
        if (strcmp(text, wanted) == 0)
            return true;
    return false;
}

/* Names that are spelt as they stand win over the alike: the finding CLOSING has the state's name,
 * and so has the flag ACK the number's. */
size_t sf_textbook_find(const char *name)
{
    char wanted[NAME_SIZE];
    size_t n = sf_textbook_size();
    if (!plain(wanted, name, strlen(name)))
        return n;
    for (size_t i = 0; i < n; i++)
        if (strcmp(sf_textbook_entry(i).name, name) == 0)
            return i;
    for (int only_first = 1; only_first >= 0; only_first--)
        for (size_t i = 0; i < n; i++) {
            struct sf_entry entry = sf_textbook_entry(i);
            if (has_name(&entry, wanted, only_first != 0))
                return i;
        }
    return n;
}

static bool is_ascii(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((text[i] & 0x80) != 0)
            return false;
    return true;
}

/* States, flags and other capitals are the same in every language. */
static bool is_in_capitals(const char *name)
{
    return strpbrk(name, "abcdefghijklmnopqrstuvwxyz ") == NULL;
}

/* Another language than English has its names among the other ones: those that are no ASCII. */
const char *sf_entry_shown_name(const struct sf_entry *entry, char text[SF_ENTRY_NAME_SIZE])
{
    bool has_own = sf_messages_are_loaded() && !is_in_capitals(entry->name);
    for (const char *at = entry->names; has_own && *at != '\0';) {
        size_t length = strcspn(at, "|");
        if (!is_ascii(at, length) && length < SF_ENTRY_NAME_SIZE) {
            memcpy(text, at, length);
            text[length] = '\0';
            return text;
        }
        at += length + (at[length] == '|' ? 1 : 0);
    }
    return entry->name;
}

/* How unlike an entry's names are to the word, at best; one that contains it is near. */
static unsigned unlikeness(const struct sf_entry *entry, const char *wanted)
{
    char text[NAME_SIZE];
    unsigned best = 99;
    const char *lists[] = {entry->name, entry->names};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const char *at = lists[i]; (at = next_name(at, text)) != NULL;) {
            unsigned distance = sf_word_distance(text, wanted);
            if (strlen(wanted) >= 3 && strstr(text, wanted) != NULL)
                distance = distance < 2 ? distance : 2;
            best = distance < best ? distance : best;
        }
    return best;
}

static bool has_namesake(const size_t *places, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(sf_textbook_entry(places[i]).name, name) == 0)
            return true;
    return false;
}

size_t sf_textbook_nearest(const char *name, size_t *places, size_t most)
{
    char wanted[NAME_SIZE];
    size_t found = 0;
    if (!plain(wanted, name, strlen(name)))
        return 0;
    unsigned limit = strlen(wanted) < 6 ? 2 : 4;
    for (unsigned distance = 0; distance <= limit; distance++)
        for (size_t i = 0; i < sf_textbook_size() && found < most; i++) {
            struct sf_entry entry = sf_textbook_entry(i);
            if (unlikeness(&entry, wanted) == distance && !has_namesake(places, found, entry.name))
                places[found++] = i;
        }
    return found;
}

/* ---- transitions ----------------------------------------------------------------------------- */

static const struct {
    const char *says, *hears;
} signs[SF_SIGN_COUNT] = {
#define SIGN(name, says, hears) [SF_SIGN_##name] = {says, hears},
#include <synfin/signs.def>
#undef SIGN
};

static const struct move {
    uint8_t from, to, kind, sign;
    const char *text; /* where there is no sign */
} moves[] = {
#define SENT(rule, from, sign, to)                                                                 \
    {SF_STATE_##from, SF_STATE_##to, SF_TRANSITION_PROVED, SF_SIGN_##sign, NULL},
#define HEARD(rule, from, sign, to)                                                                \
    {SF_STATE_##from, SF_STATE_##to, SF_TRANSITION_ASSUMED, SF_SIGN_##sign, NULL},
#include <synfin/moves.def>
#define UNSEEN(from, to, text)                                                                     \
    {SF_STATE_##from, SF_STATE_##to, SF_TRANSITION_UNSEEN, SF_SIGN_NONE, text},
#include "words/textbook.def"
};
#define N_MOVES (sizeof moves / sizeof *moves)

/* Has an end in that state sent a FIN of its own? */
static bool has_closed(unsigned state)
{
    return state == SF_STATE_FIN_WAIT_1 || state == SF_STATE_FIN_WAIT_2 ||
           state == SF_STATE_CLOSING || state == SF_STATE_LAST_ACK || state == SF_STATE_TIME_WAIT;
}

/* The table also has moves that leave the state, or begin where nothing is known; and a FIN cannot
 * cover another that was never sent. */
static bool is_transition(const struct move *move)
{
    return move->from != move->to && move->from != SF_STATE_NONE &&
           (move->sign != SF_SIGN_COVERING_FIN || has_closed(move->from));
}

static const char *text_of(const struct move *move)
{
    if (move->kind == SF_TRANSITION_UNSEEN)
        return move->text;
    if (move->kind == SF_TRANSITION_PROVED)
        return signs[move->sign].says;
    if (move->sign == SF_SIGN_FIN && !has_closed(move->from))
        return N_("a FIN passes towards it");
    return signs[move->sign].hears;
}

bool sf_transition(size_t at, struct sf_transition *transition)
{
    for (size_t i = 0; i < N_MOVES; i++) {
        if (!is_transition(&moves[i]) || at-- > 0)
            continue;
        transition->from = (enum sf_state)moves[i].from;
        transition->to = (enum sf_state)moves[i].to;
        transition->kind = (enum sf_transition_kind)moves[i].kind;
        transition->text = sf_translate(text_of(&moves[i]));
        return true;
    }
    return false;
}
