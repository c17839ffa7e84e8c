#include "capture/window.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int sf_window_init(struct sf_window *window, const char *path, struct sf_error *err)
{
    *window = (struct sf_window){.size = SF_SOURCE_BLOCK};
    int status = sf_source_open(&window->source, path, err);
    if (status != 0) {
        return status;
    }
    window->buffer = malloc(window->size);
    if (window->buffer == NULL) {
        return sf_error_set(err, SF_E_MEMORY, 0, "no memory left to read '%s'", path);
    }
    return 0;
}

static int grow(struct sf_window *window, size_t size, struct sf_error *err)
{
    uint8_t *grown = realloc(window->buffer, size);
    if (grown == NULL) {
        return sf_error_set(err, SF_E_MEMORY, 0, "no memory left for a record of %zu bytes in '%s'",
                            size, sf_source_name(window->source));
    }
    window->buffer = grown;
    window->size = size;
    return 0;
}

int sf_window_fill(struct sf_window *window, size_t need, struct sf_error *err)
{
    assert(need <= SF_RECORD_MAX);
    size_t length = sf_window_length(window);
    if (window->start > 0) {
        memmove(window->buffer, sf_window_at(window), length);
        window->start = 0;
        window->end = length;
    }
    if (need > window->size) {
        int status = grow(window, need, err);
        if (status != 0) {
            return status;
        }
    }
    assert(length < need);
    int n = sf_source_read(window->source, window->buffer + length, window->size - length, err);
    if (n <= 0) {
        return n;
    }
    window->end += (size_t)n;
    return 1;
}

int sf_window_cut(const struct sf_window *window, size_t need, struct sf_error *err)
{
    return sf_error_set(err, SF_E_DAMAGED, 0,
                        "'%s' is cut off at byte %llu: a record of %zu bytes has only %zu",
                        sf_source_name(window->source), (unsigned long long)window->offset, need,
                        sf_window_length(window));
}

void sf_window_release(struct sf_window *window)
{
    sf_source_close(window->source);
    free(window->buffer);
    *window = (struct sf_window){0};
}
