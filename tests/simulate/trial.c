#include "trial.h"

#include <stdlib.h>

#include "play.h"

struct trial *trial_new(void)
{
    struct trial *trial = calloc(1, sizeof *trial);
    if (trial == NULL)
        return NULL;
    trial->observer = observer_new();
    if (trial->observer != NULL)
        return trial;
    free(trial);
    return NULL;
}

void trial_free(struct trial *trial)
{
    if (trial == NULL)
        return;
    observer_free(trial->observer);
    free(trial);
}

void trial_run(struct trial *trial, struct tally *tally)
{
    play(&trial->plan, &trial->truth);
    observer_watch(trial->observer, &trial->truth, &trial->account);
    check(&trial->plan, &trial->truth, &trial->account, tally, &trial->verdict);
}
