#include "cli/confine.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/complain.h"

/* What a child does once it is confined; it returns the child's exit status. */
typedef int deed_fn(void);

#define DONE 7 /* nothing stopped it */

struct outcome {
    int status; /* as of waitpid */
    char said[256];
};

static void be_child(enum sf_confine work, deed_fn *deed, int said)
{
    struct sf_error err;
    (void)dup2(said, STDERR_FILENO);
    if (sf_confine(work, &err) != 0) {
        _exit(9);
    }
    _exit(deed());
}

static struct outcome confined(enum sf_confine work, deed_fn *deed)
{
    struct outcome outcome = {0};
    int said[2];
    assert_int_equal(pipe(said), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        be_child(work, deed, said[1]);
    }
    close(said[1]);
    ssize_t n = read(said[0], outcome.said, sizeof outcome.said - 1);
    for (ssize_t more = n; more > 0 && n + 1 < (ssize_t)sizeof outcome.said; n += more) {
        more = read(said[0], outcome.said + n, sizeof outcome.said - 1 - (size_t)n);
    }
    close(said[0]);
    assert_int_equal(waitpid(child, &outcome.status, 0), child);
    return outcome;
}

/* ---- what reading takes ---------------------------------------------------------------------- */

static int read_file(void)
{
    char c;
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, &c, 1) == 1 && close(fd) == 0 ? DONE : 1;
}

static int print(void)
{
    return fprintf(stderr, "%s", "a line") == 6 && fflush(stderr) == 0 ? DONE : 1;
}

static int take_memory(void)
{
    size_t size = 64u << 20;
    char *bytes = malloc(size);
    if (bytes == NULL) {
        return 1;
    }
    memset(bytes, 1, size);
    int sum = bytes[size / 2];
    free(bytes);
    return sum == 1 ? DONE : 1;
}

static void *add_one(void *number)
{
    ++*(int *)number;
    return NULL;
}

static int start_thread(void)
{
    pthread_t thread;
    int number = DONE - 1;
    if (pthread_create(&thread, NULL, add_one, &number) != 0 || pthread_join(thread, NULL) != 0) {
        return 1;
    }
    return number;
}

static int tell_time(void)
{
    struct timespec now;
    struct tm local;
    time_t at = 86400;
    return clock_gettime(CLOCK_MONOTONIC, &now) == 0 && localtime_r(&at, &local) != NULL ? DONE : 1;
}

static int die_of_interrupt(void)
{
    (void)signal(SIGINT, SIG_DFL);
    (void)raise(SIGINT);
    return 1;
}

static void test_reading_works(void **state)
{
    (void)state;
    static deed_fn *const deeds[] = {read_file, print, take_memory, start_thread, tell_time};
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        for (int work = SF_CONFINE_FILES; work <= SF_CONFINE_LIVE; work++) {
            struct outcome outcome = confined((enum sf_confine)work, deeds[i]);
            assert_true(WIFEXITED(outcome.status));
            assert_int_equal(WEXITSTATUS(outcome.status), DONE);
        }
    }
    struct outcome outcome = confined(SF_CONFINE_FILES, die_of_interrupt);
    assert_true(WIFSIGNALED(outcome.status));
    assert_int_equal(WTERMSIG(outcome.status), SIGINT);
}

/* ---- what it does not take ------------------------------------------------------------------- */

static int run_program(void)
{
    char *const words[] = {(char *)"true", NULL};
    (void)execv("/bin/true", words);
    return DONE;
}

static int make_socket(void)
{
    (void)socket(AF_INET, SOCK_STREAM, 0);
    return DONE;
}

static int write_file(void)
{
    (void)open("/tmp/synfin-confined", O_WRONLY | O_CREAT, 0600);
    return DONE;
}

static int empty_file(void)
{
    (void)open("/dev/null", O_RDONLY | O_TRUNC);
    return DONE;
}

static int make_nameless_file(void)
{
    (void)open("/tmp", O_TMPFILE | O_RDWR, 0600);
    return DONE;
}

static int make_process(void)
{
    if (fork() == 0) {
        _exit(0);
    }
    return DONE;
}

static int make_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    (void)mprotect(page, 4096, PROT_READ | PROT_EXEC);
    return DONE;
}

static int map_code(void)
{
    (void)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return DONE;
}

static int kill_parent(void)
{
    (void)kill(getppid(), SIGTERM);
    return DONE;
}

static int become_root(void)
{
    (void)!setuid(0);
    return DONE;
}

static void *run_program_in_thread(void *unused)
{
    (void)unused;
    (void)run_program();
    return NULL;
}

static int run_program_elsewhere(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_program_in_thread, NULL) == 0) {
        (void)pthread_join(thread, NULL);
    }
    return DONE;
}

static void assert_refused(enum sf_confine work, deed_fn *deed)
{
    struct outcome outcome = confined(work, deed);
    assert_true(WIFEXITED(outcome.status));
    assert_int_equal(WEXITSTATUS(outcome.status), SF_EXIT_FAILED);
    const char *begin = "synfin: a system call that reading captures does not need (number ";
    assert_memory_equal(outcome.said, begin, strlen(begin));
    assert_non_null(strstr(outcome.said, ") was refused: the results are incomplete\n"));
}

static void test_everything_else_is_refused(void **state)
{
    (void)state;
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    skip(); /* see confine.c */
#endif
    static deed_fn *const deeds[] = {
        run_program,        make_socket,  write_file,  empty_file,
        make_nameless_file, make_code,    map_code,    run_program_elsewhere,
        become_root,        make_process, kill_parent,
    };
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        assert_refused(SF_CONFINE_FILES, deeds[i]);
        assert_refused(SF_CONFINE_LIVE, deeds[i]);
    }
    assert_int_equal(access("/tmp/synfin-confined", F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reading_works),
        cmocka_unit_test(test_everything_else_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
