#include "sink/svg.h"

#include <stdio.h>
#include <stdlib.h>

#include "sink/flow_text.h"
#include "sink/markup.h"
#include "words/textbook.h"
#include "words/translate.h"
#include "words/words.h"

#define WIDTH     360
#define HEIGHT    402
#define HALF_NODE 44 /* half the width of a node … */
#define HALF_LINE 10 /* … and half its height */

/* CLOSED stands twice, as in the RFC's figure: where connections begin, and where they end. */
#define CLOSED_AT_END SF_STATE_COUNT

static const struct node {
    int x, y;
} nodes[SF_STATE_COUNT + 1] = {
    [SF_STATE_CLOSED] = {180, 16},       [SF_STATE_LISTEN] = {64, 66},
    [SF_STATE_SYN_SENT] = {300, 90},     [SF_STATE_SYN_RCVD] = {64, 128},
    [SF_STATE_ESTABLISHED] = {190, 176}, [SF_STATE_FIN_WAIT_1] = {64, 232},
    [SF_STATE_CLOSE_WAIT] = {306, 232},  [SF_STATE_FIN_WAIT_2] = {50, 310},
    [SF_STATE_CLOSING] = {184, 310},     [SF_STATE_LAST_ACK] = {310, 310},
    [SF_STATE_TIME_WAIT] = {150, 384},   [CLOSED_AT_END] = {310, 384},
};

/* A line between two nodes. */
struct line {
    double x1, y1, x2, y2;
};

/* How far along the line from the middle of a node its border is. */
static double to_border(double dx, double dy)
{
    double by_x = dx != 0 ? HALF_NODE / (dx < 0 ? -dx : dx) : 1e9;
    double by_y = dy != 0 ? HALF_LINE / (dy < 0 ? -dy : dy) : 1e9;
    double part = by_x < by_y ? by_x : by_y;
    return part < 0.5 ? part : 0.5;
}

/* From border to border, moved to the right of its way by `aside`. */
static struct line line_between(unsigned from, unsigned to, double aside)
{
    double dx = nodes[to].x - nodes[from].x, dy = nodes[to].y - nodes[from].y;
    double part = to_border(dx, dy);
    double size = (dx < 0 ? -dx : dx) + (dy < 0 ? -dy : dy);
    double off_x = size > 0 ? -dy / size * aside : 0, off_y = size > 0 ? dx / size * aside : 0;
    return (struct line){nodes[from].x + dx * part + off_x, nodes[from].y + dy * part + off_y,
                         nodes[to].x - dx * part + off_x, nodes[to].y - dy * part + off_y};
}

static void put_line(struct sf_output *out, const struct line *line, const char *classes,
                     const char *head)
{
    char tag[200];
    (void)snprintf(tag, sizeof tag,
                   "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\" "
                   "marker-end=\"url(#%s)\"/>\n",
                   line->x1, line->y1, line->x2, line->y2, classes, head);
    sf_output_text(out, tag);
}

/* ---- the diagram ----------------------------------------------------------------------------- */

/* A RST leads to CLOSED from everywhere: that is not drawn. */
static bool is_drawn(const struct sf_transition *way)
{
    return way->to != SF_STATE_CLOSED || way->from == SF_STATE_LAST_ACK ||
           way->from == SF_STATE_TIME_WAIT;
}

/* Several rules may lead the same way. */
static bool is_repeated(size_t at, const struct sf_transition *way)
{
    struct sf_transition earlier;
    for (size_t i = 0; i < at && sf_transition(i, &earlier); i++)
        if (earlier.from == way->from && earlier.to == way->to)
            return true;
    return false;
}

static void put_edges(struct sf_output *out)
{
    struct sf_transition way;
    for (size_t i = 0; sf_transition(i, &way); i++) {
        if (!is_drawn(&way) || is_repeated(i, &way))
            continue;
        unsigned to = way.to == SF_STATE_CLOSED ? CLOSED_AT_END : (unsigned)way.to;
        struct line line = line_between(way.from, to, 0);
        put_line(out, &line, "edge", "edge");
    }
}

static void put_nodes(struct sf_output *out)
{
    char tag[320];
    for (unsigned i = SF_STATE_NONE + 1; i <= CLOSED_AT_END; i++) {
        (void)snprintf(
            tag, sizeof tag,
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\" class=\"node\"/>"
            "<text x=\"%d\" y=\"%d\" class=\"label\">%s</text>\n",
            nodes[i].x - HALF_NODE, nodes[i].y - HALF_LINE, 2 * HALF_NODE, 2 * HALF_LINE,
            nodes[i].x, nodes[i].y + 4, sf_state_name(i == CLOSED_AT_END ? SF_STATE_CLOSED : i));
        sf_output_text(out, tag);
    }
}

static void put_head(struct sf_output *out, const char *name, const char *fill)
{
    char tag[256];
    (void)snprintf(tag, sizeof tag,
                   "<marker id=\"%s\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"6\" "
                   "markerHeight=\"6\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
                   "<path d=\"M0 0L8 4L0 8z\" fill=\"var(--%s)\"/></marker>\n",
                   name, fill);
    sf_output_text(out, tag);
}

void sf_svg_definitions(struct sf_output *out)
{
    char tag[96];
    sf_output_text(out, "<svg width=\"0\" height=\"0\" style=\"position:absolute\" "
                        "aria-hidden=\"true\"><defs>\n");
    put_head(out, "head", "ink");
    put_head(out, "edge", "dim");
    put_head(out, "pc", "client");
    put_head(out, "ps", "server");
    (void)snprintf(tag, sizeof tag, "<symbol id=\"states\" viewBox=\"0 0 %d %d\">\n", WIDTH,
                   HEIGHT);
    sf_output_text(out, tag);
    put_edges(out);
    put_nodes(out);
    sf_output_text(out, "</symbol></defs></svg>\n");
}

/* ---- the paths ------------------------------------------------------------------------------- */

static unsigned node_of(const struct sf_end *end, unsigned at)
{
    return end->path[at] == SF_STATE_CLOSED && at > 0 ? CLOSED_AT_END : end->path[at];
}

/* Each step of the path beside the diagram's line, dashed where it leads to what is only assumed.
 */
static void put_path(struct sf_output *out, const struct sf_end *end, enum sf_side side)
{
    const char *name = side == SF_CLIENT ? "pc" : "ps";
    double aside = side == SF_CLIENT ? 3.5 : -3.5;
    char classes[16], tag[200];
    for (unsigned i = 1; i < end->n_path && i < SF_PATH_MAX; i++) {
        /* The same side of the line, whichever way it is gone. */
        unsigned from = node_of(end, i - 1), to = node_of(end, i);
        struct line line = line_between(from, to, nodes[from].y > nodes[to].y ? -aside : aside);
        (void)snprintf(classes, sizeof classes, "%s%s", name,
                       sf_flow_is_assumed(end, i) ? " as" : "");
        put_line(out, &line, classes, name);
    }
    if (end->n_path == 0)
        return;
    const struct node *last = &nodes[node_of(end, end->n_path - 1u)];
    int grown = side == SF_CLIENT ? 2 : 5;
    (void)snprintf(tag, sizeof tag,
                   "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" class=\"%s%s\"/>\n",
                   last->x - HALF_NODE - grown, last->y - HALF_LINE - grown,
                   2 * (HALF_NODE + grown), 2 * (HALF_LINE + grown), name,
                   sf_flow_is_assumed(end, end->n_path - 1u) ? " as" : "");
    sf_output_text(out, tag);
}

void sf_svg_states(const struct sf_drawn *drawn)
{
    char tag[160], text[SF_PATH_TEXT_SIZE];
    struct sf_output *out = drawn->out;
    (void)snprintf(tag, sizeof tag,
                   "<svg class=\"draw\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH,
                   HEIGHT);
    sf_output_text(out, tag);
    for (int side = 0; side < 2; side++) {
        sf_flow_path(text, &drawn->flow->end[side]);
        sf_html_text(out, side == SF_CLIENT ? _("client") : _("server"));
        sf_output_text(out, ": ");
        sf_html_text(out, text);
        sf_output_text(out, side == SF_CLIENT ? "; " : "\">\n<use href=\"#states\"/>\n");
    }
    put_path(out, &drawn->flow->end[SF_CLIENT], SF_CLIENT);
    put_path(out, &drawn->flow->end[SF_SERVER], SF_SERVER);
    sf_output_text(out, "</svg>\n");
}
