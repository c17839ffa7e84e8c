#include "cli/destination.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/route.h"
#include "words/translate.h"

#define PORT_DEFAULT "80"

/* ---- what was typed -------------------------------------------------------------------------- */

static bool is_port(const char *text)
{
    char *end = NULL;
    unsigned long value = strtoul(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && value > 0 && value < 65536;
}

/* Where the port begins behind the host, or NULL: more than one colon outside of brackets is an
 * IPv6 address. */
static const char *port_in(const char *word)
{
    const char *bracket = word[0] == '[' ? strchr(word, ']') : NULL;
    if (word[0] == '[')
        return bracket != NULL && bracket[1] == ':' ? bracket + 2 : NULL;
    const char *colon = strchr(word, ':');
    return colon != NULL && strchr(colon + 1, ':') == NULL ? colon + 1 : NULL;
}

static int no_host(const char *word, struct sf_error *err)
{
    return sf_error_set(err, SF_E_USAGE, 0, _("'%s' names no host: HOST[:PORT], or [IPV6]:PORT"),
                        word);
}

/* The host and port in front of any path, into `name`; and the path. */
static int split(struct sf_destination *destination, const char *word, char name[SF_HOST_SIZE],
                 struct sf_error *err)
{
    static const char http[] = "http://", https[] = "https://";
    const char *start = word;
    if (strncmp(word, https, sizeof https - 1) == 0)
        return sf_error_set(err, SF_E_USAGE, 0,
                            _("visit speaks no TLS; 'synfin visit HOST:443' shows how a connection "
                              "there is opened and closed"));
    if (strncmp(word, http, sizeof http - 1) == 0)
        start += sizeof http - 1;
    size_t length = strcspn(start, "/");
    const char *path = start[length] == '/' ? start + length : "/";
    if (length == 0 || length >= SF_HOST_SIZE || strlen(path) >= sizeof destination->path)
        return no_host(word, err);
    for (const char *at = start; *at != '\0'; at++)
        if ((unsigned char)*at <= ' ' || *at == 0x7f)
            return no_host(word, err);
    memcpy(name, start, length);
    name[length] = '\0';
    (void)snprintf(destination->path, sizeof destination->path, "%s", path);
    return 0;
}

int sf_destination_parse(struct sf_destination *destination, const char *word, struct sf_error *err)
{
    char name[SF_HOST_SIZE] = "";
    memset(destination, 0, sizeof *destination);
    destination->fd = -1;
    int status = split(destination, word, name, err);
    if (status != 0)
        return status;
    bool is_bracketed = name[0] == '[';
    const char *port = port_in(name);
    size_t length = is_bracketed ? strcspn(name + 1, "]") : strlen(name);
    if (!is_bracketed && port != NULL)
        length = (size_t)(port - 1 - name);
    if (length == 0 || (is_bracketed && name[length + 1] != ']'))
        return no_host(word, err);
    if (port != NULL && !is_port(port))
        return sf_error_set(err, SF_E_USAGE, 0, _("'%s' is no port: a number from 1 to 65535"),
                            port);
    memcpy(destination->host, name + (is_bracketed ? 1 : 0), length);
    (void)snprintf(destination->port, sizeof destination->port, "%s",
                   port != NULL ? port : PORT_DEFAULT);
    return 0;
}

/* ---- the way there --------------------------------------------------------------------------- */

/* Nothing is sent for a UDP socket that connects: it only learns the way, and our address on it. */
static int source_of(const struct addrinfo *to, struct sockaddr_storage *source, socklen_t *length)
{
    int fd = socket(to->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int sys = 0;
    *length = sizeof *source;
    if (fd < 0)
        return errno;
    if (connect(fd, to->ai_addr, to->ai_addrlen) != 0 ||
        getsockname(fd, (struct sockaddr *)source, length) != 0)
        sys = errno;
    close(fd);
    return sys;
}

static void set_port(struct sockaddr_storage *address, unsigned port)
{
    if (address->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)address)->sin6_port = htons((uint16_t)port);
    else
        ((struct sockaddr_in *)address)->sin_port = htons((uint16_t)port);
}

static unsigned port_of(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)address)->sin6_port);
    return ntohs(((const struct sockaddr_in *)address)->sin_port);
}

/* A socket at our address, at any port: which one it is can be told before it connects. */
static int bind_socket(struct sf_destination *destination, struct sockaddr_storage *source,
                       socklen_t length)
{
    set_port(source, 0);
    destination->fd = socket(source->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (destination->fd < 0)
        return errno;
    if (bind(destination->fd, (struct sockaddr *)source, length) != 0 ||
        getsockname(destination->fd, (struct sockaddr *)source, &length) != 0)
        return errno;
    destination->local_port = port_of(source);
    return 0;
}

static int try_address(struct sf_destination *destination, const struct addrinfo *to,
                       struct sf_error *err)
{
    struct sockaddr_storage source = {0};
    socklen_t length = 0;
    memcpy(&destination->address, to->ai_addr, to->ai_addrlen);
    destination->address_length = to->ai_addrlen;
    (void)getnameinfo(to->ai_addr, to->ai_addrlen, destination->text, sizeof destination->text,
                      NULL, 0, NI_NUMERICHOST);
    int sys = source_of(to, &source, &length);
    if (sys == 0)
        sys = sf_route_interface(&destination->address, destination->interface);
    if (sys != 0)
        return sf_error_set(err, SF_E_SYSTEM, sys, _("there is no route to %s: %s"),
                            destination->text, strerror(sys));
    sys = bind_socket(destination, &source, length);
    if (sys == 0)
        return 0;
    sf_destination_close(destination);
    return sf_error_set(err, SF_E_SYSTEM, sys, _("cannot connect to %s: %s"), destination->text,
                        strerror(sys));
}

int sf_destination_find(struct sf_destination *destination, struct sf_error *err)
{
    struct addrinfo *found = NULL;
    const struct addrinfo wanted = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    int problem = getaddrinfo(destination->host, destination->port, &wanted, &found);
    if (problem != 0)
        return sf_error_set(err, SF_E_SYSTEM, 0, _("cannot find the address of '%s': %s"),
                            destination->host,
                            problem == EAI_SYSTEM ? strerror(errno) : gai_strerror(problem));
    int status = SF_E_SYSTEM;
    for (const struct addrinfo *at = found; at != NULL && status != 0; at = at->ai_next)
        status = try_address(destination, at, err);
    freeaddrinfo(found);
    return status;
}

void sf_destination_close(struct sf_destination *destination)
{
    if (destination->fd >= 0)
        close(destination->fd);
    destination->fd = -1;
}
