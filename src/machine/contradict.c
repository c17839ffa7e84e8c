#include "machine/contradict.h"

#include "machine/departure.h"
#include "machine/seq.h"

/* Internal to a step: an entry that crossed the segment in hand. */
#define ENTRY_CROSSED 0x8000u

/* Data in front of it is missing at its receiver: it may wait there, and is not lost. */
#define ENTRY_WAITS 0x4000u

static bool has_arrived(const struct judgement *j, const struct entry *entry)
{
    return (entry->flags & SF_FIN) != 0 && (j->A->known & SF_KNOWS_RCV) != 0 &&
           seq_not_after(entry->end, j->A->rcv);
}

static bool is_heard_as(const struct judgement *j, const struct entry *entry, enum sf_sign said)
{
    enum sf_sign signs[5];
    sf_fold_heard_signs(j->flow, j->a, entry, signs);
    for (unsigned i = 0; signs[i] != SF_SIGN_NONE; i++) {
        if (sf_fold_contradicts(said, signs[i]))
            return true;
    }
    return false;
}

/* RFC 2018 §3: it has the FIN, which waits for what is missing in front of it. */
static bool names_by_sack(const struct judgement *j, const struct entry *fin)
{
    const struct sf_options *options = &j->segment->options;
    return (options->present & SF_OPT_SACK) != 0 && !j->is_dsack &&
           seq_not_after(options->sack_left, fin->end - 1u) &&
           seq_not_after(fin->end, options->sack_right);
}

/* The SYN again, long after a SYN,ACK: silence had told already that this did not arrive. */
static void recall_unanswered(struct judgement *j)
{
    struct contradiction *by = &j->by[SF_SIGN_SYN_AGAIN];
    for (unsigned i = 0; j->is_syn_again && i < j->pa->log.n; i++) {
        struct entry *entry = &j->pa->log.entry[i];
        if ((entry->bits & ENTRY_UNANSWERED) == 0)
            continue;
        entry->bits &= (uint16_t)~ENTRY_UNANSWERED;
        by->is_lost = true;
        by->is_timed |= (j->A->known & SF_KNOWS_RTT) != 0;
        j->heard[SF_SIGN_SYN_AGAIN] = *entry;
    }
}

/* An end that goes on after an ICMP error did not give up at it; nothing was lost. */
static void ignore_error(const struct judgement *j, struct entry *error)
{
    bool had_time = sf_history_had_time(j->flow, j->a, error->time_ns, j->sent_ns);
    error->bits |= had_time ? ENTRY_STRUCK : ENTRY_CROSSED;
}

/* Data in front of the FIN is missing, or was when it came: its acknowledgment may be taken. */
static bool may_wait(const struct judgement *j, const struct entry *fin)
{
    return seq_before(j->segment->ack, fin->end - 1u) || j->pb->fin_had_to_wait;
}

/*
 * Had what passed at `passed_ns` towards A the time to be heard before A sent this? Where no round
 * trip is known yet, the segment in hand may be the one that ends the first sample of it.
 */
static bool had_time_for(const struct judgement *j, int64_t passed_ns)
{
    bool ends_sample = (j->A->known & SF_KNOWS_RTT) == 0 && j->has_ack &&
                       j->pa->sample_ns != SF_NO_TIME &&
                       !seq_before(j->segment->ack, j->pa->sample_end);
    int64_t round_trip_ns = ends_sample ? j->now_ns - j->pa->sample_ns : 0;
    if (round_trip_ns > RTT_UNKNOWN_NS)
        return j->sent_ns - passed_ns >= round_trip_ns;
    return sf_history_had_time(j->flow, j->a, passed_ns, j->sent_ns);
}

static void take_back(struct judgement *j, enum sf_sign said)
{
    struct contradiction *by = &j->by[said];
    struct entry *heard = &j->heard[said];
    sf_departure_confirm(j, said);
    by->is_timed = (j->A->known & SF_KNOWS_RTT) != 0;
    /* A SYN,ACK that no timer sent, the first one above all, was sent before the acknowledgment
     * came. */
    bool is_prompt =
        said == SF_SIGN_SYN_ACK_AGAIN && (!j->is_synack_again || j->gap_ns < TIMER_MIN_NS);
    struct log *log = &j->pa->log;
    for (unsigned i = 0; i < log->n; i++) {
        struct entry *entry = &log->entry[i];
        if ((entry->bits & ENTRY_HEARD) == 0 || !is_heard_as(j, entry, said) ||
            (said == SF_SIGN_FIN_UNHEARD && has_arrived(j, entry)))
            continue;
        if ((entry->bits & ENTRY_UNREACHABLE) != 0) {
            ignore_error(j, entry);
            continue;
        }
        bool had_time = !is_prompt && had_time_for(j, entry->time_ns);
        if (said == SF_SIGN_FIN_UNHEARD &&
            (names_by_sack(j, entry) || (had_time && may_wait(j, entry)))) {
            entry->bits |= ENTRY_BEHIND_HOLE;
            sf_departure_doubt(j, entry->time_ns, said);
            if (j->segment->ack == entry->end - 1u) {
                *heard = *entry;
                by->is_lost = true; /* or dropped */
            }
        } else if (had_time) {
            entry->bits |= ENTRY_STRUCK;
            sf_departure_doubt(j, entry->time_ns, said);
            bool is_answer = (entry->flags & (SF_SYN | SF_ACK)) == (SF_SYN | SF_ACK);
            if (!by->is_lost || (is_answer && (heard->flags & SF_ACK) == 0)) {
                *heard = *entry;
                by->is_timed &= sf_history_had_time(j->flow, j->a, entry->time_ns, j->departed_ns);
            }
            by->is_lost = true;
        } else {
            entry->bits |= ENTRY_CROSSED;
            if (!by->is_lost)
                *heard = *entry;
            by->is_crossed = true;
        }
        if (said == SF_SIGN_FIN_UNHEARD && seq_before(j->segment->ack, entry->end - 1u))
            entry->bits |= ENTRY_WAITS;
    }
}

/* An abort carries its sender's current acknowledgment, as an ordinary segment does. */
static bool says_fin_unheard(const struct judgement *j)
{
    bool is_old = (j->A->known & SF_KNOWS_RCV) != 0 && seq_before(j->segment->ack, j->A->rcv);
    bool is_current = j->is_plain || (j->is_rst && j->is_believed && j->segment->seq == j->A->max);
    return is_current && j->has_ack && !is_old && (j->B->known & SF_KNOWS_FIN) != 0 &&
           seq_before(j->segment->ack, j->B->fin);
}

/* After its FIN was covered, an end repeats neither the FIN nor what stands before it. */
static bool says_fin_again(const struct judgement *j)
{
    if (sf_fold_has_proved(j->A, SF_STATE_TIME_WAIT))
        return false;
    /* Octets may come again by the network's hand, unless the packet shows that it is new. */
    bool is_sent_again = j->is_plain && j->again > 0 && (j->is_newer || j->advances);
    return j->is_fin_again ||
           (is_sent_again && (j->A->known & SF_KNOWS_FIN) != 0 && !j->is_window_probe);
}

/* An ordinary segment at the end of what A has sent, or its FIN: no RST ended A before that. */
static bool says_went_on(const struct judgement *j)
{
    return j->is_plain && (j->A->known & SF_KNOWS_SEQ) != 0 &&
           (j->text == j->A->max || j->fresh > 0 || j->is_first_fin);
}

static bool says_answer_without_syn(const struct judgement *j)
{
    if (!j->is_plain || !j->has_ack || j->pa->has_said_synack || !j->pa->has_said_plain_syn ||
        !j->pb->has_said_synack || j->flow->history->split != SPLIT_NOT)
        return false;
    for (unsigned i = 0; i < j->A->n_path; i++) {
        if (j->A->path[i] == SF_STATE_SYN_RCVD && !sf_end_proves(j->A, i))
            return true;
    }
    return false;
}

/*
 * An end that goes on after "its" RST never wrote that RST. Certain only for a segment that cannot
 * have been overtaken by the RST: it acknowledges more, brings new payload, or accepts the SYN
 * that the RST refused.
 */
static bool goes_on_after_reset(const struct judgement *j)
{
    if (j->is_synack)
        return j->fits_syn && !j->is_synack_again;
    if (!j->is_plain || (j->A->known & SF_KNOWS_SEQ) == 0 || j->text != j->A->max)
        return false;
    bool acknowledges_more = j->has_ack && (j->A->known & SF_KNOWS_RCV) != 0 && !j->is_bad_ack &&
                             seq_before(j->A->rcv, j->segment->ack);
    return j->fresh > 0 || acknowledges_more;
}

/* A RST without ACK that answers what B sent just before has the number that B asked for: it tells
 * nothing of what its sender had sent by then. */
static bool is_an_answer(const struct judgement *j, const struct entry *reset)
{
    int64_t late_ns = reset->time_ns - RTT_UNKNOWN_NS;
    return (reset->flags & SF_ACK) == 0 && j->pb->last_ns != SF_NO_TIME &&
           !sf_history_had_time(j->flow, j->a, j->pb->last_ns, late_ns);
}

/* Its number is the next that its sender would have sent: it answers nothing, however late. */
static bool is_surely_abort(const struct judgement *j, const struct entry *reset)
{
    return (reset->flags & SF_ACK) != 0 ||
           (j->pb->last_ns != SF_NO_TIME &&
            sf_history_had_time(j->flow, j->a, j->pb->last_ns, reset->time_ns - HELD_MAX_NS));
}

/* What the RST itself acknowledged was acknowledged before: the ACK was merely overtaken. */
static bool was_overtaken(const struct judgement *j, const struct entry *reset)
{
    if (j->is_synack)
        return j->end == reset->seq; /* the RST of one in SYN_RCVD */
    if (j->is_fin && seq_not_after(j->segment->seq, reset->seq))
        return true;
    if (is_an_answer(j, reset) && !sf_history_had_time(j->flow, j->a, reset->time_ns, j->now_ns))
        return true;
    if ((reset->flags & SF_ACK) == 0 && j->now_ns - reset->time_ns <= OVERTAKEN_NS)
        return true;
    if (j->fresh > 0)
        return seq_not_after(j->end, reset->seq); /* it stands in front of the RST */
    return (reset->flags & SF_ACK) != 0 && seq_not_after(j->segment->ack, reset->ack);
}

/* It refuses a SYN, though its sender had sent one of its own: it is older than that, perhaps. */
static bool refused_before_opening(const struct judgement *j, const struct entry *reset)
{
    return (reset->flags & SF_ACK) != 0 && reset->seq == 0 && j->pa->syn.first_ns != SF_NO_TIME &&
           j->pa->syn.first_ns <= reset->time_ns;
}

/* B may have obeyed it all the same: what B heard stays heard until B goes on as well. */
static void strike_own_reset(struct judgement *j)
{
    if (!goes_on_after_reset(j))
        return;
    struct contradiction *by = &j->by[SF_SIGN_RST];
    for (unsigned i = 0; i < j->pa->log.n; i++) {
        struct entry *entry = &j->pa->log.entry[i];
        if ((entry->bits & (ENTRY_HEARD | ENTRY_STRUCK)) != 0 || (entry->flags & SF_RST) == 0 ||
            was_overtaken(j, entry))
            continue;
        entry->bits |= ENTRY_STRUCK;
        by->is_lost = true;
        bool is_beyond = j->fresh > 0 && is_surely_abort(j, entry);
        bool is_later = is_beyond || j->departed_ns >= entry->time_ns;
        /* To refuse the SYN that it answers here as well it would have to have had it twice. */
        bool is_first_answer = j->is_synack && !j->pa->has_said_synack && j->pb->syn.repeats == 0;
        if (is_later)
            j->pa->ended_ns = SF_NO_TIME;
        else if (!is_first_answer)
            sf_departure_doubt(j, entry->time_ns, SF_SIGN_NONE);
        /* A SYN,ACK refutes a refusal; any other RST may have ended an attempt before this one. */
        bool is_anew = j->pa->other != NULL ||
                       (j->is_synack && ((entry->flags & SF_ACK) == 0 || j->pa->has_said_synack));
        by->is_timed =
            is_later && !is_anew && !is_an_answer(j, entry) && !refused_before_opening(j, entry);
        j->heard[SF_SIGN_RST] = *entry;
    }
}

/*
 * The first acknowledgment of a repeated FIN echoes the timestamp of the repeat: an end that had
 * had the original would have dropped the repeat as old before it took that timestamp (RFC 7323
 * §5.3). So the original did not arrive.
 */
static void strike_by_echo(struct judgement *j)
{
    const struct sighting *fin = &j->pb->fin;
    if (!j->is_first_cover || j->B->fin_repeats == 0 ||
        (j->segment->options.present & SF_OPT_TIMESTAMPS) == 0 ||
        j->segment->options.tsecr == fin->first_tsval ||
        (j->segment->options.tsecr != fin->last_tsval &&
         j->segment->options.tsecr != fin->previous_tsval))
        return;
    for (unsigned i = 0; i < j->pa->log.n; i++) {
        struct entry *entry = &j->pa->log.entry[i];
        bool is_fin = (entry->bits & (ENTRY_HEARD | ENTRY_STRUCK)) == ENTRY_HEARD &&
                      (entry->flags & SF_FIN) != 0;
        if (is_fin && entry->number == fin->first_number)
            entry->bits |= ENTRY_STRUCK | ENTRY_DOUBTED;
    }
}

/* A FIN counted as not arrived after all: its receiver acknowledges it, or data fills the gap. */
static void revive_fin(struct judgement *j, struct log *log, unsigned wanted)
{
    for (unsigned i = log->n; i > 0; i--) {
        struct entry *entry = &log->entry[i - 1u];
        if ((entry->bits & ENTRY_HEARD) == 0 || (entry->flags & SF_FIN) == 0)
            continue;
        if ((entry->bits & (ENTRY_STRUCK | ENTRY_BEHIND_HOLE)) == 0)
            return; /* one is heard as it is */
        if ((entry->bits & wanted) == 0)
            continue;
        entry->bits &= (uint16_t) ~(ENTRY_STRUCK | ENTRY_BEHIND_HOLE | ENTRY_WAITS);
        entry->time_ns = j->now_ns;
        sf_log_move_to_end(log, i - 1u);
        return;
    }
}

/* What A repeats now stands before a FIN of A that waits at B for just that. */
static bool fills_gap_before_fin(const struct judgement *j)
{
    return j->is_plain && j->segment->payload > 0 && (j->B->known & SF_KNOWS_RCV) != 0 &&
           seq_not_after(j->text, j->B->rcv) && seq_before(j->B->rcv, j->end);
}

/* What an overtaken segment says was said before; it contradicts nothing that passed since. */
static void contradict_by_words(struct judgement *j)
{
    bool is_past = j->is_stale_syn || j->is_foreign_syn;
    if (j->is_syn && !is_past && !j->is_split_syn)
        take_back(j, SF_SIGN_SYN_AGAIN);
    if (j->is_syn && !is_past)
        recall_unanswered(j);
    if (j->is_synack && j->fits_syn && !is_past)
        take_back(j, SF_SIGN_SYN_ACK_AGAIN);
    if (says_answer_without_syn(j))
        take_back(j, SF_SIGN_ANSWER_WITHOUT_SYN);
    if (says_fin_again(j))
        take_back(j, SF_SIGN_FIN_AGAIN);
    if (says_fin_unheard(j))
        take_back(j, SF_SIGN_FIN_UNHEARD);
    if (says_went_on(j))
        take_back(j, SF_SIGN_WENT_ON);
    strike_own_reset(j);
}

void sf_contradict(struct judgement *j)
{
    if (j->is_path_copy)
        return; /* its sender says nothing with it */
    if (!j->is_late && !j->may_be_copy)
        contradict_by_words(j);
    strike_by_echo(j);
    if (j->covers_fin)
        revive_fin(j, &j->pa->log, ENTRY_STRUCK | ENTRY_BEHIND_HOLE);
    if (fills_gap_before_fin(j))
        revive_fin(j, &j->pb->log, ENTRY_WAITS);
}

bool sf_contradict_found(const struct judgement *j)
{
    for (unsigned i = 0; i < SF_SIGN_COUNT; i++) {
        if (j->by[i].is_lost || j->by[i].is_crossed)
            return true;
    }
    return false;
}

/* What passed behind something that crossed has crossed, too: links keep their order. But what the
 * segment in hand acknowledges has come. */
static void mark_behind_crossed(const struct judgement *j, struct log *log)
{
    bool is_behind = false;
    for (unsigned i = 0; i < log->n; i++) {
        struct entry *entry = &log->entry[i];
        is_behind = is_behind || (entry->bits & ENTRY_CROSSED) != 0;
        bool has_come = (entry->flags & SF_FIN) != 0 && j->has_ack &&
                        seq_not_after(entry->end, j->segment->ack);
        if (is_behind && !has_come && (entry->bits & (ENTRY_HEARD | ENTRY_STRUCK)) == ENTRY_HEARD)
            entry->bits |= ENTRY_CROSSED;
    }
}

bool sf_contradict_settle(struct judgement *j)
{
    struct log *log = &j->pa->log;
    mark_behind_crossed(j, log);
    bool is_moved = false;
    unsigned left = log->n;
    for (unsigned i = 0; left > 0; left--) {
        if ((log->entry[i].bits & ENTRY_CROSSED) == 0) {
            i++;
            continue;
        }
        log->entry[i].bits &= (uint16_t)~ENTRY_CROSSED;
        sf_log_move_to_end(log, i);
        is_moved = true;
    }
    return is_moved;
}
