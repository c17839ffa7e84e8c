/*
 * The bytes of a packet → one TCP segment, or the reason why not.
 *
 * Every packet has exactly one outcome. Layers are read through one cursor, link first; what a link
 * type, an ethertype, an IP protocol number or a UDP port leads to is a row in links.def,
 * ethertypes.def, protocols.def and udp_ports.def. Nothing is allocated per packet, and nothing is
 * kept but IP fragments.
 *
 * Lengths are those of the IP header (RFC 791 §3.1, RFC 8200 §3), not of what was captured, so that
 * a short snap length changes no payload and Ethernet padding adds none. Three rules beside that:
 *   - IPv4 total length 0, or IPv6 payload length 0 without a jumbo option (RFC 2675): the packet
 *     was captured before the network card cut it into segments; the length of the frame counts.
 *   - An IP length beyond the frame's end on the wire is damage: a receiver would drop the packet
 *     and nothing behind the frame's end was ever sent, so the frame's end counts. Such a segment
 *     has SF_QUALITY_TRUNCATED, and its checksum cannot be verified.
 *   - A VLAN id of 0 only carries a priority (IEEE 802.1Q): it is no VLAN and no part of the key,
 *     since often one direction has the tag and the other has not.
 *
 * Tunnels (IP in IP, GRE, VXLAN, GENEVE, GTP-U) are opened and the innermost IP header counts. A
 * first piece of a tunnel's own fragments is opened as well; its later pieces are SF_SKIP_FRAGMENT.
 * A first fragment that ends in front of the TCP flags is SF_SKIP_TRUNCATED: nothing is
 * reassembled.
 *
 * An ICMP error that quotes a TCP segment gives that segment, as SF_SEGMENT_QUOTED. The key is
 * that of the connection it belongs to, in the context (VLAN, tunnel) in which the error came; a
 * tunnel in the quote itself is opened as any other. All other ICMP is SF_SKIP_NOT_TCP.
 */
#ifndef DECODE_DECODE_H
#define DECODE_DECODE_H

#include <synfin/error.h>
#include <synfin/event.h>
#include <synfin/segment.h>

#include "base/hash.h"

/* The bounded table of IP fragments and the hash key; nothing per connection. */
struct sf_decoder;

/* A decoder that copies `key`; to be freed with sf_decoder_free. Returns 0 or SF_E_MEMORY. */
int sf_decoder_new(struct sf_decoder **decoder, const struct sf_hash_key *key,
                   struct sf_error *err);

/* NULL is fine. */
void sf_decoder_free(struct sf_decoder *decoder);

/*
 * SF_SKIP_NONE: `segment` is filled, with number and time of the packet and the hash of its key.
 * Else the reason why not, and what `segment` holds means nothing.
 *
 * checksum_state is SF_CHECKSUM_UNVERIFIED, or SF_CHECKSUM_PARTIAL when it cannot be verified. That
 * of an ICMP error is verified at once.
 *
 * A TCP header of which 14 bytes (up to the flags) were captured is used as far as it reaches;
 * fields behind are 0. Where SF_QUALITY_BAD_OFFSET is set, payload is 0.
 *
 * IP fragments: the first one gives SF_SEGMENT_SENT with its own payload and without FIN and PSH;
 * each later one SF_SEGMENT_CONTINUED with the octets that are new in it, FIN and PSH in the one
 * that completes the datagram, and no options. A piece that came before the first is
 * SF_SKIP_FRAGMENT and its octets are told with the first, or with the piece that closes the gap.
 * So is a piece behind a gap of a datagram with FIN, since FIN's number must be right when it is
 * told. Where the TCP header itself is spread over several pieces, each is SF_SKIP_FRAGMENT until
 * the last of the header has come; that one then gives SF_SEGMENT_SENT.
 */
enum sf_skip sf_decode(struct sf_decoder *decoder, const struct sf_packet *packet,
                       struct sf_segment *segment);

/*
 * Verifies the TCP checksum (RFC 9293 §3.1) of a segment that was decoded from this packet, unless
 * its checksum_state says more than SF_CHECKSUM_UNVERIFIED; sets and returns that. A field that is
 * zero, or holds the sum of the pseudo header alone (with the segment's length, or 0 for one that
 * the card is to cut), was left to a network card.
 */
enum sf_checksum sf_checksum_verify(const struct sf_packet *packet, struct sf_segment *segment);

#endif
