/*
 * The blocks of a pcapng file, and the options in them: everything that is a matter of lengths.
 * draft-ietf-opsawg-pcapng section 3.
 */
#ifndef CAPTURE_PCAPNG_BLOCK_H
#define CAPTURE_PCAPNG_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/window.h"

/* The type of a section header, which reads the same in both byte orders. */
#define SF_BLOCK_SECTION 0x0a0d0d0au

/* `body` is what lies between a block's two total lengths, borrowed from the window. */
struct sf_block {
    uint32_t type;
    uint32_t total; /* with type and lengths */
    const uint8_t *body;
    size_t length; /* of the body */
};

/*
 * Finds the block at the front of the window; a section header sets the byte order `is_swapped`
 * for itself and what follows. Returns 1 when the block is whole; 0 when the window must be filled
 * first, with the size that is needed in `need`; or SF_E_DAMAGED, SF_E_FORMAT (not pcapng at all).
 */
int sf_block_find(const struct sf_window *window, bool *is_swapped, struct sf_block *block,
                  size_t *need, struct sf_error *err);

/*
 * Says what is wrong with the block at the front of the window: `what` is translated here, and
 * collected by `make po`. Returns SF_E_DAMAGED.
 */
int sf_block_damaged(const struct sf_window *window, const char *what, struct sf_error *err);

/* Lengths within a block are rounded up to 32 bits. */
size_t sf_block_padded(size_t length);

/* What is left of a block's options. */
struct sf_block_options {
    const uint8_t *at;
    size_t left;
    bool is_swapped;
};

struct sf_block_option {
    uint16_t code, length;
    const uint8_t *value; /* `length` bytes */
};

/* The options behind the first `skip` bytes of the block's body, which may have fewer. */
struct sf_block_options sf_block_options_after(const struct sf_block *block, size_t skip,
                                               bool is_swapped);

/* The next option; false at their end, or where one does not fit its block. */
bool sf_block_next_option(struct sf_block_options *options, struct sf_block_option *option);

#endif
