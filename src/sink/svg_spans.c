#include "sink/svg.h"

#include <stdio.h>

#include "base/clock.h"
#include "sink/markup.h"
#include "sink/spans.h"
#include "words/translate.h"

#define WIDTH  360.0
#define HEIGHT 22

static void put_bars(struct sf_output *out, const struct sf_span *spans, size_t n, int64_t total_ns)
{
    char tag[160], text[SF_CLOCK_SIZE];
    double scale = WIDTH / (double)total_ns;
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(
            tag, sizeof tag,
            "<rect x=\"%.2f\" y=\"0\" width=\"%.2f\" height=\"%d\" class=\"w%u\"><title>",
            (double)(spans[i].from_ns - spans[0].from_ns) * scale,
            (double)(spans[i].to_ns - spans[i].from_ns) * scale, HEIGHT, (unsigned)spans[i].kind);
        sf_output_text(out, tag);
        sf_html_text(out, sf_span_text(spans[i].kind));
        (void)sf_clock_duration(text, sf_clock_between(spans[i].from_ns, spans[i].to_ns));
        sf_output_text(out, ": ");
        sf_html_text(out, text);
        sf_output_text(out, "</title></rect>\n");
    }
}

/* One row for each kind that took any time. */
static void put_sums(struct sf_output *out, const int64_t sums[SF_SPAN_KIND_COUNT],
                     int64_t total_ns)
{
    char text[SF_CLOCK_SIZE], tag[96];
    sf_output_text(out, "<table><tbody>\n");
    for (unsigned kind = 0; kind < SF_SPAN_KIND_COUNT; kind++) {
        if (sums[kind] == 0)
            continue;
        (void)snprintf(tag, sizeof tag, "<tr><th scope=\"row\"><span class=\"key w%u\"></span>",
                       kind);
        sf_output_text(out, tag);
        sf_html_text(out, sf_span_text((enum sf_span_kind)kind));
        (void)sf_clock_duration(text, sums[kind]);
        sf_output_text(out, "</th><td class=\"num\">");
        sf_html_text(out, text);
        (void)snprintf(tag, sizeof tag, "</td><td class=\"num\">%.1f %%</td></tr>\n",
                       100.0 * (double)sums[kind] / (double)total_ns);
        sf_output_text(out, tag);
    }
    sf_output_text(out, "</tbody></table>\n");
}

void sf_svg_spans(const struct sf_drawn *drawn)
{
    char tag[128];
    struct sf_span spans[SF_ROWS_MAX];
    int64_t sums[SF_SPAN_KIND_COUNT] = {0};
    size_t n = sf_spans_of(drawn->rows, spans);
    if (n == 0)
        return;
    int64_t total_ns = sf_clock_between(spans[0].from_ns, spans[n - 1].to_ns);
    for (size_t i = 0; i < n; i++)
        sums[spans[i].kind] += sf_clock_between(spans[i].from_ns, spans[i].to_ns);
    if (total_ns <= 0)
        return;
    sf_output_text(drawn->out, "<h3>");
    sf_html_text(drawn->out, _("Where the time went"));
    sf_output_text(drawn->out, "</h3>\n<div class=\"keep\">");
    (void)snprintf(tag, sizeof tag,
                   "<svg class=\"draw\" viewBox=\"0 0 %.0f %d\" role=\"img\" aria-label=\"", WIDTH,
                   HEIGHT);
    sf_output_text(drawn->out, tag);
    sf_html_text(drawn->out, _("Time to scale, from the first segment to the last"));
    sf_output_text(drawn->out, "\">\n");
    put_bars(drawn->out, spans, n, total_ns);
    sf_output_text(drawn->out, "</svg>\n");
    put_sums(drawn->out, sums, total_ns);
    sf_output_text(drawn->out, "</div>\n");
}
