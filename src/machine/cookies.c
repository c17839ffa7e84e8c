#include "machine/cookies.h"

#include "machine/crowd.h"

#define MINUTE_NS INT64_C(60000000000)

/* What a cookie without timestamps cannot keep: RFC 4987 §3.6. */
#define LOST_OPTIONS (SF_OPT_WSCALE | SF_OPT_SACK_PERMITTED)
#define SHAPE        (LOST_OPTIONS | SF_OPT_TIMESTAMPS | SF_OPT_MSS)

/* The bits of a timestamp that Linux keeps options in, and how often they must stand still. */
#define KEEPING_BITS 6u
#define STILL_MIN    4u

static void tell(struct judgement *j, unsigned sign)
{
    struct sf_history *history = j->flow->history;
    unsigned signs = history->cookie_signs | 1u << sign;
    bool are_two = (signs & (signs - 1u)) != 0;
    history->cookie_signs = (uint16_t)signs;
    struct sf_found *old = sf_history_found(j->flow, SF_CODE_SYN_COOKIE, SF_SERVER);
    if (old != NULL)
        old->evidence = (uint16_t)signs;
    if (!are_two || old != NULL)
        return;
    struct sf_found *found = sf_crowd_tell(j, SF_CODE_SYN_COOKIE, SF_SERVER);
    if (found == NULL)
        return;
    found->certainty = SF_PROBABLE;
    found->evidence = (uint16_t)signs;
}

static struct grant *grant_of(struct service *service, uint8_t asked)
{
    for (unsigned i = 0; i < GRANTS_KEPT; i++) {
        if (service->grant[i].is_used && service->grant[i].asked == asked)
            return &service->grant[i];
    }
    struct grant *grant = &service->grant[service->next_grant++ % GRANTS_KEPT];
    *grant = (struct grant){.asked = asked, .is_used = true};
    return grant;
}

/* Does it grant less than it did before to a SYN that asked for the same? */
static bool grants_less(struct judgement *j, struct service *service)
{
    uint8_t asked = j->B->options.present & SHAPE;
    uint8_t granted = j->segment->options.present & SHAPE;
    struct grant *grant = grant_of(service, asked);
    bool is_less = (grant->granted & (unsigned)~granted & LOST_OPTIONS) != 0;
    grant->granted |= granted;
    return is_less;
}

/*
 * The low bits of its timestamps to one client stand still while the rest goes on: they are no
 * clock, but keep what the SYN asked for. (Linux adds a number to them that is one for each pair
 * of addresses.)
 */
static bool keeps_options_in_time(struct judgement *j, struct service *service)
{
    struct stillness *still = &service->still;
    uint64_t client = sf_crowd_address(j->flow, SF_CLIENT);
    uint32_t tsval = j->segment->options.tsval, low = tsval & ((1u << KEEPING_BITS) - 1u);
    if ((j->segment->options.present & SF_OPT_TIMESTAMPS) == 0)
        return false;
    bool goes_on = still->n > 0 && still->client == client && still->low == low &&
                   still->asked == (j->B->options.present & SHAPE);
    if (goes_on && tsval == still->tsval)
        return false;
    still->n = goes_on ? still->n + 1u : 1u;
    still->client = client;
    still->low = low;
    still->tsval = tsval;
    still->asked = j->B->options.present & SHAPE;
    return still->n >= STILL_MIN;
}

void sf_cookies_answered(struct judgement *j)
{
    struct service *service = sf_crowd_service(j);
    bool is_first = j->flow->end[SF_SERVER].synack_repeats == 0 && j->flow->synack_ns == j->now_ns;
    if (j->is_synack_again && !j->answers_syn)
        service->has_repeated = true;
    bool is_other = (j->A->known & SF_KNOWS_ISS) != 0 && j->segment->seq != j->A->iss;
    if (is_other && j->now_ns - j->flow->synack_ns > MINUTE_NS)
        tell(j, SF_EVIDENCE_OTHER_ISN);
    if (!is_first || !j->B->has_options)
        return;
    if (grants_less(j, service))
        tell(j, SF_EVIDENCE_FEWER_OPTIONS);
    if (keeps_options_in_time(j, service))
        tell(j, SF_EVIDENCE_STILL_TIMESTAMP);
}

void sf_cookies_waiting(struct judgement *j)
{
    if (j->flow->end[SF_SERVER].synack_repeats == 0 && sf_crowd_service(j)->has_repeated)
        tell(j, SF_EVIDENCE_NOT_REPEATED);
}
