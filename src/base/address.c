#include "base/address.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

/* Writes `value` in decimal and returns the end. */
static char *put_decimal(char *at, unsigned value)
{
    if (value >= 10)
        at = put_decimal(at, value / 10);
    *at = (char)('0' + value % 10);
    return at + 1;
}

static char *put_hex(char *at, unsigned value)
{
    if (value >= 16)
        at = put_hex(at, value / 16);
    *at = "0123456789abcdef"[value % 16];
    return at + 1;
}

static unsigned group(const uint8_t *address, size_t i)
{
    return (unsigned)address[2 * i] << 8 | address[2 * i + 1];
}

/* The longest run of at least two zero groups, the first of equals: RFC 5952 §4.2. */
static size_t longest_zeros(const uint8_t *address, size_t *n)
{
    size_t best = 8;
    *n = 1;
    for (size_t i = 0; i < 8; i++) {
        size_t end = i;
        while (end < 8 && group(address, end) == 0)
            end++;
        if (end - i > *n) {
            best = i;
            *n = end - i;
        }
    }
    return best;
}

static char *put_ipv4(char *at, const uint8_t *address)
{
    for (size_t i = 0; i < 4; i++) {
        if (i > 0)
            *at++ = '.';
        at = put_decimal(at, address[i]);
    }
    return at;
}

static bool is_mapped_ipv4(const uint8_t *address)
{
    static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(address, prefix, sizeof prefix) == 0;
}

static char *put_ipv6(char *at, const uint8_t *address)
{
    if (is_mapped_ipv4(address)) { /* RFC 5952 §5 */
        memcpy(at, "::ffff:", 7);
        return put_ipv4(at + 7, address + 12);
    }
    size_t n_zeros;
    size_t zeros = longest_zeros(address, &n_zeros);
    for (size_t i = 0; i < 8; i++) {
        if (i == zeros) {
            *at++ = ':';
            *at++ = ':';
            i += n_zeros - 1;
            continue;
        }
        if (i > 0 && i != zeros + n_zeros)
            *at++ = ':';
        at = put_hex(at, group(address, i));
    }
    return at;
}

size_t sf_address_text(char text[SF_ADDRESS_SIZE], const uint8_t address[16], uint8_t ip)
{
    char *end = ip == 4 ? put_ipv4(text, address) : put_ipv6(text, address);
    *end = '\0';
    return (size_t)(end - text);
}

size_t sf_endpoint_text(char text[SF_ENDPOINT_SIZE], const uint8_t address[16], uint8_t ip,
                        uint16_t port)
{
    char *at = text;
    if (ip != 4)
        *at++ = '[';
    at += sf_address_text(at, address, ip);
    if (ip != 4)
        *at++ = ']';
    *at++ = ':';
    at = put_decimal(at, port);
    *at = '\0';
    return (size_t)(at - text);
}

/* Reads the digits behind the slash; returns -1 when they are none, or above `most`. */
static int read_bits(const char *text, size_t length, unsigned most)
{
    unsigned bits = 0;
    if (length == 0 || length > 3)
        return -1;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        bits = bits * 10 + (unsigned)(text[i] - '0');
    }
    return bits <= most ? (int)bits : -1;
}

int sf_prefix_read(struct sf_prefix *prefix, const char *text, size_t length)
{
    struct sf_prefix read = {.ip = 4, .bits = 32};
    char address[SF_ADDRESS_SIZE + 8];
    const char *slash = memchr(text, '/', length);
    size_t n = slash != NULL ? (size_t)(slash - text) : length;
    if (n == 0 || n >= sizeof address)
        return -1;
    memcpy(address, text, n);
    address[n] = '\0';
    if (inet_pton(AF_INET, address, read.address) != 1) {
        read.ip = 6;
        read.bits = 128;
        if (inet_pton(AF_INET6, address, read.address) != 1)
            return -1;
    }
    if (slash != NULL) {
        int bits = read_bits(slash + 1, length - n - 1, read.bits);
        if (bits < 0)
            return -1;
        read.bits = (uint8_t)bits;
    }
    *prefix = read;
    return 0;
}

_Bool sf_prefix_has(const struct sf_prefix *prefix, const uint8_t address[16], uint8_t ip)
{
    size_t whole = prefix->bits / 8;
    unsigned rest = prefix->bits % 8;
    if (ip != prefix->ip || memcmp(prefix->address, address, whole) != 0)
        return false;
    unsigned mask = (0xff00u >> rest) & 0xffu;
    return rest == 0 || (prefix->address[whole] & mask) == (address[whole] & mask);
}
