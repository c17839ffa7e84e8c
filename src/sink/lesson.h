/*
 * What a lab report asks for of a segment: every field of its TCP header with its length, its value
 * and what it means in this place; and why the numbers are what they are.
 */
#ifndef SYNFIN_SINK_LESSON_H
#define SYNFIN_SINK_LESSON_H

#include <stdbool.h>

#include <synfin/flow.h>
#include <synfin/segment.h>

#include "sink/rows.h"

/* One segment of a connection that is over. */
struct sf_told {
    const struct sf_flow *flow;
    const struct sf_row *row;
    const struct sf_segment *segment;
    bool absolute; /* no relative numbers in the reasons */
};

/* A field of the header, or an option, or the payload; in the user's language. */
struct sf_field {
    const char *name;
    unsigned bits; /* 0: no field of the header */
    const char *value;
    const char *meaning; /* may be empty */
};

/* Strings are borrowed until the call returns. */
typedef void sf_field_fn(void *context, const struct sf_field *field);
typedef void sf_reason_fn(void *context, const char *text);

/* Tells all fields in the order of the header, then why its numbers are what they are. Either
 * function may be NULL. */
void sf_lesson_tell(const struct sf_told *told, sf_field_fn *take_field, sf_reason_fn *take_reason,
                    void *context);

/* "packet 3, ACK from the client". */
#define SF_LESSON_HEADING_SIZE 128
void sf_lesson_heading(char text[SF_LESSON_HEADING_SIZE], const struct sf_row *row,
                       const struct sf_segment *segment);

#endif
