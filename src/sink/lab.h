/*
 * The segments that a lab report asks for: three of the handshake, four of the close.
 */
#ifndef SYNFIN_SINK_LAB_H
#define SYNFIN_SINK_LAB_H

#include <stdbool.h>
#include <stddef.h>

#include "sink/rows.h"

enum sf_lab_step {
    SF_LAB_SYN,
    SF_LAB_SYN_ACK,
    SF_LAB_ACK,
    SF_LAB_FIN,
    SF_LAB_FIN_ACK,
    SF_LAB_SECOND_FIN,
    SF_LAB_SECOND_FIN_ACK,
    SF_LAB_STEP_COUNT
};

/*
 * Which row of the connection is the step: the first that the machine told to be it. NULL when it
 * is not there. In a close of three segments the second FIN is the ACK of the first as well.
 */
const struct sf_row *sf_lab_row(const struct sf_rows *rows, enum sf_lab_step step);

/* "first handshake segment", translated. */
const char *sf_lab_text(enum sf_lab_step step);

/* Is it one of the handshake's? */
static inline bool sf_lab_is_opening(enum sf_lab_step step)
{
    return step <= SF_LAB_ACK;
}

/* Entries of the textbook that answer what teachers ask: their names, NULL behind the last. */
extern const char *const sf_lab_questions[];

#endif
