#ifndef LAB_FRAME_H
#define LAB_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One Ethernet frame on its way through the router, and where the TCP segment in it lies.
 * The lab only meets frames of the kernels beside it: plain Ethernet, IPv4 or IPv6 without
 * extension headers, TCP. Everything else has is_tcp false and is passed on untouched.
 */

#define LAB_FRAME_MAX 2048

enum { LAB_FIN = 0x01, LAB_SYN = 0x02, LAB_RST = 0x04, LAB_PSH = 0x08, LAB_ACK = 0x10 };

struct lab_frame {
    uint8_t bytes[LAB_FRAME_MAX];
    size_t length;
    size_t ip_at, tcp_at, data_at, end_at; /* offsets; the segment ends at end_at */
    uint8_t flags;
    bool is_v6, is_tcp;
};

/* Find the TCP segment in bytes[0 … length). Sets every other field; trusts no length. */
void lab_frame_parse(struct lab_frame *frame);

/* Bytes of TCP payload. */
size_t lab_frame_payload(const struct lab_frame *frame);

/* The segment's ports and numbers: 0 the source port, the sequence number; 1 the others. */
unsigned lab_frame_port(const struct lab_frame *frame, size_t which);
uint32_t lab_frame_number(const struct lab_frame *frame, size_t which);

/* One router further: TTL or hop limit less one, IPv4 header checksum to match (RFC 1812). */
void lab_frame_hop(struct lab_frame *frame);

/* Turn over the last bits of the segment, so that its TCP checksum is wrong. */
void lab_frame_corrupt(struct lab_frame *frame);

/*
 * Make of a segment a RST of the same sender: no options, no payload, ACK bit off, sequence
 * number `offset` beyond the one this segment ends at, checksums right.
 */
void lab_frame_forge_reset(struct lab_frame *frame, uint32_t offset);

/* The segment with these flag bits instead. */
void lab_frame_set_flags(struct lab_frame *frame, uint8_t flags);

/*
 * Make of a segment the next one of the same sender: `size` harmless bytes from the number that
 * this segment ends at, same acknowledgment, no options.
 */
void lab_frame_forge_data(struct lab_frame *frame, uint32_t size);

/* As if its sender's timestamp clock had been `ticks` behind. */
void lab_frame_age(struct lab_frame *frame, uint32_t ticks);

/*
 * A split handshake instead of one with three segments: of a SYN,ACK its SYN alone, or its
 * acknowledgment alone; of the SYN,ACK that answers such a SYN, the third segment that the server
 * waits for.
 */
void lab_frame_keep_syn(struct lab_frame *frame);
void lab_frame_keep_ack(struct lab_frame *frame);
void lab_frame_make_third(struct lab_frame *frame);

/* Put an 802.1Q tag into the frame. */
void lab_frame_tag(struct lab_frame *frame, uint16_t vlan);

#endif
