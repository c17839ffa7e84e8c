#include "capture/pcapng_block.h"

#include <libintl.h>

#include "capture/order.h"

#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define BLOCK_HEADER     8u  /* type and total length */
#define BLOCK_MIN        12u /* and the total length again */
#define OPTION_HEADER    4u
#define OPTION_END       0

int sf_block_damaged(const struct sf_window *window, const char *what, struct sf_error *err)
{
    return sf_error_set(err, SF_E_DAMAGED, 0, "'%s' is damaged at byte %llu: %s",
                        sf_blocks_name(window->blocks), (unsigned long long)window->offset,
                        dgettext("synfin", what));
}

/* A section header tells the byte order of its own total length. False: neither order. */
static bool find_order(const uint8_t *at, bool *is_swapped)
{
    bool is_same = sf_order_load32(at + BLOCK_HEADER, false) == BYTE_ORDER_MAGIC;
    *is_swapped = sf_order_load32(at + BLOCK_HEADER, true) == BYTE_ORDER_MAGIC;
    return is_same || *is_swapped;
}

static int no_order(const struct sf_window *window, struct sf_error *err)
{
    if (window->offset > 0) {
        return sf_block_damaged(window, "a section header without a byte order", err);
    }
    return sf_error_set(err, SF_E_FORMAT, 0, "'%s' is not a capture file (pcap or pcapng)",
                        sf_blocks_name(window->blocks));
}

static int impossible_length(const struct sf_window *window, uint32_t total, struct sf_error *err)
{
    return sf_error_set(err, SF_E_DAMAGED, 0,
                        "'%s' is damaged at byte %llu: a block claims a length of %u bytes",
                        sf_blocks_name(window->blocks), (unsigned long long)window->offset, total);
}

int sf_block_find(const struct sf_window *window, bool *is_swapped, struct sf_block *block,
                  size_t *need, struct sf_error *err)
{
    const uint8_t *at = sf_window_at(window);
    size_t there = sf_window_length(window);
    *need = BLOCK_MIN;
    if (there < BLOCK_MIN) {
        return 0;
    }
    block->type = sf_order_load32(at, *is_swapped);
    if (block->type == SF_BLOCK_SECTION && !find_order(at, is_swapped)) {
        return no_order(window, err);
    }
    block->total = sf_order_load32(at + 4, *is_swapped);
    if (block->total < BLOCK_MIN || block->total % 4 != 0 || block->total > SF_RECORD_MAX) {
        return impossible_length(window, block->total, err);
    }
    *need = block->total;
    if (there < block->total) {
        return 0;
    }
    if (sf_order_load32(at + block->total - 4, *is_swapped) != block->total) {
        return sf_block_damaged(window, "the two lengths of a block differ", err);
    }
    block->body = at + BLOCK_HEADER;
    block->length = block->total - BLOCK_MIN;
    return 1;
}

size_t sf_block_padded(size_t length)
{
    return (length + 3) & ~(size_t)3;
}

struct sf_block_options sf_block_options_after(const struct sf_block *block, size_t skip,
                                               bool is_swapped)
{
    if (skip >= block->length) {
        return (struct sf_block_options){NULL, 0, is_swapped};
    }
    return (struct sf_block_options){block->body + skip, block->length - skip, is_swapped};
}

bool sf_block_next_option(struct sf_block_options *options, struct sf_block_option *option)
{
    if (options->left < OPTION_HEADER) {
        return false;
    }
    option->code = sf_order_load16(options->at, options->is_swapped);
    option->length = sf_order_load16(options->at + 2, options->is_swapped);
    option->value = options->at + OPTION_HEADER;
    size_t size = OPTION_HEADER + sf_block_padded(option->length);
    if (option->code == OPTION_END || size > options->left) {
        return false;
    }
    options->at += size;
    options->left -= size;
    return true;
}
