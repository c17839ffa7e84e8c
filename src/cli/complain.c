#include "cli/complain.h"

#include <stdarg.h>
#include <stdio.h>

/* Control characters and DEL; bytes of UTF-8 stay. */
static void make_harmless(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c != '\0'; c++)
        if (*c < 0x20 || *c == 0x7f)
            *c = '?';
}

static void say(const char *format, va_list arguments)
{
    char text[1024];
    vsnprintf(text, sizeof text, format, arguments);
    make_harmless(text);
    fprintf(stderr, "synfin: %s\n", text);
}

void sf_complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

int sf_complain_usage(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    return SF_EXIT_USAGE;
}
