#include "words/words.h"

static const struct {
    uint32_t point;
    const char *stand_in;
} stand_ins[] = {
    {0x2190, "<-"}, {0x2192, "->"}, {0x2713, "ok"}, {0x2717, "!!"}, {0x2026, "..."},
    {0x00b5, "u"},  {0x03bc, "u"},  {0x00a7, "s."}, {0x2013, "-"},  {0x2014, "--"},
    {0x2500, "-"},  {0x25b6, ">"},  {0x25c0, "<"},  {0x00d7, "x"},  {0x2265, ">="},
    {0x2264, "<="}, {0x00b7, "."},  {0x2212, "-"},  {0x2504, "."},
};

const char *sf_ascii_for(uint32_t code_point)
{
    for (size_t i = 0; i < sizeof stand_ins / sizeof *stand_ins; i++)
        if (stand_ins[i].point == code_point)
            return stand_ins[i].stand_in;
    return "?";
}
