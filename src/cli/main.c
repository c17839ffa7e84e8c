/*
 * synfin: the table of contents.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include <synfin/version.h>

#include "cli/complain.h"
#include "cli/environment.h"
#include "cli/explain.h"
#include "cli/files.h"
#include "cli/help.h"
#include "cli/language.h"
#include "cli/list.h"
#include "cli/options.h"
#include "cli/privileges.h"
#include "cli/reading.h"
#include "cli/visit.h"
#include "words/translate.h"

#ifndef SF_LOCALEDIR
#define SF_LOCALEDIR "/usr/local/share/locale" /* the Makefile knows where it is installed */
#endif

static int run_help(const struct sf_request *request)
{
    int status = sf_files_check_word(request);
    if (status != 0)
        return status;
    if (request->command == SF_COMMAND_COUNT)
        sf_help_all(stdout);
    else
        sf_help_command(stdout, request->command);
    return SF_EXIT_FINE;
}

static int run_version(const struct sf_request *request)
{
    (void)request;
    puts("synfin " SF_VERSION);
    return SF_EXIT_FINE;
}

static int run_interfaces(const struct sf_request *request)
{
    (void)request;
    return sf_list_interfaces();
}

typedef int run_fn(const struct sf_request *request);
static run_fn *const runs[SF_COMMAND_COUNT] = {
    [SF_COMMAND_LADDER] = sf_read_captures, [SF_COMMAND_DUMP] = sf_read_captures,
    [SF_COMMAND_FLOWS] = sf_read_captures,  [SF_COMMAND_STATS] = sf_read_captures,
    [SF_COMMAND_VISIT] = sf_visit,          [SF_COMMAND_EXPLAIN] = sf_explain,
    [SF_COMMAND_REPORT] = sf_read_captures, [SF_COMMAND_INTERFACES] = run_interfaces,
};

static int run(const struct sf_request *request)
{
    if (request->help)
        return run_help(request);
    if (request->version)
        return run_version(request);
    return runs[request->command](request);
}

/* What stdio still holds may meet a full disk. */
static int close_stdout(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    sf_complain(_("cannot write: %s"), _("the results are incomplete"));
    return SF_EXIT_FAILED;
}

int main(int argc, char **argv)
{
    struct sf_request request;
    struct sf_error err = {0};
    if (sf_privileges_has_any())
        sf_environment_clean();
    setlocale(LC_ALL, "");
    sf_language_choose(argc, argv, SF_LOCALEDIR);
    if (argc < 2) {
        sf_help_short(stderr);
        return SF_EXIT_USAGE;
    }
    if (sf_privileges_check(&err) != 0) {
        sf_complain("%s", err.text);
        return SF_EXIT_FAILED;
    }
    int status = sf_request_parse(&request, argc, argv);
    if (status == 0)
        status = run(&request);
    sf_request_release(&request);
    return close_stdout(status);
}
