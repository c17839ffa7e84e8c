#include "machine/annotate.h"

#include "machine/seq.h"

static void say(struct judgement *j, enum sf_annotation annotation, int64_t a, int64_t b, int64_t c)
{
    struct sf_step *step = j->step;
    if (step->n_notes == SF_NOTES_MAX)
        return;
    step->notes[step->n_notes++] =
        (struct sf_note){.annotation = (uint8_t)annotation, .value = {a, b, c}};
}

static bool has(const struct sf_options *options, enum sf_option option)
{
    return (options->present & option) != 0;
}

static void say_mptcp(struct judgement *j)
{
    const struct sf_options *options = &j->segment->options;
    if (has(options, SF_OPT_MPTCP))
        say(j, options->mptcp_subtype == 1 ? SF_SAY_MPTCP_JOIN : SF_SAY_MPTCP_CAPABLE, 0, 0, 0);
    else if (j->is_synack && has(&j->B->options, SF_OPT_MPTCP))
        say(j, SF_SAY_MPTCP_FELL_BACK, 0, 0, 0);
}

static void say_options(struct judgement *j)
{
    const struct sf_options *options = &j->segment->options;
    if (has(options, SF_OPT_MSS))
        say(j, SF_SAY_OPTION_MSS, options->mss, 0, 0);
    if (has(options, SF_OPT_WSCALE))
        say(j, SF_SAY_OPTION_WSCALE, options->wscale, 0, 0);
    if (has(options, SF_OPT_SACK_PERMITTED))
        say(j, SF_SAY_OPTION_SACK, 0, 0, 0);
    if (has(options, SF_OPT_TIMESTAMPS))
        say(j, SF_SAY_OPTION_TIMESTAMPS, 0, 0, 0);
    if (has(options, SF_OPT_FASTOPEN))
        say(j, options->fastopen_length > 0 ? SF_SAY_FASTOPEN_COOKIE : SF_SAY_FASTOPEN_REQUEST,
            options->fastopen_length, 0, 0);
    if (has(options, SF_OPT_USER_TIMEOUT))
        say(j, SF_SAY_USER_TIMEOUT, options->user_timeout & 0x7fff, 0, 0);
    say_mptcp(j);
}

/* RFC 3168 §6.1.1 and RFC 9768 §3.1: what the SYN asks for in the ECN flags. */
static void say_ecn_asked(struct judgement *j)
{
    uint16_t ecn = j->segment->flags & (SF_AE | SF_CWR | SF_ECE);
    if (ecn == (SF_AE | SF_CWR | SF_ECE))
        say(j, SF_SAY_ACCECN_ASKED, 0, 0, 0);
    else if (ecn == (SF_CWR | SF_ECE))
        say(j, SF_SAY_ECN_ASKED, 0, 0, 0);
}

static void say_ecn_granted(struct judgement *j)
{
    uint16_t asked = j->B->syn_flags & (SF_AE | SF_CWR | SF_ECE);
    uint16_t granted = j->segment->flags & (SF_AE | SF_CWR | SF_ECE);
    if (asked != (SF_AE | SF_CWR | SF_ECE) && asked != (SF_CWR | SF_ECE))
        return;
    if (granted == SF_ECE)
        say(j, SF_SAY_ECN_GRANTED, 0, 0, 0);
    else if (granted != 0 && asked == (SF_AE | SF_CWR | SF_ECE))
        say(j, SF_SAY_ACCECN_GRANTED, 0, 0, 0);
    else
        say(j, SF_SAY_ECN_NOT_GRANTED, 0, 0, 0);
}

static void say_dropped(struct judgement *j)
{
    static const struct {
        uint8_t feature, annotation;
    } words[] = {{FEATURE_ECN, SF_SAY_DROPS_ECN},
                 {FEATURE_FAST_OPEN, SF_SAY_DROPS_FAST_OPEN},
                 {FEATURE_DATA, SF_SAY_DROPS_DATA},
                 {FEATURE_MPTCP, SF_SAY_DROPS_MPTCP},
                 {FEATURE_TIMESTAMPS, SF_SAY_DROPS_TIMESTAMPS},
                 {FEATURE_WSCALE, SF_SAY_DROPS_WSCALE}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if ((j->drops & words[i].feature) != 0)
            say(j, (enum sf_annotation)words[i].annotation, 0, 0, 0);
    }
}

static void annotate_syn(struct judgement *j)
{
    if (j->is_syn_again) {
        say(j, SF_SAY_SYN_AGAIN, j->gap_ns, 0, 0);
        say_dropped(j);
        return;
    }
    if (j->is_split_syn) {
        say(j, SF_SAY_SYN_APART, j->segment->seq, 0, 0);
    } else if (j->flow->history->syns_crossed) {
        say(j, SF_SAY_OTHER_SYN, j->segment->seq, 0, 0);
        say(j, SF_SAY_SYN_CROSSES, 0, 0, 0);
    } else {
        say(j, SF_SAY_FIRST_HANDSHAKE, j->segment->seq, 0, 0);
    }
    if (j->segment->payload > 0)
        say(j, SF_SAY_CARRIES_DATA, j->segment->payload, 0, 0);
    say_options(j);
    say_ecn_asked(j);
}

/* What the SYN offered and the SYN,ACK does not return, or returns without an offer. */
static void say_granted(struct judgement *j)
{
    const struct sf_options *offer = &j->B->options, *answer = &j->segment->options;
    if (!j->B->has_options)
        return;
    if (has(offer, SF_OPT_WSCALE) && !has(answer, SF_OPT_WSCALE))
        say(j, SF_SAY_WSCALE_NOT_GRANTED, 0, 0, 0);
    if (has(offer, SF_OPT_SACK_PERMITTED) && !has(answer, SF_OPT_SACK_PERMITTED))
        say(j, SF_SAY_SACK_NOT_GRANTED, 0, 0, 0);
    if (has(offer, SF_OPT_TIMESTAMPS) && !has(answer, SF_OPT_TIMESTAMPS))
        say(j, SF_SAY_TIMESTAMPS_NOT_GRANTED, 0, 0, 0);
    uint8_t negotiated = SF_OPT_WSCALE | SF_OPT_SACK_PERMITTED | SF_OPT_TIMESTAMPS;
    if ((answer->present & negotiated & ~offer->present) != 0)
        say(j, SF_SAY_NOT_OFFERED, 0, 0, 0);
}

static void annotate_synack(struct judgement *j)
{
    if (j->is_synack_again) {
        say(j, SF_SAY_SYNACK_AGAIN, j->gap_ns, 0, 0);
        return;
    }
    if (j->is_renumbered) {
        say(j, SF_SAY_OTHER_NUMBER, j->segment->seq, 0, 0);
        return;
    }
    if (j->flow->history->syns_crossed || j->flow->history->split != SPLIT_NOT) {
        say(j, j->a == SF_CLIENT ? SF_SAY_ACK_IS_Y_PLUS_1 : SF_SAY_ACK_IS_X_PLUS_1, 0, 0, 0);
        return;
    }
    say(j, SF_SAY_SECOND_HANDSHAKE, j->segment->seq, 0, 0);
    if (!j->fits_syn)
        say(j, SF_SAY_ACK_IS_WRONG, j->segment->ack, (int64_t)(uint32_t)(j->B->iss + 1u), 0);
    else if (!j->pb->has_said_plain_syn)
        say(j, SF_SAY_ACK_TELLS_X, (int64_t)(uint32_t)(j->segment->ack - 1u), 0, 0);
    else if (j->segment->ack == j->B->iss + 1u)
        say(j, SF_SAY_ACK_IS_X_PLUS_1, 0, 0, 0);
    else
        say(j, SF_SAY_ACK_COVERS_SYN_DATA, j->segment->ack - j->B->iss - 1u, 0, 0);
    if (j->B->syn_repeats > 0 && has(&j->segment->options, SF_OPT_TIMESTAMPS)) {
        if (j->segment->options.tsecr == j->pb->syn.first_tsval)
            say(j, SF_SAY_ANSWERS_FIRST_SYN, 0, 0, 0);
        else if (j->segment->options.tsecr == j->pb->syn.last_tsval)
            say(j, SF_SAY_ANSWERS_LAST_SYN, 0, 0, 0);
    }
    say_options(j);
    say_granted(j);
    say_ecn_granted(j);
}

static void annotate_third(struct judgement *j)
{
    const struct sf_flow *flow = j->flow;
    say(j, SF_SAY_THIRD_HANDSHAKE, 0, 0, 0);
    if (!j->pb->has_said_synack)
        say(j, SF_SAY_ACK_TELLS_Y, j->B->iss, 0, 0);
    else if (j->segment->ack == j->B->iss + 1u)
        say(j, SF_SAY_ACK_IS_Y_PLUS_1, 0, 0, 0);
    if (j->segment->payload > 0)
        say(j, SF_SAY_CARRIES_DATA, j->segment->payload, 0, 0);
    bool was_repeated = flow->end[SF_CLIENT].syn_repeats + flow->end[SF_SERVER].synack_repeats > 0;
    if (flow->syn_ns != SF_NO_TIME && flow->synack_ns != SF_NO_TIME)
        say(j, was_repeated ? SF_SAY_HANDSHAKE_TOOK : SF_SAY_ROUND_TRIPS,
            flow->synack_ns - flow->syn_ns, j->now_ns - flow->synack_ns, j->now_ns - flow->syn_ns);
}

static void say_covers(struct judgement *j)
{
    bool covers_first = j->flow->closed_by == j->b;
    say(j, covers_first ? SF_SAY_ACK_COVERS_FIN : SF_SAY_ACK_COVERS_SECOND_FIN, 0, 0, 0);
}

static void annotate_fin(struct judgement *j)
{
    if (j->is_fin_again) {
        say(j, SF_SAY_FIN_AGAIN, j->gap_ns, 0, 0);
        return;
    }
    bool is_second = (j->B->known & SF_KNOWS_FIN) != 0 && !j->pb->fin_is_inferred;
    say(j, is_second ? SF_SAY_SECOND_FIN : SF_SAY_FIRST_FIN, j->step->seq_rel + j->segment->payload,
        0, 0);
    if (j->segment->payload > 0)
        say(j, SF_SAY_CARRIES_DATA, j->segment->payload, 0, 0);
    if (!is_second)
        return;
    if (j->flow->close == SF_CLOSE_SIMULTANEOUS) {
        say(j, SF_SAY_ACK_MISSES_FIN, 0, 0, 0);
        say(j, SF_SAY_FINS_CROSS, 0, 0, 0);
    } else if (j->is_first_cover) {
        say_covers(j);
        say(j, SF_SAY_THREE_SEGMENTS, 0, 0, 0);
    }
}

static void annotate_reset(struct judgement *j)
{
    static const uint8_t words[SF_RESET_KIND_COUNT] = {
        [SF_RESET_KIND_REFUSAL] = SF_SAY_RESET_REFUSAL,
        [SF_RESET_KIND_NO_CONNECTION] = SF_SAY_RESET_NO_CONNECTION,
        [SF_RESET_KIND_NO_CONNECTION_NOACK] = SF_SAY_RESET_NO_CONNECTION_NOACK,
        [SF_RESET_KIND_ABORT] = SF_SAY_RESET_ABORT,
        [SF_RESET_KIND_ABORT_IN_HANDSHAKE] = SF_SAY_RESET_ABORT_IN_HANDSHAKE,
        [SF_RESET_KIND_FOREIGN] = SF_SAY_RESET_FOREIGN,
    };
    if (j->step->reset_kind != SF_RESET_KIND_NONE)
        say(j, (enum sf_annotation)words[j->step->reset_kind], 0, 0, 0);
    enum sf_state state = (enum sf_state)j->step->before[j->b].state;
    bool is_open = state != SF_STATE_NONE && state != SF_STATE_CLOSED && state != SF_STATE_LISTEN;
    if (!j->is_accepted && is_open && !j->flow->history->gave_up)
        say(j, SF_SAY_RESET_IGNORED, 0, 0, 0);
}

static bool is_waiting(const struct sf_step *step, enum sf_side side)
{
    return step->after[side].state == SF_STATE_TIME_WAIT;
}

static void say_time_wait(struct judgement *j)
{
    int64_t two_msl = 2 * j->machine->msl_ns;
    if (!is_waiting(j->step, j->a) || !j->covers_fin)
        return;
    /* A repeated FIN restarts the timer, an old duplicate or a SYN does not: RFC 9293 §3.10.7.4. */
    bool answers_fin = j->pb->fin.repeats > 0 && j->pb->fin.last_ns >= j->pa->last_ns;
    if (j->is_first_cover)
        say(j, SF_SAY_TIME_WAIT_UNTIL, two_msl, 0, 0);
    else if (answers_fin)
        say(j, SF_SAY_TIME_WAIT_RESTARTED, two_msl, 0, 0);
}

static bool acknowledges_without_syn(const struct judgement *j)
{
    return j->a == SF_SERVER && j->has_ack && j->pb->has_said_plain_syn &&
           j->pa->syn.first_ns == SF_NO_TIME && j->flow->complete_ns == SF_NO_TIME &&
           j->segment->ack == j->B->iss + 1u;
}

static void annotate_plain(struct judgement *j)
{
    if (j->is_third)
        annotate_third(j);
    if (acknowledges_without_syn(j))
        say(j, SF_SAY_ACK_WITHOUT_SYN, 0, 0, 0);
    if (j->is_fin)
        annotate_fin(j);
    else if (j->is_first_cover)
        say_covers(j);
    bool misses_fin = (j->B->known & SF_KNOWS_FIN) != 0 && j->has_ack && !j->is_fin &&
                      !j->is_old_ack && j->segment->ack == j->B->fin - 1u;
    if (misses_fin)
        say(j, SF_SAY_ACK_MISSES_FIN, 0, 0, 0);
    if (j->again > 0 && !j->is_fin && !j->is_window_probe)
        say(j, SF_SAY_DATA_AGAIN, j->again, 0, 0);
    if (j->shows_peer_fin)
        say(j, SF_SAY_UNSEEN_FIN, 0, 0, 0);
    if (j->is_behind_gap)
        say(j, SF_SAY_BEHIND_GAP, j->gap_octets, 0, 0);
    if (j->late > 0)
        say(j, SF_SAY_FILLS_GAP, 0, 0, 0);
    if (j->is_keepalive)
        say(j, SF_SAY_KEEPALIVE_PROBE, 0, 0, 0);
    else if (j->is_window_probe)
        say(j, SF_SAY_WINDOW_PROBE, 0, 0, 0);
    else if (j->pb->keepalives > 0 && j->segment->payload == 0 && !j->is_fin)
        say(j, SF_SAY_KEEPALIVE_ANSWER, 0, 0, 0);
    if (j->is_challenge)
        say(j, SF_SAY_CHALLENGE, 0, 0, 0);
    if (j->window_closes)
        say(j, SF_SAY_WINDOW_CLOSED, 0, 0, 0);
    if (j->window_opens)
        say(j, SF_SAY_WINDOW_OPEN, j->window_closed_for_ns, 0, 0);
    if (j->unseen > 0 && j->pb->segments > 0)
        say(j, SF_SAY_UNSEEN_OCTETS, j->unseen, 0, 0);
    if (j->fresh > 0 && j->pa->sent_after_fin && !j->is_fin)
        say(j, SF_SAY_HALF_CLOSED_DATA, 0, 0, 0);
    say_time_wait(j);
}

void sf_annotate(struct judgement *j)
{
    if (j->is_path_copy) {
        say(j, SF_SAY_DOUBLED, 0, 0, 0);
        return;
    }
    if (j->is_syn)
        annotate_syn(j);
    else if (j->is_synack)
        annotate_synack(j);
    else if (j->is_rst)
        annotate_reset(j);
    else
        annotate_plain(j);
}
