#include "machine/foreign.h"

#include "machine/seq.h"

#define TTL_UNLIKE 3
#define ID_UNLIKE  1000
#define TWIN_NS    INT64_C(1000000)
#define AT_ONCE_NS INT64_C(10000000)
#define VOTES_MAX  UINT8_MAX

/* A majority vote: routes change, and the new TTL is the usual one before long. */
void sf_foreign_learn_ttl(struct private_end *end, uint8_t ttl)
{
    if (end->ttl_votes == 0)
        end->usual_ttl = ttl;
    if (ttl != end->usual_ttl)
        end->ttl_votes--;
    else if (end->ttl_votes < VOTES_MAX)
        end->ttl_votes++;
}

bool sf_foreign_is_other_ttl(const struct private_end *end, uint8_t ttl)
{
    int difference = (int)ttl - (int)end->usual_ttl;
    return end->ttl_votes > 0 && (difference >= TTL_UNLIKE || difference <= -TTL_UNLIKE);
}

static bool has_other_id(const struct judgement *j)
{
    int16_t ahead = (int16_t)(j->segment->ip_id - j->pa->last_ip_id);
    return j->pa->last_ip_id != 0 && (j->segment->ip_id == 0 || ahead <= 0 || ahead > ID_UNLIKE);
}

/* Somebody who does not know the next number tries several. A host that answers segments on their
 * way takes its numbers from them. */
static bool is_stepped(const struct judgement *j)
{
    return j->is_rst && !j->answers && j->pa->last_rst_ns != SF_NO_TIME &&
           j->now_ns - j->pa->last_rst_ns <= AT_ONCE_NS &&
           seq_before(j->pa->last_rst_seq, j->segment->seq);
}

/* RFC 7323 §3.2 asks no timestamps of a RST, and RFC 9293 §3.5.3 lets it carry text; stacks that
 * have negotiated timestamps do not do both. */
static bool is_odd_text(const struct judgement *j)
{
    bool negotiated = (j->A->options.present & j->B->options.present & SF_OPT_TIMESTAMPS) != 0;
    return j->is_rst && negotiated && (j->segment->options.present & SF_OPT_TIMESTAMPS) == 0 &&
           j->segment->payload > 0;
}

unsigned sf_foreign_count_signs(const struct judgement *j)
{
    bool is_inexact = j->is_rst && j->place == RESET_INEXACT && !j->is_believed;
    /* Who answers for no connection has no counter of identifications, and may answer a RST's twin.
     */
    bool is_answer = j->is_rst && !j->has_ack && j->answers;
    bool is_twin = j->is_rst && !is_answer && j->pb->last_rst_ns != SF_NO_TIME &&
                   j->now_ns - j->pb->last_rst_ns <= TWIN_NS;
    bool has_own_id = is_answer && j->segment->ip_id == 0;
    return (unsigned)sf_foreign_is_other_ttl(j->pa, j->segment->ttl) +
           (unsigned)(has_other_id(j) && !has_own_id) + (unsigned)is_inexact +
           (unsigned)is_stepped(j) + (unsigned)is_odd_text(j) + (unsigned)is_twin;
}
