#include "words/words.h"

#include <string.h>

#include "base/width.h"

/* No stand-in is longer than the UTF-8 of what it stands for. */
static const struct {
    uint32_t point;
    const char *stand_in;
} stand_ins[] = {
    {0x2190, "<-"}, {0x2192, "->"}, {0x2713, "ok"}, {0x2717, "!!"}, {0x2026, "..."},
    {0x00b5, "u"},  {0x03bc, "u"},  {0x00a7, "s."}, {0x2013, "-"},  {0x2014, "--"},
    {0x2500, "-"},  {0x25b6, ">"},  {0x25c0, "<"},  {0x00d7, "x"},  {0x2265, ">="},
    {0x2264, "<="}, {0x00b7, "."},  {0x2212, "-"},  {0x2504, "."},
};

static const char *stand_in_for(uint32_t point)
{
    for (size_t i = 0; i < sizeof stand_ins / sizeof *stand_ins; i++)
        if (stand_ins[i].point == point)
            return stand_ins[i].stand_in;
    return "?";
}

void sf_to_ascii(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0';) {
        size_t length;
        uint32_t point = sf_utf8_next(from, &length);
        if (point < 0x80) {
            *to++ = (char)point;
        } else {
            const char *stand_in = stand_in_for(point);
            size_t n = strlen(stand_in);
            memcpy(to, stand_in, n);
            to += n;
        }
        from += length;
    }
    *to = '\0';
}
