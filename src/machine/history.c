#include "machine/history.h"

#include <stdlib.h>
#include <string.h>

#include "machine/seq.h"

/* Routes change by a hop or two; other hosts begin elsewhere. */
#define TTL_UNLIKE 3

/* So many steps in a row are no chance. */
#define ID_STEPS_MIN 2u

static void private_end_init(struct private_end *end)
{
    sf_sighting_init(&end->syn);
    sf_sighting_init(&end->fin);
    end->last_ns = end->last_rst_ns = end->ended_ns = SF_NO_TIME;
    end->last_octets_ns = end->last_payload_ns = end->stood_ns = SF_NO_TIME;
    end->newest_tsval_ns = end->max_ns = end->departed_ns = end->unsure_ns = SF_NO_TIME;
    end->sample_ns = SF_NO_TIME;
    end->keepalive_ns = SF_NO_TIME;
    end->window_closed_ns = end->window_opened_ns = SF_NO_TIME;
    end->provoked_ns = SF_NO_TIME;
    end->fin_covered_ns = SF_NO_TIME;
    end->fin_missed_ns = SF_NO_TIME;
}

void sf_history_init(struct sf_history *history)
{
    private_end_init(&history->end[SF_CLIENT]);
    private_end_init(&history->end[SF_SERVER]);
    history->rst_sender = SF_NOBODY;
    for (int i = 0; i < SILENCE_COUNT; i++)
        history->told_ns[i] = SF_NO_TIME;
}

void sf_history_release(struct sf_history *history)
{
    for (int side = 0; side < 2; side++) {
        sf_log_free(&history->end[side].log);
        sf_holes_free(&history->end[side].holes);
        free(history->end[side].other);
    }
    free(history->found);
}

void sf_history_close(struct sf_flow *flow)
{
    struct sf_history *history = flow->history;
    sf_log_free(&history->end[SF_CLIENT].log);
    sf_log_free(&history->end[SF_SERVER].log);
    free(history->found);
    history->found = NULL;
    history->found_size = 0;
    flow->found = NULL;
    flow->n_found = 0;
}

struct sf_found *sf_history_found(const struct sf_flow *flow, enum sf_code code, enum sf_side side)
{
    struct sf_found *found = flow->history->found;
    for (uint32_t i = 0; i < flow->n_found; i++) {
        if (found[i].code == code && (side == SF_NOBODY || found[i].side == side))
            return &found[i];
    }
    return NULL;
}

bool sf_history_ids_count(const struct private_end *end)
{
    return end->id_steps >= ID_STEPS_MIN && !end->ids_jump;
}

static bool make_room(struct sf_flow *flow)
{
    struct sf_history *history = flow->history;
    if (flow->n_found >= FOUND_MAX)
        return false;
    if (flow->n_found < history->found_size)
        return true;
    uint32_t size = history->found_size == 0 ? 2 : history->found_size * 2;
    struct sf_found *grown = realloc(history->found, size * sizeof *grown);
    if (grown == NULL)
        return false;
    history->found = grown;
    history->found_size = size;
    flow->found = grown;
    return true;
}

struct sf_found *sf_history_add_found(struct sf_flow *flow, const struct sf_found *found)
{
    if (!make_room(flow))
        return NULL;
    struct sf_found *added = &flow->history->found[flow->n_found++];
    *added = *found;
    return added;
}

uint32_t sf_history_drop_found(struct sf_flow *flow, enum sf_code code)
{
    struct sf_found *found = flow->history->found;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < flow->n_found; i++) {
        if (found[i].code != code)
            found[kept++] = found[i];
    }
    uint32_t dropped = flow->n_found - kept;
    flow->n_found = kept;
    return dropped;
}

void sf_history_drop(struct sf_flow *flow, struct sf_found *found)
{
    size_t behind = (size_t)(flow->history->found + flow->n_found - (found + 1));
    memmove(found, found + 1, behind * sizeof *found);
    flow->n_found--;
}

uint32_t sf_history_drop_packet(struct sf_flow *flow, uint64_t number, enum sf_code kept)
{
    struct sf_found *found = flow->history->found;
    uint32_t n = 0;
    for (uint32_t i = 0; i < flow->n_found; i++) {
        if (found[i].number != number || found[i].code == kept)
            found[n++] = found[i];
    }
    uint32_t dropped = flow->n_found - n;
    flow->n_found = n;
    return dropped;
}

bool sf_history_awaits_fin(const struct sf_flow *flow, enum sf_side closer, int64_t *since_ns,
                           uint64_t *number)
{
    const struct private_end *mine = &flow->history->end[closer];
    const struct private_end *theirs = &flow->history->end[sf_other(closer)];
    if (mine->fin_covered_ns == SF_NO_TIME || flow->history->rst_accepted ||
        (flow->end[sf_other(closer)].known & SF_KNOWS_FIN) != 0)
        return false;
    bool has_sent = theirs->last_payload_ns > mine->fin_covered_ns;
    *since_ns = has_sent ? theirs->last_payload_ns : mine->fin_covered_ns;
    *number = has_sent ? theirs->last_payload_number : mine->fin_covered_number;
    return true;
}

bool sf_history_was_rejected(const struct sf_flow *flow, enum sf_side side, uint32_t first,
                             uint32_t last)
{
    const struct private_end *end = &flow->history->end[side];
    return end->has_rejected && seq_within(end->rejected_seq, first, last);
}

bool sf_history_had_time(const struct sf_flow *flow, enum sf_side side, int64_t sent_ns,
                         int64_t now_ns)
{
    const struct sf_end *end = &flow->end[side];
    int64_t rtt = (end->known & SF_KNOWS_RTT) != 0 ? end->rtt_ns + RTT_SLACK_NS : RTT_UNKNOWN_NS;
    return now_ns - sent_ns >= rtt;
}

bool sf_history_is_unlike(const struct sf_end *end, const struct sf_segment *segment)
{
    int difference = (int)segment->ttl - (int)end->ttl;
    return (end->known & SF_KNOWS_TTL) != 0 &&
           (difference >= TTL_UNLIKE || difference <= -TTL_UNLIKE);
}
