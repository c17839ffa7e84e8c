#include "machine/step.h"

static struct sf_view view_of(const struct sf_end *end)
{
    return (struct sf_view){.state = (uint8_t)sf_end_state(end),
                            .is_proved = sf_end_is_proved(end)};
}

/* The first state is where a path begins for want of knowledge: it was not gone through. */
static bool went_through(const struct sf_end *end, enum sf_state state)
{
    for (unsigned i = 1; i < end->n_path; i++) {
        if (end->path[i] == state)
            return true;
    }
    return end->n_path == 1 && end->path[0] == state;
}

void sf_step_view_before(const struct sf_flow *flow, struct sf_step *step)
{
    for (int side = 0; side < 2; side++)
        step->before[side] = step->after[side] = view_of(&flow->end[side]);
}

static bool is_taken_back(const struct sf_view *before, const struct sf_end *end)
{
    enum sf_state state = (enum sf_state)before->state;
    bool is_start = end->n_path > 0 && end->path[0] == state;
    return state != SF_STATE_NONE && state != SF_STATE_LISTEN && !went_through(end, state) &&
           !(is_start && state != SF_STATE_CLOSED);
}

void sf_step_view_after(const struct sf_flow *flow, struct sf_step *step)
{
    for (int side = 0; side < 2; side++) {
        const struct sf_view *before = &step->before[side];
        step->after[side] = view_of(&flow->end[side]);
        if (before->state != step->after[side].state ||
            before->is_proved != step->after[side].is_proved)
            step->marks |= SF_MARK_MOVED;
        if (is_taken_back(before, &flow->end[side])) {
            step->taken_back[side] = before->state;
            step->marks |= SF_MARK_TAKEN_BACK;
        }
    }
}
