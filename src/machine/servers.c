#include "machine/servers.h"

#include <string.h>

#define TOGETHER_NS INT64_C(10000000000)

static struct server *find(struct servers *servers, const struct sf_key *key, unsigned end)
{
    for (unsigned i = 0; i < SERVERS_MAX; i++) {
        struct server *server = &servers->server[i];
        if (server->is_used && server->port == key->port[end] && server->ip == key->ip &&
            memcmp(server->addr, key->addr[end], sizeof server->addr) == 0)
            return server;
    }
    return NULL;
}

static struct server *add(struct servers *servers, const struct sf_key *key, unsigned end)
{
    struct server *server = &servers->server[servers->next];
    servers->next = (servers->next + 1u) % SERVERS_MAX;
    memset(server, 0, sizeof *server);
    memcpy(server->addr, key->addr[end], sizeof server->addr);
    server->port = key->port[end];
    server->ip = key->ip;
    server->is_used = true;
    return server;
}

bool sf_servers_note_lost_ack(struct servers *servers, struct sf_flow *flow, int64_t now_ns,
                              struct sf_flow **other)
{
    unsigned end = 1u - flow->client;
    struct server *server = find(servers, &flow->key, end);
    bool others = server != NULL && server->lost_ack_id != flow->id &&
                  now_ns - server->lost_ack_ns <= TOGETHER_NS;
    *other = others ? server->lost_ack : NULL;
    if (server == NULL)
        server = add(servers, &flow->key, end);
    server->lost_ack_ns = now_ns;
    server->lost_ack_id = flow->id;
    server->lost_ack = flow;
    return others;
}

void sf_servers_forget(struct servers *servers, const struct sf_flow *flow)
{
    for (unsigned i = 0; i < SERVERS_MAX; i++) {
        if (servers->server[i].lost_ack == flow)
            servers->server[i].lost_ack = NULL;
    }
}
