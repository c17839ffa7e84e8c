#include "sink/ladder_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "sink/flow_text.h"
#include "words/translate.h"
#include "words/words.h"

/* ---- heading --------------------------------------------------------------------------------- */

static unsigned end_of(const struct sf_flow *flow, enum sf_side side)
{
    return side == SF_CLIENT ? flow->client : 1u - flow->client;
}

static void put_endpoint(struct sf_paper *paper, const struct sf_flow *flow, enum sf_side side)
{
    char text[SF_ENDPOINT_SIZE];
    sf_flow_endpoint(text, flow, side);
    sf_paper_put_ink(paper, SF_INK_STRONG, text);
}

/* VLAN and tunnel, on the same line where there is room. */
static void put_context(struct sf_paper *paper, const struct sf_flow *flow, size_t indent)
{
    char text[64], tunnel[SF_TUNNEL_SIZE], vlan[24] = "";
    bool has_vlan = sf_flow_vlan(flow) != SF_NO_VLAN;
    bool has_tunnel = sf_tunnel_word(tunnel, &flow->key);
    if (!has_vlan && !has_tunnel)
        return;
    if (has_vlan)
        (void)snprintf(vlan, sizeof vlan, "VLAN %u%s", sf_flow_vlan(flow), has_tunnel ? ", " : "");
    (void)snprintf(text, sizeof text, "%s%s", vlan, tunnel);
    if (paper->column + 3 + strlen(text) > paper->width)
        sf_paper_end_line(paper);
    sf_paper_to(paper, paper->column == 0 ? indent : paper->column + 3);
    sf_paper_put(paper, text);
}

static void put_who(struct sf_paper *paper, const struct sf_flow *flow)
{
    char client[SF_ENDPOINT_SIZE], server[SF_ENDPOINT_SIZE];
    unsigned end = end_of(flow, SF_CLIENT);
    size_t columns =
        sf_endpoint_text(client, flow->key.addr[end], flow->key.ip, flow->key.port[end]) +
        sf_endpoint_text(server, flow->key.addr[1 - end], flow->key.ip, flow->key.port[1 - end]);
    sf_paper_put_ink(paper, SF_INK_STRONG, _("connection "));
    sf_paper_number(paper, flow->id);
    sf_paper_put(paper, "   ");
    size_t indent = paper->column;
    put_endpoint(paper, flow, SF_CLIENT);
    if (indent + columns + 3 > paper->width) {
        sf_paper_end_line(paper);
        sf_paper_to(paper, indent - 2);
        sf_paper_put(paper, "→ ");
    } else {
        sf_paper_put(paper, " → ");
    }
    put_endpoint(paper, flow, SF_SERVER);
    put_context(paper, flow, indent);
    sf_paper_end_line(paper);
}

static void put_outcome(struct sf_paper *paper, const struct sf_flow *flow)
{
    char text[SF_OUTCOME_SIZE];
    sf_flow_outcome(text, flow);
    sf_paper_wrap(paper, 0, text);
    sf_paper_end_line(paper);
}

void sf_ladder_heading(struct sf_paper *paper, const struct sf_flow *flow)
{
    char moment[SF_CLOCK_SIZE];
    put_who(paper, flow);
    (void)sf_clock_moment(moment, flow->start_ns, flow->is_nano ? 9 : 6, ' ');
    sf_paper_put_ink(paper, SF_INK_FAINT, moment);
    sf_paper_end_line(paper);
    put_outcome(paper, flow);
    sf_paper_end_line(paper);
}

/* ---- the end --------------------------------------------------------------------------------- */

static void put_path(struct sf_paper *paper, const struct sf_end *end, const char *name)
{
    char text[SF_PATH_TEXT_SIZE];
    sf_flow_path(text, end);
    sf_paper_put_ink(paper, SF_INK_STRONG, name);
    sf_paper_to(paper, 8);
    sf_paper_wrap(paper, 8, text);
    sf_paper_end_line(paper);
}

void sf_ladder_ends(struct sf_paper *paper, const struct sf_flow *flow)
{
    sf_paper_end_line(paper);
    put_path(paper, &flow->end[SF_CLIENT], _("client"));
    put_path(paper, &flow->end[SF_SERVER], _("server"));
}

static void put_finding(struct sf_paper *paper, const struct sf_found *found, bool verbose)
{
    char text[SF_FINDING_SIZE], number[32];
    sf_paper_put_ink(paper, SF_INK_SEVERITY + found->severity, "! ");
    sf_paper_put_ink(paper, SF_INK_SEVERITY + found->severity, sf_code_name(found->code));
    (void)snprintf(number, sizeof number, "%" PRIu64, found->number);
    sf_paper_put(paper, " (");
    sf_paper_put(paper, sf_severity_text(found->severity));
    sf_paper_put(paper, _(", packet "));
    sf_paper_put(paper, number);
    sf_paper_put(paper, ")  ");
    (void)sf_finding_text(text, sizeof text, found);
    sf_paper_wrap(paper, 2, text);
    sf_paper_end_line(paper);
    sf_paper_to(paper, 2);
    sf_paper_put(paper, _("How sure: "));
    (void)sf_finding_sure_text(text, sizeof text, found);
    sf_paper_wrap(paper, 2, text);
    sf_paper_end_line(paper);
    if (!verbose)
        return;
    sf_paper_to(paper, 2);
    (void)sf_finding_check_text(text, sizeof text, found);
    sf_paper_wrap(paper, 2, text);
    sf_paper_end_line(paper);
}

void sf_ladder_findings(struct sf_paper *paper, const struct sf_flow *flow, bool verbose)
{
    for (uint32_t i = 0; i < flow->n_found; i++) {
        if (i == 0)
            sf_paper_end_line(paper);
        put_finding(paper, &flow->found[i], verbose);
    }
}
