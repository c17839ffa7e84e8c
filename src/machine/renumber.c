#include "machine/renumber.h"

#include <stdlib.h>

#include "machine/departure.h"
#include "machine/learn.h"

void sf_renumber_note(struct judgement *j)
{
    if (!j->is_renumbered)
        return;
    /* Whoever answers a SYN with another number has left the connection before, if that is he. */
    if (j->flow->complete_ns != SF_NO_TIME) {
        if (!sf_history_is_unlike(j->A, j->segment))
            sf_departure_doubt(j, j->now_ns, SF_SIGN_NONE);
        return;
    }
    bool is_first = j->pa->other == NULL || j->pa->other->isn != j->segment->seq;
    if (j->pa->other == NULL)
        j->pa->other = calloc(1, sizeof *j->pa->other);
    struct other_synack *other = j->pa->other;
    if (other == NULL)
        return; /* without memory the first number stands */
    if (is_first)
        sf_sighting_init(&other->sighting);
    sf_sighting_add(&other->sighting, j->segment, j->pb->last_ns);
    other->isn = j->segment->seq;
    other->options = j->segment->options;
    other->flags = j->segment->flags;
}

static bool acknowledges(const struct other_synack *other, const struct sf_end *end,
                         const struct sf_segment *segment)
{
    return other != NULL && (segment->flags & (SF_SYN | SF_RST | SF_ACK)) == SF_ACK &&
           segment->ack == other->isn + 1u && segment->ack != end->iss + 1u;
}

void sf_renumber_choose(struct sf_flow *flow, const struct sf_segment *segment)
{
    enum sf_side answerer = sf_other(sf_flow_sender(flow, segment));
    struct private_end *notes = &flow->history->end[answerer];
    struct private_end *opener = &flow->history->end[sf_other(answerer)];
    struct sf_end *end = &flow->end[answerer];
    if (flow->complete_ns != SF_NO_TIME || !acknowledges(notes->other, end, segment))
        return;
    const struct other_synack chosen = *notes->other;
    notes->other->isn = end->iss; /* it may come again still */
    notes->other->sighting = notes->syn;
    notes->syn = chosen.sighting;
    end->iss = end->first = end->una = chosen.isn;
    end->max = chosen.isn + 1u;
    end->options = chosen.options;
    end->syn_flags = chosen.flags;
    notes->syn_end = end->max;
    notes->max_ns = chosen.sighting.last_ns;
    opener->sample_end = end->max;
    opener->sample_ns = chosen.sighting.last_ns;
    sf_learn_scale(flow);
}
