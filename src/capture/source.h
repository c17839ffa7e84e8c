/*
 * Bytes of a file, a pipe or standard input, unpacked on the way if they are compressed.
 *
 * gzip, zstd, xz, lz4 and bzip2 are recognised by their first bytes, never by a name, on a pipe as
 * well as in a file. Offsets count what comes out, progress counts what goes in.
 */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include <synfin/error.h>

/* How much is asked of a plain file at once. */
#define SF_SOURCE_BLOCK (256u * 1024u)

struct sf_source;

/*
 * Opens `path` ("-": standard input, which is never closed) and reads its first bytes, so on a
 * pipe it waits for them. Returns 0 and a source to be closed with sf_source_close; or
 * SF_E_SYSTEM, SF_E_MEMORY, SF_E_FORMAT (a compression this build does not know), SF_E_DAMAGED.
 */
int sf_source_open(struct sf_source **source, const char *path, struct sf_error *err);

/*
 * Puts up to `size` bytes (at most INT_MAX) into `to`, waiting only when there is none at all.
 * Returns how many, 0 at the end, or a negative SF_E_…: SF_E_DAMAGED when compressed data cannot
 * be unpacked further, SF_E_SYSTEM with `sys` EINTR when a signal came first (the call may be
 * repeated, but not for compressed data).
 */
int sf_source_read(struct sf_source *source, uint8_t *to, size_t size, struct sf_error *err);

/*
 * From now on a read that has nothing at hand ends with SF_E_SYSTEM (`sys`: ECANCELED) as soon as
 * the descriptor `stop` is readable, also one that waits for a pipe in another thread. The caller
 * keeps `stop`.
 */
void sf_source_stop_by(struct sf_source *source, int stop);

/* What messages call it: the path, or "standard input". Valid until the source is closed. */
const char *sf_source_name(const struct sf_source *source);

/* For progress: bytes taken so far of the file as it is stored, and its size (0: not known). */
uint64_t sf_source_done(const struct sf_source *source);
uint64_t sf_source_size(const struct sf_source *source);

/* NULL is fine. */
void sf_source_close(struct sf_source *source);

#endif
