#include "sink/leaders.h"

#include <string.h>

#include "sink/tally.h"

/* ---- tables -----------------------------------------------------------------------------------
 */

/* Fixed, not drawn: which host gives way to which is a result. */
static unsigned set_of(const struct sf_leader *wanted)
{
    uint64_t hash = wanted->port;
    for (size_t i = 0; i < sizeof wanted->address; i++)
        hash = (hash ^ wanted->address[i]) * UINT64_C(0x100000001b3);
    return (unsigned)(hash >> 32 ^ hash) % LEADERS_SETS;
}

static bool is_same(const struct sf_leader *x, const struct sf_leader *y)
{
    return x->is_used && x->port == y->port && x->ip == y->ip && x->has_port == y->has_port &&
           memcmp(x->address, y->address, sizeof x->address) == 0;
}

/* Who is new takes the place of the smallest, and what that had may have been its own. */
static void count(struct sf_leader_table *table, const struct sf_leader *wanted)
{
    struct sf_leader *set = table->leader[set_of(wanted)], *least = &set[0];
    for (unsigned way = 0; way < LEADERS_WAYS; way++) {
        if (is_same(&set[way], wanted)) {
            set[way].count++;
            return;
        }
        if (set[way].count + set[way].excess < least->count + least->excess)
            least = &set[way];
    }
    uint64_t before = least->count + least->excess;
    *least = *wanted;
    least->is_used = true;
    least->count = 1;
    least->excess = before;
}

static bool goes_before(const struct sf_leader *x, const struct sf_leader *y)
{
    if (x->count != y->count)
        return x->count > y->count;
    if (x->ip != y->ip)
        return x->ip < y->ip;
    int order = memcmp(x->address, y->address, sizeof x->address);
    return order != 0 ? order < 0 : x->port < y->port;
}

size_t sf_leaders_top(const struct sf_leader_table *table, struct sf_leader top[SF_LEADERS_MAX])
{
    const struct sf_leader *leader = &table->leader[0][0];
    size_t n = 0;
    for (size_t i = 0; i < (size_t)LEADERS_SETS * LEADERS_WAYS; i++) {
        size_t at = n;
        while (at > 0 && leader[i].is_used && goes_before(&leader[i], &top[at - 1]))
            at--;
        if (!leader[i].is_used || at == SF_LEADERS_MAX)
            continue;
        n += n < SF_LEADERS_MAX;
        memmove(&top[at + 1], &top[at], (n - at - 1) * sizeof *top);
        top[at] = leader[i];
    }
    return n;
}

static void count_end(struct sf_leader_table *table, const struct sf_flow *flow, enum sf_side side,
                      bool has_port)
{
    unsigned end = side == SF_CLIENT ? flow->client : 1u - flow->client;
    struct sf_leader wanted = {.ip = flow->key.ip, .has_port = has_port};
    memcpy(wanted.address, flow->key.addr[end], sizeof wanted.address);
    if (has_port)
        wanted.port = flow->key.port[end];
    count(table, &wanted);
}

/* ---- ports ------------------------------------------------------------------------------------
 */

size_t sf_leaders_ports(const struct sf_leaders *leaders, struct sf_port_closes top[SF_PORTS_MAX])
{
    size_t n = 0;
    for (uint32_t port = 0; port < 65536; port++) {
        const uint32_t *closes = leaders->closes[port];
        uint64_t sum = (uint64_t)closes[SF_CLIENT] + closes[SF_SERVER];
        size_t at = n;
        while (at > 0 && sum > (uint64_t)top[at - 1].by_client + top[at - 1].by_server)
            at--;
        if (sum == 0 || at == SF_PORTS_MAX)
            continue;
        n += n < SF_PORTS_MAX;
        memmove(&top[at + 1], &top[at], (n - at - 1) * sizeof *top);
        top[at] = (struct sf_port_closes){
            .by_client = closes[SF_CLIENT], .by_server = closes[SF_SERVER], .port = (uint16_t)port};
    }
    return n;
}

/* ---- slow handshakes, scans and floods --------------------------------------------------------
 */

static void add_handshake(struct sf_leaders *leaders, const struct sf_flow *flow)
{
    struct sf_slow_handshake *slow = leaders->slow;
    uint32_t at = leaders->n_slow;
    if (flow->syn_ns == SF_NO_TIME || flow->complete_ns == SF_NO_TIME ||
        flow->complete_ns < flow->syn_ns)
        return;
    struct sf_slow_handshake new = {.time_ns = flow->complete_ns - flow->syn_ns,
                                    .key = flow->key,
                                    .id = flow->id,
                                    .client = flow->client};
    while (at > 0 && (new.time_ns > slow[at - 1].time_ns ||
                      (new.time_ns == slow[at - 1].time_ns &&new.id < slow[at - 1].id)))
        at--;
    if (at == SF_LEADERS_MAX)
        return;
    leaders->n_slow += leaders->n_slow < SF_LEADERS_MAX;
    memmove(&slow[at + 1], &slow[at], (leaders->n_slow - at - 1u) * sizeof *slow);
    slow[at] = new;
}

static void add_attack(struct sf_leaders *leaders, const struct sf_flow *flow,
                       const struct sf_found *found)
{
    struct sf_attack *attack = leaders->attack;
    uint32_t at = leaders->n_attacks;
    while (at > 0 &&
           (found->figure[0] > attack[at - 1].found.figure[0] ||
            (found->figure[0] == attack[at - 1].found.figure[0] && flow->id < attack[at - 1].id)))
        at--;
    if (at == SF_LEADERS_MAX)
        return;
    leaders->n_attacks += leaders->n_attacks < SF_LEADERS_MAX;
    memmove(&attack[at + 1], &attack[at], (leaders->n_attacks - at - 1u) * sizeof *attack);
    unsigned source = found->side == SF_SERVER ? 1u - flow->client : flow->client;
    attack[at] = (struct sf_attack){
        .found = *found, .key = flow->key, .id = flow->id, .source = (uint8_t)source};
}

void sf_leaders_add(struct sf_leaders *leaders, const struct sf_flow *flow)
{
    for (int side = 0; side < 2; side++) {
        enum sf_state state = sf_end_state(&flow->end[side]);
        if (state == SF_STATE_CLOSE_WAIT)
            count_end(&leaders->close_wait, flow, (enum sf_side)side, side == SF_SERVER);
        else if (state == SF_STATE_TIME_WAIT)
            count_end(&leaders->time_wait, flow, (enum sf_side)side, false);
    }
    if (flow->closed_by < SF_NOBODY && flow->handshake != SF_HANDSHAKE_REFUSED &&
        flow->handshake != SF_HANDSHAKE_RESET && !sf_tally_is_stray(flow))
        leaders->closes[flow->key.port[1u - flow->client]][flow->closed_by]++;
    add_handshake(leaders, flow);
    for (uint32_t i = 0; i < flow->n_found; i++)
        if (flow->found[i].code == SF_CODE_PORT_SCAN || flow->found[i].code == SF_CODE_SYN_FLOOD)
            add_attack(leaders, flow, &flow->found[i]);
}
