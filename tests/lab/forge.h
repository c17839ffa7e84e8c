#ifndef LAB_FORGE_H
#define LAB_FORGE_H

#include <stdint.h>

/*
 * TCP segments that no socket of this host knows of, as scanners and floods send them: no payload,
 * checksums right.
 */
struct lab_forged {
    uint32_t source, target; /* addresses, in host byte order */
    uint16_t source_port, target_port;
    uint8_t flags;     /* as in the header */
    const char *steps; /* what the next one has one more of: letters of forge in peer.c */
};

/* Sends `count` of them, `ms` milliseconds apart. Returns 0, or -1 with errno set. */
int lab_forge(struct lab_forged forged, long count, long ms);

#endif
