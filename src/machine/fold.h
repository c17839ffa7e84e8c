/*
 * The path of one end, folded from its log by the tables of synfin/moves.def.
 */
#ifndef SYNFIN_MACHINE_FOLD_H
#define SYNFIN_MACHINE_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/catalogue.h>
#include <synfin/flow.h>

#include "machine/log.h"

struct private_end;

/* A fold under way: the path so far, and what of it later signs depend on. */
struct fold {
    struct sf_flow *flow;
    const struct sf_end *me, *other;
    const struct private_end *mine, *theirs;
    struct sf_end path; /* only path, n_path and proved are used */
    enum sf_side side;
    enum sf_state first; /* where the path begins */
    bool is_split;       /* this end answered a SYN with a SYN apart from its ACK */
    bool has_said_synack;
    bool has_said_fin;
    bool own_fin_covers; /* its first FIN acknowledged the other end's FIN */
    bool heard_cover;    /* something that covers its FIN */
    bool heard_bare_fin; /* a FIN that does not */
    bool heard_covering_fin;
};

/* Folds the log of `side` anew into flow->end[side].path. */
void sf_fold_path(struct sf_flow *flow, enum sf_side side);

/* The same, and keeps the fold, which holds pointers into the flow. */
void sf_fold_begin(struct fold *fold, struct sf_flow *flow, enum sf_side side);

/* Goes on with an entry that was appended to the log since, while nothing else has changed. */
void sf_fold_append(struct fold *fold, const struct entry *entry);

/*
 * What an entry of `side`'s log is heard as: up to four signs, ended by SF_SIGN_NONE. What was
 * struck, or stands behind missing data, is not heard at all.
 */
void sf_fold_heard_signs(const struct sf_flow *flow, enum sf_side side, const struct entry *entry,
                         enum sf_sign signs[5]);

/* Does saying `said` show that `heard` has not been heard? A row of BACK. */
bool sf_fold_contradicts(enum sf_sign said, enum sf_sign heard);

/*
 * May this end have moved on, unseen, from the state that it proved last? So it is when the octet
 * in front of where it stands, or of what it acknowledges, never passed: that may have been a FIN.
 * The same where nothing of the other end passes. And an end that answers like one in SYN_RCVD may
 * be ESTABLISHED as well.
 */
bool sf_fold_may_be_past(const struct sf_flow *flow, enum sf_side side);

/* Has this end proved a state that only an end past its handshake has? */
bool sf_fold_has_proved(const struct sf_end *end, enum sf_state state);

#endif
