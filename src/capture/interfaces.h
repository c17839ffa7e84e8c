/*
 * The network interfaces that can be captured on.
 */
#ifndef CAPTURE_INTERFACES_H
#define CAPTURE_INTERFACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/error.h>

/* One address of an interface; an IPv4 address is in the first four bytes. */
struct sf_address {
    uint8_t ip; /* 4 or 6 */
    uint8_t bytes[16];
};

/* All strings are borrowed until the callback returns. */
struct sf_interface {
    const char *name;
    const char *description; /* as the system gives it, or NULL */
    const struct sf_address *addresses;
    size_t n_addresses;
    bool is_up, is_running, is_loopback, is_wireless;
};

/* Returns 0 to go on; anything else ends the listing and is returned from it. */
typedef int sf_interface_fn(void *context, const struct sf_interface *interface);

/*
 * Calls `fn` for every interface, in libpcap's order: those worth capturing on first. Returns 0,
 * what `fn` returned, SF_E_SYSTEM or SF_E_MEMORY. Needs no privilege on Linux.
 */
int sf_interfaces_list(sf_interface_fn *fn, void *context, struct sf_error *err);

/*
 * Their names, separated by ", ", into `text` of `size` bytes (at least 8); what does not fit is
 * left out and shown as "…". "none" when there are none or they cannot be listed.
 */
void sf_interfaces_names(char *text, size_t size);

#endif
