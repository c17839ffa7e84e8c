/* TCP options (RFC 9293 §3.1): an iterator that checks lengths once, and what we keep of them. */
#ifndef DECODE_OPTIONS_H
#define DECODE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <synfin/segment.h>

#include "base/bytes.h"

enum sf_options_end {
    SF_OPTIONS_WHOLE, /* read to the end of the header, or to the end-of-list option */
    SF_OPTIONS_BAD,   /* an option with an impossible length: what follows cannot be read */
    SF_OPTIONS_CUT    /* the rest was not captured */
};

struct sf_options_iterator {
    struct sf_cursor cursor;
    uint32_t uncaptured; /* octets of the options behind the cursor's end */
    enum sf_options_end end;
    uint8_t kind;
    uint8_t length;       /* of the value, without kind and length octets */
    const uint8_t *value; /* `length` bytes */
};

/* Moves to the next option that has a value or at least a length. False: there is none, see `end`.
 */
bool sf_options_next(struct sf_options_iterator *iterator);

/*
 * Reads the `captured` bytes of options, of `length` in all (at least `captured`), into `options`.
 * Returns the SF_QUALITY_… bits that tell what was wrong with them. An option that is known and has
 * a length it cannot have is passed over.
 */
uint8_t sf_options_read(const uint8_t *bytes, uint32_t captured, uint32_t length,
                        struct sf_options *options);

#endif
