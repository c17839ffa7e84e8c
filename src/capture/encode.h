/*
 * The headers of capture files as bytes, little-endian: what stands before and after the packets
 * that are saved. draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */
#ifndef CAPTURE_ENCODE_H
#define CAPTURE_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/segment.h>

/* The snap length of our files. A larger packet does not go into classic pcap. */
#define SF_SAVED_MAX 262144u

/* The largest of all headers below. */
#define SF_ENCODED_MAX 48u

/*
 * Each writes one header to `to`, which has SF_ENCODED_MAX bytes, and returns its size.
 *
 * Times before 1970 or, in classic pcap, after 2106 cannot be written; the nearest time is.
 * An FCS length fits classic pcap when it is even and at most 30.
 */
size_t sf_encode_pcap_header(uint8_t *to, const struct sf_packet *like, bool is_nano);
size_t sf_encode_pcap_record(uint8_t *to, const struct sf_packet *packet, bool is_nano);
size_t sf_encode_section(uint8_t *to);
size_t sf_encode_interface(uint8_t *to, const struct sf_packet *like);

/* An Enhanced Packet Block is a head, the packet's bytes, and a tail of padding and length. */
size_t sf_encode_block_head(uint8_t *to, const struct sf_packet *packet, uint32_t interface);
size_t sf_encode_block_tail(uint8_t *to, const struct sf_packet *packet);

#endif
