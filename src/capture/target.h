/*
 * Bytes to a file or a pipe, gathered to large writes.
 */
#ifndef CAPTURE_TARGET_H
#define CAPTURE_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/error.h>

#define SF_TARGET_BLOCK (256u * 1024u)

/* The shortest record: so many of them at most end in a block. */
#define SF_TARGET_RECORD 16u

struct sf_target {
    char *name; /* for messages; owned */
    int fd;
    bool is_regular;  /* a file of our own, not a pipe, a device or standard output */
    bool is_borrowed; /* not ours to close */
    bool is_emptied;  /* what the file had before is gone */
    uint8_t *buffer;
    size_t n_waiting;   /* bytes in the buffer */
    uint64_t n_written; /* bytes of the file */
    uint64_t n_whole;   /* of them, up to the end of the last whole record; behind that … */
    uint32_t *end;      /* … the ends of records in the buffer */
    uint32_t n_ends;
};

/*
 * Opens `path` ("-": standard output). A file that is there is emptied by the first write only, so
 * that there is time to see that it is also the input. Release it in every case. Returns 0,
 * SF_E_SYSTEM or SF_E_MEMORY.
 */
int sf_target_open(struct sf_target *target, const char *path, struct sf_error *err);

/* An output into the file `fd`, which is emptied and stays the caller's; `name` for messages. */
int sf_target_borrow(struct sf_target *target, int fd, const char *name, struct sf_error *err);

/*
 * Returns 0, SF_E_PIPE when nobody reads any more (the program ignores SIGPIPE), or SF_E_SYSTEM
 * (disk full, …).
 */
int sf_target_put(struct sf_target *target, const void *bytes, size_t n, struct sf_error *err);

/* A record ends here. When a write fails, a file is cut back to the last end that was written. */
void sf_target_end_record(struct sf_target *target);

/* Writes what waits. Returns as sf_target_put. */
int sf_target_flush(struct sf_target *target, struct sf_error *err);

/*
 * Puts what the file `fd` holds in the place of all that the target, a file of its own, holds; what
 * is put next goes behind it. Room on the disk is made sure of first, so that without room the old
 * content stays. Nothing may wait in the target. Returns as sf_target_put.
 */
int sf_target_replace(struct sf_target *target, int fd, struct sf_error *err);

/* Flushes and closes; a late failure of the disk is reported here. Release it nevertheless. */
int sf_target_close(struct sf_target *target, struct sf_error *err);

/* Closes, if need be, and forgets what waits. All zero but for `fd` -1 is a valid empty output. */
void sf_target_release(struct sf_target *target);

#endif
