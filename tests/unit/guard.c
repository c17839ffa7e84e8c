#include "guard.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

void guard_init(struct guard *guard)
{
    void *memory = mmap(NULL, GUARD_ROOM + page_size(), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        abort();
    }
    guard->memory = memory;
    guard->page = guard->memory + GUARD_ROOM; /* a multiple of every page size in use */
    if (mprotect(guard->page, page_size(), PROT_NONE) != 0) {
        abort();
    }
}

void guard_release(struct guard *guard)
{
    (void)munmap(guard->memory, GUARD_ROOM + page_size());
}

const uint8_t *guard_put(struct guard *guard, const void *bytes, size_t n)
{
    if (n > GUARD_ROOM) {
        abort();
    }
    if (n > 0) {
        memcpy(guard->page - n, bytes, n);
    }
    return guard->page - n;
}
