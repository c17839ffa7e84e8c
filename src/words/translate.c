#include "words/translate.h"

#include "base/messages.h"

const char *sf_translate(const char *text)
{
    return sf_message(text);
}

const char *sf_translate_n(const char *one, const char *many, unsigned long n)
{
    return sf_message_n(one, many, n);
}
