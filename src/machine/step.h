/*
 * What a step did to both ends: their states before and after, and what was taken back.
 */
#ifndef SYNFIN_MACHINE_STEP_H
#define SYNFIN_MACHINE_STEP_H

#include <synfin/event.h>

/* Nothing has happened. The notes are cleared by saying that there are none. */
void sf_step_clear(struct sf_step *step);

/* Notes the states of both ends, before anything is changed. */
void sf_step_view_before(const struct sf_flow *flow, struct sf_step *step);

/* Notes them afterwards; marks what moved and what was taken back. */
void sf_step_view_after(const struct sf_flow *flow, struct sf_step *step);

#endif
