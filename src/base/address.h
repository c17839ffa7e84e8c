/*
 * Addresses as text: IPv4 with dots, IPv6 in the form of RFC 5952 (lower case, the longest run of
 * zeros shortened).
 */
#ifndef SYNFIN_BASE_ADDRESS_H
#define SYNFIN_BASE_ADDRESS_H

#include <stddef.h>
#include <stdint.h>

#define SF_ADDRESS_SIZE  40 /* the longest IPv6 address and its 0 */
#define SF_ENDPOINT_SIZE 48 /* with brackets, colon, port */

/* Writes the address to `text` and returns its length. `ip` is 4 (the first four bytes) or 6. */
size_t sf_address_text(char text[SF_ADDRESS_SIZE], const uint8_t address[16], uint8_t ip);

/* "10.0.0.1:80" or "[2001:db8::1]:80"; returns its length. */
size_t sf_endpoint_text(char text[SF_ENDPOINT_SIZE], const uint8_t address[16], uint8_t ip,
                        uint16_t port);

/* An address prefix, such as 10.0.0.0/8. */
struct sf_prefix {
    uint8_t address[16];
    uint8_t ip;   /* 4 or 6 */
    uint8_t bits; /* that count */
};

/* Reads "10.0.0.0/8", "10.1.2.3", "2001:db8::/32"; returns 0, or -1 when it is no such thing. */
int sf_prefix_read(struct sf_prefix *prefix, const char *text, size_t length);

/* Does the address lie in the prefix? */
_Bool sf_prefix_has(const struct sf_prefix *prefix, const uint8_t address[16], uint8_t ip);

#endif
