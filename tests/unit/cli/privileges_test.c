#include "cli/privileges.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define CALLER 54321 /* a user that no system has a name for */

/* Runs a check in a process of its own: what is given up does not come back. */
static void in_child(void (*check)(void))
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        check();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* In a child: the number of the line says which check failed. */
#define MUST(holds)                                                                                \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            fprintf(stderr, "privileges_test: line %d: %s\n", __LINE__, #holds);                   \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

/* A field of /proc/self/status, without the blanks in front of it. */
static void read_status(const char *field, char *value, size_t size)
{
    char line[256];
    size_t n = strlen(field);
    FILE *file = fopen("/proc/self/status", "r");
    MUST(file != NULL);
    value[0] = '\0';
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, field, n) == 0 && line[n] == ':') {
            line[strcspn(line, "\n")] = '\0';
            (void)snprintf(value, size, "%s", line + n + 1 + strspn(line + n + 1, " \t"));
        }
    }
    (void)fclose(file);
}

static void must_have_nothing(void)
{
    static const char *const sets[] = {"CapInh", "CapPrm", "CapEff", "CapAmb"};
    char value[128];
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        read_status(sets[i], value, sizeof value);
        MUST(strtoull(value, NULL, 16) == 0 && value[0] == '0');
    }
    read_status("NoNewPrivs", value, sizeof value);
    MUST(strcmp(value, "1") == 0);
    MUST(!sf_privileges_has_any());
    MUST(setuid(0) == -1 && seteuid(0) == -1);
}

static void drop_to_caller(void)
{
    struct sf_identity identity;
    struct sf_error err;
    char value[128];
    (void)setenv("SUDO_UID", "54321", 1);
    (void)setenv("SUDO_GID", "54322", 1);
    MUST(sf_privileges_choose(&identity, NULL, &err) == 0);
    MUST(identity.changes && identity.user == CALLER && identity.group == CALLER + 1);
    MUST(sf_privileges_drop(&identity, &err) == 0);
    read_status("Uid", value, sizeof value);
    MUST(strcmp(value, "54321\t54321\t54321\t54321") == 0);
    read_status("Gid", value, sizeof value);
    MUST(strcmp(value, "54322\t54322\t54322\t54322") == 0);
    read_status("Groups", value, sizeof value);
    MUST(value[0] == '\0');
    must_have_nothing();
}

static void drop_to_nobody(void)
{
    struct sf_identity identity;
    struct sf_error err;
    /* sudo called by root, or what is no number, names nobody else */
    static const char *const callers[] = {"", "0", "12x", "4294967295", "-1"};
    for (size_t i = 0; i < sizeof callers / sizeof *callers; i++) {
        (void)setenv("SUDO_UID", callers[i], 1);
        (void)setenv("SUDO_GID", "100", 1);
        MUST(sf_privileges_choose(&identity, NULL, &err) == 0);
        MUST(identity.changes && identity.user == 65534);
    }
    MUST(sf_privileges_drop(&identity, &err) == 0);
    MUST(getuid() == 65534 && geteuid() == 65534);
    must_have_nothing();
}

/* A second user cannot be reached any more, and root not at all. */
static void drop_twice(void)
{
    struct sf_identity identity, other;
    struct sf_error err;
    MUST(sf_privileges_choose(&other, "daemon", &err) == 0);
    MUST(other.changes && strcmp(other.name, "daemon") == 0);
    MUST(sf_privileges_choose(&identity, "nobody", &err) == 0);
    MUST(sf_privileges_drop(&identity, &err) == 0);
    MUST(sf_privileges_drop(&other, &err) == SF_E_SYSTEM);
    MUST(strncmp(err.text, "cannot give up privileges: ", 27) == 0);
    MUST(sf_privileges_choose(&other, "daemon", &err) == SF_E_PERMISSION);
    MUST(strcmp(err.text, "-Z daemon: only root can become another user") == 0);
    MUST(sf_privileges_choose(&other, "nobody", &err) == 0 && !other.changes);
    MUST(sf_privileges_drop(&other, &err) == 0);
}

static void give_file(void)
{
    char path[] = "/tmp/synfin-give-XXXXXX";
    struct sf_identity identity = {.changes = true, .user = CALLER, .group = CALLER + 1};
    struct sf_error err;
    struct stat file;
    int fd = mkstemp(path);
    MUST(fd >= 0 && unlink(path) == 0);
    MUST(sf_privileges_give(&identity, fd, &err) == 0);
    MUST(fstat(fd, &file) == 0 && file.st_uid == CALLER && file.st_gid == CALLER + 1);
    identity.user = CALLER + 5; /* whose it is already is not given to another */
    MUST(sf_privileges_give(&identity, fd, &err) == 0);
    MUST(fstat(fd, &file) == 0 && file.st_uid == CALLER);
    int null = open("/dev/null", O_WRONLY);
    MUST(sf_privileges_give(&identity, null, &err) == 0);
    MUST(fstat(null, &file) == 0 && file.st_uid == 0);
    MUST(sf_privileges_give(&identity, -1, &err) == 0);
    /* what the caller's shell opened stays the caller's */
    int standard = open("/tmp", O_TMPFILE | O_RDWR, 0600);
    MUST(standard >= 0 && dup2(standard, STDOUT_FILENO) == STDOUT_FILENO);
    MUST(sf_privileges_give(&identity, STDOUT_FILENO, &err) == 0);
    MUST(fstat(standard, &file) == 0 && file.st_uid == 0);
    MUST(sf_privileges_give(&identity, standard, &err) == 0);
    MUST(fstat(standard, &file) == 0 && file.st_uid == identity.user);
}

static void test_root(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        skip();
    }
    in_child(drop_to_caller);
    in_child(drop_to_nobody);
    in_child(drop_twice);
    in_child(give_file);
}

static void test_users(void **state)
{
    (void)state;
    struct sf_identity identity;
    struct sf_error err;
    assert_int_equal(sf_privileges_choose(&identity, "no-such-user", &err), SF_E_USAGE);
    assert_string_equal(err.text, "-Z no-such-user: there is no such user");
    assert_int_equal(sf_privileges_choose(&identity, "4294967295", &err), SF_E_USAGE);
    assert_int_equal(sf_privileges_check(&err), 0);
    if (geteuid() == 0) {
        assert_int_equal(sf_privileges_choose(&identity, "65534", &err), 0);
        assert_string_equal(identity.name, "nobody");
        assert_true(sf_privileges_has_any());
    } else {
        assert_int_equal(sf_privileges_choose(&identity, NULL, &err), 0);
        assert_false(identity.changes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_users),
        cmocka_unit_test(test_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
