#include "hex.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static unsigned digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c != '\0' ? strchr(digits, c) : NULL;
    if (found == NULL) {
        abort();
    }
    return (unsigned)(found - digits);
}

size_t hex_read(const char *text, uint8_t *bytes, size_t size)
{
    size_t n = 0;
    while (*text != '\0') {
        if (isspace((unsigned char)*text)) {
            text++;
            continue;
        }
        if (n == size) {
            abort();
        }
        bytes[n++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
        text += 2;
    }
    return n;
}
