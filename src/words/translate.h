/*
 * Marking and translating what a person reads. The catalogues are those of
 * base/messages.h, one for each *.po of this folder; without one the English text is the
 * translation. Codes, states and JSON keys are never translated.
 */
#ifndef SYNFIN_WORDS_TRANSLATE_H
#define SYNFIN_WORDS_TRANSLATE_H

/* Marks a text in a table; the reader of the table translates it. */
#define N_(text) text

/* The text in the user's language. */
#define _(text) sf_translate(text)

const char *sf_translate(const char *text) __attribute__((format_arg(1)));

/* The singular or plural text, as `n` of them asks for in the user's language. */
const char *sf_translate_n(const char *one, const char *many, unsigned long n)
    __attribute__((format_arg(1), format_arg(2)));

#endif
