/*
 * Who stands out among the chosen connections: the top lists of `stats`.
 *
 * Memory is bounded whatever the input: LEADERS_SETS times LEADERS_WAYS hosts in each table
 * (Metwally, Agrawal, El Abbadi, "Efficient computation of frequent and top-k elements in data
 * streams", 2005, one small table for each set), two counts for each port. Order is by number, then
 * by address or id, so that it never depends on anything else.
 */
#ifndef SYNFIN_SINK_LEADERS_H
#define SYNFIN_SINK_LEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/flow.h>

#define SF_LEADERS_MAX 5u /* in each list, … */
#define SF_PORTS_MAX   8u /* … but that of ports */

#define LEADERS_SETS 128u
#define LEADERS_WAYS 8u

/* A host, or a host and port, and how many connections it has. */
struct sf_leader {
    uint8_t address[16];
    uint64_t count;  /* at least; … */
    uint64_t excess; /* … and perhaps so many more, where another one gave way to it */
    uint16_t port;
    uint8_t ip;
    bool has_port, is_used;
};

struct sf_leader_table {
    struct sf_leader leader[LEADERS_SETS][LEADERS_WAYS];
};

struct sf_slow_handshake {
    int64_t time_ns;
    struct sf_key key;
    uint32_t id;
    uint8_t client; /* end of the key */
};

/* A finding about many connections, and the one that carries it. */
struct sf_attack {
    struct sf_found found;
    struct sf_key key;
    uint32_t id;
    uint8_t source; /* end of the key */
};

struct sf_port_closes {
    uint32_t by_client, by_server;
    uint16_t port;
};

struct sf_leaders {
    struct sf_leader_table close_wait; /* ends that are in CLOSE_WAIT; a client without its port */
    struct sf_leader_table time_wait;  /* hosts that hold TIME_WAIT */
    struct sf_slow_handshake slow[SF_LEADERS_MAX];
    struct sf_attack attack[SF_LEADERS_MAX];
    uint32_t n_slow, n_attacks;
    uint32_t closes[65536][2]; /* by port of the server and side that closed first */
};

/* Adds a connection whose row is final. `leaders` begins as all zero. */
void sf_leaders_add(struct sf_leaders *leaders, const struct sf_flow *flow);

/* The first so many of a table or of the ports; returns how many there are. */
size_t sf_leaders_top(const struct sf_leader_table *table, struct sf_leader top[SF_LEADERS_MAX]);
size_t sf_leaders_ports(const struct sf_leaders *leaders, struct sf_port_closes top[SF_PORTS_MAX]);

#endif
