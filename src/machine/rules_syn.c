/*
 * Findings of openings that go another way than SYN, SYN,ACK, ACK: RFC 9293 §3.5.
 */
#include "machine/rules.h"
#include "machine/seq.h"

/* Repeats from which on their intervals are looked at. */
#define REPEATS_MIN 3u

/* Whoever keeps nothing of a SYN answers its repeat with another number after a minute: RFC 4987
 * §3.6. */
#define COOKIE_NS INT64_C(60000000000)

/* Ticks by which one clock may seem to stray; SYN cookies hide options in the lowest ones. */
#define CLOCK_SLACK 1000

bool sf_rule_SYN_BACKOFF_IRREGULAR(const struct judgement *j, struct sf_found *found)
{
    bool is_syn = (j->is_syn_again || j->is_synack_again) && !j->is_stale_syn;
    if (!is_syn && !j->is_fin_again)
        return false;
    const struct sighting *seen = is_syn ? &j->pa->syn : &j->pa->fin;
    found->side = (uint8_t)j->a;
    found->interval_ns = seen->odd_interval_ns;
    return seen->repeats == REPEATS_MIN ? seen->odd_interval_ns > 0
                                        : seen->repeats > REPEATS_MIN && seen->is_odd;
}

/* Fast Open and the data that it brings go together. */
static enum sf_detail tell_dropped(uint8_t features)
{
    switch (features) {
    case FEATURE_ECN:
        return SF_DETAIL_DROPS_ECN;
    case FEATURE_FAST_OPEN:
    case FEATURE_FAST_OPEN | FEATURE_DATA:
        return SF_DETAIL_DROPS_FAST_OPEN;
    case FEATURE_DATA:
        return SF_DETAIL_DROPS_SYN_DATA;
    case FEATURE_MPTCP:
        return SF_DETAIL_DROPS_MPTCP;
    case FEATURE_TIMESTAMPS:
        return SF_DETAIL_DROPS_TIMESTAMPS;
    case FEATURE_WSCALE:
        return SF_DETAIL_DROPS_WSCALE;
    default:
        return SF_DETAIL_DROPS_SEVERAL;
    }
}

bool sf_rule_SYN_FALLBACK(const struct judgement *j, struct sf_found *found)
{
    if (j->drops == 0)
        return false;
    found->side = (uint8_t)j->a;
    found->detail = (uint8_t)tell_dropped(j->drops);
    return true;
}

/* Its timestamps follow another clock than those of the SYN,ACK before (RFC 7323 §5.4: 1 ms to 1 s
 * a tick). */
static bool has_other_clock(const struct judgement *j)
{
    if ((j->segment->options.present & j->A->options.present & SF_OPT_TIMESTAMPS) == 0)
        return false;
    int64_t ticks = seq_distance(j->segment->options.tsval, j->pa->syn.last_tsval);
    int64_t elapsed_ms = (j->now_ns - j->pa->syn.last_ns) / 1000000;
    return ticks < -CLOCK_SLACK || ticks > elapsed_ms + CLOCK_SLACK;
}

/* The client's second number is told when it comes, beside the attempt that it leaves behind. */
bool sf_rule_ISN_CHANGED(const struct judgement *j, struct sf_found *found)
{
    if (!j->is_renumbered || j->pa->syn_was_rejected)
        return false; /* after an error about its SYN,ACK a server may forget the request */
    bool answers_again = j->pb->syn.last_ns > j->pa->syn.last_ns;
    if (answers_again && j->now_ns - j->pa->syn.first_ns >= COOKIE_NS)
        return false; /* the next cookie */
    found->side = (uint8_t)j->a;
    if (sf_history_is_unlike(j->A, j->segment) || has_other_clock(j))
        found->detail = SF_DETAIL_OTHER_HOST;
    else if (answers_again)
        found->detail = SF_DETAIL_OR_SYN_COOKIE;
    return true;
}

/* Its own SYN behind its ACK proves that the server had the client's; a SYN alone does not. */
bool sf_rule_SPLIT_HANDSHAKE(const struct judgement *j, struct sf_found *found)
{
    bool is_client_answer = j->a == SF_CLIENT && j->is_synack && !j->is_synack_again &&
                            j->fits_syn && j->flow->history->split == SPLIT_PROVED;
    found->side = SF_SERVER;
    found->detail = is_client_answer ? SF_DETAIL_FIVE_SEGMENTS : SF_DETAIL_FOUR_SEGMENTS;
    found->certainty = is_client_answer ? SF_PROVED : SF_PROBABLE;
    return is_client_answer || j->shows_split;
}

/* Could the SYN,ACK answer a repeat that came without the data of the first SYN? */
static bool may_answer_bare_repeat(const struct judgement *j)
{
    const struct sighting *syn = &j->pb->syn;
    bool echoes_first = (j->segment->options.present & SF_OPT_TIMESTAMPS) != 0 &&
                        syn->first_tsval != syn->last_tsval &&
                        j->segment->options.tsecr == syn->first_tsval;
    return syn->repeats > 0 && syn->last_payload == 0 && !echoes_first;
}

/* How many octets on the SYN the SYN,ACK acknowledges; -1 where that tells nothing. */
static int64_t taken_octets(const struct judgement *j)
{
    bool is_answer = j->is_synack && !j->is_synack_again && j->fits_syn;
    if (!is_answer || j->pb->syn_payload == 0)
        return -1;
    return j->segment->ack - j->B->iss - 1u;
}

static bool has_cookie(const struct sf_options *options)
{
    return (options->present & SF_OPT_FASTOPEN) != 0 && options->fastopen_length > 0;
}

bool sf_rule_FAST_OPEN(const struct judgement *j, struct sf_found *found)
{
    int64_t taken = taken_octets(j);
    if (taken <= 0 || !has_cookie(&j->B->options))
        return false;
    found->side = (uint8_t)j->b;
    found->octets = (uint32_t)taken;
    return true;
}

bool sf_rule_FAST_OPEN_REJECTED(const struct judgement *j, struct sf_found *found)
{
    int64_t taken = taken_octets(j);
    if (taken < 0 || taken >= j->pb->syn_payload || may_answer_bare_repeat(j))
        return false;
    /* Another SYN,ACK, with another number, refuses the same octets. */
    if (sf_history_found(j->flow, SF_CODE_FAST_OPEN_REJECTED, j->a) != NULL)
        return false;
    found->side = (uint8_t)j->a;
    found->octets = j->pb->syn_payload - (uint32_t)taken;
    if (taken > 0)
        found->detail = SF_DETAIL_PART_TAKEN;
    else if ((j->B->options.present & SF_OPT_FASTOPEN) == 0)
        found->detail = SF_DETAIL_NO_OPTION;
    else if (!has_cookie(&j->B->options))
        found->detail = SF_DETAIL_NO_COOKIE;
    return true;
}
