#include "capture/reader.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>

#include <cmocka.h>

#include "file_bytes.h"

#define NS          1000000000ll
#define PACKETS_MAX 8

/* What a reader made of a file: everything of its first packets, and how it ended. */
struct reading {
    int opened, ended; /* 0 or SF_E_… */
    size_t n;
    struct sf_packet packets[PACKETS_MAX];
    uint8_t first_bytes[PACKETS_MAX];
    uint64_t kernel, interface;
    bool has_drops;
    struct sf_error err;
    char path[sizeof TEST_PATH];
};

static void keep(struct reading *reading, const struct sf_packet *packet)
{
    if (reading->n < PACKETS_MAX) {
        reading->packets[reading->n] = *packet;
        reading->first_bytes[reading->n] = packet->captured > 0 ? packet->bytes[0] : 0;
    }
    /* put_counting wrote the low byte of the length first */
    for (uint32_t i = 0; i < packet->captured; i++) {
        assert_int_equal(packet->bytes[i], (uint8_t)(packet->captured + i));
    }
    reading->n++;
}

static struct reading read_once(const struct file_bytes *bytes, size_t n, size_t batch,
                                bool reads_ahead)
{
    struct reading reading = {.path = TEST_PATH};
    struct sf_packet packets[64];
    struct sf_reader *reader;
    write_file(bytes->data, n, reading.path);
    reading.opened = sf_reader_open(&reader, reading.path, reads_ahead, &reading.err);
    if (reading.opened == 0) {
        int got;
        while ((got = sf_reader_read(reader, packets, batch, &reading.err)) > 0) {
            for (int i = 0; i < got; i++) {
                keep(&reading, &packets[i]);
            }
        }
        reading.ended = got;
        assert_int_equal(sf_reader_size(reader), n);
        if (got == 0) {
            assert_int_equal(sf_reader_done(reader), n);
        }
        reading.has_drops = sf_reader_drops(reader, &reading.kernel, &reading.interface);
        /* the end is the end, however often it is asked for */
        assert_int_equal(sf_reader_read(reader, packets, batch, &reading.err), got);
        sf_reader_close(reader);
    }
    unlink(reading.path);
    return reading;
}

/* A thread that reads ahead changes nothing of what is read. */
static struct reading read_batches(const struct file_bytes *bytes, size_t n, size_t batch)
{
    struct reading ahead = read_once(bytes, n, batch, true);
    struct reading reading = read_once(bytes, n, batch, false);
    assert_int_equal(ahead.opened, reading.opened);
    assert_int_equal(ahead.ended, reading.ended);
    assert_int_equal(ahead.n, reading.n);
    assert_memory_equal(ahead.first_bytes, reading.first_bytes, sizeof reading.first_bytes);
    assert_int_equal(ahead.kernel, reading.kernel);
    assert_int_equal(ahead.interface, reading.interface);
    if (reading.opened != 0 || reading.ended < 0) {
        assert_int_equal(ahead.err.code, reading.err.code);
    }
    return reading;
}

static struct reading read_bytes(const struct file_bytes *bytes)
{
    return read_batches(bytes, bytes->n, 64);
}

/* The text without the file's name in quotes, which differs from run to run. */
static const char *tail_of(const struct reading *reading)
{
    const char *text = reading->err.text;
    assert_int_equal(text[0], '\'');
    assert_non_null(strstr(text, reading->path));
    return text + 1 + strlen(reading->path) + 2;
}

/* ---- classic pcap ---- */

static void test_pcap_kinds(void **state)
{
    (void)state;
    static const struct {
        uint32_t magic;
        bool is_big, is_nano;
        uint32_t link_field, link_type, fcs_length;
        int64_t time_ns; /* of 1329843161 s and the fraction 968492 */
    } cases[] = {
        {0xa1b2c3d4, false, false, 1, 1, 0, 1329843161 * NS + 968492000},
        {0xa1b2c3d4, true, false, 1, 1, 0, 1329843161 * NS + 968492000},
        {0xa1b23c4d, false, true, 101, 101, 0, 1329843161 * NS + 968492},
        {0xa1b23c4d, true, true, 276, 276, 0, 1329843161 * NS + 968492},
        /* two 16-bit words of frame check sequence */
        {0xa1b2c3d4, false, false, 0x24000001, 1, 4, 1329843161 * NS + 968492000},
        /* a length without the bit that says that it is given */
        {0xa1b2c3d4, true, false, 0x20000001, 1, 0, 1329843161 * NS + 968492000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file_bytes bytes;
        bytes_init(&bytes, cases[i].is_big);
        put_pcap_header(&bytes, cases[i].magic, cases[i].link_field);
        put_pcap_record(&bytes, 1329843161, 968492, 60, 1500);
        put_pcap_record(&bytes, 0xffffffff, 0, 0, 0);
        struct reading reading = read_bytes(&bytes);
        const struct sf_packet *packet = &reading.packets[0];
        assert_int_equal(reading.opened, 0);
        assert_int_equal(reading.ended, 0);
        assert_int_equal(reading.n, 2);
        assert_int_equal(packet->time_ns, cases[i].time_ns);
        assert_int_equal(packet->captured, 60);
        assert_int_equal(packet->length, 1500);
        assert_int_equal(packet->link_type, cases[i].link_type);
        assert_int_equal(packet->fcs_length, cases[i].fcs_length);
        assert_int_equal(packet->is_nano, cases[i].is_nano);
        assert_int_equal(packet->number, 0);
        assert_int_equal(reading.packets[1].time_ns, 4294967295 * NS);
        assert_false(reading.has_drops);
        bytes_release(&bytes);
    }
}

/* The records of magic a1b2cd34 have 8 bytes more in front of the packet. */
static void test_pcap_long_records(void **state)
{
    (void)state;
    struct file_bytes bytes;
    bytes_init(&bytes, false);
    put_pcap_header(&bytes, 0xa1b2cd34, 1);
    for (int i = 0; i < 2; i++) {
        put32(&bytes, 7);
        put32(&bytes, 8);
        put32(&bytes, 20);
        put32(&bytes, 30);
        put64(&bytes, 0x0102030405060708);
        put_counting(&bytes, 20, 20);
    }
    struct reading reading = read_bytes(&bytes);
    assert_int_equal(reading.n, 2);
    assert_int_equal(reading.first_bytes[1], 20);
    assert_int_equal(reading.packets[1].length, 30);
    bytes_release(&bytes);
}

/* Which length is which depends on the version; what was captured is never more than there was. */
static void test_pcap_lengths(void **state)
{
    (void)state;
    static const struct {
        uint16_t minor;
        uint32_t first, second, captured, length;
    } cases[] = {
        {4, 20, 90, 20, 90}, {4, 20, 10, 20, 20}, {4, 20, 0, 20, 20},  {3, 20, 90, 20, 90},
        {3, 90, 20, 20, 90}, {2, 90, 20, 20, 90}, {1, 20, 20, 20, 20},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file_bytes bytes;
        bytes_init(&bytes, false);
        put_pcap_header(&bytes, 0xa1b2c3d4, 1);
        bytes.data[6] = (uint8_t)cases[i].minor;
        put64(&bytes, 0);
        put32(&bytes, cases[i].first);
        put32(&bytes, cases[i].second);
        put_counting(&bytes, 20, 20);
        struct reading reading = read_bytes(&bytes);
        assert_int_equal(reading.n, 1);
        assert_int_equal(reading.ended, 0);
        assert_int_equal(reading.packets[0].captured, cases[i].captured);
        assert_int_equal(reading.packets[0].length, cases[i].length);
        bytes_release(&bytes);
    }
}

/* Wherever the file is cut, the packets before the cut are there and the cut is named. */
static void test_pcap_cut(void **state)
{
    (void)state;
    struct file_bytes bytes;
    bytes_init(&bytes, false);
    put_pcap_header(&bytes, 0xa1b2c3d4, 1);
    put_pcap_record(&bytes, 1, 0, 10, 10); /* bytes 24 to 49 */
    put_pcap_record(&bytes, 2, 0, 30, 30); /* bytes 50 to 95 */
    for (size_t n = 24; n <= 96; n++) {
        struct reading reading = read_batches(&bytes, n, 64);
        bool is_whole = n == 24 || n == 50 || n == 96;
        assert_int_equal(reading.n, n < 50 ? 0 : n < 96 ? 1 : 2);
        assert_int_equal(reading.ended, is_whole ? 0 : SF_E_DAMAGED);
    }
    struct reading reading = read_batches(&bytes, 70, 64);
    assert_string_equal(tail_of(&reading),
                        "is cut off at byte 50: a record of 46 bytes has only 20");
    reading = read_batches(&bytes, 60, 64);
    assert_string_equal(tail_of(&reading),
                        "is cut off at byte 50: a record of 16 bytes has only 10");
    bytes_release(&bytes);
}

/* Lengths that cannot be are told from lengths that are merely large. */
static void test_pcap_absurd_lengths(void **state)
{
    (void)state;
    static const struct {
        uint32_t snap_length, captured;
        const char *text;
    } cases[] = {
        {65535, 262145, "is damaged at byte 50: a record claims 262145 captured bytes"},
        {0, 0xffffffff, "is damaged at byte 50: a record claims 4294967295 captured bytes"},
        {0xffffffff, 16777201, "is damaged at byte 50: a record claims 16777201 captured bytes"},
        {0xffffffff, 16777200, "is cut off at byte 50: a record of 16777216 bytes has only 20"},
        {0, 262144, "is cut off at byte 50: a record of 262160 bytes has only 20"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file_bytes bytes;
        bytes_init(&bytes, true);
        put_pcap_header(&bytes, 0xa1b2c3d4, 1);
        put_pcap_record(&bytes, 1, 0, 10, 10);
        put_pcap_record(&bytes, 1, 0, 4, cases[i].captured);
        bytes.n = 16;
        put32(&bytes, cases[i].snap_length);
        bytes.n = 58;
        put32(&bytes, cases[i].captured);
        struct reading reading = read_batches(&bytes, 70, 64);
        assert_int_equal(reading.n, 1);
        assert_int_equal(reading.ended, SF_E_DAMAGED);
        assert_string_equal(tail_of(&reading), cases[i].text);
        bytes_release(&bytes);
    }
}

static void test_refused_files(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        size_t n;
        int code;
        const char *text;
    } cases[] = {
        {"", 0, SF_E_FORMAT, "is empty"},
        {"abc", 3, SF_E_FORMAT, "is not a capture file (pcap or pcapng)"},
        {"GET / HTTP/1.0\r\n\r\n", 18, SF_E_FORMAT, "is not a capture file (pcap or pcapng)"},
        {"\xd4\xc3\xb2\xa1", 4, SF_E_DAMAGED,
         "is cut off: it has 4 bytes, and the header alone of a capture file has 24"},
        {"\xd4\xc3\xb2\xa1\2\0\5\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0", 24, SF_E_FORMAT,
         "is a capture file of version 2.5, which is not supported"},
        {"\xa1\xb2\xc3\xd4\0\1\0\2\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0", 24, SF_E_FORMAT,
         "is a capture file of version 1.2, which is not supported"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file_bytes bytes = {.data = (uint8_t *)(uintptr_t)cases[i].data, .n = cases[i].n};
        struct reading reading = read_bytes(&bytes);
        assert_int_equal(reading.opened, cases[i].code);
        assert_int_equal(reading.err.code, cases[i].code);
        assert_string_equal(tail_of(&reading), cases[i].text);
    }
    struct sf_reader *reader;
    struct sf_error err;
    assert_int_equal(sf_reader_open(&reader, "/nowhere/x.pcap", false, &err), SF_E_SYSTEM);
    assert_string_equal(err.text, "cannot open '/nowhere/x.pcap': No such file or directory");
    assert_int_equal(sf_reader_open(&reader, "/tmp", false, &err), SF_E_SYSTEM);
    assert_string_equal(err.text, "cannot read '/tmp': Is a directory");
}

/* Records that cross the blocks in which a file is read, and one that is larger than a block. */
static void test_large_files(void **state)
{
    (void)state;
    static const size_t batches[] = {1, 7, 64};
    struct file_bytes bytes;
    bytes_init(&bytes, false);
    put_pcap_header(&bytes, 0xa1b2c3d4, 1);
    bytes.n = 16;
    put32(&bytes, 1u << 20);
    put32(&bytes, 1);
    size_t n = 0;
    for (uint32_t size = 0; size < 2000; size += 3, n++) {
        put_pcap_record(&bytes, size, 0, size, size);
    }
    put_pcap_record(&bytes, 1, 0, 1000001, 1000001);
    put_pcap_record(&bytes, 1, 0, 33, 33);
    assert_true(bytes.n > 6 * 262144);
    for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++) {
        struct reading reading = read_batches(&bytes, bytes.n, batches[i]);
        assert_int_equal(reading.ended, 0);
        assert_int_equal(reading.n, n + 2);
    }
    bytes_release(&bytes);
}

static void ignore(int signal)
{
    (void)signal;
}

/* A signal that does not restart system calls, in 20 ms. */
static void interrupt_soon(void)
{
    struct sigaction action = {.sa_handler = ignore};
    struct itimerval soon = {.it_value.tv_usec = 20000};
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
}

/* From a pipe a packet is handed out as soon as it is whole; a signal ends the waiting. */
static void test_pipe(void **state)
{
    (void)state;
    struct file_bytes bytes;
    int ends[2];
    int saved = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
    bytes_init(&bytes, false);
    put_pcap_header(&bytes, 0xa1b2c3d4, 1);
    put_pcap_record(&bytes, 5, 0, 10, 10);
    put_pcap_record(&bytes, 6, 0, 10, 10);
    assert_int_equal(write(ends[1], bytes.data, 55), 55); /* the second is not whole */
    struct sf_reader *reader;
    struct sf_error err;
    struct sf_packet packets[8];
    assert_int_equal(sf_reader_open(&reader, "-", false, &err), 0);
    assert_int_equal(sf_reader_read(reader, packets, 8, &err), 1);
    assert_int_equal(packets[0].time_ns, 5 * NS);
    interrupt_soon();
    assert_int_equal(sf_reader_read(reader, packets, 8, &err), SF_E_SYSTEM);
    assert_int_equal(err.sys, EINTR);
    assert_int_equal(write(ends[1], bytes.data + 55, bytes.n - 55), bytes.n - 55);
    assert_int_equal(sf_reader_read(reader, packets, 8, &err), 1);
    assert_int_equal(packets[0].time_ns, 6 * NS);
    assert_int_equal(sf_reader_size(reader), 0);
    close(ends[1]);
    assert_int_equal(sf_reader_read(reader, packets, 8, &err), 0);
    sf_reader_close(reader);
    close(ends[0]);
    dup2(saved, STDIN_FILENO);
    close(saved);
    bytes_release(&bytes);
}

/* ---- pcapng ---- */

static void put_option(struct file_bytes *bytes, uint16_t code, uint16_t length, uint64_t value)
{
    put16(bytes, code);
    put16(bytes, length);
    put_number(bytes, value, length);
    while (bytes->n % 4 != 0) {
        put_number(bytes, 0, 1);
    }
}

static void put_statistics(struct file_bytes *bytes, uint32_t interface, uint64_t by_interface,
                           uint64_t by_system)
{
    size_t at = begin_block(bytes, 5);
    put32(bytes, interface);
    put64(bytes, 0);
    put_option(bytes, 4, 8, 999); /* isb_ifrecv */
    put_option(bytes, 5, 8, by_interface);
    put_option(bytes, 7, 8, by_system);
    end_block(bytes, at);
}

/* Every kind of packet block, and blocks between them that mean nothing to us. */
static void test_pcapng_blocks(void **state)
{
    (void)state;
    for (int is_big = 0; is_big < 2; is_big++) {
        struct file_bytes bytes;
        bytes_init(&bytes, is_big != 0);
        put_section(&bytes);
        put_interface(&bytes, 1, 12);
        put_interface(&bytes, 276, 0);
        put_packet_block(&bytes, 1, 1329843161968492, 33, 40);
        size_t at = begin_block(&bytes, 0x0bad); /* a custom block */
        put64(&bytes, 42);
        end_block(&bytes, at);
        at = begin_block(&bytes, 3); /* simple: 20 bytes of which the snap length left 12 */
        put32(&bytes, 20);
        put_counting(&bytes, 12, 12);
        end_block(&bytes, at);
        at = begin_block(&bytes, 2); /* obsolete: interface 1, 3 drops */
        put16(&bytes, 1);
        put16(&bytes, 3);
        put32(&bytes, 0);
        put32(&bytes, 2000000);
        put32(&bytes, 5);
        put32(&bytes, 5);
        put_counting(&bytes, 5, 5);
        end_block(&bytes, at);
        struct reading reading = read_bytes(&bytes);
        assert_int_equal(reading.ended, 0);
        assert_int_equal(reading.n, 3);
        const struct sf_packet *packets = reading.packets;
        assert_int_equal(packets[0].time_ns, 1329843161968492000);
        assert_int_equal(packets[0].captured, 33);
        assert_int_equal(packets[0].length, 40);
        assert_int_equal(packets[0].link_type, 276);
        assert_int_equal(packets[0].interface, 1);
        assert_false(packets[0].is_nano);
        assert_int_equal(packets[1].time_ns, 1329843161968492000); /* as the one before */
        assert_int_equal(packets[1].captured, 12);
        assert_int_equal(packets[1].length, 20);
        assert_int_equal(packets[1].link_type, 1);
        assert_int_equal(packets[2].time_ns, 2 * NS);
        assert_int_equal(packets[2].captured, 5);
        assert_int_equal(packets[2].interface, 1);
        assert_false(reading.has_drops);
        bytes_release(&bytes);
    }
}

/* Each section has its own byte order, interfaces and counters. */
static void test_pcapng_sections(void **state)
{
    (void)state;
    struct file_bytes bytes;
    bytes_init(&bytes, false);
    put_section(&bytes);
    put_interface(&bytes, 1, 0);
    put_interface(&bytes, 1, 0);
    put_packet_block(&bytes, 1, 1000000, 9, 9);
    put_statistics(&bytes, 0, 1, 10);
    put_statistics(&bytes, 0, 2, 20); /* counts on from the one before */
    put_statistics(&bytes, 1, 4, 40);
    bytes.is_big = true;
    put_section(&bytes);
    put_interface(&bytes, 101, 0);
    put_packet_block(&bytes, 0, 3000000, 6, 6);
    put_statistics(&bytes, 0, 100, 1000);
    put_statistics(&bytes, 7, 5555, 5555); /* of an interface that is not there */
    struct reading reading = read_bytes(&bytes);
    assert_int_equal(reading.ended, 0);
    assert_int_equal(reading.n, 2);
    assert_int_equal(reading.packets[0].link_type, 1);
    assert_int_equal(reading.packets[1].link_type, 101);
    assert_int_equal(reading.packets[1].time_ns, 3 * NS);
    assert_true(reading.has_drops);
    assert_int_equal(reading.interface, 2 + 4 + 100);
    assert_int_equal(reading.kernel, 20 + 40 + 1000);
    bytes_release(&bytes);
}

/* Options of an interface: resolution, offset and frame check sequence; and of a packet. */
static void test_pcapng_options(void **state)
{
    (void)state;
    static const struct {
        uint16_t code, length;
        uint64_t value;
        int64_t time_ns; /* of the tick 4294967296 + 3 */
        bool is_nano;
        uint8_t fcs_length;
        uint32_t flags; /* epb_flags; 0: no such option */
    } cases[] = {
        {2, 2, 0x6f6c, 4294967299000, false, 0, 0}, /* if_name */
        {9, 1, 9, 4294967299, true, 0, 0},
        {9, 1, 3, 4294967299000000, false, 0, 0},
        {9, 1, 0x80 | 30, 4000000002, true, 0, 0}, /* 4 s and 3 / 2^30 s = 2.79 ns */
        {9, 4, 9, 4294967299000, false, 0, 0},     /* wrong length: ignored */
        {14, 8, 1000, 4294967299000 + 1000 * NS, false, 0, 0},
        {14, 8, (uint64_t)-1000, 4294967299000 - 1000 * NS, false, 0, 0},
        {14, 8, INT64_MAX, INT64_MAX, false, 0, 0},
        {13, 1, 4, 4294967299000, false, 4, 0},
        {13, 1, 32, 4294967299000, false, 4, 0},
        {13, 1, 4, 4294967299000, false, 2, 2u << 5 | 1},
        {13, 1, 4, 4294967299000, false, 4, 1}, /* flags that do not say */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file_bytes bytes;
        bytes_init(&bytes, i % 2 == 0);
        put_section(&bytes);
        size_t at = begin_block(&bytes, 1);
        put16(&bytes, 1);
        put16(&bytes, 0);
        put32(&bytes, 0);
        put_option(&bytes, 1, 3, 0x616263); /* a comment that needs padding */
        put_option(&bytes, cases[i].code, cases[i].length, cases[i].value);
        put_option(&bytes, 0, 0, 0);
        put_option(&bytes, 9, 1, 0); /* behind the end: not an option */
        end_block(&bytes, at);
        at = begin_block(&bytes, 6);
        put32(&bytes, 0);
        put32(&bytes, 1);
        put32(&bytes, 3);
        put32(&bytes, 5);
        put32(&bytes, 5);
        put_counting(&bytes, 5, 5);
        put_number(&bytes, 0, 3);
        if (cases[i].flags != 0) {
            put_option(&bytes, 2, 4, cases[i].flags);
        }
        end_block(&bytes, at);
        struct reading reading = read_bytes(&bytes);
        assert_int_equal(reading.n, 1);
        assert_int_equal(reading.ended, 0);
        assert_int_equal(reading.packets[0].time_ns, cases[i].time_ns);
        assert_int_equal(reading.packets[0].is_nano, cases[i].is_nano);
        assert_int_equal(reading.packets[0].fcs_length, cases[i].fcs_length);
        bytes_release(&bytes);
    }
}

/* One packet, then a change of one number: what is said of it. Offsets: section 0, interface 28,
 * packets at 48 and 92. */
static void test_pcapng_damage(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint32_t value;
        size_t n;
        const char *text;
    } cases[] = {
        {96, 0, 1, "is damaged at byte 92: a block claims a length of 0 bytes"},
        {96, 46, 1, "is damaged at byte 92: a block claims a length of 46 bytes"},
        {96, 16777220, 1, "is damaged at byte 92: a block claims a length of 16777220 bytes"},
        {96, 16777216, 1, "is cut off at byte 92: a record of 16777216 bytes has only 44"},
        {96, 40, 1, "is damaged at byte 92: the two lengths of a block differ"},
        {132, 48, 1, "is damaged at byte 92: the two lengths of a block differ"},
        {100, 1, 1, "is damaged at byte 92: a packet of an interface that is not described"},
        {112, 13, 1, "is damaged at byte 92: a packet that is longer than its block"},
        {112, 0xffffffff, 1, "is damaged at byte 92: a packet that is longer than its block"},
        {92, 0x0a0d0d0a, 1, "is damaged at byte 92: a section header without a byte order"},
        {92, 1, 1, NULL}, /* a well-formed interface description by chance */
        {28, 0xbad, 0, "is damaged at byte 48: a packet of an interface that is not described"},
        {12, 2, 0, "has at byte 0 a pcapng section of version 2.0, which is not supported"},
        {8, 0, 0, "is not a capture file (pcap or pcapng)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file_bytes bytes;
        bytes_init(&bytes, false);
        put_section(&bytes);
        put_interface(&bytes, 1, 0);
        put_packet_block(&bytes, 0, 1, 12, 12);
        put_packet_block(&bytes, 0, 2, 12, 12);
        size_t n = bytes.n;
        assert_int_equal(n, 136);
        bytes.n = cases[i].at;
        put32(&bytes, cases[i].value);
        struct reading reading = read_batches(&bytes, n, 64);
        assert_int_equal(reading.opened, 0);
        assert_int_equal(reading.n, cases[i].n);
        if (cases[i].text == NULL) {
            assert_int_equal(reading.ended, 0);
        } else {
            assert_true(reading.ended == SF_E_DAMAGED || cases[i].at < 28);
            assert_string_equal(tail_of(&reading), cases[i].text);
        }
        bytes_release(&bytes);
    }
}

static void test_pcapng_cut(void **state)
{
    (void)state;
    struct file_bytes bytes;
    bytes_init(&bytes, true);
    put_section(&bytes);
    put_interface(&bytes, 1, 0);
    put_packet_block(&bytes, 0, 1, 12, 12);
    for (size_t n = 4; n <= 92; n++) {
        struct reading reading = read_batches(&bytes, n, 64);
        bool is_whole = n == 28 || n == 48 || n == 92;
        assert_int_equal(reading.opened, 0);
        assert_int_equal(reading.ended, is_whole ? 0 : SF_E_DAMAGED);
        assert_int_equal(reading.n, n == 92 ? 1 : 0);
    }
    bytes_release(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pcap_kinds),          cmocka_unit_test(test_pcap_long_records),
        cmocka_unit_test(test_pcap_lengths),        cmocka_unit_test(test_pcap_cut),
        cmocka_unit_test(test_pcap_absurd_lengths), cmocka_unit_test(test_refused_files),
        cmocka_unit_test(test_large_files),         cmocka_unit_test(test_pipe),
        cmocka_unit_test(test_pcapng_blocks),       cmocka_unit_test(test_pcapng_sections),
        cmocka_unit_test(test_pcapng_options),      cmocka_unit_test(test_pcapng_damage),
        cmocka_unit_test(test_pcapng_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
