#include "capture/live.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "capture/interfaces.h"
#include "capture/link_type.h"

#define WAIT_MS       100
#define SNAP_LENGTH   262144
#define MIB           (1024u * 1024u)
#define NS_PER_SECOND 1000000000

struct sf_live {
    pcap_t *pcap;
    char *name;
    int descriptor;
    uint32_t link_type;
    bool is_nano;
    bool is_down; /* as far as was told */
};

static int no_permission(const char *name, struct sf_error *err)
{
    return sf_error_set(err, SF_E_PERMISSION, 0,
                        "no permission to capture on '%s': use 'sudo synfin …', or once 'sudo "
                        "setcap cap_net_raw+ep $(command -v synfin)'",
                        name);
}

static int no_such_interface(const char *name, struct sf_error *err)
{
    char names[256];
    sf_interfaces_names(names, sizeof names);
    return sf_error_set(err, SF_E_INTERFACE, 0, "there is no interface '%s'; there are: %s", name,
                        names);
}

/* What libpcap says of a step that failed; its codes are positive for warnings. */
static int activation_error(const struct sf_live *live, int status, struct sf_error *err)
{
    switch (status) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        return no_permission(live->name, err);
    case PCAP_ERROR_NO_SUCH_DEVICE:
        return no_such_interface(live->name, err);
    case PCAP_ERROR_IFACE_NOT_UP:
        return sf_error_set(err, SF_E_INTERFACE, 0, "interface '%s' is down", live->name);
    default:
        break;
    }
    const char *why = pcap_geterr(live->pcap);
    return sf_error_set(err, SF_E_SYSTEM, 0, "cannot capture on '%s': %s", live->name,
                        why[0] != '\0' ? why : pcap_statustostr(status));
}

static int configure(struct sf_live *live, const struct sf_settings *settings, struct sf_error *err)
{
    uint32_t snap_length = settings->snaplen;
    if (snap_length == 0 || snap_length > SNAP_LENGTH) {
        snap_length = SNAP_LENGTH;
    }
    if (settings->buffer_mib > INT_MAX / MIB) {
        return sf_error_set(err, SF_E_USAGE, 0, "a buffer of %u MiB is too large: at most %u",
                            settings->buffer_mib, INT_MAX / MIB);
    }
    /* Before activation these fail for one reason only, that it has already happened. */
    (void)pcap_set_snaplen(live->pcap, (int)snap_length);
    (void)pcap_set_promisc(live->pcap, settings->no_promiscuous ? 0 : 1);
    (void)pcap_set_timeout(live->pcap, WAIT_MS);
    if (settings->buffer_mib > 0) {
        (void)pcap_set_buffer_size(live->pcap, (int)(settings->buffer_mib * MIB));
    }
    live->is_nano = pcap_set_tstamp_precision(live->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
    return 0;
}

static int set_filter(struct sf_live *live, const char *expression, struct sf_error *err)
{
    struct bpf_program code;
    if (pcap_compile(live->pcap, &code, expression, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        return sf_error_set(err, SF_E_USAGE, 0, "filter '%s': %s", expression,
                            pcap_geterr(live->pcap));
    }
    int status = 0;
    if (pcap_setfilter(live->pcap, &code) != 0) {
        status = sf_error_set(err, SF_E_SYSTEM, 0, "filter '%s' on '%s': %s", expression,
                              live->name, pcap_geterr(live->pcap));
    }
    pcap_freecode(&code);
    return status;
}

static int start(struct sf_live *live, const struct sf_settings *settings, struct sf_error *err)
{
    int status = pcap_activate(live->pcap);
    if (status < 0) {
        return activation_error(live, status, err);
    }
    if (pcap_datalink(live->pcap) == DLT_LINUX_SLL) {
        /* The second version of this header also says which interface; the first will do. */
        (void)pcap_set_datalink(live->pcap, DLT_LINUX_SLL2);
    }
    if (settings->filter != NULL) {
        status = set_filter(live, settings->filter, err);
        if (status != 0) {
            return status;
        }
    }
    char why[PCAP_ERRBUF_SIZE];
    if (pcap_setnonblock(live->pcap, 1, why) != 0) {
        return sf_error_set(err, SF_E_SYSTEM, 0, "cannot capture on '%s': %s", live->name, why);
    }
    live->is_nano = pcap_get_tstamp_precision(live->pcap) == PCAP_TSTAMP_PRECISION_NANO;
    live->link_type = sf_link_type_of_dlt(pcap_datalink(live->pcap));
    live->descriptor = pcap_get_selectable_fd(live->pcap);
    return 0;
}

static int create(struct sf_live *live, const char *name, struct sf_error *err)
{
    char why[PCAP_ERRBUF_SIZE];
    live->name = strdup(name);
    if (live->name == NULL) {
        return sf_error_set(err, SF_E_MEMORY, 0, "no memory left to capture");
    }
    live->pcap = pcap_create(name, why);
    if (live->pcap == NULL) {
        return sf_error_set(err, SF_E_SYSTEM, 0, "cannot capture on '%s': %s", name, why);
    }
    return 0;
}

int sf_live_open(struct sf_live **live, const struct sf_settings *settings, struct sf_error *err)
{
    struct sf_live *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return sf_error_set(err, SF_E_MEMORY, 0, "no memory left to capture");
    }
    int status = create(made, settings->interface, err);
    if (status == 0) {
        status = configure(made, settings, err);
    }
    if (status == 0) {
        status = start(made, settings, err);
    }
    if (status != 0) {
        sf_live_close(made);
        return status;
    }
    *live = made;
    return 0;
}

static int take(struct sf_live *live, struct sf_packet *packet, struct sf_error *err)
{
    struct pcap_pkthdr *header;
    const uint8_t *bytes;
    int status = pcap_next_ex(live->pcap, &header, &bytes);
    if (status == PCAP_ERROR_BREAK) {
        return 0;
    }
    if (status < 0) {
        return sf_error_set(err, SF_E_INTERFACE, 0, "the capture on '%s' ended: %s", live->name,
                            pcap_geterr(live->pcap));
    }
    if (status == 0) {
        return 0;
    }
    *packet = (struct sf_packet){
        .time_ns = (int64_t)header->ts.tv_sec * NS_PER_SECOND +
                   (int64_t)header->ts.tv_usec * (live->is_nano ? 1 : 1000),
        .bytes = bytes,
        .captured = header->caplen,
        .length = header->len > header->caplen ? header->len : header->caplen,
        .link_type = live->link_type,
        .is_nano = live->is_nano,
    };
    return 1;
}

/*
 * libpcap's own timeout is not used to wait: with the kernel's newer packet rings it never ends
 * while no packet comes at all.
 */
int sf_live_read(struct sf_live *live, struct sf_packet *packet, struct sf_error *err)
{
    int status = take(live, packet, err);
    if (status != 0) {
        return status;
    }
    struct pollfd waiting = {.fd = live->descriptor, .events = POLLIN};
    int ready = poll(&waiting, 1, WAIT_MS);
    if (ready < 0 && errno != EINTR) {
        int sys = errno;
        return sf_error_set(err, SF_E_SYSTEM, sys, "cannot capture on '%s': %s", live->name,
                            strerror(sys));
    }
    return ready > 0 ? take(live, packet, err) : 0;
}

enum sf_link sf_live_watch(struct sf_live *live)
{
    struct ifreq request = {0};
    if (strlen(live->name) >= sizeof request.ifr_name) {
        return SF_LINK_SAME;
    }
    memcpy(request.ifr_name, live->name, strlen(live->name));
    if (ioctl(live->descriptor, SIOCGIFFLAGS, &request) != 0) {
        return SF_LINK_SAME; /* "any", or it is gone, which reading tells */
    }
    bool is_down = (request.ifr_flags & IFF_UP) == 0;
    if (is_down == live->is_down) {
        return SF_LINK_SAME;
    }
    live->is_down = is_down;
    return is_down ? SF_LINK_DOWN : SF_LINK_UP;
}

bool sf_live_drops(struct sf_live *live, uint64_t *kernel, uint64_t *interface)
{
    struct pcap_stat counts = {0};
    bool is_known = pcap_stats(live->pcap, &counts) == 0;
    *kernel = is_known ? counts.ps_drop : 0;
    *interface = is_known ? counts.ps_ifdrop : 0;
    return is_known;
}

void sf_live_break(struct sf_live *live)
{
    pcap_breakloop(live->pcap);
}

int sf_live_descriptor(const struct sf_live *live)
{
    return live->descriptor;
}

void sf_live_close(struct sf_live *live)
{
    if (live == NULL) {
        return;
    }
    if (live->pcap != NULL) {
        pcap_close(live->pcap);
    }
    free(live->name);
    free(live);
}
