#include "machine/fold.h"

#include <string.h>

#include "machine/history.h"
#include "machine/seq.h"

/* The three tables. State 0 is SF_STATE_NONE: an empty cell moves nobody. */
static const uint8_t on_sent[SF_STATE_COUNT][SF_SIGN_COUNT] = {
#define SENT(rule, from, sign, to) [SF_STATE_##from][SF_SIGN_##sign] = SF_STATE_##to,
#include <synfin/moves.def>
};

static const uint8_t on_heard[SF_STATE_COUNT][SF_SIGN_COUNT] = {
#define HEARD(rule, from, sign, to) [SF_STATE_##from][SF_SIGN_##sign] = SF_STATE_##to,
#include <synfin/moves.def>
};

static const bool takes_back[SF_SIGN_COUNT][SF_SIGN_COUNT] = {
#define BACK(rule, said, heard) [SF_SIGN_##said][SF_SIGN_##heard] = true,
#include <synfin/moves.def>
};

bool sf_fold_contradicts(enum sf_sign said, enum sf_sign heard)
{
    return takes_back[said][heard];
}

bool sf_fold_has_proved(const struct sf_end *end, enum sf_state state)
{
    for (unsigned i = 0; i < end->n_path; i++) {
        if (end->path[i] == state && sf_end_proves(end, i))
            return true;
    }
    return false;
}

static bool acknowledges_syn(const struct entry *entry, const struct sf_end *opener)
{
    return (entry->flags & SF_ACK) != 0 && (opener->known & SF_KNOWS_ISS) != 0 &&
           seq_before(opener->iss, entry->ack);
}

/* A SYN,ACK fits when it covers the SYN, or with Fast Open up to all data on it (RFC 7413 §4.2). */
static bool fits_syn(const struct entry *entry, const struct sf_end *opener,
                     const struct private_end *opener_notes)
{
    if ((opener->known & SF_KNOWS_ISS) == 0)
        return true;
    return seq_within(entry->ack, opener->iss + 1u, opener_notes->syn_end);
}

static bool acknowledges_fin(const struct entry *entry, const struct sf_end *closer)
{
    return (entry->flags & SF_ACK) != 0 && (closer->known & SF_KNOWS_FIN) != 0 &&
           seq_not_after(closer->fin, entry->ack);
}

/* ---- what an entry says of its sender ---------------------------------------------------------
 */

/*
 * Only an end past its handshake acknowledges more than the SYN and the data on it, or sends data
 * where no Fast Open lets it. An end that never sent a SYN,ACK, nor was sent a SYN, cannot be in
 * SYN_RCVD, so that its plain ACK is proof enough; so is the
 * echo of a timestamp that came behind the SYN. (RFC 9293 §3.10.7.4: sockets in SYN_RCVD answer
 * duplicates with an ACK of the SYN alone.)
 */
static bool says_synchronized(const struct fold *fold, const struct entry *entry)
{
    if (!acknowledges_syn(entry, fold->other))
        return false;
    bool may_answer_syn = fold->mine->has_said_synack || fold->theirs->has_said_plain_syn ||
                          fold->flow->history->is_midstream;
    if (!may_answer_syn || seq_before(fold->theirs->syn_end, entry->ack) ||
        (entry->bits & ENTRY_ECHOES_ON) != 0)
        return true;
    return (entry->bits & ENTRY_PAYLOAD) != 0 && fold->theirs->syn_payload == 0 &&
           (entry->flags & SF_RST) == 0;
}

/* What acknowledging the other FIN says depends on what had come from there: RFC 9293 §3.6. */
static enum sf_sign said_fin_ack(const struct fold *fold, const struct entry *entry)
{
    if (!fold->has_said_fin || fold->own_fin_covers)
        return SF_SIGN_ACK_OF_FIN;
    if ((entry->flags & SF_FIN) != 0)
        return SF_SIGN_ACK_WHILE_UNCOVERED; /* who repeats his FIN waits for its acknowledgment */
    if (fold->heard_covering_fin && !fold->heard_bare_fin)
        return SF_SIGN_ACK_OF_COVERING_FIN;
    if (!fold->heard_cover)
        return SF_SIGN_ACK_WHILE_UNCOVERED;
    return SF_SIGN_NONE;
}

/* RFC 9293 §3.10.7.1: RST,ACK with SEQ 0 comes from an end without the connection. */
static bool knows_nothing(const struct entry *entry)
{
    return (entry->flags & SF_RST) != 0 && entry->seq == 0;
}

static void said_plain_signs(const struct fold *fold, const struct entry *entry,
                             enum sf_sign signs[5])
{
    unsigned n = 0;
    if (knows_nothing(entry)) {
        signs[n++] = SF_SIGN_RST;
        signs[n] = SF_SIGN_NONE;
        return;
    }
    if (acknowledges_syn(entry, fold->other))
        signs[n++] = SF_SIGN_ACK_OF_SYN;
    if (says_synchronized(fold, entry))
        signs[n++] = SF_SIGN_SYNCHRONIZED;
    if (acknowledges_fin(entry, fold->other) && (entry->flags & SF_RST) == 0) {
        enum sf_sign sign = said_fin_ack(fold, entry);
        if (sign != SF_SIGN_NONE)
            signs[n++] = sign;
    }
    if ((entry->flags & SF_RST) != 0)
        signs[n++] = SF_SIGN_RST;
    else if ((entry->flags & SF_FIN) != 0)
        signs[n++] = SF_SIGN_FIN;
    signs[n] = SF_SIGN_NONE;
}

static void said_signs(const struct fold *fold, const struct entry *entry, enum sf_sign signs[5])
{
    signs[0] = signs[1] = SF_SIGN_NONE;
    if ((entry->flags & (SF_SYN | SF_RST)) != SF_SYN)
        said_plain_signs(fold, entry, signs);
    else if ((entry->flags & SF_ACK) == 0)
        signs[0] = fold->is_split ? SF_SIGN_SYN_ACK : SF_SIGN_SYN;
    else if (fits_syn(entry, fold->other, fold->theirs))
        signs[0] = SF_SIGN_SYN_ACK;
}

/* ---- what an entry is heard as ----------------------------------------------------------------
 */

/* RFC 9293 §3.10.7.4: what lies in front of all that is awaited is dropped, its ACK with it. */
static bool is_in_front_of_all(const struct sf_end *sender, const struct entry *entry)
{
    return (sender->known & SF_KNOWS_ISS) != 0 &&
           seq_is_past(entry->seq, entry->end, sender->iss + 1u);
}

void sf_fold_heard_signs(const struct sf_flow *flow, enum sf_side side, const struct entry *entry,
                         enum sf_sign signs[5])
{
    const struct sf_end *me = &flow->end[side];
    const struct private_end *mine = &flow->history->end[side];
    unsigned n = 0;
    /* Behind a gap the acknowledgment counts, the FIN does not yet: RFC 9293 §3.10.7.4. */
    bool has_fin = (entry->flags & SF_FIN) != 0 && (entry->bits & ENTRY_BEHIND_HOLE) == 0;
    if ((entry->bits & ENTRY_STRUCK) != 0) {
        /* not heard */
    } else if ((entry->bits & ENTRY_UNREACHABLE) != 0) {
        signs[n++] = SF_SIGN_UNREACHABLE;
    } else if ((entry->flags & SF_RST) != 0) {
        if ((entry->bits & ENTRY_RST_OF_SYN) != 0)
            signs[n++] = SF_SIGN_RST_OF_SYN;
        if ((entry->bits & ENTRY_RST_EXACT) != 0)
            signs[n++] = SF_SIGN_RST_EXACT;
    } else if ((entry->flags & SF_SYN) != 0) {
        if ((entry->flags & SF_ACK) == 0)
            signs[n++] = SF_SIGN_SYN;
        else if ((me->known & SF_KNOWS_ISS) != 0 && fits_syn(entry, me, mine))
            signs[n++] = SF_SIGN_SYN_ACK;
    } else if (!is_in_front_of_all(&flow->end[sf_other(side)], entry)) {
        bool covers = acknowledges_fin(entry, me);
        if (acknowledges_syn(entry, me))
            signs[n++] = SF_SIGN_ACK_OF_SYN;
        if (has_fin)
            signs[n++] = covers ? SF_SIGN_COVERING_FIN : SF_SIGN_FIN;
        else if (covers)
            signs[n++] = SF_SIGN_ACK_OF_FIN;
    }
    signs[n] = SF_SIGN_NONE;
}

/* ---- the fold ---------------------------------------------------------------------------------
 */

static void push(struct sf_end *path, enum sf_state state)
{
    if (path->n_path == SF_PATH_MAX)
        return;
    path->path[path->n_path++] = (uint8_t)state;
}

/* FIN_WAIT_2 shows nothing of itself to the outside. CLOSE may act in SYN_RCVD already (RFC 9293
 * §3.10.4), so that nothing behind FIN_WAIT_1 shows that ESTABLISHED was in front of it. */
static bool shows_itself_only(const struct sf_end *path, unsigned at)
{
    return path->path[at] == SF_STATE_FIN_WAIT_2 ||
           (path->path[at] == SF_STATE_ESTABLISHED && at + 1u < path->n_path &&
            path->path[at + 1u] == SF_STATE_FIN_WAIT_1);
}

/* The state at `at` is proved by `sign`, and with it what leads there. A RST alone leads nowhere.
 */
static void prove(struct sf_end *path, unsigned at, enum sf_sign sign)
{
    path->proved = (uint16_t)(path->proved | 1u << at);
    if (sign == SF_SIGN_RST)
        return;
    for (unsigned i = 0; i < at; i++) {
        if (!shows_itself_only(path, i))
            path->proved = (uint16_t)(path->proved | 1u << i);
    }
}

/* Being synchronized stays true in every state that only ESTABLISHED leads to. */
static void prove_established(struct sf_end *path)
{
    for (unsigned i = 0; i < path->n_path; i++) {
        if (path->path[i] == SF_STATE_ESTABLISHED && !shows_itself_only(path, i))
            prove(path, i, SF_SIGN_SYNCHRONIZED);
    }
}

/*
 * A FIN that acknowledges the other one may be the repeat of one that was sent before the other
 * came, and lost in front of this place: then its sender never was in CLOSE_WAIT. Not where a
 * CLOSE_WAIT was seen, nor where no FIN can be missing in front of it.
 */
static bool may_be_repeat(const struct fold *fold, const struct entry *entry)
{
    return (entry->flags & SF_FIN) != 0 && acknowledges_fin(entry, fold->other) &&
           (!fold->has_said_fin || fold->own_fin_covers) && (entry->bits & ENTRY_FOLLOWS) == 0 &&
           !sf_fold_has_proved(&fold->path, SF_STATE_CLOSE_WAIT);
}

/* What needs a FIN, of either end, that had to be inferred proves no more than the inference. */
static bool rests_on_inference(const struct fold *fold, const struct entry *entry,
                               enum sf_sign sign)
{
    /* The first FIN was not seen: whether it was the first or the second one cannot be told. */
    bool is_either = acknowledges_fin(entry, fold->other) &&
                     (fold->mine->fin_was_inferred || fold->theirs->fin_is_inferred);
    if (sign == SF_SIGN_FIN && is_either)
        return true;
    if ((sign == SF_SIGN_FIN || sign == SF_SIGN_ACK_OF_FIN) && may_be_repeat(fold, entry))
        return true;
    /* By a FIN that does not acknowledge the other one, its sender need not be in LAST_ACK. */
    if (sign == SF_SIGN_FIN && sf_end_state(&fold->path) == SF_STATE_LAST_ACK &&
        !acknowledges_fin(entry, fold->other))
        return true;
    bool needs_both = sign == SF_SIGN_ACK_OF_COVERING_FIN || sign == SF_SIGN_ACK_WHILE_UNCOVERED;
    return (fold->theirs->fin_is_inferred && (needs_both || sign == SF_SIGN_ACK_OF_FIN)) ||
           (fold->mine->fin_is_inferred && needs_both) ||
           (fold->mine->fin_was_inferred && sign == SF_SIGN_ACK_WHILE_UNCOVERED);
}

/* Has this end been seen to send payload up to `number`? Then it had not closed when it had sent no
 * more than that; unless its FIN was seen, it may have in front of anything else. */
static bool has_shown_open(const struct sf_end *end, const struct private_end *notes,
                           uint32_t number)
{
    return (end->bytes > 0 && !seq_before(notes->payload_end, number)) ||
           notes->fin.first_ns != SF_NO_TIME;
}

/*
 * The gap behind which nothing of this end came yet; NULL: there is none. Its last octet may have
 * been a FIN.
 */
static const struct hole *last_gap(const struct sf_end *end, const struct private_end *notes)
{
    return (end->known & (SF_KNOWS_SEQ | SF_KNOWS_FIN)) == SF_KNOWS_SEQ
               ? sf_holes_before(&notes->holes, end->max)
               : NULL;
}

/* The octet before `next` never passed here, and nothing came behind it. */
static bool may_have_closed(const struct sf_end *end, const struct private_end *notes,
                            uint32_t next)
{
    return end->max == next && last_gap(end, notes) != NULL;
}

/* Where the capture begins later, neither end has shown that it still was open. */
static bool may_have_begun_later(const struct sf_flow *flow, enum sf_side side)
{
    enum sf_side other = sf_other(side);
    const struct sf_end *me = &flow->end[side];
    return flow->history->is_midstream &&
           (!has_shown_open(me, &flow->history->end[side], me->max) ||
            !has_shown_open(&flow->end[other], &flow->history->end[other], me->rcv));
}

static bool may_have_heard_fin(const struct sf_flow *flow, enum sf_side side)
{
    enum sf_side other = sf_other(side);
    const struct sf_end *me = &flow->end[side];
    return (flow->end[other].known & SF_KNOWS_TTL) == 0 ||
           ((me->known & SF_KNOWS_RCV) != 0 &&
            may_have_closed(&flow->end[other], &flow->history->end[other], me->rcv));
}

bool sf_fold_may_be_past(const struct sf_flow *flow, enum sf_side side)
{
    const struct sf_end *me = &flow->end[side];
    const struct private_end *notes = &flow->history->end[side];
    enum sf_state state = sf_end_state(me);
    if (state != SF_STATE_CLOSED && notes->unsure_ns != SF_NO_TIME && !notes->unsure_is_told)
        return true;
    switch (state) {
    case SF_STATE_SYN_RCVD:
        return notes->spoke_plainly && flow->history->end[sf_other(side)].syn_payload == 0;
    case SF_STATE_ESTABLISHED:
        return may_have_closed(me, notes, me->max) || may_have_heard_fin(flow, side) ||
               may_have_begun_later(flow, side);
    case SF_STATE_CLOSE_WAIT:
        return may_have_closed(me, notes, me->max);
    case SF_STATE_FIN_WAIT_1:
        return may_have_heard_fin(flow, side);
    default:
        return false;
    }
}

/* Can the sender of this have sent a FIN before, which has not passed? Payload may be a repeat,
 * sent behind it. */
static bool may_stand_behind_fin(const struct fold *fold, const struct entry *entry)
{
    if ((entry->bits & (ENTRY_PAYLOAD | ENTRY_FOLLOWS)) == ENTRY_PAYLOAD ||
        (entry->bits & ENTRY_BELOW) != 0)
        return true;
    const struct hole *gap = last_gap(fold->me, fold->mine);
    if (gap != NULL && entry->time_ns >= gap->opened_ns)
        return true;
    return (fold->me->known & SF_KNOWS_FIN) != 0 && seq_not_after(fold->me->fin, entry->seq);
}

/* A FIN may be the second one, an acknowledgment of a FIN come from TIME_WAIT. */
static bool rests_on_the_missing(const struct fold *fold, const struct entry *entry,
                                 enum sf_sign sign)
{
    if (sign == SF_SIGN_FIN)
        return (entry->flags & SF_ACK) != 0 &&
               may_have_closed(fold->other, fold->theirs, entry->ack);
    return sign == SF_SIGN_ACK_OF_FIN && (entry->flags & SF_FIN) == 0 && !fold->has_said_fin &&
           may_stand_behind_fin(fold, entry);
}

/*
 * Where the capture begins later, or shows one end only, a FIN may have passed unseen: what looks
 * like FIN_WAIT_1 may be LAST_ACK, what looks like CLOSE_WAIT may be TIME_WAIT, until the end in
 * question shows itself.
 */
static bool rests_on_the_past(const struct fold *fold, const struct entry *entry, enum sf_sign sign)
{
    bool is_alone = fold->theirs->segments == 0;
    if (!fold->flow->history->is_midstream && !is_alone)
        return false;
    bool is_second =
        sf_end_state(&fold->path) == SF_STATE_FIN_WAIT_1 && acknowledges_fin(entry, fold->other);
    /* A FIN that acknowledges this one may be sent again: the first one had come before. */
    bool may_be_again = sign == SF_SIGN_ACK_OF_COVERING_FIN &&
                        !sf_fold_has_proved(fold->other, SF_STATE_CLOSE_WAIT);
    return may_be_again ||
           (sign == SF_SIGN_FIN &&
            (is_second || !has_shown_open(fold->other, fold->theirs, entry->ack))) ||
           (sign == SF_SIGN_ACK_OF_FIN && !has_shown_open(fold->me, fold->mine, entry->seq));
}

/* Where the SYNs crossed, its SYN,ACK may not have passed here: then the ACK of the other SYN comes
 * from SYN_RCVD as well as from ESTABLISHED. */
static bool rests_on_crossing(const struct fold *fold, const struct entry *entry, enum sf_sign sign)
{
    bool has_crossed = fold->theirs->has_said_plain_syn ||
                       (fold->mine->has_said_plain_syn && fold->mine->has_said_synack);
    return sign == SF_SIGN_ACK_OF_SYN && has_crossed && !says_synchronized(fold, entry);
}

/*
 * A capture that begins with the SYN,ACK does not show whether the SYNs had crossed. Then the ACK
 * of the other SYN may come from SYN_RCVD, and what comes behind anything unseen from an end that
 * was closed there: RFC 9293 §3.10.4.
 */
static bool rests_on_the_opening(const struct fold *fold, const struct entry *entry,
                                 enum sf_sign sign)
{
    bool is_open = sign == SF_SIGN_ACK_OF_SYN || sign == SF_SIGN_SYNCHRONIZED;
    bool is_unseen = (fold->other->known & SF_KNOWS_TTL) == 0 && fold->mine->has_said_plain_syn &&
                     (entry->bits & ENTRY_PAYLOAD) == 0;
    bool may_be_closed = (entry->flags & SF_FIN) != 0 || seq_before(fold->me->iss + 1u, entry->seq);
    const struct sf_history *history = fold->flow->history;
    bool is_cut_off =
        fold->mine->start == SF_STATE_SYN_SENT || history->has_predecessor || history->is_reuse;
    bool is_abort = (entry->flags & SF_RST) != 0 && is_cut_off;
    return is_open &&
           (is_unseen || is_abort || (fold->mine->start == SF_STATE_SYN_SENT && may_be_closed));
}

/* Within one connection nothing leads out of CLOSED again. */
static enum sf_state said_move(const struct sf_end *path, enum sf_sign sign)
{
    enum sf_state from = sf_end_state(path);
    if (from == SF_STATE_CLOSED && path->n_path > 1 && sign != SF_SIGN_RST)
        return SF_STATE_NONE;
    return (enum sf_state)on_sent[from][sign];
}

/* Is everything proved that a sign could prove? Then it need not be asked whether it does. */
static bool has_nothing_to_prove(const struct sf_end *path)
{
    unsigned all = (1u << path->n_path) - 1u;
    return (path->proved & all) == all;
}

static void fold_said(struct fold *fold, const struct entry *entry)
{
    enum sf_sign signs[5];
    said_signs(fold, entry, signs);
    for (unsigned i = 0; signs[i] != SF_SIGN_NONE; i++) {
        enum sf_state from = sf_end_state(&fold->path);
        enum sf_state to = said_move(&fold->path, signs[i]);
        if (to != SF_STATE_NONE && to != from)
            push(&fold->path, to);
        if (to == SF_STATE_NONE && signs[i] != SF_SIGN_SYNCHRONIZED)
            continue; /* it tells nothing new: whether it proves that does not matter */
        if (has_nothing_to_prove(&fold->path))
            continue;
        bool is_seen = (entry->bits & (ENTRY_INFERRED | ENTRY_NO_PROOF)) == 0 &&
                       !rests_on_inference(fold, entry, signs[i]) &&
                       !rests_on_the_past(fold, entry, signs[i]) &&
                       !rests_on_the_missing(fold, entry, signs[i]) &&
                       !rests_on_crossing(fold, entry, signs[i]) &&
                       !rests_on_the_opening(fold, entry, signs[i]);
        if (to != SF_STATE_NONE && is_seen)
            prove(&fold->path, fold->path.n_path - 1u, signs[i]);
        if (signs[i] == SF_SIGN_SYNCHRONIZED && is_seen)
            prove_established(&fold->path);
    }
    if ((entry->flags & SF_SYN) != 0 && ((entry->flags & SF_ACK) != 0 || fold->is_split))
        fold->has_said_synack = true;
    if ((entry->flags & SF_FIN) != 0 && !fold->has_said_fin) {
        fold->has_said_fin = true;
        fold->own_fin_covers = acknowledges_fin(entry, fold->other);
    }
}

static void fold_heard(struct fold *fold, const struct entry *entry)
{
    enum sf_sign signs[5];
    sf_fold_heard_signs(fold->flow, fold->side, entry, signs);
    for (unsigned i = 0; signs[i] != SF_SIGN_NONE; i++) {
        enum sf_state from = sf_end_state(&fold->path);
        enum sf_state to = (enum sf_state)on_heard[from][signs[i]];
        if (to != SF_STATE_NONE && to != from)
            push(&fold->path, to);
        fold->heard_cover |= signs[i] == SF_SIGN_ACK_OF_FIN || signs[i] == SF_SIGN_COVERING_FIN;
        fold->heard_covering_fin |= signs[i] == SF_SIGN_COVERING_FIN;
        fold->heard_bare_fin |= signs[i] == SF_SIGN_FIN;
    }
}

/* What had not come when it should have, or waits for what is missing, may have come later: to
 * prove anything by its absence is not possible any more. */
static void note_struck(struct fold *fold, const struct entry *entry)
{
    if ((entry->bits & ENTRY_HEARD) == 0 || (entry->bits & (ENTRY_STRUCK | ENTRY_BEHIND_HOLE)) == 0)
        return;
    bool covers = acknowledges_fin(entry, fold->me);
    bool is_struck = (entry->bits & ENTRY_STRUCK) != 0;
    fold->heard_cover |= is_struck && covers && (entry->flags & (SF_SYN | SF_RST)) == 0;
    fold->heard_bare_fin |= !covers && (entry->flags & SF_FIN) != 0;
}

/*
 * An end whose first word is a RST that refuses a SYN, or a SYN of its own, never listened: it was
 * CLOSED all along.
 */
static enum sf_state first_state(const struct private_end *mine)
{
    if (mine->start != SF_STATE_LISTEN)
        return (enum sf_state)mine->start;
    for (unsigned i = 0; i < mine->log.n; i++) {
        const struct entry *entry = &mine->log.entry[i];
        if ((entry->bits & (ENTRY_HEARD | ENTRY_STRUCK)) != 0)
            continue;
        bool opens = (entry->flags & (SF_SYN | SF_ACK)) == SF_SYN;
        return opens || (entry->flags & SF_RST) != 0 ? SF_STATE_CLOSED : SF_STATE_LISTEN;
    }
    return SF_STATE_LISTEN;
}

/* Without its SYN,ACK, or where the handshake seems split, an end may have been in SYN_SENT. */
static void doubt_syn_rcvd(struct sf_end *end)
{
    for (unsigned i = 0; i < end->n_path; i++) {
        if (end->path[i] == SF_STATE_SYN_RCVD)
            end->proved &= (uint16_t) ~(1u << i);
    }
}

/* What holds of the path as a whole is taken off last: a fold that goes on proves it anew. */
static void store(const struct fold *fold)
{
    const struct sf_history *history = fold->flow->history;
    struct sf_end *end = &fold->flow->end[fold->side];
    bool has_no_synack = history->split == SPLIT_NOT && !fold->mine->has_said_synack;
    end->n_path = fold->path.n_path;
    end->proved = fold->path.proved;
    memcpy(end->path, fold->path.path, sizeof end->path);
    if ((history->split == SPLIT_LIKELY && fold->is_split) || has_no_synack)
        doubt_syn_rcvd(end);
}

static void fold_entry(struct fold *fold, const struct entry *entry)
{
    note_struck(fold, entry);
    if ((entry->bits & ENTRY_HEARD) != 0)
        fold_heard(fold, entry);
    else if ((entry->bits & ENTRY_STRUCK) == 0)
        fold_said(fold, entry);
}

void sf_fold_begin(struct fold *fold, struct sf_flow *flow, enum sf_side side)
{
    enum sf_side other = sf_other(side);
    const struct private_end *mine = &flow->history->end[side];
    *fold = (struct fold){.flow = flow,
                          .me = &flow->end[side],
                          .other = &flow->end[other],
                          .mine = mine,
                          .theirs = &flow->history->end[other],
                          .side = side,
                          .first = first_state(mine),
                          .is_split = side == SF_SERVER && flow->history->split != SPLIT_NOT};
    if (mine->start != SF_STATE_NONE)
        push(&fold->path, fold->is_split ? SF_STATE_LISTEN : fold->first);
    for (unsigned i = 0; i < mine->log.n; i++)
        fold_entry(fold, &mine->log.entry[i]);
    store(fold);
}

void sf_fold_append(struct fold *fold, const struct entry *entry)
{
    if (first_state(fold->mine) != fold->first) {
        sf_fold_begin(fold, fold->flow, fold->side);
        return;
    }
    fold_entry(fold, entry);
    store(fold);
}

void sf_fold_path(struct sf_flow *flow, enum sf_side side)
{
    struct fold fold;
    sf_fold_begin(&fold, flow, side);
}
