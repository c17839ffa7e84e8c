#include "machine/fold.h"

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

/* The fold under way: the path so far, and what of it later signs depend on. */
struct fold {
    const struct sf_flow *flow;
    const struct sf_end *me, *other;
    const struct private_end *mine, *theirs;
    struct sf_end path; /* only path, n_path and proved are used */
    bool is_split;      /* this end answered a SYN with a SYN apart from its ACK */
    bool has_said_synack;
    bool has_said_fin;
    bool own_fin_covers; /* its first FIN acknowledged the other end's FIN */
    bool heard_cover;    /* something that covers its FIN */
    bool heard_bare_fin; /* a FIN that does not */
    bool heard_covering_fin;
    int64_t heard_fin_ns; /* when the first FIN that may have arrived passed */
};

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
 * where no Fast Open lets it. An end that never sent a SYN,ACK cannot be in SYN_RCVD, so that its
 * plain ACK is proof enough. (RFC 9293 §3.10.7.4: sockets in SYN_RCVD answer duplicates with an ACK
 * of the SYN alone.)
 */
static bool says_synchronized(const struct fold *fold, const struct entry *entry)
{
    if (!acknowledges_syn(entry, fold->other))
        return false;
    if (!fold->has_said_synack || seq_before(fold->theirs->syn_end, entry->ack))
        return true;
    return (entry->bits & ENTRY_PAYLOAD) != 0 && fold->theirs->syn_payload == 0 &&
           (entry->flags & SF_RST) == 0;
}

/* What acknowledging the other FIN says depends on what had come from there: RFC 9293 §3.6. */
static enum sf_sign said_fin_ack(const struct fold *fold)
{
    if (!fold->has_said_fin || fold->own_fin_covers)
        return SF_SIGN_ACK_OF_FIN;
    if (fold->heard_covering_fin && !fold->heard_bare_fin)
        return SF_SIGN_ACK_OF_COVERING_FIN;
    if (!fold->heard_cover)
        return SF_SIGN_ACK_WHILE_UNCOVERED;
    return SF_SIGN_NONE;
}

static void said_plain_signs(const struct fold *fold, const struct entry *entry,
                             enum sf_sign signs[5])
{
    unsigned n = 0;
    if (acknowledges_syn(entry, fold->other))
        signs[n++] = SF_SIGN_ACK_OF_SYN;
    if (says_synchronized(fold, entry))
        signs[n++] = SF_SIGN_SYNCHRONIZED;
    if (acknowledges_fin(entry, fold->other) && (entry->flags & SF_RST) == 0) {
        enum sf_sign sign = said_fin_ack(fold);
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
    } else {
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

static bool proves_what_was_before(enum sf_state state, enum sf_sign sign)
{
    /* FIN_WAIT_2 shows nothing of itself to the outside; CLOSE may act in SYN_RCVD already. */
    return state != SF_STATE_FIN_WAIT_2 && !(state == SF_STATE_ESTABLISHED && sign == SF_SIGN_FIN);
}

/* The state at `at` is proved by `sign`, and with it what leads there. A RST alone leads nowhere.
 */
static void prove(struct sf_end *path, unsigned at, enum sf_sign sign)
{
    path->proved = (uint16_t)(path->proved | 1u << at);
    if (sign == SF_SIGN_RST)
        return;
    for (unsigned i = 0; i < at; i++) {
        if (proves_what_was_before((enum sf_state)path->path[i], sign))
            path->proved = (uint16_t)(path->proved | 1u << i);
    }
}

/* Being synchronized stays true in every state behind ESTABLISHED. */
static void prove_established(struct sf_end *path)
{
    for (unsigned i = 0; i < path->n_path; i++) {
        if (path->path[i] == SF_STATE_ESTABLISHED)
            prove(path, i, SF_SIGN_SYNCHRONIZED);
    }
}

/*
 * A second FIN that comes long after the first one, with no acknowledgment of that before it, may
 * be the repeat of one that was lost before it came here, and that did not cover the first.
 */
static bool comes_late(const struct fold *fold, const struct entry *entry)
{
    int64_t rtt_ns = (fold->me->known & SF_KNOWS_RTT) != 0 ? fold->me->rtt_ns : 0;
    return (entry->flags & SF_FIN) != 0 && acknowledges_fin(entry, fold->other) &&
           fold->heard_fin_ns != SF_NO_TIME &&
           entry->time_ns - fold->heard_fin_ns > rtt_ns + RTT_UNKNOWN_NS &&
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
    if ((sign == SF_SIGN_FIN || sign == SF_SIGN_ACK_OF_FIN) && comes_late(fold, entry))
        return true;
    bool needs_both = sign == SF_SIGN_ACK_OF_COVERING_FIN || sign == SF_SIGN_ACK_WHILE_UNCOVERED;
    return (fold->theirs->fin_is_inferred && (needs_both || sign == SF_SIGN_ACK_OF_FIN)) ||
           (fold->mine->fin_is_inferred && needs_both) ||
           (fold->mine->fin_was_inferred && sign == SF_SIGN_ACK_WHILE_UNCOVERED);
}

/* Has this end been seen to send what an end that closed before the capture cannot send? */
static bool has_shown_open(const struct sf_end *end, const struct private_end *notes)
{
    return end->bytes > 0 || notes->fin.first_ns != SF_NO_TIME;
}

/*
 * The octet before `next` never passed here, and nothing came behind it: it may have been the FIN
 * of this end.
 */
static bool may_have_closed(const struct sf_end *end, const struct private_end *notes,
                            uint32_t next)
{
    uint32_t gap;
    return (end->known & (SF_KNOWS_SEQ | SF_KNOWS_FIN)) == SF_KNOWS_SEQ && end->max == next &&
           sf_holes_first(&notes->holes, next - 1u, &gap) && gap == next - 1u;
}

/* A FIN may be the second one, an acknowledgment of a FIN come from TIME_WAIT. */
static bool rests_on_the_missing(const struct fold *fold, const struct entry *entry,
                                 enum sf_sign sign)
{
    if (sign == SF_SIGN_FIN)
        return (entry->flags & SF_ACK) != 0 &&
               may_have_closed(fold->other, fold->theirs, entry->ack);
    return sign == SF_SIGN_ACK_OF_FIN && (entry->flags & SF_FIN) == 0 &&
           may_have_closed(fold->me, fold->mine, entry->seq);
}

/*
 * Where the capture begins later, or shows one end only, a FIN may have passed unseen: what looks
 * like FIN_WAIT_1 may be LAST_ACK, what looks like CLOSE_WAIT may be TIME_WAIT, until the end in
 * question shows itself.
 */
static bool rests_on_the_past(const struct fold *fold, enum sf_sign sign)
{
    bool is_alone = fold->theirs->segments == 0;
    if (!fold->flow->history->is_midstream && !is_alone)
        return false;
    return (sign == SF_SIGN_FIN && !has_shown_open(fold->other, fold->theirs)) ||
           (sign == SF_SIGN_ACK_OF_FIN && !has_shown_open(fold->me, fold->mine));
}

/* Within one connection nothing leads out of CLOSED again. */
static enum sf_state said_move(const struct sf_end *path, enum sf_sign sign)
{
    enum sf_state from = sf_end_state(path);
    if (from == SF_STATE_CLOSED && path->n_path > 1 && sign != SF_SIGN_RST)
        return SF_STATE_NONE;
    return (enum sf_state)on_sent[from][sign];
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
        bool is_seen =
            (entry->bits & ENTRY_INFERRED) == 0 && !rests_on_inference(fold, entry, signs[i]) &&
            !rests_on_the_past(fold, signs[i]) && !rests_on_the_missing(fold, entry, signs[i]);
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

static void fold_heard(struct fold *fold, const struct entry *entry, enum sf_side side)
{
    enum sf_sign signs[5];
    sf_fold_heard_signs(fold->flow, side, entry, signs);
    for (unsigned i = 0; signs[i] != SF_SIGN_NONE; i++) {
        enum sf_state from = sf_end_state(&fold->path);
        enum sf_state to = (enum sf_state)on_heard[from][signs[i]];
        if (to != SF_STATE_NONE && to != from)
            push(&fold->path, to);
        bool is_fin = signs[i] == SF_SIGN_FIN || signs[i] == SF_SIGN_COVERING_FIN;
        if (is_fin && fold->heard_fin_ns == SF_NO_TIME)
            fold->heard_fin_ns = entry->time_ns;
        fold->heard_cover |= signs[i] == SF_SIGN_ACK_OF_FIN || signs[i] == SF_SIGN_COVERING_FIN;
        fold->heard_covering_fin |= signs[i] == SF_SIGN_COVERING_FIN;
        fold->heard_bare_fin |= signs[i] == SF_SIGN_FIN;
    }
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

/* That the server listened is likely only: it may have been in SYN_SENT. */
static void doubt_split(struct fold *fold)
{
    for (unsigned i = 0; fold->is_split && i < fold->path.n_path; i++) {
        if (fold->path.path[i] == SF_STATE_SYN_RCVD)
            fold->path.proved &= (uint16_t) ~(1u << i);
    }
}

void sf_fold_path(struct sf_flow *flow, enum sf_side side)
{
    enum sf_side other = sf_other(side);
    const struct private_end *mine = &flow->history->end[side];
    struct fold fold = {.flow = flow,
                        .me = &flow->end[side],
                        .other = &flow->end[other],
                        .mine = mine,
                        .theirs = &flow->history->end[other],
                        .is_split = side == SF_SERVER && flow->history->split != SPLIT_NOT,
                        .heard_fin_ns = SF_NO_TIME};
    if (mine->start != SF_STATE_NONE)
        push(&fold.path, fold.is_split ? SF_STATE_LISTEN : first_state(mine));
    for (unsigned i = 0; i < mine->log.n; i++) {
        const struct entry *entry = &mine->log.entry[i];
        fold.heard_bare_fin |=
            (entry->bits & ENTRY_DOUBTED) != 0 && !acknowledges_fin(entry, fold.me);
        if ((entry->bits & ENTRY_HEARD) != 0)
            fold_heard(&fold, entry, side);
        else if ((entry->bits & ENTRY_STRUCK) == 0)
            fold_said(&fold, entry);
    }
    if (flow->history->split == SPLIT_LIKELY)
        doubt_split(&fold);
    struct sf_end *end = &flow->end[side];
    end->n_path = fold.path.n_path;
    end->proved = fold.path.proved;
    for (unsigned i = 0; i < SF_PATH_MAX; i++)
        end->path[i] = i < fold.path.n_path ? fold.path.path[i] : (uint8_t)SF_STATE_NONE;
}
