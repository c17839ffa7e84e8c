/*
 * Errors of the world: a file, a permission, a disk, a pipe, a damaged capture.
 *
 * A function that can meet one returns 0 or a negative SF_E… and fills the caller's
 * `struct sf_error` once, where the cause is known; everyone above passes both on.
 * Faults of a packet are never errors: they are quality bits, counters or findings.
 */
#ifndef SYNFIN_ERROR_H
#define SYNFIN_ERROR_H

enum sf_error_code {
    SF_OK = 0,
    SF_E_SYSTEM = -1,     /* a system call failed; `sys` holds errno */
    SF_E_FORMAT = -2,     /* not a capture file, or not one that can be read */
    SF_E_DAMAGED = -3,    /* a capture file whose rest cannot be read */
    SF_E_USAGE = -4,      /* the caller asked for something that cannot be (a bad filter, …) */
    SF_E_PERMISSION = -5, /* the privilege to capture is missing */
    SF_E_INTERFACE = -6,  /* no such interface, or it is down or gone */
    SF_E_MEMORY = -7,     /* memory ran out */
    SF_E_PIPE = -8        /* the reader of our output went away */
};

/* `text` is one sentence without a full stop and without the program's name. */
struct sf_error {
    int code; /* enum sf_error_code */
    int sys;  /* errno, or 0 */
    char text[512];
};

/*
 * Fill `err` (which may be NULL) with `code`, `sys` and a text formatted as by printf.
 * Returns `code`, so that a failing function can end with `return sf_error_set(…)`.
 */
int sf_error_set(struct sf_error *err, int code, int sys, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
