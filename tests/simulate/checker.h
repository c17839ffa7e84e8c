/*
 * Holds what the analyser said of a conversation against what was true.
 *
 * The rules are rows of rules.def. The hard ones may never be broken:
 *
 * - A state that is called proved is true. After each segment, when the state of its sender is
 *   proved, it is the state in which that end was once it had sent the newest of its segments that
 *   passed by then; and the proved states of a path are, in their order, states of the true
 * history.
 * - A path is one that RFC 9293 figure 5 allows.
 * - Where the network did nothing to any packet and the capture has them all, the path is the true
 *   history, state by state, but for what no packet can show (checker.c says what: `is_hidden`).
 * - Where something was lost, held back or not captured, a path may differ from the truth only in
 *   states that are assumed. How many are right all the same is counted by kind of path.
 * - Where nothing was lost in front of the tap, handshake, close and closed_by are what passed.
 * - A finding that is proved and says that something was lost names a leg on which it was lost.
 * - Of a connection that was opened and closed without loss, repeat or RST no finding of severity
 *   warning or error is told, but that an end was slow to close where it was.
 *
 * What is only probable may err; how often is counted. So is what goes wrong where the capture
 * drops packets at random, or the network holds some back for longer than the few milliseconds
 * beyond a round trip that an observer allows for: what was not shown, or came when it was long
 * past, nobody can know. There only the engine and figure 5 hold without exception.
 */
#ifndef SIMULATE_CHECKER_H
#define SIMULATE_CHECKER_H

#include <stdbool.h>
#include <stdint.h>

#include "observer.h"
#include "plan.h"
#include "truth.h"

enum rule {
#define RULE(name, text) RULE_##name,
#include "rules.def"
    RULE_COUNT
};

/* Kinds of path, by what the network really did. */
enum kind {
#define KIND(name, text) KIND_##name,
#include "rules.def"
    KIND_COUNT
};

/* How a finding stood the test. */
struct score {
    uint64_t right, wrong;
};

/* Counts over many conversations. */
struct tally {
    uint64_t conversations, packets, passes, rows, cut;
    uint64_t views, proved_views;         /* states of senders, after each segment */
    uint64_t proved_states;               /* in final paths */
    struct score path[KIND_COUNT];        /* paths of one end: entirely right, or not */
    uint64_t hidden;                      /* clean paths that differ in what no packet shows */
    struct score found[SF_CODE_COUNT][2]; /* by enum sf_certainty */
    uint64_t broken[RULE_COUNT], excused[RULE_COUNT];
    uint64_t normal;                       /* rows of connections without loss, repeat or RST … */
    uint64_t of_normal[SF_SEVERITY_COUNT]; /* … and the findings told of them */
    uint64_t failed;                       /* conversations that break a rule */
};

/* The first rule that a conversation breaks. */
struct verdict {
    enum rule rule;
    bool is_broken;
    char text[200];
};

/* Adds what is found to `tally` and fills `verdict`. */
void check(const struct plan *plan, const struct truth *truth, const struct account *account,
           struct tally *tally, struct verdict *verdict);

/* Adds all counts of `more` to those of `tally`. */
void tally_add(struct tally *tally, const struct tally *more);

const char *rule_text(enum rule rule);
const char *kind_text(enum kind kind);

#endif
