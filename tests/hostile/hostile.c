/*
 * Writes captures that someone made to be hard to read, to standard output (LINKTYPE_RAW):
 *   hostile KIND
 *
 *   reuse       a thousand connections on the same ports, one after the other
 *   jumps       200 connections while the clock goes 50 years ahead and back, and an hour back
 *   wrap        a connection whose numbers pass 2^32 on both sides
 *   fragments   333,333 packets, each in three fragments of eight octets
 *   pieces      a million first, middle and last pieces of one packet, in no order
 *   extensions  200,000 IPv6 packets with up to 180 extension headers in a row
 *   options     SYNs with an option of every length from 0 to 255 at every place in the header
 *   holes       a connection of which every other ten octets are missing, 200,000 times
 *   mess        100,000 segments of one pair of ports with flags and numbers drawn by lot
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACKET_MAX 4096u
#define START_US   (UINT64_C(1000000000) * 1000000u)
#define SECOND_US  UINT64_C(1000000)
#define YEAR_US    (UINT64_C(31557600) * SECOND_US)

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10 };

/* A TCP segment to be written. The client has the lower address. */
struct segment {
    bool from_server;
    uint16_t client_port;
    uint32_t seq, ack;
    uint8_t flags;
    const uint8_t *options;
    size_t options_length, payload;
};

static uint64_t time_us = START_US;

static void put16(uint8_t *to, size_t value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static void put32(uint8_t *to, uint32_t value)
{
    put16(to, value >> 16);
    put16(to + 2, value & 0xffffu);
}

static uint32_t sum(const uint8_t *bytes, size_t n, uint32_t start)
{
    for (size_t i = 0; i < n; i++)
        start += (uint32_t)bytes[i] << (i % 2 == 0 ? 8 : 0);
    return start;
}

static uint32_t folded(uint32_t value)
{
    while (value >> 16 != 0)
        value = (value >> 16) + (value & 0xffffu);
    return ~value & 0xffffu;
}

/* ---- packets ----------------------------------------------------------------------------------
 */

static void write_packet(const uint8_t *packet, size_t n)
{
    const uint32_t header[4] = {(uint32_t)(time_us / SECOND_US), (uint32_t)(time_us % SECOND_US),
                                (uint32_t)n, (uint32_t)n};
    fwrite(header, sizeof header, 1, stdout);
    fwrite(packet, n, 1, stdout);
}

/* `field` is the flags and the offset of a fragment. */
static void write_ipv4(uint32_t from, uint32_t to, size_t id, size_t field, const uint8_t *payload,
                       size_t n)
{
    uint8_t packet[PACKET_MAX] = {0x45};
    put16(packet + 2, 20 + n);
    put16(packet + 4, id & 0xffffu);
    put16(packet + 6, field);
    packet[8] = 64;
    packet[9] = 6;
    put32(packet + 12, from);
    put32(packet + 16, to);
    put16(packet + 10, folded(sum(packet, 20, 0)));
    memcpy(packet + 20, payload, n);
    write_packet(packet, 20 + n);
}

static size_t fill_tcp(uint8_t *tcp, const struct segment *segment, uint32_t from, uint32_t to)
{
    size_t header = 20 + segment->options_length, n = header + segment->payload;
    uint8_t pseudo[8];
    memset(tcp, 0, 20);
    put16(tcp, segment->from_server ? 80 : segment->client_port);
    put16(tcp + 2, segment->from_server ? segment->client_port : 80);
    put32(tcp + 4, segment->seq);
    put32(tcp + 8, (segment->flags & ACK) != 0 ? segment->ack : 0);
    tcp[12] = (uint8_t)(header / 4 << 4);
    tcp[13] = segment->flags;
    put16(tcp + 14, 64240);
    if (segment->options_length > 0)
        memcpy(tcp + 20, segment->options, segment->options_length);
    memset(tcp + header, 'x', segment->payload);
    put32(pseudo, from);
    put32(pseudo + 4, to);
    put16(tcp + 16, folded(sum(tcp, n, sum(pseudo, 8, (uint32_t)(6 + n)))));
    return n;
}

static void write_segment(const struct segment *segment)
{
    static size_t id = 1;
    uint8_t tcp[PACKET_MAX];
    uint32_t client = 0x0a000001, server = 0x0a000002;
    uint32_t from = segment->from_server ? server : client;
    uint32_t to = segment->from_server ? client : server;
    size_t n = fill_tcp(tcp, segment, from, to);
    write_ipv4(from, to, id++, 0x4000, tcp, n);
}

static void step(uint16_t port, bool from_server, uint8_t flags, uint32_t seq, uint32_t ack,
                 size_t payload)
{
    const struct segment segment = {.from_server = from_server,
                                    .client_port = port,
                                    .seq = seq,
                                    .ack = ack,
                                    .flags = flags,
                                    .payload = payload};
    write_segment(&segment);
    time_us += 1000;
}

static void open_connection(uint16_t port, uint32_t x, uint32_t y)
{
    step(port, false, SYN, x, 0, 0);
    step(port, true, SYN | ACK, y, x + 1, 0);
    step(port, false, ACK, x + 1, y + 1, 0);
}

static void close_connection(uint16_t port, uint32_t x, uint32_t y)
{
    step(port, false, FIN | ACK, x, y, 0);
    step(port, true, ACK, y, x + 1, 0);
    step(port, true, FIN | ACK, y, x + 1, 0);
    step(port, false, ACK, x + 1, y + 1, 0);
}

/* ---- kinds ------------------------------------------------------------------------------------
 */

static void reuse(void)
{
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t x = 1000 + i * 100000, y = 77 + i * 90000;
        open_connection(5000, x, y);
        close_connection(5000, x + 1, y + 1);
        time_us += SECOND_US / 2;
    }
}

static void jumps(void)
{
    for (uint32_t i = 0; i < 200; i++) {
        time_us = START_US + i * 10000 + (i % 2) * 50 * YEAR_US - (i % 3) * 3600 * SECOND_US;
        open_connection((uint16_t)(6000 + i), 5, 9);
        close_connection((uint16_t)(6000 + i), 6, 10);
    }
}

static void wrap(void)
{
    uint32_t x = 0xffffff00, y = 0xfffffff0;
    open_connection(7000, x, y);
    step(7000, false, PSH | ACK, x + 1, y + 1, 500);
    step(7000, true, PSH | ACK, y + 1, x + 501, 600);
    close_connection(7000, x + 501, y + 601);
}

static void fragments(void)
{
    uint8_t tcp[PACKET_MAX];
    for (uint32_t i = 0; i < 333333; i++) {
        const struct segment syn = {.client_port = 9000, .seq = i, .flags = SYN};
        memset(tcp, 0, 24);
        (void)fill_tcp(tcp, &syn, 0x0b000000 + i, 0x0a000002);
        for (size_t at = 0; at < 3; at++, time_us += 10)
            write_ipv4(0x0b000000 + i, 0x0a000002, i, (at < 2 ? 0x2000 : 0) | at, tcp + at * 8, 8);
    }
}

static void pieces(void)
{
    static const uint8_t octets[8] = {0, 80, 0, 80, 0, 0, 0, 1};
    for (uint32_t i = 0; i < 1000000; i++, time_us += 10)
        write_ipv4(0x0a000001, 0x0a000002, 7, 0x2000 | i * 7919 % 8000, octets, 8);
}

/* A chain of destination options (RFC 8200 §4.6), the last one in front of TCP. */
static void extensions(void)
{
    uint8_t packet[PACKET_MAX];
    for (uint32_t i = 0; i < 200000; i++, time_us += 100) {
        size_t headers = i % 181, n = 40;
        const struct segment syn = {
            .client_port = (uint16_t)(1 + i % 60000), .seq = i, .flags = SYN};
        memset(packet, 0, 40 + headers * 8);
        packet[0] = 0x60;
        packet[6] = headers > 0 ? 60 : 6;
        packet[7] = 64;
        packet[8] = packet[24] = 0x20;
        packet[39] = 1;
        for (size_t h = 1; h <= headers; h++, n += 8) {
            packet[n] = h < headers ? 60 : 6;
            packet[n + 2] = 1; /* PadN of four octets */
            packet[n + 3] = 4;
        }
        n += fill_tcp(packet + n, &syn, 0, 0);
        put16(packet + 4, n - 40);
        write_packet(packet, n);
    }
}

static void options(void)
{
    for (uint32_t place = 0; place <= 38; place++) {
        for (uint32_t length = 0; length < 256; length++) {
            uint8_t bytes[40];
            const struct segment syn = {.client_port = (uint16_t)(10000 + place * 256 + length),
                                        .seq = 1,
                                        .flags = SYN,
                                        .options = bytes,
                                        .options_length = sizeof bytes};
            memset(bytes, 1, sizeof bytes); /* no-operation */
            bytes[place] = (uint8_t)(2 + length % 40);
            bytes[place + 1] = (uint8_t)length;
            write_segment(&syn);
            time_us += 10;
        }
    }
}

static void holes(void)
{
    open_connection(8000, 100, 200);
    for (uint32_t i = 0; i < 200000; i++)
        step(8000, false, PSH | ACK, 101 + i * 20, 201, 10);
}

static void mess(void)
{
    static const uint8_t flags[] = {SYN,       SYN | ACK, ACK, FIN | ACK, RST,
                                    RST | ACK, FIN | SYN, 0,   255};
    static const uint32_t numbers[] = {1, 2, 100, 101, 5000, 0x7fffffff, 0xffffffff};
    uint32_t random = 5;
    for (uint32_t i = 0; i < 100000; i++) {
        uint32_t draw[4];
        for (size_t k = 0; k < 4; k++)
            draw[k] = (random = random * 1664525u + 1013904223u) >> 8;
        step(9000, draw[0] % 2 != 0, flags[draw[1] % sizeof flags], numbers[draw[2] % 7],
             numbers[draw[3] % 7], 0);
    }
}

static const struct {
    const char *name;
    void (*make)(void);
} kinds[] = {{"reuse", reuse},         {"jumps", jumps},   {"wrap", wrap},
             {"fragments", fragments}, {"pieces", pieces}, {"extensions", extensions},
             {"options", options},     {"holes", holes},   {"mess", mess}};

int main(int argc, char **argv)
{
    static const uint32_t header[6] = {0xa1b2c3d4, 0x00040002, 0, 0, 65535, 101};
    for (size_t i = 0; argc == 2 && i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(argv[1], kinds[i].name) == 0) {
            fwrite(header, sizeof header, 1, stdout);
            kinds[i].make();
            return fflush(stdout) == 0 ? 0 : 1;
        }
    }
    fputs("usage: hostile reuse|jumps|wrap|fragments|pieces|extensions|options|holes|mess >FILE\n",
          stderr);
    return 2;
}
