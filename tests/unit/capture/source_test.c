#include "capture/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "file_bytes.h"

#define TEXT "synfin reads what is packed\n"

/* TEXT as the usual programs pack it. */
static const struct packed {
    size_t n;
    uint8_t data[128];
} packed[] = {
    /* gzip */
    {48, {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x2b, 0xae,
          0xcc, 0x4b, 0xcb, 0xcc, 0x53, 0x28, 0x4a, 0x4d, 0x4c, 0x29, 0x56, 0x28,
          0xcf, 0x48, 0x2c, 0x51, 0xc8, 0x2c, 0x56, 0x28, 0x48, 0x4c, 0xce, 0x4e,
          0x4d, 0xe1, 0x02, 0x00, 0x4f, 0xe4, 0xb0, 0xc1, 0x1c, 0x00, 0x00, 0x00}},
    /* zstd */
    {41, {0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0xe1, 0x00, 0x00, 0x73, 0x79, 0x6e, 0x66, 0x69,
          0x6e, 0x20, 0x72, 0x65, 0x61, 0x64, 0x73, 0x20, 0x77, 0x68, 0x61, 0x74, 0x20, 0x69,
          0x73, 0x20, 0x70, 0x61, 0x63, 0x6b, 0x65, 0x64, 0x0a, 0xb2, 0x89, 0xb0, 0xe6}},
    /* xz */
    {84, {0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46, 0x02, 0x00,
          0x21, 0x01, 0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0x01, 0x00, 0x1b, 0x73,
          0x79, 0x6e, 0x66, 0x69, 0x6e, 0x20, 0x72, 0x65, 0x61, 0x64, 0x73, 0x20, 0x77, 0x68,
          0x61, 0x74, 0x20, 0x69, 0x73, 0x20, 0x70, 0x61, 0x63, 0x6b, 0x65, 0x64, 0x0a, 0x00,
          0x13, 0x59, 0x4b, 0x93, 0x63, 0xab, 0xa8, 0x7a, 0x00, 0x01, 0x34, 0x1c, 0x93, 0x1a,
          0xad, 0x8f, 0x1f, 0xb6, 0xf3, 0x7d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a}},
    /* lz4 */
    {47, {0x04, 0x22, 0x4d, 0x18, 0x64, 0x40, 0xa7, 0x1c, 0x00, 0x00, 0x80, 0x73,
          0x79, 0x6e, 0x66, 0x69, 0x6e, 0x20, 0x72, 0x65, 0x61, 0x64, 0x73, 0x20,
          0x77, 0x68, 0x61, 0x74, 0x20, 0x69, 0x73, 0x20, 0x70, 0x61, 0x63, 0x6b,
          0x65, 0x64, 0x0a, 0x00, 0x00, 0x00, 0x00, 0x96, 0x93, 0x94, 0xe0}},
    /* bzip2 */
    {64, {0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x61, 0x59, 0xdc,
          0x0e, 0x00, 0x00, 0x0c, 0x51, 0x80, 0x00, 0x10, 0x40, 0x00, 0x2f, 0x69, 0x5c,
          0xa0, 0x20, 0x00, 0x22, 0x99, 0x34, 0x1a, 0x69, 0xb2, 0x42, 0x86, 0x9a, 0x60,
          0x01, 0x80, 0xf2, 0x4b, 0xc3, 0xaa, 0x01, 0xb2, 0x24, 0x1a, 0xc5, 0x94, 0xd4,
          0x31, 0xf8, 0xbb, 0x92, 0x29, 0xc2, 0x84, 0x83, 0x0a, 0xce, 0xe0, 0x70}},
};
#define N_PACKED (sizeof packed / sizeof packed[0])

/* Reads all, `step` bytes at a time; returns how the source ended. */
static int read_all(const char *path, size_t step, char *text, size_t *n, struct sf_error *err)
{
    struct sf_source *source;
    *n = 0;
    int status = sf_source_open(&source, path, err);
    if (status != 0) {
        return status;
    }
    while ((status = sf_source_read(source, (uint8_t *)text + *n, step, err)) > 0) {
        *n += (size_t)status;
    }
    sf_source_close(source);
    return status;
}

static void test_packed_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_PACKED; i++) {
        for (size_t step = 1; step <= 64; step += 63) {
            char path[] = TEST_PATH;
            char text[256];
            size_t n;
            struct sf_error err;
            write_file(packed[i].data, packed[i].n, path);
            assert_int_equal(read_all(path, step, text, &n, &err), 0);
            assert_int_equal(n, strlen(TEXT));
            assert_memory_equal(text, TEXT, n);
            unlink(path);
        }
    }
}

static void test_progress(void **state)
{
    (void)state;
    char path[] = TEST_PATH;
    uint8_t text[64];
    struct sf_source *source;
    struct sf_error err;
    write_file(packed[0].data, packed[0].n, path);
    assert_int_equal(sf_source_open(&source, path, &err), 0);
    assert_int_equal(sf_source_size(source), packed[0].n);
    assert_int_equal(sf_source_read(source, text, sizeof text, &err), strlen(TEXT));
    assert_int_equal(sf_source_done(source), packed[0].n);
    assert_string_equal(sf_source_name(source), path);
    sf_source_close(source);
    unlink(path);
}

/* Packed data on standard input, which comes byte by byte at first. */
static void test_packed_pipe(void **state)
{
    (void)state;
    int saved = dup(STDIN_FILENO);
    for (size_t i = 0; i < N_PACKED; i++) {
        int ends[2];
        char text[256];
        size_t n;
        struct sf_error err;
        assert_int_equal(pipe(ends), 0);
        assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
        assert_int_equal(write(ends[1], packed[i].data, packed[i].n), packed[i].n);
        close(ends[1]);
        assert_int_equal(read_all("-", 10, text, &n, &err), 0);
        assert_int_equal(n, strlen(TEXT));
        assert_memory_equal(text, TEXT, n);
        close(ends[0]);
    }
    dup2(saved, STDIN_FILENO);
    close(saved);
}

/* Cut anywhere behind the magic, a packed file is damaged, and never silently short. */
static void test_cut_packed_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_PACKED; i++) {
        static const size_t kept[] = {20, 30, 40};
        for (size_t k = 0; k < sizeof kept / sizeof kept[0]; k++) {
            char path[] = TEST_PATH;
            char text[256];
            size_t n;
            struct sf_error err;
            write_file(packed[i].data, kept[k], path);
            assert_int_equal(read_all(path, 64, text, &n, &err), SF_E_DAMAGED);
            assert_non_null(strstr(err.text, path));
            assert_non_null(strstr(err.text, "is damaged or cut off"));
            unlink(path);
        }
    }
}

/* What is not packed comes out as it is, also when it is shorter than a magic or nearly one. */
static void test_plain_files(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        size_t n;
    } cases[] = {{"", 0},
                 {"a", 1},
                 {"\x1f", 1},
                 {"BZ", 2},
                 {"\xfd"
                  "7zXY and so on",
                  15}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[] = TEST_PATH;
        char text[256];
        size_t n;
        struct sf_error err;
        write_file(cases[i].data, cases[i].n, path);
        assert_int_equal(read_all(path, 4, text, &n, &err), 0);
        assert_int_equal(n, cases[i].n);
        assert_memory_equal(text, cases[i].data, n);
        unlink(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_packed_files), cmocka_unit_test(test_progress),
        cmocka_unit_test(test_packed_pipe),  cmocka_unit_test(test_cut_packed_files),
        cmocka_unit_test(test_plain_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
