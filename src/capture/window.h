/*
 * The piece of a source that is in memory: what the readers of capture files look at.
 *
 * Records are read where they lie. Only the part of a record that is cut by the end of the piece is
 * moved, and the buffer grows only for a record that is larger than it.
 */
#ifndef CAPTURE_WINDOW_H
#define CAPTURE_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#include "capture/source.h"

/* No record may be larger: what claims to be is damage. */
#define SF_RECORD_MAX (16u * 1024u * 1024u)

struct sf_window {
    struct sf_source *source; /* owned */
    uint8_t *buffer;
    size_t size;
    size_t start, end; /* of what is not yet consumed */
    uint64_t offset;   /* of buffer[start] in the unpacked file */
};

/* Opens the source at `path`. Release it in every case. Returns 0 or what sf_source_open returns.
 */
int sf_window_init(struct sf_window *window, const char *path, struct sf_error *err);

/*
 * Reads more, once, moving what is there to the front; `need` is the size of the record that waits
 * (SF_RECORD_MAX at most). Pointers into the window become invalid. Returns 1, 0 when the source
 * has no more, or a negative SF_E_….
 */
int sf_window_fill(struct sf_window *window, size_t need, struct sf_error *err);

static inline const uint8_t *sf_window_at(const struct sf_window *window)
{
    return window->buffer + window->start;
}

static inline size_t sf_window_length(const struct sf_window *window)
{
    return window->end - window->start;
}

/* The first `n` bytes are done with; they stay where they are until the next fill. */
static inline void sf_window_consume(struct sf_window *window, size_t n)
{
    window->start += n;
    window->offset += n;
}

/* The source has ended within a record of `need` bytes: says so; returns SF_E_DAMAGED. */
int sf_window_cut(const struct sf_window *window, size_t need, struct sf_error *err);

void sf_window_release(struct sf_window *window);

#endif
