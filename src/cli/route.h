/*
 * The kernel's routes.
 */
#ifndef SYNFIN_CLI_ROUTE_H
#define SYNFIN_CLI_ROUTE_H

#include <net/if.h>
#include <sys/socket.h>

/*
 * The name of the interface through which packets to the address leave. Returns 0 or an errno:
 * ENETUNREACH and the like when there is no route.
 */
int sf_route_interface(const struct sockaddr_storage *to, char name[IF_NAMESIZE]);

#endif
