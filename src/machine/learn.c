#include "machine/learn.h"

#include <string.h>

#include "machine/departure.h"
#include "machine/foreign.h"
#include "machine/seq.h"

#define WSCALE_MAX 14u /* RFC 7323 §2.3 */

/* ---- the first segment ------------------------------------------------------------------------
 */

/* Ports below 1024 apart, these are where servers listen. */
static bool is_server_port(uint16_t port)
{
    static const uint16_t known[] = {1080, 1194, 1433, 1521,  1723,  1883,  2049, 2375, 3000, 3128,
                                     3268, 3306, 3389, 4369,  5000,  5060,  5061, 5222, 5432, 5601,
                                     5672, 5900, 5984, 6379,  6443,  6667,  8000, 8008, 8080, 8081,
                                     8086, 8088, 8443, 8500,  8883,  8888,  9000, 9042, 9090, 9092,
                                     9200, 9300, 9418, 10000, 11211, 15672, 27017};
    if (port < 1024)
        return true;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i] == port)
            return true;
    }
    return false;
}

/* Which end of the key looks like the client: the one with the larger port, unless exactly one of
 * the two ports is a server's. */
static uint8_t guess_client(const struct sf_key *key)
{
    bool first = is_server_port(key->port[0]), second = is_server_port(key->port[1]);
    if (first != second)
        return first ? 1 : 0;
    return key->port[0] >= key->port[1] ? 0 : 1;
}

static void start_at(struct sf_flow *flow, enum sf_state client, enum sf_state server)
{
    flow->history->end[SF_CLIENT].start = (uint8_t)client;
    flow->history->end[SF_SERVER].start = (uint8_t)server;
}

/* A SYN that did not pass here: what acknowledges it tells its number. */
static void infer_syn(struct sf_end *opener, uint32_t ack)
{
    opener->iss = ack - 1u;
    if ((opener->known & SF_KNOWS_SEQ) == 0) {
        opener->first = opener->una = ack - 1u;
        opener->max = ack;
    }
    opener->known |= SF_KNOWS_ISS | SF_KNOWS_SEQ;
}

/* A SYN,ACK first: it proves SYN_RCVD of its sender, and tells the SYN that did not pass here. */
static void begin_with_synack(struct sf_flow *flow, const struct sf_segment *segment)
{
    bool is_asked = !flow->history->is_dead_duplicate;
    flow->client = (uint8_t)(1u - segment->from);
    start_at(flow, is_asked ? SF_STATE_SYN_SENT : SF_STATE_CLOSED, SF_STATE_NONE);
    infer_syn(&flow->end[SF_CLIENT], segment->ack);
    flow->history->end[SF_CLIENT].syn_end = segment->ack;
}

/* What no TCP sends: RFC 9293 §3.10.7 wants an ACK on everything behind the SYN. */
static enum sf_method probe_of(const struct sf_segment *segment)
{
    if ((segment->quality & (SF_QUALITY_BAD_OFFSET | SF_QUALITY_MORE_FRAGMENTS)) != 0)
        return SF_METHOD_NONE; /* flags that cannot be trusted, or that come with the rest */
    switch (segment->flags & (SF_FIN | SF_SYN | SF_RST | SF_PSH | SF_ACK | SF_URG)) {
    case 0:
        return SF_METHOD_NO_FLAGS;
    case SF_FIN:
        return SF_METHOD_FIN;
    case SF_FIN | SF_PSH | SF_URG:
        return SF_METHOD_XMAS;
    case SF_SYN | SF_FIN:
        return SF_METHOD_SYN_FIN;
    default:
        return SF_METHOD_NONE;
    }
}

bool sf_learn_is_probe(const struct sf_flow *flow, const struct sf_segment *segment)
{
    return flow->history->probe != SF_METHOD_NONE && flow->history->probe != SF_METHOD_SYN_FIN &&
           (segment->flags & (SF_SYN | SF_RST | SF_ACK)) == 0;
}

static void begin_midstream(struct sf_flow *flow, const struct sf_segment *segment)
{
    struct sf_history *history = flow->history;
    bool is_probe = history->probe != SF_METHOD_NONE;
    flow->client = is_probe ? segment->from : guess_client(&flow->key);
    history->is_midstream = true;
    history->roles_are_guessed = true;
    enum sf_side sender = sf_flow_sender(flow, segment);
    enum sf_state unknown = SF_STATE_ESTABLISHED;
    start_at(flow, unknown, unknown);
    if ((segment->flags & SF_RST) != 0 || is_probe)
        start_at(flow, SF_STATE_CLOSED, SF_STATE_CLOSED);
    else if ((segment->flags & SF_FIN) != 0)
        history->end[sender].start = SF_STATE_FIN_WAIT_1;
}

void sf_learn_begin(struct sf_flow *flow, const struct sf_segment *segment)
{
    flow->history->is_self_connected =
        flow->key.port[0] == flow->key.port[1] &&
        memcmp(flow->key.addr[0], flow->key.addr[1], sizeof flow->key.addr[0]) == 0;
    flow->history->probe = (uint8_t)probe_of(segment);
    if ((segment->flags & (SF_SYN | SF_RST)) != SF_SYN) {
        begin_midstream(flow, segment);
    } else if ((segment->flags & SF_ACK) != 0) {
        begin_with_synack(flow, segment);
    } else {
        flow->client = segment->from;
        start_at(flow, SF_STATE_CLOSED, SF_STATE_LISTEN);
    }
}

static void swap_ends(struct sf_flow *flow)
{
    struct sf_history *history = flow->history;
    struct sf_end end = flow->end[0];
    flow->end[0] = flow->end[1];
    flow->end[1] = end;
    struct private_end private_end = history->end[0];
    history->end[0] = history->end[1];
    history->end[1] = private_end;
    if (flow->closed_by != SF_NOBODY)
        flow->closed_by = (uint8_t)sf_other((enum sf_side)flow->closed_by);
    for (uint32_t i = 0; i < flow->n_found; i++) {
        if (history->found[i].side != SF_NOBODY)
            history->found[i].side = (uint8_t)sf_other((enum sf_side)history->found[i].side);
    }
    flow->client = (uint8_t)(1u - flow->client);
}

void sf_learn_roles(struct sf_flow *flow, const struct sf_segment *segment)
{
    if (!flow->history->roles_are_guessed || (segment->flags & (SF_SYN | SF_RST)) != SF_SYN)
        return;
    bool is_synack = (segment->flags & SF_ACK) != 0;
    flow->history->roles_are_guessed = false;
    if ((sf_flow_sender(flow, segment) == SF_CLIENT) == is_synack)
        swap_ends(flow);
}

/* ---- what was sent ----------------------------------------------------------------------------
 */

/* Windows are scaled only when both SYNs carried the option: RFC 7323 §2.2. */
void sf_learn_scale(struct sf_flow *flow)
{
    bool both = true;
    for (int side = 0; side < 2; side++) {
        const struct sf_end *end = &flow->end[side];
        both = both && end->has_options && (end->options.present & SF_OPT_WSCALE) != 0;
    }
    for (int side = 0; both && side < 2; side++) {
        uint8_t shift = flow->end[side].options.wscale;
        flow->end[side].wscale = shift > WSCALE_MAX ? WSCALE_MAX : shift;
    }
}

static void learn_first(struct judgement *j)
{
    struct sf_end *end = j->A;
    if ((end->known & SF_KNOWS_TTL) == 0) {
        end->ttl = j->segment->ttl;
        end->known |= SF_KNOWS_TTL;
    }
    if ((end->known & SF_KNOWS_SEQ) != 0 || j->is_rst)
        return;
    end->first = end->max = end->una = j->segment->seq;
    j->pa->max_ns = j->now_ns;
    j->pa->lowest = j->text;
    end->known |= SF_KNOWS_SEQ;
}

static void learn_syn(struct judgement *j)
{
    struct sf_end *end = j->A;
    sf_sighting_add(&j->pa->syn, j->segment, j->pb->last_ns);
    if (j->is_syn) {
        j->pa->has_said_plain_syn = true;
        j->flow->history->has_syn = true;
    } else {
        j->pa->has_said_synack = true;
    }
    if (end->has_options)
        return;
    if (j->is_split_syn)
        end->max = end->una = j->segment->seq;
    end->iss = end->first = j->segment->seq;
    end->known |= SF_KNOWS_ISS;
    end->options = j->segment->options;
    end->syn_flags = j->segment->flags;
    end->has_options = true;
    j->pa->syn_payload = j->segment->payload;
    bool has_fin =
        (j->segment->flags & SF_FIN) != 0; /* RFC 9293 §3.10.7.2: it comes after the SYN */
    j->pa->syn_end = j->text + j->segment->payload + (has_fin ? 1u : 0u);
    j->pa->syn_has_fin = has_fin;
    sf_learn_scale(j->flow);
}

static void learn_fin(struct judgement *j)
{
    if (j->is_first_fin) {
        j->A->fin = j->end;
        j->A->known |= SF_KNOWS_FIN;
        j->pa->fin_is_inferred = false;
        j->pa->first_fin_ack = j->segment->ack;
        j->pa->first_fin_has_ack = j->has_ack;
        /* Or it comes with an old timestamp, and is dropped: RFC 7323 §5.3. */
        j->pa->fin_had_to_wait = j->is_late || seq_before(j->A->una, j->segment->seq);
        j->pa->fin_ttl = j->segment->ttl;
    }
    if (j->is_first_fin || j->is_fin_again)
        sf_sighting_add(&j->pa->fin, j->segment, j->pb->last_ns);
}

static void open_gap(struct judgement *j)
{
    struct hole gap = {.left = j->A->max,
                       .right = j->text,
                       .opened_ns = j->now_ns,
                       .opened_ts = j->segment->options.tsval,
                       .opened_id = j->segment->ip_id};
    sf_holes_open(&j->pa->holes, &gap);
}

/*
 * The end of A's payload or FIN is where the next acknowledgment of B can be timed. A repeat makes
 * the sample void: which of the two is acknowledged would be a guess (Karn's rule, RFC 6298 §3).
 */
static void sample_rtt(struct judgement *j, bool is_new)
{
    struct private_end *timer = j->pb;
    if (is_new && (timer->sample_ns == SF_NO_TIME || j->is_syn || j->is_synack)) {
        timer->sample_end = j->end;
        timer->sample_ns = j->now_ns;
    } else if (j->is_syn_again || j->is_synack_again) {
        timer->sample_ns = j->now_ns;
    } else if ((j->again > 0 || j->is_fin_again) && timer->sample_ns != SF_NO_TIME) {
        timer->sample_ns = SF_NO_TIME;
    }
}

/* What lies between the payload and the octets behind it was not seen either. */
static void learn_early(struct judgement *j)
{
    uint32_t right = j->text + j->segment->payload;
    if (j->early == 0)
        return;
    if (seq_before(right, j->pa->lowest)) {
        struct hole gap = {.left = right,
                           .right = j->pa->lowest,
                           .opened_ns = j->now_ns,
                           .opened_ts = j->segment->options.tsval,
                           .opened_id = j->segment->ip_id};
        sf_holes_open(&j->pa->holes, &gap);
    }
    j->pa->lowest = j->text;
}

void sf_learn_sent(struct judgement *j)
{
    if ((j->is_synack && !j->fits_syn) || j->is_absurd || j->is_foreign_syn)
        return;
    learn_first(j);
    if (j->is_rst)
        return;
    if ((j->is_syn || j->is_synack) && !j->is_stale_syn && !j->is_path_copy)
        learn_syn(j);
    if (!j->is_path_copy && !j->may_be_copy)
        j->pa->spoke_plainly = j->is_plain;
    bool is_new = seq_before(j->A->max, j->end);
    j->pa->fin_had_to_wait |=
        j->again + j->late > 0 && !j->is_fin && (j->A->known & SF_KNOWS_FIN) != 0;
    bool fin_is_odd = j->is_fin && !j->is_first_fin && !j->is_fin_again;
    if (j->is_behind_gap && is_new && !j->is_bad_ack)
        open_gap(j);
    if (j->late > 0 || (j->is_fin && !is_new))
        sf_holes_fill(&j->pa->holes, j->text, j->end, NULL);
    if (is_new && !fin_is_odd) {
        j->A->max = j->end;
        j->pa->max_ns = j->now_ns;
    }
    learn_fin(j);
    sample_rtt(j, is_new);
    learn_early(j);
    j->A->bytes += j->fresh + j->late + j->early;
    if (j->fresh + j->late > 0) {
        j->pa->last_payload_ns = j->now_ns;
        j->pa->last_payload_number = j->segment->number;
    }
    if (j->segment->payload > 0) {
        uint32_t payload_end = j->text + j->segment->payload;
        if (j->pa->last_octets_ns == SF_NO_TIME || seq_before(j->pa->payload_end, payload_end))
            j->pa->payload_end = payload_end;
        j->pa->last_octets_ns = j->now_ns;
        j->flow->history->has_data = true;
    }
    if (j->fresh > 0 && j->pb->fin_covered_ns != SF_NO_TIME && !j->pa->sent_after_fin) {
        j->pa->sent_after_fin = true;
        j->pa->after_fin_seq = j->text;
    }
}

/* ---- what is acknowledged ---------------------------------------------------------------------
 */

static void keep_smallest_rtt(struct sf_end *end, int64_t rtt_ns)
{
    if (rtt_ns < 0)
        return;
    if ((end->known & SF_KNOWS_RTT) == 0 || rtt_ns < end->rtt_ns)
        end->rtt_ns = rtt_ns;
    end->known |= SF_KNOWS_RTT;
}

/* Of several SYNs or SYN,ACKs the timestamp echo tells which one is answered: RFC 7323 §4.3.
 * Without one there is nothing to time (Karn's rule). */
static int64_t answered_at(const struct judgement *j)
{
    const struct sighting *syn = &j->pb->syn;
    bool was_repeated = j->B->syn_repeats + j->B->synack_repeats > 0;
    if (!was_repeated || j->pa->sample_end != j->pb->syn_end)
        return j->pa->sample_ns;
    if ((j->segment->options.present & SF_OPT_TIMESTAMPS) == 0)
        return SF_NO_TIME;
    /* An echo of the first one tells that it came, not when it was answered. */
    bool echoes_last =
        j->segment->options.tsecr == syn->last_tsval && syn->last_tsval != syn->first_tsval;
    return echoes_last ? syn->last_ns : SF_NO_TIME;
}

static void time_acknowledgment(struct judgement *j)
{
    struct private_end *pa = j->pa;
    if (pa->sample_ns == SF_NO_TIME || seq_before(j->segment->ack, pa->sample_end))
        return;
    int64_t answered_ns = answered_at(j);
    /* A FIN that covers the first one may be the repeat of a lost one: as late as its timer is. */
    bool may_be_repeat = j->is_fin && j->covers_fin;
    if (answered_ns != SF_NO_TIME && !may_be_repeat)
        keep_smallest_rtt(j->A, j->now_ns - answered_ns);
    pa->sample_ns = SF_NO_TIME;
}

/* B was never seen: what A acknowledges tells where B stands. */
static void infer_peer(struct judgement *j)
{
    struct sf_end *peer = j->B;
    peer->max = peer->una = peer->first = j->segment->ack;
    peer->known |= SF_KNOWS_SEQ;
}

/* The handshake is complete, and no SYN,ACK passed: it has the number before the first that B is
 * known by. */
static void infer_synack(struct judgement *j)
{
    struct sf_end *peer = j->B;
    uint32_t next = peer->first;
    peer->iss = peer->first = next - 1u;
    peer->known |= SF_KNOWS_ISS;
    j->pb->syn_end = next;
    struct entry synack = sf_log_entry(j->segment, ENTRY_INFERRED);
    synack.flags = SF_SYN | SF_ACK;
    synack.number = 0;
    synack.seq = next - 1u;
    synack.end = next;
    synack.ack = j->pa->syn_end;
    sf_log_append(&j->pb->log, &synack);
    synack.bits = ENTRY_HEARD;
    sf_log_append(&j->pa->log, &synack);
}

/* Octets of B that A has, but that never passed here. */
static void credit_unseen(struct judgement *j)
{
    struct hole gap = {.left = j->B->max, .right = j->segment->ack, .opened_ns = j->now_ns};
    sf_holes_open(&j->pb->holes, &gap);
    j->B->max = j->segment->ack;
    j->pb->max_ns = SF_NO_TIME;
}

void sf_learn_acknowledged(struct judgement *j)
{
    if (!j->has_ack || j->is_rst || j->is_bad_ack || j->is_absurd ||
        (j->is_synack && (!j->fits_syn || j->is_renumbered)))
        return;
    uint32_t ack = j->segment->ack;
    if ((j->B->known & SF_KNOWS_SEQ) == 0)
        infer_peer(j);
    if (j->is_third && (j->B->known & SF_KNOWS_ISS) == 0)
        infer_synack(j);
    if (j->is_synack && (j->B->known & SF_KNOWS_ISS) == 0)
        infer_syn(j->B, ack);
    if (j->is_synack)
        j->pb->syn_end = ack; /* what of the SYN's data was not taken comes again */
    if (j->unseen > 0)
        credit_unseen(j);
    if ((j->A->known & SF_KNOWS_RCV) == 0 || seq_before(j->A->rcv, ack)) {
        if ((j->A->known & SF_KNOWS_RCV) != 0)
            j->pa->acks_advanced++;
        j->A->rcv = ack;
        j->A->known |= SF_KNOWS_RCV;
    }
    if ((j->B->known & SF_KNOWS_UNA) == 0 || seq_before(j->B->una, ack)) {
        j->B->una = ack;
        j->B->known |= SF_KNOWS_UNA;
        memset(&j->pb->stubborn, 0, sizeof j->pb->stubborn);
    }
    time_acknowledgment(j);
    if (j->is_first_cover) {
        j->pb->fin_covered_ns = j->now_ns;
        j->pb->fin_covered_number = j->segment->number;
    }
    if (j->is_dsack)
        j->pa->dsacks++;
}

/* ---- manners ----------------------------------------------------------------------------------
 */

void sf_learn_window(struct judgement *j)
{
    bool is_syn = (j->segment->flags & SF_SYN) != 0;
    if (j->is_rst || j->is_stale_syn || j->is_foreign_syn)
        return;
    j->A->window = (uint32_t)j->segment->window << (is_syn ? 0u : j->A->wscale);
    if (is_syn || j->is_old_ack)
        return;
    bool is_closed = j->pa->window_closed_ns != SF_NO_TIME;
    j->window_closes = !is_closed && j->segment->window == 0 && !j->covers_fin;
    j->window_opens = is_closed && j->segment->window > 0;
    if (j->window_opens)
        j->window_closed_for_ns = j->now_ns - j->pa->window_closed_ns;
    if (j->window_closes || j->window_opens)
        j->pa->window_closed_ns = j->window_closes ? j->now_ns : SF_NO_TIME;
    if (j->window_opens)
        j->pa->window_opened_ns = j->now_ns;
    if (j->window_closes)
        j->pb->window_probes = 0;
}

/* Silence suggested that an end gave up, and now it, or the other end, speaks again. */
static void withdraw_gave_up(struct judgement *j)
{
    if (!j->flow->history->gave_up)
        return;
    j->flow->history->gave_up = false;
    j->step->first_found -= sf_history_drop_found(j->flow, SF_CODE_GAVE_UP);
}

static void learn_keepalive(struct judgement *j)
{
    withdraw_gave_up(j);
    j->pb->keepalives = 0; /* whatever A sends is a sign of life */
    if (j->is_window_probe)
        j->pa->window_probes++;
    if (!j->is_keepalive) {
        j->pa->keepalives = 0;
        return;
    }
    j->pa->keepalive_interval_ns =
        j->now_ns - (j->pa->keepalives > 0 ? j->pa->keepalive_ns : j->pa->last_ns);
    j->pa->keepalives++;
    j->pa->keepalive_ns = j->now_ns;
}

/* Repeats of the lowest octets that are not acknowledged yet: RFC 9293 §3.8.3. */
static void learn_stubborn(struct judgement *j)
{
    struct stubborn *stubborn = &j->pa->stubborn;
    bool repeats = (j->again > 0 || j->is_fin_again) && !j->is_keepalive &&
                   !sf_judge_is_all_acknowledged(j->A) && seq_not_after(j->text, j->A->una) &&
                   (j->A->known & SF_KNOWS_UNA) != 0;
    if (!repeats)
        return;
    int64_t before_ns = stubborn->count > 0 ? stubborn->last_ns : j->pa->last_ns;
    stubborn->interval_ns = before_ns == SF_NO_TIME ? 0 : j->now_ns - before_ns;
    stubborn->seq = j->text;
    stubborn->count++;
    stubborn->last_ns = j->now_ns;
    stubborn->number = j->segment->number;
}

static void remember_ack(struct private_end *end, uint32_t ack, int64_t now_ns)
{
    if (end->n_sent_acks == 0 || now_ns - end->sent_ack_ns[0] > RTT_UNKNOWN_NS)
        end->row_ack = ack;
    if (end->n_sent_acks > 0 && end->sent_ack[0] == ack) {
        end->sent_ack_ns[0] = now_ns;
        return;
    }
    end->last_advance = end->n_sent_acks > 0 ? ack - end->sent_ack[0] : 0;
    for (unsigned i = SENT_ACKS - 1u; i > 0; i--) {
        end->sent_ack[i] = end->sent_ack[i - 1u];
        end->sent_ack_ns[i] = end->sent_ack_ns[i - 1u];
    }
    end->sent_ack[0] = ack;
    end->sent_ack_ns[0] = now_ns;
    if (end->n_sent_acks < SENT_ACKS)
        end->n_sent_acks++;
}

static void learn_id(struct private_end *end, uint16_t id)
{
    if (id == 0)
        return;
    int16_t step = (int16_t)(id - end->newest_ip_id);
    if (end->newest_ip_id != 0 && step != 0) {
        bool is_near = step > -ID_NEAR && step < ID_NEAR;
        end->ids_jump |= !is_near;
        end->misses_ids |= step != 1;
        if (step > 0 && is_near && end->id_steps < UINT8_MAX)
            end->id_steps++;
    }
    end->newest_ip_id = id;
}

/* RSTs are made without the connection's timestamps and identifications. */
static void learn_order(struct judgement *j)
{
    const struct sf_options *options = &j->segment->options;
    if (j->is_rst || j->is_late)
        return;
    learn_id(j->pa, j->segment->ip_id);
    bool has_timestamp = (options->present & SF_OPT_TIMESTAMPS) != 0;
    if (has_timestamp &&
        (j->pa->newest_tsval_ns == SF_NO_TIME || options->tsval != j->pa->newest_tsval)) {
        j->pa->newest_tsval = options->tsval;
        j->pa->newest_tsval_ns = j->now_ns;
    }
}

/* Does it show that A has not sent a FIN yet? What has payload may be a repeat. */
static bool stands_open(const struct judgement *j)
{
    bool is_new = j->advances || j->is_newer || j->pa->last_ns == SF_NO_TIME;
    bool has_nothing_out = (j->segment->flags & SF_SYN) != 0 || sf_judge_is_all_acknowledged(j->A);
    return (j->A->known & SF_KNOWS_FIN) == 0 && is_new && has_nothing_out && j->end == j->A->max &&
           !j->is_rst && j->segment->payload == 0 && !j->is_late && !j->is_path_copy &&
           sf_holes_before(&j->pa->holes, j->A->max) == NULL;
}

void sf_learn_manners(struct judgement *j)
{
    sf_departure_learn(j);
    learn_order(j);
    if (!j->is_rst) {
        learn_keepalive(j);
        learn_stubborn(j);
    }
    if (j->has_ack && !j->is_rst)
        remember_ack(j->pa, j->segment->ack, j->now_ns);
    if (j->is_plain && j->segment->payload > 0)
        j->pa->syn_data_again = true;
    if (stands_open(j)) {
        j->pa->stood_ns = j->departed_ns;
        j->pa->stood_seq = j->end;
        j->pa->misses_ids = false;
    }
    j->pa->last_ns = j->now_ns;
    j->pa->last_number = j->segment->number;
    j->pa->last_flags = j->segment->flags;
    j->pa->last_ip_id = j->segment->ip_id;
    j->pa->last_tsval = j->segment->options.tsval;
    j->pa->segments++;
    if (j->is_rst) {
        j->pa->resets++;
        j->pa->own_resets += j->is_believed ? 1u : 0u;
        j->pa->last_rst_ns = j->now_ns;
        j->pa->last_rst_seq = j->segment->seq;
        bool refuses_syn = j->segment->seq == 0;
        if (!refuses_syn && !j->answers_bad_ack)
            j->pa->ended_ns = j->now_ns;
    } else {
        sf_foreign_learn_ttl(j->pa, j->segment->ttl);
    }
}
