/*
 * Output: bytes collected in a buffer of 64 KiB and written to a file descriptor when it is full
 * or when asked. Numbers are formatted by hand: nothing here costs a system call or an allocation
 * per item.
 *
 * A write error is kept: what is put afterwards is thrown away, and sf_output_flush tells the
 * error, once. A file then ends with its last whole line: what a full disk took of another is cut
 * off. Without a descriptor (-1) the output grows in memory instead, and its bytes can be
 * looked at: `bytes` and `length`.
 */
#ifndef SYNFIN_BASE_OUTPUT_H
#define SYNFIN_BASE_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/error.h>

struct sf_output {
    int fd; /* -1: memory only */
    char *bytes;
    size_t length, capacity;
    size_t unfinished; /* bytes written of a line whose end was not yet */
    int failed;        /* errno of the first failure, or 0 */
    bool is_told;      /* sf_output_flush has returned it */
};

/* Begins output to `fd`, which stays the caller's. Returns 0, or -1 when memory runs out. */
int sf_output_init(struct sf_output *output, int fd);

/* Releases the buffer without writing what is in it. An output of all zeros may be released. */
void sf_output_release(struct sf_output *output);

void sf_output_bytes(struct sf_output *output, const char *bytes, size_t length);
void sf_output_text(struct sf_output *output, const char *text);
void sf_output_char(struct sf_output *output, char c);

/* The same character `n` times. */
void sf_output_fill(struct sf_output *output, char c, size_t n);

void sf_output_unsigned(struct sf_output *output, uint64_t value);
void sf_output_signed(struct sf_output *output, int64_t value);

/* Nanoseconds as seconds with 0 … 9 decimals, cut, not rounded: "-0.000001". */
void sf_output_seconds(struct sf_output *output, int64_t ns, unsigned decimals);

/* A JSON string with its quotes, RFC 8259 §7: control characters and bytes above 126 that are no
 * valid UTF-8 are escaped. NULL gives null. */
void sf_output_json(struct sf_output *output, const char *text);

/*
 * Writes what has been put so far. Returns 0, or once after a failure SF_E_PIPE (the reader went
 * away), SF_E_MEMORY or SF_E_SYSTEM ("cannot write: No space left on device").
 */
int sf_output_flush(struct sf_output *output, struct sf_error *err);

/* Tells a failure like sf_output_flush, but writes nothing. */
int sf_output_check(struct sf_output *output, struct sf_error *err);

#endif
