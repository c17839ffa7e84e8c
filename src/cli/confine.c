#include "cli/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/complain.h"
#include "words/translate.h"

/* What an argument of a call must be: (argument & mask) == value. */
struct condition {
    uint8_t argument;
    uint64_t mask, value;
};

struct permission {
    int call;
    uint8_t work; /* enum sf_confine that takes it */
    uint8_t n_conditions;
    struct condition condition[2];
};

#define WHOLE           UINT32_MAX /* of an int */
#define MAKES_OR_WRITES (O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY))

static const struct permission permissions[] = {
#define CALL(work, name) {SCMP_SYS(name), SF_CONFINE_##work, 0, {{0, 0, 0}}},
#define CALL_IF(work, name, argument, mask, value)                                                 \
    {SCMP_SYS(name), SF_CONFINE_##work, 1, {{argument, mask, value}}},
#define CALL_IF_BOTH(work, name, argument, mask, value, argument_2, mask_2, value_2)               \
    {SCMP_SYS(name),                                                                               \
     SF_CONFINE_##work,                                                                            \
     2,                                                                                            \
     {{argument, mask, value}, {argument_2, mask_2, value_2}}},
#include "cli/permissions.def"
#undef CALL
#undef CALL_IF
#undef CALL_IF_BOTH
};

static int allow(scmp_filter_ctx filter, const struct permission *permission)
{
    struct scmp_arg_cmp comparison[2];
    for (unsigned i = 0; i < permission->n_conditions; i++) {
        const struct condition *condition = &permission->condition[i];
        comparison[i] = (struct scmp_arg_cmp){.arg = condition->argument,
                                              .op = SCMP_CMP_MASKED_EQ,
                                              .datum_a = condition->mask,
                                              .datum_b = condition->value};
    }
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, permission->call,
                                  permission->n_conditions, comparison);
}

/* raise() and abort() send to the thread they are called in. */
static int allow_own_signals(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp own = {
        .arg = 0, .op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)getpid()};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &own);
}

static int fill(scmp_filter_ctx filter, enum sf_confine work)
{
    for (size_t i = 0; i < sizeof permissions / sizeof *permissions; i++) {
        if (permissions[i].work > work)
            continue;
        int status = allow(filter, &permissions[i]);
        if (status != 0)
            return status;
    }
    /* Its flags lie in memory, where they cannot be looked at; the C library then takes clone. */
    int status = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    return status != 0 ? status : allow_own_signals(filter);
}

/* In a handler only what signal-safety(7) lists may be called. */
static void on_refusal(int number, siginfo_t *info, void *context)
{
    char digits[16];
    size_t n = sizeof digits;
    unsigned call = (unsigned)info->si_syscall;
    static const char before[] =
        "synfin: a system call that reading captures does not need (number ";
    static const char after[] = ") was refused: the results are incomplete\n";
    (void)number;
    (void)context;
    do {
        digits[--n] = (char)('0' + call % 10);
        call /= 10;
    } while (call != 0);
    (void)!write(STDERR_FILENO, before, sizeof before - 1);
    (void)!write(STDERR_FILENO, digits + n, sizeof digits - n);
    (void)!write(STDERR_FILENO, after, sizeof after - 1);
    _exit(SF_EXIT_FAILED);
}

static void tell_refusals(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_sigaction = on_refusal;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSYS, &action, NULL);
}

/* A sanitizer does more than reading takes: its leak checker starts a tracer at the end. */
static int load(scmp_filter_ctx filter)
{
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    (void)filter;
    return 0;
#else
    return seccomp_load(filter);
#endif
}

static int failed(int status, struct sf_error *err)
{
    return sf_error_set(err, SF_E_SYSTEM, -status, _("cannot confine the program: %s"),
                        strerror(-status));
}

int sf_confine(enum sf_confine work, struct sf_error *err)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_TRAP);
    if (filter == NULL)
        return failed(-ENOMEM, err);
    tell_refusals();
    int status = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (status == 0)
        status = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a list */
    if (status == 0)
        status = fill(filter, work);
    if (status == 0)
        status = load(filter);
    seccomp_release(filter);
    return status == 0 ? 0 : failed(status, err);
}
