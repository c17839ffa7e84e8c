#include "capture/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_error(const struct sf_output *output, struct sf_error *err)
{
    int sys = errno;
    if (sys == EPIPE) {
        return sf_error_set(err, SF_E_PIPE, sys, "nobody reads '%s' any more", output->name);
    }
    return sf_error_set(err, SF_E_SYSTEM, sys, "cannot write '%s': %s", output->name,
                        strerror(sys));
}

static int prepare(struct sf_output *output, const char *name, struct sf_error *err)
{
    *output = (struct sf_output){.fd = -1};
    output->name = strdup(name);
    output->buffer = malloc(SF_OUTPUT_BLOCK);
    if (output->name == NULL || output->buffer == NULL) {
        return sf_error_set(err, SF_E_MEMORY, 0, "no memory left to write '%s'", name);
    }
    return 0;
}

int sf_output_open(struct sf_output *output, const char *path, struct sf_error *err)
{
    bool is_standard = strcmp(path, "-") == 0;
    int status = prepare(output, is_standard ? "standard output" : path, err);
    if (status != 0) {
        return status;
    }
    if (is_standard) {
        output->fd = STDOUT_FILENO;
        output->is_borrowed = true;
        output->is_emptied = true;
        return 0;
    }
    output->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    struct stat file;
    if (output->fd < 0 || fstat(output->fd, &file) != 0) {
        return write_error(output, err);
    }
    output->is_regular = S_ISREG(file.st_mode);
    output->is_emptied = !output->is_regular;
    return 0;
}

int sf_output_open_beside(struct sf_output *output, char *path, unsigned mode, struct sf_error *err)
{
    int status = prepare(output, path, err);
    if (status != 0) {
        return status;
    }
    output->fd = mkostemp(path, O_CLOEXEC);
    if (output->fd < 0 || fchmod(output->fd, (mode_t)mode) != 0) {
        return write_error(output, err);
    }
    output->is_regular = true;
    output->is_emptied = true;
    return 0;
}

static int write_all(const struct sf_output *output, const uint8_t *bytes, size_t n,
                     struct sf_error *err)
{
    while (n > 0) {
        ssize_t written = write(output->fd, bytes, n);
        if (written < 0 && errno != EINTR) {
            return write_error(output, err);
        }
        if (written > 0) {
            bytes += written;
            n -= (size_t)written;
        }
    }
    return 0;
}

int sf_output_flush(struct sf_output *output, struct sf_error *err)
{
    if (!output->is_emptied) {
        if (ftruncate(output->fd, 0) != 0) {
            return write_error(output, err);
        }
        output->is_emptied = true;
    }
    int status = write_all(output, output->buffer, output->n_waiting, err);
    output->n_waiting = 0;
    return status;
}

int sf_output_put(struct sf_output *output, const void *bytes, size_t n, struct sf_error *err)
{
    const uint8_t *from = bytes;
    while (n > 0) {
        size_t room = SF_OUTPUT_BLOCK - output->n_waiting;
        size_t part = n < room ? n : room;
        memcpy(output->buffer + output->n_waiting, from, part);
        output->n_waiting += part;
        from += part;
        n -= part;
        if (output->n_waiting == SF_OUTPUT_BLOCK) {
            int status = sf_output_flush(output, err);
            if (status != 0) {
                return status;
            }
        }
    }
    return 0;
}

int sf_output_close(struct sf_output *output, struct sf_error *err)
{
    int status = sf_output_flush(output, err);
    if (output->is_borrowed) {
        return status;
    }
    int fd = output->fd;
    output->fd = -1;
    if (close(fd) != 0 && status == 0) {
        status = write_error(output, err);
    }
    return status;
}

void sf_output_release(struct sf_output *output)
{
    if (output->fd >= 0 && !output->is_borrowed) {
        (void)close(output->fd);
    }
    free(output->name);
    free(output->buffer);
    *output = (struct sf_output){.fd = -1};
}
