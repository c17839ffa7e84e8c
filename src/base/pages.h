/*
 * Large blocks of memory for records that are looked up at random.
 *
 * The system is asked to back them with huge pages: fewer page faults when they are first touched,
 * and fewer misses of the TLB ever after. What is not touched takes no memory.
 */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

/*
 * A block of at least `size` bytes, all zero, aligned to its pages. To be released with
 * sf_pages_free and the same size. NULL without memory.
 */
void *sf_pages_new(size_t size);

/* NULL is fine. */
void sf_pages_free(void *block, size_t size);

#endif
