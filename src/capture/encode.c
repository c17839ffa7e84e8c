#include "capture/encode.h"

#include <string.h>

#define NS_PER_SECOND   1000000000
#define NS_PER_MICRO    1000
#define BLOCK_OVERHEAD  32u /* of an Enhanced Packet Block without options */
#define FCS_IS_GIVEN    0x04000000u
#define FCS_WORDS_SHIFT 28
#define BITS_PER_BYTE   8u

/* Where the next number goes. */
struct pen {
    uint8_t *at;
};

static void put8(struct pen *pen, uint8_t value)
{
    *pen->at++ = value;
}

static void put16(struct pen *pen, uint16_t value)
{
    put8(pen, (uint8_t)(value & 0xffu));
    put8(pen, (uint8_t)(value >> 8));
}

static void put32(struct pen *pen, uint32_t value)
{
    put16(pen, (uint16_t)(value & 0xffffu));
    put16(pen, (uint16_t)(value >> 16));
}

static void put_option8(struct pen *pen, uint16_t code, uint8_t value)
{
    put16(pen, code);
    put16(pen, 1);
    put32(pen, value); /* the value, then padding */
}

static size_t written(const struct pen *pen, const uint8_t *to)
{
    return (size_t)(pen->at - to);
}

size_t sf_encode_pcap_header(uint8_t *to, const struct sf_packet *like, bool is_nano)
{
    struct pen pen = {to};
    uint32_t fcs_words = like->fcs_length / 2u;
    put32(&pen, is_nano ? 0xa1b23c4du : 0xa1b2c3d4u);
    put16(&pen, 2); /* version 2.4 */
    put16(&pen, 4);
    put32(&pen, 0); /* both reserved */
    put32(&pen, 0);
    put32(&pen, SF_SAVED_MAX);
    put32(&pen, (like->link_type & 0xffffu) |
                    (fcs_words > 0 ? FCS_IS_GIVEN | fcs_words << FCS_WORDS_SHIFT : 0));
    return written(&pen, to);
}

size_t sf_encode_pcap_record(uint8_t *to, const struct sf_packet *packet, bool is_nano)
{
    struct pen pen = {to};
    int64_t time_ns = packet->time_ns > 0 ? packet->time_ns : 0;
    int64_t seconds = time_ns / NS_PER_SECOND;
    int64_t rest_ns = time_ns % NS_PER_SECOND;
    put32(&pen, seconds < UINT32_MAX ? (uint32_t)seconds : UINT32_MAX);
    put32(&pen, (uint32_t)(is_nano ? rest_ns : rest_ns / NS_PER_MICRO));
    put32(&pen, packet->captured);
    put32(&pen, packet->length);
    return written(&pen, to);
}

size_t sf_encode_section(uint8_t *to)
{
    struct pen pen = {to};
    put32(&pen, 0x0a0d0d0au);
    put32(&pen, 28);
    put32(&pen, 0x1a2b3c4du);
    put16(&pen, 1); /* version 1.0 */
    put16(&pen, 0);
    put32(&pen, UINT32_MAX); /* the section's length is not given */
    put32(&pen, UINT32_MAX);
    put32(&pen, 28);
    return written(&pen, to);
}

size_t sf_encode_interface(uint8_t *to, const struct sf_packet *like)
{
    bool has_fcs = like->fcs_length > 0;
    uint32_t total = 20 + 8 + (has_fcs ? 8 : 0) + 4;
    struct pen pen = {to};
    put32(&pen, 1);
    put32(&pen, total);
    put16(&pen, (uint16_t)(like->link_type & 0xffffu));
    put16(&pen, 0);
    put32(&pen, 0);                              /* no snap length is known */
    put_option8(&pen, 9, like->is_nano ? 9 : 6); /* if_tsresol */
    if (has_fcs) {
        put_option8(&pen, 13, (uint8_t)(like->fcs_length * BITS_PER_BYTE)); /* if_fcslen */
    }
    put32(&pen, 0); /* opt_endofopt */
    put32(&pen, total);
    return written(&pen, to);
}

static uint32_t padding(const struct sf_packet *packet)
{
    return -packet->captured & 3u;
}

static uint32_t block_total(const struct sf_packet *packet)
{
    return BLOCK_OVERHEAD + packet->captured + padding(packet);
}

size_t sf_encode_block_head(uint8_t *to, const struct sf_packet *packet, uint32_t interface)
{
    struct pen pen = {to};
    int64_t time_ns = packet->time_ns > 0 ? packet->time_ns : 0;
    uint64_t ticks = (uint64_t)(packet->is_nano ? time_ns : time_ns / NS_PER_MICRO);
    put32(&pen, 6);
    put32(&pen, block_total(packet));
    put32(&pen, interface);
    put32(&pen, (uint32_t)(ticks >> 32));
    put32(&pen, (uint32_t)(ticks & UINT32_MAX));
    put32(&pen, packet->captured);
    put32(&pen, packet->length);
    return written(&pen, to);
}

size_t sf_encode_block_tail(uint8_t *to, const struct sf_packet *packet)
{
    struct pen pen = {to + padding(packet)};
    memset(to, 0, padding(packet));
    put32(&pen, block_total(packet));
    return written(&pen, to);
}
