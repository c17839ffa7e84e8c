/*
 * Text in pages: nothing that comes from a capture, a file's name or a translation can become
 * markup.
 */
#ifndef SYNFIN_SINK_MARKUP_H
#define SYNFIN_SINK_MARKUP_H

#include "base/output.h"

/*
 * The text in HTML, inside and outside of quoted attributes: & < > " ' as references; control
 * characters and bytes that are no UTF-8 as U+FFFD.
 */
void sf_html_text(struct sf_output *out, const char *text);

/* The text in Markdown, also in a cell of a table: what marks something up is escaped, a line end
 * is a blank. */
void sf_markdown_text(struct sf_output *out, const char *text);

#endif
