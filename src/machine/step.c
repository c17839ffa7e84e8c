#include "machine/step.h"

static struct sf_view view_of(const struct sf_end *end)
{
    return (struct sf_view){.state = (uint8_t)sf_end_state(end),
                            .is_proved = sf_end_is_proved(end)};
}

static bool is_in_path(const struct sf_end *end, enum sf_state state)
{
    for (unsigned i = 0; i < end->n_path; i++) {
        if (end->path[i] == state)
            return true;
    }
    return false;
}

/* What both ends looked like before; an assumption that is gone from the path was taken back. */
void sf_step_view_before(const struct sf_flow *flow, struct sf_step *step)
{
    for (int side = 0; side < 2; side++)
        step->before[side] = step->after[side] = view_of(&flow->end[side]);
}

void sf_step_view_after(const struct sf_flow *flow, struct sf_step *step)
{
    for (int side = 0; side < 2; side++) {
        const struct sf_view *before = &step->before[side];
        step->after[side] = view_of(&flow->end[side]);
        if (before->state != step->after[side].state ||
            before->is_proved != step->after[side].is_proved)
            step->marks |= SF_MARK_MOVED;
        /* LISTEN is where a path begins for want of knowledge, nothing that was assumed. */
        if (before->state != SF_STATE_NONE && before->state != SF_STATE_LISTEN &&
            !before->is_proved && !is_in_path(&flow->end[side], (enum sf_state)before->state)) {
            step->taken_back[side] = before->state;
            step->marks |= SF_MARK_TAKEN_BACK;
        }
    }
}
