/*
 * Makes seeds for the fuzz targets out of captures: for `decode` their first packets, cut off where
 * they grow long; for `flows` and `sinks` the segments in them.
 *   make_seeds decode|flows|sinks FOLDER CAPTURE…
 */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "capture/reader.h"
#include "conversation.h"
#include "decode/decode.h"
#include "frames.h"

#define PACKETS      12u
#define SEGMENTS     150u
#define CAPTURED_MAX 160u

static void put16(FILE *file, uint32_t value)
{
    (void)fputc((int)(value >> 8 & 0xff), file);
    (void)fputc((int)(value & 0xff), file);
}

static void write_frames(FILE *file, const struct sf_packet *packets, size_t n)
{
    put16(file, packets[0].link_type);
    for (size_t i = 0; i < n; i++) {
        const struct sf_packet *packet = &packets[i];
        uint32_t captured = packet->captured < CAPTURED_MAX ? packet->captured : CAPTURED_MAX;
        uint32_t rest = packet->length - captured;
        put16(file, captured);
        put16(file, rest < UINT16_MAX ? rest : UINT16_MAX);
        (void)fwrite(packet->bytes, 1, captured, file);
    }
}

static int write_first(FILE *file, struct sf_reader *reader)
{
    struct sf_error err;
    struct sf_packet packets[PACKETS];
    int n = sf_reader_read(reader, packets, PACKETS, &err);
    if (n > 0) {
        write_frames(file, packets, (size_t)n);
    }
    return n > 0 ? 0 : -1;
}

/* Connections are told apart by their ports: a few of them are enough for a seed. */
static void write_record(FILE *file, const struct sf_segment *segment, int64_t time_ns)
{
    uint8_t record[RECORD_SIZE];
    record_of(record, segment, (segment->key.port[0] + segment->key.port[1]) % 3u, time_ns);
    (void)fwrite(record, 1, sizeof record, file);
}

static int write_segments(FILE *file, struct sf_reader *reader)
{
    const struct sf_hash_key key = {{1, 2}};
    struct sf_error err;
    struct sf_packet packet;
    struct sf_segment segment;
    struct sf_decoder *decoder = NULL;
    unsigned n = 0;
    int64_t time_ns = 0;
    if (sf_decoder_new(&decoder, &key, &err) != 0) {
        return -1;
    }
    while (n < SEGMENTS && sf_reader_read(reader, &packet, 1, &err) == 1) {
        if (sf_decode(decoder, &packet, &segment) != SF_SKIP_NONE) {
            continue;
        }
        write_record(file, &segment, n++ > 0 ? time_ns : segment.time_ns);
        time_ns = segment.time_ns;
    }
    sf_decoder_free(decoder);
    return 0; /* a capture without TCP makes an empty seed */
}

typedef int write_fn(FILE *file, struct sf_reader *reader);

static int make_seed(const char *folder, const char *capture, write_fn *write)
{
    struct sf_error err;
    struct sf_reader *reader = NULL;
    char path[PATH_MAX];
    const char *slash = strrchr(capture, '/');
    (void)snprintf(path, sizeof path, "%s/%s", folder, slash != NULL ? slash + 1 : capture);
    bool failed = sf_reader_open(&reader, capture, false, &err) != 0;
    FILE *file = failed ? NULL : fopen(path, "wb");
    failed = file == NULL || write(file, reader) != 0;
    failed |= file != NULL && fclose(file) != 0;
    sf_reader_close(reader);
    if (failed) {
        fprintf(stderr, "no seed of %s\n", capture);
    }
    return failed;
}

int main(int argc, char **argv)
{
    int failed = argc < 4;
    for (int i = 3; i < argc; i++) {
        failed |= make_seed(argv[2], argv[i],
                            strcmp(argv[1], "decode") == 0 ? write_first : write_segments);
    }
    return failed;
}
