#ifndef LAB_RULES_H
#define LAB_RULES_H

#include "frame.h"

#include <stdio.h>

/*
 * What the router does to chosen segments. A rule is a line of text:
 *
 *     DIRECTION WHAT NTH ACTION [NUMBER]…
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
 *            flags N      arrives with these flag bits instead (a number, 8 is PSH alone)
 *            append N     arrives, and right behind it N forged bytes of the same sender, from the
 *                         number that this segment ends at
 *            age N        arrives with a timestamp (TSval) that is N lower
 *            split        a SYN,ACK: its acknowledgment arrives first, its SYN right behind
 *            third        a SYN,ACK that answers such a SYN arrives as a plain ACK
 *            random SEED LOSS LATE MS TWICE
 *                         the dice decide: in LOSS of 100 cases it is dropped, in LATE delayed,
 *                         in TWICE copied, by 1 to MS milliseconds. The dice know nothing but
 *                         SEED, the direction, the ports and how many segments of these came
 *                         before, so connections side by side do not change each other's luck.
 *
 * Empty lines and lines that begin with '#' say nothing. The first rule that fits decides,
 * but every rule counts every segment that fits its DIRECTION and WHAT.
 */

#define LAB_RULES_MAX 32
#define LAB_ROLLS_MAX 4096

enum lab_direction { LAB_C2S, LAB_S2C };
enum lab_action {
    LAB_PASS,
    LAB_DROP,
    LAB_DELAY,
    LAB_COPY,
    LAB_CORRUPT,
    LAB_RESET,
    LAB_FLAGS,
    LAB_APPEND,
    LAB_AGE,
    LAB_SPLIT,
    LAB_THIRD,
    LAB_RANDOM
};

/* What happens to one segment; never LAB_RANDOM. */
struct lab_act {
    enum lab_action action;
    uint32_t number; /* milliseconds, sequence numbers, flags, bytes or ticks */
};

/* Chances in percent. */
struct lab_dice {
    uint32_t seed, loss, late, late_ms, twice;
};

struct lab_rule {
    enum lab_direction direction;
    bool (*fits)(const struct lab_frame *frame);
    unsigned first, last, seen; /* of the segments that fit, counted from 1 */
    struct lab_act act;
    struct lab_dice dice; /* of LAB_RANDOM */
};

struct lab_rules {
    struct lab_rule rules[LAB_RULES_MAX];
    size_t n_rules;
    uint16_t rolls[LAB_ROLLS_MAX]; /* so often the dice fell, by hash of direction and ports */
};

/* Read rules until the end of the file. 0, or the number of the first line not understood. */
unsigned lab_rules_read(struct lab_rules *rules, FILE *file);

/* Count a segment and tell what happens to it. */
struct lab_act lab_rules_decide(struct lab_rules *rules, enum lab_direction direction,
                                const struct lab_frame *frame);

#endif
