#include "capture/pcapng_file.h"

#include <stdlib.h>

#include "capture/order.h"
#include "capture/pcapng_block.h"

/* Section numbers are those of draft-ietf-opsawg-pcapng. */
enum block_type {
    BLOCK_SECTION = SF_BLOCK_SECTION, /* 4.1 */
    BLOCK_INTERFACE = 1,              /* 4.2 */
    BLOCK_OLD_PACKET = 2,             /* appendix A */
    BLOCK_SIMPLE_PACKET = 3,          /* 4.4 */
    BLOCK_STATISTICS = 5,             /* 4.6 */
    BLOCK_PACKET = 6                  /* 4.3 */
};

enum option_code {
    OPTION_PACKET_FLAGS = 2,    /* epb_flags */
    OPTION_INTERFACE_DROPS = 5, /* isb_ifdrop */
    OPTION_SYSTEM_DROPS = 7,    /* isb_osdrop */
    OPTION_TIME_RESOLUTION = 9, /* if_tsresol */
    OPTION_FCS_LENGTH = 13,     /* if_fcslen */
    OPTION_TIME_OFFSET = 14     /* if_tsoffset */
};

#define SECTION_FIXED      16u
#define INTERFACE_FIXED    8u
#define PACKET_FIXED       20u
#define SIMPLE_FIXED       4u
#define STATISTICS_FIXED   12u
#define INTERFACES_MAX     65536u
#define DEFAULT_RESOLUTION 6

bool sf_pcapng_file_begins(const uint8_t magic[4])
{
    return sf_order_load32(magic, false) == BLOCK_SECTION;
}

void sf_pcapng_file_init(struct sf_pcapng_file *file)
{
    *file = (struct sf_pcapng_file){0};
}

/* The drop counters of the section that ends stay in the sum. */
static void end_section(struct sf_pcapng_file *file)
{
    for (uint32_t i = 0; i < file->n_interfaces; i++) {
        file->dropped_by_system += file->interfaces[i].dropped_by_system;
        file->dropped_by_interface += file->interfaces[i].dropped_by_interface;
    }
    file->n_interfaces = 0;
}

static int take_section(struct sf_pcapng_file *file, const struct sf_block *block,
                        const struct sf_window *window, struct sf_error *err)
{
    if (block->length < SECTION_FIXED) {
        return sf_block_damaged(window, "a section header that is too short", err);
    }
    uint16_t major = sf_order_load16(block->body + 4, file->is_swapped);
    uint16_t minor = sf_order_load16(block->body + 6, file->is_swapped);
    if (major != 1) {
        return sf_error_set(err, window->offset == 0 ? SF_E_FORMAT : SF_E_DAMAGED, 0,
                            "'%s' has at byte %llu a pcapng section of version %u.%u, which is not "
                            "supported",
                            sf_blocks_name(window->blocks), (unsigned long long)window->offset,
                            major, minor);
    }
    end_section(file);
    return 0;
}

static int add_interface(struct sf_pcapng_file *file, const struct sf_pcapng_interface *interface,
                         const struct sf_window *window, struct sf_error *err)
{
    if (file->n_interfaces == INTERFACES_MAX) {
        return sf_block_damaged(window, "more interfaces than any machine has", err);
    }
    if (file->n_interfaces == file->capacity) {
        uint32_t capacity = file->capacity > 0 ? 2 * file->capacity : 4;
        void *grown = realloc(file->interfaces, capacity * sizeof *file->interfaces);
        if (grown == NULL) {
            return sf_error_set(err, SF_E_MEMORY, 0, "no memory left for the interfaces of '%s'",
                                sf_blocks_name(window->blocks));
        }
        file->interfaces = grown;
        file->capacity = capacity;
    }
    file->interfaces[file->n_interfaces++] = *interface;
    return 0;
}

/* The draft counts bits, and some writers count bytes: 32 and 4 are the same length. */
static uint8_t fcs_bytes(uint8_t value)
{
    return value >= 8 ? value / 8 : value;
}

static int take_interface(struct sf_pcapng_file *file, const struct sf_block *block,
                          const struct sf_window *window, struct sf_error *err)
{
    if (block->length < INTERFACE_FIXED) {
        return sf_block_damaged(window, "an interface description that is too short", err);
    }
    struct sf_pcapng_interface interface = {
        .link_type = sf_order_load16(block->body, file->is_swapped),
        .snap_length = sf_order_load32(block->body + 4, file->is_swapped),
    };
    uint8_t resolution = DEFAULT_RESOLUTION;
    int64_t offset_s = 0;
    struct sf_block_options options =
        sf_block_options_after(block, INTERFACE_FIXED, file->is_swapped);
    for (struct sf_block_option option; sf_block_next_option(&options, &option);) {
        if (option.code == OPTION_TIME_RESOLUTION && option.length == 1) {
            resolution = option.value[0];
        } else if (option.code == OPTION_FCS_LENGTH && option.length == 1) {
            interface.fcs_length = fcs_bytes(option.value[0]);
        } else if (option.code == OPTION_TIME_OFFSET && option.length == 8) {
            offset_s = (int64_t)sf_order_load64(option.value, file->is_swapped);
        }
    }
    sf_ticks_init(&interface.ticks, resolution, offset_s);
    interface.is_nano = sf_ticks_are_nano(&interface.ticks);
    return add_interface(file, &interface, window, err);
}

static void take_statistics(struct sf_pcapng_file *file, const struct sf_block *block)
{
    if (block->length < STATISTICS_FIXED) {
        return;
    }
    uint32_t number = sf_order_load32(block->body, file->is_swapped);
    if (number >= file->n_interfaces) {
        return;
    }
    struct sf_pcapng_interface *interface = &file->interfaces[number];
    struct sf_block_options options =
        sf_block_options_after(block, STATISTICS_FIXED, file->is_swapped);
    for (struct sf_block_option option; sf_block_next_option(&options, &option);) {
        if (option.code == OPTION_INTERFACE_DROPS && option.length == 8) {
            interface->dropped_by_interface = sf_order_load64(option.value, file->is_swapped);
            file->has_drops = true;
        } else if (option.code == OPTION_SYSTEM_DROPS && option.length == 8) {
            interface->dropped_by_system = sf_order_load64(option.value, file->is_swapped);
            file->has_drops = true;
        }
    }
}

/* Bits 5 to 8 of epb_flags are the length of the FCS; 0: as the interface says. */
static uint8_t packet_fcs_length(const struct sf_pcapng_file *file, const struct sf_block *block,
                                 uint32_t captured, uint8_t usual)
{
    struct sf_block_options options =
        sf_block_options_after(block, PACKET_FIXED + sf_block_padded(captured), file->is_swapped);
    for (struct sf_block_option option; sf_block_next_option(&options, &option);) {
        if (option.code == OPTION_PACKET_FLAGS && option.length == 4) {
            uint32_t length = sf_order_load32(option.value, file->is_swapped) >> 5 & 0xfu;
            return length > 0 ? (uint8_t)length : usual;
        }
    }
    return usual;
}

/* The obsolete block differs in its first four bytes only: two of them count drops. */
static uint32_t packet_interface(const struct sf_pcapng_file *file, const struct sf_block *block)
{
    return block->type == BLOCK_OLD_PACKET ? sf_order_load16(block->body, file->is_swapped)
                                           : sf_order_load32(block->body, file->is_swapped);
}

static int take_packet(struct sf_pcapng_file *file, const struct sf_block *block,
                       const struct sf_window *window, struct sf_packet *packet,
                       struct sf_error *err)
{
    if (block->length < PACKET_FIXED) {
        return sf_block_damaged(window, "a packet block that is too short", err);
    }
    bool is_swapped = file->is_swapped;
    uint32_t number = packet_interface(file, block);
    uint32_t captured = sf_order_load32(block->body + 12, is_swapped);
    uint32_t length = sf_order_load32(block->body + 16, is_swapped);
    if (number >= file->n_interfaces) {
        return sf_block_damaged(window, "a packet of an interface that is not described", err);
    }
    if (captured > block->length - PACKET_FIXED) {
        return sf_block_damaged(window, "a packet that is longer than its block", err);
    }
    const struct sf_pcapng_interface *interface = &file->interfaces[number];
    uint64_t ticks = (uint64_t)sf_order_load32(block->body + 4, is_swapped) << 32 |
                     sf_order_load32(block->body + 8, is_swapped);
    file->time_ns = sf_ticks_to_ns(&interface->ticks, ticks);
    *packet = (struct sf_packet){
        .time_ns = file->time_ns,
        .bytes = block->body + PACKET_FIXED,
        .captured = captured,
        .length = length > captured ? length : captured,
        .link_type = interface->link_type,
        .interface = number,
        .fcs_length = packet_fcs_length(file, block, captured, interface->fcs_length),
        .is_nano = interface->is_nano,
    };
    return 1;
}

/* It has no time and belongs to the first interface, whose snap length says how much is there. */
static int take_simple_packet(const struct sf_pcapng_file *file, const struct sf_block *block,
                              const struct sf_window *window, struct sf_packet *packet,
                              struct sf_error *err)
{
    if (block->length < SIMPLE_FIXED || file->n_interfaces == 0) {
        return sf_block_damaged(window,
                                "a simple packet block that is too short or has no interface", err);
    }
    const struct sf_pcapng_interface *interface = &file->interfaces[0];
    uint32_t length = sf_order_load32(block->body, file->is_swapped);
    uint32_t captured = length;
    if (interface->snap_length > 0 && captured > interface->snap_length) {
        captured = interface->snap_length;
    }
    if (captured > block->length - SIMPLE_FIXED) {
        return sf_block_damaged(window, "a packet that is longer than its block", err);
    }
    *packet = (struct sf_packet){
        .time_ns = file->time_ns,
        .bytes = block->body + SIMPLE_FIXED,
        .captured = captured,
        .length = length,
        .link_type = interface->link_type,
        .fcs_length = interface->fcs_length,
        .is_nano = interface->is_nano,
    };
    return 1;
}

/* Returns 1 with a packet, 0 for a block without one, or a negative SF_E_…. */
static int take_block(struct sf_pcapng_file *file, const struct sf_block *block,
                      const struct sf_window *window, struct sf_packet *packet,
                      struct sf_error *err)
{
    switch ((enum block_type)block->type) {
    case BLOCK_PACKET:
    case BLOCK_OLD_PACKET:
        return take_packet(file, block, window, packet, err);
    case BLOCK_SIMPLE_PACKET:
        return take_simple_packet(file, block, window, packet, err);
    case BLOCK_SECTION:
        return take_section(file, block, window, err);
    case BLOCK_INTERFACE:
        return take_interface(file, block, window, err);
    case BLOCK_STATISTICS:
        take_statistics(file, block);
        return 0;
    }
    return 0; /* a block of another kind */
}

/* Returns 1 when there is more, 0 when the file ends between two blocks, or a negative SF_E_…. */
static int wait_for_block(struct sf_window *window, size_t need, struct sf_error *err)
{
    int more = sf_window_fill(window, need, err);
    if (more != 0 || sf_window_length(window) == 0) {
        return more;
    }
    return sf_window_cut(window, need, err);
}

int sf_pcapng_file_read(struct sf_pcapng_file *file, struct sf_window *window,
                        struct sf_packet *packets, size_t max, struct sf_error *err)
{
    size_t n = 0;
    while (n < max) {
        /* Damage behind packets in hand is told by the next call, which finds it again. */
        struct sf_error *told = n == 0 ? err : NULL;
        struct sf_block block = {0};
        size_t need;
        int status = sf_block_find(window, &file->is_swapped, &block, &need, told);
        if (status == 1) {
            status = take_block(file, &block, window, &packets[n], told);
            if (status >= 0) {
                sf_window_consume(window, block.total);
                n += (size_t)status;
                continue;
            }
        }
        if (n > 0) {
            break;
        }
        if (status < 0) {
            return status;
        }
        int more = wait_for_block(window, need, err);
        if (more <= 0) {
            return more;
        }
    }
    return (int)n;
}

bool sf_pcapng_file_drops(const struct sf_pcapng_file *file, uint64_t *kernel, uint64_t *interface)
{
    *kernel = file->dropped_by_system;
    *interface = file->dropped_by_interface;
    for (uint32_t i = 0; i < file->n_interfaces; i++) {
        *kernel += file->interfaces[i].dropped_by_system;
        *interface += file->interfaces[i].dropped_by_interface;
    }
    return file->has_drops;
}

void sf_pcapng_file_release(struct sf_pcapng_file *file)
{
    free(file->interfaces);
    *file = (struct sf_pcapng_file){0};
}
