/*
 * SYN floods: many sources ask one service for connections and leave the handshakes unfinished
 * (RFC 4987). And what a service's connections tell of its accept queue.
 */
#ifndef SYNFIN_MACHINE_FLOODS_H
#define SYNFIN_MACHINE_FLOODS_H

#include "machine/judge.h"

/* So many sources (address and port), and so many handshakes left unfinished, within ten seconds.
 */
#define FLOOD_SOURCES    100u
#define FLOOD_UNFINISHED 64u

/*
 * Of these the server must have answered so many: SYNs that nobody answers are a server that is
 * down, or too busy.
 */
#define FLOOD_ANSWERED 16u

/* The first SYN of a connection whose ports were not used before. */
void sf_floods_asked(struct judgement *j);

/* Its handshake is complete; it was silent for a second after the SYN, or the SYN,ACK. */
void sf_floods_complete(struct judgement *j);
void sf_floods_unanswered(struct judgement *j);
void sf_floods_unfinished(struct judgement *j);

/* It was reset by the client instead, or answered after all: what was counted is taken back. */
void sf_floods_reset(struct judgement *j);
void sf_floods_answered(struct judgement *j);

/*
 * The server answers the ACK that completes the handshake with a RST, at once, while handshakes of
 * others to that port are complete.
 */
bool sf_floods_resets_overflow(struct judgement *j);

#endif
