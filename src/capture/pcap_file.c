#include "capture/pcap_file.h"

#include "capture/order.h"

#define FILE_HEADER 24u
/* What libpcap takes as the largest sensible packet, whatever the header's snap length says. */
#define CAPTURED_MAX  262144u
#define NS_PER_SECOND 1000000000

/* The upper half of the link type field, draft-ietf-opsawg-pcap section 4. */
#define LINK_TYPE_MASK  0xffffu
#define FCS_IS_GIVEN    0x04000000u
#define FCS_WORDS_SHIFT 28 /* in units of 16 bits */

static const struct kind {
    uint32_t magic;
    bool is_nano;
    uint32_t record_header;
} kinds[] = {
    {0xa1b2c3d4, false, 16},
    {0xa1b23c4d, true, 16},
    {0xa1b2cd34, false, 24}, /* behind the lengths: interface index, protocol, packet type */
};

static const struct kind *find_kind(uint32_t magic)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].magic == magic) {
            return &kinds[i];
        }
    }
    return NULL;
}

bool sf_pcap_file_begins(const uint8_t magic[4])
{
    return find_kind(sf_order_load32(magic, false)) != NULL ||
           find_kind(sf_order_load32(magic, true)) != NULL;
}

/* Until 2.2 the length on the wire came first; of 2.3 there are both kinds of writers. */
static uint8_t lengths_of_version(uint16_t major, uint16_t minor)
{
    if (major != 2 || minor > 3) {
        return SF_LENGTHS_CAPTURED_FIRST;
    }
    return minor == 3 ? SF_LENGTHS_EITHER : SF_LENGTHS_CAPTURED_LAST;
}

/* 543.0 is 2.4 as an old DG/UX wrote it. */
static bool is_version_known(uint16_t major, uint16_t minor)
{
    return (major == 2 && minor <= 4) || (major == 543 && minor == 0);
}

static uint32_t captured_limit(uint32_t snap_length, uint32_t record_header)
{
    if (snap_length <= CAPTURED_MAX) {
        return CAPTURED_MAX;
    }
    uint32_t most = SF_RECORD_MAX - record_header;
    return snap_length < most ? snap_length : most;
}

static int read_header(struct sf_pcap_file *file, const struct sf_window *window,
                       struct sf_error *err)
{
    const uint8_t *at = sf_window_at(window);
    const struct kind *kind = find_kind(sf_order_load32(at, false));
    bool is_swapped = kind == NULL;
    if (is_swapped) {
        kind = find_kind(sf_order_load32(at, true));
    }
    uint16_t major = sf_order_load16(at + 4, is_swapped);
    uint16_t minor = sf_order_load16(at + 6, is_swapped);
    if (kind == NULL || !is_version_known(major, minor)) {
        return sf_error_set(err, SF_E_FORMAT, 0,
                            "'%s' is a capture file of version %u.%u, which is not supported",
                            sf_blocks_name(window->blocks), major, minor);
    }
    uint32_t link = sf_order_load32(at + 20, is_swapped);
    *file = (struct sf_pcap_file){
        .is_swapped = is_swapped,
        .lengths = lengths_of_version(major, minor),
        .fcs_length = (link & FCS_IS_GIVEN) != 0 ? (uint8_t)(2 * (link >> FCS_WORDS_SHIFT)) : 0,
        .is_nano = kind->is_nano,
        .fraction_ns = kind->is_nano ? 1 : 1000,
        .record_header = kind->record_header,
        .captured_max = captured_limit(sf_order_load32(at + 16, is_swapped), kind->record_header),
        .link_type = link & LINK_TYPE_MASK,
    };
    return 0;
}

int sf_pcap_file_open(struct sf_pcap_file *file, struct sf_window *window, struct sf_error *err)
{
    while (sf_window_length(window) < FILE_HEADER) {
        int more = sf_window_fill(window, FILE_HEADER, err);
        if (more < 0) {
            return more;
        }
        if (more == 0) {
            return sf_error_set(err, SF_E_DAMAGED, 0,
                                "'%s' is cut off: it has %zu bytes, and the header alone of a "
                                "capture file has %u",
                                sf_blocks_name(window->blocks), sf_window_length(window),
                                FILE_HEADER);
        }
    }
    int status = read_header(file, window, err);
    if (status == 0) {
        sf_window_consume(window, FILE_HEADER);
    }
    return status;
}

struct lengths {
    uint32_t captured, length;
};

static inline struct lengths record_lengths(const struct sf_pcap_file *file, const uint8_t *at)
{
    uint32_t first = sf_order_load32(at + 8, file->is_swapped);
    uint32_t last = sf_order_load32(at + 12, file->is_swapped);
    bool is_last = file->lengths == SF_LENGTHS_CAPTURED_LAST ||
                   (file->lengths == SF_LENGTHS_EITHER && first > last);
    return is_last ? (struct lengths){last, first} : (struct lengths){first, last};
}

/* The packets that lie whole in the window, up to a record that cannot be. */
static size_t take_packets(const struct sf_pcap_file *file, struct sf_window *window,
                           struct sf_packet *packets, size_t max)
{
    const uint8_t *at = sf_window_at(window);
    size_t left = sf_window_length(window), header = file->record_header, n = 0;
    while (n < max && left >= header) {
        struct lengths lengths = record_lengths(file, at);
        if (lengths.captured > file->captured_max || lengths.captured > left - header) {
            break;
        }
        uint32_t seconds = sf_order_load32(at, file->is_swapped);
        uint32_t fraction = sf_order_load32(at + 4, file->is_swapped);
        packets[n++] = (struct sf_packet){
            /* at most 2^32 × 10^9 + 2^32 × 10^3: far below 2^63 */
            .time_ns = (int64_t)seconds * NS_PER_SECOND + (int64_t)fraction * file->fraction_ns,
            .bytes = at + header,
            .captured = lengths.captured,
            .length = lengths.length > lengths.captured ? lengths.length : lengths.captured,
            .link_type = file->link_type,
            .fcs_length = file->fcs_length,
            .is_nano = file->is_nano,
        };
        at += header + lengths.captured;
        left -= header + lengths.captured;
    }
    sf_window_consume(window, sf_window_length(window) - left);
    return n;
}

/* Reads on until a record is whole that no packet could be taken of. 0: the file is over. */
static int wait_for_record(const struct sf_pcap_file *file, struct sf_window *window,
                           struct sf_error *err)
{
    size_t need = file->record_header;
    if (sf_window_length(window) >= need) {
        uint32_t captured = record_lengths(file, sf_window_at(window)).captured;
        if (captured > file->captured_max) {
            return sf_error_set(err, SF_E_DAMAGED, 0,
                                "'%s' is damaged at byte %llu: a record claims %u captured bytes",
                                sf_blocks_name(window->blocks), (unsigned long long)window->offset,
                                captured);
        }
        need += captured;
    }
    int more = sf_window_fill(window, need, err);
    if (more != 0 || sf_window_length(window) == 0) {
        return more;
    }
    return sf_window_cut(window, need, err);
}

int sf_pcap_file_read(struct sf_pcap_file *file, struct sf_window *window,
                      struct sf_packet *packets, size_t max, struct sf_error *err)
{
    for (;;) {
        size_t n = take_packets(file, window, packets, max);
        if (n > 0) {
            return (int)n;
        }
        int more = wait_for_record(file, window, err);
        if (more <= 0) {
            return more;
        }
    }
}
