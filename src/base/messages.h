/*
 * Messages in the user's language: catalogues as GNU gettext's msgfmt makes them.
 *
 * The C library would look them up as well, but it never translates in the plain C locale, whatever
 * is asked for, and needs the locale of the language to be installed; here a file is enough.
 */
#ifndef SYNFIN_BASE_MESSAGES_H
#define SYNFIN_BASE_MESSAGES_H

#include <stdbool.h>

/*
 * Takes the catalogue at `path` for all that is said from now on, for good; call it once, before
 * anything is said and before there are threads. Returns 0, or -1 when there is no such file or it
 * is no catalogue: then nothing changes.
 */
int sf_messages_load(const char *path);

/* Is there a catalogue, so that another language than English is spoken? */
bool sf_messages_are_loaded(void);

/* The text in the user's language; `text` itself where the catalogue has none. */
const char *sf_message(const char *text) __attribute__((format_arg(1)));

/* The singular or plural text, as `n` of them asks for: languages with one form, and with two as in
 * English. */
const char *sf_message_n(const char *one, const char *many, unsigned long n)
    __attribute__((format_arg(1), format_arg(2)));

#endif
