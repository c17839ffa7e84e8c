/*
 * Split handshakes: an end that is sent a SYN acknowledges it, and sends its own SYN apart. RFC 793
 * §3.3 names the two as steps that *can* be one segment, and RFC 9293 §3.5 does not forbid two.
 *
 * Such an end listened, and is in SYN_RCVD behind its SYN, as if it had sent a SYN,ACK. The other
 * one sees a SYN without ACK, as in a simultaneous open, and answers it with SYN,ACK.
 */
#ifndef SYNFIN_MACHINE_SPLIT_H
#define SYNFIN_MACHINE_SPLIT_H

#include "machine/judge.h"

/*
 * Notes what the segment in hand shows: the server's SYN behind its ACK, or that the SYNs which
 * seemed to cross did not. Call before anything is recorded.
 */
void sf_split_note(struct judgement *j);

#endif
