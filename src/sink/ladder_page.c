#include "sink/ladder_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "words/sentence.h"
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
    unsigned end = end_of(flow, side);
    (void)sf_endpoint_text(text, flow->key.addr[end], flow->key.ip, flow->key.port[end]);
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

static void add_duration_of(struct sf_sentence *sentence, const char *before, int64_t from_ns,
                            int64_t to_ns)
{
    sf_sentence_add(sentence, before);
    sf_sentence_add_duration(sentence, sf_clock_between(from_ns, to_ns));
}

static bool is_timed(const struct sf_flow *flow)
{
    return flow->syn_ns != SF_NO_TIME && flow->complete_ns != SF_NO_TIME &&
           flow->complete_ns >= flow->syn_ns;
}

/* Behind a repeat nobody knows which of the two was answered. */
static bool was_repeated(const struct sf_flow *flow)
{
    const struct sf_end *client = &flow->end[SF_CLIENT], *server = &flow->end[SF_SERVER];
    return client->syn_repeats + client->synack_repeats + server->syn_repeats +
               server->synack_repeats >
           0;
}

/* Nothing of the server came, but word that it would not. */
static bool was_rejected(const struct sf_flow *flow)
{
    for (uint32_t i = 0; i < flow->n_found; i++) {
        const struct sf_found *found = &flow->found[i];
        if (found->code == SF_CODE_ICMP_REJECTED && found->severity >= SF_WARNING)
            return flow->handshake == SF_HANDSHAKE_NO_ANSWER;
    }
    return false;
}

static void add_handshake(struct sf_sentence *sentence, const struct sf_flow *flow)
{
    sf_sentence_add(sentence, was_rejected(flow) ? _("no answer to the SYN but an ICMP error")
                                                 : sf_handshake_text(flow->handshake));
    if (!is_timed(flow))
        return;
    add_duration_of(sentence, _(" in "), flow->syn_ns, flow->complete_ns);
    if (flow->synack_ns < flow->syn_ns || flow->synack_ns > flow->complete_ns || was_repeated(flow))
        return;
    add_duration_of(sentence, _(" (server "), flow->syn_ns, flow->synack_ns);
    add_duration_of(sentence, _(", client "), flow->synack_ns, flow->complete_ns);
    sf_sentence_add(sentence, ")");
}

/* The end that began such a close did not always send the RST. */
static bool is_reset_behind_fin(const struct sf_flow *flow)
{
    return flow->close == SF_CLOSE_RESET && (flow->end[flow->closed_by].known & SF_KNOWS_FIN) != 0;
}

/* How each kind of close is said, with the end that began it and without. */
static void add_close(struct sf_sentence *sentence, const struct sf_flow *flow)
{
    bool is_known = flow->closed_by == SF_CLIENT || flow->closed_by == SF_SERVER;
    const char *text = sf_close_text(flow->close);
    bool is_counted = flow->close == SF_CLOSE_FOUR_SEGMENT || flow->close == SF_CLOSE_THREE_SEGMENT;
    bool is_by_one = flow->close == SF_CLOSE_RESET || flow->close == SF_CLOSE_HALF_CLOSED;
    sf_sentence_add(sentence, "; ");
    if (is_known && is_counted) {
        sf_sentence_add(sentence, _("closed by "));
        sf_sentence_add(sentence, sf_side_text(flow->closed_by));
        sf_sentence_add(sentence, ", ");
        sf_sentence_add(sentence, text);
    } else {
        sf_sentence_add(sentence, text);
        if (is_known && is_by_one) {
            sf_sentence_add(sentence,
                            is_reset_behind_fin(flow) ? _(" after the FIN of ") : _(" by "));
            sf_sentence_add(sentence, sf_side_text(flow->closed_by));
        }
    }
}

static void add_findings_count(struct sf_sentence *sentence, uint32_t n)
{
    sf_sentence_add(sentence, "; ");
    if (n == 0) {
        sf_sentence_add(sentence, _("no findings"));
        return;
    }
    sf_sentence_add_number(sentence, n);
    sf_sentence_add(sentence, sf_translate_n(" finding", " findings", n));
}

static void put_outcome(struct sf_paper *paper, const struct sf_flow *flow)
{
    char text[512];
    struct sf_sentence sentence;
    bool was_opened = flow->handshake != SF_HANDSHAKE_REFUSED &&
                      flow->handshake != SF_HANDSHAKE_RESET &&
                      flow->handshake != SF_HANDSHAKE_NO_ANSWER;
    sf_sentence_init(&sentence, text, sizeof text);
    add_handshake(&sentence, flow);
    if (was_opened)
        add_close(&sentence, flow);
    add_findings_count(&sentence, flow->n_found);
    if (flow->ended == SF_ENDED_EVICTED)
        sf_sentence_add(&sentence, _("; written early: there was no room to keep it"));
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
    char text[512];
    struct sf_sentence path;
    sf_sentence_init(&path, text, sizeof text);
    for (unsigned i = 0; i < end->n_path && i < SF_PATH_MAX; i++) {
        if (i > 0)
            sf_sentence_add(&path, " → ");
        sf_sentence_add(&path, sf_state_name(end->path[i]));
        bool is_plain =
            i == 0 && (end->path[i] == SF_STATE_CLOSED || end->path[i] == SF_STATE_LISTEN);
        if ((end->proved >> i & 1u) == 0 && !is_plain)
            sf_sentence_add(&path, "?");
    }
    sf_paper_put_ink(paper, SF_INK_STRONG, name);
    sf_paper_to(paper, 8);
    sf_paper_wrap(paper, 8, path.length > 0 ? text : _("nothing is known of it"));
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
    sf_paper_put(paper, sf_severity_name(found->severity));
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
