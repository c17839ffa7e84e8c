#include "sink/tally.h"

#include "base/clock.h"

#define STEPS_LOG 6 /* 64 buckets for each power of two: each is about 1.6 % wide, ±0.8 % */
#define STEPS     (1u << STEPS_LOG)

static unsigned top_bit(uint64_t value)
{
    unsigned bit = 0;
    while (value >>= 1)
        bit++;
    return bit;
}

/* Below 64 ns a bucket is one nanosecond; then the upper seven bits tell. */
static unsigned bucket_of(uint64_t ns)
{
    if (ns < STEPS)
        return (unsigned)ns;
    unsigned shift = top_bit(ns) - STEPS_LOG;
    return (shift + 1) * STEPS + (unsigned)(ns >> shift) - STEPS;
}

/* The middle of a bucket. */
static int64_t middle_of(unsigned bucket)
{
    if (bucket < STEPS)
        return bucket;
    unsigned shift = bucket / STEPS - 1;
    uint64_t low = (uint64_t)(STEPS + bucket % STEPS) << shift;
    return (int64_t)(low + (shift > 0 ? UINT64_C(1) << (shift - 1) : 0));
}

void sf_quantiles_add(struct sf_quantiles *quantiles, int64_t ns)
{
    if (ns < 0)
        return;
    if (quantiles->n == 0 || ns < quantiles->min_ns)
        quantiles->min_ns = ns;
    quantiles->n++;
    quantiles->bucket[bucket_of((uint64_t)ns)]++;
    if (ns > quantiles->max_ns)
        quantiles->max_ns = ns;
}

static int64_t within(int64_t ns, int64_t low_ns, int64_t high_ns)
{
    return ns < low_ns ? low_ns : ns > high_ns ? high_ns : ns;
}

int64_t sf_quantiles_at(const struct sf_quantiles *quantiles, unsigned percent)
{
    uint64_t wanted = (quantiles->n / 100) * percent + (quantiles->n % 100 * percent + 99) / 100;
    uint64_t so_far = 0;
    if (quantiles->n == 0)
        return 0;
    for (unsigned i = 0; i < SF_QUANTILE_BUCKETS; i++) {
        so_far += quantiles->bucket[i];
        if (so_far < wanted)
            continue;
        return within(middle_of(i), quantiles->min_ns, quantiles->max_ns);
    }
    return quantiles->max_ns;
}

static void add_between(struct sf_quantiles *quantiles, int64_t from_ns, int64_t to_ns)
{
    if (from_ns != SF_NO_TIME && to_ns != SF_NO_TIME && to_ns >= from_ns)
        sf_quantiles_add(quantiles, sf_clock_between(from_ns, to_ns));
}

static void add_findings(struct sf_totals *totals, const struct sf_flow *flow)
{
    for (uint32_t i = 0; i < flow->n_found; i++) {
        const struct sf_found *found = &flow->found[i];
        if (found->code >= SF_CODE_COUNT || found->severity >= SF_SEVERITY_COUNT)
            continue;
        totals->found[found->code]++;
        totals->found_as[found->code][found->severity]++;
        totals->found_times[found->code][found->severity] += found->count;
        totals->by_severity[found->severity]++;
    }
}

static void add_repeats(struct sf_totals *totals, const struct sf_flow *flow)
{
    for (int side = 0; side < 2; side++) {
        const struct sf_end *end = &flow->end[side];
        totals->retransmissions += end->retransmissions;
        totals->syn_repeats += end->syn_repeats;
        totals->synack_repeats += end->synack_repeats;
        totals->fin_repeats += end->fin_repeats;
        totals->bytes += end->bytes;
    }
}

bool sf_tally_is_stray(const struct sf_flow *flow)
{
    static const uint8_t lone[] = {SF_CODE_STRAY_SEGMENT, SF_CODE_NULL_SCAN, SF_CODE_XMAS_SCAN,
                                   SF_CODE_SYN_FIN};
    for (uint32_t i = 0; flow->handshake == SF_HANDSHAKE_UNSEEN && i < flow->n_found; i++)
        for (size_t k = 0; k < sizeof lone; k++)
            if (flow->found[i].code == lone[k])
                return true;
    return false;
}

/* Behind a repeat nobody knows which of the two was answered: that is no round trip. */
static void add_round_trips(struct sf_totals *totals, const struct sf_flow *flow)
{
    const struct sf_end *end = flow->end;
    if (end[SF_CLIENT].syn_repeats + end[SF_SERVER].syn_repeats == 0)
        add_between(&totals->rtt_server, flow->syn_ns, flow->synack_ns);
    if (end[SF_CLIENT].synack_repeats + end[SF_SERVER].synack_repeats == 0)
        add_between(&totals->rtt_client, flow->synack_ns, flow->complete_ns);
    add_between(&totals->rtt_total, flow->syn_ns, flow->complete_ns);
}

void sf_tally_flow(struct sf_totals *totals, const struct sf_flow *flow)
{
    totals->connections++;
    if (flow->handshake < SF_HANDSHAKE_COUNT)
        totals->handshakes[flow->handshake]++;
    if (flow->close < SF_CLOSE_COUNT && !sf_tally_is_stray(flow)) {
        totals->closes[flow->close]++;
        totals->closed_by[flow->closed_by <= SF_NOBODY ? flow->closed_by : SF_NOBODY]++;
    }
    add_findings(totals, flow);
    add_repeats(totals, flow);
    add_round_trips(totals, flow);
}
