/*
 * Packets of a network interface, as they come.
 *
 * A capture is opened, and only then are privileges no longer needed; it is read one packet at a
 * time, and never waits longer than about 100 ms.
 */
#ifndef CAPTURE_LIVE_H
#define CAPTURE_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/error.h>
#include <synfin/segment.h>
#include <synfin/session.h>

struct sf_live;

/*
 * Opens the interface of the settings ("any": all of them) with their snap length, buffer size,
 * mode and filter; the filter works in the kernel. Time stamps have nanoseconds where the system
 * offers them. Returns 0 and a capture to be closed with sf_live_close; or SF_E_PERMISSION (the
 * sentence names the remedies), SF_E_INTERFACE (it names those there are), SF_E_USAGE (the filter,
 * with libpcap's message), SF_E_SYSTEM, SF_E_MEMORY.
 */
int sf_live_open(struct sf_live **live, const struct sf_settings *settings, struct sf_error *err);

/*
 * The next packet. Returns 1 with a packet, whose bytes stay valid until the next call and whose
 * number is left 0; 0 when about 100 ms passed without one, or a signal or sf_live_break came; or
 * SF_E_INTERFACE when the interface went away.
 */
int sf_live_read(struct sf_live *live, struct sf_packet *packet, struct sf_error *err);

/* Whether the interface went down, or came up again, since the last call. Down it may come up any
 * moment, so that the capture goes on. */
enum sf_link { SF_LINK_SAME, SF_LINK_DOWN, SF_LINK_UP };
enum sf_link sf_live_watch(struct sf_live *live);

/*
 * Packets lost so far: by the kernel for want of buffer, and by the interface. False, and 0 and 0,
 * when the system does not tell.
 */
bool sf_live_drops(struct sf_live *live, uint64_t *kernel, uint64_t *interface);

/* Makes a running or the next sf_live_read return 0 soon. Safe in a signal handler. */
void sf_live_break(struct sf_live *live);

/* A descriptor that becomes readable when there are packets, for poll; -1: there is none. */
int sf_live_descriptor(const struct sf_live *live);

/* NULL is fine. */
void sf_live_close(struct sf_live *live);

#endif
