/*
 * Findings of single segments that a TCP should not send, or not accept: RFC 9293 §3.1.
 */
#include "machine/rules.h"

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
