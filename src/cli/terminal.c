#include "cli/terminal.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/messages.h"

#define WIDTH_DEFAULT 80
#define WIDTH_MIN     40
#define WIDTH_MAX     1000

/* COLUMNS, when it is a number above 0; else 0. */
static long wanted_columns(void)
{
    const char *columns = getenv("COLUMNS");
    char *end = NULL;
    long wanted = columns != NULL ? strtol(columns, &end, 10) : 0;
    return columns != NULL && end != columns && *end == '\0' && wanted > 0 ? wanted : 0;
}

static unsigned width_of(int fd)
{
    struct winsize size;
    long wanted = wanted_columns();
    if (wanted == 0 && isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0)
        wanted = size.ws_col;
    if (wanted == 0)
        return WIDTH_DEFAULT;
    if (wanted < WIDTH_MIN)
        return WIDTH_MIN;
    return wanted > WIDTH_MAX ? WIDTH_MAX : (unsigned)wanted;
}

static bool wants_color(const struct sf_request *request, int fd)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    if (request->color != SF_COLOR_AUTO)
        return request->color == SF_COLOR_ALWAYS;
    return isatty(fd) && (no_color == NULL || *no_color == '\0') && terminal != NULL &&
           strcmp(terminal, "dumb") != 0;
}

/* A language that needs more than ASCII is chosen only where it can be shown, or was asked for. */
static bool speaks_utf8(void)
{
    return sf_messages_are_loaded() || strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

struct sf_look sf_look_at(const struct sf_request *request, int fd)
{
    struct sf_look look = {
        .width = width_of(fd),
        .terminal = isatty(fd) != 0,
        .color = wants_color(request, fd),
        .ascii = request->ascii || !speaks_utf8(),
        .live = request->interface != NULL,
    };
    return look;
}
