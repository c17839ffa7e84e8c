#include "machine/crowd.h"

#include <string.h>

#include "machine/cookies.h"
#include "machine/floods.h"
#include "machine/isns.h"
#include "machine/judge.h"
#include "machine/scans.h"
#include "machine/seq.h"

#define BACKSCATTER_MIN       10u
#define BACKSCATTER_WINDOW_NS INT64_C(60000000000)

/* Behind a SYN,ACK, a RST of the client that comes so soon was not the user's doing. */
#define SCAN_NS        INT64_C(5000000)
#define LATE_ANSWER_NS INT64_C(3000000000)

bool sf_crowd_init(struct crowd *crowd)
{
    return sf_places_init(&crowd->hosts, sizeof(struct host), HOST_SETS) &&
           sf_places_init(&crowd->scans, sizeof(struct scan), SCAN_SETS) &&
           sf_places_init(&crowd->services, sizeof(struct service), SERVICE_SETS) &&
           sf_places_init(&crowd->bygones, sizeof(struct bygone), BYGONE_SETS);
}

void sf_crowd_release(struct crowd *crowd)
{
    sf_places_release(&crowd->hosts);
    sf_places_release(&crowd->scans);
    sf_places_release(&crowd->services);
    sf_places_release(&crowd->bygones);
}

/* ---- keys -------------------------------------------------------------------------------------
 */

static unsigned end_of(const struct sf_flow *flow, enum sf_side side)
{
    return side == SF_CLIENT ? flow->client : 1u - flow->client;
}

struct crowd_key sf_crowd_key(const struct sf_flow *flow)
{
    struct crowd_key key = {.tunnel_id = flow->key.tunnel_id,
                            .vlan = {flow->key.vlan[0], flow->key.vlan[1]},
                            .ip = flow->key.ip};
    return key;
}

void sf_crowd_put_address(struct crowd_key *key, unsigned at, const struct sf_flow *flow,
                          enum sf_side side)
{
    memcpy(key->addr[at], flow->key.addr[end_of(flow, side)], sizeof key->addr[at]);
}

uint64_t sf_crowd_address(const struct sf_flow *flow, enum sf_side side)
{
    const uint8_t *address = flow->key.addr[end_of(flow, side)];
    uint64_t high = 0, low = 0;
    if (flow->key.ip == 4) {
        for (unsigned i = 0; i < 4; i++)
            low = low << 8 | address[i];
        return low;
    }
    for (unsigned i = 0; i < 8; i++) {
        high = high << 8 | address[i];
        low = low << 8 | address[i + 8];
    }
    return low ^ high * UINT64_C(0x9e3779b97f4a7c15);
}

uint16_t sf_crowd_port(const struct sf_flow *flow, enum sf_side side)
{
    return flow->key.port[end_of(flow, side)];
}

struct host *sf_crowd_host(struct judgement *j, enum sf_side side)
{
    struct crowd_key key = sf_crowd_key(j->flow);
    sf_crowd_put_address(&key, 0, j->flow, side);
    return sf_places_take(&j->machine->crowd.hosts, &key, j->now_ns);
}

static struct crowd_key service_key(const struct sf_flow *flow)
{
    struct crowd_key key = sf_crowd_key(flow);
    sf_crowd_put_address(&key, 0, flow, SF_SERVER);
    key.port[0] = sf_crowd_port(flow, SF_SERVER);
    return key;
}

struct service *sf_crowd_service(struct judgement *j)
{
    struct crowd_key key = service_key(j->flow);
    return sf_places_take(&j->machine->crowd.services, &key, j->now_ns);
}

/* ---- news -------------------------------------------------------------------------------------
 */

struct sf_found *sf_crowd_tell(struct judgement *j, enum sf_code code, enum sf_side side)
{
    struct crowd *crowd = &j->machine->crowd;
    bool has_one = sf_history_found(j->flow, code, SF_NOBODY) != NULL;
    if (crowd->n_news == NEWS_MAX || j->flow->n_found + NEWS_MAX > FOUND_MAX || has_one)
        return NULL;
    struct sf_found *found = &crowd->news[crowd->n_news++];
    *found = (struct sf_found){.code = (uint8_t)code, .side = (uint8_t)side};
    j->step->marks |= SF_MARK_CROWD;
    return found;
}

struct told *sf_crowd_follow(struct judgement *j, enum sf_code code, const struct crowd_key *of)
{
    struct crowd *crowd = &j->machine->crowd;
    struct told *told = &crowd->told[crowd->next_told];
    for (unsigned i = 0; i < TOLD_MAX && told->flow != NULL; i++) {
        told = &crowd->told[(crowd->next_told + i) % TOLD_MAX];
    }
    crowd->next_told = (uint32_t)(told - crowd->told + 1) % TOLD_MAX;
    memset(told, 0, sizeof *told);
    told->of = *of;
    told->code = (uint8_t)code;
    told->flow = j->flow;
    j->flow->history->counted |= COUNTED_TOLD;
    return told;
}

struct told *sf_crowd_told(struct crowd *crowd, enum sf_code code, const struct crowd_key *of)
{
    for (unsigned i = 0; i < TOLD_MAX; i++) {
        struct told *told = &crowd->told[i];
        if (told->flow != NULL && told->code == code && memcmp(&told->of, of, sizeof *of) == 0)
            return told;
    }
    return NULL;
}

struct sf_found *sf_crowd_found(const struct told *told)
{
    return sf_history_found(told->flow, (enum sf_code)told->code, SF_NOBODY);
}

void sf_crowd_forget(struct crowd *crowd, const struct sf_flow *flow)
{
    if ((flow->history->counted & COUNTED_TOLD) == 0)
        return;
    for (unsigned i = 0; i < TOLD_MAX; i++) {
        if (crowd->told[i].flow == flow)
            crowd->told[i].flow = NULL;
    }
    struct crowd_key key = service_key(flow);
    struct service *service = sf_places_find(&crowd->services, &key);
    if (service != NULL && service->lost_ack == flow)
        service->lost_ack = NULL;
}

/* ---- one connection after the other -----------------------------------------------------------
 */

static bool is_counted(const struct judgement *j, enum counted what)
{
    return (j->flow->history->counted & what) != 0;
}

/* Counts it from now on. Returns false when it was counted before. */
static bool count_once(struct judgement *j, enum counted what)
{
    bool is_new = !is_counted(j, what);
    j->flow->history->counted |= (uint16_t)what;
    return is_new;
}

/* Both ports, and who the other end is. */
static uint64_t ports_of(const struct sf_flow *flow, enum sf_side side)
{
    uint64_t ports = (uint64_t)flow->key.port[0] << 16 | flow->key.port[1];
    return (sf_crowd_address(flow, sf_other(side)) * UINT64_C(0x9e3779b97f4a7c15)) ^ ports;
}

static void note_isn(struct judgement *j)
{
    struct host *host = sf_crowd_host(j, j->a);
    uint32_t n_alike;
    enum sf_detail detail =
        sf_isns_add(&host->isns, j->segment->seq, ports_of(j->flow, j->a), j->now_ns, &n_alike);
    uint32_t weight = host->isns.n < ISNS_KEPT ? host->isns.n : ISNS_KEPT;
    if (host->place.weight < weight)
        host->place.weight = weight;
    if (detail == SF_DETAIL_NONE || host->is_isn_told)
        return;
    struct sf_found *found = sf_crowd_tell(j, SF_CODE_ISN_UNCHANGED, j->a);
    if (found == NULL)
        return;
    host->is_isn_told = true;
    host->place.weight = UINT32_MAX - 1u; /* told once: it must not come back as a stranger */
    found->certainty = SF_PROBABLE;
    found->detail = (uint8_t)detail;
    found->figure[0] = n_alike;
}

static void note_asked(struct judgement *j)
{
    const struct sf_history *history = j->flow->history;
    if (history->is_dead_duplicate || history->probe != SF_METHOD_NONE ||
        !count_once(j, COUNTED_ASKED))
        return;
    note_isn(j);
    if (!history->has_predecessor)
        sf_floods_asked(j);
}

static void note_answered(struct judgement *j)
{
    if (j->flow->history->is_dead_duplicate || !count_once(j, COUNTED_ANSWERED))
        return;
    note_isn(j);
    sf_floods_answered(j);
}

static void note_complete(struct judgement *j)
{
    if (!is_counted(j, COUNTED_ASKED) || !count_once(j, COUNTED_COMPLETE))
        return;
    sf_scans_succeeded(j);
    sf_floods_complete(j);
}

/*
 * The client's host answers the SYN,ACK like one that never asked, at once, and not because it had
 * waited too long. A balancer that checks a server resets with ACK: its socket knew of the SYN.
 */
static bool is_half_open_scan(const struct judgement *j)
{
    const struct sf_flow *flow = j->flow;
    const struct sf_end *client = &flow->end[SF_CLIENT];
    int64_t rtt_ns = (client->known & SF_KNOWS_RTT) != 0 ? client->rtt_ns : RTT_UNKNOWN_NS;
    return !j->has_ack && client->syn_repeats == 0 &&
           flow->synack_ns - flow->syn_ns <= LATE_ANSWER_NS &&
           j->now_ns - flow->synack_ns <= SCAN_NS + rtt_ns;
}

static void note_reset(struct judgement *j)
{
    const struct sf_flow *flow = j->flow;
    if (j->a == SF_SERVER && flow->complete_ns != SF_NO_TIME) {
        j->is_overflow = sf_floods_resets_overflow(j);
        return;
    }
    if (!is_counted(j, COUNTED_ASKED) || flow->complete_ns != SF_NO_TIME || !j->is_accepted)
        return;
    sf_floods_reset(j);
    if (j->a == SF_SERVER && flow->history->rst_refused)
        sf_scans_failed(j, SF_CLIENT, SF_METHOD_SYN, false);
    else if (j->a == SF_CLIENT && flow->synack_ns != SF_NO_TIME && is_half_open_scan(j))
        sf_scans_failed(j, SF_CLIENT, SF_METHOD_SYN, true);
}

/* A capture that misses much, as samples do, has no answers because it has not caught them. */
static bool means_silence(const struct judgement *j)
{
    const struct completeness *completeness = &j->machine->completeness;
    return completeness->unseen * 20u < completeness->segments || completeness->unseen < 20u;
}

void sf_crowd_unanswered(struct judgement *j)
{
    if (!is_counted(j, COUNTED_ASKED) || !means_silence(j))
        return;
    if (!j->flow->history->has_predecessor)
        sf_floods_unanswered(j);
    sf_scans_failed(j, SF_CLIENT, SF_METHOD_SYN, false);
}

void sf_crowd_unfinished(struct judgement *j)
{
    if (!is_counted(j, COUNTED_ASKED) || !means_silence(j))
        return;
    if (!j->flow->history->has_predecessor)
        sf_floods_unfinished(j);
    if (sf_crowd_shows_acks(j))
        sf_scans_failed(j, SF_CLIENT, SF_METHOD_SYN, true);
}

bool sf_crowd_shows_acks(struct judgement *j)
{
    return j->machine->crowd.has_plain || sf_crowd_service(j)->has_repeated;
}

void sf_crowd_waiting(struct judgement *j)
{
    if (is_counted(j, COUNTED_ASKED))
        sf_cookies_waiting(j);
}

/* ---- strays -----------------------------------------------------------------------------------
 */

static uint64_t source_of(const struct judgement *j)
{
    uint64_t address = sf_crowd_address(j->flow, j->a);
    return address * UINT64_C(0x9e3779b97f4a7c15) ^ sf_crowd_port(j->flow, j->a);
}

/* A RST or SYN,ACK to a host that sent nothing on these ports. */
static void note_backscatter(struct judgement *j)
{
    struct host *host = sf_crowd_host(j, j->b);
    uint32_t n = sf_spread_add(&host->strays, source_of(j), 0, j->now_ns, BACKSCATTER_WINDOW_NS);
    if (host->place.weight < n)
        host->place.weight = n;
    if (n >= BACKSCATTER_MIN)
        sf_span_hold(&host->backscatter, sf_spread_since(&host->strays), j->now_ns);
}

static bool is_lone_ack(const struct judgement *j)
{
    return j->is_plain && j->has_ack && !j->is_fin && j->segment->payload == 0 && j->a == SF_CLIENT;
}

static void note_first(struct judgement *j)
{
    struct sf_history *history = j->flow->history;
    history->lone_seq = j->segment->seq;
    history->lone_ack = j->segment->ack;
    history->lone_flags = j->segment->flags;
    history->lone_from = (uint8_t)j->a;
    if (history->probe != SF_METHOD_NONE)
        sf_scans_probed(j, (enum sf_method)history->probe);
    else if (j->is_rst || j->is_synack)
        note_backscatter(j);
    else if (is_lone_ack(j))
        sf_scans_lone_ack(j);
    history->counted |= history->probe == SF_METHOD_NONE && !j->is_syn ? COUNTED_STRAY : 0;
}

/* The second word of a conversation that may be none. A RST leaves the first one alone. */
static void note_second(struct judgement *j)
{
    struct sf_history *history = j->flow->history;
    bool was_ack = (history->lone_flags & (SF_SYN | SF_RST | SF_ACK | SF_FIN)) == SF_ACK;
    if (j->is_rst) {
        if (was_ack && j->a == SF_SERVER && history->lone_from == SF_CLIENT && j->answers)
            sf_scans_failed(j, SF_CLIENT, SF_METHOD_ACK, false);
        return;
    }
    history->counted &= (uint16_t)~COUNTED_STRAY;
    if (was_ack)
        sf_scans_no_lone_ack(j);
    else if (history->lone_from != j->a)
        sf_spread_drop(&sf_crowd_host(j, j->a)->strays,
                       sf_crowd_address(j->flow, j->b) * UINT64_C(0x9e3779b97f4a7c15) ^
                           sf_crowd_port(j->flow, j->b));
}

static struct crowd_key bygone_key(const struct sf_flow *flow)
{
    struct crowd_key key = sf_crowd_key(flow);
    memcpy(key.addr, flow->key.addr, sizeof key.addr);
    memcpy(key.port, flow->key.port, sizeof key.port);
    return key;
}

void sf_crowd_remember(struct judgement *j)
{
    const struct sf_flow *flow = j->flow;
    if ((flow->end[0].known & flow->end[1].known & SF_KNOWS_SEQ) == 0 ||
        (flow->complete_ns == SF_NO_TIME && !flow->history->has_data))
        return;
    struct crowd_key key = bygone_key(flow);
    struct bygone *bygone = sf_places_take(&j->machine->crowd.bygones, &key, j->now_ns);
    for (int side = 0; side < 2; side++) {
        unsigned end = end_of(flow, (enum sf_side)side);
        bygone->first[end] = flow->end[side].first;
        bygone->max[end] = flow->end[side].max;
    }
}

/* Its first segment has numbers of a connection that these ports had before. */
static bool is_leftover(const struct judgement *j)
{
    const struct sf_history *history = j->flow->history;
    struct crowd_key key = bygone_key(j->flow);
    const struct bygone *bygone = sf_places_find(&j->machine->crowd.bygones, &key);
    if (bygone == NULL)
        return false;
    unsigned from = end_of(j->flow, (enum sf_side)history->lone_from), to = 1u - from;
    bool has_ack = (history->lone_flags & SF_ACK) != 0;
    bool fits = seq_within(history->lone_seq, bygone->first[from], bygone->max[from]);
    bool fits_ack = seq_within(history->lone_ack, bygone->first[to], bygone->max[to]);
    return fits && (!has_ack || fits_ack);
}

enum sf_detail sf_crowd_stray_kind(const struct judgement *j)
{
    const struct sf_flow *flow = j->flow;
    const struct sf_history *history = flow->history;
    if (history->probe != SF_METHOD_NONE)
        return SF_DETAIL_PROBE;
    if (is_leftover(j))
        return SF_DETAIL_LEFTOVER;
    if ((history->lone_flags & (SF_SYN | SF_RST)) == 0)
        return sf_scans_was_ack_scan(j) ? SF_DETAIL_ACK_SCAN : SF_DETAIL_UNKNOWN;
    struct crowd_key key = sf_crowd_key(flow);
    sf_crowd_put_address(&key, 0, flow, sf_other((enum sf_side)history->lone_from));
    const struct host *host = sf_places_find(&j->machine->crowd.hosts, &key);
    bool is_backscatter = host != NULL && sf_span_has(&host->backscatter, flow->start_ns);
    return is_backscatter ? SF_DETAIL_BACKSCATTER : SF_DETAIL_UNKNOWN;
}

/* ---- the step in hand -------------------------------------------------------------------------
 */

void sf_crowd_watch(struct judgement *j)
{
    j->machine->crowd.n_news = 0;
    j->machine->crowd.has_plain |= j->is_plain && !j->is_fin && j->has_ack;
    if ((j->step->marks & SF_MARK_FIRST) != 0)
        note_first(j);
    else if (is_counted(j, COUNTED_STRAY))
        note_second(j);
    if (j->is_syn && j->a == SF_CLIENT && !j->is_stale_syn && !j->is_foreign_syn)
        note_asked(j);
    if (j->is_synack && j->a == SF_SERVER && j->fits_syn && !j->is_stale_syn)
        note_answered(j);
    if (j->is_synack && j->a == SF_SERVER && j->fits_syn && is_counted(j, COUNTED_ASKED))
        sf_cookies_answered(j);
    if (j->is_third)
        note_complete(j);
    if (j->is_rst)
        note_reset(j);
}
