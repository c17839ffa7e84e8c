/*
 * The piece of a source that is in memory: what the readers of capture files look at.
 *
 * Records are read where they lie, in the block in which they came. Only the part of a record that
 * is cut by the end of a block is moved, in front of the next one. A record that is too large for
 * that is put together in a buffer of its own.
 */
#ifndef CAPTURE_WINDOW_H
#define CAPTURE_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "capture/blocks.h"

/* No record may be larger: what claims to be is damage. */
#define SF_RECORD_MAX (16u * 1024u * 1024u)

struct sf_window {
    struct sf_blocks *blocks; /* owned */
    uint8_t *at;              /* what is not yet consumed: in a block, in front of it, or in: */
    uint8_t *large;           /* room for what does not fit in front of a block, or NULL */
    size_t length;            /* of what is there, in bytes */
    size_t large_size;
    uint64_t offset; /* of at[0] in the unpacked file */
};

/*
 * Opens the source at `path`, read by a thread of its own with `reads_ahead`. Release it in every
 * case. Returns 0 or what sf_blocks_open returns.
 */
int sf_window_init(struct sf_window *window, const char *path, bool reads_ahead,
                   struct sf_error *err);

/*
 * Reads more, once, moving what is there; `need` is the size of the record that waits
 * (SF_RECORD_MAX at most). Pointers into the window become invalid. Returns 1, 0 when the source
 * has no more, or a negative SF_E_….
 */
int sf_window_fill(struct sf_window *window, size_t need, struct sf_error *err);

static inline const uint8_t *sf_window_at(const struct sf_window *window)
{
    return window->at;
}

static inline size_t sf_window_length(const struct sf_window *window)
{
    return window->length;
}

/* The first `n` bytes are done with; they stay where they are until the next fill. */
static inline void sf_window_consume(struct sf_window *window, size_t n)
{
    window->at += n;
    window->length -= n;
    window->offset += n;
}

/* The source has ended within a record of `need` bytes: says so; returns SF_E_DAMAGED. */
int sf_window_cut(const struct sf_window *window, size_t need, struct sf_error *err);

void sf_window_release(struct sf_window *window);

#endif
