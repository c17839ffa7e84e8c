/*
 * Packets out of a capture file: classic pcap and pcapng, plain or compressed, file or pipe.
 *
 * A reader hands out packets where they lie in its buffer and copies nothing. It keeps to what it
 * can prove: whatever comes before damage is handed out, then the damage is named.
 */
#ifndef CAPTURE_READER_H
#define CAPTURE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/error.h>
#include <synfin/segment.h>

struct sf_reader;

/*
 * Opens `path` ("-": standard input) and recognises its format by its first bytes. With
 * `reads_ahead` a thread reads (and unpacks) the file while the caller works on what came before;
 * what is handed out is the same. Returns 0 and a reader to be closed with sf_reader_close; or
 * SF_E_SYSTEM, SF_E_MEMORY, SF_E_FORMAT (empty, not a capture file, a version or compression that
 * is not known), SF_E_DAMAGED (cut in its header).
 */
int sf_reader_open(struct sf_reader **reader, const char *path, bool reads_ahead,
                   struct sf_error *err);

/*
 * Up to `max` next packets (`max` at least 1, at most INT_MAX); their bytes stay valid until the
 * next call. On a pipe it waits only when not one packet is whole. sf_packet.number is left 0: the
 * caller numbers. A packet of pcapng without a time (Simple Packet Block) has that of the one
 * before it.
 *
 * Returns how many (> 0); 0 at the end of the input; or, once everything before it was handed out,
 * SF_E_DAMAGED (`err` names the offset in the unpacked file), SF_E_MEMORY, SF_E_SYSTEM (with `sys`
 * EINTR when a signal interrupted the reading of a plain file or pipe: the call may be repeated).
 */
int sf_reader_read(struct sf_reader *reader, struct sf_packet *packets, size_t max,
                   struct sf_error *err);

/* For progress: bytes read so far of the file as it is stored, and its size (0: not known). */
uint64_t sf_reader_done(const struct sf_reader *reader);
uint64_t sf_reader_size(const struct sf_reader *reader);

/*
 * Packets that the capture lost, by the statistics blocks of a pcapng file read so far: the last of
 * each interface counts, and interfaces are summed. False, and 0 and 0, when there are none.
 */
bool sf_reader_drops(const struct sf_reader *reader, uint64_t *kernel, uint64_t *interface);

/* NULL is fine. */
void sf_reader_close(struct sf_reader *reader);

#endif
