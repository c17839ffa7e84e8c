#include "decoding.h"

#include <stdlib.h>
#include <string.h>

#include "hex.h"

void decoding_init(struct decoding *decoding)
{
    const struct sf_hash_key key = {{1, 2}};
    memset(decoding, 0, sizeof *decoding);
    guard_init(&decoding->guard);
    decoding->packet.number = 1;
    if (sf_decoder_new(&decoding->decoder, &key, NULL) != 0) {
        abort();
    }
}

void decoding_release(struct decoding *decoding)
{
    sf_decoder_free(decoding->decoder);
    guard_release(&decoding->guard);
}

enum sf_skip decode_bytes(struct decoding *decoding, uint32_t link_type, const uint8_t *bytes,
                          size_t captured, size_t length)
{
    struct sf_packet *packet = &decoding->packet;
    packet->bytes = guard_put(&decoding->guard, bytes, captured);
    packet->captured = (uint32_t)captured;
    packet->length = (uint32_t)length;
    packet->link_type = link_type;
    return sf_decode(decoding->decoder, packet, &decoding->segment);
}

enum sf_skip decode_hex(struct decoding *decoding, uint32_t link_type, const char *hex)
{
    uint8_t bytes[DECODING_ROOM];
    size_t n = hex_read(hex, bytes, sizeof bytes);
    return decode_bytes(decoding, link_type, bytes, n, n);
}
