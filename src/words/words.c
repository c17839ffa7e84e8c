#include "words/words.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "words/translate.h"

/* A row of a catalogue: what machines read, what people read. */
struct row {
    const char *word, *text;
};

static const char *const states[SF_STATE_COUNT] = {
#define STATE(name) [SF_STATE_##name] = #name,
#include <synfin/states.def>
#undef STATE
};

static const struct row handshakes[SF_HANDSHAKE_COUNT] = {
#define HANDSHAKE(name, word, text) [SF_HANDSHAKE_##name] = {word, text},
#include <synfin/outcomes.def>
};

static const struct row closes[SF_CLOSE_COUNT] = {
#define CLOSE(name, word, text) [SF_CLOSE_##name] = {word, text},
#include <synfin/outcomes.def>
};

static const struct row endings[SF_ENDED_COUNT] = {
#define ENDED(name, word) [SF_ENDED_##name] = {word, word},
#include <synfin/outcomes.def>
};

static const struct row reset_kinds[SF_RESET_KIND_COUNT] = {
#define RESET_KIND(name, word, text) [SF_RESET_KIND_##name] = {word, text},
#include <synfin/outcomes.def>
};

static const struct row wheres[SF_WHERE_COUNT] = {
#define WHERE(name, word, text) [SF_WHERE_##name] = {word, text},
#include <synfin/outcomes.def>
};

static const struct row details[SF_DETAIL_COUNT] = {
#define DETAIL(name, word, text) [SF_DETAIL_##name] = {word, text},
#include <synfin/outcomes.def>
};

static const struct row methods[SF_METHOD_COUNT] = {
#define METHOD(name, word, text) [SF_METHOD_##name] = {word, text},
#include <synfin/outcomes.def>
};

static const struct row evidences[SF_EVIDENCE_COUNT] = {
#define EVIDENCE(name, word, text) [SF_EVIDENCE_##name] = {word, text},
#include <synfin/outcomes.def>
};

static const struct row skips[SF_SKIP_COUNT] = {
#define SKIP(name, word, text) [SF_SKIP_##name] = {word, text},
#include <synfin/skips.def>
#undef SKIP
};

static const struct {
    const char *name;
    enum sf_severity severity;
    const char *says, *sure, *check, *rfc;
} codes[SF_CODE_COUNT] = {
#define FINDING(code, severity, when, says, sure, check, rfc, figure, see)                         \
    [SF_CODE_##code] = {#code, SF_##severity, says, sure, check, rfc},
#include <synfin/findings.def>
#undef FINDING
};

static const struct {
    const char *text, *plural; /* NULL where nothing is counted */
} annotations[SF_SAY_COUNT] = {
#define ANNOTATION(name, text)               [SF_SAY_##name] = {text, NULL},
#define ANNOTATION_N(name, singular, plural) [SF_SAY_##name] = {singular, plural},
#include <synfin/annotations.def>
#undef ANNOTATION
#undef ANNOTATION_N
};

static const char *const severities[SF_SEVERITY_COUNT] = {N_("info"), N_("note"), N_("warning"),
                                                          N_("error")};

static const char *const flag_names[SF_FLAG_COUNT] = {"FIN", "SYN", "RST", "PSH", "ACK",
                                                      "URG", "ECE", "CWR", "AE"};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* The row of a value; that of NONE is empty, and one outside says so. */
static struct row row_of(const struct row *rows, size_t n, unsigned value)
{
    static const struct row outside = {"?", "?"};
    return value < n ? rows[value] : outside;
}

static const char *translated(const char *text)
{
    return text != NULL ? sf_translate(text) : NULL;
}

/* The two calls of one catalogue. */
#define WORD_AND_TEXT(noun, rows)                                                                  \
    const char *sf_##noun##_word(unsigned value)                                                   \
    {                                                                                              \
        return row_of(rows, COUNT_OF(rows), value).word;                                           \
    }                                                                                              \
    const char *sf_##noun##_text(unsigned value)                                                   \
    {                                                                                              \
        return translated(row_of(rows, COUNT_OF(rows), value).text);                               \
    }

WORD_AND_TEXT(handshake, handshakes)
WORD_AND_TEXT(close, closes)
WORD_AND_TEXT(reset_kind, reset_kinds)
WORD_AND_TEXT(where, wheres)
WORD_AND_TEXT(detail, details)
WORD_AND_TEXT(method, methods)
WORD_AND_TEXT(evidence, evidences)
WORD_AND_TEXT(skip, skips)

const char *sf_ended_word(unsigned value)
{
    return row_of(endings, COUNT_OF(endings), value).word;
}

const char *sf_state_name(unsigned state)
{
    return state > SF_STATE_NONE && state < SF_STATE_COUNT ? states[state] : "?";
}

const char *sf_severity_text(unsigned level)
{
    return sf_translate(sf_severity_name(level));
}

const char *sf_severity_name(unsigned level)
{
    return level < SF_SEVERITY_COUNT ? severities[level] : "?";
}

const char *sf_certainty_word(unsigned value)
{
    return value == SF_PROVED ? "proved" : "probable";
}

const char *sf_side_name(unsigned side)
{
    return side == SF_CLIENT ? "client" : side == SF_SERVER ? "server" : "nobody";
}

const char *sf_side_text(unsigned side)
{
    return side == SF_CLIENT   ? _("the client")
           : side == SF_SERVER ? _("the server")
                               : _("both ends");
}

const char *sf_flag_name(unsigned bit)
{
    return bit < SF_FLAG_COUNT ? flag_names[bit] : "?";
}

unsigned sf_flag_shown(unsigned place)
{
    static const uint8_t order[SF_FLAG_COUNT] = {1, 0, 2, 3, 5, 6, 7, 8, 4};
    return place < SF_FLAG_COUNT ? order[place] : SF_FLAG_COUNT;
}

size_t sf_flags_text(char text[SF_FLAGS_SIZE], unsigned flags)
{
    size_t n = 0;
    for (unsigned i = 0; i < SF_FLAG_COUNT; i++) {
        unsigned bit = sf_flag_shown(i);
        if ((flags >> bit & 1u) == 0)
            continue;
        if (n > 0)
            text[n++] = ',';
        const char *name = sf_flag_name(bit);
        memcpy(text + n, name, strlen(name));
        n += strlen(name);
    }
    if (n == 0) {
        memcpy(text, "none", 4);
        n = 4;
    }
    text[n] = '\0';
    return n;
}

bool sf_tunnel_word(char text[SF_TUNNEL_SIZE], const struct sf_key *key)
{
    static const struct {
        const char *word;
        bool is_numbered;
    } rows[SF_TUNNEL_COUNT] = {
        [SF_TUNNEL_NONE] = {"", false},
#define TUNNEL(name, word, is_numbered) [SF_TUNNEL_##name] = {word, is_numbered},
#include <synfin/tunnels.def>
#undef TUNNEL
    };
    unsigned tunnel = key->tunnel < COUNT_OF(rows) ? key->tunnel : SF_TUNNEL_NONE;
    if (rows[tunnel].is_numbered)
        (void)snprintf(text, SF_TUNNEL_SIZE, "%s:%u", rows[tunnel].word, (unsigned)key->tunnel_id);
    else
        (void)snprintf(text, SF_TUNNEL_SIZE, "%s", rows[tunnel].word);
    return tunnel != SF_TUNNEL_NONE;
}

static bool is_word(const char *word, const char *given, size_t length)
{
    return strlen(word) == length && strncasecmp(word, given, length) == 0;
}

static int find_row(const struct row *rows, size_t n, const char *word, size_t length)
{
    for (size_t i = 0; i < n; i++)
        if (is_word(rows[i].word, word, length))
            return (int)i;
    return -1;
}

int sf_handshake_find(const char *word, size_t length)
{
    return find_row(handshakes, COUNT_OF(handshakes), word, length);
}

int sf_close_find(const char *word, size_t length)
{
    return find_row(closes, COUNT_OF(closes), word, length);
}

int sf_code_find(const char *word, size_t length)
{
    for (int i = 0; i < SF_CODE_COUNT; i++)
        if (is_word(codes[i].name, word, length))
            return i;
    return -1;
}

const char *sf_code_name(unsigned code)
{
    return code < SF_CODE_COUNT ? codes[code].name : "?";
}

unsigned sf_code_severity(unsigned code)
{
    return code < SF_CODE_COUNT ? (unsigned)codes[code].severity : SF_INFO;
}

const char *sf_code_says(unsigned code)
{
    return code < SF_CODE_COUNT ? sf_translate(codes[code].says) : "?";
}

const char *sf_code_sure(unsigned code)
{
    return code < SF_CODE_COUNT ? sf_translate(codes[code].sure) : "?";
}

const char *sf_code_check(unsigned code)
{
    return code < SF_CODE_COUNT ? sf_translate(codes[code].check) : "?";
}

const char *sf_code_rfc(unsigned code)
{
    return code < SF_CODE_COUNT ? codes[code].rfc : "?";
}

const char *sf_annotation_text(unsigned annotation, unsigned long n)
{
    if (annotation >= SF_SAY_COUNT)
        return "?";
    const char *text = annotations[annotation].text;
    const char *plural = annotations[annotation].plural;
    return plural != NULL ? sf_translate_n(text, plural, n) : sf_translate(text);
}

bool sf_annotation_is_counted(unsigned annotation)
{
    return annotation < SF_SAY_COUNT && annotations[annotation].plural != NULL;
}
