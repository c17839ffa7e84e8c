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

/* The files that results are written to, by the option that names them. */
static size_t results_of(const struct sf_request *request, const char *options[4],
                         const char *paths[4])
{
    const char *const all_options[] = {"-w", "-o", "--html", "--markdown"};
    const char *const all_paths[] = {request->write_path, request->output_path, request->html_path,
                                     request->markdown_path};
    size_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        if (all_paths[i] == NULL)
            continue;
        options[n] = all_options[i];
        paths[n++] = all_paths[i];
    }
    return n;
}

static bool is_one_file(const char *a, const char *b)
{
    return strcmp(a, b) == 0 || (!is_hyphen(a) && !is_hyphen(b) && is_same_file(a, b));
}

/* Two results in one file would overwrite each other. */
static int check_results(const struct sf_request *request)
{
    const char *options[4], *paths[4];
    size_t n = results_of(request, options, paths);
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            if (is_one_file(paths[i], paths[k]))
                return sf_complain_usage(_("%s and %s name the same file, '%s'"), options[i],
                                         options[k], paths[i]);
    return 0;
}

static bool writes_elsewhere(const struct sf_request *request)
{
    return request->output_path != NULL && !is_hyphen(request->output_path);
}

/* A report says where it goes; `-` is where the other results would go. */
static int check_report(const struct sf_request *request)
{
    bool is_report = request->command == SF_COMMAND_REPORT;
    bool takes_output = (request->html_path != NULL && is_hyphen(request->html_path)) ||
                        (request->markdown_path != NULL && is_hyphen(request->markdown_path));
    if (is_report && request->html_path == NULL && request->markdown_path == NULL)
        return sf_complain_usage(_("'report' to where? Name a file with --html FILE or "
                                   "--markdown FILE ('-': standard output)"));
    if (is_report && writes_elsewhere(request) && !takes_output)
        return sf_complain_usage(_("'report' writes where --html and --markdown say: -o is of use "
                                   "only with '-' there"));
    if (!is_report && takes_output)
        return sf_complain_usage(_("'%s' has other results for standard output: give the report a "
                                   "file of its own"),
                                 sf_command_word(request->command));
    return 0;
}

static int check_inputs(const struct sf_request *request)
{
    const char *options[4], *paths[4];
    size_t n = results_of(request, options, paths);
    int status = 0;
    for (size_t i = 0; i < n && status == 0; i++)
        status = check_result(request, options[i], paths[i]);
    return status;
}

int sf_files_check(const struct sf_request *request)
{
    int status = 0;
    if ((status = check_results(request)) != 0 || (status = check_report(request)) != 0)
        return status;
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
    if ((status = sf_files_check_word(request)) != 0 || (status = check_inputs(request)) != 0)
        return status;
    return sf_files_need_twice(request) ? check_twice(request) : 0;
}

int sf_files_open(const char *path)
{
    if (path == NULL || is_hyphen(path))
        return STDOUT_FILENO;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        sf_complain(_("cannot write '%s': %s"), path, strerror(errno));
    return fd;
}
