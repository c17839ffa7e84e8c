#include "cli/figure.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <synfin/session.h>

#include "cli/captures.h"
#include "sink/only.h"

#define MSL_NS INT64_C(30000000000) /* what the captures were recorded with: Linux */

static const struct sf_capture *capture_named(const char *name, size_t length)
{
    size_t n = 0;
    const struct sf_capture *captures = sf_captures(&n);
    for (size_t i = 0; i < n; i++)
        if (strlen(captures[i].name) == length && memcmp(captures[i].name, name, length) == 0)
            return &captures[i];
    return NULL;
}

/* A file in memory, for a reader that knows files only; its descriptor, or -1. */
static int file_of(const struct sf_capture *capture)
{
    int fd = memfd_create(capture->name, MFD_CLOEXEC);
    if (fd < 0)
        return -1;
    if (write(fd, capture->bytes, capture->size) == (ssize_t)capture->size &&
        lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    close(fd);
    return -1;
}

static int read_into(struct sf_sink *sink, int fd, struct sf_error *err)
{
    char path[40];
    struct sf_settings settings;
    struct sf_session *session = NULL;
    sf_settings_init(&settings);
    settings.msl_ns = MSL_NS;
    settings.linger_ns = 2 * MSL_NS;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int status = sf_session_new(&session, &settings, err);
    if (status == 0) {
        sf_session_add_sink(session, sink);
        status = sf_session_read(session, path, err);
    }
    if (status == 0)
        status = sf_session_finish(session, err);
    sf_session_free(session);
    return status;
}

/* Draws the connection `id` of the capture alone. */
static int draw(int fd, const char *id, const struct sf_sink_settings *settings,
                struct sf_error *err)
{
    char choice[32];
    struct sf_sink *ladder = NULL, *only = NULL;
    struct sf_selection *selection = NULL;
    (void)snprintf(choice, sizeof choice, "id=%s", id);
    int status = sf_selection_new(&selection, err);
    if (status == 0)
        status = sf_selection_add(selection, choice, err);
    if (status == 0)
        status = sf_sink_new(&ladder, "ladder", settings, err);
    if (status == 0)
        status = sf_only_new(&only, selection, ladder, err);
    if (status == 0)
        status = read_into(only, fd, err);
    if (only != NULL)
        only->type->free(only);
    if (ladder != NULL)
        ladder->type->free(ladder);
    sf_selection_free(selection);
    return status;
}

int sf_figure_draw(const char *figure, const struct sf_sink_settings *settings,
                   struct sf_error *err)
{
    size_t length = strcspn(figure, ":");
    struct sf_sink_settings bare = *settings;
    const struct sf_capture *capture = capture_named(figure, length);
    bare.figure = true;
    bare.quiet = true;
    bare.msl_ns = MSL_NS;
    if (capture == NULL)
        return sf_error_set(err, SF_E_FORMAT, 0, "there is no figure '%s'", figure);
    int fd = file_of(capture);
    if (fd < 0)
        return sf_error_set(err, SF_E_SYSTEM, errno, "cannot draw the figure: %s", strerror(errno));
    int status = draw(fd, figure[length] == ':' ? figure + length + 1 : "1", &bare, err);
    close(fd);
    return status;
}
