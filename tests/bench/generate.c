/*
 * Writes a capture for the benchmark to standard output, always the same one, and on standard error
 * what it holds: connections by how they went.
 *   generate KIND DIVISOR [nano|pcapng]
 *
 * KIND is one of:
 *   handshakes  1,000,000 connections, 20,000 at a time, no payload, a fifth IPv6, some refused,
 *               unanswered, reset, or with a lost final ACK
 *   mix         200,000 connections, 5,000 at a time, 20 segments of 1,400 octets each
 *   bulk        2,000 connections of 1,000 segments of 1,448 octets
 *   crowd       10,000,000 connections at once, four packets each, in random order
 *   flood       1,000 connections with data, 10 at a time, among 20,000,000 SYNs of random senders
 *   alike       as crowd, a tenth of it, with keys that are one to a hash without a secret:
 * addresses and ports have the same exclusive or DIVISOR makes it smaller: 10 is a tenth of the
 * connections.
 *
 * Each connection has a slot; one packet of each slot in turn, a millisecond and a half per
 * thousand slots apart, makes the round trips. What waits for a timer sits out that many rounds.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ETHERNET     14u
#define SYN_HEADER   40u /* with MSS, SACK permitted, timestamps and window scale */
#define RST_HEADER   20u
#define TCP_HEADER   32u /* with timestamps */
#define PAYLOAD_MAX  1448u
#define FRAME_MAX    (ETHERNET + 40u + SYN_HEADER + PAYLOAD_MAX)
#define ROUND_NS     UINT64_C(30000000)
#define START_S      UINT64_C(1700000000)
#define SYN_ROUNDS   34u /* a second: RFC 6298 §2.1 */
#define FIN_ROUNDS   8u  /* a quarter of a second */
#define NANOSECOND   UINT64_C(1000000000)
#define PCAP_MICRO   0xa1b2c3d4u
#define PCAP_NANO    0xa1b23c4du
#define BUFFER_BYTES (1u << 20)

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10 };

enum outcome { FOUR_SEGMENT, THREE_SEGMENT, REFUSED, UNANSWERED, RESET, LOST_ACK, OPEN, OUTCOMES };

static const char *const outcome_names[OUTCOMES] = {
    "four_segment", "three_segment", "refused", "unanswered", "reset", "lost_ack", "open"};

/* One packet of a script: who sends it, what, and how many rounds after the one before. */
struct step {
    bool from_server;
    uint8_t flags;
    bool again; /* the numbers of the sender's last segment once more */
    uint16_t rounds;
};

#define OPENING                                                                                    \
    {false, SYN, false, 1}, {true, SYN | ACK, false, 1},                                           \
    {                                                                                              \
        false, ACK, false, 1                                                                       \
    }
#define END                                                                                        \
    {                                                                                              \
        false, 0, false, 0                                                                         \
    }

static const struct step four_segment[] = {{false, FIN | ACK, false, 1},
                                           {true, ACK, false, 1},
                                           {true, FIN | ACK, false, 1},
                                           {false, ACK, false, 1},
                                           END};
static const struct step three_segment[] = {
    {false, FIN | ACK, false, 1}, {true, FIN | ACK, false, 1}, {false, ACK, false, 1}, END};
static const struct step reset[] = {{false, RST | ACK, false, 1}, END};
static const struct step lost_ack[] = {{false, FIN | ACK, false, 1},
                                       {true, ACK, false, 1},
                                       {true, FIN | ACK, false, 1},
                                       {false, ACK, false, 1},
                                       {true, FIN | ACK, true, FIN_ROUNDS},
                                       {false, ACK, false, 1},
                                       END};
static const struct step refused[] = {{false, SYN, false, 1}, {true, RST | ACK, false, 1}, END};
static const struct step unanswered[] = {{false, SYN, false, 1},
                                         {false, SYN, true, SYN_ROUNDS},
                                         {false, SYN, true, 2 * SYN_ROUNDS},
                                         END};
static const struct step left_open[] = {END};
static const struct step opening[] = {OPENING, END};

static const struct step *const closings[OUTCOMES] = {
    four_segment, three_segment, refused, unanswered, reset, lost_ack, left_open};

struct kind {
    const char *name;
    uint32_t connections, at_once;
    uint32_t segments, payload; /* of data, by connection */
    uint32_t share[OUTCOMES];   /* of a hundred */
    bool has_ipv6, is_shuffled, is_alike;
    uint32_t noise; /* SYNs of random senders behind each packet */
};

static const struct kind kinds[] = {
    {"handshakes", 1000000, 20000, 0, 0, {80, 6, 4, 3, 4, 3, 0}, true, false, false, 0},
    {"mix", 200000, 5000, 20, 1400, {35, 50, 0, 0, 15, 0, 0}, false, false, false, 0},
    {"bulk", 2000, 100, 1000, 1448, {100, 0, 0, 0, 0, 0, 0}, false, false, false, 0},
    {"crowd", 10000000, 10000000, 1, 100, {0, 0, 0, 0, 0, 0, 100}, false, true, false, 0},
    {"alike", 1000000, 1000000, 1, 100, {0, 0, 0, 0, 0, 0, 100}, false, true, true, 0},
    {"flood", 1000, 10, 3, 100, {100, 0, 0, 0, 0, 0, 0}, false, false, false, 2000},
};

struct slot {
    uint32_t connection;
    uint32_t due;      /* the round of its next packet */
    uint32_t next[2];  /* sequence numbers of client and server … */
    uint32_t tsval[2]; /* … and the timestamps that they sent last */
    uint32_t data;     /* segments of data sent */
    uint16_t step;
    uint8_t outcome;
    uint8_t phase; /* opening, data, closing */
};

struct writer {
    uint64_t time_ns, packets, made[OUTCOMES];
    const struct kind *kind;
    bool is_nano, is_pcapng;
    bool is_noise;
    uint32_t payload_sum;
    uint8_t frame[FRAME_MAX];
};

/* splitmix64: the same numbers on every machine. */
static uint64_t scramble(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

static void put16(uint8_t *to, uint32_t value)
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
    for (size_t i = 0; i + 1 < n; i += 2)
        start += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
    return start;
}

static uint32_t folded(uint32_t value)
{
    value = (value >> 16) + (value & 0xffffu);
    return ~((value >> 16) + value) & 0xffffu;
}

/* ---- one frame --------------------------------------------------------------------------------
 */

static uint32_t client_port(const struct slot *slot)
{
    return 32768u + slot->connection % 28000u;
}

static void fill_addresses(const struct writer *writer, uint8_t *ip, const struct slot *slot,
                           bool from_server, bool is_v6)
{
    uint32_t row = slot->connection / 28000u, client = 0x0a000000u + row, server = 0xc0000201u;
    size_t at = is_v6 ? 8 : 12, length = is_v6 ? 16 : 4;
    uint8_t end[2][16] = {{0x20, 0x01, 0x0d, 0xb8, 0, 1}, {0x20, 0x01, 0x0d, 0xb8, 0, 2}};
    if (writer->is_noise)
        client = (uint32_t)scramble(slot->connection) | 0x01000000u;
    if (writer->kind->is_alike) { /* client ^ server ^ ports is the same for all */
        client ^= client_port(slot) << 16;
        server ^= row;
    }
    put32(is_v6 ? end[0] + 12 : end[0], client);
    put32(is_v6 ? end[1] + 12 : end[1], server);
    memcpy(ip + at, end[from_server ? 1 : 0], length);
    memcpy(ip + at + length, end[from_server ? 0 : 1], length);
}

static uint32_t fill_ip(const struct writer *writer, uint8_t *ip, const struct slot *slot,
                        bool from_server, bool is_v6, uint32_t tcp_length)
{
    if (is_v6) {
        memset(ip, 0, 8);
        ip[0] = 0x60;
        put16(ip + 4, tcp_length);
        ip[6] = 6;
        ip[7] = 64;
        fill_addresses(writer, ip, slot, from_server, true);
        return 40;
    }
    memset(ip, 0, 12);
    ip[0] = 0x45;
    put16(ip + 2, 20 + tcp_length);
    put16(ip + 4, (uint32_t)scramble(slot->connection) + slot->step + slot->data);
    put16(ip + 6, 0x4000);
    ip[8] = 64;
    ip[9] = 6;
    fill_addresses(writer, ip, slot, from_server, false);
    put16(ip + 10, folded(sum(ip, 20, 0)));
    return 20;
}

static uint32_t header_of(const struct step *step)
{
    if ((step->flags & SYN) != 0)
        return SYN_HEADER;
    return (step->flags & RST) != 0 ? RST_HEADER : TCP_HEADER;
}

/* Timestamps tick in milliseconds, and begin anywhere. */
static void fill_options(const struct writer *writer, uint8_t *options, struct slot *slot,
                         const struct step *step)
{
    uint32_t from = step->from_server ? 1 : 0;
    bool has_ack = (step->flags & ACK) != 0;
    if ((step->flags & SYN) != 0)
        memcpy(options, (const uint8_t[]){2, 4, 5, 180, 4, 2, 8, 10}, 8);
    else
        memcpy(options, (const uint8_t[]){1, 1, 8, 10}, 4);
    options += (step->flags & SYN) != 0 ? 8 : 4;
    slot->tsval[from] = (uint32_t)(writer->time_ns / 1000000u) + (from + 1) * 0x10000000u;
    put32(options, slot->tsval[from]);
    put32(options + 4, has_ack ? slot->tsval[1 - from] : 0);
    if ((step->flags & SYN) != 0)
        memcpy(options + 8, (const uint8_t[]){1, 3, 3, 7}, 4);
}

static void fill_tcp(const struct writer *writer, uint8_t *tcp, struct slot *slot,
                     const struct step *step, uint32_t seq)
{
    uint32_t client = client_port(slot);
    bool has_ack = (step->flags & ACK) != 0;
    memset(tcp, 0, RST_HEADER);
    put16(tcp, step->from_server ? 443 : client);
    put16(tcp + 2, step->from_server ? client : 443);
    put32(tcp + 4, seq);
    put32(tcp + 8, has_ack ? slot->next[step->from_server ? 0 : 1] : 0);
    tcp[12] = (uint8_t)(header_of(step) / 4 << 4);
    tcp[13] = step->flags;
    put16(tcp + 14, 64240);
    if ((step->flags & RST) == 0)
        fill_options(writer, tcp + RST_HEADER, slot, step);
}

static void write_header(const struct writer *writer, uint32_t length)
{
    uint64_t fraction = writer->time_ns % NANOSECOND;
    uint32_t seconds = (uint32_t)(START_S + writer->time_ns / NANOSECOND);
    if (writer->is_pcapng) {
        uint64_t stamp = (uint64_t)seconds * 1000000u + fraction / 1000u;
        uint32_t block[7] = {
            6,     32 + (length + 3) / 4 * 4, 0, (uint32_t)(stamp >> 32), (uint32_t)stamp, length,
            length};
        fwrite(block, sizeof block, 1, stdout);
        return;
    }
    uint32_t header[4] = {seconds, (uint32_t)(writer->is_nano ? fraction : fraction / 1000u),
                          length, length};
    fwrite(header, sizeof header, 1, stdout);
}

static void write_frame(struct writer *writer, uint32_t length)
{
    static const uint8_t zeros[4];
    write_header(writer, length);
    fwrite(writer->frame, length, 1, stdout);
    if (writer->is_pcapng) {
        uint32_t padded = (length + 3) / 4 * 4, total = 32 + padded;
        fwrite(zeros, padded - length, 1, stdout);
        fwrite(&total, sizeof total, 1, stdout);
    }
    writer->packets++;
}

static void write_segment(struct writer *writer, struct slot *slot, const struct step *step,
                          uint32_t payload)
{
    bool is_v6 = writer->kind->has_ipv6 && slot->connection % 5 == 0;
    uint32_t from = step->from_server ? 1 : 0, header = header_of(step);
    uint32_t tcp_length = header + payload;
    uint32_t length = payload + ((step->flags & (SYN | FIN)) != 0 ? 1u : 0u);
    bool refuses = step->flags == (RST | ACK) && step->from_server;
    uint32_t seq = refuses ? 0 : slot->next[from] - (step->again ? length : 0);
    uint8_t *ip = writer->frame + ETHERNET;
    memcpy(
        writer->frame,
        (const uint8_t[]){2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, is_v6 ? 0x86 : 8, is_v6 ? 0xdd : 0},
        ETHERNET);
    uint32_t ip_length = fill_ip(writer, ip, slot, step->from_server, is_v6, tcp_length);
    uint8_t *tcp = ip + ip_length;
    fill_tcp(writer, tcp, slot, step, seq);
    memset(tcp + header, 'x', payload);
    uint32_t start = 6 + tcp_length + (payload > 0 ? writer->payload_sum : 0);
    start = sum(ip + (is_v6 ? 8 : 12), is_v6 ? 32 : 8, start);
    put16(tcp + 16, folded(sum(tcp, header, start)));
    write_frame(writer, ETHERNET + ip_length + tcp_length);
    if (!step->again)
        slot->next[from] += length;
}

/* ---- connections ------------------------------------------------------------------------------
 */

static void begin(struct writer *writer, struct slot *slot, uint32_t connection, uint32_t round)
{
    uint64_t random = scramble(connection);
    uint32_t draw = (uint32_t)(random % 100u), outcome = 0;
    while (outcome + 1 < OUTCOMES && draw >= writer->kind->share[outcome])
        draw -= writer->kind->share[outcome++];
    *slot = (struct slot){.connection = connection,
                          .due = round,
                          .next = {(uint32_t)(random >> 8), (uint32_t)(random >> 32)},
                          .outcome = (uint8_t)outcome,
                          .phase = outcome == REFUSED || outcome == UNANSWERED ? 2 : 0};
    writer->made[outcome]++;
}

/* Requests and answers in turn; in bulk the client only acknowledges every other segment. */
static void send_data(struct writer *writer, struct slot *slot)
{
    static const struct step data[2] = {{false, PSH | ACK, false, 1}, {true, PSH | ACK, false, 1}};
    static const struct step bare = {false, ACK, false, 1};
    bool is_bulk = writer->kind->segments > 100;
    write_segment(writer, slot, &data[is_bulk ? 1 : slot->data % 2], writer->kind->payload);
    if (++slot->data % 2 == 0 && is_bulk)
        write_segment(writer, slot, &bare, 0);
}

/* SYNs that nobody answers, each of another sender. */
static void make_noise(struct writer *writer)
{
    static const struct step syn = {false, SYN, false, 1};
    writer->is_noise = true;
    for (uint32_t i = 0; i < writer->kind->noise; i++) {
        struct slot slot = {.connection = (uint32_t)writer->packets + 0x40000000u,
                            .next = {(uint32_t)scramble(writer->packets), 0}};
        write_segment(writer, &slot, &syn, 0);
    }
    writer->is_noise = false;
}

/* The slot's next packet. Returns false when its connection is over. */
static bool advance(struct writer *writer, struct slot *slot)
{
    if (slot->phase == 1) {
        send_data(writer, slot);
        if (slot->data >= writer->kind->segments && slot->outcome == OPEN)
            return false;
        slot->phase = slot->data >= writer->kind->segments ? 2 : 1;
        slot->step = 0;
        slot->due++;
        return true;
    }
    const struct step *script = slot->phase == 0 ? opening : closings[slot->outcome];
    write_segment(writer, slot, &script[slot->step], 0);
    const struct step *next = &script[++slot->step];
    if (next->rounds > 0) {
        slot->due += next->rounds;
        return true;
    }
    if (slot->phase == 2)
        return false;
    slot->phase = writer->kind->segments > 0 ? 1 : 2;
    slot->step = 0;
    slot->due++;
    return true;
}

static void shuffle(uint32_t *order, uint32_t n, uint32_t seed)
{
    for (uint32_t i = n; i > 1; i--) {
        uint32_t at = (uint32_t)(scramble((uint64_t)seed << 32 | i) % i), kept = order[at];
        order[at] = order[i - 1];
        order[i - 1] = kept;
    }
}

static bool write_all(struct writer *writer, uint32_t connections, uint32_t at_once)
{
    struct slot *slot = calloc(at_once, sizeof *slot);
    uint32_t *order = calloc(at_once, sizeof *order);
    uint32_t begun = 0, open = at_once;
    if (slot == NULL || order == NULL)
        return false;
    for (uint32_t i = 0; i < at_once; i++) {
        order[i] = i;
        begin(writer, &slot[i], begun++, i * 8 / at_once); /* they do not march in step */
    }
    for (uint32_t round = 0; open > 0; round++) {
        if (writer->kind->is_shuffled)
            shuffle(order, at_once, round);
        for (uint32_t i = 0; i < at_once; i++) {
            struct slot *one = &slot[order[i]];
            writer->time_ns = round * ROUND_NS + i * ROUND_NS / at_once;
            if (one->due != round)
                continue;
            make_noise(writer);
            if (advance(writer, one))
                continue;
            if (begun < connections)
                begin(writer, one, begun++, round + 1);
            else
                open--;
        }
    }
    free(slot);
    free(order);
    return true;
}

static void write_file_header(const struct writer *writer)
{
    const uint32_t pcap[6] = {writer->is_nano ? PCAP_NANO : PCAP_MICRO, 0x00040002, 0, 0, 65535, 1};
    const uint32_t pcapng[12] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff,
                                 28,         1,  20,         1, 0,          20};
    if (writer->is_pcapng)
        fwrite(pcapng, sizeof pcapng, 1, stdout);
    else
        fwrite(pcap, sizeof pcap, 1, stdout);
}

int main(int argc, char **argv)
{
    struct writer writer = {.kind = NULL};
    for (size_t i = 0; argc >= 3 && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(argv[1], kinds[i].name) == 0)
            writer.kind = &kinds[i];
    }
    unsigned long divisor = argc >= 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (writer.kind == NULL || divisor == 0 || divisor > writer.kind->connections) {
        fputs("usage: generate handshakes|mix|bulk|crowd|alike|flood DIVISOR [nano|pcapng] >FILE\n",
              stderr);
        return 2;
    }
    writer.is_nano = argc > 3 && strcmp(argv[3], "nano") == 0;
    writer.is_pcapng = argc > 3 && strcmp(argv[3], "pcapng") == 0;
    uint8_t payload[PAYLOAD_MAX];
    memset(payload, 'x', sizeof payload);
    writer.payload_sum = sum(payload, writer.kind->payload, 0);
    uint32_t connections = writer.kind->connections / (uint32_t)divisor;
    uint32_t at_once = writer.kind->at_once < connections ? writer.kind->at_once : connections;
    setvbuf(stdout, NULL, _IOFBF, BUFFER_BYTES);
    write_file_header(&writer);
    if (!write_all(&writer, connections, at_once) || fflush(stdout) != 0) {
        perror("generate");
        return 1;
    }
    fprintf(stderr, "packets=%llu connections=%u", (unsigned long long)writer.packets, connections);
    for (int i = 0; i < OUTCOMES; i++)
        fprintf(stderr, " %s=%llu", outcome_names[i], (unsigned long long)writer.made[i]);
    fputc('\n', stderr);
    return 0;
}
