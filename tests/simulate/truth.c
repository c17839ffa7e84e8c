#include "truth.h"

void truth_begin_life(struct truth *truth, unsigned end, enum sf_state state, int64_t now_ns)
{
    if (truth->n_lives[end] == LIVES_MAX) {
        truth->is_cut = true;
        return;
    }
    truth->n_lives[end]++;
    truth_move(truth, end, state, true, now_ns);
}

void truth_move(struct truth *truth, unsigned end, enum sf_state state, bool is_silent,
                int64_t now_ns)
{
    struct life *life = &truth->life[end][truth->n_lives[end] - 1u];
    /* A listener that ends before anything reached it never listened to anybody. */
    if (state == SF_STATE_CLOSED && life->n == 1 && life->history[0].state == SF_STATE_LISTEN)
        life->n = 0;
    /* One segment with the ACK of the FIN and a FIN leads past FIN-WAIT-2: §3.10.7.4, eighth, "if
     * our FIN has been ACKed (perhaps in this segment)". */
    if (state == SF_STATE_TIME_WAIT && life->n > 0 &&
        life->history[life->n - 1u].time_ns == now_ns &&
        life->history[life->n - 1u].state == SF_STATE_FIN_WAIT_2)
        life->n--;
    if (life->n == HISTORY_MAX) {
        truth->is_cut = true;
        return;
    }
    life->history[life->n++] =
        (struct moment){.time_ns = now_ns, .state = (uint8_t)state, .is_silent = is_silent};
}

int truth_send(struct truth *truth, const struct packet *packet, int64_t now_ns)
{
    if (truth->n_sent == SENT_MAX) {
        truth->is_cut = true;
        return -1;
    }
    unsigned last = truth->n_lives[packet->from] - 1u;
    const struct life *life = &truth->life[packet->from][last];
    bool is_listening = life->n == 1 && life->history[0].state == SF_STATE_LISTEN;
    /* A listener that resets what reaches it speaks for the connection that it had before. */
    if (is_listening && last > 0)
        life = &truth->life[packet->from][--last];
    struct sent *sent = &truth->sent[truth->n_sent];
    *sent = (struct sent){.packet = *packet,
                          .sent_ns = now_ns,
                          .passed_ns = NEVER,
                          .arrived_ns = NEVER,
                          .last_arrived_ns = NEVER};
    sent->packet.life = (uint8_t)last;
    sent->packet.moment = (uint8_t)(life->n - 1u);
    return (int)truth->n_sent++;
}

enum sf_state truth_state_at(const struct truth *truth, const struct sent *sent)
{
    const struct packet *packet = &sent->packet;
    return truth->life[packet->from][packet->life].history[packet->moment].state;
}

void truth_pass(struct truth *truth, unsigned sent, bool is_captured, int64_t now_ns)
{
    if (truth->n_passes == PASSES_MAX) {
        truth->is_cut = true;
        return;
    }
    bool is_copy = truth->sent[sent].passed_ns != NEVER;
    if (!is_copy)
        truth->sent[sent].passed_ns = now_ns;
    truth->pass[truth->n_passes++] = (struct pass){
        .time_ns = now_ns, .sent = (uint16_t)sent, .is_captured = is_captured, .is_copy = is_copy};
}

uint32_t packet_span(const struct packet *packet)
{
    return packet->length + ((packet->flags & SF_SYN) != 0 ? 1u : 0u) +
           ((packet->flags & SF_FIN) != 0 ? 1u : 0u);
}

bool packet_covers(const struct packet *packet, uint32_t number)
{
    return (packet->flags & SF_ACK) != 0 && (int32_t)(packet->ack - number) >= 0;
}
