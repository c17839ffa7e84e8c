#include "sink/columns.h"

#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "words/words.h"

#define PUT(output, literal) sf_output_bytes(output, literal, sizeof(literal) - 1)
#define DECIMALS             9

/* Where a value goes, and in which of the two languages. */
struct cell {
    struct sf_output *output;
    bool is_csv;
};

/* ---- values ---------------------------------------------------------------------------------- */

static void put_null(const struct cell *cell)
{
    if (!cell->is_csv)
        PUT(cell->output, "null");
}

/* A word of ours, or an address: nothing in it needs an escape, nor would a spreadsheet run it. */
static void put_word(const struct cell *cell, const char *word)
{
    if (cell->is_csv) {
        sf_output_text(cell->output, word);
        return;
    }
    sf_output_char(cell->output, '"');
    sf_output_text(cell->output, word);
    sf_output_char(cell->output, '"');
}

static void put_bool(const struct cell *cell, bool value)
{
    sf_output_text(cell->output, value ? "true" : "false");
}

/* A duration between two moments that are known; negative when the capture has them out of order.
 */
static void put_between(const struct cell *cell, int64_t from_ns, int64_t to_ns)
{
    if (from_ns == SF_NO_TIME || to_ns == SF_NO_TIME)
        put_null(cell);
    else if (to_ns < from_ns)
        sf_output_seconds(cell->output, -sf_clock_between(to_ns, from_ns), DECIMALS);
    else
        sf_output_seconds(cell->output, sf_clock_between(from_ns, to_ns), DECIMALS);
}

/* ---- columns --------------------------------------------------------------------------------- */

static void put_type(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    (void)flow, (void)side;
    put_word(cell, "flow");
}

static void put_id(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    (void)side;
    sf_output_unsigned(cell->output, flow->id);
}

static void put_ip(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    (void)side;
    sf_output_unsigned(cell->output, flow->key.ip);
}

/* Which end of the key a side is. */
static unsigned end_of(const struct sf_flow *flow, enum sf_side side)
{
    return side == SF_CLIENT ? flow->client : 1u - flow->client;
}

static void put_address(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    char text[SF_ADDRESS_SIZE];
    (void)sf_address_text(text, flow->key.addr[end_of(flow, side)], flow->key.ip);
    put_word(cell, text);
}

static void put_port(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    sf_output_unsigned(cell->output, flow->key.port[end_of(flow, side)]);
}

static void put_vlan(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    (void)side;
    if (sf_flow_vlan(flow) == SF_NO_VLAN)
        put_null(cell);
    else
        sf_output_unsigned(cell->output, sf_flow_vlan(flow));
}

static void put_tunnel(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    char text[SF_TUNNEL_SIZE];
    (void)side;
    if (sf_tunnel_word(text, &flow->key))
        put_word(cell, text);
    else
        put_null(cell);
}

static void put_start(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    (void)side;
    sf_output_seconds(cell->output, flow->start_ns, DECIMALS);
}

static void put_end(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    (void)side;
    sf_output_seconds(cell->output, flow->last_ns, DECIMALS);
}

static void put_duration(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    (void)side;
    sf_output_seconds(cell->output, sf_clock_between(flow->start_ns, flow->last_ns), DECIMALS);
}

static void put_handshake(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    (void)side;
    put_word(cell, sf_handshake_word(flow->handshake));
}

static void put_close(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    (void)side;
    put_word(cell, sf_close_word(flow->close));
}

static void put_side(const struct cell *cell, unsigned side)
{
    if (side == SF_CLIENT || side == SF_SERVER)
        put_word(cell, sf_side_name(side));
    else
        put_null(cell);
}

static void put_closed_by(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    (void)side;
    put_side(cell, flow->closed_by);
}

static void put_state(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    enum sf_state state = sf_end_state(&flow->end[side]);
    if (state == SF_STATE_NONE)
        put_null(cell);
    else
        put_word(cell, sf_state_name(state));
}

static void put_proved(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    put_bool(cell, sf_end_is_proved(&flow->end[side]));
}

static void put_ended(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    (void)side;
    put_word(cell, sf_ended_word(flow->ended));
}

static void put_path(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    const struct sf_end *end = &flow->end[side];
    if (!cell->is_csv)
        sf_output_char(cell->output, '[');
    for (unsigned i = 0; i < end->n_path && i < SF_PATH_MAX; i++) {
        if (i > 0)
            sf_output_char(cell->output, cell->is_csv ? ' ' : ',');
        put_word(cell, sf_state_name(end->path[i]));
    }
    if (!cell->is_csv)
        sf_output_char(cell->output, ']');
}

static void put_handshake_time(const struct cell *cell, const struct sf_flow *flow,
                               enum sf_side side)
{
    (void)side;
    put_between(cell, flow->syn_ns, flow->complete_ns);
}

/* The round trip to an end: to the server by its SYN,ACK, to the client by the ACK of that. */
static void put_rtt(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    if (side == SF_SERVER)
        put_between(cell, flow->syn_ns, flow->synack_ns);
    else
        put_between(cell, flow->synack_ns, flow->complete_ns);
}

static void put_isn(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    if ((flow->end[side].known & SF_KNOWS_ISS) != 0)
        sf_output_unsigned(cell->output, flow->end[side].iss);
    else
        put_null(cell);
}

/* One option: `,"mss":1460`, or ` mss=1460`; `n` counts those before it. */
static void begin_option(const struct cell *cell, const char *name, unsigned *n)
{
    if (*n > 0)
        sf_output_char(cell->output, cell->is_csv ? ' ' : ',');
    put_word(cell, name);
    (*n)++;
}

static void put_option(const struct cell *cell, const char *name, uint64_t value, unsigned *n)
{
    begin_option(cell, name, n);
    sf_output_char(cell->output, cell->is_csv ? '=' : ':');
    sf_output_unsigned(cell->output, value);
}

static void put_option_flag(const struct cell *cell, const char *name, unsigned *n)
{
    begin_option(cell, name, n);
    if (!cell->is_csv)
        PUT(cell->output, ":true");
}

static void put_option_values(const struct cell *cell, const struct sf_options *options)
{
    unsigned n = 0;
    if ((options->present & SF_OPT_MSS) != 0)
        put_option(cell, "mss", options->mss, &n);
    if ((options->present & SF_OPT_WSCALE) != 0)
        put_option(cell, "wscale", options->wscale, &n);
    if ((options->present & SF_OPT_SACK_PERMITTED) != 0)
        put_option_flag(cell, "sack", &n);
    if ((options->present & SF_OPT_TIMESTAMPS) != 0)
        put_option_flag(cell, "timestamps", &n);
    if ((options->present & SF_OPT_FASTOPEN) != 0)
        put_option(cell, "fastopen", options->fastopen_length, &n);
    if ((options->present & SF_OPT_MPTCP) != 0)
        put_option(cell, "mptcp", options->mptcp_subtype, &n);
    if ((options->present & SF_OPT_USER_TIMEOUT) != 0)
        put_option(cell, "user_timeout", options->user_timeout, &n);
}

static void put_options(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    if (!flow->end[side].has_options) {
        put_null(cell);
        return;
    }
    if (!cell->is_csv)
        sf_output_char(cell->output, '{');
    put_option_values(cell, &flow->end[side].options);
    if (!cell->is_csv)
        sf_output_char(cell->output, '}');
}

static void put_packets(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    sf_output_unsigned(cell->output, flow->end[side].packets);
}

static void put_bytes(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    sf_output_unsigned(cell->output, flow->end[side].bytes);
}

static void put_retransmissions(const struct cell *cell, const struct sf_flow *flow,
                                enum sf_side side)
{
    sf_output_unsigned(cell->output, flow->end[side].retransmissions);
}

/* A SYN is the client's, unless the two crossed; a SYN,ACK likewise the server's. */
static void put_syn_repeats(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    uint64_t n = flow->end[side].syn_repeats;
    if (flow->handshake == SF_HANDSHAKE_SIMULTANEOUS)
        n += flow->end[sf_other(side)].syn_repeats;
    sf_output_unsigned(cell->output, n);
}

static void put_synack_repeats(const struct cell *cell, const struct sf_flow *flow,
                               enum sf_side side)
{
    uint64_t n = flow->end[side].synack_repeats;
    if (flow->handshake == SF_HANDSHAKE_SIMULTANEOUS)
        n += flow->end[sf_other(side)].synack_repeats;
    sf_output_unsigned(cell->output, n);
}

static void put_fin_repeats(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    (void)side;
    sf_output_unsigned(cell->output, (uint64_t)flow->end[SF_CLIENT].fin_repeats +
                                         flow->end[SF_SERVER].fin_repeats);
}

/* ---- findings -------------------------------------------------------------------------------- */

static void put_member(struct sf_output *output, const char *key, const char *word)
{
    PUT(output, ",\"");
    sf_output_text(output, key);
    PUT(output, "\":\"");
    sf_output_text(output, word);
    sf_output_char(output, '"');
}

static void put_optional(struct sf_output *output, const char *key, const char *word)
{
    if (word != NULL)
        put_member(output, key, word);
}

static void put_value(struct sf_output *output, const char *key, uint64_t value)
{
    PUT(output, ",\"");
    sf_output_text(output, key);
    PUT(output, "\":");
    sf_output_unsigned(output, value);
}

static void put_amount(struct sf_output *output, const char *key, uint64_t amount)
{
    if (amount != 0)
        put_value(output, key, amount);
}

void sf_columns_icmp_json(struct sf_output *output, const struct sf_icmp *icmp)
{
    char reporter[SF_ADDRESS_SIZE];
    (void)sf_address_text(reporter, icmp->reporter, icmp->ip);
    put_value(output, "icmp_type", icmp->type);
    put_value(output, "icmp_code", icmp->code);
    put_member(output, "reporter", reporter);
    put_amount(output, icmp->kind == SF_ICMP_TOO_BIG ? "mtu" : "pointer", icmp->value);
}

static void put_evidence(struct sf_output *output, const struct sf_found *found)
{
    bool is_first = true;
    if (found->evidence == 0)
        return;
    PUT(output, ",\"evidence\":[");
    for (unsigned i = 0; i < SF_EVIDENCE_COUNT; i++) {
        if ((found->evidence >> i & 1u) == 0)
            continue;
        if (!is_first)
            sf_output_char(output, ',');
        sf_output_char(output, '"');
        sf_output_text(output, sf_evidence_word(i));
        sf_output_char(output, '"');
        is_first = false;
    }
    sf_output_char(output, ']');
}

/* What was counted over several connections. */
static void put_figures(struct sf_output *output, const struct sf_found *found)
{
    put_optional(output, "method", sf_method_word(found->method));
    for (unsigned at = 0; at < SF_FIGURES_MAX; at++) {
        const char *key = sf_figure_key(found, at);
        if (key != NULL)
            put_amount(output, key, found->figure[at]);
    }
    if (found->is_at_least)
        PUT(output, ",\"at_least\":true");
    put_evidence(output, found);
}

void sf_columns_found_json(struct sf_output *output, const struct sf_found *found)
{
    const struct cell cell = {.output = output};
    PUT(output, "\"code\":\"");
    sf_output_text(output, sf_code_name(found->code));
    sf_output_char(output, '"');
    put_member(output, "severity", sf_severity_name(found->severity));
    PUT(output, ",\"side\":");
    put_side(&cell, found->side);
    PUT(output, ",\"packet\":");
    sf_output_unsigned(output, found->number);
    PUT(output, ",\"time\":");
    sf_output_seconds(output, found->time_ns, DECIMALS);
    put_member(output, "certainty", sf_certainty_word(found->certainty));
    put_optional(output, "where", sf_where_word(found->where));
    put_optional(output, "reset_kind", sf_reset_kind_word(found->reset_kind));
    put_optional(output, "detail", sf_detail_word(found->detail));
    if (found->icmp.kind != SF_ICMP_NONE) {
        put_member(output, "detail", sf_icmp_word(&found->icmp));
        sf_columns_icmp_json(output, &found->icmp);
        put_value(output, "quoted_seq_rel", found->quoted_seq);
    }
    if (found->state != SF_STATE_NONE)
        put_member(output, "state", sf_state_name(found->state));
    put_amount(output, "count", found->count);
    put_amount(output, "octets", found->octets);
    if (found->interval_ns > 0) {
        PUT(output, ",\"interval\":");
        sf_output_seconds(output, found->interval_ns, DECIMALS);
    }
    put_figures(output, found);
}

static void put_found(const struct cell *cell, const struct sf_found *found)
{
    if (cell->is_csv) {
        sf_output_text(cell->output, sf_code_name(found->code));
        sf_output_char(cell->output, '@');
        sf_output_unsigned(cell->output, found->number);
        return;
    }
    sf_output_char(cell->output, '{');
    sf_columns_found_json(cell->output, found);
    sf_output_char(cell->output, '}');
}

static void put_findings(const struct cell *cell, const struct sf_flow *flow, enum sf_side side)
{
    (void)side;
    if (!cell->is_csv)
        sf_output_char(cell->output, '[');
    for (uint32_t i = 0; i < flow->n_found; i++) {
        if (i > 0)
            sf_output_char(cell->output, cell->is_csv ? ' ' : ',');
        put_found(cell, &flow->found[i]);
    }
    if (!cell->is_csv)
        sf_output_char(cell->output, ']');
}

/* ---- the row --------------------------------------------------------------------------------- */

static const struct column {
    const char *key;  /* in CSV */
    const char *json; /* with what stands before its value */
    size_t json_length;
    void (*put)(const struct cell *cell, const struct sf_flow *flow, enum sf_side side);
    enum sf_side side;
} columns[] = {
#define COLUMN(key, put, side) {#key, ",\"" #key "\":", sizeof(",\"" #key "\":") - 1, put, side},
#include "sink/columns.def"
#undef COLUMN
};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

void sf_columns_json(struct sf_output *output, const struct sf_flow *flow)
{
    const struct cell cell = {.output = output};
    sf_output_char(output, '{');
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        size_t comma = i == 0 ? 1 : 0; /* the first has none before it */
        sf_output_bytes(output, columns[i].json + comma, columns[i].json_length - comma);
        columns[i].put(&cell, flow, columns[i].side);
    }
    PUT(output, "}\n");
}

void sf_columns_csv_header(struct sf_output *output)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (i > 0)
            sf_output_char(output, ',');
        sf_output_text(output, columns[i].key);
    }
    PUT(output, "\r\n");
}

/* No value of ours has a comma, a quote or a line end in it: none needs quoting. */
void sf_columns_csv(struct sf_output *output, const struct sf_flow *flow)
{
    const struct cell cell = {.output = output, .is_csv = true};
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (i > 0)
            sf_output_char(output, ',');
        columns[i].put(&cell, flow, columns[i].side);
    }
    PUT(output, "\r\n");
}
