#include "capture/live.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture/interfaces.h"

#define TURNS 30 /* of 100 ms at most */

struct seen {
    int n, n_loopback;
};

static int look(void *context, const struct sf_interface *interface)
{
    struct seen *seen = context;
    assert_true(strlen(interface->name) > 0);
    for (size_t i = 0; i < interface->n_addresses; i++) {
        assert_true(interface->addresses[i].ip == 4 || interface->addresses[i].ip == 6);
    }
    seen->n++;
    seen->n_loopback += interface->is_loopback ? 1 : 0;
    return 0;
}

static int stop(void *context, const struct sf_interface *interface)
{
    (void)interface;
    ++*(int *)context;
    return 42;
}

static void test_interfaces(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct sf_error err;
    int calls = 0;
    assert_int_equal(sf_interfaces_list(look, &seen, &err), 0);
    if (seen.n == 0) {
        skip();
    }
    assert_int_equal(sf_interfaces_list(stop, &calls, &err), 42);
    assert_int_equal(calls, 1);
    char names[256], few[8];
    sf_interfaces_names(names, sizeof names);
    assert_true(strlen(names) > 0);
    sf_interfaces_names(few, sizeof few);
    assert_true(strlen(few) > 0 && strlen(few) < sizeof few);
}

/* Opens the loopback interface, or skips the test where that is not allowed. */
static struct sf_live *open_loopback(const char *filter)
{
    struct sf_settings settings = {.interface = "lo", .filter = filter, .no_promiscuous = true};
    struct sf_live *live;
    struct sf_error err;
    int status = sf_live_open(&live, &settings, &err);
    if (status == SF_E_PERMISSION || status == SF_E_INTERFACE) {
        assert_true(strlen(err.text) > 0);
        skip();
    }
    assert_int_equal(status, 0);
    return live;
}

static void test_refusals(void **state)
{
    (void)state;
    sf_live_close(open_loopback(NULL));
    struct sf_live *live;
    struct sf_error err;
    struct sf_settings settings = {.interface = "no-such-one"};
    assert_int_equal(sf_live_open(&live, &settings, &err), SF_E_INTERFACE);
    assert_memory_equal(err.text, "there is no interface 'no-such-one'; there are: ", 48);
    assert_non_null(strstr(err.text, "lo"));
    settings = (struct sf_settings){.interface = "lo", .filter = "tcp prt 80"};
    assert_int_equal(sf_live_open(&live, &settings, &err), SF_E_USAGE);
    assert_memory_equal(err.text, "filter 'tcp prt 80': ", 21);
    settings = (struct sf_settings){.interface = "lo", .buffer_mib = 4096};
    assert_int_equal(sf_live_open(&live, &settings, &err), SF_E_USAGE);
}

/* A datagram to ourselves passes the filter on its port; the loopback link shows Ethernet. */
static void test_loopback(void **state)
{
    (void)state;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof to;
    char filter[32];
    assert_int_equal(bind(fd, (struct sockaddr *)&to, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&to, &size), 0);
    (void)snprintf(filter, sizeof filter, "udp dst port %u", ntohs(to.sin_port));
    struct sf_live *live = open_loopback(filter);
    assert_int_equal(sendto(fd, "synfin", 6, 0, (struct sockaddr *)&to, size), 6);
    struct sf_packet packet;
    struct sf_error err;
    int status = 0;
    for (int turn = 0; turn < TURNS && status == 0; turn++) {
        status = sf_live_read(live, &packet, &err);
    }
    assert_int_equal(status, 1);
    assert_int_equal(packet.captured, 14 + 20 + 8 + 6);
    assert_int_equal(packet.length, packet.captured);
    assert_int_equal(packet.link_type, 1);
    assert_memory_equal(packet.bytes + 42, "synfin", 6);
    assert_true(packet.time_ns / 1000000000 > time(NULL) - 60 &&
                packet.time_ns / 1000000000 <= time(NULL) + 1);
    uint64_t kernel, interface;
    assert_true(sf_live_drops(live, &kernel, &interface));
    assert_int_equal(kernel, 0);
    assert_true(sf_live_descriptor(live) >= 0);
    sf_live_close(live);
    close(fd);
}

/* Nothing passes: each call comes back, also after a break. */
static void test_silence(void **state)
{
    (void)state;
    struct sf_live *live = open_loopback("ether proto 0x9999");
    struct sf_packet packet;
    struct sf_error err;
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    assert_int_equal(sf_live_read(live, &packet, &err), 0);
    sf_live_break(live);
    assert_int_equal(sf_live_read(live, &packet, &err), 0);
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert_true(after.tv_sec - before.tv_sec < 3);
    sf_live_close(live);
    sf_live_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interfaces),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_loopback),
        cmocka_unit_test(test_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
