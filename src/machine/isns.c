#include "machine/isns.h"

#include "machine/seq.h"

/* The clock that RFC 9293 §3.4.1 draws initial numbers from ticks every four microseconds. */
#define TICK_NS INT64_C(4000)

/* A tenth of its pace, and no jump as large as this. */
#define SLOWNESS 10
#define CREEP    65536

/* The number `back` places before the latest one. */
static unsigned place_of(const struct isns *isns, uint32_t back)
{
    return (isns->n - 1u - back) % ISNS_KEPT;
}

static uint32_t isn_at(const struct isns *isns, uint32_t back)
{
    return isns->seen[place_of(isns, back)].isn;
}

static int64_t time_at(const struct isns *isns, uint32_t back)
{
    return isns->seen[place_of(isns, back)].time_ns;
}

static bool is_near(const struct isns *isns, uint32_t back, int64_t now_ns)
{
    int64_t age_ns = now_ns - time_at(isns, back);
    return age_ns >= 0 && age_ns <= ISNS_WINDOW_NS;
}

static uint32_t count_near(const struct isns *isns, int64_t now_ns)
{
    uint32_t kept = isns->n < ISNS_KEPT ? isns->n : ISNS_KEPT, n = 0;
    while (n < kept && is_near(isns, n, now_ns))
        n++;
    return n;
}

static uint32_t count_equal(const struct isns *isns, uint32_t n_near)
{
    uint32_t n = 0;
    for (uint32_t back = 0; back < n_near; back++)
        n += isn_at(isns, back) == isn_at(isns, 0);
    return n;
}

static bool is_steady(const struct isns *isns)
{
    uint32_t step = isn_at(isns, 0) - isn_at(isns, 1);
    for (uint32_t back = 1; back + 1u < ISNS_MIN; back++) {
        if (isn_at(isns, back) - isn_at(isns, back + 1u) != step)
            return false;
    }
    return step != 0;
}

static bool is_slow(const struct isns *isns)
{
    for (uint32_t back = 0; back + 1u < ISNS_MIN; back++) {
        int32_t step = seq_distance(isn_at(isns, back), isn_at(isns, back + 1u));
        if (step <= 0 || step >= CREEP)
            return false;
    }
    int64_t ticks = (time_at(isns, 0) - time_at(isns, ISNS_MIN - 1u)) / TICK_NS;
    uint32_t rise = isn_at(isns, 0) - isn_at(isns, ISNS_MIN - 1u);
    return (int64_t)rise * SLOWNESS < ticks;
}

static bool has_ports(const struct isns *isns, uint64_t ports)
{
    for (uint32_t i = 0; i < ISNS_KEPT && i < isns->n; i++) {
        if (isns->seen[i].ports == ports)
            return true;
    }
    return false;
}

enum sf_detail sf_isns_add(struct isns *isns, uint32_t isn, uint64_t ports, int64_t now_ns,
                           uint32_t *n_alike)
{
    *n_alike = 0;
    if (has_ports(isns, ports))
        return SF_DETAIL_NONE;
    unsigned at = isns->n++ % ISNS_KEPT;
    isns->seen[at].isn = isn;
    isns->seen[at].time_ns = now_ns;
    isns->seen[at].ports = ports;
    uint32_t n_near = count_near(isns, now_ns);
    if (n_near < ISNS_MIN)
        return SF_DETAIL_NONE;
    *n_alike = count_equal(isns, n_near);
    if (*n_alike >= ISNS_MIN)
        return SF_DETAIL_EQUAL_ISNS;
    *n_alike = ISNS_MIN;
    if (is_steady(isns))
        return SF_DETAIL_STEADY_ISNS;
    return is_slow(isns) ? SF_DETAIL_SLOW_ISNS : SF_DETAIL_NONE;
}
