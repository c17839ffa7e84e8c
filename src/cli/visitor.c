#include "cli/visitor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "words/translate.h"

#define CONNECT_MS 10000 /* three repeats of the SYN */
#define ANSWER_MS  10000 /* for the first byte, and for the FIN of the other end */
#define QUIET_MS   500   /* an answer that pauses for so long is over */
#define LINGER_S   10    /* for the acknowledgment of our FIN */
#define AFTER_MS   500   /* for what may still come: a FIN that is repeated */

/* ---- the visit ------------------------------------------------------------------------------- */

static int wait_for(int fd, short what, int ms)
{
    struct pollfd waiting = {.fd = fd, .events = what};
    int n = 0;
    do
        n = poll(&waiting, 1, ms);
    while (n < 0 && errno == EINTR);
    return n;
}

/* Returns 0 or an errno. */
static int connect_within(int fd, const struct sf_destination *destination)
{
    int sys = 0;
    socklen_t length = sizeof sys;
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
        return errno;
    if (connect(fd, (const struct sockaddr *)&destination->address, destination->address_length) ==
        0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    if (wait_for(fd, POLLOUT, CONNECT_MS) <= 0)
        return ETIMEDOUT;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &sys, &length) == 0 ? sys : errno;
}

static int send_text(int fd, const struct sf_errand *errand, struct sf_report *report)
{
    while (report->sent < errand->length) {
        ssize_t n = send(fd, errand->text + report->sent, errand->length - (size_t)report->sent,
                         MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return errno;
        if (n < 0 && wait_for(fd, POLLOUT, ANSWER_MS) <= 0)
            return ETIMEDOUT;
        report->sent += n > 0 ? (uint64_t)n : 0;
    }
    return 0;
}

/*
 * Takes what comes until nothing does for a while: `first_ms` in front of the first byte, then
 * `next_ms`. Returns 0 with `has_ended` when the other end closed, or an errno.
 */
static int take_answer(int fd, int first_ms, int next_ms, bool *has_ended, struct sf_report *report)
{
    char buffer[65536];
    int wait_ms = first_ms;
    while (wait_for(fd, POLLIN, wait_ms) > 0) {
        ssize_t n = recv(fd, buffer, sizeof buffer, 0);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return errno;
        *has_ended = n == 0;
        if (n == 0)
            return 0;
        report->received += n > 0 ? (uint64_t)n : 0;
        wait_ms = next_ms;
    }
    return 0;
}

static void set_linger(int fd, int seconds)
{
    const struct linger linger = {.l_onoff = 1, .l_linger = seconds};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

/* Closes, and waits until our FIN is acknowledged and the other has come, or it takes too long. */
static int leave(int fd, const struct sf_errand *errand, bool has_ended, struct sf_report *report)
{
    int sys = 0;
    if (errand->resets) {
        set_linger(fd, 0);
        return 0;
    }
    if (!has_ended) {
        (void)shutdown(fd, SHUT_WR);
        sys = take_answer(fd, ANSWER_MS, ANSWER_MS, &has_ended, report);
    }
    (void)fcntl(fd, F_SETFL, 0);
    set_linger(fd, LINGER_S);
    return sys;
}

/* Who wants to be the first to close, whatever the server does, does not wait for the answer. */
static int carry_out(int fd, const struct sf_errand *errand, struct sf_report *report)
{
    bool has_ended = false;
    int idle_ms = (int)(errand->idle_ns / 1000000);
    bool leaves_at_once = (errand->closes_first || errand->resets) && idle_ms == 0;
    int sys = send_text(fd, errand, report);
    if (sys == 0 && !leaves_at_once)
        sys = take_answer(fd, ANSWER_MS, idle_ms > 0 ? QUIET_MS : ANSWER_MS, &has_ended, report);
    if (sys == 0 && idle_ms > 0 && !has_ended)
        sys = take_answer(fd, idle_ms, idle_ms, &has_ended, report);
    return sys != 0 ? sys : leave(fd, errand, has_ended, report);
}

static void visit(const struct sf_destination *destination, const struct sf_errand *errand,
                  struct sf_report *report)
{
    const struct timespec after = {.tv_nsec = AFTER_MS * 1000000L};
    report->stage = SF_STAGE_CONNECT;
    report->sys = connect_within(destination->fd, destination);
    if (report->sys == 0) {
        report->stage = SF_STAGE_CONNECTED;
        report->sys = carry_out(destination->fd, errand, report);
    }
    if (report->sys == 0)
        report->stage = SF_STAGE_DONE;
    close(destination->fd); /* with lingering: comes back when the FIN is acknowledged */
    (void)nanosleep(&after, NULL);
}

/* ---- the process ----------------------------------------------------------------------------- */

static void set_defaults(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGPIPE, SIGXFSZ};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        (void)signal(numbers[i], SIG_DFL);
}

static _Noreturn void run(int go, int out, const struct sf_destination *destination,
                          const struct sf_errand *errand, const struct sf_identity *identity)
{
    char byte;
    struct sf_error err = {0};
    struct sf_report report = {.stage = SF_STAGE_BEGUN};
    set_defaults();
    if (sf_privileges_drop(identity, &err) != 0)
        _exit(1);
    /* Whoever becomes another user has to ask for this anew. */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (read(go, &byte, 1) == 1)
        visit(destination, errand, &report);
    (void)!write(out, &report, sizeof report);
    _exit(0);
}

static int cannot(struct sf_error *err)
{
    int sys = errno;
    return sf_error_set(err, SF_E_SYSTEM, sys, _("cannot start the visit: %s"), strerror(sys));
}

int sf_visitor_start(struct sf_visitor *visitor, const struct sf_destination *destination,
                     const struct sf_errand *errand, const struct sf_identity *identity,
                     struct sf_error *err)
{
    int go[2], report[2];
    if (pipe2(go, O_CLOEXEC) != 0)
        return cannot(err);
    if (pipe2(report, O_CLOEXEC) != 0) {
        (void)cannot(err);
        close(go[0]);
        close(go[1]);
        return SF_E_SYSTEM;
    }
    visitor->process = fork();
    if (visitor->process == 0) {
        close(go[1]);
        close(report[0]);
        run(go[0], report[1], destination, errand, identity);
    }
    close(go[0]);
    close(report[1]);
    visitor->go = go[1];
    visitor->report = report[0];
    return visitor->process > 0 ? 0 : cannot(err);
}

void sf_visitor_go(struct sf_visitor *visitor)
{
    (void)!write(visitor->go, "", 1);
}

void sf_visitor_return(struct sf_visitor *visitor, struct sf_report *report)
{
    memset(report, 0, sizeof *report);
    close(visitor->go); /* one that still waits learns that it is not wanted any more */
    if (wait_for(visitor->report, POLLIN, 0) <= 0 ||
        read(visitor->report, report, sizeof *report) != (ssize_t)sizeof *report)
        memset(report, 0, sizeof *report);
    close(visitor->report);
}
