/*
 * watch HOST [PAUSE_US]
 *
 * Asks the kernel about every millisecond (or with pauses of PAUSE_US) for the TCP sockets of this
 * network namespace (inet_diag, as `ss -tan` does) and prints a line when one appears, changes its
 * state or is gone:
 *
 *     SECONDS HOST LOCAL_PORT REMOTE_PORT STATE NOT_BEFORE        (clock: CLOCK_MONOTONIC)
 *
 * At NOT_BEFORE the socket was not there yet, or was still in its old state: between that moment
 * and SECONDS it changed. The first line is `clock SECONDS`, what must be added for CLOCK_REALTIME.
 *
 * It sees what the inet_sock_set_state tracepoint does not: a listener's half open requests
 * (SYN_RCVD) and the small sockets that sit out FIN_WAIT_2 and TIME_WAIT. Runs until killed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

/* A socket on its way from one kernel table to another may be missed once. */
enum { SOCKETS_MAX = 512, MISSES_MAX = 3 };

static const char *const states[] = {
    [1] = "ESTABLISHED", [2] = "SYN_SENT",  [3] = "SYN_RCVD", [4] = "FIN_WAIT_1",
    [5] = "FIN_WAIT_2",  [6] = "TIME_WAIT", [7] = "CLOSED",   [8] = "CLOSE_WAIT",
    [9] = "LAST_ACK",    [10] = "LISTEN",   [11] = "CLOSING", [12] = "SYN_RCVD",
};

struct seen {
    uint16_t local, remote;
    uint8_t state;
    uint8_t misses;
    bool is_here;
    int64_t last_ns; /* begin of the last look that found it */
};

struct watch {
    const char *host;
    struct seen sockets[SOCKETS_MAX];
    size_t n_sockets;
    int64_t look_ns, look_before_ns; /* when this look began, and the one before it */
};

static int64_t now_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void say(const struct watch *watch, const struct seen *seen, const char *state)
{
    int64_t not_before_ns = seen->state ? seen->last_ns : watch->look_before_ns;
    printf("%.6f %s %u %u %s %.6f\n", (double)now_ns(CLOCK_MONOTONIC) / 1e9, watch->host,
           seen->local, seen->remote, state, (double)not_before_ns / 1e9);
}

static struct seen *find(struct watch *watch, uint16_t local, uint16_t remote)
{
    for (size_t i = 0; i < watch->n_sockets; i++)
        if (watch->sockets[i].local == local && watch->sockets[i].remote == remote)
            return &watch->sockets[i];
    if (watch->n_sockets == SOCKETS_MAX)
        return NULL;
    struct seen *fresh = &watch->sockets[watch->n_sockets++];
    *fresh = (struct seen){.local = local, .remote = remote};
    return fresh;
}

static void note(struct watch *watch, const struct inet_diag_msg *message)
{
    uint8_t state = message->idiag_state;
    struct seen *seen = find(watch, ntohs(message->id.idiag_sport), ntohs(message->id.idiag_dport));
    if (!seen || state == 0 || state >= sizeof states / sizeof states[0])
        return;
    if (seen->state != state)
        say(watch, seen, states[state]);
    seen->state = state;
    seen->is_here = true;
    seen->misses = 0;
    seen->last_ns = watch->look_ns;
}

static void note_the_gone(struct watch *watch)
{
    for (size_t i = 0; i < watch->n_sockets; i++) {
        struct seen *seen = &watch->sockets[i];
        if (seen->is_here || seen->state == 0 || ++seen->misses < MISSES_MAX)
            continue;
        say(watch, seen, "GONE");
        seen->state = 0;
    }
}

static bool ask(int fd, uint8_t family)
{
    struct {
        struct nlmsghdr header;
        struct inet_diag_req_v2 request;
    } question = {
        .header = {.nlmsg_len = sizeof question,
                   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .request = {.sdiag_family = family, .sdiag_protocol = IPPROTO_TCP, .idiag_states = ~0U},
    };
    return send(fd, &question, sizeof question, 0) == (ssize_t)sizeof question;
}

/* Read answers until the kernel says that it is done. */
static bool listen_to_answer(struct watch *watch, int fd)
{
    _Alignas(struct nlmsghdr) char buffer[16384];
    for (;;) {
        ssize_t size = recv(fd, buffer, sizeof buffer, 0);
        if (size <= 0)
            return false;
        const struct nlmsghdr *header;
        for (size_t at = 0; at + sizeof *header <= (size_t)size;
             at += NLMSG_ALIGN(header->nlmsg_len)) {
            header = (const struct nlmsghdr *)(buffer + at);
            if (header->nlmsg_len < sizeof *header || at + header->nlmsg_len > (size_t)size)
                return false;
            if (header->nlmsg_type == NLMSG_DONE)
                return true;
            if (header->nlmsg_type == NLMSG_ERROR)
                return false;
            note(watch, (const struct inet_diag_msg *)(buffer + at + NLMSG_HDRLEN));
        }
    }
}

static bool look(struct watch *watch, int fd)
{
    watch->look_before_ns = watch->look_ns;
    watch->look_ns = now_ns(CLOCK_MONOTONIC);
    for (size_t i = 0; i < watch->n_sockets; i++)
        watch->sockets[i].is_here = false;
    if (!ask(fd, AF_INET) || !listen_to_answer(watch, fd) || !ask(fd, AF_INET6) ||
        !listen_to_answer(watch, fd))
        return false;
    note_the_gone(watch);
    return true;
}

int main(int argc, char **argv)
{
    const struct timespec pause = {.tv_nsec =
                                       argc == 3 ? strtol(argv[2], NULL, 10) * 1000 : 800000};
    struct watch watch = {.host = argc >= 2 ? argv[1] : "?"};
    int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    printf("clock %.6f\n", (double)(now_ns(CLOCK_REALTIME) - now_ns(CLOCK_MONOTONIC)) / 1e9);
    while (fd >= 0 && look(&watch, fd))
        nanosleep(&pause, NULL);
    fprintf(stderr, "watch: inet_diag: %s\n", strerror(errno));
    return 1;
}
