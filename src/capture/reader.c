#include "capture/reader.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#include "capture/pcap_file.h"
#include "capture/pcapng_file.h"
#include "capture/window.h"

#define MAGIC_SIZE 4u

struct sf_reader {
    struct sf_window window;
    bool is_pcapng;
    struct sf_pcap_file pcap;
    struct sf_pcapng_file pcapng;
};

static int not_a_capture(const struct sf_window *window, struct sf_error *err)
{
    const char *name = sf_blocks_name(window->blocks);
    if (sf_window_length(window) == 0) {
        return sf_error_set(err, SF_E_FORMAT, 0, "'%s' is empty", name);
    }
    return sf_error_set(err, SF_E_FORMAT, 0, "'%s' is not a capture file (pcap or pcapng)", name);
}

static int recognise(struct sf_reader *reader, struct sf_error *err)
{
    struct sf_window *window = &reader->window;
    while (sf_window_length(window) < MAGIC_SIZE) {
        int more = sf_window_fill(window, MAGIC_SIZE, err);
        if (more < 0) {
            return more;
        }
        if (more == 0) {
            return not_a_capture(window, err);
        }
    }
    if (sf_pcap_file_begins(sf_window_at(window))) {
        return sf_pcap_file_open(&reader->pcap, window, err);
    }
    reader->is_pcapng = sf_pcapng_file_begins(sf_window_at(window));
    if (!reader->is_pcapng) {
        return not_a_capture(window, err);
    }
    sf_pcapng_file_init(&reader->pcapng);
    return 0;
}

int sf_reader_open(struct sf_reader **reader, const char *path, bool reads_ahead,
                   struct sf_error *err)
{
    struct sf_reader *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return sf_error_set(err, SF_E_MEMORY, 0, "no memory left to read '%s'", path);
    }
    int status = sf_window_init(&made->window, path, reads_ahead, err);
    if (status == 0) {
        status = recognise(made, err);
    }
    if (status != 0) {
        sf_reader_close(made);
        return status;
    }
    *reader = made;
    return 0;
}

int sf_reader_read(struct sf_reader *reader, struct sf_packet *packets, size_t max,
                   struct sf_error *err)
{
    assert(max > 0 && max <= INT_MAX);
    return reader->is_pcapng
               ? sf_pcapng_file_read(&reader->pcapng, &reader->window, packets, max, err)
               : sf_pcap_file_read(&reader->pcap, &reader->window, packets, max, err);
}

uint64_t sf_reader_done(const struct sf_reader *reader)
{
    return sf_blocks_done(reader->window.blocks);
}

uint64_t sf_reader_size(const struct sf_reader *reader)
{
    return sf_blocks_size(reader->window.blocks);
}

bool sf_reader_drops(const struct sf_reader *reader, uint64_t *kernel, uint64_t *interface)
{
    *kernel = 0;
    *interface = 0;
    return reader->is_pcapng && sf_pcapng_file_drops(&reader->pcapng, kernel, interface);
}

void sf_reader_close(struct sf_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    sf_pcapng_file_release(&reader->pcapng);
    sf_window_release(&reader->window);
    free(reader);
}
