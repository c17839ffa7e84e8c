/*
 * Where a text is broken into lines.
 */
#ifndef SYNFIN_BASE_BREAKS_H
#define SYNFIN_BASE_BREAKS_H

#include <stddef.h>

/*
 * How many bytes of the UTF-8 text go on a line of so many columns: up to the last blank that fits
 * and parts neither a number and its unit nor an equation, or, beside wide characters, which need
 * no blanks, up to the last that fits; 0 when the first word is too wide.
 */
size_t sf_break_before(const char *text, size_t columns);

#endif
