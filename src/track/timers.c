#include "track/timers.h"

#include <stdlib.h>
#include <string.h>

void sf_timers_free(struct timers *timers)
{
    free(timers->timer);
    memset(timers, 0, sizeof *timers);
}

static bool is_earlier(const struct timer *x, const struct timer *y)
{
    return x->due_ns != y->due_ns ? x->due_ns < y->due_ns : x->id < y->id;
}

static void rise(struct timers *timers, uint32_t at)
{
    struct timer timer = timers->timer[at];
    while (at > 0 && is_earlier(&timer, &timers->timer[(at - 1u) / 2u])) {
        timers->timer[at] = timers->timer[(at - 1u) / 2u];
        at = (at - 1u) / 2u;
    }
    timers->timer[at] = timer;
}

static void sink(struct timers *timers, uint32_t at)
{
    struct timer timer = timers->timer[at];
    for (uint32_t child; (child = 2u * at + 1u) < timers->n; at = child) {
        if (child + 1u < timers->n && is_earlier(&timers->timer[child + 1u], &timers->timer[child]))
            child++;
        if (!is_earlier(&timers->timer[child], &timer))
            break;
        timers->timer[at] = timers->timer[child];
    }
    timers->timer[at] = timer;
}

bool sf_timers_add(struct timers *timers, const struct timer *timer)
{
    if (timers->n == timers->size) {
        uint32_t size = timers->size == 0 ? 256u : timers->size * 2u;
        struct timer *grown = realloc(timers->timer, size * sizeof *grown);
        if (grown == NULL)
            return false;
        timers->timer = grown;
        timers->size = size;
    }
    timers->timer[timers->n++] = *timer;
    rise(timers, timers->n - 1u);
    return true;
}

bool sf_timers_take(struct timers *timers, int64_t now_ns, struct timer *due)
{
    if (timers->n == 0 || timers->timer[0].due_ns > now_ns)
        return false;
    *due = timers->timer[0];
    timers->timer[0] = timers->timer[--timers->n];
    if (timers->n > 0)
        sink(timers, 0);
    return true;
}
