/*
 * `ladder -v`: every field of a TCP header as a table, with its length, its value and what it means
 * in this place; and why the numbers are what they are. What a lab report asks for.
 */
#ifndef SYNFIN_SINK_LESSON_H
#define SYNFIN_SINK_LESSON_H

#include <synfin/flow.h>
#include <synfin/segment.h>

#include "sink/ladder_page.h"

void sf_lesson_put(struct sf_paper *paper, const struct sf_frame *frame, const struct sf_flow *flow,
                   const struct sf_row *row, const struct sf_segment *segment);

#endif
