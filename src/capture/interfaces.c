#include "capture/interfaces.h"

#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* More than that are left out of the listing of one interface. */
#define ADDRESSES_MAX 64

/* False for an address of another family. */
static bool read_address(const struct sockaddr *from, struct sf_address *address)
{
    if (from == NULL) {
        return false;
    }
    *address = (struct sf_address){0};
    if (from->sa_family == AF_INET) {
        struct sockaddr_in socket4;
        memcpy(&socket4, from, sizeof socket4);
        address->ip = 4;
        memcpy(address->bytes, &socket4.sin_addr, sizeof socket4.sin_addr);
        return true;
    }
    if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 socket6;
        memcpy(&socket6, from, sizeof socket6);
        address->ip = 6;
        memcpy(address->bytes, &socket6.sin6_addr, sizeof socket6.sin6_addr);
        return true;
    }
    return false;
}

static int tell(const pcap_if_t *device, sf_interface_fn *fn, void *context)
{
    struct sf_address addresses[ADDRESSES_MAX];
    size_t n = 0;
    for (const pcap_addr_t *at = device->addresses; at != NULL && n < ADDRESSES_MAX;
         at = at->next) {
        n += read_address(at->addr, &addresses[n]) ? 1 : 0;
    }
    struct sf_interface interface = {
        .name = device->name,
        .description = device->description,
        .addresses = addresses,
        .n_addresses = n,
        .is_up = (device->flags & PCAP_IF_UP) != 0,
        .is_running = (device->flags & PCAP_IF_RUNNING) != 0,
        .is_loopback = (device->flags & PCAP_IF_LOOPBACK) != 0,
        .is_wireless = (device->flags & PCAP_IF_WIRELESS) != 0,
    };
    return fn(context, &interface);
}

/*
 * libpcap also lists ways to capture that carry no network packets of this machine (Bluetooth,
 * USB, D-Bus, netfilter): those are no interfaces to the user of a TCP analyser.
 */
static bool is_network(const pcap_if_t *device)
{
    static const char *const others[] = {"bluetooth", "usbmon", "dbus-", "nflog", "nfqueue"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strncmp(device->name, others[i], strlen(others[i])) == 0) {
            return false;
        }
    }
    return true;
}

int sf_interfaces_list(sf_interface_fn *fn, void *context, struct sf_error *err)
{
    char why[PCAP_ERRBUF_SIZE];
    pcap_if_t *all;
    if (pcap_findalldevs(&all, why) != 0) {
        return sf_error_set(err, SF_E_SYSTEM, 0, "cannot list the interfaces: %s", why);
    }
    int status = 0;
    for (const pcap_if_t *device = all; device != NULL && status == 0; device = device->next) {
        if (is_network(device)) {
            status = tell(device, fn, context);
        }
    }
    pcap_freealldevs(all);
    return status;
}

#define ELLIPSIS ", …"

struct list {
    char *text;
    size_t size, length;
};

static int add_name(void *context, const struct sf_interface *interface)
{
    struct list *list = context;
    const char *comma = list->length > 0 ? ", " : "";
    size_t room = list->size - list->length;
    size_t need = strlen(comma) + strlen(interface->name) + sizeof ELLIPSIS;
    int n = snprintf(list->text + list->length, room, "%s%s", comma,
                     need <= room ? interface->name : "…");
    if (n > 0 && (size_t)n < room) {
        list->length += (size_t)n;
    }
    return need <= room ? 0 : 1;
}

void sf_interfaces_names(char *text, size_t size)
{
    struct list list = {text, size, 0};
    text[0] = '\0';
    if (sf_interfaces_list(add_name, &list, NULL) < 0 || list.length == 0) {
        (void)snprintf(text, size, "none");
    }
}
