/*
 * Drawings for a page, as inline SVG that the page's style sheet colours. All are 360 units wide,
 * so that they can be read on a telephone as well.
 */
#ifndef SYNFIN_SINK_SVG_H
#define SYNFIN_SINK_SVG_H

#include "sink/report.h"

/* What drawings share, once a page: arrow heads, and the diagram of the states. */
void sf_svg_definitions(struct sf_output *out);

/* The ladder of a connection. */
void sf_svg_ladder(const struct sf_drawn *drawn);

/* The diagram of the states with the paths of both ends traced through it. */
void sf_svg_states(const struct sf_drawn *drawn);

/* Where the time went, to scale; nothing when all came at once. */
void sf_svg_spans(const struct sf_drawn *drawn);

#endif
