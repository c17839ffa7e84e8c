#include "capture/blocks.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "capture/source.h"

/* One is looked at, one is ready, one is being read, and one makes up for uneven work. */
#define AHEAD 4u
/* The kernel copies a block 4 % faster to the beginning of a page. */
#define PAGE 4096u

struct block {
    uint8_t *memory; /* SF_BLOCK_HEADROOM, then SF_SOURCE_BLOCK bytes */
    int length;      /* or what went wrong, and how: */
    struct sf_error err;
    uint64_t done; /* of the stored file, behind this block */
};

struct sf_blocks {
    struct sf_source *source;
    struct block block[AHEAD];
    unsigned n_blocks; /* of them in use; 1: nobody reads ahead */
    unsigned next;     /* the block that comes next */
    bool is_lent;      /* is the one before it looked at? */
    bool is_over;      /* nothing comes after what was fetched: `next` says why */
    uint64_t done;
    /* Reading ahead: whose turn it is with each block goes round by these two. */
    bool has_thread;
    pthread_t thread;
    sem_t filled, vacant;
    atomic_bool is_closing;
    int stop; /* readable when is_closing: wakes a read that waits; negative: not open */
};

static uint8_t *bytes_of(const struct block *block)
{
    return block->memory + SF_BLOCK_HEADROOM;
}

/* False when nothing comes after it. */
static bool fill(struct sf_source *source, struct block *block)
{
    block->length = sf_source_read(source, bytes_of(block), SF_SOURCE_BLOCK, &block->err);
    block->done = sf_source_done(source);
    return block->length > 0;
}

static void *read_ahead(void *context)
{
    struct sf_blocks *blocks = context;
    unsigned i = 0;
    bool goes_on;
    do {
        while (sem_wait(&blocks->vacant) != 0)
            continue;
        if (atomic_load(&blocks->is_closing))
            break;
        goes_on = fill(blocks->source, &blocks->block[i]);
        (void)sem_post(&blocks->filled);
        i = (i + 1) % AHEAD;
    } while (goes_on);
    return NULL;
}

/* A signal is for the thread that analyses: it has to notice that it shall stop. */
static int start_deaf(struct sf_blocks *blocks)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)sigdelset(&all, SIGSYS); /* it is about a call that the thread itself made */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int sys = pthread_create(&blocks->thread, NULL, read_ahead, blocks);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return sys;
}

/* Without a thread the same blocks are read when they are asked for. */
static void start(struct sf_blocks *blocks)
{
    blocks->stop = eventfd(0, EFD_CLOEXEC);
    if (blocks->stop < 0)
        return;
    (void)sem_init(&blocks->filled, 0, 0);
    (void)sem_init(&blocks->vacant, 0, blocks->n_blocks);
    sf_source_stop_by(blocks->source, blocks->stop);
    blocks->has_thread = start_deaf(blocks) == 0;
}

static bool allocate(struct sf_blocks *blocks, unsigned n_blocks)
{
    for (blocks->n_blocks = 0; blocks->n_blocks < n_blocks; blocks->n_blocks++) {
        struct block *block = &blocks->block[blocks->n_blocks];
        block->memory = aligned_alloc(PAGE, SF_BLOCK_HEADROOM + SF_SOURCE_BLOCK);
        if (block->memory == NULL)
            return false;
    }
    return true;
}

static int no_memory(const char *path, struct sf_error *err)
{
    return sf_error_set(err, SF_E_MEMORY, 0, "no memory left to read '%s'", path);
}

int sf_blocks_open(struct sf_blocks **blocks, const char *path, bool reads_ahead,
                   struct sf_error *err)
{
    struct sf_blocks *made = calloc(1, sizeof *made);
    if (made == NULL)
        return no_memory(path, err);
    made->stop = -1;
    int status = allocate(made, reads_ahead ? AHEAD : 1) ? sf_source_open(&made->source, path, err)
                                                         : no_memory(path, err);
    if (status != 0) {
        sf_blocks_close(made);
        return status;
    }
    if (reads_ahead)
        start(made);
    *blocks = made;
    return 0;
}

uint8_t *sf_blocks_front(const struct sf_blocks *blocks)
{
    return bytes_of(&blocks->block[blocks->next]);
}

/* The block that was looked at goes back to the thread before another is waited for. */
static int await(struct sf_blocks *blocks, struct sf_error *err)
{
    if (blocks->is_over)
        return 0;
    if (blocks->is_lent)
        (void)sem_post(&blocks->vacant);
    blocks->is_lent = false;
    if (sem_wait(&blocks->filled) != 0)
        return sf_error_set(err, SF_E_SYSTEM, errno, "cannot read '%s': %s", sf_blocks_name(blocks),
                            strerror(errno));
    blocks->is_over = blocks->block[blocks->next].length <= 0;
    return 0;
}

int sf_blocks_next(struct sf_blocks *blocks, struct sf_error *err)
{
    struct block *block = &blocks->block[blocks->next];
    int status = blocks->has_thread ? await(blocks, err) : 0;
    if (status != 0)
        return status;
    if (!blocks->has_thread)
        (void)fill(blocks->source, block);
    if (block->length < 0)
        *err = block->err;
    blocks->done = block->done;
    if (block->length > 0) {
        blocks->is_lent = true;
        blocks->next = (blocks->next + 1) % blocks->n_blocks;
    }
    return block->length;
}

const char *sf_blocks_name(const struct sf_blocks *blocks)
{
    return sf_source_name(blocks->source);
}

uint64_t sf_blocks_done(const struct sf_blocks *blocks)
{
    return blocks->done;
}

uint64_t sf_blocks_size(const struct sf_blocks *blocks)
{
    return sf_source_size(blocks->source);
}

/* It may wait for a vacant block, or in the source for a pipe. */
static void end_thread(struct sf_blocks *blocks)
{
    atomic_store(&blocks->is_closing, true);
    (void)eventfd_write(blocks->stop, 1);
    (void)sem_post(&blocks->vacant);
    (void)pthread_join(blocks->thread, NULL);
}

void sf_blocks_close(struct sf_blocks *blocks)
{
    if (blocks == NULL)
        return;
    if (blocks->has_thread)
        end_thread(blocks);
    if (blocks->stop >= 0) {
        (void)sem_destroy(&blocks->filled);
        (void)sem_destroy(&blocks->vacant);
        (void)close(blocks->stop);
    }
    sf_source_close(blocks->source);
    for (unsigned i = 0; i < blocks->n_blocks; i++)
        free(blocks->block[i].memory);
    free(blocks);
}
