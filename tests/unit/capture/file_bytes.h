/*
 * Capture files written number by number, in either byte order, for the tests of this room.
 */
#ifndef TESTS_CAPTURE_FILE_BYTES_H
#define TESTS_CAPTURE_FILE_BYTES_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_BYTES_MAX (4u * 1024u * 1024u)

struct file_bytes {
    uint8_t *data;
    size_t n;
    bool is_big; /* the byte order of what is put next */
};

static inline void bytes_init(struct file_bytes *bytes, bool is_big)
{
    *bytes = (struct file_bytes){.data = malloc(FILE_BYTES_MAX), .is_big = is_big};
    assert(bytes->data != NULL);
}

static inline void bytes_release(struct file_bytes *bytes)
{
    free(bytes->data);
}

static inline void put_number(struct file_bytes *bytes, uint64_t value, unsigned size)
{
    assert(bytes->n + size <= FILE_BYTES_MAX);
    for (unsigned i = 0; i < size; i++) {
        unsigned shift = 8 * (bytes->is_big ? size - 1 - i : i);
        bytes->data[bytes->n++] = (uint8_t)(value >> shift & 0xff);
    }
}

static inline void put16(struct file_bytes *bytes, uint64_t value)
{
    put_number(bytes, value, 2);
}

static inline void put32(struct file_bytes *bytes, uint64_t value)
{
    put_number(bytes, value, 4);
}

static inline void put64(struct file_bytes *bytes, uint64_t value)
{
    put_number(bytes, value, 8);
}

/* `n` bytes that count up from `first`: what a packet of a test holds. */
static inline void put_counting(struct file_bytes *bytes, uint8_t first, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        put_number(bytes, (uint8_t)(first + i), 1);
    }
}

static inline void put_pcap_header(struct file_bytes *bytes, uint32_t magic, uint32_t link_type)
{
    put32(bytes, magic);
    put16(bytes, 2);
    put16(bytes, 4);
    put64(bytes, 0);
    put32(bytes, 65535);
    put32(bytes, link_type);
}

static inline void put_pcap_record(struct file_bytes *bytes, uint32_t seconds, uint32_t fraction,
                                   uint32_t captured, uint32_t length)
{
    put32(bytes, seconds);
    put32(bytes, fraction);
    put32(bytes, captured);
    put32(bytes, length);
    put_counting(bytes, (uint8_t)captured, captured);
}

/* A pcapng block is begun, filled, and ended, which sets both lengths. Returns where it began. */
static inline size_t begin_block(struct file_bytes *bytes, uint32_t type)
{
    size_t at = bytes->n;
    put32(bytes, type);
    put32(bytes, 0);
    return at;
}

static inline void end_block(struct file_bytes *bytes, size_t at)
{
    while (bytes->n % 4 != 0) {
        put_number(bytes, 0, 1);
    }
    uint64_t total = bytes->n - at + 4;
    put32(bytes, total);
    size_t end = bytes->n;
    bytes->n = at + 4;
    put32(bytes, total);
    bytes->n = end;
}

static inline void put_section(struct file_bytes *bytes)
{
    size_t at = begin_block(bytes, 0x0a0d0d0a);
    put32(bytes, 0x1a2b3c4d);
    put16(bytes, 1);
    put16(bytes, 0);
    put64(bytes, UINT64_MAX);
    end_block(bytes, at);
}

static inline void put_interface(struct file_bytes *bytes, uint16_t link_type, uint32_t snap_length)
{
    size_t at = begin_block(bytes, 1);
    put16(bytes, link_type);
    put16(bytes, 0);
    put32(bytes, snap_length);
    end_block(bytes, at);
}

static inline void put_packet_block(struct file_bytes *bytes, uint32_t interface, uint64_t ticks,
                                    uint32_t captured, uint32_t length)
{
    size_t at = begin_block(bytes, 6);
    put32(bytes, interface);
    put32(bytes, ticks >> 32);
    put32(bytes, ticks & UINT32_MAX);
    put32(bytes, captured);
    put32(bytes, length);
    put_counting(bytes, (uint8_t)captured, captured);
    end_block(bytes, at);
}

#define TEST_PATH "/tmp/synfin-capture-XXXXXX"

/* Writes the first `n` bytes to a new file, whose name replaces the X's of `path`. */
static inline void write_file(const void *data, size_t n, char *path)
{
    int fd = mkstemp(path);
    assert(fd >= 0);
    assert(write(fd, data, n) == (ssize_t)n);
    assert(close(fd) == 0);
}

#endif
