#include "cli/list.h"

#include <stdio.h>

#include "base/address.h"
#include "capture/interfaces.h"
#include "cli/complain.h"
#include "words/translate.h"

#define NAME_COLUMN 16 /* IFNAMSIZ, the longest name there is on Linux */

static void print_address(const struct sf_address *address)
{
    char text[SF_ADDRESS_SIZE];
    sf_address_text(text, address->bytes, address->ip);
    printf(" %s", text);
}

static int print_interface(void *context, const struct sf_interface *interface)
{
    (void)context;
    printf("%-*s%s", NAME_COLUMN, interface->name, interface->is_up ? _("up") : _("down"));
    if (interface->is_loopback)
        printf(", %s", _("loopback"));
    if (interface->is_wireless)
        printf(", %s", _("wireless"));
    for (size_t i = 0; i < interface->n_addresses; i++)
        print_address(&interface->addresses[i]);
    if (interface->description != NULL)
        printf(" (%s)", interface->description);
    putchar('\n');
    return 0;
}

int sf_list_interfaces(void)
{
    struct sf_error err = {0};
    if (sf_interfaces_list(print_interface, NULL, &err) != 0) {
        sf_complain("%s", err.text);
        return SF_EXIT_FAILED;
    }
    return SF_EXIT_FINE;
}
