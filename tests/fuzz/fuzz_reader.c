/* Fuzzes the readers: any bytes as a capture file, plain or compressed, in batches and one by one.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define BATCH 64

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

struct summary {
    uint64_t packets, octets, sum, drops[2];
    int64_t
        end; /* how it ended; no room is left between the fields, so that they compare as bytes */
};

/* What reader.h promises of a packet; all its bytes are there. */
static void add_packet(struct summary *summary, const struct sf_packet *packet)
{
    must(packet->captured <= packet->length);
    summary->packets++;
    summary->octets += packet->captured;
    for (uint32_t i = 0; i < packet->captured; i++) {
        summary->sum = summary->sum * 31 + packet->bytes[i];
    }
}

static struct summary read_all(const char *path, size_t batch, bool reads_ahead)
{
    struct summary summary = {0};
    struct sf_error err = {0};
    struct sf_reader *reader = NULL;
    struct sf_packet packets[BATCH];
    int n;
    do { /* the fuzzer's timer interrupts now and then */
        n = sf_reader_open(&reader, path, reads_ahead, &err);
    } while (n == SF_E_SYSTEM && err.sys == EINTR);
    while (n >= 0 || (n == SF_E_SYSTEM && err.sys == EINTR && reader != NULL)) {
        n = sf_reader_read(reader, packets, batch, &err);
        if (n == 0) {
            break;
        }
        for (int i = 0; i < n; i++) {
            add_packet(&summary, &packets[i]);
        }
    }
    must(n == 0 || (n == err.code && err.text[0] != '\0'));
    if (reader != NULL) {
        (void)sf_reader_drops(reader, &summary.drops[0], &summary.drops[1]);
        must(sf_reader_done(reader) <= sf_reader_size(reader));
    }
    sf_reader_close(reader);
    summary.end = n;
    return summary;
}

static int make_file(const uint8_t *bytes, size_t n)
{
    int fd = memfd_create("capture", MFD_CLOEXEC);
    must(fd >= 0);
    for (size_t at = 0; at < n;) {
        ssize_t written = write(fd, bytes + at, n - at);
        must(written > 0);
        at += (size_t)written;
    }
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char path[64];
    int fd = make_file(bytes, n);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct summary one = read_all(path, 1, false), many = read_all(path, BATCH, n % 4 == 0);
    must(memcmp(&one, &many, sizeof one) == 0);
    close(fd);
    return 0;
}
