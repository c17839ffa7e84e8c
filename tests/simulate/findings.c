#include "findings.h"

#include <stddef.h>

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

const char *state_name(enum sf_state state)
{
    return state_names[state];
}

const char *code_name(enum sf_code code)
{
    return code_names[code];
}

/* A finding, the end it is about, and the packet that showed it. */
struct claim {
    const struct truth *truth;
    const struct sf_found *found;
    unsigned end;            /* NOBODY when it is about both */
    const struct pass *pass; /* NULL: a silence showed it */
    const struct sent *shown_by;
    bool is_steady; /* nothing is held back for long */
};

static bool has(const struct packet *packet, uint16_t flag)
{
    return (packet->flags & flag) != 0;
}

static bool is_synack(const struct packet *packet)
{
    return (packet->flags & (SF_SYN | SF_ACK)) == (SF_SYN | SF_ACK);
}

static bool is_fin(const struct packet *packet)
{
    return has(packet, SF_FIN);
}

static bool is_ack(const struct packet *packet)
{
    return has(packet, SF_ACK) && !has(packet, SF_RST);
}

/* Was a packet like that of the claim's end lost on a leg before the claim was made? Held back for
 * longer than any observer allows for is as good as lost. */
static bool was_lost(const struct claim *claim, unsigned leg,
                     bool (*is_like)(const struct packet *), const uint32_t *covered)
{
    for (unsigned i = 0; i < claim->truth->n_sent; i++) {
        const struct sent *sent = &claim->truth->sent[i];
        if (sent->packet.from == claim->end && is_like(&sent->packet) &&
            (sent->lost[leg] > 0 || (sent->held[leg] && !claim->is_steady)) &&
            sent->sent_ns <= claim->pass->time_ns &&
            (covered == NULL || packet_covers(&sent->packet, *covered)))
            return true;
    }
    return false;
}

/* Was a packet with octets, SYN or FIN of this one sent more than once? */
static bool was_sent_twice(const struct claim *claim)
{
    const struct packet *packet = &claim->shown_by->packet;
    unsigned n = 0;
    for (unsigned i = 0; i < claim->truth->n_sent; i++) {
        const struct packet *other = &claim->truth->sent[i].packet;
        uint32_t left = other->seq, right = left + packet_span(other);
        bool overlaps = (int32_t)(left - (packet->seq + packet_span(packet))) < 0 &&
                        (int32_t)(packet->seq - right) < 0;
        n += other->from == packet->from && overlaps && !has(other, SF_RST) ? 1u : 0u;
    }
    return n > 1;
}

/* Did a packet that was sent later pass earlier? */
static bool was_overtaken(const struct claim *claim)
{
    for (unsigned i = 0; i < claim->truth->n_sent; i++) {
        const struct sent *sent = &claim->truth->sent[i];
        if (sent->packet.from == claim->shown_by->packet.from && sent > claim->shown_by &&
            sent->passed_ns < claim->pass->time_ns)
            return true;
    }
    return false;
}

static bool holds_lost(const struct claim *claim)
{
    uint32_t fin = claim->shown_by->packet.seq + packet_span(&claim->shown_by->packet);
    switch ((enum sf_code)claim->found->code) {
    case SF_CODE_SYNACK_LOST:
        return was_lost(claim, BEHIND, is_synack, NULL);
    case SF_CODE_HANDSHAKE_ACK_LOST:
        return was_lost(claim, BEHIND, is_ack, NULL);
    case SF_CODE_FIN_LOST:
        return was_lost(claim, claim->found->where == SF_WHERE_BEFORE ? FRONT : BEHIND, is_fin,
                        NULL);
    default: /* FIN_ACK_LOST, FINAL_ACK_LOST */
        return was_lost(claim, BEHIND, is_ack, &fin);
    }
}

static bool is_reason(const struct claim *claim, enum reason a, enum reason b, enum reason c)
{
    uint8_t reason = claim->shown_by->packet.reason;
    return reason == a || reason == b || reason == c;
}

/* What the simulator knows of; all other findings are not judged. */
enum judged { NOT_JUDGED, HOLDS, FAILS };

static enum judged judge(const struct claim *claim)
{
    bool holds;
    switch ((enum sf_code)claim->found->code) {
    case SF_CODE_SYNACK_LOST:
    case SF_CODE_HANDSHAKE_ACK_LOST:
    case SF_CODE_FIN_LOST:
    case SF_CODE_FIN_ACK_LOST:
    case SF_CODE_FINAL_ACK_LOST:
        holds = holds_lost(claim);
        break;
    case SF_CODE_SYN_RETRANSMITTED:
    case SF_CODE_SYNACK_RETRANSMITTED:
    case SF_CODE_FIN_RETRANSMITTED:
    case SF_CODE_DATA_RETRANSMITTED:
        holds = was_sent_twice(claim);
        break;
    case SF_CODE_CAPTURED_TWICE:
        holds = claim->pass->is_copy;
        break;
    case SF_CODE_OUT_OF_ORDER:
        holds = was_overtaken(claim);
        break;
    case SF_CODE_ABORTIVE_CLOSE:
        holds = is_reason(claim, REASON_ABORT, REASON_UNREAD, REASON_GAVE_UP);
        break;
    case SF_CODE_PEER_LOST_STATE:
        if (claim->found->detail == SF_DETAIL_FORGOT_SYN)
            return claim->shown_by->packet.life > 0 ? HOLDS : FAILS;
        holds = is_reason(claim, REASON_NO_CONNECTION, REASON_BAD_ACK, REASON_NO_CONNECTION);
        break;
    case SF_CODE_CHALLENGE_ACK:
        holds = is_reason(claim, REASON_CHALLENGE, REASON_CHALLENGE, REASON_CHALLENGE);
        break;
    case SF_CODE_RESET_SUSPICIOUS:
        holds = false; /* nobody forges anything here */
        break;
    default:
        return NOT_JUDGED;
    }
    return holds ? HOLDS : FAILS;
}

static bool is_loss(enum sf_code code)
{
    return code == SF_CODE_SYNACK_LOST || code == SF_CODE_HANDSHAKE_ACK_LOST ||
           code == SF_CODE_FIN_LOST || code == SF_CODE_FIN_ACK_LOST ||
           code == SF_CODE_FINAL_ACK_LOST;
}

static void check_finding(struct checking *checking, const struct row *row,
                          const struct sf_found *found)
{
    const struct truth *truth = checking->truth;
    if (found->number == 0 || found->number > truth->n_passes)
        return;
    const struct pass *pass = &truth->pass[found->number - 1u];
    unsigned client = row->flow.client;
    struct claim claim = {.truth = truth,
                          .found = found,
                          .end = found->side == SF_NOBODY   ? NOBODY
                                 : found->side == SF_CLIENT ? client
                                                            : 1u - client,
                          .pass = pass,
                          .shown_by = &truth->sent[pass->sent],
                          .is_steady = plan_is_steady(checking->plan)};
    enum judged judged = judge(&claim);
    enum sf_code code = (enum sf_code)found->code;
    if (judged == NOT_JUDGED)
        return;
    struct score *score = &checking->tally->found[code][found->certainty];
    *(judged == HOLDS ? &score->right : &score->wrong) += 1;
    if (judged == FAILS && found->certainty == SF_PROVED)
        checking_break(checking, is_loss(code) ? RULE_LOSS : RULE_FINDING,
                       "packet %u: %s of end %u is not so", (unsigned)found->number,
                       code_name(code), claim.end);
}

static bool was_established(const struct truth *truth, unsigned end)
{
    for (unsigned i = 0; i < truth->life[end][0].n; i++) {
        if (truth->life[end][0].history[i].state == SF_STATE_ESTABLISHED)
            return true;
    }
    return false;
}

/* Opened, perhaps closed, and nothing worth a warning happened on the way. */
static bool is_normal(const struct checking *checking)
{
    const struct truth *truth = checking->truth;
    if (checking->kind != KIND_CLEAN || truth->n_lives[0] != 1 || truth->n_lives[1] != 1 ||
        !was_established(truth, 0) || !was_established(truth, 1))
        return false;
    for (unsigned i = 0; i < truth->n_sent; i++) {
        const struct packet *packet = &truth->sent[i].packet;
        if (has(packet, SF_RST) || packet->reason == REASON_REPEAT)
            return false;
    }
    return true;
}

static void check_alarm(struct checking *checking, const struct sf_found *found)
{
    enum sf_code code = (enum sf_code)found->code;
    bool is_slow_close = code == SF_CODE_CLOSE_WAIT_STALLED || code == SF_CODE_FIN_WAIT_2_STALLED;
    checking->tally->of_normal[found->severity]++;
    if (found->severity >= SF_WARNING && !is_slow_close)
        checking_break(checking, RULE_ALARM, "%s is told of a normal connection", code_name(code));
}

void check_findings(struct checking *checking, const struct row *row)
{
    bool normal = is_normal(checking);
    checking->tally->normal += normal ? 1u : 0u;
    for (uint32_t i = 0; normal && i < row->flow.n_found; i++)
        check_alarm(checking, &row->found[i]);
    for (uint32_t i = 0; i < row->flow.n_found; i++)
        check_finding(checking, row, &row->found[i]);
}
