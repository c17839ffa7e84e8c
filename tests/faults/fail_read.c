/*
 * A disk that fails: loaded in front of the C library (LD_PRELOAD), it lets read() fail with EIO
 * once FAIL_AFTER bytes have come out of the file that FAIL_FILE names.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct stat failing;
static size_t left;

/* Before main(), which may forget the environment. */
__attribute__((constructor)) static void look(void)
{
    const char *path = getenv("FAIL_FILE"), *after = getenv("FAIL_AFTER");
    if (path == NULL || after == NULL || stat(path, &failing) != 0)
        memset(&failing, 0, sizeof failing);
    else
        left = strtoul(after, NULL, 10);
}

ssize_t read(int fd, void *bytes, size_t n)
{
    struct stat file;
    bool fails = failing.st_ino != 0 && fstat(fd, &file) == 0 && file.st_dev == failing.st_dev &&
                 file.st_ino == failing.st_ino;
    if (fails && left == 0) {
        errno = EIO;
        return -1;
    }
    if (fails && n > left)
        n = left;
    ssize_t got = syscall(SYS_read, fd, bytes, n);
    if (fails && got > 0)
        left -= (size_t)got;
    return got;
}
