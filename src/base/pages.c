#include "base/pages.h"

#include <stdint.h>
#include <sys/mman.h>

/* A huge page of most systems; where it is another size, only the advice is worth less. */
#define HUGE_PAGE ((size_t)2 << 20)

static size_t whole_pages(size_t size)
{
    return (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

/* A little more than is wanted is mapped, and both ends are given back. */
void *sf_pages_new(size_t size)
{
    size_t wanted = whole_pages(size), mapped = wanted + HUGE_PAGE;
    if (wanted < size || mapped < wanted)
        return NULL;
    uint8_t *start = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED)
        return NULL;
    size_t before = (HUGE_PAGE - (uintptr_t)start % HUGE_PAGE) % HUGE_PAGE;
    if (before > 0)
        (void)munmap(start, before);
    if (HUGE_PAGE - before > 0)
        (void)munmap(start + before + wanted, HUGE_PAGE - before);
    (void)madvise(start + before, wanted, MADV_HUGEPAGE); /* advice, which may be refused */
    return start + before;
}

void sf_pages_free(void *block, size_t size)
{
    if (block != NULL)
        (void)munmap(block, whole_pages(size));
}
