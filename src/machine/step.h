/*
 * What a step did to both ends: their states before and after, and what was taken back.
 */
#ifndef SYNFIN_MACHINE_STEP_H
#define SYNFIN_MACHINE_STEP_H

#include <synfin/event.h>

/* Makes it a step in which nothing happened. `notes` keeps what it held: n_notes is 0. */
void sf_step_clear(struct sf_step *step);

/* Notes the states of both ends, before anything is changed. */
void sf_step_view_before(const struct sf_flow *flow, struct sf_step *step);

/* Notes them afterwards; marks what moved and what was taken back. */
void sf_step_view_after(const struct sf_flow *flow, struct sf_step *step);

#endif
