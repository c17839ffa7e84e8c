#include "sink/flow_text.h"

#include "base/clock.h"
#include "words/sentence.h"
#include "words/translate.h"
#include "words/words.h"

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
    sf_sentence_add(sentence, _("; "));
    if (is_known && is_counted) {
        sf_sentence_add(sentence, _("closed by "));
        sf_sentence_add(sentence, sf_side_text(flow->closed_by));
        sf_sentence_add(sentence, _(", "));
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
    sf_sentence_add(sentence, _("; "));
    if (n == 0) {
        sf_sentence_add(sentence, _("no findings"));
        return;
    }
    sf_sentence_add_number(sentence, n);
    sf_sentence_add(sentence, sf_translate_n(" finding", " findings", n));
}

void sf_flow_endpoint(char text[SF_ENDPOINT_SIZE], const struct sf_flow *flow, enum sf_side side)
{
    unsigned end = side == SF_CLIENT ? flow->client : 1u - flow->client;
    (void)sf_endpoint_text(text, flow->key.addr[end], flow->key.ip, flow->key.port[end]);
}

void sf_flow_outcome(char text[SF_OUTCOME_SIZE], const struct sf_flow *flow)
{
    struct sf_sentence sentence;
    bool was_opened = flow->handshake != SF_HANDSHAKE_REFUSED &&
                      flow->handshake != SF_HANDSHAKE_RESET &&
                      flow->handshake != SF_HANDSHAKE_NO_ANSWER;
    sf_sentence_init(&sentence, text, SF_OUTCOME_SIZE);
    add_handshake(&sentence, flow);
    if (was_opened)
        add_close(&sentence, flow);
    add_findings_count(&sentence, flow->n_found);
    if (flow->ended == SF_ENDED_EVICTED)
        sf_sentence_add(&sentence, _("; written early: there was no room to keep it"));
}

bool sf_flow_is_assumed(const struct sf_end *end, unsigned at)
{
    bool is_plain =
        at == 0 && (end->path[at] == SF_STATE_CLOSED || end->path[at] == SF_STATE_LISTEN);
    return (end->proved >> at & 1u) == 0 && !is_plain;
}

void sf_flow_path(char text[SF_PATH_TEXT_SIZE], const struct sf_end *end)
{
    struct sf_sentence path;
    sf_sentence_init(&path, text, SF_PATH_TEXT_SIZE);
    for (unsigned i = 0; i < end->n_path && i < SF_PATH_MAX; i++) {
        if (i > 0)
            sf_sentence_add(&path, " → ");
        sf_sentence_add(&path, sf_state_name(end->path[i]));
        if (sf_flow_is_assumed(end, i))
            sf_sentence_add(&path, "?");
    }
    if (path.length == 0)
        sf_sentence_add(&path, _("nothing is known of it"));
}
