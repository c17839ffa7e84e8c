/*
 * From a conversation that fails to the shortest one that still does.
 */
#include "trial.h"

#include <string.h>

#define ROUND_NS (10 * MILLISECOND_NS)

/* A way to make a plan simpler; `n` counts through its places. Returns false beyond the last. */
typedef bool simplify_fn(struct plan *plan, unsigned n);

static bool drop_act(struct plan *plan, unsigned n)
{
    if (n >= plan->n_acts)
        return false;
    plan->n_acts--;
    for (unsigned i = n; i < plan->n_acts; i++)
        plan->act[i] = plan->act[i + 1u];
    return true;
}

static bool send_less(struct plan *plan, unsigned n)
{
    if (n >= plan->n_acts)
        return false;
    if (plan->act[n].octets > 10)
        plan->act[n].octets = 10;
    return true;
}

static bool quiet_leg(struct plan *plan, unsigned n)
{
    if (n >= 4)
        return false;
    plan->calm[n / 2][n % 2] = UINT64_MAX;
    return true;
}

static bool quiet_packet(struct plan *plan, unsigned n)
{
    if (n >= 4 * TOUCHABLE)
        return false;
    unsigned leg = n / TOUCHABLE;
    plan->calm[leg / 2][leg % 2] |= UINT64_C(1) << n % TOUCHABLE;
    return true;
}

static bool quiet_fault(struct plan *plan, unsigned n)
{
    if (n >= 12)
        return false;
    struct leg *leg = &plan->leg[n / 3 / 2][n / 3 % 2];
    uint16_t *faults[] = {&leg->lose, &leg->hold, &leg->twice};
    *faults[n % 3] = 0;
    return true;
}

static bool still_path(struct plan *plan, unsigned n)
{
    if (n >= 4)
        return false;
    plan->leg[n / 2][n % 2].jitter_ns = 0;
    return true;
}

static bool see_all(struct plan *plan, unsigned n)
{
    switch (n) {
    case 0:
        plan->skipped = 0;
        return true;
    case 1:
        plan->missed = 0;
        return true;
    case 2:
        plan->deaf_to = NOBODY;
        return true;
    case 3:
        plan->ends_ns = NEVER;
        plan->ends_early = false;
        return true;
    default:
        return false;
    }
}

static bool plain_habit(struct plan *plan, unsigned n)
{
    struct habits *habits = &plan->habits[n % 2];
    bool *odd[] = {&habits->has_timestamps,      &habits->delays_acks,
                   &habits->delays_fin_ack,      &habits->puts_fin_on_data,
                   &habits->resets_on_late_data, &habits->resets_on_giving_up,
                   &habits->closes_in_syn_rcvd,  &habits->repeats_all,
                   &habits->closes_on_fin,       &habits->listens_on};
    unsigned which = n / 2;
    if (which < sizeof odd / sizeof odd[0])
        *odd[which] = false;
    else if (which == sizeof odd / sizeof odd[0])
        habits->ids = IDS_ZERO;
    else if (which == sizeof odd / sizeof odd[0] + 1)
        habits->reads = true;
    else if (which == sizeof odd / sizeof odd[0] + 3)
        habits->segment_size = 1460;
    else if (which == sizeof odd / sizeof odd[0] + 2)
        habits->isn = 1000000u * (n % 2 + 1u);
    else
        return false;
    return true;
}

static bool idle_user(struct plan *plan, unsigned n)
{
    if (n >= 2)
        return false;
    plan->close_after_fin_ns[n] = NEVER;
    return true;
}

static bool round_delay(struct plan *plan, unsigned n)
{
    if (n >= 4)
        return false;
    plan->leg[n / 2][n % 2].delay_ns = ROUND_NS;
    return true;
}

static bool still_fails(const struct plan *plan, enum rule rule, struct trial *trial)
{
    static struct tally unused; /* of no account */
    trial->plan = *plan;
    trial_run(trial, &unused);
    return trial->verdict.is_broken && trial->verdict.rule == rule;
}

/* Tries every place of one way. Returns whether anything became simpler. */
static bool simplify(simplify_fn *way, struct plan *plan, enum rule rule, struct trial *trial)
{
    bool has_changed = false;
    for (unsigned n = 0;; n++) {
        struct plan simpler = *plan;
        if (!way(&simpler, n))
            return has_changed;
        if (memcmp(&simpler, plan, sizeof simpler) == 0 || !still_fails(&simpler, rule, trial))
            continue;
        *plan = simpler;
        has_changed = true;
    }
}

void trial_shrink(struct trial *trial)
{
    static simplify_fn *const ways[] = {quiet_leg, quiet_fault, quiet_packet, drop_act,
                                        see_all,   still_path,  plain_habit,  idle_user,
                                        send_less, round_delay};
    struct plan plan = trial->plan;
    enum rule rule = trial->verdict.rule;
    bool has_changed = true;
    while (has_changed) {
        has_changed = false;
        for (unsigned i = 0; i < sizeof ways / sizeof ways[0]; i++)
            has_changed |= simplify(ways[i], &plan, rule, trial);
    }
    still_fails(&plan, rule, trial);
}
