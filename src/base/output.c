#include "base/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/width.h"

#define CAPACITY      65536u
#define NS_PER_SECOND UINT64_C(1000000000)

int sf_output_init(struct sf_output *output, int fd)
{
    memset(output, 0, sizeof *output);
    output->fd = fd;
    output->bytes = malloc(CAPACITY);
    if (output->bytes == NULL)
        return -1;
    output->capacity = CAPACITY;
    return 0;
}

void sf_output_release(struct sf_output *output)
{
    free(output->bytes);
    output->bytes = NULL;
    output->length = 0;
    output->capacity = 0;
}

static void fail(struct sf_output *output, int cause)
{
    if (output->failed == 0)
        output->failed = cause;
    output->length = 0;
}

/* Counts what was written behind the last line end. */
static void follow_lines(struct sf_output *output, size_t written)
{
    const char *line_end = written > 0 ? memrchr(output->bytes, '\n', written) : NULL;
    output->unfinished = line_end != NULL ? written - (size_t)(line_end + 1 - output->bytes)
                                          : output->unfinished + written;
}

/* Only where it is the file's end. Nothing can be done where even that fails. */
static void cut_unfinished(const struct sf_output *output)
{
    struct stat file;
    off_t end = lseek(output->fd, 0, SEEK_CUR);
    bool is_end = fstat(output->fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_size == end;
    if (is_end && end >= (off_t)output->unfinished)
        (void)!ftruncate(output->fd, end - (off_t)output->unfinished);
}

/* Writes all that is there, or fails. */
static void drain(struct sf_output *output)
{
    size_t done = 0;
    int cause = 0;
    while (done < output->length && cause == 0) {
        ssize_t n = write(output->fd, output->bytes + done, output->length - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            cause = errno;
    }
    follow_lines(output, done);
    if (cause != 0) {
        cut_unfinished(output);
        fail(output, cause);
    }
    output->length = 0;
}

static void grow(struct sf_output *output, size_t more)
{
    size_t wanted = output->capacity;
    while (wanted - output->length < more) {
        if (wanted > SIZE_MAX / 2) {
            fail(output, ENOMEM);
            return;
        }
        wanted *= 2;
    }
    char *bytes = realloc(output->bytes, wanted);
    if (bytes == NULL) {
        fail(output, ENOMEM);
        return;
    }
    output->bytes = bytes;
    output->capacity = wanted;
}

/* Makes room for `more` bytes, at most CAPACITY; false after a failure. */
static bool make_room(struct sf_output *output, size_t more)
{
    if (output->capacity - output->length < more) {
        if (output->fd >= 0)
            drain(output);
        else
            grow(output, more);
    }
    return output->failed == 0;
}

void sf_output_bytes(struct sf_output *output, const char *bytes, size_t length)
{
    while (length > 0) {
        size_t part = length < CAPACITY ? length : CAPACITY;
        if (!make_room(output, part))
            return;
        memcpy(output->bytes + output->length, bytes, part);
        output->length += part;
        bytes += part;
        length -= part;
    }
}

void sf_output_text(struct sf_output *output, const char *text)
{
    sf_output_bytes(output, text, strlen(text));
}

void sf_output_char(struct sf_output *output, char c)
{
    if (make_room(output, 1))
        output->bytes[output->length++] = c;
}

void sf_output_fill(struct sf_output *output, char c, size_t n)
{
    while (n-- > 0)
        sf_output_char(output, c);
}

/* Writes `value` with at least `width` digits so that it ends before `end`; returns its start. */
static char *digits_before(char *end, uint64_t value, unsigned width)
{
    char *at = end;
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0 || end - at < (ptrdiff_t)width);
    return at;
}

void sf_output_unsigned(struct sf_output *output, uint64_t value)
{
    char digits[24];
    char *end = digits + sizeof digits;
    char *at = digits_before(end, value, 1);
    sf_output_bytes(output, at, (size_t)(end - at));
}

/* The distance from zero; INT64_MIN has one, too. */
static uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

void sf_output_signed(struct sf_output *output, int64_t value)
{
    if (value < 0)
        sf_output_char(output, '-');
    sf_output_unsigned(output, magnitude(value));
}

void sf_output_seconds(struct sf_output *output, int64_t ns, unsigned decimals)
{
    char text[40];
    char *end = text + sizeof text;
    uint64_t size = magnitude(ns);
    uint64_t fraction = size % NS_PER_SECOND;
    for (unsigned i = decimals; i < 9; i++)
        fraction /= 10;
    char *at = end;
    if (decimals > 0) {
        at = digits_before(at, fraction, decimals);
        *--at = '.';
    }
    at = digits_before(at, size / NS_PER_SECOND, 1);
    if (ns < 0)
        *--at = '-';
    sf_output_bytes(output, at, (size_t)(end - at));
}

static void json_escape(struct sf_output *output, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    const char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
    sf_output_bytes(output, escape, sizeof escape);
}

/* What is neither plain nor valid UTF-8 leaves as a character of its own, U+0000 … U+00FF. */
static void json_character(struct sf_output *output, const char *at, size_t length, uint32_t point)
{
    unsigned char c = (unsigned char)*at;
    if (c == '"' || c == '\\') {
        sf_output_char(output, '\\');
        sf_output_char(output, (char)c);
    } else if (c < 0x20 || c == 0x7f || (c >= 0x80 && length == 1 && point == 0xfffd)) {
        json_escape(output, c);
    } else {
        sf_output_bytes(output, at, length);
    }
}

void sf_output_json(struct sf_output *output, const char *text)
{
    if (text == NULL) {
        sf_output_text(output, "null");
        return;
    }
    sf_output_char(output, '"');
    while (*text != '\0') {
        size_t length;
        uint32_t point = sf_utf8_next(text, &length);
        json_character(output, text, length, point);
        text += length;
    }
    sf_output_char(output, '"');
}

int sf_output_check(struct sf_output *output, struct sf_error *err)
{
    if (output->failed == 0 || output->is_told)
        return 0;
    output->is_told = true;
    if (output->failed == ENOMEM)
        return sf_error_set(err, SF_E_MEMORY, ENOMEM, "out of memory");
    int code = output->failed == EPIPE ? SF_E_PIPE : SF_E_SYSTEM;
    return sf_error_set(err, code, output->failed, "cannot write: %s", strerror(output->failed));
}

int sf_output_flush(struct sf_output *output, struct sf_error *err)
{
    if (output->fd >= 0)
        drain(output);
    return sf_output_check(output, err);
}
