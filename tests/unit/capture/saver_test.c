#include "capture/saver.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "capture/reader.h"
#include "file_bytes.h"

#define NS 1000000000ll

static const uint8_t data[8] = {1, 2, 3, 4, 5, 6, 7, 8};

static struct sf_packet packet_of(uint32_t link_type, int64_t time_ns, bool is_nano)
{
    return (struct sf_packet){.time_ns = time_ns,
                              .bytes = data,
                              .captured = 5,
                              .length = 60,
                              .link_type = link_type,
                              .is_nano = is_nano};
}

static struct sf_saver *open_saver(const char *path)
{
    struct sf_saver *saver;
    struct sf_error err;
    assert_int_equal(sf_saver_open(&saver, path, &err), 0);
    return saver;
}

static size_t file_content(const char *path, uint8_t *content, size_t size)
{
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, content, size);
    close(fd);
    assert_true(n >= 0);
    return (size_t)n;
}

/* The bytes of the three formats, each once. */
static void test_bytes(void **state)
{
    (void)state;
    for (int is_nano = 0; is_nano < 2; is_nano++) {
        char path[] = TEST_PATH;
        uint8_t content[256];
        struct file_bytes expected;
        struct sf_error err;
        write_file("what was there before is gone, all of it, however long it was ............", 74,
                   path);
        struct sf_saver *saver = open_saver(path);
        struct sf_packet packet = packet_of(101, 7 * NS + 123456000, is_nano != 0);
        assert_int_equal(sf_saver_write(saver, &packet, &err), 0);
        assert_int_equal(sf_saver_close(saver, &err), 0);
        bytes_init(&expected, false);
        put_pcap_header(&expected, is_nano ? 0xa1b23c4d : 0xa1b2c3d4, 101);
        expected.n = 16;
        put32(&expected, 262144);
        put32(&expected, 101);
        put32(&expected, 7);
        put32(&expected, is_nano ? 123456000 : 123456);
        put32(&expected, 5);
        put32(&expected, 60);
        put_counting(&expected, 1, 5);
        assert_int_equal(file_content(path, content, sizeof content), expected.n);
        assert_memory_equal(content, expected.data, expected.n);
        bytes_release(&expected);
        unlink(path);
    }
}

static void test_pcapng_bytes(void **state)
{
    (void)state;
    char path[] = TEST_PATH;
    uint8_t content[256];
    struct file_bytes expected;
    struct sf_error err;
    write_file("", 0, path);
    struct sf_saver *saver = open_saver(path);
    struct sf_packet packet = packet_of(1, 7 * NS, true);
    packet.fcs_length = 3; /* classic pcap cannot tell */
    assert_int_equal(sf_saver_write(saver, &packet, &err), 0);
    assert_int_equal(sf_saver_close(saver, &err), 0);
    bytes_init(&expected, false);
    put_section(&expected);
    size_t at = begin_block(&expected, 1);
    put32(&expected, 1);
    put32(&expected, 0);
    put16(&expected, 9); /* if_tsresol */
    put16(&expected, 1);
    put32(&expected, 9);
    put16(&expected, 13); /* if_fcslen, in bits */
    put16(&expected, 1);
    put32(&expected, 24);
    put32(&expected, 0);
    end_block(&expected, at);
    at = begin_block(&expected, 6);
    put32(&expected, 0);
    put32(&expected, 1); /* 7 × 10^9 = 2^32 + 2705032704 */
    put32(&expected, 2705032704);
    put32(&expected, 5);
    put32(&expected, 60);
    put_counting(&expected, 1, 5);
    end_block(&expected, at);
    assert_int_equal(file_content(path, content, sizeof content), expected.n);
    assert_memory_equal(content, expected.data, expected.n);
    bytes_release(&expected);
    unlink(path);
}

static void test_empty(void **state)
{
    (void)state;
    char path[] = TEST_PATH;
    uint8_t content[64];
    static const uint8_t header[24] = {0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0,
                                       0,    0,    0,    0,    0, 0, 4, 0, 1, 0, 0, 0};
    struct sf_error err;
    write_file("old", 3, path);
    assert_int_equal(sf_saver_close(open_saver(path), &err), 0);
    assert_int_equal(file_content(path, content, sizeof content), 24);
    assert_memory_equal(content, header, 24);
    assert_int_equal(sf_saver_close(NULL, &err), 0);
    unlink(path);
}

/* Whatever mixture is saved comes back as it was; the first bytes tell the format. */
static void test_mixtures(void **state)
{
    (void)state;
    enum { MANY = 20000 }; /* more than one buffer holds, so that the file itself is rewritten */
    static const struct {
        struct sf_packet first, then;
        uint8_t magic; /* first byte of the file */
    } cases[] = {
        {{.link_type = 1}, {.link_type = 1}, 0xd4},
        {{.link_type = 1}, {.link_type = 1, .is_nano = true}, 0x4d},
        {{.link_type = 1, .is_nano = true}, {.link_type = 1}, 0x4d},
        {{.link_type = 1, .fcs_length = 4}, {.link_type = 1, .fcs_length = 4}, 0xd4},
        {{.link_type = 1}, {.link_type = 113}, 0x0a},
        {{.link_type = 1, .is_nano = true}, {.link_type = 113}, 0x0a},
        {{.link_type = 1}, {.link_type = 113, .is_nano = true}, 0x0a},
        {{.link_type = 1}, {.link_type = 1, .fcs_length = 4}, 0x0a},
        {{.link_type = 1, .interface = 1}, {.link_type = 1, .interface = 0}, 0x0a},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[] = TEST_PATH;
        struct sf_error err;
        write_file("", 0, path);
        struct stat before;
        assert_int_equal(chmod(path, 0640), 0);
        assert_int_equal(stat(path, &before), 0);
        struct sf_saver *saver = open_saver(path);
        for (int k = 0; k < MANY + 10; k++) {
            struct sf_packet packet = k < MANY ? cases[i].first : cases[i].then;
            packet.time_ns = k * NS + (packet.is_nano ? 123456789 : 123456000);
            packet.bytes = data;
            packet.captured = (uint32_t)(k % 9);
            packet.length = (uint32_t)(k % 9) + 10;
            assert_int_equal(sf_saver_write(saver, &packet, &err), 0);
        }
        assert_int_equal(sf_saver_close(saver, &err), 0);

        uint8_t magic;
        struct stat file;
        assert_int_equal(file_content(path, &magic, 1), 1);
        assert_int_equal(magic, cases[i].magic);
        assert_int_equal(stat(path, &file), 0);
        assert_int_equal(file.st_mode & 07777, 0640);
        assert_int_equal(file.st_ino, before.st_ino); /* the same file, by all its names */
        struct sf_reader *reader;
        struct sf_packet packet;
        assert_int_equal(sf_reader_open(&reader, path, false, &err), 0);
        for (int k = 0; k < MANY + 10; k++) {
            const struct sf_packet *was = k < MANY ? &cases[i].first : &cases[i].then;
            assert_int_equal(sf_reader_read(reader, &packet, 1, &err), 1);
            assert_int_equal(packet.time_ns, k * NS + (was->is_nano ? 123456789 : 123456000));
            assert_int_equal(packet.captured, k % 9);
            assert_int_equal(packet.length, k % 9 + 10);
            assert_memory_equal(packet.bytes, data, packet.captured);
            assert_int_equal(packet.link_type, was->link_type);
            assert_int_equal(packet.fcs_length, was->fcs_length);
            /* numbered anew by first packet: only the ones of the last case differ from 0 */
            assert_int_equal(packet.interface, cases[i].magic == 0x0a && k >= MANY ? 1 : 0);
        }
        assert_int_equal(sf_reader_read(reader, &packet, 1, &err), 0);
        sf_reader_close(reader);
        unlink(path);
    }
}

/* A packet too large for classic pcap. */
static void test_large_packet(void **state)
{
    (void)state;
    char path[] = TEST_PATH;
    struct sf_error err;
    struct sf_reader *reader;
    struct sf_packet packet = packet_of(1, NS, false);
    uint8_t *bytes = calloc(1, 300000);
    assert_non_null(bytes);
    write_file("", 0, path);
    struct sf_saver *saver = open_saver(path);
    assert_int_equal(sf_saver_write(saver, &packet, &err), 0);
    packet.bytes = bytes;
    packet.captured = packet.length = 300000;
    assert_int_equal(sf_saver_write(saver, &packet, &err), 0);
    assert_int_equal(sf_saver_close(saver, &err), 0);
    assert_int_equal(sf_reader_open(&reader, path, false, &err), 0);
    assert_int_equal(sf_reader_read(reader, &packet, 1, &err), 1);
    assert_int_equal(sf_reader_read(reader, &packet, 1, &err), 1);
    assert_int_equal(packet.captured, 300000);
    sf_reader_close(reader);
    free(bytes);
    unlink(path);
}

static void test_overwrites(void **state)
{
    (void)state;
    char path[] = TEST_PATH, other[] = TEST_PATH;
    uint8_t content[8];
    struct sf_error err;
    write_file("precious", 8, path);
    write_file("", 0, other);
    struct sf_saver *saver = open_saver(path);
    assert_true(sf_saver_overwrites(saver, path));
    assert_false(sf_saver_overwrites(saver, other));
    assert_false(sf_saver_overwrites(saver, "/nowhere"));
    assert_int_equal(file_content(path, content, 8), 8);
    assert_memory_equal(content, "precious", 8); /* still */
    assert_int_equal(sf_saver_close(saver, &err), 0);
    unlink(path);
    unlink(other);
}

/* Writing to standard output: `fill` packets, then what the reader says. */
static void test_pipe(void **state)
{
    (void)state;
    int ends[2], saved = dup(STDOUT_FILENO), other, closed;
    struct sf_error err;
    fflush(stdout);
    (void)signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
    struct sf_saver *saver = open_saver("-");
    struct sf_packet packet = packet_of(1, NS, false);
    int written = sf_saver_write(saver, &packet, &err);
    int flushed = sf_saver_flush(saver, &err);
    packet.link_type = 101;
    other = sf_saver_write(saver, &packet, &err);
    close(ends[0]);
    packet.link_type = 1;
    (void)sf_saver_write(saver, &packet, NULL);
    struct sf_error last;
    closed = sf_saver_close(saver, &last);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    assert_int_equal(written, 0);
    assert_int_equal(flushed, 0);
    assert_int_equal(other, SF_E_USAGE);
    assert_memory_equal(err.text, "the packets for 'standard output' need another format", 53);
    assert_int_equal(closed, SF_E_PIPE);
    assert_string_equal(last.text, "nobody reads 'standard output' any more");
}

/* A file that must be rewritten is found by its descriptor: its folder need not be in reach. */
static void test_out_of_reach(void **state)
{
    (void)state;
    char path[] = TEST_PATH;
    struct sf_error err;
    write_file("", 0, path);
    int fd = open(path, O_RDONLY);
    struct sf_saver *saver = open_saver(path);
    unlink(path);
    struct sf_packet packet = packet_of(1, NS, false), other = packet_of(113, 2 * NS, false);
    assert_int_equal(sf_saver_write(saver, &packet, &err), 0);
    assert_int_equal(sf_saver_write(saver, &other, &err), 0);
    assert_int_equal(sf_saver_close(saver, &err), 0);
    uint8_t magic[4];
    assert_int_equal(read(fd, magic, 4), 4);
    assert_memory_equal(magic, "\x0a\x0d\x0d\x0a", 4);
    close(fd);
    assert_int_equal(open(path, O_RDONLY), -1);
}

static void test_full_disk(void **state)
{
    (void)state;
    struct sf_error err;
    struct sf_saver *saver = open_saver("/dev/full");
    struct sf_packet packet = packet_of(1, NS, false);
    assert_int_equal(sf_saver_write(saver, &packet, &err), 0); /* waits in the buffer */
    assert_int_equal(sf_saver_close(saver, &err), SF_E_SYSTEM);
    assert_string_equal(err.text, "cannot write '/dev/full': No space left on device");
    assert_int_equal(sf_saver_open(&saver, "/nowhere/x", &err), SF_E_SYSTEM);
    assert_string_equal(err.text, "cannot write '/nowhere/x': No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes),        cmocka_unit_test(test_pcapng_bytes),
        cmocka_unit_test(test_empty),        cmocka_unit_test(test_mixtures),
        cmocka_unit_test(test_large_packet), cmocka_unit_test(test_overwrites),
        cmocka_unit_test(test_pipe),         cmocka_unit_test(test_out_of_reach),
        cmocka_unit_test(test_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
