#include "sink/paper.h"

#include <string.h>

#include "base/breaks.h"
#include "base/messages.h"
#include "base/width.h"
#include "words/words.h"

/* The longest text put at once; what is longer is cut. Findings have SF_FINDING_SIZE at most. */
#define TEXT_SIZE 4096

void sf_paper_init(struct sf_paper *paper, const struct sf_sink_settings *settings)
{
    paper->output = settings->output;
    paper->width = settings->width >= 40 ? settings->width : 40;
    paper->column = 0;
    paper->color = settings->color;
    paper->ascii = settings->ascii;
    paper->keeps_wide = sf_messages_are_loaded();
}

/* A character as it will be put. */
struct glyph {
    const char *bytes;
    size_t n, columns;
    size_t length; /* bytes that it took of the text */
};

/*
 * The first character of the text: itself; '?' where it is a control character, which a terminal
 * might act on, or no character at all; or what stands for it where ASCII is wanted.
 */
static struct glyph next_glyph(const struct sf_paper *paper, const char *text)
{
    struct glyph glyph;
    uint32_t point = sf_utf8_next(text, &glyph.length);
    bool is_good = point >= 0x20 && (point < 0x7f || point > 0x9f) && point != 0xfffd;
    bool is_own = point < 0x7f || !paper->ascii || (paper->keeps_wide && sf_width_of(point) == 2);
    if (is_good && is_own) {
        glyph.bytes = text;
        glyph.n = glyph.length;
        glyph.columns = sf_width_of(point);
    } else {
        glyph.bytes = is_good ? sf_ascii_for(point) : "?";
        glyph.n = glyph.columns = strlen(glyph.bytes);
    }
    return glyph;
}

/* The text as it will be put. */
static void prepare(const struct sf_paper *paper, const char *text, char *clean)
{
    size_t n = 0;
    while (*text != '\0') {
        struct glyph glyph = next_glyph(paper, text);
        if (n + glyph.n >= TEXT_SIZE)
            break;
        memcpy(clean + n, glyph.bytes, glyph.n);
        n += glyph.n;
        text += glyph.length;
    }
    clean[n] = '\0';
}

/* How many characters of ASCII the text begins with that go as they are, a column each. */
static size_t plain_length(const char *text)
{
    size_t n = 0;
    while (text[n] >= 0x20 && text[n] < 0x7f)
        n++;
    return n;
}

size_t sf_paper_columns(const struct sf_paper *paper, const char *text)
{
    size_t columns = 0;
    for (;;) {
        size_t n = plain_length(text);
        columns += n;
        text += n;
        if (*text == '\0')
            return columns;
        struct glyph glyph = next_glyph(paper, text);
        columns += glyph.columns;
        text += glyph.length;
    }
}

static void begin_ink(const struct sf_paper *paper, unsigned ink)
{
    static const char *const codes[] = {
        [SF_INK_PLAIN] = "",          [SF_INK_STRONG] = "1",        [SF_INK_FAINT] = "2",
        [SF_INK_PROVED] = "32",       [SF_INK_ASSUMED] = "33",      [SF_INK_SEVERITY] = "36",
        [SF_INK_SEVERITY + 1] = "36", [SF_INK_SEVERITY + 2] = "33", [SF_INK_SEVERITY + 3] = "1;31",
    };
    if (!paper->color || ink == SF_INK_PLAIN || ink >= sizeof codes / sizeof *codes)
        return;
    sf_output_text(paper->output, "\033[");
    sf_output_text(paper->output, codes[ink]);
    sf_output_char(paper->output, 'm');
}

static void end_ink(const struct sf_paper *paper, unsigned ink)
{
    if (paper->color && ink != SF_INK_PLAIN)
        sf_output_text(paper->output, "\033[0m");
}

/* Puts the beginning of what has been prepared. */
static void put_clean(struct sf_paper *paper, const char *clean, size_t length)
{
    sf_output_bytes(paper->output, clean, length);
    for (size_t at = 0, n; at < length; at += n)
        paper->column += sf_width_of(sf_utf8_next(clean + at, &n));
}

static void put_text(struct sf_paper *paper, const char *text)
{
    for (;;) {
        size_t n = plain_length(text);
        sf_output_bytes(paper->output, text, n);
        paper->column += n;
        text += n;
        if (*text == '\0')
            return;
        struct glyph glyph = next_glyph(paper, text);
        sf_output_bytes(paper->output, glyph.bytes, glyph.n);
        paper->column += glyph.columns;
        text += glyph.length;
    }
}

void sf_paper_put_ink(struct sf_paper *paper, unsigned ink, const char *text)
{
    begin_ink(paper, ink);
    put_text(paper, text);
    end_ink(paper, ink);
}

void sf_paper_put(struct sf_paper *paper, const char *text)
{
    sf_paper_put_ink(paper, SF_INK_PLAIN, text);
}

void sf_paper_number(struct sf_paper *paper, uint64_t number)
{
    char digits[24];
    char *at = digits + sizeof digits - 1;
    *at = '\0';
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    sf_paper_put(paper, at);
}

void sf_paper_to(struct sf_paper *paper, size_t column)
{
    if (paper->column >= column)
        return;
    sf_output_fill(paper->output, ' ', column - paper->column);
    paper->column = column;
}

void sf_paper_right(struct sf_paper *paper, size_t column, const char *text)
{
    size_t columns = sf_paper_columns(paper, text);
    if (columns < column)
        sf_paper_to(paper, column - columns);
    sf_paper_put(paper, text);
}

void sf_paper_wrap(struct sf_paper *paper, size_t indent, const char *text)
{
    char clean[TEXT_SIZE];
    prepare(paper, text, clean);
    for (const char *at = clean; *at != '\0';) {
        size_t room = paper->width > paper->column ? paper->width - paper->column : 0;
        size_t length = sf_break_before(at, room);
        bool is_forced = length == 0 && paper->column <= indent;
        if (is_forced) /* one word is wider than the page */
            length = strcspn(at, " ");
        put_clean(paper, at, length);
        at += length;
        at += strspn(at, " ");
        if (*at == '\0')
            break;
        sf_paper_end_line(paper);
        sf_paper_to(paper, indent);
    }
}

void sf_paper_end_line(struct sf_paper *paper)
{
    sf_output_char(paper->output, '\n');
    paper->column = 0;
}
