#include "sink/markup.h"

#include <stdbool.h>
#include <string.h>

#include "base/width.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static const char *reference_for(uint32_t point)
{
    switch (point) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* Characters that no page may hold, or that turn the direction of text around. */
static bool is_forbidden(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0xfffd ||
           (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

void sf_html_text(struct sf_output *out, const char *text)
{
    for (size_t length; *text != '\0'; text += length) {
        uint32_t point = sf_utf8_next(text, &length);
        const char *reference = reference_for(point);
        if (reference != NULL)
            sf_output_text(out, reference);
        else if (is_forbidden(point))
            sf_output_text(out, REPLACEMENT);
        else
            sf_output_bytes(out, text, length);
    }
}

void sf_markdown_text(struct sf_output *out, const char *text)
{
    static const char special[] = "\\`*[]|#~$";
    for (size_t length; *text != '\0'; text += length) {
        uint32_t point = sf_utf8_next(text, &length);
        if (point == '\n' || point == '\t')
            sf_output_char(out, ' ');
        else if (is_forbidden(point))
            sf_output_text(out, REPLACEMENT);
        else if (point == '<' || point == '>' || point == '&')
            sf_output_text(out, reference_for(point));
        else {
            if (point < 0x80 && strchr(special, (int)point) != NULL)
                sf_output_char(out, '\\');
            sf_output_bytes(out, text, length);
        }
    }
}
