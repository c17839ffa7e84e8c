#include "words/translate.h"

#include <libintl.h>

#define DOMAIN "synfin"

const char *sf_translate(const char *text)
{
    return dgettext(DOMAIN, text);
}

const char *sf_translate_n(const char *one, const char *many, unsigned long n)
{
    return dngettext(DOMAIN, one, many, n);
}
