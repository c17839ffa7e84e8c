/*
 * `ladder -v`: the lesson of a segment as a table on paper.
 */
#ifndef SYNFIN_SINK_LESSON_PAGE_H
#define SYNFIN_SINK_LESSON_PAGE_H

#include "sink/lesson.h"
#include "sink/paper.h"

void sf_lesson_put(struct sf_paper *paper, const struct sf_told *told);

#endif
