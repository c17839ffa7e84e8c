/*
 * peer START_NS SCRIPT
 *
 * Does socket calls exactly as a script says, one a line. START_NS is the moment (of
 * CLOCK_MONOTONIC) from which the script's `at` counts, so that the scripts of two hosts keep
 * step. A call that fails is reported and the script goes on: a refused connection is a
 * lesson, not an accident. Sockets not closed by the script are closed by its end.
 *
 *     at MS                  wait until MS milliseconds after the start
 *     use N                  the following lines are about socket N (0 to 7; at first 0)
 *     tcp4 | tcp6            make the socket
 *     set NAME VALUE         a socket option: reuseaddr, linger (0: close by RST), nodelay,
 *                            rcvbuf, keepalive, keepidle, keepintvl, keepcnt, usertimeout,
 *                            deferaccept, fastopen, fastopenconnect, quickack, nonblock
 *     isn N                  choose the initial sequence number of the coming connect
 *     bind ADDRESS PORT      listen BACKLOG         connect ADDRESS PORT
 *     accept N               take a connection of the listening socket N
 *     send BYTES             harmless text, all of it in one call
 *     recv BYTES             wait for so many bytes;  recv 0: wait for the end
 *     shutdown               send FIN, go on receiving
 *     close
 *     forge COUNT MS FLAGS ADDRESS PORT ADDRESS PORT STEPS
 *                            send COUNT segments that no socket knows of, MS milliseconds apart,
 *                            from the first address and port to the second. FLAGS is a number (2
 *                            is SYN); STEPS are letters: what each has one more of than the one
 *                            before (a source address, s source port, t target port); n for a
 *                            sequence number of its own, o for the options MSS, SACK, window scale
 *     die                    be killed (SIGKILL): what then becomes of the sockets is the kernel's
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "forge.h"

#define N_OF(array) (sizeof(array) / sizeof(array)[0])

struct peer {
    int64_t start_ns;
    int sockets[8];
    size_t current;
};

static long number(const char *word)
{
    return strtol(word, NULL, 10);
}

static int current(const struct peer *peer)
{
    return peer->sockets[peer->current];
}

static int do_at(struct peer *peer, char **args)
{
    int64_t due_ns = peer->start_ns + number(args[0]) * 1000000;
    struct timespec due = {due_ns / 1000000000, due_ns % 1000000000};
    errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
    return errno ? -1 : 0;
}

static int do_use(struct peer *peer, char **args)
{
    size_t chosen = (size_t)number(args[0]);
    errno = EINVAL;
    if (chosen >= N_OF(peer->sockets))
        return -1;
    peer->current = chosen;
    return 0;
}

static int make(struct peer *peer, int family)
{
    return peer->sockets[peer->current] = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int do_tcp4(struct peer *peer, char **args)
{
    (void)args;
    return make(peer, AF_INET);
}

static int do_tcp6(struct peer *peer, char **args)
{
    (void)args;
    return make(peer, AF_INET6);
}

static int set_linger(int fd, int seconds)
{
    struct linger linger = {.l_onoff = 1, .l_linger = seconds};
    return setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static int set_option(int fd, const char *name, int value)
{
    static const struct {
        const char *name;
        int level, option;
    } options[] = {
        {"reuseaddr", SOL_SOCKET, SO_REUSEADDR},
        {"nodelay", IPPROTO_TCP, TCP_NODELAY},
        {"rcvbuf", SOL_SOCKET, SO_RCVBUF},
        {"keepalive", SOL_SOCKET, SO_KEEPALIVE},
        {"keepidle", IPPROTO_TCP, TCP_KEEPIDLE},
        {"keepintvl", IPPROTO_TCP, TCP_KEEPINTVL},
        {"keepcnt", IPPROTO_TCP, TCP_KEEPCNT},
        {"usertimeout", IPPROTO_TCP, TCP_USER_TIMEOUT},
        {"deferaccept", IPPROTO_TCP, TCP_DEFER_ACCEPT},
        {"fastopen", IPPROTO_TCP, TCP_FASTOPEN},
        {"fastopenconnect", IPPROTO_TCP, TCP_FASTOPEN_CONNECT},
        {"quickack", IPPROTO_TCP, TCP_QUICKACK},
    };
    for (size_t i = 0; i < N_OF(options); i++)
        if (strcmp(name, options[i].name) == 0)
            return setsockopt(fd, options[i].level, options[i].option, &value, sizeof value);
    errno = EINVAL;
    return -1;
}

static int do_set(struct peer *peer, char **args)
{
    if (strcmp(args[0], "linger") == 0)
        return set_linger(current(peer), (int)number(args[1]));
    if (strcmp(args[0], "nonblock") == 0)
        return fcntl(current(peer), F_SETFL, number(args[1]) ? O_NONBLOCK : 0);
    return set_option(current(peer), args[0], (int)number(args[1]));
}

/* A socket in repair mode takes its sequence number from us; connect() then keeps it. */
static int do_isn(struct peer *peer, char **args)
{
    int fd = current(peer), on = 1, off = TCP_REPAIR_OFF_NO_WP, queue = TCP_SEND_QUEUE;
    uint32_t isn = (uint32_t)strtoul(args[0], NULL, 10);
    if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) ||
        setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof queue) ||
        setsockopt(fd, IPPROTO_TCP, TCP_QUEUE_SEQ, &isn, sizeof isn))
        return -1;
    return setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof off);
}

struct address {
    struct sockaddr_storage storage;
    socklen_t size;
};

static bool read_address(struct address *address, char **args)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)number(args[1]))};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = v4.sin_port};
    bool is_v6 = inet_pton(AF_INET6, args[0], &v6.sin6_addr) == 1;
    address->size = is_v6 ? sizeof v6 : sizeof v4;
    errno = EINVAL;
    if (!is_v6 && inet_pton(AF_INET, args[0], &v4.sin_addr) != 1)
        return false;
    memcpy(&address->storage, is_v6 ? (const void *)&v6 : (const void *)&v4, address->size);
    return true;
}

static int do_bind(struct peer *peer, char **args)
{
    struct address to;
    if (!read_address(&to, args))
        return -1;
    return bind(current(peer), (struct sockaddr *)&to.storage, to.size);
}

static int do_connect(struct peer *peer, char **args)
{
    struct address to;
    if (!read_address(&to, args))
        return -1;
    return connect(current(peer), (struct sockaddr *)&to.storage, to.size);
}

static int do_listen(struct peer *peer, char **args)
{
    return listen(current(peer), (int)number(args[0]));
}

static int do_accept(struct peer *peer, char **args)
{
    size_t from = (size_t)number(args[0]);
    errno = EINVAL;
    if (from >= N_OF(peer->sockets))
        return -1;
    return peer->sockets[peer->current] = accept4(peer->sockets[from], NULL, NULL, SOCK_CLOEXEC);
}

static int do_send(struct peer *peer, char **args)
{
    static const char text[] = "The quick brown fox jumps over the lazy dog.\n";
    size_t size = (size_t)number(args[0]);
    char *bytes = malloc(size + 1);
    if (!bytes)
        return -1;
    for (size_t i = 0; i < size; i++)
        bytes[i] = text[i % (sizeof text - 1)];
    ssize_t sent = send(current(peer), bytes, size, MSG_NOSIGNAL);
    free(bytes);
    return sent < 0 ? -1 : 0;
}

static int do_recv(struct peer *peer, char **args)
{
    char bytes[2048];
    ssize_t got = 1;
    long wanted = number(args[0]);
    for (long left = wanted; got > 0 && (wanted == 0 || left > 0); left -= got) {
        size_t size = wanted && left < (long)sizeof bytes ? (size_t)left : sizeof bytes;
        got = recv(current(peer), bytes, size, 0);
    }
    return got < 0 ? -1 : 0;
}

static int do_shutdown(struct peer *peer, char **args)
{
    (void)args;
    return shutdown(current(peer), SHUT_WR);
}

static int do_close(struct peer *peer, char **args)
{
    (void)args;
    int fd = current(peer);
    peer->sockets[peer->current] = -1;
    return close(fd);
}

static int do_forge(struct peer *peer, char **args)
{
    struct lab_forged forged = {.flags = (uint8_t)number(args[2]),
                                .source = ntohl(inet_addr(args[3])),
                                .source_port = (uint16_t)number(args[4]),
                                .target = ntohl(inet_addr(args[5])),
                                .target_port = (uint16_t)number(args[6]),
                                .steps = args[7]};
    (void)peer;
    return lab_forge(forged, number(args[0]), number(args[1]));
}

static int do_die(struct peer *peer, char **args)
{
    (void)peer;
    (void)args;
    return raise(SIGKILL);
}

static const struct {
    const char *name;
    size_t n_args;
    int (*run)(struct peer *peer, char **args);
} commands[] = {
    {"at", 1, do_at},
    {"use", 1, do_use},
    {"tcp4", 0, do_tcp4},
    {"tcp6", 0, do_tcp6},
    {"set", 2, do_set},
    {"isn", 1, do_isn},
    {"bind", 2, do_bind},
    {"listen", 1, do_listen},
    {"connect", 2, do_connect},
    {"accept", 1, do_accept},
    {"send", 1, do_send},
    {"recv", 1, do_recv},
    {"shutdown", 0, do_shutdown},
    {"close", 0, do_close},
    {"forge", 8, do_forge},
    {"die", 0, do_die},
};

/* False: the line is no command. A call that fails is only reported. */
static bool run_line(struct peer *peer, char *line, unsigned at_line)
{
    char *save, *words[9] = {NULL};
    size_t n = 0;
    for (char *word = strtok_r(line, " \t\n", &save); word && n < N_OF(words);
         word = strtok_r(NULL, " \t\n", &save))
        words[n++] = word;
    if (n == 0 || words[0][0] == '#')
        return true;
    for (size_t i = 0; i < N_OF(commands); i++) {
        if (strcmp(words[0], commands[i].name) != 0 || n - 1 != commands[i].n_args)
            continue;
        if (commands[i].run(peer, words + 1) < 0)
            fprintf(stderr, "peer: line %u: %s: %s\n", at_line, words[0], strerror(errno));
        return true;
    }
    fprintf(stderr, "peer: line %u: no such command: %s\n", at_line, words[0]);
    return false;
}

int main(int argc, char **argv)
{
    struct peer peer = {.sockets = {-1, -1, -1, -1, -1, -1, -1, -1}};
    if (argc != 3) {
        fprintf(stderr, "usage: peer START_NS SCRIPT\n");
        return 2;
    }
    FILE *script = fopen(argv[2], "r");
    if (!script) {
        fprintf(stderr, "peer: %s: %s\n", argv[2], strerror(errno));
        return 1;
    }
    char line[256];
    peer.start_ns = strtoll(argv[1], NULL, 10);
    bool is_good = true;
    for (unsigned at_line = 1; is_good && fgets(line, sizeof line, script); at_line++)
        is_good = run_line(&peer, line, at_line);
    (void)fclose(script);
    return is_good ? 0 : 2;
}
