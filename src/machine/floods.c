#include "machine/floods.h"

#include "machine/crowd.h"

#define SECOND_NS    INT64_C(1000000000)
#define FLOOD_WINDOW 10 /* seconds */

/* So many different TTLs no crowd of real hosts has. */
#define TTLS_OF_FORGERS 64u

/* So many addresses at least make likeness remarkable. */
#define ADDRESSES_ALIKE 8u

/* ---- seconds ----------------------------------------------------------------------------------
 */

static int64_t second_of(int64_t time_ns)
{
    int64_t second = time_ns / SECOND_NS;
    return time_ns % SECOND_NS < 0 ? second - 1 : second;
}

/* The second of a SYN, or NULL when it is too long ago. */
static struct second *second_at(struct service *service, int64_t time_ns)
{
    int64_t at = second_of(time_ns);
    struct second *second = &service->second[(uint64_t)at % SECONDS_KEPT];
    return second->second == at ? second : NULL;
}

static struct second *begin_second(struct service *service, int64_t time_ns)
{
    struct second *second = second_at(service, time_ns);
    if (second == NULL) {
        int64_t at = second_of(time_ns);
        second = &service->second[(uint64_t)at % SECONDS_KEPT];
        *second = (struct second){.second = at};
    }
    return second;
}

static struct second sum_window(const struct service *service, int64_t now_ns)
{
    struct second sum = {.second = second_of(now_ns)};
    for (unsigned i = 0; i < SECONDS_KEPT; i++) {
        const struct second *one = &service->second[i];
        if (one->second > sum.second || one->second <= sum.second - FLOOD_WINDOW)
            continue;
        sum.asked += one->asked;
        sum.complete += one->complete;
        sum.unfinished += one->unfinished;
        sum.unanswered += one->unanswered;
    }
    return sum;
}

static uint32_t fullest_second(const struct service *service, int64_t now_ns)
{
    uint32_t most = 0;
    for (unsigned i = 0; i < SECONDS_KEPT; i++) {
        const struct second *one = &service->second[i];
        bool is_recent =
            one->second <= second_of(now_ns) && one->second > second_of(now_ns) - FLOOD_WINDOW;
        if (is_recent && one->asked > most)
            most = one->asked;
    }
    return most;
}

/* ---- what the SYNs have in common -------------------------------------------------------------
 */

static void liken(struct likeness *likeness, const struct sf_segment *syn)
{
    bool is_first = likeness->n++ == 0;
    likeness->same_isn += is_first || likeness->isn == syn->seq;
    likeness->same_window += is_first || likeness->window == syn->window;
    likeness->same_ttl += is_first || likeness->ttl == syn->ttl;
    likeness->bare += syn->options.present == 0;
    likeness->isn = syn->seq;
    likeness->window = syn->window;
    likeness->ttl = syn->ttl;
    likeness->ttls[syn->ttl / 64u] |= UINT64_C(1) << syn->ttl % 64u;
}

static unsigned count_ttls(const struct likeness *likeness)
{
    unsigned n = 0;
    for (unsigned ttl = 0; ttl < 256u; ttl++)
        n += (likeness->ttls[ttl / 64u] >> ttl % 64u & 1u) != 0;
    return n;
}

/* True clients ask meanwhile, too. */
static bool is_nearly_all(const struct likeness *likeness, uint32_t n)
{
    return (uint64_t)n * 10u >= (uint64_t)likeness->n * 9u;
}

/* Real hosts draw their numbers, offer options, and refuse a SYN,ACK that they never asked for. */
static uint16_t weigh(const struct service *service)
{
    const struct likeness *likeness = &service->likeness;
    unsigned evidence = 0;
    bool are_many = service->sources.n >= ADDRESSES_ALIKE;
    if (is_nearly_all(likeness, likeness->same_isn))
        evidence |= 1u << SF_EVIDENCE_ONE_ISN;
    if (is_nearly_all(likeness, likeness->bare))
        evidence |= 1u << SF_EVIDENCE_NO_OPTIONS;
    if (are_many && is_nearly_all(likeness, likeness->same_window))
        evidence |= 1u << SF_EVIDENCE_ONE_WINDOW;
    if (are_many && is_nearly_all(likeness, likeness->same_ttl))
        evidence |= 1u << SF_EVIDENCE_ONE_TTL;
    if (count_ttls(likeness) >= TTLS_OF_FORGERS)
        evidence |= 1u << SF_EVIDENCE_ANY_TTL;
    if (service->resets == 0)
        evidence |= 1u << SF_EVIDENCE_NO_RESETS;
    return (uint16_t)evidence;
}

/* ---- SYN_FLOOD --------------------------------------------------------------------------------
 */

static bool is_flood(const struct second *sum)
{
    return sum->asked >= FLOOD_SOURCES && sum->complete * 10u < sum->asked &&
           sum->unfinished + sum->unanswered >= FLOOD_UNFINISHED &&
           sum->unfinished >= FLOOD_ANSWERED && sum->complete * 10u <= sum->unfinished;
}

static void show(struct sf_found *found, const struct service *service, const struct second *sum,
                 int64_t now_ns)
{
    uint32_t rate = fullest_second(service, now_ns);
    if (rate > found->figure[1])
        found->figure[1] = rate;
    found->evidence = weigh(service);
    if (sum->complete > 0)
        found->detail = SF_DETAIL_COMPLETION_GOES_ON;
}

static void tell(struct judgement *j, struct service *service, const struct second *sum)
{
    int64_t since_ns = j->now_ns - service->flood_told_ns;
    bool was_lately = service->is_flood_told && since_ns < FLOOD_WINDOW * SECOND_NS &&
                      since_ns > -FLOOD_WINDOW * SECOND_NS;
    struct sf_found *found = was_lately ? NULL : sf_crowd_tell(j, SF_CODE_SYN_FLOOD, SF_CLIENT);
    if (found == NULL)
        return;
    service->is_flood_told = true;
    service->flood_told_ns = j->now_ns;
    found->certainty = SF_PROBABLE;
    found->detail = SF_DETAIL_NO_COMPLETION;
    found->figure[0] = sum->asked;
    found->figure[2] = sum->unfinished + sum->unanswered;
    show(found, service, sum, j->now_ns);
    sf_crowd_follow(j, SF_CODE_SYN_FLOOD, &service->place.key);
}

static struct sf_found *told_flood(struct judgement *j, const struct service *service)
{
    struct told *told =
        service->is_flood_told
            ? sf_crowd_told(&j->machine->crowd, SF_CODE_SYN_FLOOD, &service->place.key)
            : NULL;
    return told != NULL ? sf_crowd_found(told) : NULL;
}

/* A handshake is left unfinished: is it one too many? */
static void look(struct judgement *j, struct service *service)
{
    struct second sum = sum_window(service, j->now_ns);
    service->place.weight = sum.unfinished + sum.unanswered;
    struct sf_found *found = told_flood(j, service);
    if (found != NULL) {
        found->figure[2]++;
        show(found, service, &sum, j->now_ns);
    } else if (is_flood(&sum) && sf_crowd_shows_acks(j)) {
        tell(j, service, &sum);
    }
}

void sf_floods_asked(struct judgement *j)
{
    struct service *service = sf_crowd_service(j);
    bool is_quiet = j->now_ns - service->asked_ns > FLOOD_WINDOW * SECOND_NS ||
                    service->asked_ns - j->now_ns > FLOOD_WINDOW * SECOND_NS;
    if (is_quiet) {
        service->likeness = (struct likeness){.n = 0};
        service->resets = 0;
    }
    service->asked_ns = j->now_ns;
    begin_second(service, j->now_ns)->asked++;
    liken(&service->likeness, j->segment);
    sf_spread_add(&service->sources, sf_crowd_address(j->flow, SF_CLIENT), 0, j->now_ns,
                  FLOOD_WINDOW * SECOND_NS);
    struct sf_found *found = told_flood(j, service);
    if (found != NULL)
        found->figure[0]++;
}

static void take_back(struct judgement *j, struct second *second)
{
    uint16_t *counted = &j->flow->history->counted;
    if (second != NULL && (*counted & COUNTED_UNFINISHED) != 0 && second->unfinished > 0)
        second->unfinished--;
    if (second != NULL && (*counted & COUNTED_UNANSWERED) != 0 && second->unanswered > 0)
        second->unanswered--;
    *counted &= (uint16_t) ~(COUNTED_UNFINISHED | COUNTED_UNANSWERED);
}

void sf_floods_complete(struct judgement *j)
{
    struct service *service = sf_crowd_service(j);
    struct second *second = second_at(service, j->flow->syn_ns);
    take_back(j, second);
    if (second != NULL)
        second->complete++;
    sf_recent_add(&service->complete, 1, j->now_ns, CROWD_SLOT_NS);
}

void sf_floods_unanswered(struct judgement *j)
{
    struct service *service = sf_crowd_service(j);
    struct second *second = second_at(service, j->flow->syn_ns);
    if (second == NULL)
        return;
    second->unanswered++;
    j->flow->history->counted |= COUNTED_UNANSWERED;
    look(j, service);
}

void sf_floods_unfinished(struct judgement *j)
{
    struct service *service = sf_crowd_service(j);
    struct second *second = second_at(service, j->flow->syn_ns);
    take_back(j, second);
    if (second == NULL)
        return;
    second->unfinished++;
    j->flow->history->counted |= COUNTED_UNFINISHED;
    look(j, service);
}

void sf_floods_reset(struct judgement *j)
{
    struct service *service = sf_crowd_service(j);
    service->resets++;
    take_back(j, second_at(service, j->flow->syn_ns));
}

void sf_floods_answered(struct judgement *j)
{
    if ((j->flow->history->counted & COUNTED_UNANSWERED) != 0)
        take_back(j, second_at(sf_crowd_service(j), j->flow->syn_ns));
}

/* ---- the accept queue -------------------------------------------------------------------------
 */

/* The server has said nothing but its SYN,ACK, and now answers the ACK of it as a stranger would.
 */
static bool is_reset_at_once(const struct judgement *j)
{
    const struct sf_end *server = j->A;
    int64_t rtt_ns = (server->known & SF_KNOWS_RTT) != 0 ? server->rtt_ns : RTT_UNKNOWN_NS;
    return j->is_rst && j->a == SF_SERVER && !j->has_ack && j->answers && j->pa->resets == 0 &&
           j->pa->has_said_synack && server->bytes == 0 && j->pa->fin.first_ns == SF_NO_TIME &&
           j->pb->fin.first_ns == SF_NO_TIME && !sf_fold_has_proved(server, SF_STATE_ESTABLISHED) &&
           j->now_ns - j->flow->complete_ns <= rtt_ns + RTT_SLACK_NS;
}

bool sf_floods_resets_overflow(struct judgement *j)
{
    if (j->flow->complete_ns == SF_NO_TIME || !is_reset_at_once(j))
        return false;
    struct service *service = sf_crowd_service(j);
    sf_recent_add(&service->complete, -1, j->flow->complete_ns, CROWD_SLOT_NS);
    return sf_recent_sum(&service->complete, j->now_ns, CROWD_SLOT_NS) > 0;
}

bool sf_crowd_lost_ack(struct judgement *j, struct sf_flow **other)
{
    struct service *service = sf_crowd_service(j);
    bool others = service->lost_ack_id != 0 && service->lost_ack_id != j->flow->id &&
                  j->now_ns - service->lost_ack_ns <= FLOOD_WINDOW * SECOND_NS;
    *other = others ? service->lost_ack : NULL;
    service->lost_ack_ns = j->now_ns;
    service->lost_ack_id = j->flow->id;
    service->lost_ack = j->flow;
    j->flow->history->counted |= COUNTED_TOLD;
    return others;
}
