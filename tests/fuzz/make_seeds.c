/*
 * Makes seeds for fuzz_decode out of captures: their first packets, cut off where they grow long.
 *   make_seeds FOLDER CAPTURE…
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "capture/reader.h"
#include "frames.h"

#define PACKETS      12u
#define CAPTURED_MAX 160u

static void put16(FILE *file, uint32_t value)
{
    (void)fputc((int)(value >> 8 & 0xff), file);
    (void)fputc((int)(value & 0xff), file);
}

static void write_seed(FILE *file, const struct sf_packet *packets, size_t n)
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

static int make_seed(const char *folder, const char *capture)
{
    struct sf_error err;
    struct sf_reader *reader = NULL;
    struct sf_packet packets[PACKETS];
    char path[PATH_MAX];
    const char *slash = strrchr(capture, '/');
    (void)snprintf(path, sizeof path, "%s/%s", folder, slash != NULL ? slash + 1 : capture);
    int n = sf_reader_open(&reader, capture, false, &err);
    if (n == 0) {
        n = sf_reader_read(reader, packets, PACKETS, &err);
    }
    FILE *file = n > 0 ? fopen(path, "wb") : NULL;
    if (file != NULL) {
        write_seed(file, packets, (size_t)n);
    }
    bool failed = file == NULL || fclose(file) != 0;
    sf_reader_close(reader);
    if (failed) {
        fprintf(stderr, "no seed of %s\n", capture);
    }
    return failed;
}

int main(int argc, char **argv)
{
    int failed = argc < 3;
    for (int i = 2; i < argc; i++) {
        failed |= make_seed(argv[1], argv[i]);
    }
    return failed;
}
