#include "machine/step.h"

#include <stddef.h>
#include <string.h>

#include "machine/fold.h"

static void look_at(const struct sf_flow *flow, enum sf_side side, struct sf_view *view)
{
    const struct sf_end *end = &flow->end[side];
    view->state = (uint8_t)sf_end_state(end);
    view->at = end->n_path > 0 ? (uint8_t)(end->n_path - 1u) : 0;
    view->is_proved = sf_end_is_proved(end) && !sf_fold_may_be_past(flow, side);
}

void sf_step_clear(struct sf_step *step)
{
    memset(step, 0, offsetof(struct sf_step, notes));
}

/* Where a path begins was not gone through, and is not taken back. */
static bool is_taken_back(const struct sf_view *before, const struct sf_end *end)
{
    if (before->state == SF_STATE_NONE || before->at == 0)
        return false;
    for (unsigned i = 1; i < end->n_path; i++) {
        if (end->path[i] == before->state)
            return false;
    }
    return true;
}

void sf_step_view_before(const struct sf_flow *flow, struct sf_step *step)
{
    /* Each byte by itself: to read what was just written by parts, as a copy does, has the
     * processor wait for a dozen nanoseconds. */
    for (int side = 0; side < 2; side++) {
        struct sf_view *before = &step->before[side], *after = &step->after[side];
        look_at(flow, (enum sf_side)side, before);
        after->state = before->state;
        after->at = before->at;
        after->is_proved = before->is_proved;
    }
}

void sf_step_view_after(const struct sf_flow *flow, struct sf_step *step)
{
    for (int side = 0; side < 2; side++) {
        const struct sf_view *before = &step->before[side];
        look_at(flow, (enum sf_side)side, &step->after[side]);
        if (before->state != step->after[side].state ||
            before->is_proved != step->after[side].is_proved)
            step->marks |= SF_MARK_MOVED;
        if (is_taken_back(before, &flow->end[side])) {
            step->taken_back[side] = before->state;
            step->marks |= SF_MARK_TAKEN_BACK;
        }
    }
}
