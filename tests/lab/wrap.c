/*
 * Puts each packet of a recorded connection behind other headers, byte for byte as it was.
 *
 *   wrap IN OUT LINK-TYPE LAYER…
 *
 * IN is a classic pcap file of Ethernet frames, in this machine's byte order. The layers are given
 * from the outermost one on; the last is what is wrapped:
 *
 *   frame        the Ethernet frame, or
 *   packet       the IP packet in it
 *   eth:TYPE     an Ethernet header with the frame's addresses and this type (hexadecimal)
 *   ip4:PROTO    an IPv4 header, 192.0.2.1 to 192.0.2.2 or back
 *   udp:PORT     a UDP header to this port, in both directions
 *   udp@PORT     a UDP header to this port of the server, and from it
 *   hex:BYTES    these octets
 *   hex:A/B      A in front of what the client sent, B in front of what the server sent
 *   be16:N       two octets: the length of all that follows, plus N, big endian
 *   le16:N       the same, little endian
 *   pad:N        behind all: zeros, up to a multiple of N octets
 *   tail:N       behind all: N zeros
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM         4096u
#define FRAME_HEADER 14u

/* What there is of a packet: `n` octets at the end of the room for headers, and behind it. */
struct wrapped {
    uint8_t room[2 * ROOM];
    size_t begin, end;
    const uint8_t *frame; /* as it was recorded */
    size_t frame_length;
    bool is_from_client;
};

static void fail(const char *what)
{
    fprintf(stderr, "wrap: %s\n", what);
    exit(1);
}

static size_t length_of(const struct wrapped *wrapped)
{
    return wrapped->end - wrapped->begin;
}

static void prepend(struct wrapped *wrapped, const uint8_t *bytes, size_t n)
{
    if (n > wrapped->begin)
        fail("too many headers");
    wrapped->begin -= n;
    memcpy(wrapped->room + wrapped->begin, bytes, n);
}

static void put_be16(uint8_t *at, size_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* ---- layers ---------------------------------------------------------------------------------- */

static void begin(struct wrapped *wrapped, size_t skip)
{
    size_t n = wrapped->frame_length - skip;
    wrapped->begin = ROOM;
    wrapped->end = ROOM + n;
    memcpy(wrapped->room + ROOM, wrapped->frame + skip, n);
}

static void add_ethernet(struct wrapped *wrapped, const char *value)
{
    uint8_t header[FRAME_HEADER];
    memcpy(header, wrapped->frame, FRAME_HEADER);
    put_be16(header + 12, strtoul(value, NULL, 16));
    prepend(wrapped, header, sizeof header);
}

static uint16_t checksum(const uint8_t *header, size_t n)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i += 2)
        sum += (uint32_t)(header[i] << 8 | header[i + 1]);
    while (sum > 0xffff)
        sum = (sum >> 16) + (sum & 0xffff);
    return (uint16_t)~sum;
}

static void add_ipv4(struct wrapped *wrapped, const char *value)
{
    uint8_t header[20] = {0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 0, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2};
    put_be16(header + 2, sizeof header + length_of(wrapped));
    header[9] = (uint8_t)strtoul(value, NULL, 10);
    header[15] = wrapped->is_from_client ? 1 : 2;
    header[19] = wrapped->is_from_client ? 2 : 1;
    put_be16(header + 10, checksum(header, sizeof header));
    prepend(wrapped, header, sizeof header);
}

static void add_udp(struct wrapped *wrapped, const char *value, bool is_of_server)
{
    enum { OTHER = 50000 };
    uint8_t header[8] = {0};
    unsigned long port = strtoul(value, NULL, 10);
    bool is_back = is_of_server && !wrapped->is_from_client;
    put_be16(header, is_back ? port : OTHER);
    put_be16(header + 2, is_back ? OTHER : port);
    put_be16(header + 4, sizeof header + length_of(wrapped));
    prepend(wrapped, header, sizeof header); /* checksum 0: none */
}

static void add_octets(struct wrapped *wrapped, const char *value)
{
    uint8_t bytes[ROOM];
    size_t n = 0;
    const char *slash = strchr(value, '/');
    const char *at = slash != NULL && !wrapped->is_from_client ? slash + 1 : value;
    unsigned octet;
    while (*at != '\0' && *at != '/' && n < ROOM) {
        if (sscanf(at, "%2x", &octet) != 1)
            fail("octets that are none");
        bytes[n++] = (uint8_t)octet;
        at += 2;
    }
    prepend(wrapped, bytes, n);
}

static void add_length(struct wrapped *wrapped, const char *value, bool is_big)
{
    uint8_t bytes[2];
    size_t length = length_of(wrapped) + (size_t)strtol(value, NULL, 10);
    put_be16(bytes, is_big ? length : (length >> 8 | length << 8) & 0xffff);
    prepend(wrapped, bytes, sizeof bytes);
}

static void append_zeros(struct wrapped *wrapped, size_t n)
{
    if (n > sizeof wrapped->room - wrapped->end)
        fail("too much behind the packet");
    memset(wrapped->room + wrapped->end, 0, n);
    wrapped->end += n;
}

static void pad(struct wrapped *wrapped, size_t unit)
{
    if (unit > 0)
        append_zeros(wrapped, (unit - length_of(wrapped) % unit) % unit);
}

static void add_layer(struct wrapped *wrapped, const char *layer)
{
    const char *value = layer + strcspn(layer, ":@");
    size_t n = (size_t)(value - layer);
    bool is_at = *value == '@';
    value += *value != '\0';
    if (strcmp(layer, "frame") == 0)
        begin(wrapped, 0);
    else if (strcmp(layer, "packet") == 0)
        begin(wrapped, FRAME_HEADER);
    else if (n == 3 && memcmp(layer, "eth", n) == 0)
        add_ethernet(wrapped, value);
    else if (n == 3 && memcmp(layer, "ip4", n) == 0)
        add_ipv4(wrapped, value);
    else if (n == 3 && memcmp(layer, "udp", n) == 0)
        add_udp(wrapped, value, is_at);
    else if (n == 3 && memcmp(layer, "hex", n) == 0)
        add_octets(wrapped, value);
    else if (n == 4 && memcmp(layer, "be16", n) == 0)
        add_length(wrapped, value, true);
    else if (n == 4 && memcmp(layer, "le16", n) == 0)
        add_length(wrapped, value, false);
    else if (n == 3 && memcmp(layer, "pad", n) == 0)
        pad(wrapped, strtoul(value, NULL, 10));
    else if (n == 4 && memcmp(layer, "tail", n) == 0)
        append_zeros(wrapped, strtoul(value, NULL, 10));
    else
        fail(layer);
}

/* ---- files ----------------------------------------------------------------------------------- */

struct file_header {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t zone, accuracy, snap, link_type;
};

struct record_header {
    uint32_t seconds, fraction, captured, length;
};

static void wrap_all(FILE *in, FILE *out, char **layers, int n)
{
    static struct wrapped wrapped;
    uint8_t frame[ROOM], client[6];
    struct record_header record;
    for (bool is_first = true; fread(&record, sizeof record, 1, in) == 1; is_first = false) {
        if (record.captured > sizeof frame || fread(frame, record.captured, 1, in) != 1)
            fail("a frame that is too long, or cut off");
        if (is_first)
            memcpy(client, frame + 6, sizeof client);
        wrapped.frame = frame;
        wrapped.frame_length = record.captured;
        wrapped.is_from_client = memcmp(client, frame + 6, sizeof client) == 0;
        for (int i = n - 1; i >= 0; i--)
            add_layer(&wrapped, layers[i]);
        record.captured = record.length = (uint32_t)length_of(&wrapped);
        if (fwrite(&record, sizeof record, 1, out) != 1 ||
            fwrite(wrapped.room + wrapped.begin, record.captured, 1, out) != 1)
            fail("cannot write");
    }
}

int main(int argc, char **argv)
{
    struct file_header header;
    if (argc < 5)
        fail("IN OUT LINK-TYPE LAYER…");
    FILE *in = fopen(argv[1], "rb"), *out = fopen(argv[2], "wb");
    if (in == NULL || out == NULL || fread(&header, sizeof header, 1, in) != 1)
        fail("cannot open");
    header.link_type = (uint32_t)strtoul(argv[3], NULL, 10);
    if (fwrite(&header, sizeof header, 1, out) != 1)
        fail("cannot write");
    wrap_all(in, out, argv + 4, argc - 4);
    (void)fclose(in);
    return fclose(out) == 0 ? 0 : 1;
}
