/*
 * Packets into a capture file, for `-w`.
 *
 * Classic pcap in microseconds as long as that can hold them; with nanoseconds when a packet has
 * them; pcapng when there are several link types, FCS lengths or interfaces, or a packet larger
 * than 262144 bytes. What was written already is then rewritten, which needs a file, and a second
 * one for the time being: that is opened with the output, in its folder, and has no name.
 */
#ifndef CAPTURE_SAVER_H
#define CAPTURE_SAVER_H

#include <stdbool.h>

#include <synfin/error.h>
#include <synfin/segment.h>

struct sf_saver;

/*
 * Opens `path` ("-": standard output) for writing; what it has is not touched before the first
 * write. Returns 0 and a saver to be closed with sf_saver_close, or SF_E_SYSTEM, SF_E_MEMORY.
 */
int sf_saver_open(struct sf_saver **saver, const char *path, struct sf_error *err);

/* The descriptor that it writes to; it stays the saver's. */
int sf_saver_descriptor(const struct sf_saver *saver);

/* Would saving overwrite the file at `path` ("-": standard input)? To be asked before reading it.
 */
bool sf_saver_overwrites(const struct sf_saver *saver, const char *path);

/*
 * Saves a packet: its bytes, length on the wire, time, link type, FCS length, interface. In pcapng
 * interfaces are numbered anew, by first packet; on what is not a file interfaces are told apart
 * only when it is pcapng from its first packet.
 *
 * Returns 0, SF_E_PIPE when nobody reads any more, SF_E_SYSTEM (disk full, …), SF_E_MEMORY, or
 * SF_E_USAGE when the packet needs another format and what was written cannot be rewritten.
 */
int sf_saver_write(struct sf_saver *saver, const struct sf_packet *packet, struct sf_error *err);

/* Hands on what is buffered, so that the reader of a live capture need not wait. As sf_saver_write.
 */
int sf_saver_flush(struct sf_saver *saver, struct sf_error *err);

/*
 * Completes and closes the file; without packets it is an empty capture of Ethernet. Frees the
 * saver in every case; NULL is fine. Returns as sf_saver_write.
 */
int sf_saver_close(struct sf_saver *saver, struct sf_error *err);

/* Closes the file as it is, without completing it, and frees the saver; NULL is fine. */
void sf_saver_abandon(struct sf_saver *saver);

#endif
