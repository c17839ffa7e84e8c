#include "capture/saver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/encode.h"
#include "capture/link_type.h"
#include "capture/reader.h"
#include "capture/target.h"

#define CONVERT_BATCH 64
#define FCS_MAX       30 /* that classic pcap can tell */

/* In the order in which a file may be converted. */
enum format { FORMAT_NONE, FORMAT_MICRO, FORMAT_NANO, FORMAT_PCAPNG };

struct sf_saver {
    struct sf_target target;
    int spare; /* an empty file without a name, to rewrite the output in; -1: none */
    enum format format;
    struct sf_packet *kinds; /* one packet, without bytes, of each interface in the file */
    uint32_t n_kinds, capacity;
};

/*
 * Opened before there is need of it: later the folder may be out of reach. Where files without a
 * name are not to be had, it has one for a moment.
 */
static int open_spare(const char *path)
{
    char *name = NULL;
    const char *slash = strrchr(path, '/');
    int length = slash != NULL ? (int)(slash - path) : 1;
    if (asprintf(&name, "%.*s/.synfin-XXXXXX", length, slash != NULL ? path : ".") < 0) {
        return -1;
    }
    name[length] = '\0';
    int spare = open(length > 0 ? name : "/", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    name[length] = '/';
    if (spare < 0) {
        spare = mkostemp(name, O_CLOEXEC);
        if (spare >= 0) {
            (void)unlink(name);
        }
    }
    free(name);
    return spare;
}

int sf_saver_open(struct sf_saver **saver, const char *path, struct sf_error *err)
{
    struct sf_saver *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return sf_error_set(err, SF_E_MEMORY, 0, "no memory left to write '%s'", path);
    }
    int status = sf_target_open(&made->target, path, err);
    if (status != 0) {
        sf_target_release(&made->target);
        free(made);
        return status;
    }
    made->spare = made->target.is_regular ? open_spare(path) : -1;
    *saver = made;
    return 0;
}

int sf_saver_descriptor(const struct sf_saver *saver)
{
    return saver->target.fd;
}

bool sf_saver_overwrites(const struct sf_saver *saver, const char *path)
{
    struct stat ours, theirs;
    if (!saver->target.is_regular || fstat(saver->target.fd, &ours) != 0) {
        return false;
    }
    int status = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &theirs) : stat(path, &theirs);
    return status == 0 && ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

/* One interface of the output: everything that its description says. */
static bool is_same_kind(const struct sf_packet *one, const struct sf_packet *other)
{
    return one->link_type == other->link_type && one->fcs_length == other->fcs_length &&
           one->interface == other->interface && one->is_nano == other->is_nano;
}

static bool fits_pcap(const struct sf_packet *packet)
{
    return packet->captured <= SF_SAVED_MAX && packet->fcs_length % 2 == 0 &&
           packet->fcs_length <= FCS_MAX;
}

/* A file in classic pcap holds one kind of packets, but for their times. */
static bool fits_beside(const struct sf_saver *saver, const struct sf_packet *packet)
{
    const struct sf_packet *first = &saver->kinds[0];
    bool is_same_interface = first->interface == packet->interface || !saver->target.is_regular;
    return first->link_type == packet->link_type && first->fcs_length == packet->fcs_length &&
           is_same_interface;
}

static enum format wanted_format(const struct sf_saver *saver, const struct sf_packet *packet)
{
    if (saver->format == FORMAT_PCAPNG || !fits_pcap(packet) ||
        (saver->format != FORMAT_NONE && !fits_beside(saver, packet))) {
        return FORMAT_PCAPNG;
    }
    return packet->is_nano || saver->format == FORMAT_NANO ? FORMAT_NANO : FORMAT_MICRO;
}

static int put_header(struct sf_saver *saver, const struct sf_packet *like, struct sf_error *err)
{
    uint8_t header[SF_ENCODED_MAX];
    size_t n = saver->format == FORMAT_PCAPNG
                   ? sf_encode_section(header)
                   : sf_encode_pcap_header(header, like, saver->format == FORMAT_NANO);
    return sf_target_put(&saver->target, header, n, err);
}

static int add_kind(struct sf_saver *saver, const struct sf_packet *packet, struct sf_error *err)
{
    if (saver->n_kinds == saver->capacity) {
        uint32_t capacity = saver->capacity > 0 ? 2 * saver->capacity : 4;
        struct sf_packet *grown = realloc(saver->kinds, capacity * sizeof *grown);
        if (grown == NULL) {
            return sf_error_set(err, SF_E_MEMORY, 0, "no memory left to write '%s'",
                                saver->target.name);
        }
        saver->kinds = grown;
        saver->capacity = capacity;
    }
    saver->kinds[saver->n_kinds] = *packet;
    saver->kinds[saver->n_kinds].bytes = NULL;
    saver->n_kinds++;
    return 0;
}

static int start(struct sf_saver *saver, enum format format, const struct sf_packet *first,
                 struct sf_error *err)
{
    saver->format = format;
    int status = put_header(saver, first, err);
    sf_target_end_record(&saver->target);
    if (status == 0 && format != FORMAT_PCAPNG) {
        status = add_kind(saver, first, err); /* pcapng adds kinds as their packets come */
    }
    return status;
}

/* The number of the packet's interface in a pcapng output, described there when it is new. */
static int find_interface(struct sf_saver *saver, const struct sf_packet *packet, uint32_t *number,
                          struct sf_error *err)
{
    for (*number = 0; *number < saver->n_kinds; (*number)++) {
        if (is_same_kind(&saver->kinds[*number], packet)) {
            return 0;
        }
    }
    int status = add_kind(saver, packet, err);
    if (status != 0) {
        return status;
    }
    uint8_t description[SF_ENCODED_MAX];
    size_t n = sf_encode_interface(description, packet);
    return sf_target_put(&saver->target, description, n, err);
}

static int put_block(struct sf_saver *saver, const struct sf_packet *packet, struct sf_error *err)
{
    uint32_t interface;
    int status = find_interface(saver, packet, &interface, err);
    if (status != 0) {
        return status;
    }
    uint8_t part[SF_ENCODED_MAX];
    size_t n = sf_encode_block_head(part, packet, interface);
    status = sf_target_put(&saver->target, part, n, err);
    if (status == 0) {
        status = sf_target_put(&saver->target, packet->bytes, packet->captured, err);
    }
    if (status == 0) {
        n = sf_encode_block_tail(part, packet);
        status = sf_target_put(&saver->target, part, n, err);
    }
    return status;
}

static int put_packet(struct sf_saver *saver, const struct sf_packet *packet, struct sf_error *err)
{
    if (saver->format == FORMAT_PCAPNG) {
        return put_block(saver, packet, err);
    }
    uint8_t header[SF_ENCODED_MAX];
    size_t n = sf_encode_pcap_record(header, packet, saver->format == FORMAT_NANO);
    int status = sf_target_put(&saver->target, header, n, err);
    return status != 0 ? status
                       : sf_target_put(&saver->target, packet->bytes, packet->captured, err);
}

/* Reads what the file holds and saves it again in the format that `fresh` was started with. */
static int copy_packets(const struct sf_saver *old, struct sf_saver *fresh, struct sf_error *err)
{
    char path[64];
    struct sf_reader *reader;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", old->target.fd);
    int n = sf_reader_open(&reader, path, false, err);
    if (n != 0) {
        return n;
    }
    struct sf_packet packets[CONVERT_BATCH];
    int status = 0;
    while (status == 0 && (n = sf_reader_read(reader, packets, CONVERT_BATCH, err)) > 0) {
        for (int i = 0; i < n && status == 0; i++) {
            packets[i].interface = old->kinds[0].interface; /* classic pcap does not hold it */
            status = put_packet(fresh, &packets[i], err);
        }
    }
    sf_reader_close(reader);
    return status != 0 ? status : n;
}

static void release(struct sf_saver *saver)
{
    sf_target_release(&saver->target);
    free(saver->kinds);
    if (saver->spare >= 0) {
        (void)close(saver->spare);
    }
}

/* Writes the output in another format to the spare file, and puts that in its place. */
static int rewrite(struct sf_saver *saver, struct sf_saver *fresh, struct sf_error *err)
{
    int status = sf_target_borrow(&fresh->target, saver->spare, saver->target.name, err);
    if (status == 0) {
        status = start(fresh, fresh->format, &saver->kinds[0], err);
    }
    if (status == 0) {
        status = copy_packets(saver, fresh, err);
    }
    if (status == 0) {
        status = sf_target_flush(&fresh->target, err);
    }
    return status != 0 ? status : sf_target_replace(&saver->target, saver->spare, err);
}

static void take_over(struct sf_saver *saver, struct sf_saver *fresh)
{
    free(saver->kinds);
    saver->kinds = fresh->kinds;
    saver->n_kinds = fresh->n_kinds;
    saver->capacity = fresh->capacity;
    saver->format = fresh->format;
    fresh->kinds = NULL;
    if (ftruncate(saver->spare, 0) != 0) { /* its room on the disk is given back in any case */
        (void)close(saver->spare);
        saver->spare = -1;
    }
}

static int convert(struct sf_saver *saver, enum format format, struct sf_error *err)
{
    if (!saver->target.is_regular) {
        return sf_error_set(err, SF_E_USAGE, 0,
                            "the packets for '%s' need another format than the first ones "
                            "(another link type, or nanoseconds): save them to a file",
                            saver->target.name);
    }
    int status = sf_target_flush(&saver->target, err);
    if (status != 0) {
        return status;
    }
    if (saver->spare < 0) {
        return sf_error_set(err, SF_E_SYSTEM, EACCES,
                            "the packets for '%s' need another format than the first ones, and no "
                            "file can be made beside it to rewrite it in",
                            saver->target.name);
    }
    struct sf_saver fresh = {.target.fd = -1, .spare = -1, .format = format};
    status = rewrite(saver, &fresh, err);
    if (status == 0) {
        take_over(saver, &fresh);
    }
    release(&fresh);
    return status;
}

int sf_saver_write(struct sf_saver *saver, const struct sf_packet *packet, struct sf_error *err)
{
    enum format format = wanted_format(saver, packet);
    int status = 0;
    if (saver->format == FORMAT_NONE) {
        status = start(saver, format, packet, err);
    } else if (saver->format != format) {
        status = convert(saver, format, err);
    }
    if (status == 0) {
        status = put_packet(saver, packet, err);
    }
    if (status == 0) {
        sf_target_end_record(&saver->target);
    }
    return status;
}

int sf_saver_flush(struct sf_saver *saver, struct sf_error *err)
{
    return sf_target_flush(&saver->target, err);
}

int sf_saver_close(struct sf_saver *saver, struct sf_error *err)
{
    if (saver == NULL) {
        return 0;
    }
    int status = 0;
    if (saver->format == FORMAT_NONE) {
        struct sf_packet none = {.link_type = SF_LINK_ETHERNET};
        status = start(saver, FORMAT_MICRO, &none, err);
    }
    int closed = sf_target_close(&saver->target, status == 0 ? err : NULL);
    release(saver);
    free(saver);
    return status != 0 ? status : closed;
}

void sf_saver_abandon(struct sf_saver *saver)
{
    if (saver != NULL) {
        release(saver);
        free(saver);
    }
}
