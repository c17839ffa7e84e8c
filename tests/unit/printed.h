/*
 * What a sink prints of a story, as one string in memory.
 */
#ifndef TESTS_PRINTED_H
#define TESTS_PRINTED_H

#include "sink/sinks.h"
#include "story.h"

/* Plays a story to a sink; the last thing is usually story_end. */
typedef void story_fn(struct story *story, struct sf_sink *sink);

/* `settings->output` is set here. The result is freed by the caller; a failure ends the test. */
char *printed(const char *sink, struct sf_sink_settings settings, story_fn *tell);

/* The same, with SF_EVENT_TOTALS of these counts of packets at the end. */
char *printed_with_totals(const char *sink, struct sf_sink_settings settings, story_fn *tell,
                          const struct sf_totals *totals);

/* End the test when a line is wider, or a byte is no printable ASCII. */
void assert_lines_fit(const char *text, size_t columns);
void assert_is_ascii(const char *text);

#endif
