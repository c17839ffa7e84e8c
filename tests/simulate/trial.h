/*
 * One conversation from its plan to the verdict.
 */
#ifndef SIMULATE_TRIAL_H
#define SIMULATE_TRIAL_H

#include "checker.h"
#include "observer.h"
#include "plan.h"
#include "truth.h"

struct trial {
    struct observer *observer;
    struct plan plan;
    struct truth truth;
    struct account account;
    struct verdict verdict;
};

/* Large, hence from the heap. NULL without memory. */
struct trial *trial_new(void);
void trial_free(struct trial *trial);

/* Plays trial->plan, shows it to the analyser, and checks what that says. */
void trial_run(struct trial *trial, struct tally *tally);

/*
 * Makes the plan of a failing trial smaller, one thing at a time, as long as it breaks the same
 * rule; the trial then holds the smallest conversation found.
 */
void trial_shrink(struct trial *trial);

#endif
