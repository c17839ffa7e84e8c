#include "play.h"

#include <string.h>

#include "endpoint.h"
#include "network.h"
#include "random.h"

struct stage {
    const struct plan *plan;
    struct truth *truth;
    struct endpoint end[2];
    struct network network;
    unsigned next_act;
    int64_t now_ns;
};

static void emit(void *context, const struct packet *packet)
{
    struct stage *stage = context;
    int sent = truth_send(stage->truth, packet, stage->now_ns);
    if (sent >= 0)
        network_carry(&stage->network, (unsigned)sent, FRONT, stage->now_ns);
}

/* ---- the users --------------------------------------------------------------------------------
 */

static void act(struct stage *stage, const struct act *act)
{
    struct endpoint *end = &stage->end[act->end];
    switch ((enum deed)act->deed) {
    case DEED_LISTEN:
        endpoint_listen(end, stage->now_ns);
        break;
    case DEED_OPEN:
        endpoint_open(end, stage->now_ns);
        break;
    case DEED_SEND:
        endpoint_send(end, act->octets, stage->now_ns);
        break;
    case DEED_SHUTDOWN:
        endpoint_shutdown(end, stage->now_ns);
        break;
    case DEED_CLOSE:
        endpoint_close(end, stage->now_ns);
        break;
    case DEED_ABORT:
        endpoint_abort(end, stage->now_ns);
        break;
    }
}

/* When the user answers the FIN that it heard with CLOSE; NEVER. */
static int64_t answer_due(const struct stage *stage, unsigned end)
{
    const struct endpoint *endpoint = &stage->end[end];
    int64_t after_ns = stage->plan->close_after_fin_ns[end];
    if (endpoint->state != SF_STATE_CLOSE_WAIT || endpoint->is_fin_queued || after_ns == NEVER)
        return NEVER;
    int64_t due_ns = endpoint->heard_fin_ns + after_ns;
    return due_ns > stage->now_ns ? due_ns : stage->now_ns;
}

/* ---- the tap ----------------------------------------------------------------------------------
 */

static bool is_captured(const struct stage *stage, unsigned from)
{
    const struct plan *plan = stage->plan;
    unsigned n = stage->truth->n_passes;
    struct random random = {.state = random_mix(plan->seed, 100000u + n)};
    return n >= plan->skipped && from != plan->deaf_to && stage->now_ns <= plan->ends_ns &&
           !random_is(&random, plan->missed);
}

static void arrive(struct stage *stage)
{
    struct flight flight = network_deliver(&stage->network);
    struct sent *sent = &stage->truth->sent[flight.sent];
    unsigned from = sent->packet.from;
    if (flight.leg == FRONT) {
        truth_pass(stage->truth, flight.sent, is_captured(stage, from), stage->now_ns);
        network_carry(&stage->network, flight.sent, BEHIND, stage->now_ns);
        return;
    }
    if (sent->arrived_ns == NEVER)
        sent->arrived_ns = stage->now_ns;
    sent->last_arrived_ns = stage->now_ns;
    endpoint_take(&stage->end[1u - from], &sent->packet, stage->now_ns);
}

/* ---- the course of events ---------------------------------------------------------------------
 */

/* What is due first, in this order when several are: users, packets, timers. */
static bool go_on(struct stage *stage)
{
    const struct plan *plan = stage->plan;
    int64_t act_ns = stage->next_act < plan->n_acts ? plan->act[stage->next_act].at_ns : NEVER;
    int64_t network_ns = network_deadline(&stage->network);
    int64_t due_ns = act_ns < network_ns ? act_ns : network_ns;
    int64_t answer_ns[2], timer_ns[2];
    for (unsigned i = 0; i < 2; i++) {
        answer_ns[i] = answer_due(stage, i);
        timer_ns[i] = endpoint_deadline(&stage->end[i]);
        due_ns = answer_ns[i] < due_ns ? answer_ns[i] : due_ns;
        due_ns = timer_ns[i] < due_ns ? timer_ns[i] : due_ns;
    }
    if (due_ns == NEVER)
        return false;
    stage->now_ns = due_ns;
    if (act_ns == due_ns) {
        act(stage, &plan->act[stage->next_act++]);
    } else if (network_ns == due_ns) {
        arrive(stage);
    } else {
        unsigned i = answer_ns[0] == due_ns || timer_ns[0] == due_ns ? 0 : 1;
        if (answer_ns[i] == due_ns)
            endpoint_close(&stage->end[i], due_ns);
        else
            endpoint_wake(&stage->end[i], due_ns);
    }
    return true;
}

void play(const struct plan *plan, struct truth *truth)
{
    struct stage stage = {.plan = plan, .truth = truth};
    memset(truth, 0, sizeof *truth);
    network_init(&stage.network, plan, truth);
    for (unsigned i = 0; i < 2; i++)
        endpoint_init(&stage.end[i], i, &plan->habits[i], truth, emit, &stage);
    while (!truth->is_cut && go_on(&stage)) {
    }
}
