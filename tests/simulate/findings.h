/*
 * The findings of a row, held against the truth. Internal to the checker.
 */
#ifndef SIMULATE_FINDINGS_H
#define SIMULATE_FINDINGS_H

#include "checker.h"

/* A check under way. */
struct checking {
    const struct plan *plan;
    const struct truth *truth;
    const struct account *account;
    struct tally *tally;
    struct verdict *verdict;
    enum kind kind;
};

/* Counts a broken rule, and keeps the first one with the words that describe it. */
void checking_break(struct checking *checking, enum rule rule, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void check_findings(struct checking *checking, const struct row *row);

const char *state_name(enum sf_state state);
const char *code_name(enum sf_code code);

#endif
