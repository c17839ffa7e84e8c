#include "cli/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "words/translate.h"

#define NOBODY 65534 /* where the system has no user of that name */

/* The three sets of this process. */
struct capabilities {
    struct __user_cap_data_struct half[_LINUX_CAPABILITY_U32S_3];
};

static int get_capabilities(struct capabilities *capabilities)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    return (int)syscall(SYS_capget, &header, capabilities->half);
}

static bool has_capabilities(void)
{
    struct capabilities held;
    if (get_capabilities(&held) != 0)
        return true;
    uint32_t any = 0;
    for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        any |= held.half[i].effective | held.half[i].permitted | held.half[i].inheritable;
    return any != 0;
}

bool sf_privileges_has_any(void)
{
    return geteuid() == 0 || has_capabilities();
}

int sf_privileges_check(struct sf_error *err)
{
    if (getuid() == geteuid() && getgid() == getegid())
        return 0;
    return sf_error_set(err, SF_E_PERMISSION, 0, "%s",
                        _("this program must not have the set-user-ID bit: use sudo, or once "
                          "'sudo setcap cap_net_raw+ep' on it"));
}

/* ---- who ------------------------------------------------------------------------------------- */

/* A decimal number below the one that stands for none. */
static bool read_id(const char *text, uint32_t *id)
{
    uint64_t number = 0;
    if (text == NULL || *text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        number = number * 10 + (unsigned)(*text - '0');
        if (number >= UINT32_MAX)
            return false;
    }
    *id = (uint32_t)number;
    return true;
}

static void set_identity(struct sf_identity *identity, const struct passwd *entry, uid_t user,
                         gid_t group)
{
    identity->changes = true;
    identity->user = user;
    identity->group = group;
    (void)snprintf(identity->name, sizeof identity->name, "%s",
                   entry != NULL ? entry->pw_name : "");
}

/* Whoever called sudo, else nobody. */
static void choose_default(struct sf_identity *identity)
{
    uint32_t user, group;
    bool by_sudo = read_id(getenv("SUDO_UID"), &user) && read_id(getenv("SUDO_GID"), &group);
    if (by_sudo && user != 0) {
        set_identity(identity, getpwuid((uid_t)user), (uid_t)user, (gid_t)group);
        return;
    }
    const struct passwd *nobody = getpwnam("nobody");
    set_identity(identity, nobody, nobody != NULL ? nobody->pw_uid : NOBODY,
                 nobody != NULL ? nobody->pw_gid : NOBODY);
}

static int choose_wanted(struct sf_identity *identity, const char *wanted, struct sf_error *err)
{
    uint32_t number;
    const struct passwd *entry = getpwnam(wanted);
    if (entry == NULL && read_id(wanted, &number))
        entry = getpwuid((uid_t)number);
    if (entry == NULL)
        return sf_error_set(err, SF_E_USAGE, 0, _("-Z %s: there is no such user"), wanted);
    if (geteuid() == 0)
        set_identity(identity, entry, entry->pw_uid, entry->pw_gid);
    else if (entry->pw_uid != getuid())
        return sf_error_set(err, SF_E_PERMISSION, 0, _("-Z %s: only root can become another user"),
                            wanted);
    return 0;
}

int sf_privileges_choose(struct sf_identity *identity, const char *wanted, struct sf_error *err)
{
    memset(identity, 0, sizeof *identity);
    if (wanted != NULL)
        return choose_wanted(identity, wanted, err);
    if (geteuid() == 0)
        choose_default(identity);
    return 0;
}

int sf_privileges_give(const struct sf_identity *identity, int fd, struct sf_error *err)
{
    struct stat file;
    if (!identity->changes || fd <= STDERR_FILENO || fstat(fd, &file) != 0 ||
        !S_ISREG(file.st_mode) || file.st_uid != 0)
        return 0;
    if (fchown(fd, identity->user, identity->group) == 0)
        return 0;
    return sf_error_set(err, SF_E_SYSTEM, errno, _("cannot give the output to user %u: %s"),
                        (unsigned)identity->user, strerror(errno));
}

/* ---- giving up ------------------------------------------------------------------------------- */

static int become(const struct sf_identity *identity)
{
    if (!identity->changes)
        return 0;
    int groups = identity->name[0] != '\0' ? initgroups(identity->name, identity->group)
                                           : setgroups(0, NULL);
    if (groups != 0 || setresgid(identity->group, identity->group, identity->group) != 0)
        return -1;
    return setresuid(identity->user, identity->user, identity->user);
}

static int drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct capabilities none;
    memset(&none, 0, sizeof none);
    /* With nothing permitted and inheritable the ambient set is empty, too: capabilities(7). */
    return (int)syscall(SYS_capset, &header, none.half);
}

static bool is_become(const struct sf_identity *identity)
{
    uid_t real, effective, saved;
    gid_t real_group, effective_group, saved_group;
    if (getresuid(&real, &effective, &saved) != 0 ||
        getresgid(&real_group, &effective_group, &saved_group) != 0)
        return false;
    if (!identity->changes)
        return real == effective && real == saved;
    bool is_user = real == identity->user && effective == identity->user && saved == identity->user;
    bool is_group = real_group == identity->group && effective_group == identity->group &&
                    saved_group == identity->group;
    bool can_return = identity->user != 0 && setuid(0) == 0;
    return is_user && is_group && !can_return;
}

static int failed(const char *why, struct sf_error *err)
{
    return sf_error_set(err, SF_E_SYSTEM, errno, _("cannot give up privileges: %s"), why);
}

int sf_privileges_drop(const struct sf_identity *identity, struct sf_error *err)
{
    if (become(identity) != 0 || drop_capabilities() != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return failed(strerror(errno), err);
    if (!is_become(identity) || has_capabilities())
        return failed(_("the system says that it was done, but it was not"), err);
    return 0;
}
