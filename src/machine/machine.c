#include "machine/machine.h"

#include <string.h>

#include "machine/annotate.h"
#include "machine/contradict.h"
#include "machine/departure.h"
#include "machine/judge.h"
#include "machine/learn.h"
#include "machine/outcome.h"
#include "machine/paws.h"
#include "machine/record.h"
#include "machine/renumber.h"
#include "machine/resent.h"
#include "machine/reset.h"
#include "machine/rules.h"
#include "machine/seq.h"
#include "machine/split.h"
#include "machine/step.h"

bool sf_machine_init(struct machine *machine, int64_t msl_ns)
{
    machine->msl_ns = msl_ns;
    sf_rules_index(&machine->asked);
    return sf_crowd_init(&machine->crowd);
}

void sf_machine_release(struct machine *machine)
{
    sf_crowd_release(&machine->crowd);
}

void sf_machine_begin(struct sf_flow *flow, struct sf_history *history)
{
    flow->start_ns = flow->last_ns = SF_NO_TIME;
    flow->syn_ns = flow->synack_ns = flow->complete_ns = SF_NO_TIME;
    flow->closed_by = SF_NOBODY;
    sf_history_init(history);
    flow->history = history;
}

void sf_machine_forget(struct machine *machine, struct sf_flow *flow)
{
    sf_crowd_forget(&machine->crowd, flow);
    sf_history_release(flow->history);
    flow->history = NULL;
    flow->found = NULL;
    flow->n_found = 0;
}

static void relate_numbers(const struct judgement *j)
{
    if ((j->A->known & SF_KNOWS_SEQ) != 0)
        j->step->seq_rel = j->segment->seq - j->A->first;
    if (j->has_ack && (j->B->known & SF_KNOWS_SEQ) != 0)
        j->step->ack_rel = j->segment->ack - j->B->first;
}

static void count(const struct judgement *j)
{
    struct sf_end *end = j->A;
    if (j->segment->kind == SF_SEGMENT_SENT)
        end->packets++;
    if (j->is_syn_again && !j->is_stale_syn)
        end->syn_repeats++;
    if (j->is_synack_again && !j->is_stale_syn)
        end->synack_repeats++;
    if (j->is_fin_again)
        end->fin_repeats++;
    if (j->again > 0 && !j->is_window_probe && !j->is_keepalive && !j->is_path_copy)
        end->retransmissions++;
}

/* A bare ACK below what its sender has sent since. */
static bool is_below(const struct judgement *j)
{
    return j->is_plain && !j->is_fin && j->segment->payload == 0 &&
           (j->A->known & SF_KNOWS_SEQ) != 0 && seq_before(j->segment->seq, j->A->max);
}

static void mark(struct judgement *j)
{
    uint32_t marks = 0;
    if ((j->segment->flags & SF_SYN) != 0)
        marks |= SF_MARK_SYN;
    if (j->is_fin)
        marks |= SF_MARK_FIN;
    if (j->is_rst)
        marks |= SF_MARK_RST;
    if (j->is_syn_again || j->is_synack_again || j->is_fin_again || j->is_path_copy || j->again > 0)
        marks |= SF_MARK_REPEAT;
    if (j->again > 0 || j->late > 0 || is_below(j))
        marks |= SF_MARK_OLD_DATA;
    if (j->unseen > 0 || (j->is_first_cover && j->pb->fin_is_inferred))
        marks |= SF_MARK_UNSEEN;
    bool is_answer = j->pb->keepalives > 0 && j->segment->payload == 0;
    if (j->is_keepalive || j->is_window_probe || is_answer)
        marks |= SF_MARK_PROBE;
    if (j->is_challenge)
        marks |= SF_MARK_CHALLENGE;
    if (j->odd != SF_DETAIL_NONE || j->lacks_timestamp)
        marks |= SF_MARK_ODD;
    if (j->is_third || (j->flow->complete_ns == SF_NO_TIME && !j->flow->history->is_midstream))
        marks |= SF_MARK_OPENING;
    if (((j->A->known | j->B->known) & SF_KNOWS_FIN) != 0)
        marks |= SF_MARK_CLOSING;
    j->step->marks |= marks;
}

static void follow_times(struct sf_flow *flow, const struct sf_segment *segment)
{
    flow->is_nano |= segment->is_nano;
    flow->has_priority_tag |= segment->has_priority_tag;
    if (flow->start_ns == SF_NO_TIME || segment->time_ns < flow->start_ns)
        flow->start_ns = segment->time_ns;
    if (flow->last_ns == SF_NO_TIME || segment->time_ns > flow->last_ns)
        flow->last_ns = segment->time_ns;
}

/* What B has to answer with a challenge ACK: RFC 5961 §3.2, §4.2, §5.2. */
static void provoke(struct judgement *j)
{
    enum sf_detail detail = SF_DETAIL_NONE;
    if (j->is_stale_syn || (j->is_renumbered && j->flow->complete_ns != SF_NO_TIME))
        detail = SF_DETAIL_ANSWERS_SYN_IN_OPEN;
    else if (j->is_rst && j->place == RESET_INEXACT && !j->is_accepted)
        detail = SF_DETAIL_ANSWERS_INEXACT_RST;
    else if (j->is_bad_ack && j->is_plain)
        detail = SF_DETAIL_ANSWERS_BAD_ACK;
    if (detail != SF_DETAIL_NONE) {
        j->pb->provoked_ns = j->now_ns;
        j->pb->provoked_detail = (uint8_t)detail;
    } else if (j->is_challenge) {
        j->pa->provoked_ns = SF_NO_TIME;
    }
}

/* After three probes or repeats without any answer a RST goes to nobody: its sender gives up. */
static void judge_despair(struct judgement *j)
{
    if (!j->is_rst || (j->pa->keepalives < 3 && j->pa->stubborn.count < 3))
        return;
    j->is_accepted = false;
    j->flow->history->gave_up = true;
}

/* A peer that sends again after a long silence was only slow. */
static void withdraw_stalled(struct judgement *j)
{
    if (j->fresh + j->late == 0 || j->pb->fin_covered_ns == SF_NO_TIME)
        return;
    j->step->first_found -= sf_history_drop_found(j->flow, SF_CODE_CLOSE_WAIT_STALLED) +
                            sf_history_drop_found(j->flow, SF_CODE_FIN_WAIT_2_STALLED);
}

static void count_unseen(struct judgement *j)
{
    struct completeness *completeness = &j->machine->completeness;
    completeness->segments++;
    if (j->unseen > 0 && j->pb->segments > 0)
        completeness->unseen++;
}

static void note_directions(struct judgement *j)
{
    struct directions *directions = &j->machine->directions;
    if (j->pb->segments > 0)
        directions->has_both = true;
    else if (j->pa->has_said_plain_syn && j->pa->n_sent_acks > 0)
        directions->has_lonely = true;
}

bool sf_machine_is_one_sided(const struct machine *machine)
{
    return machine->directions.has_lonely && !machine->directions.has_both;
}

bool sf_machine_is_lossy(const struct machine *machine)
{
    const struct completeness *completeness = &machine->completeness;
    return completeness->has_drops ||
           (completeness->unseen > 0 && completeness->unseen >= completeness->segments / 1000u);
}

/* What later findings count on: an accept queue that refuses twice, a FIN that was not heard. */
static void note_lost_answers(struct judgement *j)
{
    if (j->is_synack_again && j->by[SF_SIGN_SYN_ACK_AGAIN].is_lost && !j->answers_syn) {
        j->pa->synack_struck++;
        struct sf_flow *other;
        bool others = sf_crowd_lost_ack(j, &other);
        j->is_overflow = j->pa->synack_struck >= 2 || others;
        if (other != NULL)
            sf_rules_reread_lost_ack(other);
    }
    j->pb->fin_was_blamed |=
        j->by[SF_SIGN_FIN_AGAIN].is_lost && (j->heard[SF_SIGN_FIN_AGAIN].flags & SF_FIN) != 0;
    if (j->is_first_cover && j->pb->fin_was_blamed && j->B->fin_repeats == 0) {
        /* It was sent once, and is acknowledged: it came late, and nothing was lost. */
        j->step->first_found -= sf_history_drop_found(j->flow, SF_CODE_FIN_ACK_LOST) +
                                sf_history_drop_found(j->flow, SF_CODE_FINAL_ACK_LOST);
    }
    if (j->by[SF_SIGN_FIN_UNHEARD].is_lost && j->segment->ack == j->B->fin - 1u &&
        j->pb->fin_missed_ns == SF_NO_TIME) {
        j->pb->fin_missed_ns = j->now_ns;
        /* What says nothing new may be an old packet that the network brings once more, and what
         * says something new may have been held up. */
        bool is_new = j->is_newer || j->advances || j->fresh > 0 || j->is_first_fin;
        j->pb->fin_miss_is_sure =
            is_new && sf_history_had_time(j->flow, j->a, j->heard[SF_SIGN_FIN_UNHEARD].time_ns,
                                          j->departed_ns);
    }
}

static enum sf_repeat tell_repeat(const struct judgement *j)
{
    static const enum sf_sign answers[] = {SF_SIGN_SYN_AGAIN, SF_SIGN_SYN_ACK_AGAIN,
                                           SF_SIGN_FIN_AGAIN};
    if ((j->step->marks & SF_MARK_REPEAT) == 0)
        return SF_REPEAT_NONE;
    if (j->is_stale_syn || j->is_path_copy)
        return SF_REPEAT_OLD_DUPLICATE;
    bool is_crossed = false;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        if (j->by[answers[i]].is_lost)
            return SF_REPEAT_ANSWER_LOST;
        is_crossed = is_crossed || j->by[answers[i]].is_crossed;
    }
    return is_crossed ? SF_REPEAT_CROSSED : SF_REPEAT_UNANSWERED;
}

/* With numbers of another connection its sender may have left this one, and after a RST it may
 * have been sent before that. */
static void doubt_present(struct judgement *j)
{
    bool is_opening = sf_end_state(j->A) == SF_STATE_SYN_SENT;
    bool is_elsewhere = j->is_absurd || (j->is_bad_ack && (j->is_behind_gap || is_opening));
    bool is_covered =
        j->is_first_fin && (j->B->known & SF_KNOWS_RCV) != 0 && seq_not_after(j->end, j->B->rcv);
    j->pb->got_bad_ack |= j->is_plain && j->is_bad_ack;
    if (j->is_plain && is_elsewhere)
        sf_departure_doubt(j, j->now_ns, SF_SIGN_NONE);
    if (is_covered) /* it is sent again, and B had had it before */
        sf_departure_doubt(j, j->pb->last_ns, SF_SIGN_FIN_AGAIN);
    if (j->is_plain && j->pa->ended_ns != SF_NO_TIME && j->departed_ns < j->pa->ended_ns)
        sf_departure_doubt(j, j->pa->ended_ns, SF_SIGN_NONE);
}

/* The middle of a connection moves nobody: its numbers are all there is to learn. */
static void take_sound(struct judgement *j)
{
    count_unseen(j);
    bool is_quiet = sf_record_is_quiet(j);
    j->pa->unsure_is_told = false;
    if (!is_quiet) {
        sf_split_note(j);
        sf_reset_judge(j);
        judge_despair(j);
        sf_contradict(j);
        sf_record_infer_fin(j);
    }
    sf_paws_judge(j);
    sf_resent_judge(j);
    mark(j);
    sf_learn_sent(j);
    sf_learn_acknowledged(j);
    sf_learn_window(j);
    sf_renumber_note(j);
    doubt_present(j);
    withdraw_stalled(j);
    sf_rules_reread_lost_data(j);
    if (j->window_closes || j->window_opens)
        j->step->marks |= SF_MARK_WINDOW;
    if (!is_quiet || j->is_third)
        sf_record(j);
    sf_outcome_note(j);
    note_lost_answers(j);
    relate_numbers(j);
    j->step->repeat = (uint8_t)tell_repeat(j);
    if (!is_quiet || j->step->marks != 0) {
        sf_step_view_after(j->flow, j->step);
        sf_outcome_tell(j->flow);
        sf_crowd_watch(j);
        sf_rules_apply(j);
        sf_annotate(j);
    } else {
        if ((j->flow->history->counted & COUNTED_STRAY) != 0)
            sf_crowd_watch(j);
        if (!j->step->before[0].is_proved || !j->step->before[1].is_proved)
            sf_step_view_after(j->flow, j->step);
    }
    sf_learn_manners(j);
    sf_paws_learn(j);
    sf_resent_learn(j);
    note_directions(j);
    provoke(j);
}

/* What no TCP sends teaches nothing of its sender; that it had payload is a fact all the same. */
static void take_probe(struct judgement *j)
{
    j->A->bytes += j->fresh;
    relate_numbers(j);
    sf_crowd_watch(j);
    sf_rules_apply(j);
    sf_learn_manners(j);
}

/* The first segment, or the first that belongs to a connection after one that did not. */
static void begin(struct sf_flow *flow, const struct sf_segment *segment, struct sf_step *step)
{
    sf_learn_begin(flow, segment);
    sf_fold_path(flow, SF_CLIENT);
    sf_fold_path(flow, SF_SERVER);
    step->marks |= SF_MARK_FIRST;
    if (flow->history->is_reuse)
        step->marks |= SF_MARK_REUSE;
}

/* A lone segment was taken for a probe, and now a conversation goes on. */
static bool is_no_probe_after_all(const struct sf_flow *flow, const struct sf_segment *segment)
{
    enum sf_method probe = (enum sf_method)flow->history->probe;
    return probe != SF_METHOD_NONE && probe != SF_METHOD_SYN_FIN &&
           (segment->flags & (SF_ACK | SF_RST)) == SF_ACK;
}

void sf_machine_take(struct machine *machine, struct sf_flow *flow,
                     const struct sf_segment *segment, enum sf_fate fate, struct sf_step *step)
{
    sf_step_clear(step);
    step->fate = (uint8_t)fate;
    step->first_found = flow->n_found;
    if (flow->start_ns == SF_NO_TIME || is_no_probe_after_all(flow, segment))
        begin(flow, segment, step);
    sf_learn_roles(flow, segment);
    sf_renumber_choose(flow, segment);
    if (fate == SF_FATE_SETTLED)
        step->marks |= SF_MARK_HELD;
    sf_step_view_before(flow, step);
    struct judgement j;
    sf_judge(&j, machine, flow, segment, step);
    step->sender = (uint8_t)j.a;
    if (fate == SF_FATE_COPY || fate == SF_FATE_DAMAGED) {
        step->marks |= fate == SF_FATE_COPY ? SF_MARK_COPY : SF_MARK_DAMAGED;
        relate_numbers(&j);
        sf_rules_apply(&j);
        follow_times(flow, segment);
        if (fate == SF_FATE_COPY && segment->payload > 0)
            j.pa->last_octets_ns = j.now_ns; /* it may be answered once more */
        j.pa->fin_was_damaged |= fate == SF_FATE_DAMAGED && j.is_fin;
        j.A->packets += fate == SF_FATE_DAMAGED ? 1u : 0u;
        return;
    }
    follow_times(flow, segment);
    count(&j);
    if (sf_learn_is_probe(flow, segment))
        take_probe(&j);
    else
        take_sound(&j);
}

void sf_machine_follow(struct sf_flow *flow, const struct sf_flow *old)
{
    sf_paws_follow(flow, old);
}

void sf_machine_hold(struct sf_flow *flow, const struct sf_segment *segment, struct sf_step *step)
{
    enum sf_side sender = sf_flow_sender(flow, segment);
    struct private_end *receiver = &flow->history->end[sf_other(sender)];
    sf_step_clear(step);
    step->fate = SF_FATE_HELD;
    step->marks = SF_MARK_SYN | SF_MARK_HELD;
    step->first_found = flow->n_found;
    step->sender = (uint8_t)sender;
    sf_step_view_before(flow, step);
    step->notes[0].annotation = SF_SAY_HELD;
    step->n_notes = 1;
    flow->history->end[sender].has_held_syn |= segment->seq != flow->end[sender].iss;
    receiver->provoked_ns = segment->time_ns;
    receiver->provoked_detail = SF_DETAIL_ANSWERS_SYN_IN_OPEN;
}

void sf_machine_look(const struct sf_flow *flow, const struct sf_segment *segment,
                     struct sf_step *step)
{
    sf_step_clear(step);
    step->fate = SF_FATE_LATE;
    step->first_found = flow->n_found;
    step->sender = (uint8_t)sf_flow_sender(flow, segment);
    const struct sf_end *sender = &flow->end[step->sender];
    const struct sf_end *other = &flow->end[sf_other((enum sf_side)step->sender)];
    step->seq_rel = segment->seq - sender->first;
    step->ack_rel = segment->ack - other->first;
    sf_step_view_before(flow, step);
}

void sf_machine_count_repeats(struct sf_flow *flow, const struct sf_segment *syn, uint32_t n)
{
    struct sf_end *end = &flow->end[sf_flow_sender(flow, syn)];
    end->packets += n;
    end->syn_repeats += n;
}

void sf_machine_forgotten(struct machine *machine, struct sf_flow *flow,
                          const struct sf_segment *syn, struct sf_step *step)
{
    (void)machine;
    sf_step_clear(step);
    step->marks = SF_MARK_SILENCE;
    step->first_found = flow->n_found;
    sf_step_view_before(flow, step);
    struct sf_found found = {.code = SF_CODE_PEER_LOST_STATE,
                             .severity = SF_WARNING,
                             .side = (uint8_t)sf_flow_sender(flow, syn),
                             .number = syn->number,
                             .time_ns = syn->time_ns,
                             .count = 1,
                             .certainty = flow->history->is_midstream ? SF_PROBABLE : SF_PROVED,
                             .detail = SF_DETAIL_FORGOT_SYN};
    if (sf_history_found(flow, SF_CODE_PEER_LOST_STATE, SF_NOBODY) == NULL)
        sf_history_add_found(flow, &found);
}

void sf_machine_renumbered(struct sf_flow *flow, const struct sf_segment *syn, struct sf_step *step)
{
    sf_step_clear(step);
    step->marks = SF_MARK_SILENCE;
    step->first_found = flow->n_found;
    sf_step_view_before(flow, step);
    enum sf_side side = sf_flow_sender(flow, syn);
    struct sf_found found = {.code = SF_CODE_ISN_CHANGED,
                             .severity = SF_WARNING,
                             .side = (uint8_t)side,
                             .number = syn->number,
                             .time_ns = syn->time_ns,
                             .count = 1};
    if (sf_history_is_unlike(&flow->end[side], syn))
        found.detail = SF_DETAIL_OTHER_HOST;
    sf_history_add_found(flow, &found);
}

void sf_machine_note_delay(struct sf_flow *flow, int64_t delay_ns)
{
    struct sf_found *found = sf_history_found(flow, SF_CODE_TIME_WAIT_SYN_REJECTED, SF_NOBODY);
    if (found != NULL)
        found->interval_ns = delay_ns;
}

enum sf_fate sf_machine_weigh_checksum(struct sf_flow *flow, const struct sf_segment *segment)
{
    uint32_t *right = &flow->history->checksums_right[segment->from];
    uint32_t *wrong = &flow->history->checksums_wrong[segment->from];
    if ((segment->quality & SF_QUALITY_BAD_OFFSET) != 0)
        return SF_FATE_DAMAGED;
    if (segment->checksum_state == SF_CHECKSUM_GOOD)
        ++*right;
    if (segment->checksum_state != SF_CHECKSUM_BAD)
        return SF_FATE_TAKEN;
    ++*wrong;
    return *wrong > *right ? SF_FATE_TAKEN : SF_FATE_DAMAGED;
}

bool sf_machine_has_number(const struct sf_flow *flow, const struct sf_segment *segment)
{
    enum sf_side side = sf_flow_sender(flow, segment);
    const struct sf_end *end = &flow->end[side];
    const struct other_synack *other = flow->history->end[side].other;
    if (other != NULL && segment->seq == other->isn)
        return true;
    return (end->known & SF_KNOWS_SEQ) != 0 && seq_within(segment->seq, end->first, end->max);
}

/* Where the capture began later, nothing but a close will ever be proved. */
static bool is_settled(const struct sf_flow *flow, enum sf_side side)
{
    const struct sf_end *end = &flow->end[side];
    return sf_end_state(end) == SF_STATE_ESTABLISHED &&
           (sf_end_is_proved(end) ||
            (flow->history->is_midstream && flow->history->end[side].log.n == 0));
}

bool sf_machine_is_quiet(const struct sf_flow *flow)
{
    return is_settled(flow, SF_CLIENT) && is_settled(flow, SF_SERVER);
}
