#ifndef LAB_RULES_H
#define LAB_RULES_H

#include "frame.h"

#include <stdio.h>

/*
 * What the router does to chosen segments. A rule is a line of text:
 *
 *     DIRECTION WHAT NTH ACTION [NUMBER]
 *
 * DIRECTION  c2s or s2c
 * WHAT       syn (without ACK), synack, fin, rst, data (with payload), ack (nothing but an
 *            ACK), any
 * NTH        3 (the third that fits WHAT), 2-4, or 2- (from the second on)
 * ACTION     drop
 *            delay MS     arrives MS milliseconds later than the path's delay
 *            copy MS      arrives, and once more MS milliseconds later
 *            corrupt      arrives with a wrong TCP checksum
 *            reset N      arrives, and right behind it a forged RST of the same sender whose
 *                         sequence number is N beyond the end of this segment
 *
 * Empty lines and lines that begin with '#' say nothing. The first rule that fits decides,
 * but every rule counts every segment that fits its DIRECTION and WHAT.
 */

#define LAB_RULES_MAX 32

enum lab_direction { LAB_C2S, LAB_S2C };
enum lab_action { LAB_PASS, LAB_DROP, LAB_DELAY, LAB_COPY, LAB_CORRUPT, LAB_RESET };

struct lab_rule {
    enum lab_direction direction;
    bool (*fits)(const struct lab_frame *frame);
    unsigned first, last, seen; /* of the segments that fit, counted from 1 */
    enum lab_action action;
    uint32_t number; /* milliseconds, or sequence numbers */
};

struct lab_rules {
    struct lab_rule rules[LAB_RULES_MAX];
    size_t n_rules;
};

/* Read rules until the end of the file. 0, or the number of the first line not understood. */
unsigned lab_rules_read(struct lab_rules *rules, FILE *file);

/* Count a segment and tell the rule that decides on it; NULL: it just passes. */
const struct lab_rule *lab_rules_match(struct lab_rules *rules, enum lab_direction direction,
                                       const struct lab_frame *frame);

#endif
