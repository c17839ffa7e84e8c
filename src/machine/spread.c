#include "machine/spread.h"

#include <string.h>

/* ---- within a window -------------------------------------------------------------------------
 */

static void forget_old(struct spread *spread, int64_t now_ns, int64_t window_ns)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < spread->n; i++) {
        int64_t age_ns = now_ns - spread->item[i].time_ns;
        if (age_ns <= window_ns && age_ns >= -window_ns)
            spread->item[kept++] = spread->item[i];
    }
    spread->n = kept;
}

static struct spread_item *find(struct spread *spread, uint64_t value)
{
    for (uint32_t i = 0; i < spread->n; i++) {
        if (spread->item[i].value == value)
            return &spread->item[i];
    }
    return NULL;
}

static struct spread_item *oldest(struct spread *spread)
{
    struct spread_item *oldest = &spread->item[0];
    for (uint32_t i = 1; i < spread->n; i++) {
        if (spread->item[i].time_ns < oldest->time_ns)
            oldest = &spread->item[i];
    }
    return oldest;
}

uint32_t sf_spread_add(struct spread *spread, uint64_t value, uint8_t tag, int64_t now_ns,
                       int64_t window_ns)
{
    forget_old(spread, now_ns, window_ns);
    struct spread_item *item = find(spread, value);
    if (item == NULL)
        item = spread->n < SPREAD_MAX ? &spread->item[spread->n++] : oldest(spread);
    *item = (struct spread_item){.time_ns = now_ns, .value = value, .tag = tag};
    return spread->n;
}

void sf_spread_drop(struct spread *spread, uint64_t value)
{
    struct spread_item *item = find(spread, value);
    if (item != NULL)
        *item = spread->item[--spread->n];
}

int64_t sf_spread_since(const struct spread *spread)
{
    int64_t since_ns = spread->item[0].time_ns;
    for (uint32_t i = 1; i < spread->n; i++) {
        if (spread->item[i].time_ns < since_ns)
            since_ns = spread->item[i].time_ns;
    }
    return since_ns;
}

void sf_span_hold(struct span *span, int64_t from_ns, int64_t now_ns)
{
    bool goes_on = span->is_set && from_ns >= span->from_ns && from_ns <= span->to_ns;
    if (!goes_on)
        span->from_ns = from_ns;
    span->to_ns = now_ns;
    span->is_set = true;
}

bool sf_span_has(const struct span *span, int64_t time_ns)
{
    return span->is_set && time_ns >= span->from_ns && time_ns <= span->to_ns;
}

/* ---- in slots --------------------------------------------------------------------------------
 */

/* Moments before 1970 belong to slots, too. */
static int64_t slot_of(int64_t time_ns, int64_t slot_ns)
{
    int64_t slot = time_ns / slot_ns;
    return time_ns % slot_ns < 0 ? slot - 1 : slot;
}

static uint32_t *count_of(struct recent *recent, int64_t slot)
{
    return &recent->count[(uint64_t)slot % RECENT_SLOTS];
}

static bool is_kept(const struct recent *recent, int64_t slot)
{
    return slot <= recent->slot && slot > recent->slot - (int64_t)RECENT_SLOTS;
}

static void move_to(struct recent *recent, int64_t slot)
{
    if (is_kept(recent, slot))
        return;
    if (slot <= recent->slot || slot - recent->slot >= (int64_t)RECENT_SLOTS)
        memset(recent->count, 0, sizeof recent->count);
    for (int64_t i = recent->slot + 1; slot - recent->slot < (int64_t)RECENT_SLOTS && i <= slot;
         i++)
        *count_of(recent, i) = 0;
    recent->slot = slot;
}

void sf_recent_add(struct recent *recent, int32_t n, int64_t time_ns, int64_t slot_ns)
{
    int64_t slot = slot_of(time_ns, slot_ns);
    if (n < 0 && !is_kept(recent, slot))
        return;
    move_to(recent, slot);
    uint32_t *count = count_of(recent, slot);
    if (n > 0)
        *count += *count <= UINT32_MAX - (uint32_t)n ? (uint32_t)n : 0u;
    else
        *count -= *count >= (uint32_t)-n ? (uint32_t)-n : *count;
}

uint32_t sf_recent_sum(const struct recent *recent, int64_t now_ns, int64_t slot_ns)
{
    struct recent now = *recent;
    uint64_t sum = 0;
    move_to(&now, slot_of(now_ns, slot_ns));
    for (unsigned i = 0; i < RECENT_SLOTS; i++)
        sum += now.count[i];
    return sum <= UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}

/* ---- altogether ------------------------------------------------------------------------------
 */

bool sf_breadth_add(struct breadth *breadth, uint64_t value)
{
    uint64_t block = value / BREADTH_BITS;
    if (breadth->n == 0)
        breadth->block = block;
    breadth->may_be_more |= breadth->block != block;
    uint64_t *word = &breadth->word[value % BREADTH_BITS / 64u];
    uint64_t bit = UINT64_C(1) << value % 64u;
    if ((*word & bit) != 0)
        return false;
    *word |= bit;
    breadth->n++;
    return true;
}
