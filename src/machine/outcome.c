#include "machine/outcome.h"

#include "machine/seq.h"

/* A SYN with FIN opens nothing by itself; a SYN,ACK makes it an opening. */
static void accept_opening(struct judgement *j)
{
    j->flow->synack_ns = j->now_ns;
    j->flow->history->probe = SF_METHOD_NONE;
}

/* The client has answered the server's SYN, and has that acknowledged. */
static bool ends_split(const struct judgement *j)
{
    return j->flow->history->split != SPLIT_NOT && j->flow->complete_ns == SF_NO_TIME &&
           j->a == SF_SERVER && j->is_plain && j->has_ack && j->pb->has_said_synack &&
           seq_within(j->segment->ack, j->B->iss + 1u, j->B->max);
}

static void note_times(struct judgement *j)
{
    if (j->is_syn && j->flow->syn_ns == SF_NO_TIME && j->a == SF_CLIENT)
        j->flow->syn_ns = j->now_ns;
    if (j->is_synack && j->fits_syn && j->flow->synack_ns == SF_NO_TIME && j->a == SF_SERVER)
        accept_opening(j);
    if (j->is_split_syn && j->flow->synack_ns == SF_NO_TIME)
        accept_opening(j);
    if (!j->is_third && !ends_split(j))
        return;
    j->flow->complete_ns = j->now_ns;
    /* No SYN,ACK of the server divides a split handshake into the round trips of both sides. */
    if (!j->is_third)
        j->flow->synack_ns = SF_NO_TIME;
}

/* The second FIN decides the kind of close: RFC 9293 §3.6. */
static void note_fin(struct judgement *j)
{
    struct sf_history *history = j->flow->history;
    if (j->flow->closed_by == SF_NOBODY || (j->B->known & SF_KNOWS_FIN) == 0 ||
        j->pb->fin_is_inferred) {
        j->flow->closed_by = (uint8_t)j->a;
        return;
    }
    history->second_fin_covers = j->covers_fin;
    history->second_fin_covered_before = j->covers_fin && !j->is_first_cover;
}

static void note_rst(struct judgement *j)
{
    struct sf_history *history = j->flow->history;
    if (!j->is_accepted || history->rst_accepted)
        return;
    history->rst_accepted = true;
    history->rst_sender = (uint8_t)j->a;
    history->rst_in_handshake =
        history->has_syn && j->flow->complete_ns == SF_NO_TIME && !history->syns_crossed;
    history->rst_refused =
        history->rst_in_handshake && !j->pa->has_said_synack && !j->pa->has_said_plain_syn;
}

void sf_outcome_note(struct judgement *j)
{
    struct sf_history *history = j->flow->history;
    note_times(j);
    if (j->is_syn && j->pb->has_said_plain_syn && !j->pb->has_said_synack &&
        !j->pa->has_said_synack && history->split == SPLIT_NOT)
        history->syns_crossed = true;
    /* Only a SYN makes an opener send a SYN,ACK: that SYN was taken for one of another connection.
     */
    if (j->is_synack && j->fits_syn && j->pa->has_said_plain_syn && !j->pb->has_said_synack &&
        history->split == SPLIT_NOT)
        history->syns_crossed = true;
    if (j->is_first_fin)
        note_fin(j);
    if (j->is_rst)
        note_rst(j);
    if (j->by[SF_SIGN_RST].is_lost && history->rst_sender == j->a) {
        history->rst_accepted = history->rst_in_handshake = history->rst_refused = false;
        history->rst_sender = SF_NOBODY;
    }
}

static bool has_syn_covered(const struct sf_end *end)
{
    return (end->known & (SF_KNOWS_ISS | SF_KNOWS_UNA)) == (SF_KNOWS_ISS | SF_KNOWS_UNA) &&
           seq_before(end->iss, end->una);
}

static enum sf_handshake tell_handshake(const struct sf_flow *flow)
{
    const struct sf_history *history = flow->history;
    if (!history->has_syn || history->is_midstream || history->probe != SF_METHOD_NONE)
        return SF_HANDSHAKE_UNSEEN;
    if (history->syns_crossed)
        return has_syn_covered(&flow->end[0]) && has_syn_covered(&flow->end[1])
                   ? SF_HANDSHAKE_SIMULTANEOUS
                   : (history->rst_accepted ? SF_HANDSHAKE_RESET : SF_HANDSHAKE_HALF_OPEN);
    if (flow->complete_ns != SF_NO_TIME)
        return SF_HANDSHAKE_COMPLETE;
    if (history->rst_refused)
        return SF_HANDSHAKE_REFUSED;
    if (history->rst_in_handshake)
        return SF_HANDSHAKE_RESET;
    return flow->synack_ns != SF_NO_TIME ? SF_HANDSHAKE_HALF_OPEN : SF_HANDSHAKE_NO_ANSWER;
}

/* A FIN that was seen; what had to be inferred is no FIN here. */
static bool has_fin(const struct sf_flow *flow, enum sf_side side)
{
    return flow->history->end[side].fin.first_ns != SF_NO_TIME;
}

/* Neither sender had received the other's FIN: RFC 9293 §3.6, figure 13. */
static bool fins_crossed(const struct sf_flow *flow)
{
    for (int side = 0; side < 2; side++) {
        const struct private_end *notes = &flow->history->end[side];
        if (notes->first_fin_has_ack &&
            seq_not_after(flow->end[1 - side].fin, notes->first_fin_ack))
            return false;
    }
    return true;
}

static enum sf_close tell_close(const struct sf_flow *flow)
{
    const struct sf_history *history = flow->history;
    bool is_unanswered = flow->handshake == SF_HANDSHAKE_NO_ANSWER && !history->rst_accepted;
    if (is_unanswered || history->probe != SF_METHOD_NONE)
        return SF_CLOSE_OPEN;
    if (has_fin(flow, SF_CLIENT) && has_fin(flow, SF_SERVER)) {
        if (fins_crossed(flow))
            return SF_CLOSE_SIMULTANEOUS;
        return history->second_fin_covered_before ? SF_CLOSE_FOUR_SEGMENT : SF_CLOSE_THREE_SEGMENT;
    }
    if (history->rst_accepted)
        return SF_CLOSE_RESET;
    if (history->gave_up)
        return SF_CLOSE_TIMEOUT;
    return has_fin(flow, SF_CLIENT) || has_fin(flow, SF_SERVER) ? SF_CLOSE_HALF_CLOSED
                                                                : SF_CLOSE_OPEN;
}

void sf_outcome_tell(struct sf_flow *flow)
{
    flow->handshake = (uint8_t)tell_handshake(flow);
    flow->close = (uint8_t)tell_close(flow);
    if (!has_fin(flow, SF_CLIENT) && !has_fin(flow, SF_SERVER))
        flow->closed_by = flow->close == SF_CLOSE_RESET ? flow->history->rst_sender : SF_NOBODY;
}
