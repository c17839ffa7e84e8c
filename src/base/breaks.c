#include "base/breaks.h"

#include <stdbool.h>

#include "base/width.h"

/* Does the blank at `at` part what is read as one: "60 s", "2 findings", "x = 1000"? */
static bool parts_pair(const char *text, size_t at)
{
    size_t start = at, n;
    while (start > 0 &&
           ((text[start - 1] >= '0' && text[start - 1] <= '9') || text[start - 1] == '.'))
        start--;
    bool is_number = start < at && (start == 0 || text[start - 1] == ' ' || text[start - 1] == '(');
    uint32_t next = sf_utf8_next(text + at + 1, &n);
    bool is_unit = (next >= 'a' && next <= 'z') || next == '%' || next == 0xb5 || next == 0x3bc;
    char before = at > 0 ? text[at - 1] : ' ';
    bool is_name = (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z');
    bool is_equation = before == '=' || (is_name && text[at + 1] == '=');
    return is_equation || (is_number && is_unit);
}

size_t sf_break_before(const char *text, size_t columns)
{
    size_t at = 0, used = 0, end = 0;
    bool was_wide = false;
    while (text[at] != '\0') {
        size_t length;
        size_t width = sf_width_of(sf_utf8_next(text + at, &length));
        if ((text[at] == ' ' && !parts_pair(text, at)) || was_wide || width == 2)
            end = at;
        if (used + width > columns)
            return end;
        used += width;
        at += length;
        was_wide = width == 2;
    }
    return at;
}
