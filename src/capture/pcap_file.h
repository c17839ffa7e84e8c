/*
 * Classic capture files: a header of 24 bytes, then records. draft-ietf-opsawg-pcap.
 *
 * Both byte orders; microseconds and nanoseconds; the longer record headers that Alexey Kuznetsov's
 * old kernels wrote; length fields in the other order, as libpcap 0.3 and earlier wrote them.
 */
#ifndef CAPTURE_PCAP_FILE_H
#define CAPTURE_PCAP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/segment.h>

#include "capture/window.h"

/* Which of a record's two lengths comes first. */
enum sf_pcap_lengths { SF_LENGTHS_CAPTURED_FIRST, SF_LENGTHS_CAPTURED_LAST, SF_LENGTHS_EITHER };

struct sf_pcap_file {
    bool is_swapped;    /* the other byte order than this machine's */
    uint8_t lengths;    /* enum sf_pcap_lengths */
    uint8_t fcs_length; /* bytes of frame check sequence behind every frame */
    bool is_nano;
    uint32_t fraction_ns;   /* what one unit of the fraction of a second is */
    uint32_t record_header; /* its size */
    uint32_t captured_max;  /* more than that in a record is damage */
    uint32_t link_type;
};

/* Do these four bytes begin a classic capture file? */
bool sf_pcap_file_begins(const uint8_t magic[4]);

/*
 * Reads the file's header from the window. Returns 0, SF_E_FORMAT (a version that is not known),
 * SF_E_DAMAGED (cut within the header) or what sf_window_fill returns.
 */
int sf_pcap_file_open(struct sf_pcap_file *file, struct sf_window *window, struct sf_error *err);

/* As sf_reader_read. */
int sf_pcap_file_read(struct sf_pcap_file *file, struct sf_window *window,
                      struct sf_packet *packets, size_t max, struct sf_error *err);

#endif
