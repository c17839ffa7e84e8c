#include "sink/stats.h"

#include "sink/stats_leaders.h"
#include "sink/tally.h"
#include "words/words.h"

#define PUT(output, literal) sf_output_bytes(output, literal, sizeof(literal) - 1)

/* `"key":`, with a comma before it unless it is the first. */
static void put_key(struct sf_output *output, const char *key, bool is_first)
{
    if (!is_first)
        sf_output_char(output, ',');
    sf_output_char(output, '"');
    sf_output_text(output, key);
    PUT(output, "\":");
}

static void put_count(struct sf_output *output, const char *key, uint64_t count, bool is_first)
{
    put_key(output, key, is_first);
    sf_output_unsigned(output, count);
}

static void put_packets(struct sf_output *output, const struct sf_totals *input)
{
    put_key(output, "packets", false);
    sf_output_char(output, '{');
    put_count(output, "read", input->packets_read, true);
    put_count(output, "analysed", input->packets_analysed, false);
    put_key(output, "skipped", false);
    sf_output_char(output, '{');
    for (unsigned i = SF_SKIP_NONE + 1; i < SF_SKIP_COUNT; i++)
        put_count(output, sf_skip_word(i), input->packets_skipped[i], i == SF_SKIP_NONE + 1);
    PUT(output, "}");
    put_count(output, "icmp", input->packets_icmp, false);
    put_count(output, "copied", input->packets_copied, false);
    put_count(output, "offloaded", input->packets_offloaded, false);
    sf_output_char(output, '}');
}

static void put_outcomes(struct sf_output *output, const struct sf_totals *totals)
{
    put_count(output, "connections", totals->connections, false);
    put_key(output, "handshake", false);
    sf_output_char(output, '{');
    for (unsigned i = 0; i < SF_HANDSHAKE_COUNT; i++)
        put_count(output, sf_handshake_word(i), totals->handshakes[i], i == 0);
    sf_output_char(output, '}');
    put_key(output, "close", false);
    sf_output_char(output, '{');
    for (unsigned i = 0; i < SF_CLOSE_COUNT; i++)
        put_count(output, sf_close_word(i), totals->closes[i], i == 0);
    sf_output_char(output, '}');
    put_key(output, "closed_by", false);
    sf_output_char(output, '{');
    put_count(output, "client", totals->closed_by[SF_CLIENT], true);
    put_count(output, "server", totals->closed_by[SF_SERVER], false);
    sf_output_char(output, '}');
}

static void put_findings(struct sf_output *output, const struct sf_totals *totals)
{
    bool is_first = true;
    put_key(output, "findings", false);
    sf_output_char(output, '{');
    for (unsigned i = 0; i < SF_CODE_COUNT; i++) {
        if (totals->found[i] == 0)
            continue;
        put_count(output, sf_code_name(i), totals->found[i], is_first);
        is_first = false;
    }
    sf_output_char(output, '}');
}

static void put_quantile(struct sf_output *output, const char *key,
                         const struct sf_quantiles *quantiles, unsigned percent)
{
    put_key(output, key, percent == 50);
    if (quantiles->n == 0)
        PUT(output, "null");
    else
        sf_output_seconds(
            output, percent == 100 ? quantiles->max_ns : sf_quantiles_at(quantiles, percent), 9);
}

static void put_rtt(struct sf_output *output, const char *key, const struct sf_quantiles *quantiles,
                    bool is_first)
{
    put_key(output, key, is_first);
    sf_output_char(output, '{');
    put_quantile(output, "p50", quantiles, 50);
    put_quantile(output, "p90", quantiles, 90);
    put_quantile(output, "p99", quantiles, 99);
    put_quantile(output, "max", quantiles, 100);
    sf_output_char(output, '}');
}

static void put_drops(struct sf_output *output, const struct sf_totals *input)
{
    put_key(output, "drops", false);
    if (input->has_drops)
        sf_output_unsigned(output, input->drops_kernel + input->drops_interface);
    else
        PUT(output, "null");
}

static void print(const struct sf_stats *stats, const struct sf_totals *input)
{
    struct sf_output *output = stats->plain.settings.output;
    const struct sf_totals *totals = &stats->totals;
    PUT(output, "{\"type\":\"stats\"");
    put_packets(output, input);
    put_outcomes(output, totals);
    put_findings(output, totals);
    put_key(output, "rtt", false);
    sf_output_char(output, '{');
    put_rtt(output, "server", &totals->rtt_server, true);
    put_rtt(output, "client", &totals->rtt_client, false);
    put_rtt(output, "total", &totals->rtt_total, false);
    sf_output_char(output, '}');
    put_count(output, "bytes", totals->bytes, false);
    put_count(output, "retransmissions", totals->retransmissions, false);
    put_count(output, "syn_retransmissions", totals->syn_repeats, false);
    put_count(output, "synack_retransmissions", totals->synack_repeats, false);
    put_count(output, "fin_retransmissions", totals->fin_repeats, false);
    put_drops(output, input);
    put_count(output, "evicted", input->evicted, false);
    put_count(output, "late", input->late, false);
    sf_stats_leaders_json(output, &stats->leaders);
    PUT(output, "}\n");
}

static const struct sf_sink_type stats_json = {
    .name = "stats-json",
    .wants = SF_STATS_WANTS,
    .event = sf_stats_take,
    .free = sf_plain_free,
};

int sf_stats_json_new(struct sf_sink **sink, const struct sf_sink_settings *settings,
                      struct sf_error *err)
{
    return sf_stats_new(sink, &stats_json, print, settings, err);
}
