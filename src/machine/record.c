#include "machine/record.h"

#include <string.h>

#include "machine/contradict.h"
#include "machine/foreign.h"
#include "machine/reset.h"
#include "machine/seq.h"

/* So many segments of an end that is alone are kept, whether they tell anything yet or not. */
#define KEPT_ALONE 6u

bool sf_record_is_quiet(const struct judgement *j)
{
    bool shows_gap = j->segment->payload == 0 && j->is_behind_gap;
    return j->is_plain && !j->is_fin && !shows_gap && sf_machine_is_quiet(j->flow);
}

/* ---- what A says ------------------------------------------------------------------------------
 */

static bool is_worth_saying(const struct judgement *j)
{
    if (j->is_absurd || j->is_foreign_syn || j->is_path_copy || j->may_be_copy ||
        j->is_overtaken_fin || (j->is_bad_ack && j->is_plain))
        return false;
    if (j->is_rst)
        return j->is_believed;
    if (j->is_stale_syn || (j->is_synack && !j->fits_syn) ||
        (j->is_syn && j->flow->history->is_dead_duplicate))
        return false;
    if (j->is_fin_again && (j->is_late || sf_fold_has_proved(j->A, SF_STATE_TIME_WAIT)))
        return false;
    return !(j->is_fin && !j->is_first_fin && !j->is_fin_again);
}

/*
 * A FIN that passes after its sender's RST, with a number not above it, was sent before: it was
 * overtaken.
 */
static bool insert_before_reset(struct judgement *j, const struct entry *entry)
{
    struct log *log = &j->pa->log;
    for (unsigned i = 0; j->is_first_fin && i < log->n; i++) {
        const struct entry *reset = &log->entry[i];
        if ((reset->bits & (ENTRY_HEARD | ENTRY_STRUCK)) == 0 && (reset->flags & SF_RST) != 0 &&
            seq_not_after(entry->seq, reset->seq))
            return sf_log_insert(log, i, entry);
    }
    return false;
}

static int first_heard_fin(const struct log *log)
{
    for (unsigned i = 0; i < log->n; i++) {
        if ((log->entry[i].bits & ENTRY_HEARD) != 0 && (log->entry[i].flags & SF_FIN) != 0)
            return (int)i;
    }
    return -1;
}

/*
 * No end acknowledges less than before: a FIN that does not cover the other end's, which its sender
 * has acknowledged already, was sent before that came, and was overtaken.
 */
static bool insert_before_heard_fin(struct judgement *j, const struct entry *entry)
{
    int heard = first_heard_fin(&j->pa->log);
    bool is_older =
        j->is_first_fin && j->has_ack && !j->covers_fin && (j->B->known & SF_KNOWS_FIN) != 0 &&
        (j->is_late || ((j->A->known & SF_KNOWS_RCV) != 0 && seq_not_after(j->B->fin, j->A->rcv)));
    return is_older && heard >= 0 && sf_log_insert(&j->pa->log, (uint32_t)heard, entry);
}

/* A SYN captured behind the SYN,ACK that answers it: both ends begin where they truly began. */
static bool insert_late_syn(struct judgement *j, const struct entry *entry)
{
    if (!j->is_syn || j->is_syn_again || !j->pb->has_said_synack ||
        j->pa->start != SF_STATE_SYN_SENT)
        return false;
    j->pa->start = SF_STATE_CLOSED;
    j->pb->start = SF_STATE_LISTEN;
    return sf_log_insert(&j->pa->log, 0, entry);
}

/* The SYN,ACK that had to be inferred shows up: it takes the place of the inference. */
static bool replace_inferred_synack(struct judgement *j, const struct entry *entry)
{
    struct log *log = &j->pa->log;
    for (unsigned i = 0; j->is_synack && i < log->n; i++) {
        struct entry *inferred = &log->entry[i];
        if ((inferred->bits & ENTRY_INFERRED) != 0 && (inferred->flags & SF_SYN) != 0 &&
            inferred->seq == entry->seq) {
            *inferred = *entry;
            return true;
        }
    }
    return false;
}

static bool same_path(const struct sf_end *x, const struct sf_end *y)
{
    return x->n_path == y->n_path && x->proved == y->proved &&
           memcmp(x->path, y->path, sizeof x->path) == 0;
}

/* RFC 7323 §4.3: A has taken something that B sent after its SYN. The timestamp is taken before the
 * acknowledgment is looked at, so that what was meant for another connection brings it as well. */
static bool echoes_on(const struct judgement *j)
{
    const struct sf_options *options = &j->segment->options;
    bool may_be_old = j->pa->got_bad_ack || j->flow->history->has_predecessor;
    return j->is_plain && j->has_ack && !may_be_old &&
           (options->present & SF_OPT_TIMESTAMPS) != 0 && j->pb->syn.first_ns != SF_NO_TIME &&
           j->B->has_options && (j->B->options.present & SF_OPT_TIMESTAMPS) != 0 &&
           seq_before(j->pb->syn.last_tsval, options->tsecr);
}

/* Is that so short ago that no timer can have run off since? */
static bool is_within(const struct judgement *j, int64_t since_ns)
{
    return since_ns != SF_NO_TIME && j->now_ns - since_ns < TIMER_MIN_NS;
}

/*
 * Can no FIN of A have been lost in front of this place before this segment? Not when all
 * identifications follow each other since A was last seen to have sent none, nor when that is so
 * short ago that no timer can have repeated one since.
 */
static bool follows(const struct judgement *j)
{
    const struct private_end *pa = j->pa;
    /* This step is one more of those that tell that it counts. */
    bool counts = pa->id_steps > 0 && !pa->ids_jump;
    bool is_next = j->segment->ip_id != 0 && counts && !pa->misses_ids &&
                   (uint16_t)(j->segment->ip_id - pa->newest_ip_id) == 1u;
    /* No end sends a FIN before it has had the other one's SYN. */
    bool is_early = is_within(j, pa->stood_ns) || is_within(j, j->pb->syn.first_ns);
    return pa->stood_ns != SF_NO_TIME && !seq_before(j->segment->seq, pa->stood_seq) &&
           (is_next || is_early);
}

/*
 * A RST carries nothing that tells when it was sent. One that refuses a SYN, from an end that has
 * sent its own SYN, was sent before that, perhaps, and one of an end that has answered the SYN with
 * two numbers before the second answer. A SYN,ACK in front of "its" RST by number, or with the
 * number of the connection before, tells of the past.
 */
static bool was_overtaken_in_opening(const struct judgement *j)
{
    bool refuses = j->is_rst && j->has_ack && j->segment->seq == 0;
    bool has_two_attempts = j->flow->complete_ns == SF_NO_TIME && j->pa->other != NULL;
    if (j->is_rst)
        return has_two_attempts || (refuses && j->pa->syn.first_ns != SF_NO_TIME &&
                                    j->departed_ns < j->pa->syn.last_ns);
    const struct sf_history *history = j->flow->history;
    uint8_t from = j->segment->from;
    bool is_old =
        j->is_synack && history->has_old_isn[from] && history->old_isn[from] == j->segment->seq;
    return is_old || ((j->segment->flags & SF_SYN) != 0 && j->pa->last_rst_ns != SF_NO_TIME &&
                      j->pa->last_rst_seq == j->end);
}

static uint16_t said_bits(const struct judgement *j)
{
    bool is_below = j->segment->payload > 0 && j->fresh == 0;
    bool is_foreign = j->is_rst && j->pa->segments > j->pa->resets &&
                      sf_foreign_count_signs(j) >= SF_FOREIGN_SIGNS;
    bool proves_nothing = is_foreign || was_overtaken_in_opening(j);
    return (uint16_t)((echoes_on(j) ? ENTRY_ECHOES_ON : 0) | (follows(j) ? ENTRY_FOLLOWS : 0) |
                      (proves_nothing ? ENTRY_NO_PROOF : 0) | (is_below ? ENTRY_BELOW : 0));
}

/*
 * Whoever sends on after a RST in the handshake may be a listener that was asked again: the RST
 * ended an attempt, and does not prove that its sender is CLOSED for this one.
 */
static void doubt_own_reset(const struct judgement *j)
{
    if (j->is_rst || j->flow->complete_ns != SF_NO_TIME)
        return;
    for (unsigned i = 0; i < j->pa->log.n; i++) {
        struct entry *entry = &j->pa->log.entry[i];
        if ((entry->bits & ENTRY_HEARD) == 0 && (entry->flags & SF_RST) != 0)
            entry->bits |= ENTRY_NO_PROOF;
    }
}

/* Appends to the log that is being folded. Returns false without memory. */
static bool append(struct fold *fold, struct log *log, const struct entry *entry)
{
    bool forgets_one = log->n == LOG_MAX;
    if (!sf_log_append(log, entry))
        return false;
    if (forgets_one)
        sf_fold_begin(fold, fold->flow, fold->side);
    else
        sf_fold_append(fold, entry);
    return true;
}

/* What moves nobody and contradicts nothing leaves no trace. */
static void say(struct judgement *j)
{
    doubt_own_reset(j);
    if (!is_worth_saying(j)) {
        sf_fold_path(j->flow, j->a);
        return;
    }
    struct entry entry = sf_log_entry(j->segment, said_bits(j));
    if (insert_before_reset(j, &entry) || insert_before_heard_fin(j, &entry) ||
        insert_late_syn(j, &entry) || replace_inferred_synack(j, &entry)) {
        sf_fold_path(j->flow, j->a);
        return;
    }
    struct fold fold;
    sf_fold_begin(&fold, j->flow, j->a);
    struct sf_end before = *j->A;
    if (!append(&fold, &j->pa->log, &entry))
        return;
    bool is_new = j->A->n_path > before.n_path || !sf_end_is_proved(&before);
    bool is_shown = (sf_end_is_proved(j->A) && is_new) || (j->is_synack && !j->is_synack_again);
    /* A says itself where it is now; but whether it has heard the other FIN before its own was
     * covered, an ACK of that FIN does not tell. */
    bool is_about_fin =
        j->pa->fin_covered_ns != SF_NO_TIME && j->pa->unsure_sign == SF_SIGN_FIN_UNHEARD;
    bool can_end_doubt =
        j->pa->unsure_sign != SF_SIGN_NONE && !j->pa->unsure_is_told && !is_about_fin;
    if (is_shown && can_end_doubt)
        j->pa->unsure_ns = SF_NO_TIME;
    /* Of an end that is alone so far the other one may tell later what was meant. */
    bool may_prove_later = (j->B->known & SF_KNOWS_TTL) == 0 && j->pa->log.n <= KEPT_ALONE;
    if (same_path(&before, j->A) && !sf_contradict_found(j) && !j->is_first_fin && !may_prove_later)
        sf_log_remove(&j->pa->log, j->pa->log.n - 1u);
}

/* ---- what B hears -----------------------------------------------------------------------------
 */

static uint16_t class_of(const struct entry *entry, const struct sf_end *receiver)
{
    uint16_t class = entry->flags & (SF_SYN | SF_FIN | SF_RST);
    if ((entry->flags & SF_SYN) != 0)
        class |= entry->flags & SF_ACK;
    bool covers = (entry->flags & SF_ACK) != 0 && (receiver->known & SF_KNOWS_FIN) != 0 &&
                  seq_not_after(receiver->fin, entry->ack);
    return covers ? class | SF_URG : class;
}

static bool plain_matters(const struct judgement *j)
{
    bool covers = j->has_ack && (j->B->known & SF_KNOWS_FIN) != 0 &&
                  seq_not_after(j->B->fin, j->segment->ack);
    switch (sf_end_state(j->B)) {
    case SF_STATE_SYN_RCVD:
        return true;
    case SF_STATE_ESTABLISHED:
        return !sf_end_is_proved(j->B);
    default:
        return covers;
    }
}

static bool is_worth_hearing(const struct judgement *j)
{
    if (j->is_absurd || (j->is_plain && !j->has_ack))
        return false; /* RFC 9293 §3.10.7.4, fifth: without ACK it is dropped */
    if (j->is_bad_ack && !j->is_rst)
        return false;
    if (j->is_rst && j->flow->history->gave_up)
        return false; /* nobody has heard its sender for a while */
    if (j->is_rst && sf_end_state(j->B) == SF_STATE_LISTEN)
        return false; /* RFC 9293 §3.10.7.2, first: a RST is ignored */
    if (j->is_rst)
        return j->is_accepted || sf_reset_heard_bits(j) != 0;
    if (j->is_syn)
        return !j->is_stale_syn && !j->is_foreign_syn;
    if (j->is_synack)
        return j->fits_syn && !j->is_stale_syn && !j->is_foreign_syn;
    return j->is_fin || plain_matters(j);
}

static bool stands_behind_gap(const struct judgement *j)
{
    uint32_t from = (j->B->known & SF_KNOWS_RCV) != 0 ? j->B->rcv : j->A->first;
    uint32_t gap;
    return sf_holes_first(&j->pa->holes, from, &gap) && seq_before(gap, j->text);
}

/*
 * Of many alike the first and the latest suffice: whether the first was lost decides what is
 * taken back, and the latest alone can still be on its way.
 */
static bool replaces_latest(struct log *log, const struct entry *entry, const struct sf_end *me)
{
    unsigned alike = 0;
    for (unsigned i = log->n; i > 0; i--) {
        struct entry *old = &log->entry[i - 1u];
        if ((old->bits & ENTRY_HEARD) == 0)
            break;
        bool is_alike = (old->bits & (ENTRY_STRUCK | ENTRY_BEHIND_HOLE)) == 0 &&
                        class_of(old, me) == class_of(entry, me);
        if (!is_alike)
            break;
        if (++alike == 2) {
            log->entry[log->n - 1u] = *entry;
            return true;
        }
    }
    return false;
}

static void hear(struct judgement *j, struct fold *fold)
{
    if (!is_worth_hearing(j))
        return;
    uint16_t bits = ENTRY_HEARD;
    if (j->is_rst)
        bits |= sf_reset_heard_bits(j);
    if (j->is_fin && stands_behind_gap(j))
        bits |= ENTRY_BEHIND_HOLE;
    struct entry entry = sf_log_entry(j->segment, bits);
    if (replaces_latest(&j->pb->log, &entry, j->B))
        sf_fold_path(j->flow, j->b);
    else
        (void)append(fold, &j->pb->log, &entry);
}

/* A FIN that stood behind missing data takes effect when the last of it passes. */
static bool release_fin(struct judgement *j)
{
    struct log *log = &j->pb->log;
    if (j->late == 0 || (j->A->known & SF_KNOWS_FIN) == 0)
        return false;
    uint32_t from = (j->B->known & SF_KNOWS_RCV) != 0 ? j->B->rcv : j->A->first;
    uint32_t gap;
    if (sf_holes_first(&j->pa->holes, from, &gap) && seq_before(gap, j->A->fin - 1u))
        return false;
    for (unsigned i = 0; i < log->n; i++) {
        struct entry *entry = &log->entry[i];
        if ((entry->bits & (ENTRY_HEARD | ENTRY_BEHIND_HOLE)) != (ENTRY_HEARD | ENTRY_BEHIND_HOLE))
            continue;
        /* What it acknowledged was heard at once; the FIN is heard now. */
        entry->bits &= (uint16_t)~ENTRY_BEHIND_HOLE;
        struct entry fin = *entry;
        entry->flags &= (uint16_t)~SF_FIN;
        fin.time_ns = j->now_ns;
        sf_log_append(log, &fin);
        return true;
    }
    return false;
}

/*
 * The client's SYN carried a FIN, and with its third segment it counts that FIN as sent: it closed
 * as soon as it was ESTABLISHED (RFC 9293 §3.10.7.2).
 */
static bool count_fin_of_syn(struct judgement *j)
{
    if (!j->is_third || j->is_fin || !j->pa->syn_has_fin || j->text != j->pa->syn_end ||
        (j->A->known & SF_KNOWS_FIN) != 0)
        return false;
    struct entry fin = sf_log_entry(j->segment, 0);
    fin.flags = SF_FIN;
    fin.seq = j->text - 1u;
    fin.end = j->text;
    j->A->fin = j->text;
    j->A->known |= SF_KNOWS_FIN;
    j->pa->fin = j->pa->syn;
    j->flow->closed_by = (uint8_t)j->a;
    sf_log_append(&j->pa->log, &fin);
    fin.bits = ENTRY_HEARD;
    sf_log_append(&j->pb->log, &fin);
    return true;
}

void sf_record(struct judgement *j)
{
    if (j->is_rst && j->is_believed)
        sf_reset_strike_answered(j);
    say(j);
    bool is_moved = sf_contradict_settle(j);
    struct fold fold;
    sf_fold_begin(&fold, j->flow, j->b); /* what the numbers told may have moved it already */
    hear(j, &fold);
    is_moved |= release_fin(j);
    is_moved |= count_fin_of_syn(j);
    /* Where the capture begins later, what one end proves counts for the other. */
    if (!is_moved && !j->flow->history->is_midstream)
        return;
    sf_fold_path(j->flow, j->a);
    sf_fold_path(j->flow, j->b);
}

/* ---- a FIN that never passed ------------------------------------------------------------------
 */

static struct entry inferred_fin(const struct judgement *j, uint32_t number, uint32_t ack)
{
    return (struct entry){.time_ns = j->now_ns,
                          .seq = number,
                          .end = number + 1u,
                          .ack = ack,
                          .flags = SF_FIN | SF_ACK,
                          .bits = ENTRY_INFERRED};
}

/* An application that has seen the other FIN takes some time to close; a lost FIN could have been
 * its answer only when A had that time. */
static int64_t prompt_ns(const struct judgement *j)
{
    int64_t rtt_ns = (j->A->known & SF_KNOWS_RTT) != 0 ? j->A->rtt_ns : 0;
    return rtt_ns + RTT_UNKNOWN_NS;
}

/*
 * A's own FIN was lost before it came here. If this is A's first acknowledgment of B's FIN, and B
 * sent that once, A had closed before B's FIN reached it; else the missing FIN was its answer.
 */
static void infer_own_fin(struct judgement *j)
{
    uint32_t number = j->A->max;
    int heard = first_heard_fin(&j->pa->log);
    bool is_prompt =
        j->pb->fin.last_ns == SF_NO_TIME || j->now_ns - j->pb->fin.last_ns <= prompt_ns(j);
    bool left_before = heard >= 0 && j->is_first_cover && j->B->fin_repeats == 0 && is_prompt;
    struct entry fin = inferred_fin(j, number, left_before ? j->A->rcv : j->segment->ack);
    if (left_before)
        sf_log_insert(&j->pa->log, (uint32_t)heard, &fin);
    else
        sf_log_append(&j->pa->log, &fin);
    j->A->fin = j->A->max = number + 1u;
    j->A->known |= SF_KNOWS_FIN;
    j->pa->fin_is_inferred = j->pa->fin_was_inferred = true;
    j->pa->fin_inferred_ns = j->now_ns;
    j->pa->first_fin_ack = fin.ack;
    j->pa->first_fin_has_ack = true;
    j->is_behind_gap = false;
}

static void remove_inferred_fin(struct log *log, uint16_t bits)
{
    for (unsigned i = log->n; i > 0; i--) {
        const struct entry *entry = &log->entry[i - 1u];
        if ((entry->bits & (ENTRY_INFERRED | ENTRY_HEARD)) == bits && (entry->flags & SF_FIN) != 0)
            sf_log_remove(log, i - 1u);
    }
}

/* The FIN was only overtaken: what it says itself takes the place of what was inferred. */
static void place_overtaken_fin(struct judgement *j)
{
    struct log *log = &j->pa->log;
    remove_inferred_fin(log, ENTRY_INFERRED);
    struct entry fin = sf_log_entry(j->segment, 0);
    int heard = first_heard_fin(log);
    bool is_answer = j->covers_fin || heard < 0;
    sf_log_insert(log, is_answer ? log->n : (uint32_t)heard, &fin);
    j->pa->fin_was_inferred = !j->is_late; /* by time alone it may be a repeat all the same */
}

static bool shows_own_fin(const struct judgement *j)
{
    if (j->is_late)
        return false;
    enum sf_state state = sf_end_state(j->A);
    return j->is_plain && !j->is_fin && j->has_ack && j->segment->payload == 0 &&
           (j->A->known & (SF_KNOWS_SEQ | SF_KNOWS_FIN)) == SF_KNOWS_SEQ &&
           j->segment->seq == j->A->max + 1u &&
           (state == SF_STATE_ESTABLISHED || state == SF_STATE_CLOSE_WAIT);
}

/* A has closed, and acknowledges one number more than passed here: B's FIN, most likely. */
static bool shows_peer_fin(const struct judgement *j)
{
    bool has_closed = (j->A->known & SF_KNOWS_FIN) != 0 &&
                      (j->pb->segments == 0 || j->pa->fin_covered_ns != SF_NO_TIME);
    return j->is_plain && !j->is_fin && j->has_ack && j->segment->payload == 0 && has_closed &&
           (j->B->known & SF_KNOWS_FIN) == 0 && j->unseen == 1;
}

/* Only A is seen. Its acknowledgments went up by just one, and now it closes: it answers a FIN. */
static bool answers_unseen_fin(const struct judgement *j)
{
    return j->is_first_fin && j->has_ack && j->pb->segments == 0 && j->unseen == 0 &&
           (j->B->known & SF_KNOWS_FIN) == 0 && j->pa->n_sent_acks > 1 &&
           j->pa->sent_ack[0] == j->segment->ack && j->pa->last_advance == 1;
}

static void infer_earlier_peer_fin(struct judgement *j)
{
    struct entry fin = inferred_fin(j, j->segment->ack - 1u, j->A->max);
    fin.time_ns = j->pa->last_ns;
    sf_log_append(&j->pb->log, &fin);
    fin.bits = ENTRY_HEARD | ENTRY_INFERRED;
    sf_log_append(&j->pa->log, &fin);
    j->B->fin = fin.end;
    j->B->known |= SF_KNOWS_FIN;
    j->pb->fin_is_inferred = true;
    j->pb->first_fin_ack = fin.ack;
    j->pb->first_fin_has_ack = true;
}

/*
 * B acknowledged one octet of A that never passed here, and closed; A acknowledges that from just
 * that number, with nothing but an ACK: the octet was A's FIN.
 */
static bool shows_missed_fin(const struct judgement *j)
{
    uint32_t gap;
    return j->is_plain && !j->is_fin && j->segment->payload == 0 && j->covers_fin &&
           (j->A->known & (SF_KNOWS_FIN | SF_KNOWS_SEQ | SF_KNOWS_UNA)) ==
               (SF_KNOWS_SEQ | SF_KNOWS_UNA) &&
           j->text == j->A->max && j->A->una == j->A->max &&
           sf_holes_first(&j->pa->holes, j->A->max - 1u, &gap) && gap == j->A->max - 1u &&
           j->pb->first_fin_has_ack && j->pb->first_fin_ack == j->A->max;
}

static void infer_missed_fin(struct judgement *j)
{
    int heard = first_heard_fin(&j->pa->log);
    uint32_t at = heard >= 0 ? (uint32_t)heard : j->pa->log.n;
    struct entry fin = inferred_fin(j, j->A->max - 1u, j->A->rcv);
    struct entry cover = fin;
    cover.flags = SF_ACK;
    cover.seq = cover.end = j->B->fin - 1u;
    cover.ack = j->A->max;
    cover.bits = ENTRY_HEARD | ENTRY_INFERRED;
    sf_log_insert(&j->pa->log, at, &fin);
    sf_log_insert(&j->pa->log, at + 1u, &cover);
    j->A->fin = j->A->max;
    j->A->known |= SF_KNOWS_FIN;
    j->pa->fin_is_inferred = j->pa->fin_was_inferred = true;
    j->pa->fin_inferred_ns = j->now_ns;
    j->pa->first_fin_ack = fin.ack;
    j->pa->first_fin_has_ack = true;
}

static void infer_peer_fin(struct judgement *j)
{
    struct entry fin = inferred_fin(j, j->segment->ack - 1u, j->A->fin);
    struct entry cover = fin;
    cover.flags = SF_ACK;
    cover.end = cover.seq;
    sf_log_append(&j->pb->log, &fin);
    j->pb->first_fin_ack = fin.ack;
    j->pb->first_fin_has_ack = true;
    cover.bits = fin.bits = ENTRY_HEARD | ENTRY_INFERRED;
    sf_log_append(&j->pa->log, &cover);
    sf_log_append(&j->pa->log, &fin);
    j->shows_peer_fin = true;
    j->B->fin = fin.end;
    j->B->known |= SF_KNOWS_FIN;
    j->pb->fin_is_inferred = true;
}

/* Payload where the inferred FIN should stand, or a FIN elsewhere. */
static bool refutes_fin(const struct judgement *j)
{
    uint32_t number = j->A->fin - 1u;
    bool has_payload_there = j->segment->payload > 0 && seq_not_after(j->text, number) &&
                             seq_before(number, j->text + j->segment->payload);
    return has_payload_there || (j->is_fin && j->end != j->A->fin);
}

/* What is missing was an octet of data. */
static void withdraw_fin(struct judgement *j)
{
    struct hole gap = {
        .left = j->A->fin - 1u, .right = j->A->fin, .opened_ns = j->pa->fin_inferred_ns};
    sf_holes_open(&j->pa->holes, &gap);
    j->pa->fin_was_inferred = false;
    remove_inferred_fin(&j->pa->log, ENTRY_INFERRED);
    remove_inferred_fin(&j->pb->log, ENTRY_INFERRED | ENTRY_HEARD);
    j->A->known &= (uint8_t)~SF_KNOWS_FIN;
    j->pa->fin_is_inferred = false;
}

void sf_record_infer_fin(struct judgement *j)
{
    if (j->is_overtaken_fin)
        place_overtaken_fin(j);
    else if (shows_own_fin(j))
        infer_own_fin(j);
    else if (shows_peer_fin(j))
        infer_peer_fin(j);
    else if (answers_unseen_fin(j))
        infer_earlier_peer_fin(j);
    else if (shows_missed_fin(j))
        infer_missed_fin(j);
    else if (j->pa->fin_is_inferred && refutes_fin(j))
        withdraw_fin(j);
}
