/*
 * What several connections to one server port show together: ACCEPT_QUEUE_OVERFLOW by two lost
 * handshake ACKs within ten seconds, or by resets where others complete. A small table; the
 * oldest entry gives way.
 */
#ifndef SYNFIN_MACHINE_SERVERS_H
#define SYNFIN_MACHINE_SERVERS_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/flow.h>

#define SERVERS_MAX 256u

struct server {
    uint8_t addr[16];
    uint16_t port;
    uint8_t ip;
    bool is_used;
    int64_t lost_ack_ns; /* of the last HANDSHAKE_ACK_LOST there */
    uint32_t lost_ack_id;
    struct sf_flow *lost_ack; /* its connection; NULL when that is over */
};

struct servers {
    struct server server[SERVERS_MAX];
    uint32_t next;
};

/*
 * Notes a HANDSHAKE_ACK_LOST of `flow` at `now_ns`. Returns true when another connection to the
 * same server had one within ten seconds; `other` is that one, while it is still there, or NULL.
 */
bool sf_servers_note_lost_ack(struct servers *servers, struct sf_flow *flow, int64_t now_ns,
                              struct sf_flow **other);

/* The connection goes: nothing may point to it any more. */
void sf_servers_forget(struct servers *servers, const struct sf_flow *flow);

#endif
