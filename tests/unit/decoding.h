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

#endif
