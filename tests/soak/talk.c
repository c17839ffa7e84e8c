/*
 * Connections by the thousand, for the soak test: each is opened, says a line, gets one back, and
 * is closed. talk server ADDRESS PORT talk client ADDRESS PORT SECONDS PER-SECOND FIRST-ADDRESS
 * ADDRESSES
 *
 * The client speaks from as many addresses as it is given, one after the other, so that their ports
 * last through TIME_WAIT; in the end it prints how many connections it made, and how many failed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS   256
#define BACKLOG  4096
#define PAUSE_NS INT64_C(1000000)

static const char line[] = "a line of text\n";

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int fail(const char *what)
{
    fprintf(stderr, "talk: %s: %s\n", what, strerror(errno));
    return 1;
}

static struct sockaddr_in address_of(const char *text, const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    (void)inet_pton(AF_INET, text, &address.sin_addr);
    return address;
}

static void watch(int epoll, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    (void)epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void allow_many_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* ---- server -----------------------------------------------------------------------------------
 */

static void accept_all(int epoll, int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0)
        watch(epoll, fd, EPOLLIN);
}

static void answer(int fd)
{
    char text[64];
    ssize_t n = read(fd, text, sizeof text);
    if (n <= 0 || write(fd, line, sizeof line - 1) < 0)
        close(fd);
}

static int serve(const struct sockaddr_in *address)
{
    struct epoll_event events[EVENTS];
    int on = 1, epoll = epoll_create1(0);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    (void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (const struct sockaddr *)address, sizeof *address) != 0 ||
        listen(listener, BACKLOG) != 0)
        return fail("listen");
    watch(epoll, listener, EPOLLIN);
    for (;;) {
        int n = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == listener)
                accept_all(epoll, listener);
            else
                answer(events[i].data.fd);
        }
    }
}

/* ---- client -----------------------------------------------------------------------------------
 */

struct client {
    struct sockaddr_in server, from;
    uint32_t addresses;
    int epoll;
    uint64_t begun, done, failed, open;
};

static void begin(struct client *client)
{
    struct sockaddr_in from = client->from;
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    uint32_t first = ntohl(from.sin_addr.s_addr);
    from.sin_addr.s_addr = htonl(first + (uint32_t)(client->begun % client->addresses));
    (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    client->begun++;
    bool is_begun = fd >= 0 && bind(fd, (struct sockaddr *)&from, sizeof from) == 0 &&
                    (connect(fd, (struct sockaddr *)&client->server, sizeof client->server) == 0 ||
                     errno == EINPROGRESS);
    if (!is_begun) {
        client->failed++;
        close(fd);
        return;
    }
    client->open++;
    watch(client->epoll, fd, EPOLLOUT);
}

static void end(struct client *client, int fd, bool is_good)
{
    close(fd);
    client->open--;
    if (is_good)
        client->done++;
    else
        client->failed++;
}

static void go_on(struct client *client, const struct epoll_event *event)
{
    char text[64];
    int fd = event->data.fd;
    struct epoll_event next = {.events = EPOLLIN, .data.fd = fd};
    if ((event->events & EPOLLOUT) != 0 && write(fd, line, sizeof line - 1) > 0)
        (void)epoll_ctl(client->epoll, EPOLL_CTL_MOD, fd, &next);
    else
        end(client, fd, (event->events & EPOLLIN) != 0 && read(fd, text, sizeof text) > 0);
}

static void look(struct client *client)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(client->epoll, events, EVENTS, 1);
    for (int i = 0; i < n; i++)
        go_on(client, &events[i]);
}

static int talk(struct client *client, uint64_t seconds, uint64_t per_second)
{
    int64_t began_ns = now_ns(), passed_ns;
    int64_t last_ns = (int64_t)seconds * INT64_C(1000000000);
    client->epoll = epoll_create1(0);
    while ((passed_ns = now_ns() - began_ns) < last_ns || client->open > 0) {
        uint64_t due = (uint64_t)(passed_ns / PAUSE_NS) * per_second / 1000u;
        while (passed_ns < last_ns && client->begun < due)
            begin(client);
        if (passed_ns > last_ns + INT64_C(10000000000))
            break;
        look(client);
    }
    printf("begun=%llu done=%llu failed=%llu\n", (unsigned long long)client->begun,
           (unsigned long long)client->done, (unsigned long long)client->failed);
    return client->failed == 0 && client->open == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    allow_many_files();
    if (argc == 4 && strcmp(argv[1], "server") == 0) {
        struct sockaddr_in address = address_of(argv[2], argv[3]);
        return serve(&address);
    }
    if (argc != 8 || strcmp(argv[1], "client") != 0) {
        fputs("usage: talk server ADDRESS PORT\n"
              "       talk client ADDRESS PORT SECONDS PER-SECOND FIRST-ADDRESS ADDRESSES\n",
              stderr);
        return 2;
    }
    struct client client = {.server = address_of(argv[2], argv[3]),
                            .from = address_of(argv[6], "0"),
                            .addresses = (uint32_t)atoi(argv[7])};
    return talk(&client, strtoul(argv[4], NULL, 10), strtoul(argv[5], NULL, 10));
}
