#include "capture/blocks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "capture/source.h"

#define PATH "/tmp/synfin-blocks-XXXXXX"

/* No two blocks of it are alike. */
static uint8_t byte_at(size_t i)
{
    return (uint8_t)(i * 2654435761u >> 13);
}

static void make_path(char *path)
{
    strcpy(path, PATH);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
}

static void make_file(char *path, size_t n)
{
    make_path(path);
    FILE *file = fopen(path, "wb");
    for (size_t i = 0; i < n; i++) {
        putc(byte_at(i), file);
    }
    assert_int_equal(fclose(file), 0);
}

/* A pipe with a name; both its ends stay open in the descriptor that is returned. */
static int make_fifo(char *path)
{
    make_path(path);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    return fd;
}

static struct sf_blocks *open_blocks(const char *path, bool reads_ahead)
{
    struct sf_blocks *blocks = NULL;
    struct sf_error err = {0};
    assert_int_equal(sf_blocks_open(&blocks, path, reads_ahead, &err), 0);
    return blocks;
}

/* Takes all blocks, comparing their bytes; returns how many bytes, and in `last` how it ended. */
static size_t take_all(struct sf_blocks *blocks, int *last, struct sf_error *err)
{
    size_t taken = 0;
    for (;;) {
        const uint8_t *front = sf_blocks_front(blocks);
        *last = sf_blocks_next(blocks, err);
        if (*last <= 0) {
            return taken;
        }
        for (int i = 0; i < *last; i++) {
            assert_int_equal(front[i], byte_at(taken + (size_t)i));
        }
        taken += (size_t)*last;
        assert_true(sf_blocks_done(blocks) <= sf_blocks_size(blocks));
    }
}

static void test_all_bytes_in_order(void **state)
{
    (void)state;
    char path[sizeof PATH];
    const size_t n = 9 * SF_SOURCE_BLOCK + 17; /* more than are kept ahead, twice round */
    make_file(path, n);
    for (int reads_ahead = 0; reads_ahead < 2; reads_ahead++) {
        struct sf_blocks *blocks = open_blocks(path, reads_ahead);
        struct sf_error err = {0};
        int last;
        assert_int_equal(take_all(blocks, &last, &err), n);
        assert_int_equal(last, 0);
        assert_int_equal(sf_blocks_done(blocks), n);
        assert_int_equal(sf_blocks_size(blocks), n);
        assert_int_equal(sf_blocks_next(blocks, &err), 0); /* the end stays the end */
        sf_blocks_close(blocks);
    }
    unlink(path);
}

static void test_room_in_front_is_the_callers(void **state)
{
    (void)state;
    char path[sizeof PATH];
    make_file(path, 6 * SF_SOURCE_BLOCK);
    for (int reads_ahead = 0; reads_ahead < 2; reads_ahead++) {
        struct sf_blocks *blocks = open_blocks(path, reads_ahead);
        struct sf_error err = {0};
        for (int n = 1; n > 0;) {
            uint8_t *front = sf_blocks_front(blocks);
            memset(front - SF_BLOCK_HEADROOM, 0x5a, SF_BLOCK_HEADROOM);
            n = sf_blocks_next(blocks, &err);
            for (size_t i = 1; i <= SF_BLOCK_HEADROOM; i++) {
                assert_int_equal(front[-(ptrdiff_t)i], 0x5a);
            }
        }
        sf_blocks_close(blocks);
    }
    unlink(path);
}

static void test_damage_comes_after_all_before_it(void **state)
{
    (void)state;
    char path[sizeof PATH];
    make_path(path);
    gzFile file = gzopen(path, "wb");
    for (size_t i = 0; i < 4 * SF_SOURCE_BLOCK; i++) {
        gzputc(file, byte_at(i));
    }
    gzclose(file);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(truncate(path, status.st_size / 2), 0);
    size_t taken[2];
    struct sf_error err[2] = {{0}, {0}};
    for (int reads_ahead = 0; reads_ahead < 2; reads_ahead++) {
        struct sf_blocks *blocks = open_blocks(path, reads_ahead);
        int last;
        taken[reads_ahead] = take_all(blocks, &last, &err[reads_ahead]);
        assert_int_equal(last, SF_E_DAMAGED);
        sf_blocks_close(blocks);
    }
    assert_true(taken[0] > 0 && taken[0] < 4 * SF_SOURCE_BLOCK);
    assert_int_equal(taken[1], taken[0]);
    assert_string_equal(err[1].text, err[0].text);
    unlink(path);
}

/* A file of which no block was asked for: the thread waits for a vacant one. */
static void test_close_ends_a_thread_that_is_far_ahead(void **state)
{
    (void)state;
    char path[sizeof PATH];
    make_file(path, 8 * SF_SOURCE_BLOCK);
    struct sf_blocks *blocks = open_blocks(path, true);
    usleep(1000);
    sf_blocks_close(blocks);
    unlink(path);
}

static void test_close_ends_a_thread_that_waits_for_a_pipe(void **state)
{
    (void)state;
    char path[sizeof PATH];
    int fd = make_fifo(path);
    assert_int_equal(write(fd, "0123456789", 10), 10);
    struct sf_blocks *blocks = open_blocks(path, true);
    struct sf_error err = {0};
    int n = 0;
    while (n < 10) {
        int more = sf_blocks_next(blocks, &err);
        assert_true(more > 0);
        n += more;
    }
    usleep(1000);
    sf_blocks_close(blocks);
    close(fd);
    unlink(path);
}

/* How much is left in the pipe, once it is empty or 1000 waits of so long are over. */
static int await_empty(int fd, useconds_t wait_us)
{
    int left = 1;
    for (int i = 0; i < 1000 && left > 0; i++) {
        usleep(wait_us);
        assert_int_equal(ioctl(fd, FIONREAD, &left), 0);
    }
    return left;
}

/* How much lies in the pipe after a while in which nobody asked for a block. */
static int left_in_pipe(bool reads_ahead)
{
    char path[sizeof PATH];
    int fd = make_fifo(path);
    assert_int_equal(write(fd, "0123456789", 10), 10);
    struct sf_blocks *blocks = open_blocks(path, reads_ahead);
    int left = await_empty(fd, reads_ahead ? 5000 : 20);
    sf_blocks_close(blocks);
    close(fd);
    unlink(path);
    return left;
}

static void test_a_thread_reads_before_it_is_asked(void **state)
{
    (void)state;
    assert_int_equal(left_in_pipe(true), 0);
    assert_int_equal(left_in_pipe(false), 10 - 6); /* opening looks at the longest magic */
}

/* The signals that thread `id` of this process blocks, as in /proc: bit n - 1 is signal n. */
static unsigned long long blocked_by(const char *id)
{
    char path[300], line[200];
    unsigned long long mask = 0;
    snprintf(path, sizeof path, "/proc/self/task/%s/status", id);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        (void)sscanf(line, "SigBlk: %llx", &mask);
    }
    fclose(file);
    return mask;
}

static void test_the_thread_blocks_signals_and_the_caller_does_not(void **state)
{
    (void)state;
    char path[sizeof PATH], own[20];
    int fd = make_fifo(path), n_deaf = 0;
    assert_int_equal(write(fd, "0123456789", 10), 10);
    struct sf_blocks *blocks = open_blocks(path, true);
    snprintf(own, sizeof own, "%d", getpid());
    /* Every thread blocks them while it is started; one that has read is past that. */
    assert_int_equal(await_empty(fd, 5000), 0);
    assert_int_equal(blocked_by(own) & (1ull << (SIGINT - 1)), 0);
    DIR *tasks = opendir("/proc/self/task");
    assert_non_null(tasks);
    for (struct dirent *task; (task = readdir(tasks)) != NULL;) {
        bool is_other = task->d_name[0] != '.' && strcmp(task->d_name, own) != 0;
        if (is_other && (blocked_by(task->d_name) & (1ull << (SIGINT - 1))) != 0) {
            n_deaf++;
        }
    }
    closedir(tasks);
    sf_blocks_close(blocks);
    close(fd);
    unlink(path);
    assert_true(n_deaf >= 1); /* sanitizers have threads of their own */
}

static void wake(int number)
{
    (void)number;
}

/* Else SIGINT could not stop a program that waits for a slow pipe. */
static void test_a_signal_wakes_who_waits(void **state)
{
    (void)state;
    char path[sizeof PATH];
    int fd = make_fifo(path);
    assert_int_equal(write(fd, "0123456789", 10), 10);
    struct sigaction action = {.sa_handler = wake}, before;
    sigaction(SIGALRM, &action, &before);
    for (int reads_ahead = 0; reads_ahead < 2; reads_ahead++) {
        assert_int_equal(write(fd, "0123456789", 10), 10);
        struct sf_blocks *blocks = open_blocks(path, reads_ahead);
        struct sf_error err = {0};
        /* again and again: the first may come before anyone waits */
        struct itimerval often = {.it_value = {.tv_usec = 10000},
                                  .it_interval = {.tv_usec = 10000}};
        struct itimerval never = {.it_value = {.tv_sec = 0}};
        setitimer(ITIMER_REAL, &often, NULL);
        int n;
        while ((n = sf_blocks_next(blocks, &err)) > 0) {
            continue;
        }
        setitimer(ITIMER_REAL, &never, NULL);
        assert_int_equal(n, SF_E_SYSTEM);
        assert_int_equal(err.sys, EINTR);
        assert_int_equal(write(fd, "more", 4), 4);
        const uint8_t *front = sf_blocks_front(blocks);
        assert_int_equal(sf_blocks_next(blocks, &err), 4);
        assert_memory_equal(front, "more", 4);
        sf_blocks_close(blocks);
    }
    sigaction(SIGALRM, &before, NULL);
    close(fd);
    unlink(path);
}

static void test_what_cannot_be_opened(void **state)
{
    (void)state;
    struct sf_blocks *blocks = NULL;
    struct sf_error err = {0};
    assert_int_equal(sf_blocks_open(&blocks, "/nowhere/x", true, &err), SF_E_SYSTEM);
    assert_int_equal(err.sys, ENOENT);
    sf_blocks_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_bytes_in_order),
        cmocka_unit_test(test_room_in_front_is_the_callers),
        cmocka_unit_test(test_damage_comes_after_all_before_it),
        cmocka_unit_test(test_close_ends_a_thread_that_is_far_ahead),
        cmocka_unit_test(test_close_ends_a_thread_that_waits_for_a_pipe),
        cmocka_unit_test(test_a_thread_reads_before_it_is_asked),
        cmocka_unit_test(test_the_thread_blocks_signals_and_the_caller_does_not),
        cmocka_unit_test(test_a_signal_wakes_who_waits),
        cmocka_unit_test(test_what_cannot_be_opened),
    };
    return cmocka_run_group_tests_name("capture/blocks", tests, NULL, NULL);
}
