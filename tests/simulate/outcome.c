#include "outcome.h"

#include <stddef.h>

/* What passed of one end. */
struct passed {
    bool syn, synack, completes, fin, fin_covers;
    uint32_t synack_end, fin_end;
    unsigned fin_at; /* the pass of its first FIN */
};

/* The packet of a pass that the row took, or NULL. */
static const struct packet *taken(const struct checking *checking, const struct row *row,
                                  unsigned at)
{
    const struct said *said = &checking->account->said[at];
    bool is_taken = said->is_told && said->flow == row->flow.id;
    return is_taken ? &checking->truth->sent[checking->truth->pass[at].sent].packet : NULL;
}

static void note_opening(struct passed *me, const struct passed *other, const struct packet *packet)
{
    bool has_ack = (packet->flags & SF_ACK) != 0;
    if ((packet->flags & SF_SYN) == 0) {
        me->completes |= has_ack && other->synack && packet_covers(packet, other->synack_end);
        return;
    }
    me->syn |= !has_ack;
    me->synack |= has_ack;
    if (has_ack)
        me->synack_end = packet->seq + 1u;
}

static void note_fin(struct passed *me, const struct passed *other, const struct packet *packet,
                     unsigned at)
{
    if ((packet->flags & SF_FIN) == 0 || me->fin)
        return;
    me->fin = true;
    me->fin_end = packet->seq + packet_span(packet);
    me->fin_at = at;
    me->fin_covers = other->fin && packet_covers(packet, other->fin_end);
}

/* A row goes on with the next attempt where a listener answers the SYN that is sent again. */
static bool opens_next(const struct packet *packet, const unsigned life[2])
{
    return (packet->flags & SF_SYN) != 0 && packet->life != life[packet->from];
}

static void look(const struct checking *checking, const struct row *row, struct passed passed[2])
{
    bool is_reset = false;
    unsigned life[2] = {0, 0};
    for (unsigned i = 0; i < checking->truth->n_passes; i++) {
        const struct packet *packet = taken(checking, row, i);
        if (packet == NULL)
            continue;
        bool is_rst = (packet->flags & SF_RST) != 0;
        is_reset |= is_rst && packet->reason != REASON_BAD_ACK; /* that resets another connection */
        is_reset &= !opens_next(packet, life);
        life[packet->from] = packet->life;
        if (is_rst || is_reset) /* what is on its way still opens and closes nothing */
            continue;
        struct passed *me = &passed[packet->from], *other = &passed[1u - packet->from];
        note_opening(me, other, packet);
        note_fin(me, other, packet, i);
    }
}

/* Did the second closer acknowledge the first FIN before its own FIN passed? */
static bool was_covered_before(const struct checking *checking, const struct row *row,
                               const struct passed *first, unsigned second, unsigned until)
{
    for (unsigned i = first->fin_at + 1u; i < until; i++) {
        const struct packet *packet = taken(checking, row, i);
        if (packet != NULL && packet->from == second && (packet->flags & SF_RST) == 0 &&
            packet_covers(packet, first->fin_end))
            return true;
    }
    return false;
}

static void check_close(struct checking *checking, const struct row *row,
                        const struct passed passed[2])
{
    unsigned first = passed[0].fin_at < passed[1].fin_at ? 0 : 1;
    const struct passed *second = &passed[1u - first];
    enum sf_close close = SF_CLOSE_THREE_SEGMENT;
    if (!second->fin_covers)
        close = SF_CLOSE_SIMULTANEOUS;
    else if (was_covered_before(checking, row, &passed[first], 1u - first, second->fin_at))
        close = SF_CLOSE_FOUR_SEGMENT;
    if (row->flow.close != close)
        checking_break(checking, RULE_OUTCOME, "the close is number %u, not %u",
                       (unsigned)row->flow.close, (unsigned)close);
    if (row->flow.closed_by != observed_side(&row->flow, first))
        checking_break(checking, RULE_OUTCOME, "end %u closed first", first);
}

void check_outcome(struct checking *checking, const struct row *row)
{
    struct passed passed[2] = {{.syn = false}, {.syn = false}};
    if (checking->kind != KIND_CLEAN && checking->kind != KIND_BEHIND)
        return;
    look(checking, row, passed);
    unsigned client = row->flow.client;
    /* An opener that sends a SYN,ACK has been sent a SYN. */
    bool is_plain = passed[client].syn && !passed[client].synack && !passed[1u - client].syn;
    bool is_complete = passed[1u - client].synack && passed[client].completes;
    if (is_plain && is_complete != (row->flow.handshake == SF_HANDSHAKE_COMPLETE))
        checking_break(checking, RULE_OUTCOME, "the handshake is %scomplete",
                       is_complete ? "" : "not ");
    if (passed[0].fin && passed[1].fin && is_plain && is_complete)
        check_close(checking, row, passed);
}
