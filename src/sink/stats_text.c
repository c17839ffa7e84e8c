#include "sink/stats.h"

#include <stdio.h>

#include "base/clock.h"
#include "sink/paper.h"
#include "sink/stats_leaders.h"
#include "sink/tally.h"
#include "words/translate.h"
#include "words/words.h"

#define NUMBER_END 12 /* counts end here */
#define NAME       14
#define SHARE_END  60
#define TEXT       40 /* where the text of a code begins */

static void put_heading(struct sf_paper *paper, const char *text)
{
    sf_paper_end_line(paper);
    sf_paper_put_ink(paper, SF_INK_STRONG, text);
    sf_paper_end_line(paper);
}

/* A count and what it counts; nothing for 0. */
static void put_count(struct sf_paper *paper, uint64_t count, const char *name)
{
    char text[24];
    if (count == 0)
        return;
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)count);
    sf_paper_right(paper, NUMBER_END, text);
    sf_paper_to(paper, NAME);
    sf_paper_wrap(paper, NAME, name);
    sf_paper_end_line(paper);
}

/* The same with its share of a whole. */
static void put_part(struct sf_paper *paper, uint64_t count, uint64_t whole, const char *name)
{
    char text[24], share[24];
    if (count == 0)
        return;
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)count);
    (void)snprintf(share, sizeof share, "%.1f %%", 100.0 * (double)count / (double)whole);
    sf_paper_right(paper, NUMBER_END, text);
    sf_paper_to(paper, NAME);
    sf_paper_put(paper, name);
    sf_paper_to(paper, paper->column + 1);
    sf_paper_right(paper, SHARE_END, share);
    sf_paper_end_line(paper);
}

static void put_span(struct sf_paper *paper, const struct sf_totals *input)
{
    char moment[SF_CLOCK_SIZE], duration[SF_CLOCK_SIZE];
    if (input->start_ns == SF_NO_TIME || input->packets_read == 0)
        return;
    (void)sf_clock_moment(moment, input->start_ns, input->is_nano ? 9 : 6, ' ');
    (void)sf_clock_duration(duration, sf_clock_between(input->start_ns, input->last_ns));
    sf_paper_put_ink(paper, SF_INK_FAINT, moment);
    sf_paper_put_ink(paper, SF_INK_FAINT, _(", for "));
    sf_paper_put_ink(paper, SF_INK_FAINT, duration);
    sf_paper_end_line(paper);
}

static void put_packets(struct sf_paper *paper, const struct sf_totals *input)
{
    char text[24];
    put_heading(paper, _("packets"));
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)input->packets_read);
    sf_paper_right(paper, NUMBER_END, text);
    sf_paper_to(paper, NAME);
    sf_paper_put(paper, _("read"));
    sf_paper_end_line(paper);
    uint64_t segments = input->packets_analysed - input->packets_icmp;
    put_count(paper, segments,
              sf_translate_n("analysed as a TCP segment", "analysed as TCP segments", segments));
    put_count(paper, input->packets_icmp,
              sf_translate_n("analysed as an ICMP error about a segment",
                             "analysed as ICMP errors about segments", input->packets_icmp));
    for (unsigned i = SF_SKIP_NONE + 1; i < SF_SKIP_COUNT; i++)
        put_count(paper, input->packets_skipped[i], sf_skip_text(i));
    put_part(paper, input->packets_copied, input->packets_analysed,
             _("of the analysed: captured twice"));
    put_count(paper, input->packets_offloaded,
              _("of the analysed: checksum left to a network card"));
    put_count(paper, input->late, _("of the analysed: after their connection was over"));
    put_count(paper, input->evicted,
              sf_translate_n("connection written early: there was no room",
                             "connections written early: there was no room", input->evicted));
    put_count(paper, input->drops_kernel, _("dropped by the kernel before the capture"));
    put_count(paper, input->drops_interface, _("dropped by the interface"));
}

/* Lone segments are no connections that could close: sf_tally_is_stray. */
static bool has_closes(const struct sf_totals *totals)
{
    for (unsigned i = 0; i < SF_CLOSE_COUNT; i++)
        if (totals->closes[i] > 0)
            return true;
    return false;
}

static void put_outcomes(struct sf_paper *paper, const struct sf_totals *totals)
{
    char text[64];
    (void)snprintf(text, sizeof text,
                   sf_translate_n("%lu connection", "%lu connections", totals->connections),
                   (unsigned long)totals->connections);
    put_heading(paper, text);
    for (unsigned i = SF_HANDSHAKE_COUNT; i > 0; i--)
        put_part(paper, totals->handshakes[i - 1], totals->connections, sf_handshake_text(i - 1));
    if (!has_closes(totals))
        return;
    put_heading(paper, _("how they closed"));
    for (unsigned i = SF_CLOSE_COUNT; i > 0; i--)
        put_part(paper, totals->closes[i - 1], totals->connections, sf_close_text(i - 1));
    put_part(paper, totals->closed_by[SF_CLIENT], totals->connections, _("… by the client"));
    put_part(paper, totals->closed_by[SF_SERVER], totals->connections, _("… by the server"));
}

/* A code, how many have it at this severity, and how often it was seen in all. */
static void put_code(struct sf_paper *paper, const struct sf_totals *totals, unsigned code,
                     unsigned level)
{
    char text[24];
    uint64_t n = totals->found_as[code][level], times = totals->found_times[code][level];
    if (n == 0)
        return;
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    sf_paper_right(paper, NUMBER_END, text);
    sf_paper_to(paper, NAME);
    sf_paper_put_ink(paper, SF_INK_SEVERITY + level, sf_code_name(code));
    sf_paper_to(paper, TEXT);
    sf_paper_put(paper, sf_severity_text(level));
    if (times > n) {
        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)times);
        sf_paper_to(paper, paper->column + 1);
        sf_paper_right(paper, SHARE_END - 6, text);
        sf_paper_put(paper, _(" times"));
    }
    sf_paper_end_line(paper);
}

/* The worst first, each severity in the order of the catalogue. */
static void put_findings(struct sf_paper *paper, const struct sf_totals *totals)
{
    uint64_t n = 0;
    for (unsigned level = 0; level < SF_SEVERITY_COUNT; level++)
        n += totals->by_severity[level];
    put_heading(paper, n > 0 ? _("findings") : _("no findings"));
    for (unsigned level = SF_SEVERITY_COUNT; level > 0; level--)
        for (unsigned code = 0; code < SF_CODE_COUNT; code++)
            put_code(paper, totals, code, level - 1);
}

static void put_quantiles(struct sf_paper *paper, const char *name,
                          const struct sf_quantiles *quantiles)
{
    static const unsigned percents[] = {50, 90, 99, 100};
    char text[SF_CLOCK_SIZE];
    size_t column = 30;
    if (quantiles->n == 0)
        return;
    sf_paper_to(paper, 2);
    sf_paper_put(paper, name);
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        int64_t ns =
            percents[i] == 100 ? quantiles->max_ns : sf_quantiles_at(quantiles, percents[i]);
        (void)sf_clock_duration(text, ns);
        sf_paper_to(paper, paper->column + 1);
        sf_paper_right(paper, column, text);
        column += 12;
    }
    sf_paper_end_line(paper);
}

static void put_rtt(struct sf_paper *paper, const struct sf_totals *totals)
{
    static const char *const names[] = {"p50", "p90", "p99", N_("max")};
    size_t column = 30;
    if (totals->rtt_total.n + totals->rtt_server.n + totals->rtt_client.n == 0)
        return;
    sf_paper_end_line(paper);
    sf_paper_put_ink(paper, SF_INK_STRONG, _("round trips"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        sf_paper_right(paper, column, sf_translate(names[i]));
        column += 12;
    }
    sf_paper_end_line(paper);
    put_quantiles(paper, _("to the server"), &totals->rtt_server);
    put_quantiles(paper, _("to the client"), &totals->rtt_client);
    put_quantiles(paper, _("whole handshake"), &totals->rtt_total);
}

static void put_repeats(struct sf_paper *paper, const struct sf_totals *totals)
{
    uint64_t n = totals->retransmissions + totals->syn_repeats + totals->synack_repeats +
                 totals->fin_repeats;
    if (n == 0 && totals->bytes == 0)
        return;
    put_heading(paper, n > 0 ? _("bytes and repeats") : _("bytes"));
    put_count(paper, totals->bytes,
              sf_translate_n("byte of payload", "bytes of payload", totals->bytes));
    put_count(paper, totals->retransmissions,
              sf_translate_n("segment with data sent again", "segments with data sent again",
                             totals->retransmissions));
    put_count(paper, totals->syn_repeats,
              sf_translate_n("SYN sent again", "SYNs sent again", totals->syn_repeats));
    put_count(paper, totals->synack_repeats,
              sf_translate_n("SYN,ACK sent again", "SYN,ACKs sent again", totals->synack_repeats));
    put_count(paper, totals->fin_repeats,
              sf_translate_n("FIN sent again", "FINs sent again", totals->fin_repeats));
}

static void print(const struct sf_stats *stats, const struct sf_totals *input)
{
    struct sf_paper paper;
    sf_paper_init(&paper, &stats->plain.settings);
    put_span(&paper, input);
    put_packets(&paper, input);
    put_outcomes(&paper, &stats->totals);
    put_findings(&paper, &stats->totals);
    put_rtt(&paper, &stats->totals);
    put_repeats(&paper, &stats->totals);
    sf_stats_leaders_text(&paper, &stats->leaders);
}

static const struct sf_sink_type stats_text = {
    .name = "stats-text",
    .wants = SF_STATS_WANTS,
    .event = sf_stats_take,
    .free = sf_plain_free,
};

int sf_stats_text_new(struct sf_sink **sink, const struct sf_sink_settings *settings,
                      struct sf_error *err)
{
    return sf_stats_new(sink, &stats_text, print, settings, err);
}
