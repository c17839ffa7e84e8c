/*
 * Findings that rest on several connections, and those of segments that belong to none. What the
 * crowd found out at this step is its news; here it becomes a finding of the connection in hand.
 */
#include "machine/rules.h"

static bool tell_news(const struct judgement *j, struct sf_found *found)
{
    const struct crowd *crowd = &j->machine->crowd;
    for (uint32_t i = 0; i < crowd->n_news; i++) {
        if (crowd->news[i].code != found->code)
            continue;
        struct sf_found blank = *found;
        *found = crowd->news[i];
        found->severity = blank.severity;
        found->count = blank.count;
        found->number = blank.number;
        found->time_ns = blank.time_ns;
        return true;
    }
    return false;
}

/* Silence tells it: the packet is the SYN that it follows. */
static bool tell_since_syn(const struct judgement *j, struct sf_found *found)
{
    if (!tell_news(j, found))
        return false;
    if (j->segment == NULL) {
        found->number = j->flow->history->end[SF_CLIENT].syn.first_number;
        found->time_ns = j->flow->history->end[SF_CLIENT].syn.first_ns;
    }
    return true;
}

bool sf_rule_PORT_SCAN(const struct judgement *j, struct sf_found *found)
{
    return tell_since_syn(j, found);
}

bool sf_rule_SYN_FLOOD(const struct judgement *j, struct sf_found *found)
{
    return tell_since_syn(j, found);
}

bool sf_rule_ISN_UNCHANGED(const struct judgement *j, struct sf_found *found)
{
    return tell_news(j, found);
}

/* Silence tells it: the packet is the SYN,ACK that it follows. */
bool sf_rule_SYN_COOKIE(const struct judgement *j, struct sf_found *found)
{
    if (!tell_news(j, found))
        return false;
    if (j->segment == NULL) {
        found->number = j->flow->history->end[SF_SERVER].syn.first_number;
        found->time_ns = j->flow->history->end[SF_SERVER].syn.first_ns;
    }
    return true;
}

bool sf_rule_NULL_SCAN(const struct judgement *j, struct sf_found *found)
{
    return tell_news(j, found);
}

bool sf_rule_XMAS_SCAN(const struct judgement *j, struct sf_found *found)
{
    return tell_news(j, found);
}

bool sf_rule_SYN_FIN(const struct judgement *j, struct sf_found *found)
{
    return tell_news(j, found);
}

/* Nothing of `side` but RSTs, if that, and of the other end a word or two. */
static bool only_resets(const struct sf_history *history, int side)
{
    const struct private_end *quiet = &history->end[side], *lone = &history->end[1 - side];
    return quiet->segments == quiet->resets && lone->segments - lone->resets <= 2 &&
           lone->acks_advanced == 0;
}

/* A lone segment that no TCP sends, of which its source had sent others before. */
static bool is_untold_probe(const struct judgement *j, struct sf_found *found)
{
    static const enum sf_code told[] = {SF_CODE_NULL_SCAN, SF_CODE_XMAS_SCAN, SF_CODE_SYN_FIN};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (sf_history_found(j->flow, told[i], SF_NOBODY) != NULL)
            return false;
    }
    found->side = j->flow->history->lone_from;
    found->number = j->flow->history->end[found->side].last_number;
    found->time_ns = j->flow->history->end[found->side].last_ns;
    found->detail = SF_DETAIL_PROBE;
    return true;
}

bool sf_rule_STRAY_SEGMENT(const struct judgement *j, struct sf_found *found)
{
    const struct sf_history *history = j->flow->history;
    if (history->probe != SF_METHOD_NONE)
        return is_untold_probe(j, found);
    if (history->has_syn || history->has_data)
        return false;
    for (int side = 0; side < 2; side++) {
        if (!only_resets(history, side))
            continue;
        found->side = (uint8_t)(history->end[1 - side].segments > 0 ? 1 - side : side);
        found->number = history->end[found->side].last_number;
        found->time_ns = history->end[found->side].last_ns;
        found->detail = (uint8_t)sf_crowd_stray_kind(j);
        return true;
    }
    return false;
}
