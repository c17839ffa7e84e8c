/*
 * The sink behind --fail-on: the worst severity among the findings of the connections it is told.
 */
#ifndef SYNFIN_CLI_WORST_H
#define SYNFIN_CLI_WORST_H

#include <synfin/event.h>

struct sf_worst {
    struct sf_sink sink;
    uint8_t severity; /* enum sf_severity; SF_INFO while there is nothing worse */
};

/* Makes `worst` a sink; it owns nothing, and freeing it frees nothing. */
void sf_worst_init(struct sf_worst *worst);

#endif
