/*
 * Findings of single segments that a TCP should not send, or not accept: RFC 9293 §3.1.
 */
#include "machine/paws.h"
#include "machine/rules.h"
#include "machine/silence.h"

/* Of a segment that was damaged on its way only an impossible header length is its own fault. */
bool sf_rule_ILLEGAL_FLAGS(const struct judgement *j, struct sf_found *found)
{
    bool is_damaged = (j->step->marks & SF_MARK_DAMAGED) != 0;
    bool is_explained = is_damaged && (j->odd != SF_DETAIL_BAD_OFFSET ||
                                       j->segment->checksum_state == SF_CHECKSUM_BAD);
    if (j->odd == SF_DETAIL_NONE || is_explained)
        return false;
    found->side = (uint8_t)j->a;
    found->detail = (uint8_t)j->odd;
    if (j->odd == SF_DETAIL_ACK_FIELD || j->odd == SF_DETAIL_URGENT_FIELD)
        found->severity = SF_INFO;
    return true;
}

/* The connection before held TIME_WAIT, and nothing but silence answered its timestamp. */
static bool tells_old_syn(const struct judgement *j, struct sf_found *found)
{
    const struct sf_flow *flow = j->flow;
    const struct sighting *syn = &flow->history->end[SF_CLIENT].syn;
    bool is_due =
        (j->step->marks & SF_MARK_END) != 0 || sf_silence_due(flow, SILENCE_NO_ANSWER) <= j->now_ns;
    if (flow->handshake != SF_HANDSHAKE_NO_ANSWER || !is_due || !sf_paws_is_old_syn(flow) ||
        flow->history->end[SF_SERVER].segments > 0 ||
        sf_history_found(flow, SF_CODE_PAWS_REJECTED, SF_CLIENT) != NULL)
        return false;
    found->side = SF_CLIENT;
    found->number = syn->first_number;
    found->time_ns = syn->first_ns;
    found->certainty = SF_PROBABLE;
    found->detail = SF_DETAIL_OLD_SYN;
    return true;
}

bool sf_rule_PAWS_REJECTED(const struct judgement *j, struct sf_found *found)
{
    if (j->segment == NULL)
        return tells_old_syn(j, found);
    found->side = (uint8_t)j->a;
    if (j->lacks_timestamp)
        found->detail = SF_DETAIL_MISSING;
    else if (j->repeats_old_octets && !j->pa->old_octets.was_refused)
        found->certainty = SF_PROBABLE;
    return j->lacks_timestamp || j->repeats_old_octets;
}
