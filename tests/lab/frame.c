#include "frame.h"

#include <string.h>

enum { ETHER_HEADER = 14, IPV4_HEADER = 20, IPV6_HEADER = 40, TCP_HEADER = 20, TCP_NUMBER = 6 };

static uint16_t load16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static void store16(uint8_t *bytes, size_t value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

static uint32_t load32(const uint8_t *bytes)
{
    return (uint32_t)load16(bytes) << 16 | load16(bytes + 2);
}

static void store32(uint8_t *bytes, uint32_t value)
{
    store16(bytes, value >> 16);
    store16(bytes + 2, value & 0xffff);
}

/* Where the IP header says that TCP begins and the packet ends; false if it does not hold TCP. */
static bool find_ip(struct lab_frame *frame)
{
    const uint8_t *ip = frame->bytes + ETHER_HEADER;
    frame->ip_at = ETHER_HEADER;
    if (frame->length >= ETHER_HEADER + IPV4_HEADER && load16(ip - 2) == 0x0800) {
        frame->tcp_at = frame->ip_at + (size_t)(ip[0] & 15) * 4;
        frame->end_at = frame->ip_at + load16(ip + 2);
        return ip[9] == TCP_NUMBER;
    }
    if (frame->length >= ETHER_HEADER + IPV6_HEADER && load16(ip - 2) == 0x86dd) {
        frame->is_v6 = true;
        frame->tcp_at = frame->ip_at + IPV6_HEADER;
        frame->end_at = frame->tcp_at + load16(ip + 4);
        return ip[6] == TCP_NUMBER;
    }
    return false;
}

void lab_frame_parse(struct lab_frame *frame)
{
    frame->is_v6 = frame->is_tcp = false;
    frame->flags = 0;
    frame->ip_at = frame->tcp_at = frame->data_at = frame->end_at = 0;
    if (!find_ip(frame) || frame->end_at > frame->length ||
        frame->tcp_at + TCP_HEADER > frame->end_at)
        return;
    const uint8_t *tcp = frame->bytes + frame->tcp_at;
    frame->data_at = frame->tcp_at + (size_t)(tcp[12] >> 4) * 4;
    frame->flags = tcp[13];
    frame->is_tcp = frame->data_at <= frame->end_at;
}

size_t lab_frame_payload(const struct lab_frame *frame)
{
    return frame->end_at - frame->data_at;
}

unsigned lab_frame_port(const struct lab_frame *frame, size_t which)
{
    return load16(frame->bytes + frame->tcp_at + 2 * which);
}

uint32_t lab_frame_number(const struct lab_frame *frame, size_t which)
{
    return load32(frame->bytes + frame->tcp_at + 4 + 4 * which);
}

static uint32_t add_words(uint32_t sum, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i + 1 < length; i += 2)
        sum += load16(bytes + i);
    return length % 2 ? sum + (uint32_t)(bytes[length - 1] << 8) : sum;
}

static uint16_t fold(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void seal_ipv4(uint8_t *ip)
{
    store16(ip + 10, 0);
    store16(ip + 10, fold(add_words(0, ip, (size_t)(ip[0] & 15) * 4)));
}

/* RFC 9293 3.1: the pseudo header is both addresses, the protocol and the segment's length. */
static void seal_tcp(struct lab_frame *frame)
{
    uint8_t *tcp = frame->bytes + frame->tcp_at;
    const uint8_t *addresses = frame->bytes + frame->ip_at + (frame->is_v6 ? 8 : 12);
    size_t length = frame->end_at - frame->tcp_at;
    store16(tcp + 16, 0);
    uint32_t sum = add_words(TCP_NUMBER + (uint32_t)length, addresses, frame->is_v6 ? 32 : 8);
    store16(tcp + 16, fold(add_words(sum, tcp, length)));
}

void lab_frame_hop(struct lab_frame *frame)
{
    if (frame->tcp_at == 0)
        return;
    uint8_t *ip = frame->bytes + frame->ip_at;
    if (frame->is_v6) {
        ip[7]--;
        return;
    }
    ip[8]--;
    seal_ipv4(ip);
}

void lab_frame_corrupt(struct lab_frame *frame)
{
    if (lab_frame_payload(frame) > 0)
        frame->bytes[frame->end_at - 1] ^= 0xff;
    else
        frame->bytes[frame->tcp_at + 17] ^= 0xff;
}

/* The segment now has so many bytes of header and of payload: tell IP and the frame. */
static void resize(struct lab_frame *frame, size_t header, size_t payload)
{
    uint8_t *ip = frame->bytes + frame->ip_at;
    frame->bytes[frame->tcp_at + 12] = (uint8_t)(header / 4 << 4);
    frame->data_at = frame->tcp_at + header;
    frame->end_at = frame->length = frame->data_at + payload;
    if (frame->is_v6) {
        store16(ip + 4, header + payload);
    } else {
        store16(ip + 2, frame->end_at - frame->ip_at);
        seal_ipv4(ip);
    }
}

/* The sequence number behind this segment. */
static uint32_t next_number(const struct lab_frame *frame)
{
    return lab_frame_number(frame, 0) + (uint32_t)lab_frame_payload(frame) +
           !!(frame->flags & LAB_SYN) + !!(frame->flags & LAB_FIN);
}

void lab_frame_forge_reset(struct lab_frame *frame, uint32_t offset)
{
    uint8_t *tcp = frame->bytes + frame->tcp_at;
    store32(tcp + 4, next_number(frame) + offset);
    store32(tcp + 8, 0);
    tcp[13] = LAB_RST;
    resize(frame, TCP_HEADER, 0);
    seal_tcp(frame);
    lab_frame_parse(frame);
}

void lab_frame_set_flags(struct lab_frame *frame, uint8_t flags)
{
    frame->bytes[frame->tcp_at + 13] = flags;
    seal_tcp(frame);
    lab_frame_parse(frame);
}

void lab_frame_forge_data(struct lab_frame *frame, uint32_t size)
{
    uint8_t *tcp = frame->bytes + frame->tcp_at;
    size_t room = LAB_FRAME_MAX - frame->tcp_at - TCP_HEADER;
    if (size > room)
        size = (uint32_t)room;
    store32(tcp + 4, next_number(frame));
    tcp[13] = LAB_PSH | LAB_ACK;
    resize(frame, TCP_HEADER, size);
    memset(frame->bytes + frame->data_at, 'x', size);
    seal_tcp(frame);
    lab_frame_parse(frame);
}

/* Where the timestamps option (kind 8, RFC 7323) keeps TSval; NULL without one. */
static uint8_t *find_tsval(struct lab_frame *frame)
{
    size_t at = frame->tcp_at + TCP_HEADER;
    while (at + 10 <= frame->data_at && frame->bytes[at] != 0) {
        if (frame->bytes[at] == 8)
            return frame->bytes + at + 2;
        at += frame->bytes[at] == 1 || frame->bytes[at + 1] == 0 ? 1 : frame->bytes[at + 1];
    }
    return NULL;
}

void lab_frame_age(struct lab_frame *frame, uint32_t ticks)
{
    uint8_t *tsval = find_tsval(frame);
    if (!tsval)
        return;
    store32(tsval, load32(tsval) - ticks);
    seal_tcp(frame);
}

void lab_frame_keep_syn(struct lab_frame *frame)
{
    store32(frame->bytes + frame->tcp_at + 8, 0);
    lab_frame_set_flags(frame, LAB_SYN);
}

void lab_frame_keep_ack(struct lab_frame *frame)
{
    resize(frame, TCP_HEADER, 0);
    lab_frame_set_flags(frame, LAB_ACK);
}

void lab_frame_make_third(struct lab_frame *frame)
{
    uint8_t *tcp = frame->bytes + frame->tcp_at;
    store32(tcp + 4, load32(tcp + 4) + 1);
    lab_frame_set_flags(frame, LAB_ACK);
}

void lab_frame_tag(struct lab_frame *frame, uint16_t vlan)
{
    enum { ADDRESSES = 12, TAG = 4 };
    if (frame->length + TAG > LAB_FRAME_MAX)
        return;
    memmove(frame->bytes + ADDRESSES + TAG, frame->bytes + ADDRESSES, frame->length - ADDRESSES);
    store16(frame->bytes + ADDRESSES, 0x8100);
    store16(frame->bytes + ADDRESSES + 2, vlan);
    frame->length += TAG;
}
