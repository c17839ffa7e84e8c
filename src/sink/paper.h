/*
 * Paper: lines of text for a reader, of a known width, in UTF-8 or ASCII, with or without colours.
 *
 * It knows the column it is at, breaks texts between words, and lets nothing through that a
 * terminal would act on.
 */
#ifndef SYNFIN_SINK_PAPER_H
#define SYNFIN_SINK_PAPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/output.h"
#include "sink/sinks.h"

enum sf_ink {
    SF_INK_PLAIN,
    SF_INK_STRONG, /* headings */
    SF_INK_FAINT,  /* what helps, but may be overlooked */
    SF_INK_PROVED, /* states */
    SF_INK_ASSUMED,
    SF_INK_SEVERITY /* plus enum sf_severity */
};

struct sf_paper {
    struct sf_output *output;
    size_t width;
    size_t column; /* where the next character goes, from 0 */
    bool color, ascii;
    bool keeps_wide; /* the language has no other characters: ASCII is for drawing only */
};

void sf_paper_init(struct sf_paper *paper, const struct sf_sink_settings *settings);

/* Columns that the text takes on this paper. */
size_t sf_paper_columns(const struct sf_paper *paper, const char *text);

/* Puts the text as it is, without breaking it. */
void sf_paper_put(struct sf_paper *paper, const char *text);
void sf_paper_put_ink(struct sf_paper *paper, unsigned ink, const char *text);
void sf_paper_number(struct sf_paper *paper, uint64_t number);

/* A number or a text that ends before `column`. */
void sf_paper_right(struct sf_paper *paper, size_t column, const char *text);

/* Blanks up to `column`; none when the paper is there already or beyond. */
void sf_paper_to(struct sf_paper *paper, size_t column);

/*
 * The text, broken between words before the width, but not between a number and its unit, nor
 * beside =; further lines begin at `indent`.
 */
void sf_paper_wrap(struct sf_paper *paper, size_t indent, const char *text);

void sf_paper_end_line(struct sf_paper *paper);

#endif
