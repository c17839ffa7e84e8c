#include "forge.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define IP_SIZE      20u
#define TCP_SIZE     20u
#define OPTIONS_SIZE 12u
#define PACKET_MAX   (IP_SIZE + TCP_SIZE + OPTIONS_SIZE)

/* MSS 1460, SACK permitted, window scale 7; RFC 9293 §3.1, RFC 2018 §2, RFC 7323 §2. */
static const uint8_t options[OPTIONS_SIZE] = {2, 4, 0x05, 0xb4, 4, 2, 1, 3, 3, 7, 1, 1};

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

static uint32_t sum16(const uint8_t *bytes, size_t size, uint32_t sum)
{
    for (size_t i = 0; i < size; i += 2)
        sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    return sum;
}

static uint32_t fold(uint32_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

/* RFC 791 §3.1, RFC 9293 §3.1. Returns the length. */
static size_t write_packet(uint8_t packet[PACKET_MAX], const struct lab_forged *forged,
                           uint32_t number)
{
    uint8_t *tcp = packet + IP_SIZE;
    uint32_t tcp_size = TCP_SIZE;
    memset(packet, 0, PACKET_MAX);
    if (strchr(forged->steps, 'o') != NULL) {
        memcpy(tcp + TCP_SIZE, options, OPTIONS_SIZE);
        tcp_size += OPTIONS_SIZE;
    }
    packet[0] = 0x45;
    put16(packet + 2, IP_SIZE + tcp_size);
    packet[8] = 64;
    packet[9] = IPPROTO_TCP;
    put32(packet + 12, forged->source);
    put32(packet + 16, forged->target);
    put16(tcp, forged->source_port);
    put16(tcp + 2, forged->target_port);
    put32(tcp + 4, number);
    tcp[12] = (uint8_t)(tcp_size / 4 << 4);
    tcp[13] = forged->flags;
    put16(tcp + 14, 1024);
    put16(packet + 10, fold(sum16(packet, IP_SIZE, 0)));
    put16(tcp + 16, fold(sum16(packet + 12, 8 + tcp_size, IPPROTO_TCP + tcp_size)));
    return IP_SIZE + tcp_size;
}

static void step(struct lab_forged *forged, uint32_t *number)
{
    if (strchr(forged->steps, 'a') != NULL)
        forged->source++;
    if (strchr(forged->steps, 's') != NULL)
        forged->source_port++;
    if (strchr(forged->steps, 't') != NULL)
        forged->target_port++;
    if (strchr(forged->steps, 'n') != NULL)
        *number = *number * 1664525u + 1013904223u; /* Knuth's and Lewis' generator */
}

int lab_forge(struct lab_forged forged, long count, long ms)
{
    uint32_t number = 271828182;
    int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (fd < 0)
        return -1;
    for (long i = 0; i < count; i++) {
        uint8_t packet[PACKET_MAX];
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(forged.target)};
        size_t size = write_packet(packet, &forged, number);
        if (sendto(fd, packet, size, 0, (struct sockaddr *)&to, sizeof to) < 0) {
            (void)close(fd);
            return -1;
        }
        step(&forged, &number);
        (void)nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
    }
    return close(fd);
}
