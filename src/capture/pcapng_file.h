/*
 * pcapng: blocks in sections, each section with its own byte order and interfaces.
 * draft-ietf-opsawg-pcapng.
 *
 * Packets come from Enhanced, Simple and the obsolete Packet Blocks, lost packets are counted from
 * Interface Statistics Blocks, and any other block is passed over.
 */
#ifndef CAPTURE_PCAPNG_FILE_H
#define CAPTURE_PCAPNG_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/segment.h>

#include "capture/ticks.h"
#include "capture/window.h"

struct sf_pcapng_interface {
    struct sf_ticks ticks;
    uint64_t dropped_by_system, dropped_by_interface; /* by its latest statistics block */
    uint32_t snap_length;                             /* 0: no limit */
    uint16_t link_type;
    uint8_t fcs_length;
    bool is_nano;
};

/* Release it with sf_pcapng_file_release; all zero is a valid empty one. */
struct sf_pcapng_file {
    bool is_swapped;                        /* this section */
    struct sf_pcapng_interface *interfaces; /* of this section, owned */
    uint32_t n_interfaces, capacity;
    int64_t time_ns; /* of the last packet that had one */
    bool has_drops;
    uint64_t dropped_by_system, dropped_by_interface; /* in the sections before */
};

/* Do these four bytes begin a pcapng file? */
bool sf_pcapng_file_begins(const uint8_t magic[4]);

void sf_pcapng_file_init(struct sf_pcapng_file *file);

/* As sf_reader_read. SF_E_FORMAT: not pcapng after all, or of an unknown version. */
int sf_pcapng_file_read(struct sf_pcapng_file *file, struct sf_window *window,
                        struct sf_packet *packets, size_t max, struct sf_error *err);

/* As sf_reader_drops. */
bool sf_pcapng_file_drops(const struct sf_pcapng_file *file, uint64_t *kernel, uint64_t *interface);

void sf_pcapng_file_release(struct sf_pcapng_file *file);

#endif
