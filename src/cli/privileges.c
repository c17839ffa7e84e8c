#include "cli/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* The number in a variable of sudo; 0 when there is none. */
static unsigned long number_of(const char *variable)
{
    const char *text = getenv(variable);
    char *end = NULL;
    if (text == NULL || *text < '0' || *text > '9')
        return 0;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    return *end == '\0' && errno == 0 && number < 0xffffffffUL ? number : 0;
}

static int become_caller(void)
{
    unsigned long user = number_of("SUDO_UID"), group = number_of("SUDO_GID");
    if (getuid() != 0 || user == 0 || group == 0)
        return 0;
    if (setgroups(0, NULL) != 0 || setgid((gid_t)group) != 0)
        return -1;
    return setuid((uid_t)user);
}

static int drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
    memset(none, 0, sizeof none);
    return (int)syscall(SYS_capset, &header, none);
}

int sf_privileges_drop(void)
{
    if (become_caller() != 0)
        return -1;
    if (drop_capabilities() != 0)
        return -1;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
