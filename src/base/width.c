#include "base/width.h"

#include <stdbool.h>
#include <string.h>

struct range {
    uint32_t first, last;
};

/* Marks that are drawn over the character before them, and characters that are not drawn. */
static const struct range no_columns[] = {
    {0x0000, 0x001f}, {0x007f, 0x009f}, {0x0300, 0x036f},   {0x0483, 0x0489}, {0x0591, 0x05bd},
    {0x0610, 0x061a}, {0x064b, 0x065f}, {0x0900, 0x0902},   {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},
    {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},   {0x200b, 0x200f}, {0x202a, 0x202e},
    {0x2060, 0x2064}, {0x20d0, 0x20ff}, {0x302a, 0x302d},   {0x3099, 0x309a}, {0xfe00, 0xfe0f},
    {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef},
};

/* East Asian Wide and Fullwidth, Unicode Annex 11, and what terminals draw as pictures. */
static const struct range two_columns[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},
    {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},
    {0xa000, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x16fe0, 0x18aff},
    {0x1b000, 0x1b2ff}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
    {0x20000, 0x3fffd},
};

static bool is_in(const struct range *ranges, size_t n, uint32_t point)
{
    size_t low = 0;
    while (low < n) {
        size_t middle = low + (n - low) / 2;
        if (point < ranges[middle].first)
            n = middle;
        else if (point > ranges[middle].last)
            low = middle + 1;
        else
            return true;
    }
    return false;
}

/* How many bytes a character has that begins with `lead`; 0 when none does. RFC 3629 §4. */
static size_t bytes_of(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead < 0xe0)
        return 2;
    if (lead >= 0xe0 && lead < 0xf0)
        return 3;
    return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/* Longer than needed, a surrogate, or beyond Unicode. */
static bool is_forbidden(uint32_t point, size_t bytes)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    return point < smallest[bytes] || (point >= 0xd800 && point < 0xe000) || point > 0x10ffff;
}

uint32_t sf_utf8_next(const char *text, size_t *length)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t bytes = bytes_of(at[0]);
    *length = 1;
    if (bytes == 1)
        return at[0];
    if (bytes == 0)
        return 0xfffd;
    uint32_t point = at[0] & (0x7fu >> bytes);
    for (size_t i = 1; i < bytes; i++) {
        if ((at[i] & 0xc0) != 0x80) /* the 0 at the end stops here, too */
            return 0xfffd;
        point = point << 6 | (at[i] & 0x3fu);
    }
    if (is_forbidden(point, bytes))
        return 0xfffd;
    *length = bytes;
    return point;
}

unsigned sf_width_of(uint32_t code_point)
{
    if (code_point >= 0x20 && code_point < 0x7f)
        return 1;
    if (is_in(no_columns, sizeof no_columns / sizeof *no_columns, code_point))
        return 0;
    return is_in(two_columns, sizeof two_columns / sizeof *two_columns, code_point) ? 2 : 1;
}

size_t sf_width(const char *text)
{
    size_t columns;
    (void)sf_width_fit(text, SIZE_MAX, &columns);
    return columns;
}

size_t sf_width_fit(const char *text, size_t columns, size_t *used)
{
    size_t bytes = 0, total = 0;
    while (text[bytes] != '\0') {
        size_t length;
        size_t width = sf_width_of(sf_utf8_next(text + bytes, &length));
        if (width > columns - total)
            break;
        total += width;
        bytes += length;
    }
    if (used != NULL)
        *used = total;
    return bytes;
}
