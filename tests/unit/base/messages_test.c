#include "base/messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A catalogue of three texts, as msgfmt lays it: header, two tables, strings. In order of bytes. */
static const char *const texts[] = {"", "%d byte\0%d bytes", "SYN → ACK", "close"};
static const size_t text_lengths[] = {0, 16, 11, 5};
static const char *const translations[] = {"Language: xx\n", "%d eins\0%d viele", "", "schließen"};
static const size_t translation_lengths[] = {13, 16, 0, 10};
#define N 4

struct image {
    uint8_t bytes[512];
    size_t size;
    bool is_swapped;
};

static void put(struct image *image, size_t at, uint32_t value)
{
    if (image->is_swapped)
        value = __builtin_bswap32(value);
    memcpy(image->bytes + at, &value, sizeof value);
}

static void make(struct image *image, bool is_swapped)
{
    size_t at = 28 + 16 * N;
    memset(image, 0, sizeof *image);
    image->is_swapped = is_swapped;
    put(image, 0, 0x950412de);
    put(image, 8, N);
    put(image, 12, 28);
    put(image, 16, 28 + 8 * N);
    for (size_t i = 0; i < 2 * N; i++) {
        const char *text = i < N ? texts[i] : translations[i - N];
        size_t length = i < N ? text_lengths[i] : translation_lengths[i - N];
        put(image, 28 + 8 * i, (uint32_t)length);
        put(image, 28 + 8 * i + 4, (uint32_t)at);
        memcpy(image->bytes + at, text, length);
        at += length + 1;
    }
    image->size = at;
}

static int load(const struct image *image, size_t size)
{
    char path[] = "/tmp/synfin-messages-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, image->bytes, size), (ssize_t)size);
    close(fd);
    int status = sf_messages_load(path);
    unlink(path);
    return status;
}

/* First of all: what is no whole catalogue is refused, and nothing changes. */
static void test_damaged(void **state)
{
    struct image image, bad;
    (void)state;
    make(&image, false);
    for (size_t size = 0; size < image.size; size++)
        assert_int_equal(load(&image, size), -1);
    static const struct {
        size_t at;
        uint32_t value;
    } wrong[] = {
        {0, 0x950412df},  /* the magic number */
        {8, 0xffffffff},  /* how many */
        {12, 0xfffffff0}, /* where the tables are */
        {16, 0xfffffff0},
        {28, 0xffffffff}, /* a length */
        {32, 0xffffffff}, /* an offset */
        {36, 15},         /* a length that ends within the text */
        {28 + 8 * N, 0x7fffffff},
        {28 + 8 * N + 4, 511},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bad = image;
        put(&bad, wrong[i].at, wrong[i].value);
        if (load(&bad, bad.size) != -1)
            fail_msg("taken with %zu set to %u", wrong[i].at, wrong[i].value);
    }
    assert_int_equal(sf_messages_load("/no/such/file"), -1);
    assert_int_equal(sf_messages_load("/tmp"), -1);
    assert_false(sf_messages_are_loaded());
    assert_string_equal(sf_message("close"), "close");
    assert_string_equal(sf_message_n("one", "many", 1), "one");
    assert_string_equal(sf_message_n("one", "many", 2), "many");
}

static void check_translated(void)
{
    assert_true(sf_messages_are_loaded());
    assert_string_equal(sf_message("close"), "schließen");
    assert_string_equal(sf_message("SYN → ACK"), "SYN → ACK"); /* no translation yet */
    assert_string_equal(sf_message("unknown"), "unknown");
    assert_string_equal(sf_message(""), ""); /* not the catalogue's header */
    assert_string_equal(sf_message_n("%d byte", "%d bytes", 1), "%d eins");
    assert_string_equal(sf_message_n("%d byte", "%d bytes", 0), "%d viele");
    assert_string_equal(sf_message_n("%d byte", "%d bytes", 7), "%d viele");
}

static void test_both_byte_orders(void **state)
{
    struct image image;
    (void)state;
    make(&image, true);
    assert_int_equal(load(&image, image.size), 0);
    check_translated();
    make(&image, false);
    assert_int_equal(load(&image, image.size), 0);
    check_translated();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_both_byte_orders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
