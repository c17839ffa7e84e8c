#include "machine/scans.h"

#include "machine/crowd.h"

/* Lone acknowledgments to so many ports are a scan, too. */
#define ACK_SCAN_MIN 5u

static struct crowd_key scan_key(const struct sf_flow *flow, enum sf_side prober,
                                 enum scan_kind kind)
{
    struct crowd_key key = sf_crowd_key(flow);
    key.kind = (uint8_t)kind;
    sf_crowd_put_address(&key, 0, flow, prober);
    if (kind == SCAN_VERTICAL)
        sf_crowd_put_address(&key, 1, flow, sf_other(prober));
    else
        key.port[0] = sf_crowd_port(flow, sf_other(prober));
    return key;
}

static struct scan *take_scan(struct judgement *j, enum sf_side prober, enum scan_kind kind)
{
    struct crowd_key key = scan_key(j->flow, prober, kind);
    return sf_places_take(&j->machine->crowd.scans, &key, j->now_ns);
}

static uint64_t target_of(const struct sf_flow *flow, enum sf_side prober, enum scan_kind kind)
{
    return kind == SCAN_VERTICAL ? sf_crowd_port(flow, sf_other(prober))
                                 : sf_crowd_address(flow, sf_other(prober));
}

/* ---- the numbers of what was told -------------------------------------------------------------
 */

static void show(const struct told *told)
{
    struct sf_found *found = sf_crowd_found(told);
    if (found == NULL)
        return;
    found->figure[0] = told->targets.n;
    found->figure[1] = told->open.n;
    found->is_at_least = told->targets.may_be_more;
}

static void count_target(struct told *told, uint64_t target, uint8_t tag)
{
    bool is_new = sf_breadth_add(&told->targets, target);
    if ((tag & SCAN_TAG_OPEN) != 0)
        is_new |= sf_breadth_add(&told->open, target);
    if (is_new)
        show(told);
}

/* ---- PORT_SCAN --------------------------------------------------------------------------------
 */

/* Who opens as many connections elsewhere as fail here is busy, and some of its peers are down. */
/* Whoever goes round among services that are up checks whether they are. */
static bool are_mostly_open(const struct scan *scan)
{
    uint32_t open = 0;
    for (uint32_t i = 0; i < scan->failed.n; i++)
        open += (scan->failed.item[i].tag & SCAN_TAG_OPEN) != 0;
    return 2u * open > scan->failed.n;
}

static bool is_mostly_vain(const struct judgement *j, const struct scan *scan,
                           const struct host *host)
{
    uint64_t failures = sf_recent_sum(&scan->failures, j->now_ns, CROWD_SLOT_NS);
    uint64_t successes = sf_recent_sum(&scan->successes, j->now_ns, CROWD_SLOT_NS);
    uint64_t elsewhere = sf_recent_sum(&host->successes, j->now_ns, CROWD_SLOT_NS);
    return 4 * successes < failures && elsewhere < failures;
}

static bool was_told_lately(const struct judgement *j, const struct host *host)
{
    int64_t since_ns = j->now_ns - host->scan_told_ns;
    return host->is_scan_told && since_ns < SCAN_WINDOW_NS && since_ns > -SCAN_WINDOW_NS;
}

static void tell_scan(struct judgement *j, enum sf_side prober, enum scan_kind kind,
                      const struct scan *scan, enum sf_method method)
{
    struct host *host = sf_crowd_host(j, prober);
    if (was_told_lately(j, host) || are_mostly_open(scan) || !is_mostly_vain(j, scan, host))
        return;
    struct sf_found *found = sf_crowd_tell(j, SF_CODE_PORT_SCAN, prober);
    if (found == NULL)
        return;
    host->is_scan_told = true;
    host->scan_told_ns = j->now_ns;
    found->certainty = SF_PROBABLE;
    found->detail = kind == SCAN_VERTICAL ? SF_DETAIL_VERTICAL : SF_DETAIL_HORIZONTAL;
    found->method = (uint8_t)method;
    struct told *told = sf_crowd_follow(j, SF_CODE_PORT_SCAN, &scan->place.key);
    for (uint32_t i = 0; i < scan->failed.n; i++)
        count_target(told, scan->failed.item[i].value, scan->failed.item[i].tag);
    found->figure[0] = told->targets.n;
    found->figure[1] = told->open.n;
    found->is_at_least = told->targets.may_be_more;
}

static void note_failure(struct judgement *j, enum sf_side prober, enum scan_kind kind, uint8_t tag)
{
    struct scan *scan = take_scan(j, prober, kind);
    uint64_t target = target_of(j->flow, prober, kind);
    uint32_t n = sf_spread_add(&scan->failed, target, tag, j->now_ns, SCAN_WINDOW_NS);
    sf_recent_add(&scan->failures, 1, j->now_ns, CROWD_SLOT_NS);
    scan->place.weight = n;
    struct told *told = n >= SCAN_MIN
                            ? sf_crowd_told(&j->machine->crowd, SF_CODE_PORT_SCAN, &scan->place.key)
                            : NULL;
    if (told != NULL)
        count_target(told, target, tag);
    else if (n >= SCAN_MIN)
        tell_scan(j, prober, kind, scan, (enum sf_method)(tag & SCAN_TAG_METHOD));
}

void sf_scans_failed(struct judgement *j, enum sf_side prober, enum sf_method method, bool is_open)
{
    struct sf_history *history = j->flow->history;
    if ((history->counted & COUNTED_FAILED) != 0)
        return;
    history->counted |= COUNTED_FAILED;
    uint8_t tag = (uint8_t)((unsigned)method | (is_open ? SCAN_TAG_OPEN : 0u));
    note_failure(j, prober, SCAN_VERTICAL, tag);
    note_failure(j, prober, SCAN_HORIZONTAL, tag);
}

/* What seemed to fail, and was merely slow, is taken back. */
static void note_success(struct judgement *j, enum scan_kind kind)
{
    struct scan *scan = take_scan(j, SF_CLIENT, kind);
    sf_recent_add(&scan->successes, 1, j->now_ns, CROWD_SLOT_NS);
    if ((j->flow->history->counted & COUNTED_FAILED) == 0)
        return;
    sf_spread_drop(&scan->failed, target_of(j->flow, SF_CLIENT, kind));
    sf_recent_add(&scan->failures, -1, j->now_ns, CROWD_SLOT_NS);
}

void sf_scans_succeeded(struct judgement *j)
{
    note_success(j, SCAN_VERTICAL);
    note_success(j, SCAN_HORIZONTAL);
    sf_recent_add(&sf_crowd_host(j, SF_CLIENT)->successes, 1, j->now_ns, CROWD_SLOT_NS);
}

/* ---- lone segments that no TCP sends ----------------------------------------------------------
 */

static enum sf_code code_of(enum sf_method method)
{
    switch (method) {
    case SF_METHOD_NO_FLAGS:
        return SF_CODE_NULL_SCAN;
    case SF_METHOD_SYN_FIN:
        return SF_CODE_SYN_FIN;
    default:
        return SF_CODE_XMAS_SCAN;
    }
}

/* Each method is told, and counted, for itself. */
static struct crowd_key probe_key(const struct scan *scan, enum sf_method method)
{
    struct crowd_key key = scan->place.key;
    key.kind = (uint8_t)(SCAN_KINDS + method);
    return key;
}

static void tell_probe(struct judgement *j, const struct crowd_key *of, enum sf_method method)
{
    enum sf_code code = code_of(method);
    struct sf_found *found = sf_crowd_tell(j, code, j->a);
    if (found == NULL)
        return;
    found->detail = method == SF_METHOD_FIN ? SF_DETAIL_FIN_SCAN : SF_DETAIL_NONE;
    found->figure[0] = 1;
    sf_crowd_follow(j, code, of);
}

void sf_scans_probed(struct judgement *j, enum sf_method method)
{
    struct scan *scan = take_scan(j, j->a, SCAN_VERTICAL);
    struct crowd_key of = probe_key(scan, method);
    unsigned bit = 1u << method;
    if ((scan->probed & bit) == 0)
        tell_probe(j, &of, method);
    scan->probed |= (uint8_t)bit;
    struct told *told = sf_crowd_told(&j->machine->crowd, code_of(method), &of);
    if (told != NULL)
        count_target(told, sf_crowd_port(j->flow, j->b), 0);
    sf_scans_failed(j, j->a, method, false);
}

/* ---- lone acknowledgments ---------------------------------------------------------------------
 */

void sf_scans_lone_ack(struct judgement *j)
{
    struct scan *scan = take_scan(j, j->a, SCAN_VERTICAL);
    uint32_t n =
        sf_spread_add(&scan->acks, sf_crowd_port(j->flow, j->b), 0, j->now_ns, SCAN_WINDOW_NS);
    if (scan->place.weight < n)
        scan->place.weight = n;
    if (n >= ACK_SCAN_MIN)
        sf_span_hold(&scan->ack_scan, sf_spread_since(&scan->acks), j->now_ns);
}

void sf_scans_no_lone_ack(struct judgement *j)
{
    struct crowd_key key = scan_key(j->flow, SF_CLIENT, SCAN_VERTICAL);
    struct scan *scan = sf_places_find(&j->machine->crowd.scans, &key);
    if (scan != NULL)
        sf_spread_drop(&scan->acks, sf_crowd_port(j->flow, SF_SERVER));
}

bool sf_scans_was_ack_scan(const struct judgement *j)
{
    struct crowd_key key = scan_key(j->flow, SF_CLIENT, SCAN_VERTICAL);
    const struct scan *scan = sf_places_find(&j->machine->crowd.scans, &key);
    return scan != NULL && sf_span_has(&scan->ack_scan, j->flow->start_ns);
}
