#include "capture/target.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_error(const struct sf_target *target, struct sf_error *err)
{
    int sys = errno;
    if (sys == EPIPE) {
        return sf_error_set(err, SF_E_PIPE, sys, "nobody reads '%s' any more", target->name);
    }
    return sf_error_set(err, SF_E_SYSTEM, sys, "cannot write '%s': %s", target->name,
                        strerror(sys));
}

static int prepare(struct sf_target *target, const char *name, struct sf_error *err)
{
    *target = (struct sf_target){.fd = -1};
    target->name = strdup(name);
    target->buffer = malloc(SF_TARGET_BLOCK);
    target->end = malloc(SF_TARGET_BLOCK / SF_TARGET_RECORD * sizeof *target->end);
    if (target->name == NULL || target->buffer == NULL || target->end == NULL) {
        return sf_error_set(err, SF_E_MEMORY, 0, "no memory left to write '%s'", name);
    }
    return 0;
}

int sf_target_open(struct sf_target *target, const char *path, struct sf_error *err)
{
    bool is_standard = strcmp(path, "-") == 0;
    int status = prepare(target, is_standard ? "standard output" : path, err);
    if (status != 0) {
        return status;
    }
    if (is_standard) {
        target->fd = STDOUT_FILENO;
        target->is_borrowed = true;
        target->is_emptied = true;
        return 0;
    }
    target->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    struct stat file;
    if (target->fd < 0 || fstat(target->fd, &file) != 0) {
        return write_error(target, err);
    }
    target->is_regular = S_ISREG(file.st_mode);
    target->is_emptied = !target->is_regular;
    return 0;
}

int sf_target_borrow(struct sf_target *target, int fd, const char *name, struct sf_error *err)
{
    int status = prepare(target, name, err);
    if (status != 0) {
        return status;
    }
    target->fd = fd;
    target->is_borrowed = true;
    target->is_emptied = true;
    if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
        return write_error(target, err);
    }
    return 0;
}

static int write_all(struct sf_target *target, const uint8_t *bytes, size_t n, struct sf_error *err)
{
    while (n > 0) {
        ssize_t written = write(target->fd, bytes, n);
        if (written < 0 && errno != EINTR) {
            return write_error(target, err);
        }
        if (written > 0) {
            bytes += written;
            n -= (size_t)written;
            target->n_written += (uint64_t)written;
        }
    }
    return 0;
}

void sf_target_end_record(struct sf_target *target)
{
    if (target->n_ends < SF_TARGET_BLOCK / SF_TARGET_RECORD) {
        target->end[target->n_ends++] = (uint32_t)target->n_waiting;
    }
}

/* Of the buffer, which began at `base`, as much was written as `n_written` tells. */
static void follow_records(struct sf_target *target, uint64_t base)
{
    for (uint32_t i = 0; i < target->n_ends && base + target->end[i] <= target->n_written; i++) {
        target->n_whole = base + target->end[i];
    }
    target->n_ends = 0;
}

int sf_target_flush(struct sf_target *target, struct sf_error *err)
{
    if (!target->is_emptied) {
        if (ftruncate(target->fd, 0) != 0) {
            return write_error(target, err);
        }
        target->is_emptied = true;
    }
    uint64_t base = target->n_written;
    int status = write_all(target, target->buffer, target->n_waiting, err);
    follow_records(target, base);
    if (status != 0 && target->is_regular) {
        (void)!ftruncate(target->fd, (off_t)target->n_whole); /* nothing to do where that fails */
    }
    target->n_waiting = 0;
    return status;
}

int sf_target_put(struct sf_target *target, const void *bytes, size_t n, struct sf_error *err)
{
    const uint8_t *from = bytes;
    while (n > 0) {
        size_t room = SF_TARGET_BLOCK - target->n_waiting;
        size_t part = n < room ? n : room;
        memcpy(target->buffer + target->n_waiting, from, part);
        target->n_waiting += part;
        from += part;
        n -= part;
        if (target->n_waiting == SF_TARGET_BLOCK) {
            int status = sf_target_flush(target, err);
            if (status != 0) {
                return status;
            }
        }
    }
    return 0;
}

/* Through the target's buffer, which nothing waits in. */
static int copy_from(struct sf_target *target, int fd, struct sf_error *err)
{
    for (off_t at = 0;;) {
        ssize_t n = pread(fd, target->buffer, SF_TARGET_BLOCK, at);
        if (n < 0 && errno != EINTR) {
            return write_error(target, err);
        }
        if (n == 0) {
            return 0;
        }
        int status = n > 0 ? write_all(target, target->buffer, (size_t)n, err) : 0;
        if (status != 0) {
            return status;
        }
        at += n > 0 ? n : 0;
    }
}

int sf_target_replace(struct sf_target *target, int fd, struct sf_error *err)
{
    assert(target->is_regular && target->n_waiting == 0);
    off_t size = lseek(fd, 0, SEEK_END);
    if (size < 0) {
        return write_error(target, err);
    }
    errno = size > 0 ? posix_fallocate(target->fd, 0, size) : 0;
    if (errno != 0 || lseek(target->fd, 0, SEEK_SET) != 0) {
        return write_error(target, err);
    }
    target->n_written = 0;
    int status = copy_from(target, fd, err);
    target->n_whole = target->n_written;
    if (status == 0 && ftruncate(target->fd, size) != 0) {
        return write_error(target, err);
    }
    return status;
}

int sf_target_close(struct sf_target *target, struct sf_error *err)
{
    int status = sf_target_flush(target, err);
    if (target->is_borrowed) {
        return status;
    }
    int fd = target->fd;
    target->fd = -1;
    if (close(fd) != 0 && status == 0) {
        status = write_error(target, err);
    }
    return status;
}

void sf_target_release(struct sf_target *target)
{
    if (target->fd >= 0 && !target->is_borrowed) {
        (void)close(target->fd);
    }
    free(target->name);
    free(target->buffer);
    free(target->end);
    *target = (struct sf_target){.fd = -1};
}
