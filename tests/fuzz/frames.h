/*
 * A few packets as bytes for a fuzzer to change:
 *
 *   link type, 2 octets; then per packet: captured, 2 octets; how many more octets it had on the
 *   wire, 2 octets; and the captured octets themselves.
 *
 * All numbers in network order. A last packet may be cut off: then there are fewer octets of it.
 */
#ifndef FUZZ_FRAMES_H
#define FUZZ_FRAMES_H

#define FRAMES_HEAD   2u /* octets in front of the first packet */
#define FRAMES_RECORD 4u /* octets in front of each packet */

#endif
