#include "machine/sighting.h"

#include <string.h>

#include <synfin/flow.h>

/* The first timeout of an opening: 1 s, or 3 s of old (RFC 6298 §2.1); stacks are less strict. */
#define FIRST_LEAST_NS INT64_C(200000000)
#define FIRST_MOST_NS  INT64_C(3500000000)

void sf_sighting_init(struct sighting *sighting)
{
    memset(sighting, 0, sizeof *sighting);
    sighting->first_ns = sighting->last_ns = SF_NO_TIME;
}

/*
 * A timer doubles (RFC 6298 §5.5), or stays at its bound, or as it is for the first SYNs. Before a
 * FIN is repeated by its timer a probe may ask for its acknowledgment (RFC 8985 §7.2), and the
 * timer follows a round trip that may be short: the first two intervals tell nothing.
 */
static bool is_odd(const struct sighting *sighting, int64_t interval_ns, bool is_fin)
{
    if (sighting->is_disturbed || interval_ns < 0)
        return false;
    if (sighting->repeats == 0)
        return !is_fin && (interval_ns < FIRST_LEAST_NS || interval_ns > FIRST_MOST_NS);
    if (sighting->repeats == 1 && is_fin)
        return false;
    return interval_ns < sighting->interval_ns * 3 / 4 || interval_ns > sighting->interval_ns * 3;
}

static void add_interval(struct sighting *sighting, const struct sf_segment *segment,
                         int64_t heard_ns)
{
    int64_t interval_ns = segment->time_ns - sighting->last_ns;
    sighting->is_disturbed |= heard_ns != SF_NO_TIME && heard_ns > sighting->last_ns;
    sighting->is_odd = is_odd(sighting, interval_ns, (segment->flags & SF_FIN) != 0);
    if (sighting->is_odd)
        sighting->odd_interval_ns = interval_ns;
    sighting->interval_ns = interval_ns;
    sighting->repeats++;
}

void sf_sighting_add(struct sighting *sighting, const struct sf_segment *segment, int64_t heard_ns)
{
    if (sighting->first_ns == SF_NO_TIME) {
        sighting->first_ns = segment->time_ns;
        sighting->first_tsval = segment->options.tsval;
        sighting->first_number = segment->number;
    } else {
        add_interval(sighting, segment, heard_ns);
    }
    sighting->last_ns = segment->time_ns;
    sighting->last_number = segment->number;
    sighting->previous_tsval = sighting->last_tsval;
    sighting->last_tsval = segment->options.tsval;
    sighting->last_ack = segment->ack;
    sighting->last_payload = segment->payload;
    sighting->last_window = segment->window;
    sighting->last_ip_id = segment->ip_id;
}
