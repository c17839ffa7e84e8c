#include "machine/judge.h"

#include <stddef.h>
#include <string.h>

#include "machine/departure.h"
#include "machine/seq.h"

/* A SYN apart from its ACK comes a round trip behind that. */
#define SPLIT_NS INT64_C(3000000000)

#define KEEPALIVE_IDLE_NS INT64_C(500000000)

/* Numbers further apart than any window (RFC 7323 §2.3) have nothing to do with each other. */
#define FAR (INT32_C(1) << 30)

bool sf_judge_is_all_acknowledged(const struct sf_end *end)
{
    return (end->known & SF_KNOWS_UNA) != 0 && seq_not_after(end->max, end->una);
}

/* A connection has no number in front of its SYN, before the numbers come round again. Where no SYN
 * was seen, those of the connection before are not its own. */
static bool is_of_before(const struct judgement *j)
{
    const struct sf_history *history = j->flow->history;
    uint8_t from = j->segment->from;
    if (!j->is_plain || j->A->bytes >= FAR)
        return false;
    if (j->pa->syn.first_ns != SF_NO_TIME)
        return (j->A->known & SF_KNOWS_ISS) != 0 && seq_before(j->segment->seq, j->A->iss);
    return history->has_old_isn[from] &&
           seq_within(j->segment->seq, history->old_isn[from], history->old_max[from]);
}

static void judge_flags(struct judgement *j)
{
    uint16_t flags = j->segment->flags;
    j->has_ack = (flags & SF_ACK) != 0;
    j->is_rst = (flags & SF_RST) != 0;
    j->is_syn = (flags & (SF_SYN | SF_ACK | SF_RST)) == SF_SYN;
    j->is_synack = (flags & (SF_SYN | SF_ACK | SF_RST)) == (SF_SYN | SF_ACK);
    j->is_fin = (flags & (SF_FIN | SF_SYN | SF_RST)) == SF_FIN;
    j->is_plain = (flags & (SF_SYN | SF_RST)) == 0;
    j->text = segment_text(j->segment);
    j->end = segment_end(j->segment);
    j->is_absurd = is_of_before(j);
    j->is_fin &= !j->is_absurd;
}

static bool is_past_handshake(const struct sf_end *end)
{
    for (unsigned i = 0; i < end->n_path; i++) {
        enum sf_state state = (enum sf_state)end->path[i];
        bool is_opening = state == SF_STATE_CLOSED || state == SF_STATE_LISTEN ||
                          state == SF_STATE_SYN_SENT || state == SF_STATE_SYN_RCVD;
        if (!is_opening && sf_end_proves(end, i))
            return true;
    }
    return false;
}

/* A server that sent nothing but acknowledgments so far now sends its own SYN. */
static bool is_split_syn(const struct judgement *j)
{
    return j->is_syn && (j->segment->flags & SF_FIN) == 0 && j->a == SF_SERVER &&
           j->flow->complete_ns == SF_NO_TIME && j->pb->has_said_plain_syn &&
           !j->pb->has_said_synack && !j->pa->has_said_plain_syn && !j->pa->has_said_synack &&
           j->pa->n_sent_acks > 0 && j->now_ns - j->pa->last_ns <= SPLIT_NS;
}

static void judge_syn(struct judgement *j)
{
    if (!j->is_syn && !j->is_synack)
        return;
    bool is_seen = j->pa->syn.first_ns != SF_NO_TIME;
    bool same = is_seen && j->segment->seq == j->A->iss;
    j->is_syn_again = j->is_syn && same && j->pa->has_said_plain_syn;
    j->is_synack_again = j->is_synack && same && j->pa->has_said_synack;
    if (j->is_syn_again || j->is_synack_again)
        j->gap_ns = j->now_ns - j->pa->syn.last_ns;
    bool after_syn = j->pb->syn.last_ns != j->pb->syn.first_ns &&
                     !sf_history_had_time(j->flow, j->a, j->pb->syn.last_ns, j->now_ns);
    /* Sooner than any timer: the path has doubled the SYN behind this place. */
    j->answers_unseen_syn = j->is_synack_again && !after_syn && j->gap_ns < TIMER_MIN_NS;
    j->answers_syn = (j->is_synack_again && after_syn) || j->answers_unseen_syn;
    j->fits_syn = j->is_synack && ((j->B->known & SF_KNOWS_ISS) == 0 ||
                                   seq_within(j->segment->ack, j->B->iss + 1u, j->pb->syn_end));
    j->is_split_syn = is_split_syn(j);
    bool is_other =
        ((j->A->known & SF_KNOWS_ISS) == 0 || j->segment->seq != j->A->iss) && !j->is_split_syn;
    bool has_fin = (j->segment->flags & SF_FIN) != 0;
    j->is_renumbered = j->is_synack && j->fits_syn && j->pa->has_said_synack && is_other;
    j->is_foreign_syn = (j->is_syn && (j->A->known & SF_KNOWS_SEQ) != 0 && (is_other || has_fin)) ||
                        j->is_renumbered;
    /* An end that has answered the other SYN repeats its SYN,ACK, not its SYN. */
    bool is_over = is_past_handshake(j->A) || (j->is_syn && j->pa->has_said_synack);
    /* Where the other end is not seen, nothing but its SYN,ACK shows that the SYNs crossed. */
    bool is_news = j->is_synack && !j->pa->has_said_synack && (j->B->known & SF_KNOWS_TTL) == 0;
    j->is_stale_syn = (j->is_syn || j->is_synack) && same && is_over && !is_news;
}

static uint8_t features_by_option(const struct sf_options *options)
{
    uint8_t features = 0;
    if ((options->present & SF_OPT_FASTOPEN) != 0)
        features |= FEATURE_FAST_OPEN;
    if ((options->present & SF_OPT_MPTCP) != 0)
        features |= FEATURE_MPTCP;
    if ((options->present & SF_OPT_TIMESTAMPS) != 0)
        features |= FEATURE_TIMESTAMPS;
    if ((options->present & SF_OPT_WSCALE) != 0)
        features |= FEATURE_WSCALE;
    return features;
}

/* What the first SYN had and its repeat has not. Options that were not captured are not left out.
 */
static void judge_fallback(struct judgement *j)
{
    if (!j->is_syn_again || j->is_stale_syn)
        return;
    const uint16_t ecn = SF_AE | SF_CWR | SF_ECE;
    bool has_options =
        (j->segment->quality & (SF_QUALITY_NO_TCP_OPTIONS | SF_QUALITY_BAD_OPTION)) == 0;
    if (has_options)
        j->drops = (uint8_t)(features_by_option(&j->A->options) &
                             ~features_by_option(&j->segment->options));
    if ((j->A->syn_flags & ~j->segment->flags & ecn) != 0)
        j->drops |= FEATURE_ECN;
    if (j->pa->syn_payload > 0 && j->segment->payload == 0)
        j->drops |= FEATURE_DATA;
}

/*
 * Identification and timestamp tell the order of sending (RFC 7323 §3): a segment older than one
 * that passed was overtaken, and one with the same timestamp was sent with that.
 */
static void judge_order(struct judgement *j)
{
    const struct private_end *pa = j->pa;
    j->sent_ns = j->now_ns;
    if (pa->last_ns == SF_NO_TIME)
        return;
    int16_t id = (int16_t)(j->segment->ip_id - pa->newest_ip_id);
    bool has_ids = j->segment->ip_id != 0 && sf_history_ids_count(pa);
    j->is_late = has_ids && id < 0 && id > -ID_NEAR;
    j->is_newer = has_ids && id > 0 && id < ID_NEAR;
    if ((j->segment->options.present & SF_OPT_TIMESTAMPS) == 0 || pa->newest_tsval_ns == SF_NO_TIME)
        return;
    /* Identifications may be random; they decide only where the timestamps do not. */
    int32_t ticks = seq_distance(j->segment->options.tsval, pa->newest_tsval);
    if (ticks != 0) {
        j->is_late = ticks < 0;
        j->is_newer = ticks > 0;
    } else {
        j->sent_ns = pa->newest_tsval_ns;
    }
}

/* An end that waits for the answer to its SYN takes nothing without SYN or RST: RFC 9293 §3.10.7.3,
 * fifth. Data of Fast Open comes behind a SYN,ACK, too. */
static bool is_unasked(const struct judgement *j)
{
    return j->is_plain && j->pb->has_said_plain_syn && (j->A->known & SF_KNOWS_ISS) == 0 &&
           j->flow->complete_ns == SF_NO_TIME;
}

static void judge_fin(struct judgement *j)
{
    if (j->is_fin && is_unasked(j))
        j->is_fin = false;
    bool known = (j->A->known & SF_KNOWS_FIN) != 0 && !j->pa->fin_is_inferred;
    j->is_first_fin = j->is_fin && !known;
    j->fin_was_inferred = j->pa->fin_is_inferred && (!j->is_fin || j->end == j->A->fin);
    j->is_overtaken_fin = j->is_first_fin && j->fin_was_inferred && j->end == j->A->fin &&
                          (j->is_late || seq_before(j->segment->ack, j->A->rcv) ||
                           (!j->is_newer && j->now_ns - j->pa->fin_inferred_ns <= OVERTAKEN_NS));
    j->is_fin_again = j->is_fin && known && j->end == j->A->fin;
    if (j->is_fin_again && j->pa->fin.last_ns != SF_NO_TIME)
        j->gap_ns = j->now_ns - j->pa->fin.last_ns;
}

/* Everything by which packets of one end differ is the same. */
static bool is_alike(const struct judgement *j, const struct sighting *before)
{
    const struct sf_segment *segment = j->segment;
    return segment->options.tsval == before->last_tsval && segment->ack == before->last_ack &&
           segment->payload == before->last_payload && segment->window == before->last_window &&
           segment->ip_id == before->last_ip_id;
}

/*
 * The same packet once more: the path has doubled it. A host gives each packet an identification
 * of its own; where it gives none, the same timestamp sooner than any timer tells as much. Without
 * either, what comes so soon may have been doubled or sent again.
 */
static void judge_copy(struct judgement *j)
{
    bool of_syn = (j->is_syn_again || j->is_synack_again) && is_alike(j, &j->pa->syn);
    bool of_fin = j->is_fin_again && is_alike(j, &j->pa->fin);
    bool is_soon = j->gap_ns < TIMER_MIN_NS;
    bool has_timestamps = (j->segment->options.present & SF_OPT_TIMESTAMPS) != 0;
    if (!of_syn && !of_fin)
        return;
    j->is_path_copy = j->segment->ip_id != 0 || (has_timestamps && is_soon);
    j->may_be_copy = !j->is_path_copy && is_soon;
    if (j->is_path_copy)
        j->is_syn_again = j->is_synack_again = j->is_fin_again = j->answers_syn = false;
}

/* A keepalive (RFC 9293 §3.8.4) or a probe of a closed window (§3.8.6.1) repeats no data. */
static void judge_probe(struct judgement *j)
{
    bool is_below = j->segment->payload <= 1 && j->segment->seq == j->A->max - 1u;
    if (!j->is_plain || j->is_fin || (j->A->known & SF_KNOWS_SEQ) == 0)
        return;
    bool is_closed = j->pb->window_closed_ns != SF_NO_TIME && (j->A->known & SF_KNOWS_FIN) == 0;
    if (is_closed)
        j->is_window_probe = is_below || (j->segment->payload == 1 && j->segment->seq == j->A->una);
    else
        j->is_keepalive = is_below && j->pa->last_ns != SF_NO_TIME &&
                          j->now_ns - j->pa->last_ns >= KEEPALIVE_IDLE_NS &&
                          (sf_judge_is_all_acknowledged(j->A) || j->pa->keepalives > 0);
}

/* How much of the payload lies in front of all that was seen; behind a SYN that is at most an octet
 * on the number of the SYN itself, which no receiver takes. */
static uint32_t octets_in_front(const struct judgement *j)
{
    bool knows_start = (j->A->known & SF_KNOWS_ISS) != 0;
    if ((knows_start && j->text != j->A->iss) || !seq_before(j->text, j->pa->lowest))
        return 0;
    uint32_t before = j->pa->lowest - j->text;
    return before < j->segment->payload ? before : j->segment->payload;
}

/* Splits the payload into what is new, what fills a gap, and what was seen before. */
static void judge_payload(struct judgement *j)
{
    uint32_t payload = j->segment->payload;
    if ((j->A->known & SF_KNOWS_SEQ) == 0) {
        j->fresh = payload;
        return;
    }
    int32_t ahead = seq_distance(j->text, j->A->max);
    j->is_absurd |= j->is_plain && (ahead > FAR || ahead < -FAR);
    if (j->is_absurd)
        return;
    j->is_behind_gap = ahead > 0 && (j->is_plain || j->is_fin);
    j->gap_octets = j->is_behind_gap ? (uint32_t)ahead : 0;
    if (payload == 0 || j->is_keepalive)
        return;
    if (ahead >= 0) {
        j->fresh = payload;
        return;
    }
    uint32_t below = j->A->max - j->text;
    j->fresh = payload > below ? payload - below : 0;
    const struct holes *holes = &j->pa->holes;
    uint32_t right = j->text + (payload - j->fresh);
    for (uint32_t i = 0; i < holes->n; i++) {
        const struct hole *hole = &holes->hole[i];
        uint32_t from = seq_before(j->text, hole->left) ? hole->left : j->text;
        uint32_t to = seq_before(right, hole->right) ? right : hole->right;
        if (!seq_before(from, to))
            continue;
        if (j->late == 0)
            j->filled = *hole;
        j->late += to - from;
    }
    j->early = octets_in_front(j);
    j->again = payload - j->fresh - j->late - j->early;
}

/*
 * The most that `end` can have allowed to be sent: RFC 7323 §2.2. An end whose SYN,ACK has not
 * passed while the other's SYN has is about to open: the window of a SYN,ACK is never scaled, and
 * further away stand only numbers of an earlier connection.
 */
static uint32_t widest_window(const struct judgement *j, const struct sf_end *end)
{
    if (j->pb->has_said_plain_syn && (end->known & SF_KNOWS_ISS) == 0)
        return UINT16_MAX;
    bool both = j->flow->end[0].has_options && j->flow->end[1].has_options;
    return UINT32_C(65535) << (both ? end->wscale : 14u);
}

/* A segment without octets has the next number to be sent (RFC 9293 §3.10.7.4), which never goes
 * back. Keepalives and window probes stand one below it on purpose. */
static bool is_below_next(const struct judgement *j)
{
    uint32_t seq = j->segment->seq;
    bool has_closed = (j->A->known & SF_KNOWS_FIN) != 0;
    uint32_t next = has_closed ? j->A->fin : j->A->max;
    if (!j->is_plain || j->is_fin || j->segment->payload != 0 || j->is_keepalive ||
        j->is_window_probe || (j->A->known & SF_KNOWS_SEQ) == 0 || !seq_before(seq, next))
        return false;
    bool is_refused_syn_data = j->pa->syn_payload > 0 && seq == j->pa->syn_end;
    return !is_refused_syn_data && (has_closed || seq != next - 1u);
}

/* RFC 5961 §5.2: no ACK on its way can lie further back than the largest window. */
static bool is_too_old(const struct judgement *j, uint32_t ack)
{
    uint32_t window = widest_window(j, j->A);
    return (j->B->known & SF_KNOWS_UNA) != 0 && j->A->n_path > 0 &&
           sf_end_state(j->A) != SF_STATE_SYN_SENT &&
           seq_distance(ack, j->B->una) < -(int32_t)window;
}

/* It acknowledges less than the SYN, so that it belongs to another connection. */
static bool is_below_syn(const struct judgement *j)
{
    return j->flow->complete_ns == SF_NO_TIME && (j->B->known & SF_KNOWS_ISS) != 0 &&
           !j->flow->history->is_midstream && seq_not_after(j->segment->ack, j->B->iss);
}

static void judge_ack(struct judgement *j)
{
    if (!j->has_ack || j->is_rst)
        return;
    uint32_t ack = j->segment->ack;
    j->is_old_ack = (j->A->known & SF_KNOWS_RCV) != 0 && seq_before(ack, j->A->rcv);
    j->advances = (j->A->known & SF_KNOWS_RCV) == 0 || seq_before(j->A->rcv, ack);
    j->is_late |= j->is_old_ack && j->is_plain; /* nobody takes an acknowledgment back */
    j->is_late |= is_below_next(j);
    if ((j->B->known & SF_KNOWS_SEQ) != 0 && !j->is_synack) {
        int32_t beyond = seq_distance(ack, j->B->max);
        if (beyond > 0 && (uint32_t)beyond <= widest_window(j, j->A))
            j->unseen = (uint32_t)beyond;
        j->is_bad_ack = (beyond > 0 && j->unseen == 0) || beyond < -FAR || is_too_old(j, ack) ||
                        is_below_syn(j);
    }
    j->covers_fin = !j->is_bad_ack && j->is_plain && (j->B->known & SF_KNOWS_FIN) != 0 &&
                    seq_not_after(j->B->fin, ack);
    j->is_first_cover = j->covers_fin && j->pb->fin_covered_ns == SF_NO_TIME;
}

/* RFC 2883 §4: the first block reports octets below the acknowledgment, or inside another block. */
static void judge_dsack(struct judgement *j)
{
    const struct sf_options *options = &j->segment->options;
    j->is_dsack = (options->present & SF_OPT_SACK) != 0 && j->has_ack &&
                  seq_not_after(options->sack_right, j->segment->ack) &&
                  seq_before(options->sack_left, options->sack_right);
}

/* What lies in front of the number behind the SYN is not accepted, nor is its acknowledgment. */
static void judge_third(struct judgement *j)
{
    j->is_third = j->a == SF_CLIENT && !seq_is_past(j->segment->seq, j->end, j->A->iss + 1u) &&
                  j->is_plain && j->has_ack && !j->is_bad_ack &&
                  j->flow->complete_ns == SF_NO_TIME && j->pa->has_said_plain_syn &&
                  !j->pa->has_said_synack && !j->pb->has_said_plain_syn &&
                  !j->flow->history->rst_accepted &&
                  ((j->B->known & SF_KNOWS_ISS) == 0 || seq_before(j->B->iss, j->segment->ack));
}

/*
 * Soon after means within the round trip. Where nothing else was left to acknowledge, and the
 * window is the old one, there is no other reason for an ACK, and a slow answer is one as well.
 */
static bool is_answer_in_time(const struct judgement *j)
{
    int64_t asked_ns = j->pa->provoked_ns;
    bool has_no_other_reason = (j->B->known & SF_KNOWS_SEQ) != 0 && j->A->rcv == j->B->max &&
                               (uint32_t)j->segment->window << j->A->wscale == j->A->window;
    int64_t slow_ns = has_no_other_reason ? RTT_UNKNOWN_NS : 0;
    return !sf_history_had_time(j->flow, j->a, asked_ns, j->now_ns - slow_ns);
}

/* A bare ACK with the current numbers, soon after something that RFC 5961 answers so. */
static void judge_challenge(struct judgement *j)
{
    if (j->pa->provoked_ns == SF_NO_TIME || !j->is_plain || j->is_fin || j->segment->payload != 0)
        return;
    bool is_current = j->has_ack && j->segment->seq == j->A->max && !j->is_old_ack &&
                      j->unseen == 0 && (j->A->known & SF_KNOWS_RCV) != 0 &&
                      j->segment->ack == j->A->rcv;
    j->is_challenge = is_current && is_answer_in_time(j);
}

/* Past its handshake, or where the capture begins later, past an ACK of its own. */
static bool must_acknowledge(const struct judgement *j)
{
    const struct sf_flow *flow = j->flow;
    bool is_open = flow->complete_ns != SF_NO_TIME ||
                   flow->handshake == SF_HANDSHAKE_SIMULTANEOUS ||
                   (flow->history->is_midstream && j->pa->n_sent_acks > 0);
    return j->is_plain && is_open;
}

/* RFC 9293 §3.1; the gravest first. What follows a header of impossible length cannot be read. */
static enum sf_detail find_odd(const struct judgement *j)
{
    const struct sf_segment *s = j->segment;
    if (s->kind != SF_SEGMENT_SENT)
        return SF_DETAIL_NONE;
    if ((s->quality & SF_QUALITY_BAD_OFFSET) != 0)
        return SF_DETAIL_BAD_OFFSET;
    if (j->is_rst && (s->flags & SF_SYN) != 0)
        return SF_DETAIL_SYN_WITH_RST;
    if (j->is_rst && (s->flags & SF_FIN) != 0)
        return SF_DETAIL_FIN_WITH_RST;
    if (!j->has_ack && must_acknowledge(j))
        return SF_DETAIL_WITHOUT_ACK;
    if ((s->quality & SF_QUALITY_BAD_OPTION) != 0)
        return SF_DETAIL_BAD_OPTION;
    if (s->reserved != 0)
        return SF_DETAIL_RESERVED_BITS;
    if (!j->has_ack && s->ack != 0)
        return SF_DETAIL_ACK_FIELD;
    return (s->flags & SF_URG) == 0 && s->urgent != 0 ? SF_DETAIL_URGENT_FIELD : SF_DETAIL_NONE;
}

void sf_judge_clear(struct judgement *j)
{
    memset(j, 0, offsetof(struct judgement, heard));
}

void sf_judge(struct judgement *j, struct machine *machine, struct sf_flow *flow,
              const struct sf_segment *segment, struct sf_step *step)
{
    sf_judge_clear(j);
    j->machine = machine;
    j->flow = flow;
    j->segment = segment;
    j->step = step;
    j->a = sf_flow_sender(flow, segment);
    j->b = sf_other(j->a);
    j->A = &flow->end[j->a];
    j->B = &flow->end[j->b];
    j->pa = &flow->history->end[j->a];
    j->pb = &flow->history->end[j->b];
    j->now_ns = segment->time_ns;
    judge_flags(j);
    judge_order(j);
    sf_departure_judge(j);
    judge_syn(j);
    judge_fin(j);
    judge_copy(j);
    judge_fallback(j);
    judge_probe(j);
    judge_payload(j);
    judge_ack(j);
    judge_dsack(j);
    judge_third(j);
    judge_challenge(j);
    j->odd = find_odd(j);
}
