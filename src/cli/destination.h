/*
 * Where a visit goes: its address, the interface on the way there, and a socket that is ready to
 * connect and whose port is known already.
 */
#ifndef SYNFIN_CLI_DESTINATION_H
#define SYNFIN_CLI_DESTINATION_H

#include <net/if.h>
#include <netdb.h>
#include <sys/socket.h>

#include <synfin/error.h>

#define SF_HOST_SIZE 256

struct sf_destination {
    char host[SF_HOST_SIZE]; /* as it was named, without brackets and port */
    char port[8];            /* digits */
    char path[SF_HOST_SIZE]; /* of a page: "/", or what stood behind the host */
    struct sockaddr_storage address;
    socklen_t address_length;
    char text[NI_MAXHOST];       /* the address: "192.0.2.1" */
    char interface[IF_NAMESIZE]; /* of the route to it */
    int fd;                      /* bound, not connected; closed by sf_destination_close */
    unsigned local_port;
};

/*
 * Takes "HOST", "HOST:PORT", "ADDRESS6" or "[ADDRESS6]:PORT" apart; port 80 where none is named.
 * "http://" may stand in front, and a path behind. Returns 0 or SF_E_USAGE with a sentence.
 */
int sf_destination_parse(struct sf_destination *destination, const char *word,
                         struct sf_error *err);

/*
 * Resolves the host, asks the kernel for the route, and makes the socket: of all addresses of the
 * host the first that there is a route to. Returns 0, or SF_E_SYSTEM with a sentence: the name is
 * not found, there is no route.
 */
int sf_destination_find(struct sf_destination *destination, struct sf_error *err);

void sf_destination_close(struct sf_destination *destination);

#endif
