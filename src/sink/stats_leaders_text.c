#include <inttypes.h>
#include <stdio.h>

#include "base/address.h"
#include "base/clock.h"
#include "sink/stats_leaders.h"
#include "words/translate.h"
#include "words/words.h"

#define NUMBER_END 12 /* counts end here */
#define NAME       14
#define CLIENT_END 34
#define SERVER_END 46
#define LINE_SIZE  256

static void put_heading(struct sf_paper *paper, const char *text)
{
    sf_paper_end_line(paper);
    sf_paper_put_ink(paper, SF_INK_STRONG, text);
}

static void put_line(struct sf_paper *paper, const char *number, const char *text)
{
    sf_paper_right(paper, NUMBER_END, number);
    sf_paper_to(paper, NAME);
    sf_paper_wrap(paper, NAME, text);
    sf_paper_end_line(paper);
}

static void count_text(char text[24], uint64_t count, bool is_at_least)
{
    (void)snprintf(text, 24, "%s%" PRIu64, is_at_least ? "≥" : "", count);
}

static void put_table(struct sf_paper *paper, const char *heading,
                      const struct sf_leader_table *table)
{
    struct sf_leader top[SF_LEADERS_MAX];
    size_t n = sf_leaders_top(table, top);
    if (n == 0 || top[0].count < 2)
        return;
    put_heading(paper, heading);
    sf_paper_end_line(paper);
    for (size_t i = 0; i < n; i++) {
        char number[24], name[SF_ENDPOINT_SIZE];
        count_text(number, top[i].count, top[i].excess > 0);
        if (top[i].has_port)
            (void)sf_endpoint_text(name, top[i].address, top[i].ip, top[i].port);
        else
            (void)sf_address_text(name, top[i].address, top[i].ip);
        put_line(paper, number, name);
    }
}

static void put_closes(struct sf_paper *paper, const struct sf_leaders *leaders)
{
    struct sf_port_closes top[SF_PORTS_MAX];
    size_t n = sf_leaders_ports(leaders, top);
    if (n == 0 || (n == 1 && top[0].by_client + top[0].by_server < 2))
        return;
    put_heading(paper, _("who closed first"));
    sf_paper_right(paper, CLIENT_END, _("client"));
    sf_paper_right(paper, SERVER_END, _("server"));
    sf_paper_end_line(paper);
    for (size_t i = 0; i < n; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, _("port %u"), (unsigned)top[i].port);
        sf_paper_to(paper, 2);
        sf_paper_put(paper, text);
        (void)snprintf(text, sizeof text, "%" PRIu32, top[i].by_client);
        sf_paper_right(paper, CLIENT_END, text);
        (void)snprintf(text, sizeof text, "%" PRIu32, top[i].by_server);
        sf_paper_right(paper, SERVER_END, text);
        sf_paper_end_line(paper);
    }
}

static void put_slow(struct sf_paper *paper, const struct sf_leaders *leaders)
{
    if (leaders->n_slow < 2)
        return;
    put_heading(paper, _("slowest handshakes"));
    sf_paper_end_line(paper);
    for (uint32_t i = 0; i < leaders->n_slow; i++) {
        const struct sf_slow_handshake *slow = &leaders->slow[i];
        const struct sf_key *key = &slow->key;
        unsigned client = slow->client, server = 1u - client;
        char time[SF_CLOCK_SIZE], from[SF_ENDPOINT_SIZE], to[SF_ENDPOINT_SIZE], text[LINE_SIZE];
        (void)sf_clock_duration(time, slow->time_ns);
        (void)sf_endpoint_text(from, key->addr[client], key->ip, key->port[client]);
        (void)sf_endpoint_text(to, key->addr[server], key->ip, key->port[server]);
        (void)snprintf(text, sizeof text, "%s → %s (id=%" PRIu32 ")", from, to, slow->id);
        put_line(paper, time, text);
    }
}

static void attack_text(char text[LINE_SIZE], const struct sf_attack *attack)
{
    const struct sf_key *key = &attack->key;
    unsigned source = attack->source, target = 1u - source;
    char from[SF_ADDRESS_SIZE], host[SF_ADDRESS_SIZE], service[SF_ENDPOINT_SIZE];
    const char *code = sf_code_name(attack->found.code);
    (void)sf_address_text(from, key->addr[source], key->ip);
    (void)sf_address_text(host, key->addr[target], key->ip);
    (void)sf_endpoint_text(service, key->addr[target], key->ip, key->port[target]);
    if (attack->found.code == SF_CODE_SYN_FLOOD)
        (void)snprintf(text, LINE_SIZE, _("sources flooded %s (%s, id=%lu)"), service, code,
                       (unsigned long)attack->id);
    else if (attack->found.detail == SF_DETAIL_HORIZONTAL)
        (void)snprintf(text, LINE_SIZE, _("hosts were tried at port %u by %s (%s, id=%lu)"),
                       (unsigned)key->port[target], from, code, (unsigned long)attack->id);
    else
        (void)snprintf(text, LINE_SIZE, _("ports of %s were tried by %s (%s, id=%lu)"), host, from,
                       code, (unsigned long)attack->id);
}

static void put_attacks(struct sf_paper *paper, const struct sf_leaders *leaders)
{
    if (leaders->n_attacks == 0)
        return;
    put_heading(paper, _("scans and floods"));
    sf_paper_end_line(paper);
    for (uint32_t i = 0; i < leaders->n_attacks; i++) {
        const struct sf_found *found = &leaders->attack[i].found;
        char number[24], text[LINE_SIZE];
        count_text(number, found->figure[0], found->is_at_least);
        attack_text(text, &leaders->attack[i]);
        put_line(paper, number, text);
    }
}

void sf_stats_leaders_text(struct sf_paper *paper, const struct sf_leaders *leaders)
{
    put_closes(paper, leaders);
    put_slow(paper, leaders);
    put_table(paper, _("still in CLOSE_WAIT"), &leaders->close_wait);
    put_table(paper, _("hosts that collected TIME_WAIT"), &leaders->time_wait);
    put_attacks(paper, leaders);
}
