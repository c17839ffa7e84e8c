/*
 * The bytes of a source as a row of blocks, each read when it is asked for or, by a thread of its
 * own, ahead of that.
 *
 * In front of each block lies room for the record that the end of the block before it has cut, so
 * that records can be looked at where they were read:
 *
 *     front = sf_blocks_front(blocks);     where the next block will lie
 *     memcpy(front - n, rest, n);          n ≤ SF_BLOCK_HEADROOM
 *     sf_blocks_next(blocks, err);         now it does
 *
 * The thread changes when bytes are read, never which or in what order: results cannot depend on
 * it.
 */
#ifndef CAPTURE_BLOCKS_H
#define CAPTURE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/error.h>

#define SF_BLOCK_HEADROOM (64u * 1024u)

struct sf_blocks;

/*
 * Opens the source at `path` as sf_source_open does. With `reads_ahead` a thread reads it from now
 * on; all signals are blocked in it. Returns 0 and blocks to be closed with sf_blocks_close, or a
 * negative SF_E_….
 */
int sf_blocks_open(struct sf_blocks **blocks, const char *path, bool reads_ahead,
                   struct sf_error *err);

/* Where the next block will lie: SF_BLOCK_HEADROOM bytes in front of it are the caller's. */
uint8_t *sf_blocks_front(const struct sf_blocks *blocks);

/*
 * Fetches the next block, waiting for it; the block before becomes invalid, what was put in front
 * of this one stays. Returns its length in bytes, 0 at the end, or what sf_source_read returns;
 * after EINTR the call may be repeated, when sf_source_read could be or a thread reads ahead.
 */
int sf_blocks_next(struct sf_blocks *blocks, struct sf_error *err);

/* What messages call the source. */
const char *sf_blocks_name(const struct sf_blocks *blocks);

/* For progress: bytes of the file as it is stored behind the blocks fetched, and its size (0: not
 * known). */
uint64_t sf_blocks_done(const struct sf_blocks *blocks);
uint64_t sf_blocks_size(const struct sf_blocks *blocks);

/* Ends the thread, also one that waits for a pipe. NULL is fine. */
void sf_blocks_close(struct sf_blocks *blocks);

#endif
