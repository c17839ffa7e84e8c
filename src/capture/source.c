#include "capture/source.h"

#include <archive.h>
#include <archive_entry.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The longest of the magics below. */
#define MAGIC_MAX 6

struct sf_source {
    char *name;
    int fd;
    int stop;                /* see sf_source_stop_by; negative: none */
    bool is_borrowed;        /* standard input: not ours to close */
    uint64_t done, size;     /* as stored */
    uint64_t offset;         /* of the next byte that comes out */
    int sys;                 /* errno of a read that failed below libarchive, or 0 */
    struct archive *archive; /* NULL for a plain file */
    const uint8_t *unpacked; /* lent by libarchive, `n_unpacked` bytes of it not yet handed out */
    size_t n_unpacked;
    uint8_t *stored;           /* one block as read from a compressed file */
    uint8_t peeked[MAGIC_MAX]; /* the first bytes, read to recognise the file */
    size_t n_peeked;           /* of them not yet handed on */
};

typedef int support_fn(struct archive *archive);

/*
 * Each filter is asked for by name: libarchive's "all of them" includes some that start programs.
 */
static const struct compression {
    const char *name;
    size_t n_magic;
    uint8_t magic[MAGIC_MAX];
    support_fn *support;
} compressions[] = {
    {"gzip", 2, {0x1f, 0x8b}, archive_read_support_filter_gzip},
    {"zstd", 4, {0x28, 0xb5, 0x2f, 0xfd}, archive_read_support_filter_zstd},
    {"xz", 6, {0xfd, '7', 'z', 'X', 'Z', 0x00}, archive_read_support_filter_xz},
    {"lz4", 4, {0x04, 0x22, 0x4d, 0x18}, archive_read_support_filter_lz4},
    {"bzip2", 3, {'B', 'Z', 'h'}, archive_read_support_filter_bzip2},
};

static const struct compression *find_compression(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < sizeof compressions / sizeof compressions[0]; i++) {
        const struct compression *row = &compressions[i];
        if (n >= row->n_magic && memcmp(bytes, row->magic, row->n_magic) == 0) {
            return row;
        }
    }
    return NULL;
}

static int system_error(const struct sf_source *source, int sys, struct sf_error *err)
{
    return sf_error_set(err, SF_E_SYSTEM, sys, "cannot read '%s': %s", source->name, strerror(sys));
}

/* Waits until there is something to read. False, with errno, when it shall not be read any more. */
static bool may_read(const struct sf_source *source)
{
    struct pollfd waiting[] = {{.fd = source->stop, .events = POLLIN},
                               {.fd = source->fd, .events = POLLIN}};
    if (source->stop < 0)
        return true;
    if (poll(waiting, 2, -1) < 0)
        return false;
    errno = ECANCELED;
    return waiting[0].revents == 0;
}

/* One read of the file as stored; a signal ends it with EINTR, so that a program can be stopped. */
static ssize_t read_stored(struct sf_source *source, uint8_t *to, size_t size)
{
    ssize_t n = may_read(source) ? read(source->fd, to, size) : -1;
    if (n > 0) {
        source->done += (uint64_t)n;
    }
    return n;
}

/* Reads the first bytes; fewer than MAGIC_MAX only when the file has no more. */
static int peek(struct sf_source *source, struct sf_error *err)
{
    while (source->n_peeked < MAGIC_MAX) {
        ssize_t n =
            read_stored(source, source->peeked + source->n_peeked, MAGIC_MAX - source->n_peeked);
        if (n < 0) {
            return system_error(source, errno, err);
        }
        if (n == 0) {
            break;
        }
        source->n_peeked += (size_t)n;
    }
    return 0;
}

/* libarchive asks for the next block of the stored file. */
static la_ssize_t feed(struct archive *archive, void *context, const void **block)
{
    struct sf_source *source = context;
    *block = source->stored;
    if (source->n_peeked > 0) {
        size_t n = source->n_peeked;
        memcpy(source->stored, source->peeked, n);
        source->n_peeked = 0;
        return (la_ssize_t)n;
    }
    ssize_t n = read_stored(source, source->stored, SF_SOURCE_BLOCK);
    if (n < 0) {
        source->sys = errno;
        archive_set_error(archive, errno, "%s", strerror(errno));
    }
    return n;
}

static int unpack_error(const struct sf_source *source, struct sf_error *err)
{
    if (source->sys != 0) {
        return system_error(source, source->sys, err);
    }
    const char *why = archive_error_string(source->archive);
    return sf_error_set(err, SF_E_DAMAGED, 0,
                        "'%s' is damaged or cut off: what is compressed in it cannot be unpacked "
                        "beyond byte %llu (%s)",
                        source->name, (unsigned long long)source->offset,
                        why != NULL ? why : "libarchive");
}

static int unpacked_open(struct sf_source *source, const struct compression *compression,
                         struct sf_error *err)
{
    source->stored = malloc(SF_SOURCE_BLOCK);
    source->archive = archive_read_new();
    if (source->stored == NULL || source->archive == NULL) {
        return sf_error_set(err, SF_E_MEMORY, 0, "no memory left to unpack '%s'", source->name);
    }
    /* Anything but ARCHIVE_OK means that libarchive would start a program for it. */
    if (compression->support(source->archive) != ARCHIVE_OK) {
        return sf_error_set(err, SF_E_FORMAT, 0,
                            "'%s' is compressed with %s, which libarchive cannot unpack here",
                            source->name, compression->name);
    }
    struct archive_entry *entry;
    (void)archive_read_support_format_raw(source->archive);
    (void)archive_read_support_format_empty(source->archive);
    if (archive_read_open(source->archive, source, NULL, feed, NULL) != ARCHIVE_OK) {
        return unpack_error(source, err);
    }
    int status = archive_read_next_header(source->archive, &entry);
    if (status != ARCHIVE_OK && status != ARCHIVE_EOF) {
        return unpack_error(source, err);
    }
    return 0;
}

static int file_open(struct sf_source *source, const char *path, struct sf_error *err)
{
    source->stop = -1;
    source->is_borrowed = strcmp(path, "-") == 0;
    source->fd = source->is_borrowed ? STDIN_FILENO : -1;
    source->name = strdup(source->is_borrowed ? "standard input" : path);
    if (source->name == NULL) {
        return sf_error_set(err, SF_E_MEMORY, 0, "no memory left to open '%s'", path);
    }
    if (!source->is_borrowed) {
        source->fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    struct stat status;
    if (source->fd < 0 || fstat(source->fd, &status) != 0) {
        int sys = errno;
        return sf_error_set(err, SF_E_SYSTEM, sys, "cannot open '%s': %s", source->name,
                            strerror(sys));
    }
    if (S_ISREG(status.st_mode)) {
        off_t at = lseek(source->fd, 0, SEEK_CUR); /* standard input may be read already */
        source->size = at >= 0 && at < status.st_size ? (uint64_t)(status.st_size - at) : 0;
        (void)posix_fadvise(source->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    return 0;
}

int sf_source_open(struct sf_source **source, const char *path, struct sf_error *err)
{
    struct sf_source *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return sf_error_set(err, SF_E_MEMORY, 0, "no memory left to open '%s'", path);
    }
    int status = file_open(made, path, err);
    if (status == 0) {
        status = peek(made, err);
    }
    if (status == 0) {
        const struct compression *compression = find_compression(made->peeked, made->n_peeked);
        status = compression != NULL ? unpacked_open(made, compression, err) : 0;
    }
    if (status != 0) {
        sf_source_close(made);
        return status;
    }
    *source = made;
    return 0;
}

static int plain_read(struct sf_source *source, uint8_t *to, size_t size, struct sf_error *err)
{
    if (source->n_peeked > 0) {
        size_t n = source->n_peeked < size ? source->n_peeked : size;
        memcpy(to, source->peeked, n);
        source->n_peeked -= n;
        memmove(source->peeked, source->peeked + n, source->n_peeked);
        return (int)n;
    }
    ssize_t n = read_stored(source, to, size);
    return n < 0 ? system_error(source, errno, err) : (int)n;
}

static int unpacked_read(struct sf_source *source, uint8_t *to, size_t size, struct sf_error *err)
{
    while (source->n_unpacked == 0) {
        const void *block;
        la_int64_t at;
        int status = archive_read_data_block(source->archive, &block, &source->n_unpacked, &at);
        if (status == ARCHIVE_EOF) {
            source->n_unpacked = 0;
            return 0;
        }
        if (status != ARCHIVE_OK) {
            source->n_unpacked = 0;
            return unpack_error(source, err);
        }
        source->unpacked = block;
    }
    size_t n = source->n_unpacked < size ? source->n_unpacked : size;
    memcpy(to, source->unpacked, n);
    source->unpacked += n;
    source->n_unpacked -= n;
    return (int)n;
}

int sf_source_read(struct sf_source *source, uint8_t *to, size_t size, struct sf_error *err)
{
    assert(size > 0);
    size = size < INT_MAX ? size : INT_MAX;
    int n = source->archive != NULL ? unpacked_read(source, to, size, err)
                                    : plain_read(source, to, size, err);
    if (n > 0) {
        source->offset += (uint64_t)n;
    }
    return n;
}

void sf_source_stop_by(struct sf_source *source, int stop)
{
    source->stop = stop;
}

const char *sf_source_name(const struct sf_source *source)
{
    return source->name;
}

uint64_t sf_source_done(const struct sf_source *source)
{
    return source->done;
}

uint64_t sf_source_size(const struct sf_source *source)
{
    return source->size;
}

void sf_source_close(struct sf_source *source)
{
    if (source == NULL) {
        return;
    }
    if (source->archive != NULL) {
        (void)archive_read_free(source->archive);
    }
    if (source->fd >= 0 && !source->is_borrowed) {
        (void)close(source->fd);
    }
    free(source->stored);
    free(source->name);
    free(source);
}
