/*
 * A text that grows in a buffer of fixed size: what does not fit is cut at a character, and
 * nothing is written behind the end.
 */
#ifndef SYNFIN_WORDS_SENTENCE_H
#define SYNFIN_WORDS_SENTENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_sentence {
    char *text; /* always ends with 0 */
    size_t size, length;
    bool is_full;
};

/* `size` is at least 1. */
void sf_sentence_init(struct sf_sentence *sentence, char *text, size_t size);

void sf_sentence_add(struct sf_sentence *sentence, const char *text);
void sf_sentence_add_bytes(struct sf_sentence *sentence, const char *text, size_t length);
/* A blank between two sentences, or none behind a wide character: Chinese has none there. */
void sf_sentence_add_space(struct sf_sentence *sentence);
void sf_sentence_add_number(struct sf_sentence *sentence, uint64_t number);
void sf_sentence_add_duration(struct sf_sentence *sentence, int64_t ns);

/*
 * Adds `text` with its {placeholders} replaced: `put` gets each name without the braces and
 * returns false for one it does not know, which is then left as it stands.
 */
typedef bool sf_placeholder_fn(struct sf_sentence *sentence, const char *name, size_t length,
                               const void *context);
void sf_sentence_add_filled(struct sf_sentence *sentence, const char *text, sf_placeholder_fn *put,
                            const void *context);

#endif
