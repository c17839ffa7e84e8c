/* Bytes written as hexadecimal text, so that a test shows a packet as other tools print it. */
#ifndef UNIT_HEX_H
#define UNIT_HEX_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads pairs of hexadecimal digits, with any blanks between pairs, into `bytes`, which has room
 * for `size`. Returns how many; a text that is anything else, or too long, ends the test program.
 */
size_t hex_read(const char *text, uint8_t *bytes, size_t size);

#endif
