#include "capture/window.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "capture/source.h"

int sf_window_init(struct sf_window *window, const char *path, bool reads_ahead,
                   struct sf_error *err)
{
    *window = (struct sf_window){0};
    return sf_blocks_open(&window->blocks, path, reads_ahead, err);
}

/* Moves what is there to where the next block continues it. */
static int fill_block(struct sf_window *window, struct sf_error *err)
{
    uint8_t *front = sf_blocks_front(window->blocks) - window->length;
    if (window->length > 0)
        memmove(front, window->at, window->length);
    window->at = front;
    int n = sf_blocks_next(window->blocks, err);
    if (n > 0)
        window->length += (size_t)n;
    return n;
}

/* Moves what is there to the front of the large buffer, which has room for `size` bytes then. */
static int make_large(struct sf_window *window, size_t size, struct sf_error *err)
{
    if (size <= window->large_size) {
        memmove(window->large, window->at, window->length);
        window->at = window->large;
        return 0;
    }
    uint8_t *large = malloc(size);
    if (large == NULL) {
        return sf_error_set(err, SF_E_MEMORY, 0, "no memory left for a record of %zu bytes in '%s'",
                            size, sf_blocks_name(window->blocks));
    }
    memcpy(large, window->at, window->length);
    free(window->large);
    window->large = window->at = large;
    window->large_size = size;
    return 0;
}

static int fill_large(struct sf_window *window, size_t need, struct sf_error *err)
{
    int status = make_large(window, need + SF_SOURCE_BLOCK, err);
    if (status != 0) {
        return status;
    }
    const uint8_t *block = sf_blocks_front(window->blocks);
    int n = sf_blocks_next(window->blocks, err);
    if (n > 0) {
        memcpy(window->at + window->length, block, (size_t)n);
        window->length += (size_t)n;
    }
    return n;
}

int sf_window_fill(struct sf_window *window, size_t need, struct sf_error *err)
{
    assert(need <= SF_RECORD_MAX && window->length < need);
    int n = window->length <= SF_BLOCK_HEADROOM ? fill_block(window, err)
                                                : fill_large(window, need, err);
    return n > 0 ? 1 : n;
}

int sf_window_cut(const struct sf_window *window, size_t need, struct sf_error *err)
{
    return sf_error_set(
        err, SF_E_DAMAGED, 0, "'%s' is cut off at byte %llu: a record of %zu bytes has only %zu",
        sf_blocks_name(window->blocks), (unsigned long long)window->offset, need, window->length);
}

void sf_window_release(struct sf_window *window)
{
    sf_blocks_close(window->blocks);
    free(window->large);
    *window = (struct sf_window){0};
}
