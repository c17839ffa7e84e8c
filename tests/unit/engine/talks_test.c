/*
 * Plays every conversation of tests/talks through the flow engine, and holds what is known after
 * each segment, and of each connection in the end, against what the talk says. The format is told
 * in tests/talks/README.md.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <synfin/session.h>

#include "engine/flows.h"

#define TALKS     "tests/talks"
#define ROWS_MAX  128u
#define WORDS_MAX 64u
#define TALKS_MAX 512u

struct row {
    struct sf_flow flow;
    struct sf_found found[48];
};

struct talk {
    const char *name;
    unsigned line;
    struct sf_settings settings;
    struct sf_totals totals;
    struct flows *flows;
    uint64_t number;
    double last;
    /* What the latest event said. */
    uint32_t id;
    struct sf_view after[2];
    uint8_t n_path[2];
    uint8_t fate;
    uint64_t codes; /* new findings, a bit each */
    struct row row[ROWS_MAX];
    unsigned n_rows;
    bool is_finished;
};

static const char *const state_names[SF_STATE_COUNT] = {
    "none",
#define STATE(name) #name,
#include <synfin/states.def>
#undef STATE
};

static const char *const code_names[SF_CODE_COUNT] = {
#define FINDING(code, severity, when, says, sure, check, rfc, figure, see) #code,
#include <synfin/findings.def>
#undef FINDING
};

static const char *const handshake_words[SF_HANDSHAKE_COUNT] = {
#define HANDSHAKE(name, word, text) word,
#include <synfin/outcomes.def>
};

static const char *const close_words[SF_CLOSE_COUNT] = {
#define CLOSE(name, word, text) word,
#include <synfin/outcomes.def>
};

static const char *const where_words[SF_WHERE_COUNT] = {
    "",
#define WHERE(name, word, text) word,
#include <synfin/outcomes.def>
};

static const char *const method_words[SF_METHOD_COUNT] = {
    "",
#define METHOD(name, word, text) word,
#include <synfin/outcomes.def>
};

static const char *const detail_words[SF_DETAIL_COUNT] = {
    "",
#define DETAIL(name, word, text) word,
#include <synfin/outcomes.def>
};

static const char *const side_words[] = {"client", "server", "none"};
static const char *const severity_words[] = {"info", "note", "warning", "error"};
static const char *const certainty_words[] = {"proved", "probable"};

static void wrong(const struct talk *talk, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));

static void wrong(const struct talk *talk, const char *format, ...)
{
    char text[4608];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fail_msg("%s:%u: %s", talk->name, talk->line, text);
    abort();
}

static int find_word(const char *word, const char *const *words, int n)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(word, words[i]) == 0)
            return i;
    }
    return -1;
}

/* ---- events -----------------------------------------------------------------------------------
 */

static void keep_row(struct talk *talk, const struct sf_flow *flow)
{
    assert_true(talk->n_rows < ROWS_MAX);
    struct row *row = &talk->row[talk->n_rows++];
    row->flow = *flow;
    assert_true(flow->n_found <= 48);
    if (flow->n_found > 0)
        memcpy(row->found, flow->found, flow->n_found * sizeof row->found[0]);
}

/* Which findings any talk has. */
static bool was_found[SF_CODE_COUNT];

/* Which moves any talk went through: from state to state, and states proved once more. */
static bool was_moved[SF_STATE_COUNT][SF_STATE_COUNT];

static void note_moves(const struct sf_end *end)
{
    if (end->n_path > 0)
        was_moved[SF_STATE_NONE][end->path[0]] = true;
    for (unsigned i = 0; i < end->n_path; i++) {
        if (i > 0)
            was_moved[end->path[i - 1]][end->path[i]] = true;
        if (sf_end_proves(end, i))
            was_moved[end->path[i]][end->path[i]] = true;
    }
}

static int take_event(void *context, const struct sf_event *event, struct sf_error *err)
{
    struct talk *talk = context;
    (void)err;
    if (event->kind == SF_EVENT_FLOW_END) {
        keep_row(talk, event->flow);
        return 0;
    }
    for (uint32_t i = 0; i < event->n_found; i++) {
        talk->codes |= UINT64_C(1) << event->found[i].code;
        was_found[event->found[i].code] = true;
    }
    if (event->kind != SF_EVENT_SEGMENT && event->kind != SF_EVENT_ICMP)
        return 0;
    talk->id = event->flow->id;
    talk->fate = event->step->fate;
    note_moves(&event->flow->end[SF_CLIENT]);
    note_moves(&event->flow->end[SF_SERVER]);
    for (int side = 0; side < 2; side++) {
        talk->after[side] = event->step->after[side];
        talk->n_path[side] = event->flow->end[side].n_path;
    }
    return 0;
}

/* ---- segments ---------------------------------------------------------------------------------
 */

static uint16_t read_flags(const struct talk *talk, char *word)
{
    static const char *const names[] = {"FIN", "SYN", "RST", "PSH", "ACK",
                                        "URG", "ECE", "CWR", "AE"};
    uint16_t flags = 0;
    if (strcmp(word, "-") == 0)
        return 0;
    char *rest = NULL;
    for (char *name = strtok_r(word, ",", &rest); name != NULL; name = strtok_r(NULL, ",", &rest)) {
        int at = find_word(name, names, 9);
        if (at < 0)
            wrong(talk, "no such flag: %s", name);
        flags |= (uint16_t)(1u << at);
    }
    return flags;
}

static uint32_t number(const struct talk *talk, char **word, unsigned n, unsigned *at)
{
    if (++*at >= n)
        wrong(talk, "a number is missing after '%s'", word[*at - 1]);
    char *end;
    unsigned long value = strtoul(word[*at], &end, 0);
    if (*end != '\0')
        wrong(talk, "'%s' is no number", word[*at]);
    return (uint32_t)value;
}

struct numbers {
    uint32_t client_port, server_port;
    uint32_t client_host, server_host; /* 0: the usual one */
};

static void read_word(const struct talk *talk, char **word, unsigned n, unsigned *at,
                      struct sf_segment *segment, struct numbers *ports)
{
    const char *name = word[*at];
    struct sf_options *options = &segment->options;
    if (strcmp(name, "seq") == 0) {
        segment->seq = number(talk, word, n, at);
    } else if (strcmp(name, "ack") == 0) {
        segment->ack = number(talk, word, n, at);
        segment->flags |= SF_ACK;
    } else if (strcmp(name, "len") == 0) {
        segment->payload = number(talk, word, n, at);
    } else if (strcmp(name, "win") == 0) {
        segment->window = (uint16_t)number(talk, word, n, at);
    } else if (strcmp(name, "ttl") == 0) {
        segment->ttl = (uint8_t)number(talk, word, n, at);
    } else if (strcmp(name, "id") == 0) {
        segment->ip_id = (uint16_t)number(talk, word, n, at);
    } else if (strcmp(name, "if") == 0) {
        segment->interface = number(talk, word, n, at);
    } else if (strcmp(name, "ts") == 0) {
        options->tsval = number(talk, word, n, at);
        options->tsecr = number(talk, word, n, at);
        options->present |= SF_OPT_TIMESTAMPS;
    } else if (strcmp(name, "mss") == 0) {
        options->mss = (uint16_t)number(talk, word, n, at);
        options->present |= SF_OPT_MSS;
    } else if (strcmp(name, "wscale") == 0) {
        options->wscale = (uint8_t)number(talk, word, n, at);
        options->present |= SF_OPT_WSCALE;
    } else if (strcmp(name, "sackok") == 0) {
        options->present |= SF_OPT_SACK_PERMITTED;
    } else if (strcmp(name, "sack") == 0) {
        options->sack_left = number(talk, word, n, at);
        options->sack_right = number(talk, word, n, at);
        options->present |= SF_OPT_SACK;
    } else if (strcmp(name, "tfo") == 0) {
        options->fastopen_length = (uint8_t)number(talk, word, n, at);
        options->present |= SF_OPT_FASTOPEN;
    } else if (strcmp(name, "mptcp") == 0) {
        options->mptcp_subtype = (uint8_t)number(talk, word, n, at);
        options->present |= SF_OPT_MPTCP;
    } else if (strcmp(name, "urgent") == 0) {
        segment->urgent = (uint16_t)number(talk, word, n, at);
    } else if (strcmp(name, "reserved") == 0) {
        segment->reserved = (uint8_t)number(talk, word, n, at);
    } else if (strcmp(name, "noack") == 0) {
        segment->ack = number(talk, word, n, at);
    } else if (strcmp(name, "badoffset") == 0) {
        segment->quality |= SF_QUALITY_BAD_OFFSET;
    } else if (strcmp(name, "badoption") == 0) {
        segment->quality |= SF_QUALITY_BAD_OPTION;
    } else if (strcmp(name, "port") == 0) {
        ports->client_port = number(talk, word, n, at);
    } else if (strcmp(name, "sport") == 0) {
        ports->server_port = number(talk, word, n, at);
    } else if (strcmp(name, "host") == 0) {
        ports->client_host = number(talk, word, n, at);
    } else if (strcmp(name, "shost") == 0) {
        ports->server_host = number(talk, word, n, at);
    } else if (strcmp(name, "bad") == 0) {
        segment->checksum_state = SF_CHECKSUM_BAD;
    } else if (strcmp(name, "good") == 0) {
        segment->checksum_state = SF_CHECKSUM_GOOD;
    } else {
        wrong(talk, "no such word: %s", name);
    }
}

/* 10.0.0.`usual`, or `network`.0 and the number: clients are always below servers. */
static void put_host(uint8_t *address, uint32_t host, uint8_t network, uint8_t usual)
{
    address[0] = host == 0 ? 10 : network;
    address[2] = (uint8_t)(host >> 8);
    address[3] = host == 0 ? usual : (uint8_t)host;
}

static struct sf_segment begin_segment(struct talk *talk, const char *moment)
{
    struct sf_segment segment = {
        .window = 1000, .ttl = 64, .kind = SF_SEGMENT_SENT, .checksum_state = SF_CHECKSUM_GOOD};
    double seconds = strtod(moment, NULL);
    segment.time_ns = INT64_C(1700000000000000000) + (int64_t)(seconds * 1e9 + 0.5);
    segment.number = ++talk->number;
    talk->last = seconds;
    return segment;
}

static void fill_key(struct sf_segment *segment, const struct numbers *ports, const char *side)
{
    segment->key.ip = 4;
    segment->key.vlan[0] = segment->key.vlan[1] = SF_NO_VLAN;
    put_host(segment->key.addr[0], ports->client_host, 9, 1);
    put_host(segment->key.addr[1], ports->server_host, 11, 2);
    segment->key.port[0] = (uint16_t)ports->client_port;
    segment->key.port[1] = (uint16_t)ports->server_port;
    segment->from = strcmp(side, "s") == 0;
    segment->hash = ports->client_port * 31u + ports->server_port + ports->client_host * 7919u +
                    ports->server_host * 104729u;
}

static struct sf_segment read_segment(struct talk *talk, char **word, unsigned n)
{
    struct numbers ports = {.client_port = 40000, .server_port = 80};
    struct sf_segment segment = begin_segment(talk, word[0]);
    segment.flags = read_flags(talk, word[2]);
    for (unsigned at = 3; at < n; at++)
        read_word(talk, word, n, &at, &segment, &ports);
    fill_key(&segment, &ports, word[1]);
    return segment;
}

/* ---- ICMP errors ------------------------------------------------------------------------------
 */

static struct sf_icmp read_error(const struct talk *talk, const char *word)
{
    unsigned type, code;
    struct sf_icmp icmp = {.ip = 4, .reporter = {10, 0, 0, 254}};
    if (sscanf(word, "%u/%u", &type, &code) != 2)
        wrong(talk, "an ICMP error has type/code: %s", word);
    icmp.type = (uint8_t)type;
    icmp.code = (uint8_t)code;
#define ICMP_OTHER(version, of_type, of_kind, text)                                                \
    if (version == 4 && type == of_type)                                                           \
        icmp.kind = SF_ICMP_##of_kind;
#include <synfin/icmp.def>
#define ICMP_ERROR(version, of_type, of_code, of_kind, text)                                       \
    if (version == 4 && type == of_type && code == of_code)                                        \
        icmp.kind = SF_ICMP_##of_kind;
#include <synfin/icmp.def>
    return icmp;
}

/* What a quote has of the segment; without flags it ends behind the number (RFC 792). */
static void read_quoted_word(const struct talk *talk, char **word, unsigned n, unsigned *at,
                             struct sf_segment *quoted, struct numbers *ports)
{
    const char *name = word[*at];
    if (strcmp(name, "flags") == 0 && *at + 1 < n) {
        quoted->flags = read_flags(talk, word[++*at]);
        quoted->data_offset = 5;
    } else if (strcmp(name, "mtu") == 0) {
        quoted->icmp.value = number(talk, word, n, at);
    } else if (strcmp(name, "from") == 0) {
        quoted->icmp.reporter[3] = (uint8_t)number(talk, word, n, at);
    } else if (strcmp(name, "ack") == 0) {
        quoted->ack = number(talk, word, n, at);
    } else if (strcmp(name, "seq") == 0 || strcmp(name, "len") == 0 || strcmp(name, "id") == 0 ||
               strcmp(name, "ttl") == 0 || strcmp(name, "if") == 0 || strcmp(name, "bad") == 0 ||
               strcmp(name, "port") == 0 || strcmp(name, "sport") == 0) {
        read_word(talk, word, n, at, quoted, ports);
    } else {
        wrong(talk, "no such word of a quote: %s", name);
    }
}

/* TIME r ICMP TYPE/CODE quotes SIDE [WORD VALUE]… */
static struct sf_segment read_quote(struct talk *talk, char **word, unsigned n)
{
    struct numbers ports = {.client_port = 40000, .server_port = 80};
    struct sf_segment quoted = begin_segment(talk, word[0]);
    if (n < 6 || strcmp(word[2], "ICMP") != 0 || strcmp(word[4], "quotes") != 0)
        wrong(talk, "a router says: TIME r ICMP TYPE/CODE quotes SIDE");
    quoted.kind = SF_SEGMENT_QUOTED;
    quoted.icmp = read_error(talk, word[3]);
    for (unsigned at = 6; at < n; at++)
        read_quoted_word(talk, word, n, &at, &quoted, &ports);
    fill_key(&quoted, &ports, word[5]);
    return quoted;
}

/* A copy has the checksum of its original: everything alike has. */
static uint16_t likely_checksum(const struct sf_segment *s)
{
    uint32_t sum = s->seq * 7u + s->ack * 13u + s->flags * 101u + s->payload * 3u + s->window +
                   s->options.tsval * 5u + s->options.tsecr;
    if (s->kind == SF_SEGMENT_QUOTED)
        sum += s->icmp.type * 17u + s->icmp.code * 19u;
    return (uint16_t)(sum ^ sum >> 16);
}

static void expect_state(const struct talk *talk, enum sf_side side, const char *expected)
{
    char is[64];
    const struct sf_view *view = &talk->after[side];
    if (strcmp(expected, "-") == 0)
        return;
    bool is_first = talk->n_path[side] <= 1 &&
                    (view->state == SF_STATE_CLOSED || view->state == SF_STATE_LISTEN);
    bool doubts = !view->is_proved && !is_first && view->state != SF_STATE_NONE;
    snprintf(is, sizeof is, "%s%s", state_names[view->state], doubts ? "?" : "");
    if (strcmp(is, expected) != 0)
        wrong(talk, "the %s is %s, not %s", side_words[side], is, expected);
}

static uint64_t read_codes(const struct talk *talk, char **word, unsigned n, unsigned *at)
{
    uint64_t codes = 0;
    while (*at + 1 < n && word[*at + 1][0] != '#') {
        int code = find_word(word[++*at], code_names, SF_CODE_COUNT);
        if (code < 0)
            wrong(talk, "no such finding: %s", word[*at]);
        codes |= UINT64_C(1) << code;
    }
    return codes;
}

static void expect_codes(const struct talk *talk, uint64_t expected)
{
    for (int code = 0; code < SF_CODE_COUNT; code++) {
        bool is = (talk->codes >> code & 1) != 0, should = (expected >> code & 1) != 0;
        if (is != should)
            wrong(talk, "%s %s", code_names[code], is ? "is told here" : "is not told here");
    }
}

static void expect_fate(const struct talk *talk, const char *expected)
{
    static const char *const fates[] = {"taken",   "held", "settled", "copy",
                                        "damaged", "late", "doubted"};
    if (strcmp(fates[talk->fate], expected) != 0)
        wrong(talk, "its fate is %s", fates[talk->fate]);
}

static void expect_after(const struct talk *talk, char **word, unsigned n)
{
    if (n < 2)
        wrong(talk, "two states belong behind the bar");
    expect_state(talk, SF_CLIENT, word[0]);
    expect_state(talk, SF_SERVER, word[1]);
    for (unsigned at = 2; at < n; at++) {
        if (strcmp(word[at], "!") == 0)
            expect_codes(talk, read_codes(talk, word, n, &at));
        else if (word[at][0] == '=')
            expect_fate(talk, word[at] + 1);
        else if (word[at][0] == '#' && talk->id != strtoul(word[at] + 1, NULL, 10))
            wrong(talk, "it belongs to connection %u", (unsigned)talk->id);
    }
}

static void play(struct talk *talk, char **word, unsigned n)
{
    struct sf_error err;
    unsigned bar = 0;
    while (bar < n && strcmp(word[bar], "|") != 0)
        bar++;
    if (bar < 3)
        wrong(talk, "a segment has a time, a side and flags");
    bool is_quote = strcmp(word[1], "r") == 0;
    struct sf_segment segment =
        is_quote ? read_quote(talk, word, bar) : read_segment(talk, word, bar);
    segment.checksum = likely_checksum(&segment);
    talk->codes = 0;
    if (sf_flows_take(talk->flows, NULL, &segment, &err) != 0)
        wrong(talk, "the engine failed: %s", err.text);
    if (bar < n)
        expect_after(talk, word + bar + 1, n - bar - 1);
}

/* ---- rows -------------------------------------------------------------------------------------
 */

static void finish(struct talk *talk)
{
    struct sf_error err;
    if (!talk->is_finished && sf_flows_finish(talk->flows, &err) != 0)
        wrong(talk, "the engine failed: %s", err.text);
    talk->is_finished = true;
}

/* The row of the id in front of the words, or of connection 1; skips the id. */
static const struct row *read_row(struct talk *talk, char ***word, unsigned *n)
{
    unsigned long id = 1;
    finish(talk);
    if (*n > 0 && (*word)[0][0] >= '0' && (*word)[0][0] <= '9') {
        id = strtoul((*word)[0], NULL, 10);
        ++*word;
        --*n;
    }
    for (unsigned i = 0; i < talk->n_rows; i++) {
        if (talk->row[i].flow.id == id)
            return &talk->row[i];
    }
    wrong(talk, "there is no connection %lu", id);
}

static void expect_end(struct talk *talk, char **word, unsigned n)
{
    const struct row *row = read_row(talk, &word, &n);
    if (n != 3)
        wrong(talk, "end wants handshake, close and who closed");
    if (strcmp(handshake_words[row->flow.handshake], word[0]) != 0)
        wrong(talk, "the handshake is %s", handshake_words[row->flow.handshake]);
    if (strcmp(close_words[row->flow.close], word[1]) != 0)
        wrong(talk, "the close is %s", close_words[row->flow.close]);
    if (strcmp(side_words[row->flow.closed_by], word[2]) != 0)
        wrong(talk, "closed by %s", side_words[row->flow.closed_by]);
}

static void write_path(const struct sf_end *end, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < end->n_path && used < size; i++) {
        bool is_first = i == 0 && end->path[0] <= SF_STATE_LISTEN;
        bool doubts = (end->proved >> i & 1u) == 0 && !is_first;
        used += (size_t)snprintf(text + used, size - used, "%s%s%s", i > 0 ? " " : "",
                                 state_names[end->path[i]], doubts ? "?" : "");
    }
}

static void expect_path(struct talk *talk, char **word, unsigned n)
{
    char is[512], expected[512] = "";
    const struct row *row = read_row(talk, &word, &n);
    if (n < 1)
        wrong(talk, "path wants a side");
    enum sf_side side = strcmp(word[0], "s") == 0 ? SF_SERVER : SF_CLIENT;
    for (unsigned i = 1; i < n; i++) {
        strncat(expected, i > 1 ? " " : "", sizeof expected - strlen(expected) - 1);
        strncat(expected, word[i], sizeof expected - strlen(expected) - 1);
    }
    write_path(&row->flow.end[side], is, sizeof is);
    if (strcmp(is, expected) != 0)
        wrong(talk, "the %s's path is %s", side_words[side], is);
}

static void expect_bytes(struct talk *talk, char **word, unsigned n)
{
    const struct row *row = read_row(talk, &word, &n);
    if (n != 2)
        wrong(talk, "bytes wants those of the client and of the server");
    for (int side = 0; side < 2; side++) {
        if (row->flow.end[side].bytes != strtoul(word[side], NULL, 10))
            wrong(talk, "the %s sent %" PRIu64 " distinct bytes", side_words[side],
                  row->flow.end[side].bytes);
    }
}

/* Machine values may hold spaces, the words of a talk none: they have underscores. */
static bool is_detail(const struct sf_found *found, const char *wanted)
{
    const char *is = detail_words[found->detail];
    while (*is != '\0' && (*is == *wanted || (*is == ' ' && *wanted == '_'))) {
        is++;
        wanted++;
    }
    return *is == '\0' && *wanted == '\0';
}

static bool is_particular(const struct sf_found *found, const char *part)
{
    if (strncmp(part, "detail=", 7) == 0)
        return is_detail(found, part + 7);
    if (strncmp(part, "count=", 6) == 0)
        return found->count == strtoul(part + 6, NULL, 10);
    if (strncmp(part, "octets=", 7) == 0)
        return found->octets == strtoul(part + 7, NULL, 10);
    if (strncmp(part, "method=", 7) == 0)
        return strcmp(method_words[found->method], part + 7) == 0;
    if (part[0] == 'n' && part[1] >= '1' && part[1] <= '3' && part[2] == '=')
        return found->figure[part[1] - '1'] == strtoul(part + 3, NULL, 10);
    if (strncmp(part, "ms=", 3) == 0)
        return found->interval_ns / 1000000 == strtoll(part + 3, NULL, 10);
    unsigned type, code;
    if (sscanf(part, "icmp=%u/%u", &type, &code) == 2)
        return found->icmp.ip != 0 && found->icmp.type == type && found->icmp.code == code;
    if (strncmp(part, "mtu=", 4) == 0)
        return found->icmp.value == strtoul(part + 4, NULL, 10);
    if (strcmp(part, "nowhere") == 0)
        return found->where == SF_WHERE_NONE;
    return strcmp(part, side_words[found->side]) == 0 ||
           strcmp(part, where_words[found->where]) == 0 ||
           strcmp(part, certainty_words[found->certainty]) == 0 ||
           strcmp(part, severity_words[found->severity]) == 0;
}

static bool fits(const struct sf_found *found, char *wanted)
{
    char *rest = NULL;
    char *code = strtok_r(wanted, ":", &rest);
    if (code == NULL || strcmp(code_names[found->code], code) != 0)
        return false;
    for (char *part; (part = strtok_r(NULL, ":", &rest)) != NULL;) {
        if (!is_particular(found, part))
            return false;
    }
    return true;
}

static void list_found(const struct row *row, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < row->flow.n_found && used < size; i++) {
        const struct sf_found *found = &row->found[i];
        used += (size_t)snprintf(
            text + used, size - used,
            " %s:%s:%s:%s:%s:detail=%s:count=%u:octets=%u:ms=%lld:n1=%u:n2=%u:n3=%u",
            code_names[found->code], side_words[found->side], where_words[found->where],
            certainty_words[found->certainty], severity_words[found->severity],
            detail_words[found->detail], (unsigned)found->count, (unsigned)found->octets,
            (long long)(found->interval_ns / 1000000), (unsigned)found->figure[0],
            (unsigned)found->figure[1], (unsigned)found->figure[2]);
    }
}

static void expect_findings(struct talk *talk, char **word, unsigned n)
{
    char all[4096], wanted[160];
    const struct row *row = read_row(talk, &word, &n);
    bool used[48] = {false};
    list_found(row, all, sizeof all);
    for (unsigned i = 0; i < n; i++) {
        bool is_there = false;
        for (uint32_t k = 0; k < row->flow.n_found && !is_there; k++) {
            snprintf(wanted, sizeof wanted, "%s", word[i]);
            is_there = !used[k] && fits(&row->found[k], wanted);
            used[k] |= is_there;
        }
        if (!is_there)
            wrong(talk, "%s is missing; told are:%s", word[i], all);
    }
    if (n != row->flow.n_found)
        wrong(talk, "%u findings, not %u:%s", (unsigned)row->flow.n_found, n, all);
}

/* ---- one talk ---------------------------------------------------------------------------------
 */

static void be_quiet(struct talk *talk, char **word, unsigned n)
{
    struct sf_error err;
    unsigned at = 1;
    if (n == 0 || (n > 1 && strcmp(word[1], "!") != 0))
        wrong(talk, "quiet wants seconds, and perhaps ! and codes");
    talk->last += strtod(word[0], NULL);
    talk->codes = 0;
    int64_t now_ns = INT64_C(1700000000000000000) + (int64_t)(talk->last * 1e9);
    if (sf_flows_advance(talk->flows, now_ns, &err) != 0)
        wrong(talk, "the engine failed: %s", err.text);
    if (n > 1)
        expect_codes(talk, read_codes(talk, word, n, &at));
}

/* ICMP errors: how many were told with a connection, and how many belong to none. */
static void expect_errors(struct talk *talk, char **word, unsigned n)
{
    finish(talk);
    uint64_t unmatched = talk->totals.packets_skipped[SF_SKIP_ICMP_UNMATCHED];
    if (n != 2 || talk->totals.packets_icmp != strtoull(word[0], NULL, 10) ||
        unmatched != strtoull(word[1], NULL, 10))
        wrong(talk, "%u errors were matched, %u not", (unsigned)talk->totals.packets_icmp,
              (unsigned)unmatched);
    if (talk->totals.packets_analysed + unmatched != talk->number)
        wrong(talk, "the packets do not add up");
}

static void obey(struct talk *talk, char **word, unsigned n)
{
    const char *verb = word[0];
    if (strcmp(verb, "msl") == 0) {
        talk->settings.msl_ns = (int64_t)(strtod(word[1], NULL) * 1e9);
    } else if (strcmp(verb, "linger") == 0) {
        talk->settings.linger_ns = (int64_t)(strtod(word[1], NULL) * 1e9);
    } else if (strcmp(verb, "end") == 0) {
        expect_end(talk, word + 1, n - 1);
    } else if (strcmp(verb, "path") == 0) {
        expect_path(talk, word + 1, n - 1);
    } else if (strcmp(verb, "bytes") == 0) {
        expect_bytes(talk, word + 1, n - 1);
    } else if (strcmp(verb, "findings") == 0) {
        expect_findings(talk, word + 1, n - 1);
    } else if (strcmp(verb, "quiet") == 0) {
        be_quiet(talk, word + 1, n - 1);
    } else if (strcmp(verb, "errors") == 0) {
        expect_errors(talk, word + 1, n - 1);
    } else if (strcmp(verb, "rows") == 0) {
        finish(talk);
        if (n != 2 || talk->n_rows != strtoul(word[1], NULL, 10))
            wrong(talk, "there are %u connections", talk->n_rows);
    } else {
        play(talk, word, n);
    }
}

static void read_line(struct talk *talk, char *line)
{
    char *word[WORDS_MAX], *rest = NULL;
    unsigned n = 0;
    for (char *w = strtok_r(line, " \t\r\n", &rest); w != NULL && n < WORDS_MAX && w[0] != '\0';
         w = strtok_r(NULL, " \t\r\n", &rest)) {
        if (n == 0 && w[0] == '#')
            return;
        word[n++] = w;
    }
    if (n == 0)
        return;
    if (talk->flows == NULL && strcmp(word[0], "msl") != 0 && strcmp(word[0], "linger") != 0) {
        talk->flows = sf_flows_new(&talk->settings, &talk->totals, take_event, talk);
        assert_non_null(talk->flows);
    }
    obey(talk, word, n);
}

static void test_talk(void **state)
{
    char path[512], line[512];
    struct talk *talk = calloc(1, sizeof *talk);
    assert_non_null(talk);
    talk->name = *state;
    sf_settings_init(&talk->settings);
    snprintf(path, sizeof path, "%s/%s", TALKS, talk->name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        talk->line++;
        read_line(talk, line);
    }
    fclose(file);
    assert_non_null(talk->flows);
    finish(talk);
    sf_flows_free(talk->flows);
    free(talk);
}

/* No row of the tables is there for nothing: some talk goes through its move. */
static void test_every_move(void **state)
{
    static const struct {
        const char *rule;
        uint8_t from, to;
    } moves[] = {
#define SENT(rule, from, sign, to)  {#rule, SF_STATE_##from, SF_STATE_##to},
#define HEARD(rule, from, sign, to) {#rule, SF_STATE_##from, SF_STATE_##to},
#include <synfin/moves.def>
    };
    unsigned missing = 0;
    (void)state;
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        if (was_moved[moves[i].from][moves[i].to])
            continue;
        print_error("no talk reaches %s: %s to %s\n", moves[i].rule, state_names[moves[i].from],
                    state_names[moves[i].to]);
        missing++;
    }
    assert_int_equal(missing, 0);
}

/* No finding is there for nothing, either. */
static void test_every_finding(void **state)
{
    unsigned missing = 0;
    (void)state;
    for (int code = 0; code < SF_CODE_COUNT; code++) {
        if (was_found[code])
            continue;
        print_error("no talk has %s\n", code_names[code]);
        missing++;
    }
    assert_int_equal(missing, 0);
}

static int compare_names(const void *x, const void *y)
{
    return strcmp(*(char *const *)x, *(char *const *)y);
}

static unsigned list_talks(char **names)
{
    unsigned n = 0;
    DIR *folder = opendir(TALKS);
    if (folder == NULL)
        return 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL && n < TALKS_MAX;) {
        size_t length = strlen(entry->d_name);
        if (length > 5 && strcmp(entry->d_name + length - 5, ".talk") == 0)
            names[n++] = strdup(entry->d_name);
    }
    closedir(folder);
    qsort(names, n, sizeof names[0], compare_names);
    return n;
}

/* One talk alone, for whoever writes it: talks_test NAME.talk */
int main(int argc, char **argv)
{
    static struct CMUnitTest tests[TALKS_MAX + 2];
    char *names[TALKS_MAX];
    unsigned n = argc > 1 ? 1 : list_talks(names);
    if (argc > 1)
        names[0] = strdup(argv[1]);
    for (unsigned i = 0; i < n; i++)
        tests[i] = (struct CMUnitTest){names[i], test_talk, NULL, NULL, names[i]};
    unsigned n_tests = n;
    if (argc == 1) {
        tests[n_tests++] = (struct CMUnitTest){"every move", test_every_move, NULL, NULL, NULL};
        tests[n_tests++] =
            (struct CMUnitTest){"every finding", test_every_finding, NULL, NULL, NULL};
    }
    int failed = _cmocka_run_group_tests("talks", tests, n_tests, NULL, NULL);
    for (unsigned i = 0; i < n; i++)
        free(names[i]);
    return failed;
}
