#include "words/words.h"

#include <stdio.h>
#include <string.h>

#include "words/sentence.h"

static void add_hexadecimal(struct sf_sentence *sentence, uint64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "0x%llx", (unsigned long long)number);
    sf_sentence_add(sentence, text);
}

/* A placeholder is the number of a value and, unless it is a plain number, a letter. */
static bool put_value(struct sf_sentence *sentence, const char *name, size_t length,
                      const void *context)
{
    const struct sf_note *note = context;
    if (length == 0 || length > 2 || name[0] < '0' || name[0] > '2')
        return false;
    int64_t value = note->value[name[0] - '0'];
    char kind = length == 2 ? name[1] : 'n';
    if (kind == 'n')
        sf_sentence_add_number(sentence, (uint64_t)value);
    else if (kind == 't')
        sf_sentence_add_duration(sentence, value);
    else if (kind == 's')
        sf_sentence_add(sentence, sf_state_name((unsigned)value));
    else if (kind == 'x')
        add_hexadecimal(sentence, (uint64_t)value);
    else
        return false;
    return true;
}

struct sf_note sf_note_absolute(struct sf_note note, uint32_t first)
{
    if (note.annotation == SF_SAY_FIRST_FIN || note.annotation == SF_SAY_SECOND_FIN)
        note.value[0] = (uint32_t)((uint32_t)note.value[0] + first);
    return note;
}

void sf_note_words_init(struct sf_note_words *words)
{
    for (unsigned i = 0; i < SF_SAY_COUNT; i++)
        words->text[i] = sf_annotation_is_counted(i) ? NULL : sf_annotation_text(i, 0);
}

static const char *pattern_of(const struct sf_note *note, const struct sf_note_words *words)
{
    bool is_kept = words != NULL && note->annotation < SF_SAY_COUNT;
    if (is_kept && words->text[note->annotation] != NULL)
        return words->text[note->annotation];
    return sf_annotation_text(note->annotation, (unsigned long)note->value[0]);
}

size_t sf_note_text(char text[SF_NOTE_SIZE], const struct sf_note *note,
                    const struct sf_note_words *words)
{
    struct sf_sentence sentence;
    sf_sentence_init(&sentence, text, SF_NOTE_SIZE);
    sf_sentence_add_filled(&sentence, pattern_of(note, words), put_value, note);
    return sentence.length;
}
