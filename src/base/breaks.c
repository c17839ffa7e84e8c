#include "base/breaks.h"

#include <stdbool.h>
#include <stdint.h>

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

static bool is_one_of(uint32_t point, const char *set)
{
    for (size_t length; *set != '\0'; set += length)
        if (sf_utf8_next(set, &length) == point)
            return true;
    return false;
}

/* Beside wide characters lines end anywhere, but what closes begins none, and what opens ends none.
 */
static bool may_part(uint32_t before, uint32_t next)
{
    return !is_one_of(next, "，。、；：！？）》」』”’),.;:!?%") &&
           !is_one_of(before, "（《「『“‘(");
}

size_t sf_break_before(const char *text, size_t columns)
{
    size_t at = 0, used = 0, end = 0;
    uint32_t before = ' ';
    while (text[at] != '\0') {
        size_t length;
        uint32_t next = sf_utf8_next(text + at, &length);
        bool is_beside_wide = sf_width_of(before) == 2 || sf_width_of(next) == 2;
        if ((next == ' ' && !parts_pair(text, at)) || (is_beside_wide && may_part(before, next)))
            end = at;
        if (used + sf_width_of(next) > columns) {
            while (end > 0 && text[end - 1] == ' ')
                end--;
            return end;
        }
        used += sf_width_of(next);
        at += length;
        before = next;
    }
    return at;
}
