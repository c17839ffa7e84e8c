#include "words/sentence.h"

#include <string.h>

#include "base/clock.h"
#include "base/width.h"

void sf_sentence_init(struct sf_sentence *sentence, char *text, size_t size)
{
    sentence->text = text;
    sentence->size = size;
    sentence->length = 0;
    sentence->is_full = false;
    text[0] = '\0';
}

void sf_sentence_add_bytes(struct sf_sentence *sentence, const char *text, size_t length)
{
    size_t room = sentence->size - sentence->length - 1;
    if (sentence->is_full)
        return;
    if (length > room) {
        sentence->is_full = true;
        length = room;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--; /* not within a character */
    }
    memcpy(sentence->text + sentence->length, text, length);
    sentence->length += length;
    sentence->text[sentence->length] = '\0';
}

void sf_sentence_add(struct sf_sentence *sentence, const char *text)
{
    sf_sentence_add_bytes(sentence, text, strlen(text));
}

void sf_sentence_add_space(struct sf_sentence *sentence)
{
    size_t at = sentence->length, length;
    while (at > 0 && ((unsigned char)sentence->text[at - 1] & 0xc0) == 0x80)
        at--;
    bool is_wide = at > 0 && sf_width_of(sf_utf8_next(sentence->text + at - 1, &length)) == 2;
    if (sentence->length > 0 && !is_wide)
        sf_sentence_add(sentence, " ");
}

void sf_sentence_add_number(struct sf_sentence *sentence, uint64_t number)
{
    char digits[24];
    char *at = digits + sizeof digits;
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    sf_sentence_add_bytes(sentence, at, (size_t)(digits + sizeof digits - at));
}

void sf_sentence_add_duration(struct sf_sentence *sentence, int64_t ns)
{
    char text[SF_CLOCK_SIZE];
    sf_sentence_add_bytes(sentence, text, sf_clock_duration(text, ns));
}

void sf_sentence_add_filled(struct sf_sentence *sentence, const char *text, sf_placeholder_fn *put,
                            const void *context)
{
    for (const char *open; (open = strchr(text, '{')) != NULL;) {
        const char *close = strchr(open, '}');
        if (close == NULL)
            break;
        sf_sentence_add_bytes(sentence, text, (size_t)(open - text));
        text = close + 1;
        if (!put(sentence, open + 1, (size_t)(close - open - 1), context))
            sf_sentence_add_bytes(sentence, open, (size_t)(text - open));
    }
    sf_sentence_add(sentence, text);
}
