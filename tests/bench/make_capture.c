/*
 * Writes a capture for the benchmark to standard output: many connections, interleaved, each with
 * handshake, data both ways with acknowledgments, and a close of four segments. Always the same.
 *   make_capture CONNECTIONS SEGMENTS-OF-DATA-EACH
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE    1000 /* connections open at one time */
#define PAYLOAD    100
#define HEADERS    (14 + 20 + 32)
#define STEP_US    7
#define FLAG_FIN   0x01
#define FLAG_SYN   0x02
#define FLAG_ACK   0x10
#define CLIENT_ISN 1000
#define SERVER_ISN 9000

/* What a step of a connection sends. */
struct step {
    bool from_client;
    uint8_t flags;
    uint16_t payload;
};

struct writer {
    uint64_t time_us;
    uint32_t number;
};

static void put16(uint8_t *to, unsigned value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static void put32(uint8_t *to, uint32_t value)
{
    put16(to, value >> 16);
    put16(to + 2, value & 0xffff);
}

static uint32_t sum(const uint8_t *bytes, size_t length, uint32_t start)
{
    for (size_t i = 0; i + 1 < length; i += 2)
        start += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
    if (length % 2 != 0)
        start += (uint32_t)(bytes[length - 1] << 8);
    return start;
}

static unsigned folded(uint32_t value)
{
    while (value >> 16 != 0)
        value = (value & 0xffff) + (value >> 16);
    return ~value & 0xffff;
}

static void fill_ip(uint8_t *ip, uint32_t connection, bool from_client, unsigned length)
{
    uint32_t client = 0x0a000001u + connection / 20000, server = 0xc0000201u;
    memset(ip, 0, 20);
    ip[0] = 0x45;
    put16(ip + 2, length);
    ip[8] = 64;
    ip[9] = 6;
    put32(ip + 12, from_client ? client : server);
    put32(ip + 16, from_client ? server : client);
    put16(ip + 10, folded(sum(ip, 20, 0)));
}

/* 20 octets, and the time stamp option every modern stack sends. */
static void fill_tcp(uint8_t *tcp, uint32_t connection, const struct step *step, uint32_t seq,
                     uint32_t ack)
{
    unsigned port = 20000 + connection % 20000;
    memset(tcp, 0, 32);
    put16(tcp, step->from_client ? port : 80);
    put16(tcp + 2, step->from_client ? 80 : port);
    put32(tcp + 4, seq);
    put32(tcp + 8, step->flags & FLAG_ACK ? ack : 0);
    tcp[12] = 8 << 4;
    tcp[13] = step->flags;
    put16(tcp + 14, 64000);
    memcpy(tcp + 20, (const uint8_t[]){1, 1, 8, 10}, 4);
    put32(tcp + 24, seq);
    put32(tcp + 28, ack);
}

static void write_record(struct writer *writer, const uint8_t *frame, uint32_t length)
{
    uint32_t header[4] = {(uint32_t)(1700000000 + writer->time_us / 1000000),
                          (uint32_t)(writer->time_us % 1000000), length, length};
    fwrite(header, sizeof header, 1, stdout);
    fwrite(frame, length, 1, stdout);
    writer->time_us += STEP_US;
    writer->number++;
}

static void write_segment(struct writer *writer, uint32_t connection, const struct step *step,
                          uint32_t seq, uint32_t ack)
{
    uint8_t frame[HEADERS + PAYLOAD] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
    unsigned tcp_length = 32u + step->payload;
    memset(frame + HEADERS, 'x', step->payload);
    fill_ip(frame + 14, connection, step->from_client, 20 + tcp_length);
    fill_tcp(frame + 34, connection, step, seq, ack);
    put16(frame + 50, folded(sum(frame + 34, tcp_length, sum(frame + 26, 8, 6 + tcp_length))));
    write_record(writer, frame, 14 + 20 + tcp_length);
}

/* What the connection sends as its `i`-th segment; false when it is over. */
static bool step_at(unsigned i, unsigned n_data, struct step *step)
{
    static const struct step opening[] = {
        {true, FLAG_SYN, 0}, {false, FLAG_SYN | FLAG_ACK, 0}, {true, FLAG_ACK, 0}};
    static const struct step middle[] = {{true, FLAG_ACK, PAYLOAD}, {false, FLAG_ACK, PAYLOAD}};
    static const struct step closing[] = {{true, FLAG_FIN | FLAG_ACK, 0},
                                          {false, FLAG_ACK, 0},
                                          {false, FLAG_FIN | FLAG_ACK, 0},
                                          {true, FLAG_ACK, 0}};
    if (i < 3)
        *step = opening[i];
    else if (i < 3 + n_data)
        *step = middle[(i - 3) % 2];
    else if (i < 3 + n_data + 4)
        *step = closing[i - 3 - n_data];
    else
        return false;
    return true;
}

/* AT_ONCE connections, one segment of each in turn. */
static void write_round(struct writer *writer, uint32_t first, uint32_t n, unsigned n_data)
{
    struct step step;
    uint32_t next[2] = {SERVER_ISN, CLIENT_ISN}; /* by from_client; the same for all of the round */
    for (unsigned i = 0; step_at(i, n_data, &step); i++) {
        for (uint32_t connection = first; connection < first + n; connection++)
            write_segment(writer, connection, &step, next[step.from_client],
                          next[!step.from_client]);
        next[step.from_client] += step.payload + (step.flags & (FLAG_SYN | FLAG_FIN) ? 1u : 0u);
    }
}

int main(int argc, char **argv)
{
    static const uint32_t header[6] = {0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1};
    struct writer writer = {0};
    long connections = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
    long n_data = argc == 3 ? strtol(argv[2], NULL, 10) : -1;
    if (connections <= 0 || connections > 10000000 || n_data < 0 || n_data > 10000) {
        fprintf(stderr, "usage: make_capture CONNECTIONS SEGMENTS-OF-DATA-EACH\n");
        return 2;
    }
    fwrite(header, sizeof header, 1, stdout);
    for (long first = 0; first < connections; first += AT_ONCE)
        write_round(&writer, (uint32_t)first,
                    (uint32_t)(connections - first < AT_ONCE ? connections - first : AT_ONCE),
                    (unsigned)n_data);
    return fflush(stdout) != 0;
}
