#include "base/address.h"
#include "sink/columns.h"
#include "sink/stats_leaders.h"

#define PUT(output, literal) sf_output_bytes(output, literal, sizeof(literal) - 1)

static void put_address(struct sf_output *output, const uint8_t address[16], uint8_t ip)
{
    char text[SF_ADDRESS_SIZE];
    (void)sf_address_text(text, address, ip);
    sf_output_char(output, '"');
    sf_output_text(output, text);
    sf_output_char(output, '"');
}

/* `"client":"10.0.0.1","client_port":41000,"server":…` */
static void put_ends(struct sf_output *output, const struct sf_key *key, unsigned client)
{
    PUT(output, "\"client\":");
    put_address(output, key->addr[client], key->ip);
    PUT(output, ",\"client_port\":");
    sf_output_unsigned(output, key->port[client]);
    PUT(output, ",\"server\":");
    put_address(output, key->addr[1u - client], key->ip);
    PUT(output, ",\"server_port\":");
    sf_output_unsigned(output, key->port[1u - client]);
}

static void begin_item(struct sf_output *output, size_t i)
{
    if (i > 0)
        sf_output_char(output, ',');
    sf_output_char(output, '{');
}

static void put_table(struct sf_output *output, const struct sf_leader_table *table)
{
    struct sf_leader top[SF_LEADERS_MAX];
    size_t n = sf_leaders_top(table, top);
    for (size_t i = 0; i < n; i++) {
        begin_item(output, i);
        PUT(output, "\"address\":");
        put_address(output, top[i].address, top[i].ip);
        PUT(output, ",\"port\":");
        if (top[i].has_port)
            sf_output_unsigned(output, top[i].port);
        else
            PUT(output, "null");
        PUT(output, ",\"connections\":");
        sf_output_unsigned(output, top[i].count);
        if (top[i].excess > 0)
            PUT(output, ",\"at_least\":true");
        sf_output_char(output, '}');
    }
}

static void put_closes(struct sf_output *output, const struct sf_leaders *leaders)
{
    struct sf_port_closes top[SF_PORTS_MAX];
    size_t n = sf_leaders_ports(leaders, top);
    for (size_t i = 0; i < n; i++) {
        begin_item(output, i);
        PUT(output, "\"server_port\":");
        sf_output_unsigned(output, top[i].port);
        PUT(output, ",\"client\":");
        sf_output_unsigned(output, top[i].by_client);
        PUT(output, ",\"server\":");
        sf_output_unsigned(output, top[i].by_server);
        sf_output_char(output, '}');
    }
}

static void put_slow(struct sf_output *output, const struct sf_leaders *leaders)
{
    for (uint32_t i = 0; i < leaders->n_slow; i++) {
        const struct sf_slow_handshake *slow = &leaders->slow[i];
        begin_item(output, i);
        PUT(output, "\"id\":");
        sf_output_unsigned(output, slow->id);
        PUT(output, ",\"handshake_time\":");
        sf_output_seconds(output, slow->time_ns, 9);
        sf_output_char(output, ',');
        put_ends(output, &slow->key, slow->client);
        sf_output_char(output, '}');
    }
}

static void put_attacks(struct sf_output *output, const struct sf_leaders *leaders)
{
    for (uint32_t i = 0; i < leaders->n_attacks; i++) {
        const struct sf_attack *attack = &leaders->attack[i];
        unsigned client = attack->found.side == SF_SERVER ? 1u - attack->source : attack->source;
        begin_item(output, i);
        PUT(output, "\"id\":");
        sf_output_unsigned(output, attack->id);
        sf_output_char(output, ',');
        put_ends(output, &attack->key, client);
        PUT(output, ",\"finding\":{");
        sf_columns_found_json(output, &attack->found);
        PUT(output, "}}");
    }
}

void sf_stats_leaders_json(struct sf_output *output, const struct sf_leaders *leaders)
{
    PUT(output, ",\"first_to_close\":[");
    put_closes(output, leaders);
    PUT(output, "],\"slowest_handshakes\":[");
    put_slow(output, leaders);
    PUT(output, "],\"close_wait\":[");
    put_table(output, &leaders->close_wait);
    PUT(output, "],\"time_wait\":[");
    put_table(output, &leaders->time_wait);
    PUT(output, "],\"attacks\":[");
    put_attacks(output, leaders);
    sf_output_char(output, ']');
}
