#include "machine/log.h"

#include <stdlib.h>
#include <string.h>

#include "machine/seq.h"

void sf_log_free(struct log *log)
{
    free(log->entry);
    memset(log, 0, sizeof *log);
}

struct entry sf_log_entry(const struct sf_segment *segment, uint16_t bits)
{
    if (segment->payload > 0)
        bits |= ENTRY_PAYLOAD;
    return (struct entry){.number = segment->number,
                          .time_ns = segment->time_ns,
                          .seq = segment->seq,
                          .ack = segment->ack,
                          .end = segment_end(segment),
                          .flags = segment->flags,
                          .bits = bits};
}

void sf_log_remove(struct log *log, uint32_t at)
{
    memmove(&log->entry[at], &log->entry[at + 1], (log->n - at - 1u) * sizeof log->entry[0]);
    log->n--;
}

/* An acknowledgment, one of many: a SYN, FIN or RST opens, closes or ends. */
static bool is_bare(const struct entry *entry)
{
    return (entry->flags & (SF_SYN | SF_FIN | SF_RST)) == 0;
}

/* A struck entry tells nothing any more; without one an acknowledgment from the middle must do. */
static void forget_one(struct log *log)
{
    uint32_t middle = log->n / 2u;
    for (uint32_t i = 0; i < log->n; i++) {
        if ((log->entry[i].bits & ENTRY_STRUCK) != 0) {
            sf_log_remove(log, i);
            return;
        }
    }
    for (uint32_t i = middle; i < log->n; i++) {
        if (is_bare(&log->entry[i])) {
            middle = i;
            break;
        }
    }
    sf_log_remove(log, middle);
}

static bool make_room(struct log *log)
{
    if (log->n == LOG_MAX)
        forget_one(log);
    if (log->n < log->size)
        return true;
    uint32_t size = log->size == 0 ? 4u : log->size * 2u;
    struct entry *grown = realloc(log->entry, size * sizeof *grown);
    if (grown == NULL)
        return false;
    log->entry = grown;
    log->size = (uint8_t)size; /* at most LOG_MAX */
    return true;
}

bool sf_log_insert(struct log *log, uint32_t at, const struct entry *entry)
{
    if (!make_room(log))
        return false;
    if (at > log->n)
        at = log->n;
    memmove(&log->entry[at + 1], &log->entry[at], (log->n - at) * sizeof log->entry[0]);
    log->entry[at] = *entry;
    log->n++;
    return true;
}

bool sf_log_append(struct log *log, const struct entry *entry)
{
    return sf_log_insert(log, log->n, entry);
}

void sf_log_move_to_end(struct log *log, uint32_t from)
{
    struct entry entry = log->entry[from];
    memmove(&log->entry[from], &log->entry[from + 1], (log->n - from - 1u) * sizeof log->entry[0]);
    log->entry[log->n - 1u] = entry;
}
