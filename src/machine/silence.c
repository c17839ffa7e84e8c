#include "machine/silence.h"

#include <string.h>

#include "machine/cookies.h"
#include "machine/fold.h"
#include "machine/machine.h"
#include "machine/outcome.h"
#include "machine/rules.h"
#include "machine/seq.h"
#include "machine/step.h"

#define SECOND_NS INT64_C(1000000000)

/* The end of patience with an opening that nobody goes on with. */
#define EMBRYONIC_NS (75 * SECOND_NS)

/* Repeats without any sign of the other end before silence means giving up. */
#define STUBBORN_MIN 3u

/* Timers double (RFC 6298 §5.5): the next repeat may come after twice the last interval, and only
 * clearly more than that is silence. */
static int64_t clearly_more(int64_t interval_ns)
{
    return 3 * interval_ns;
}

/* No timer of an opening is shorter than a second (RFC 6298 §2.1): a sooner repeat had another
 * reason. */
static int64_t after_repeats(const struct sighting *sighting)
{
    int64_t interval_ns = sighting->interval_ns > SECOND_NS ? sighting->interval_ns : SECOND_NS;
    int64_t patience = sighting->repeats > 0 ? clearly_more(interval_ns) : EMBRYONIC_NS;
    return sighting->last_ns + patience;
}

static bool is_heard_synack(const struct entry *entry)
{
    return (entry->bits & (ENTRY_HEARD | ENTRY_STRUCK)) == ENTRY_HEARD &&
           (entry->flags & (SF_SYN | SF_ACK)) == (SF_SYN | SF_ACK);
}

static int64_t synack_unheard_due(const struct sf_flow *flow)
{
    const struct sf_history *history = flow->history;
    const struct sf_end *client = &flow->end[SF_CLIENT];
    const struct log *log = &history->end[SF_CLIENT].log;
    if (!history->has_syn || flow->complete_ns != SF_NO_TIME || history->syns_crossed ||
        sf_end_state(client) != SF_STATE_ESTABLISHED || sf_end_is_proved(client))
        return INT64_MAX;
    for (unsigned i = 0; i < log->n; i++) {
        if (is_heard_synack(&log->entry[i]))
            return log->entry[i].time_ns + SECOND_NS;
    }
    return INT64_MAX;
}

static int64_t half_closed_due(const struct sf_flow *flow, enum sf_side closer)
{
    int64_t since_ns;
    uint64_t number;
    bool waits = sf_history_awaits_fin(flow, closer, &since_ns, &number);
    return waits ? flow->history->end[closer].fin_covered_ns + SECOND_NS : INT64_MAX;
}

static int64_t stalled_due(const struct sf_flow *flow, enum sf_side closer, int64_t patience_ns)
{
    int64_t since_ns;
    uint64_t number;
    bool waits = sf_history_awaits_fin(flow, closer, &since_ns, &number);
    return waits ? since_ns + patience_ns : INT64_MAX;
}

/* Repeats or keepalives without an answer, and then nothing more: its sender gave up. */
static int64_t gave_up_due(const struct sf_flow *flow, enum sf_side side)
{
    const struct private_end *end = &flow->history->end[side];
    if (flow->history->rst_accepted)
        return INT64_MAX;
    if (end->stubborn.count >= STUBBORN_MIN)
        return end->stubborn.last_ns + clearly_more(end->stubborn.interval_ns);
    if (end->keepalives >= STUBBORN_MIN)
        return end->keepalive_ns + clearly_more(end->keepalive_interval_ns);
    return INT64_MAX;
}

/* At the end of the input twice the interval is all that can be asked for. */
static bool has_given_up(const struct sf_flow *flow, enum sf_side side, int64_t now_ns)
{
    const struct private_end *end = &flow->history->end[side];
    if (flow->history->rst_accepted)
        return false;
    return (end->stubborn.count >= STUBBORN_MIN &&
            now_ns - end->stubborn.last_ns >= 2 * end->stubborn.interval_ns) ||
           (end->keepalives >= STUBBORN_MIN &&
            now_ns - end->keepalive_ns >= 2 * end->keepalive_interval_ns);
}

int64_t sf_silence_due(const struct sf_flow *flow, enum silence silence)
{
    const struct sf_history *history = flow->history;
    switch (silence) {
    case SILENCE_SYNACK_UNHEARD:
        return synack_unheard_due(flow);
    case SILENCE_UNANSWERED:
        return flow->handshake == SF_HANDSHAKE_NO_ANSWER && flow->syn_ns != SF_NO_TIME &&
                       history->end[SF_SERVER].segments == 0
                   ? flow->syn_ns + SECOND_NS
                   : INT64_MAX;
    case SILENCE_UNFINISHED:
        return flow->handshake == SF_HANDSHAKE_HALF_OPEN && flow->synack_ns != SF_NO_TIME &&
                       !history->syns_crossed
                   ? flow->synack_ns + SECOND_NS
                   : INT64_MAX;
    case SILENCE_WAITING:
        return flow->handshake == SF_HANDSHAKE_HALF_OPEN && flow->synack_ns != SF_NO_TIME &&
                       !history->syns_crossed
                   ? flow->synack_ns + COOKIE_SILENCE_NS
                   : INT64_MAX;
    case SILENCE_NO_ANSWER:
        return flow->handshake == SF_HANDSHAKE_NO_ANSWER && history->has_syn
                   ? after_repeats(&history->end[SF_CLIENT].syn)
                   : INT64_MAX;
    case SILENCE_HALF_OPEN:
        return flow->handshake == SF_HANDSHAKE_HALF_OPEN && flow->synack_ns != SF_NO_TIME &&
                       !history->syns_crossed
                   ? after_repeats(&history->end[SF_SERVER].syn)
                   : INT64_MAX;
    case SILENCE_CLIENT_HALF_CLOSED:
        return half_closed_due(flow, SF_CLIENT);
    case SILENCE_SERVER_HALF_CLOSED:
        return half_closed_due(flow, SF_SERVER);
    case SILENCE_CLIENT_AWAITS_FIN:
        return stalled_due(flow, SF_CLIENT, CLOSE_WAIT_STALLED_NS);
    case SILENCE_SERVER_AWAITS_FIN:
        return stalled_due(flow, SF_SERVER, CLOSE_WAIT_STALLED_NS);
    case SILENCE_CLIENT_FIN_WAIT_2:
        return stalled_due(flow, SF_CLIENT, FIN_WAIT_2_STALLED_NS);
    case SILENCE_SERVER_FIN_WAIT_2:
        return stalled_due(flow, SF_SERVER, FIN_WAIT_2_STALLED_NS);
    case SILENCE_CLIENT_GAVE_UP:
        return gave_up_due(flow, SF_CLIENT);
    case SILENCE_SERVER_GAVE_UP:
        return gave_up_due(flow, SF_SERVER);
    case SILENCE_COUNT:
        break;
    }
    return INT64_MAX;
}

/* Nothing but the state of an opening, a close or a repeat makes silence worth watching. */
static bool is_worth_watching(const struct sf_flow *flow)
{
    return flow->complete_ns == SF_NO_TIME ||
           ((flow->end[0].known | flow->end[1].known) & SF_KNOWS_FIN) != 0 ||
           flow->history->end[0].stubborn.count > 0 || flow->history->end[1].stubborn.count > 0 ||
           flow->history->end[0].keepalives > 0 || flow->history->end[1].keepalives > 0;
}

/* Of a side that waits for no FIN no silence of a half-close has to be looked at. */
static bool is_of_half_close(enum silence silence)
{
    return silence >= SILENCE_CLIENT_HALF_CLOSED && silence <= SILENCE_SERVER_FIN_WAIT_2;
}

static enum sf_side closer_of(enum silence silence)
{
    return (silence - SILENCE_CLIENT_HALF_CLOSED) % 2 == 0 ? SF_CLIENT : SF_SERVER;
}

int64_t sf_machine_next_silence(const struct sf_flow *flow)
{
    int64_t next = INT64_MAX;
    if (!is_worth_watching(flow))
        return next;
    bool awaits_fin[2];
    for (int side = 0; side < 2; side++) {
        int64_t since_ns;
        uint64_t number;
        awaits_fin[side] = sf_history_awaits_fin(flow, (enum sf_side)side, &since_ns, &number);
    }
    /* A completed handshake leaves nothing of the opening to wait for. */
    int first = flow->complete_ns != SF_NO_TIME ? SILENCE_CLIENT_HALF_CLOSED : 0;
    for (int i = first; i < SILENCE_COUNT; i++) {
        enum silence silence = (enum silence)i;
        if (is_of_half_close(silence) && !awaits_fin[closer_of(silence)])
            continue;
        int64_t due = sf_silence_due(flow, silence);
        if (due < next && due != flow->history->told_ns[i])
            next = due;
    }
    return next;
}

/* An end that takes a SYN,ACK answers it: one that was left unanswered for a second was not taken.
 */
static void strike_synack(struct sf_flow *flow, int64_t now_ns)
{
    struct log *log = &flow->history->end[SF_CLIENT].log;
    for (unsigned i = 0; i < log->n; i++) {
        struct entry *entry = &log->entry[i];
        if (is_heard_synack(entry) && entry->time_ns + SECOND_NS <= now_ns)
            entry->bits |= ENTRY_STRUCK | ENTRY_UNANSWERED;
    }
    sf_fold_path(flow, SF_CLIENT);
}

static void begin_step(struct machine *machine, struct sf_flow *flow, int64_t now_ns,
                       uint32_t marks, struct sf_step *step, struct judgement *j)
{
    sf_step_clear(step);
    step->marks = marks;
    step->first_found = flow->n_found;
    sf_step_view_before(flow, step);
    sf_judge_clear(j);
    j->machine = machine;
    machine->crowd.n_news = 0;
    j->flow = flow;
    j->step = step;
    j->now_ns = now_ns;
}

bool sf_machine_silence(struct machine *machine, struct sf_flow *flow, int64_t now_ns,
                        struct sf_step *step)
{
    struct judgement j;
    bool is_due = false, was_due[SILENCE_COUNT] = {false};
    begin_step(machine, flow, now_ns, SF_MARK_SILENCE, step, &j);
    for (int i = 0; i < SILENCE_COUNT; i++) {
        int64_t due = sf_silence_due(flow, (enum silence)i);
        if (due > now_ns || due == flow->history->told_ns[i])
            continue;
        flow->history->told_ns[i] = due;
        is_due = true;
        was_due[i] = true;
        if (i == SILENCE_SYNACK_UNHEARD)
            strike_synack(flow, now_ns);
        if (i == SILENCE_CLIENT_GAVE_UP || i == SILENCE_SERVER_GAVE_UP)
            flow->history->gave_up = true;
    }
    if (!is_due)
        return false;
    sf_outcome_tell(flow);
    sf_step_view_after(flow, step);
    if (was_due[SILENCE_UNANSWERED])
        sf_crowd_unanswered(&j);
    if (was_due[SILENCE_UNFINISHED])
        sf_crowd_unfinished(&j);
    if (was_due[SILENCE_WAITING])
        sf_crowd_waiting(&j);
    sf_rules_apply(&j);
    return true;
}

static bool is_fin_covered(const struct sf_flow *flow, enum sf_side side)
{
    return flow->history->end[side].fin_covered_ns != SF_NO_TIME;
}

static bool is_embryonic(const struct sf_flow *flow)
{
    return flow->handshake == SF_HANDSHAKE_NO_ANSWER || flow->handshake == SF_HANDSHAKE_HALF_OPEN ||
           flow->history->probe != SF_METHOD_NONE;
}

int64_t sf_machine_over_at(const struct sf_flow *flow, int64_t linger_ns)
{
    bool is_over = (is_fin_covered(flow, SF_CLIENT) && is_fin_covered(flow, SF_SERVER)) ||
                   flow->history->rst_accepted || sf_end_state(&flow->end[0]) == SF_STATE_NONE ||
                   (sf_end_state(&flow->end[0]) == SF_STATE_CLOSED &&
                    sf_end_state(&flow->end[1]) == SF_STATE_CLOSED);
    if (is_over)
        return flow->last_ns + linger_ns;
    return is_embryonic(flow) ? flow->last_ns + EMBRYONIC_NS : INT64_MAX;
}

/* ---- the last word ----------------------------------------------------------------------------
 */

/* What silence suggested and a later segment refuted is not said in the row. */
static void drop_refuted(struct sf_flow *flow)
{
    if (flow->handshake != SF_HANDSHAKE_NO_ANSWER || flow->history->end[SF_CLIENT].syn_was_rejected)
        sf_history_drop_found(flow, SF_CODE_NO_ANSWER);
    if (flow->handshake != SF_HANDSHAKE_HALF_OPEN)
        sf_history_drop_found(flow, SF_CODE_HALF_OPEN);
}

/*
 * The capture began behind the FIN of an end that sends nothing but acknowledgments, and answers
 * the other FIN with an acknowledgment alone: it had closed its half before.
 */
static void reinterpret_midstream(struct sf_flow *flow)
{
    struct sf_history *history = flow->history;
    for (int i = 0; history->is_midstream && i < 2; i++) {
        enum sf_side side = (enum sf_side)i, other = sf_other(side);
        const struct sf_end *quiet = &flow->end[side], *closer = &flow->end[other];
        bool is_quiet = history->end[side].segments > 0 && quiet->bytes == 0 &&
                        quiet->max == quiet->first && (quiet->known & SF_KNOWS_FIN) == 0;
        bool answered = (closer->known & SF_KNOWS_FIN) != 0 && is_fin_covered(flow, other) &&
                        closer->bytes > 0 && history->end[other].start == SF_STATE_ESTABLISHED;
        if (!is_quiet || !answered || history->rst_accepted)
            continue;
        history->end[side].start = SF_STATE_FIN_WAIT_2;
        history->end[other].start = SF_STATE_CLOSE_WAIT;
        sf_fold_path(flow, SF_CLIENT);
        sf_fold_path(flow, SF_SERVER);
    }
}

void sf_machine_end(struct machine *machine, struct sf_flow *flow, int64_t now_ns,
                    struct sf_step *step)
{
    struct judgement j;
    begin_step(machine, flow, now_ns, SF_MARK_END, step, &j);
    for (int side = 0; side < 2; side++) {
        if (has_given_up(flow, (enum sf_side)side, now_ns))
            flow->history->gave_up = true;
    }
    reinterpret_midstream(flow);
    sf_outcome_tell(flow);
    bool was_deaf = flow->handshake == SF_HANDSHAKE_HALF_OPEN && flow->synack_ns != SF_NO_TIME &&
                    now_ns - flow->synack_ns >= SECOND_NS &&
                    flow->end[SF_SERVER].synack_repeats > 0;
    if (was_deaf && !flow->history->syns_crossed)
        strike_synack(flow, INT64_MAX);
    drop_refuted(flow);
    step->first_found = flow->n_found;
    sf_step_view_after(flow, step);
    sf_rules_apply(&j);
    sf_rules_finish(machine, flow, now_ns);
    sf_crowd_remember(&j);
}
