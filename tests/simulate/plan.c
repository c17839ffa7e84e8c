#include "plan.h"

#include <string.h>

#include "random.h"

#define PATIENT_NS (400 * SECOND_NS) /* longer than any conversation lasts */

/* What a path may add to a packet without being unsteady: less than the 5 ms that every analyser
 * has to grant to a busy host or queue. */
#define STEADY_NS (1200 * MICROSECOND_NS)

/* ---- the path ---------------------------------------------------------------------------------
 */

static int64_t draw_delay(struct random *random)
{
    static const int64_t longest_ns[] = {20 * MICROSECOND_NS, 300 * MICROSECOND_NS,
                                         5 * MILLISECOND_NS, 40 * MILLISECOND_NS,
                                         150 * MILLISECOND_NS};
    return random_between(random, 10 * MICROSECOND_NS, longest_ns[random_below(random, 5)]);
}

/* Both directions take about as long; the tap stands at one end or somewhere between. */
static void draw_delays(struct plan *plan, struct random *random)
{
    int64_t side_ns[2] = {draw_delay(random), draw_delay(random)};
    if (random_is(random, 400))
        side_ns[random_below(random, 2)] = 5 * MICROSECOND_NS;
    for (unsigned end = 0; end < 2; end++) {
        plan->leg[end][FRONT].delay_ns = side_ns[end];
        plan->leg[end][BEHIND].delay_ns = side_ns[1 - end];
    }
}

static void spoil(struct leg *leg, struct random *random)
{
    static const uint16_t often[] = {20, 100, 300, 600};
    if (random_is(random, 700))
        leg->lose = often[random_below(random, 4)];
    if (random_is(random, 250))
        leg->twice = often[random_below(random, 3)];
    if (random_is(random, 250))
        leg->hold = often[random_below(random, 3)];
}

/*
 * A SYN,ACK repeated behind a FIN that left in SYN-RECEIVED comes from FIN-WAIT-1, and no observer
 * can know. Only the RFC allows it, no stack does it: CLOSE acts so early where nothing is lost.
 */
static void calm_ends(struct plan *plan)
{
    bool is_lossy = false;
    for (unsigned i = 0; i < 4; i++)
        is_lossy |= plan->leg[i / 2][i % 2].lose > 0 || plan->leg[i / 2][i % 2].hold > 0;
    for (unsigned end = 0; end < 2; end++)
        plan->habits[end].closes_in_syn_rcvd &= !is_lossy;
}

/* Of ten paths four are clean, three bad on one leg, two on some, one everywhere. */
static void draw_faults(struct plan *plan, struct random *random)
{
    unsigned kind = random_below(random, 10);
    unsigned chosen = random_below(random, 4);
    int64_t jitter_ns = random_is(random, 300) ? random_between(random, 1, STEADY_NS) : 0;
    int64_t hold_ns = random_is(random, 700) ? STEADY_NS : random_between(random, 1, SECOND_NS);
    for (unsigned i = 0; i < 4; i++) {
        struct leg *leg = &plan->leg[i / 2][i % 2];
        leg->jitter_ns = jitter_ns;
        leg->hold_ns = hold_ns;
        if ((kind >= 4 && kind < 7 && i == chosen) ||
            (kind >= 7 && kind < 9 && random_is(random, 500)) || kind == 9)
            spoil(leg, random);
    }
}

bool plan_is_steady(const struct plan *plan)
{
    for (unsigned i = 0; i < 4; i++) {
        const struct leg *leg = &plan->leg[i / 2][i % 2];
        if (leg->hold > 0 && leg->hold_ns > STEADY_NS)
            return false;
    }
    return true;
}

/* ---- the ends ---------------------------------------------------------------------------------
 */

/* Numbers that are about to wrap are as likely as all others. */
static uint32_t draw_number(struct random *random)
{
    uint32_t number = (uint32_t)random_next(random);
    return random_is(random, 500) ? number : UINT32_MAX - number % 20000u;
}

static void draw_habits(struct habits *habits, struct random *random)
{
    *habits = (struct habits){
        .has_timestamps = random_is(random, 700),
        .sends_challenges = random_is(random, 800),
        .delays_acks = random_is(random, 500),
        .delays_fin_ack = random_is(random, 300),
        .puts_fin_on_data = random_is(random, 500),
        .resets_with_ack = random_is(random, 700),
        .resets_on_late_data = random_is(random, 600),
        .resets_on_giving_up = random_is(random, 300),
        .repeats_synack_on_syn = random_is(random, 700),
        .keeps_out_of_order = random_is(random, 800),
        .closes_in_syn_rcvd = random_is(random, 300),
        .repeats_all = random_is(random, 300),
        .closes_on_fin = random_is(random, 300),
        .reads = random_is(random, 930),
        .listens_on = random_is(random, 700),
        .ids = (uint8_t)(random_is(random, 950) ? random_below(random, 2) : IDS_RANDOM)};
    static const uint32_t sizes[] = {200, 536, 1460};
    static const int64_t ticks_ns[] = {MILLISECOND_NS, 4 * MILLISECOND_NS, 10 * MILLISECOND_NS};
    static const int64_t msls_ns[] = {SECOND_NS, 15 * SECOND_NS, 30 * SECOND_NS};
    habits->patience = (uint8_t)(3u + random_below(random, 4));
    habits->segment_size = sizes[random_below(random, 3)];
    habits->isn = draw_number(random);
    habits->timestamp = draw_number(random);
    habits->identification = (uint16_t)random_next(random);
    habits->tick_ns = ticks_ns[random_below(random, 3)];
    habits->timeout_min_ns = random_is(random, 700) ? 200 * MILLISECOND_NS : SECOND_NS;
    habits->msl_ns = msls_ns[random_below(random, 3)];
    habits->ack_delay_ns = random_between(random, MILLISECOND_NS, 200 * MILLISECOND_NS);
}

/* ---- the users --------------------------------------------------------------------------------
 */

static void add_act(struct plan *plan, unsigned end, enum deed deed, int64_t at_ns, uint32_t octets)
{
    if (plan->n_acts == ACTS_MAX)
        return;
    unsigned at = plan->n_acts++;
    for (; at > 0 && plan->act[at - 1u].at_ns > at_ns; at--)
        plan->act[at] = plan->act[at - 1u];
    plan->act[at] =
        (struct act){.at_ns = at_ns, .octets = octets, .end = (uint8_t)end, .deed = (uint8_t)deed};
}

static void draw_opening(struct plan *plan, struct random *random, int64_t near_ns)
{
    add_act(plan, 0, DEED_OPEN, MICROSECOND_NS, 0);
    unsigned kind = random_below(random, 100);
    if (kind < 88)
        add_act(plan, 1, DEED_LISTEN, 0, 0);
    else if (kind < 96)
        add_act(plan, 1, DEED_OPEN, random_between(random, 0, near_ns), 0);
}

static void draw_data(struct plan *plan, struct random *random, int64_t length_ns)
{
    static const uint32_t most[] = {1, 60, 600, 3000};
    for (unsigned end = 0; end < 2; end++) {
        for (unsigned n = random_below(random, 4); n > 0; n--)
            add_act(plan, end, DEED_SEND, random_between(random, 0, length_ns),
                    1u + random_below(random, most[random_below(random, 4)]));
    }
}

static void draw_close(struct plan *plan, struct random *random, int64_t length_ns, int64_t near_ns)
{
    int64_t close_ns = random_between(random, 0, length_ns);
    unsigned first = random_below(random, 2), second = 1u - first;
    enum deed deed = random_is(random, 700) ? DEED_CLOSE : DEED_SHUTDOWN;
    if (random_is(random, 950))
        add_act(plan, first, deed, close_ns, 0);
    if (random_is(random, 250)) /* about when the first FIN comes, or crosses */
        add_act(plan, second, DEED_CLOSE, close_ns + random_between(random, 0, near_ns), 0);
    for (unsigned end = 0; end < 2; end++) {
        plan->close_after_fin_ns[end] = NEVER;
        if (random_is(random, 920))
            plan->close_after_fin_ns[end] =
                random_is(random, 500) ? 0 : random_between(random, 0, SECOND_NS / 2);
    }
    if (random_is(random, 120))
        add_act(plan, random_below(random, 2), DEED_ABORT,
                random_between(random, 0, length_ns + SECOND_NS / 2), 0);
    if (random_is(random, 60)) /* once more on the same ports */
        add_act(plan, first, DEED_OPEN, random_between(random, length_ns, 200 * SECOND_NS), 0);
}

/* Where the capture shows a part only, one connection without doubled packets is hard enough. */
static void simplify(struct plan *plan)
{
    for (unsigned i = 0; i < 4; i++)
        plan->leg[i / 2][i % 2].twice = 0;
    for (unsigned i = plan->n_acts; i > 0; i--) {
        if (plan->act[i - 1u].deed == DEED_OPEN && plan->act[i - 1u].at_ns > SECOND_NS)
            plan->n_acts = i - 1u;
    }
}

/* ---- the capture ------------------------------------------------------------------------------
 */

static void draw_capture(struct plan *plan, struct random *random)
{
    plan->deaf_to = NOBODY;
    plan->ends_ns = PATIENT_NS;
    if (random_is(random, 850))
        return;
    if (random_is(random, 300))
        plan->skipped = (uint16_t)(1u + random_below(random, 12));
    if (random_is(random, 300))
        plan->deaf_to = (uint8_t)random_below(random, 2);
    if (random_is(random, 300))
        plan->missed = (uint16_t)(10u + random_below(random, 200));
    if (plan->skipped > 0 || plan->deaf_to != NOBODY)
        simplify(plan);
    plan->ends_early = random_is(random, 300);
    if (plan->ends_early)
        plan->ends_ns = random_between(random, 0, 4 * SECOND_NS);
}

void plan_draw(struct plan *plan, uint64_t seed)
{
    static const int64_t lengths_ns[] = {20 * MILLISECOND_NS, 300 * MILLISECOND_NS, 3 * SECOND_NS};
    struct random random = {.state = seed};
    memset(plan, 0, sizeof *plan);
    plan->seed = random_next(&random);
    draw_delays(plan, &random);
    draw_faults(plan, &random);
    draw_habits(&plan->habits[0], &random);
    draw_habits(&plan->habits[1], &random);
    calm_ends(plan);
    int64_t trip_ns = plan->leg[0][FRONT].delay_ns + plan->leg[0][BEHIND].delay_ns;
    int64_t length_ns =
        4 * trip_ns + random_between(&random, 1, lengths_ns[random_below(&random, 3)]);
    draw_opening(plan, &random, 2 * trip_ns);
    draw_data(plan, &random, length_ns);
    draw_close(plan, &random, length_ns, 2 * trip_ns);
    draw_capture(plan, &random);
}
