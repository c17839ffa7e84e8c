#include "cli/signals.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* The one mutable global of the program: a signal handler has no other way to be told. */
static volatile sig_atomic_t caught;
static struct sf_session *volatile running;

static void on_signal(int number)
{
    struct sf_session *session = running;
    caught = number;
    if (session != NULL)
        sf_session_stop(session);
}

void sf_signals_stop(struct sf_session *session)
{
    struct sigaction action;
    running = session;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = on_signal;
    action.sa_flags = (int)SA_RESETHAND; /* the second one kills; no SA_RESTART: a read wakes up */
    if (caught == 0) {
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
    }
    action.sa_handler = SIG_IGN;
    action.sa_flags = 0;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL); /* then a file at its limit is an error of write() */
}

static void on_child(int number)
{
    struct sf_session *session = running;
    (void)number;
    if (session != NULL)
        sf_session_stop(session);
}

void sf_signals_stop_on_child(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = on_child;
    action.sa_flags = SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, NULL);
}

int sf_signals_caught(void)
{
    return caught;
}

void sf_signals_die(int number)
{
    struct sigaction action;
    sigset_t set;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = SIG_DFL;
    sigaction(number, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
}
