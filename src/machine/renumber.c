#include "machine/renumber.h"

#include "machine/learn.h"

void sf_renumber_note(struct judgement *j)
{
    if (!j->is_renumbered || j->flow->complete_ns != SF_NO_TIME)
        return;
    j->pa->other = (struct other_synack){.time_ns = j->now_ns,
                                         .isn = j->segment->seq,
                                         .options = j->segment->options,
                                         .flags = j->segment->flags,
                                         .is_there = true};
}

static bool acknowledges(const struct other_synack *other, const struct sf_end *end,
                         const struct sf_segment *segment)
{
    return other->is_there && (segment->flags & (SF_SYN | SF_RST | SF_ACK)) == SF_ACK &&
           segment->ack == other->isn + 1u && segment->ack != end->iss + 1u;
}

void sf_renumber_choose(struct sf_flow *flow, const struct sf_segment *segment)
{
    enum sf_side answerer = sf_other(sf_flow_sender(flow, segment));
    struct private_end *notes = &flow->history->end[answerer];
    struct private_end *opener = &flow->history->end[sf_other(answerer)];
    struct sf_end *end = &flow->end[answerer];
    if (flow->complete_ns != SF_NO_TIME || !acknowledges(&notes->other, end, segment))
        return;
    const struct other_synack chosen = notes->other;
    notes->other.isn = end->iss; /* it may come again still */
    end->iss = end->first = end->una = chosen.isn;
    end->max = chosen.isn + 1u;
    end->options = chosen.options;
    end->syn_flags = chosen.flags;
    notes->syn_end = end->max;
    opener->sample_end = end->max;
    opener->sample_ns = chosen.time_ns;
    sf_learn_scale(flow);
}
