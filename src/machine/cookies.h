/*
 * SYN cookies (RFC 4987 §3.6): a server that keeps nothing of a SYN but what its SYN,ACK says. A
 * cookie looks like any initial number; two signs around it together make it likely.
 */
#ifndef SYNFIN_MACHINE_COOKIES_H
#define SYNFIN_MACHINE_COOKIES_H

#include "machine/judge.h"

/* So long without a repeat of the SYN,ACK is no timer of a host that keeps it. */
#define COOKIE_SILENCE_NS INT64_C(3000000000)

/* A SYN,ACK that fits, the first or a later one. */
void sf_cookies_answered(struct judgement *j);

/* The connection still waits for the ACK of a SYN,ACK sent COOKIE_SILENCE_NS ago. */
void sf_cookies_waiting(struct judgement *j);

#endif
