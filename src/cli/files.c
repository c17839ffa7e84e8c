#include "cli/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/complain.h"
#include "words/translate.h"

static bool is_hyphen(const char *path)
{
    return strcmp(path, "-") == 0;
}

int sf_files_check_word(const struct sf_request *request)
{
    if (request->n_paths == 0 || request->read_path != NULL)
        return 0;
    return sf_command_check(request->paths[0]);
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat stat_a, stat_b;
    return stat(a, &stat_a) == 0 && stat(b, &stat_b) == 0 && S_ISREG(stat_a.st_mode) &&
           stat_a.st_dev == stat_b.st_dev && stat_a.st_ino == stat_b.st_ino;
}

/* Opening a result for writing empties it: it must be none of the inputs. */
static int check_result(const struct sf_request *request, const char *option, const char *path)
{
    if (path == NULL || is_hyphen(path))
        return 0;
    for (size_t i = 0; i < request->n_paths; i++)
        if (is_same_file(request->paths[i], path))
            return sf_complain_usage(_("%s would overwrite '%s', which is to be read"), option,
                                     path);
    return 0;
}

bool sf_files_need_twice(const struct sf_request *request)
{
    return request->interface == NULL && request->only.n > 0 &&
           (request->command == SF_COMMAND_DUMP || request->write_path != NULL);
}

static int check_twice(const struct sf_request *request)
{
    const char *option = request->write_path != NULL ? "-w" : "dump";
    for (size_t i = 0; i < request->n_paths; i++) {
        struct stat status;
        const char *path = request->paths[i];
        if (!is_hyphen(path) && (stat(path, &status) != 0 || S_ISREG(status.st_mode)))
            continue;
        return sf_complain_usage(
            _("%s with --only reads its input twice, and '%s' can be read but once: "
              "save it to a file first"),
            option, path);
    }
    return 0;
}

static int check_live(const struct sf_request *request)
{
    if (request->write_path == NULL || request->only.n == 0)
        return 0;
    return sf_complain_usage(
        _("a live capture cannot tell beforehand which packets --only will choose. "
          "In two steps: synfin -i %s -w FILE, then synfin --only %s -w %s FILE"),
        request->interface, request->only.text[0], request->write_path);
}

int sf_files_check(const struct sf_request *request)
{
    int status = 0;
    if (request->write_path != NULL && request->output_path != NULL &&
        (strcmp(request->write_path, request->output_path) == 0 ||
         is_same_file(request->write_path, request->output_path)))
        return sf_complain_usage(_("-o and -w name the same file, '%s'"), request->write_path);
    if (request->write_path != NULL && is_hyphen(request->write_path) &&
        (request->output_path == NULL || is_hyphen(request->output_path)))
        return sf_complain_usage(_("-w - writes packets to standard output: send the results "
                                   "elsewhere with -o FILE"));
    if (request->interface != NULL)
        return check_live(request);
    if (request->n_paths == 0)
        return sf_complain_usage(
            _("'%s' of what? Name a capture file, '-' for standard input, or -i IFACE"),
            sf_command_word(request->command));
    if ((status = sf_files_check_word(request)) != 0 ||
        (status = check_result(request, "-w", request->write_path)) != 0 ||
        (status = check_result(request, "-o", request->output_path)) != 0)
        return status;
    return sf_files_need_twice(request) ? check_twice(request) : 0;
}

int sf_files_open_output(const struct sf_request *request)
{
    const char *path = request->output_path;
    if (path == NULL || is_hyphen(path))
        return STDOUT_FILENO;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        sf_complain(_("cannot write '%s': %s"), path, strerror(errno));
    return fd;
}
