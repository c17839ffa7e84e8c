/*
 * How many columns of a terminal a UTF-8 text takes: East Asian wide characters two, combining
 * ones none, by a table of our own, whatever the locale. A byte that is no UTF-8 takes one.
 */
#ifndef SYNFIN_BASE_WIDTH_H
#define SYNFIN_BASE_WIDTH_H

#include <stddef.h>
#include <stdint.h>

/*
 * The character at `text` (not at its end): its code point, U+FFFD for an invalid byte, and in
 * `length` its bytes.
 */
uint32_t sf_utf8_next(const char *text, size_t *length);

/* Columns of one code point: 0, 1 or 2. */
unsigned sf_width_of(uint32_t code_point);

/* Columns of the text up to its 0. */
size_t sf_width(const char *text);

/* How many bytes of `text` fit into `columns`; the columns they take go to `used` unless NULL. */
size_t sf_width_fit(const char *text, size_t columns, size_t *used);

#endif
