/*
 * How far a word is from another: to guess what somebody meant to type.
 */
#ifndef SYNFIN_BASE_DISTANCE_H
#define SYNFIN_BASE_DISTANCE_H

/* How many bytes must be changed, added, left out or swapped to make `b` of `a`; 99 when one of
 * them is longer than 24. */
unsigned sf_word_distance(const char *a, const char *b);

#endif
