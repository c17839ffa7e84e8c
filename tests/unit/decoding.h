/* A decoder, and one packet at a time before a page that may not be touched. */
#ifndef UNIT_DECODING_H
#define UNIT_DECODING_H

#include <stddef.h>
#include <stdint.h>

#include <synfin/segment.h>

#include "decode/decode.h"
#include "guard.h"

#define DECODING_ROOM 2048 /* bytes of a packet written as hexadecimal text */

enum {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_RAW = 101,
    LINK_LOOP = 108,
    LINK_SLL = 113,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_SLL2 = 276
};

struct decoding {
    struct guard guard;
    struct sf_decoder *decoder;
    struct sf_packet packet;   /* the one decoded last; number and time are those to give next */
    struct sf_segment segment; /* what became of it */
};

void decoding_init(struct decoding *decoding);
void decoding_release(struct decoding *decoding);

/* Decodes the first `captured` of bytes that were `length` on the wire. */
enum sf_skip decode_bytes(struct decoding *decoding, uint32_t link_type, const uint8_t *bytes,
                          size_t captured, size_t length);

/* Decodes a packet that was captured whole. */
enum sf_skip decode_hex(struct decoding *decoding, uint32_t link_type, const char *hex);

/* IP 10.0.0.2.80 > 10.0.0.1.41000: Flags [P.], seq 9001:9006, ack 1001, win 502,
 *     options [nop,nop,TS val 100 ecr 50], length 5 (57 octets) */
#define HELLO4                                                                                     \
    "45 00 00 39 12 34 00 00 40 06 54 89 0a 00 00 02 0a 00 00 01 "                                 \
    "00 50 a0 28 00 00 23 29 00 00 03 e9 80 18 01 f6 54 c5 00 00 "                                 \
    "01 01 08 0a 00 00 00 64 00 00 00 32 68 65 6c 6c 6f "
/* IP6 2001:db8::1.41000 > 2001:db8::2.80: Flags [S], seq 1000, win 64800, options [mss 1440]
 *     (64 octets) */
#define HELLO6                                                                                     \
    "60 00 00 00 00 18 06 40 20 01 0d b8 00 00 00 00 00 00 00 00 "                                 \
    "00 00 00 01 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02 "                                 \
    "a0 28 00 50 00 00 03 e8 00 00 00 00 60 02 fd 20 9b 44 00 00 02 04 05 a0 "
#define MAC_ADDRESSES "02 00 00 00 00 01 02 00 00 00 00 02 "

/* What stands in front of one of the two packets above, and what must come of it. */
struct wrapping {
    uint32_t link;
    const char *packet;
    enum sf_skip skip;
    uint16_t ip_offset;
    uint16_t vlan[2]; /* 0: none, which no VLAN id is */
    uint8_t tunnel;
    uint32_t tunnel_id;
};

/*
 * Decodes each packet whole, and then cut off at every length: never anything but its segment, one
 * that says it was cut off, or SF_SKIP_TRUNCATED; or SF_SKIP_NOT_TCP where so little is left of UDP
 * that nothing shows a tunnel.
 */
void check_wrappings(const struct wrapping *wrappings, size_t n);

#endif
