/*
 * router CLIENT_SIDE SERVER_SIDE DELAY_MS[/BACK_MS] RULES [MIRROR]
 *
 * Joins two interfaces frame by frame, each frame with a delay, the same one back unless there is
 * a second number, and does to chosen segments what the rules say (rules.h). Prints a line for
 * every such act:
 *
 *     SECONDS DID DIRECTION FROM_PORT TO_PORT seq N ack N flags 0xNN len N   (clock:
 * CLOCK_REALTIME)
 *
 * To the interface MIRROR goes a copy of each frame as it comes in, and another one, with a VLAN
 * tag, as it goes out: what a switch sends to its mirror port when asked for both.
 *
 * Runs until it is killed.
 */
#include "frame.h"
#include "rules.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { QUEUE_MAX = 512, MIRROR_VLAN = 42 };

struct waiting {
    bool is_used;
    int64_t due_ns;
    uint64_t order; /* frames due at the same time leave as they came */
    enum lab_direction direction;
    struct lab_frame frame;
};

struct router {
    int sockets[2];      /* by direction: where frames of that direction come in */
    int mirror;          /* -1: none */
    int64_t delay_ns[2]; /* by direction */
    uint64_t n_queued;
    struct lab_rules rules;
    struct waiting queue[QUEUE_MAX];
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int open_socket(const char *interface)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                  .sll_protocol = htons(ETH_P_ALL),
                                  .sll_ifindex = (int)if_nametoindex(interface)};
    struct packet_mreq promiscuous = {.mr_ifindex = address.sll_ifindex,
                                      .mr_type = PACKET_MR_PROMISC};
    int fd = socket(AF_PACKET, SOCK_RAW, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) ||
        setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous)) {
        fprintf(stderr, "router: %s: %s\n", interface, strerror(errno));
        exit(1);
    }
    return fd;
}

static void enqueue(struct router *router, enum lab_direction direction,
                    const struct lab_frame *frame, int64_t due_ns)
{
    for (size_t i = 0; i < QUEUE_MAX; i++) {
        struct waiting *place = &router->queue[i];
        if (place->is_used)
            continue;
        *place = (struct waiting){true, due_ns, router->n_queued++, direction, *frame};
        return;
    }
    fprintf(stderr, "router: the queue is full, a frame is lost\n");
}

static void report(const char *did, enum lab_direction direction, const struct lab_frame *frame)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    printf("%lld.%06ld %s %s %u %u seq %u ack %u flags 0x%02x len %zu\n", (long long)now.tv_sec,
           now.tv_nsec / 1000, did, direction == LAB_C2S ? "c2s" : "s2c", lab_frame_port(frame, 0),
           lab_frame_port(frame, 1), lab_frame_number(frame, 0), lab_frame_number(frame, 1),
           frame->flags, lab_frame_payload(frame));
}

/* What happens to the segment before it goes on its way. */
static void change(struct lab_act act, struct lab_frame *frame)
{
    switch (act.action) {
    case LAB_CORRUPT:
        lab_frame_corrupt(frame);
        break;
    case LAB_FLAGS:
        lab_frame_set_flags(frame, (uint8_t)act.number);
        break;
    case LAB_AGE:
        lab_frame_age(frame, act.number);
        break;
    case LAB_THIRD:
        lab_frame_make_third(frame);
        break;
    default:
        break;
    }
}

/* What follows right behind it: true if there is something. */
static bool make_second(struct lab_act act, struct lab_frame *frame)
{
    switch (act.action) {
    case LAB_COPY:
        return true;
    case LAB_RESET:
        lab_frame_forge_reset(frame, act.number);
        return true;
    case LAB_APPEND:
        lab_frame_forge_data(frame, act.number);
        return true;
    case LAB_SPLIT:
        lab_frame_keep_syn(frame);
        return true;
    default:
        return false;
    }
}

static void apply(struct router *router, struct lab_act act, enum lab_direction direction,
                  struct lab_frame *frame)
{
    int64_t due_ns = now_ns() + router->delay_ns[direction];
    int64_t later_ns = due_ns + (int64_t)act.number * 1000000;
    static const char *const done[] = {
        [LAB_DROP] = "dropped",      [LAB_DELAY] = "delayed", [LAB_COPY] = "copied",
        [LAB_CORRUPT] = "corrupted", [LAB_RESET] = "forged",  [LAB_FLAGS] = "reflagged",
        [LAB_APPEND] = "appended",   [LAB_AGE] = "aged",      [LAB_SPLIT] = "split",
        [LAB_THIRD] = "joined",
    };
    if (act.action != LAB_PASS)
        report(done[act.action], direction, frame);
    if (act.action == LAB_DROP)
        return;
    change(act, frame);
    struct lab_frame second = *frame;
    bool has_second = make_second(act, &second);
    if (act.action == LAB_SPLIT)
        lab_frame_keep_ack(frame);
    enqueue(router, direction, frame, act.action == LAB_DELAY ? later_ns : due_ns);
    if (has_second)
        enqueue(router, direction, &second, act.action == LAB_COPY ? later_ns : due_ns);
}

static void put(int out, const struct lab_frame *frame)
{
    if (send(out, frame->bytes, frame->length, 0) < 0)
        fprintf(stderr, "router: send: %s\n", strerror(errno));
}

static void mirror_outgoing(const struct router *router, struct lab_frame *frame)
{
    if (router->mirror < 0)
        return;
    lab_frame_tag(frame, MIRROR_VLAN);
    put(router->mirror, frame);
}

static void receive(struct router *router, enum lab_direction direction)
{
    struct lab_frame frame;
    struct sockaddr_ll from = {.sll_pkttype = PACKET_OUTGOING};
    socklen_t from_size = sizeof from;
    ssize_t length = recvfrom(router->sockets[direction], frame.bytes, sizeof frame.bytes,
                              MSG_DONTWAIT, (struct sockaddr *)&from, &from_size);
    if (length <= 0 || from.sll_pkttype == PACKET_OUTGOING)
        return;
    frame.length = (size_t)length;
    if (router->mirror >= 0)
        put(router->mirror, &frame);
    lab_frame_parse(&frame);
    lab_frame_hop(&frame);
    apply(router, lab_rules_decide(&router->rules, direction, &frame), direction, &frame);
}

static struct waiting *next_due(struct router *router)
{
    struct waiting *first = NULL;
    for (size_t i = 0; i < QUEUE_MAX; i++) {
        struct waiting *place = &router->queue[i];
        if (place->is_used && (!first || place->due_ns < first->due_ns ||
                               (place->due_ns == first->due_ns && place->order < first->order)))
            first = place;
    }
    return first;
}

/* Send what is due; tell how long the next one has to wait, -1 for ever. */
static int64_t send_due(struct router *router)
{
    for (struct waiting *place; (place = next_due(router));) {
        int64_t wait_ns = place->due_ns - now_ns();
        if (wait_ns > 0)
            return wait_ns;
        put(router->sockets[!place->direction], &place->frame);
        mirror_outgoing(router, &place->frame);
        place->is_used = false;
    }
    return -1;
}

static void serve(struct router *router)
{
    struct pollfd polled[2] = {{.fd = router->sockets[LAB_C2S], .events = POLLIN},
                               {.fd = router->sockets[LAB_S2C], .events = POLLIN}};
    for (;;) {
        int64_t wait_ns = send_due(router);
        struct timespec wait = {wait_ns / 1000000000, wait_ns % 1000000000};
        if (ppoll(polled, 2, wait_ns < 0 ? NULL : &wait, NULL) <= 0)
            continue;
        for (int direction = LAB_C2S; direction <= LAB_S2C; direction++)
            if (polled[direction].revents)
                receive(router, (enum lab_direction)direction);
    }
}

/* MS or MS/BACK_MS */
static void read_delays(struct router *router, const char *word)
{
    char *end;
    router->delay_ns[LAB_C2S] = router->delay_ns[LAB_S2C] = strtol(word, &end, 10) * 1000000;
    if (*end == '/')
        router->delay_ns[LAB_S2C] = strtol(end + 1, NULL, 10) * 1000000;
}

int main(int argc, char **argv)
{
    if (argc != 5 && argc != 6) {
        fprintf(stderr,
                "usage: router CLIENT_SIDE SERVER_SIDE DELAY_MS[/BACK_MS] RULES [MIRROR]\n");
        return 2;
    }
    struct router *router = calloc(1, sizeof *router);
    FILE *file = fopen(argv[4], "r");
    if (!router || !file) {
        fprintf(stderr, "router: %s: %s\n", argv[4], strerror(errno));
        return 1;
    }
    unsigned wrong = lab_rules_read(&router->rules, file);
    (void)fclose(file);
    if (wrong) {
        fprintf(stderr, "router: %s:%u: not a rule\n", argv[4], wrong);
        return 2;
    }
    read_delays(router, argv[3]);
    router->sockets[LAB_C2S] = open_socket(argv[1]);
    router->sockets[LAB_S2C] = open_socket(argv[2]);
    router->mirror = argc == 6 ? open_socket(argv[5]) : -1;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    serve(router);
}
