#include "cli/work.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/saver.h"
#include "cli/complain.h"
#include "cli/confine.h"
#include "cli/files.h"
#include "cli/signals.h"
#include "cli/typed.h"
#include "sink/sinks.h"
#include "words/translate.h"

#define NS_PER_S       INT64_C(1000000000)
#define LIVE_LINGER_NS (5 * NS_PER_S)

/* ---- failures -------------------------------------------------------------------------------- */

void sf_work_raise(struct sf_work *work, int status)
{
    if (work->status == SF_EXIT_FINE || status == SF_EXIT_USAGE)
        work->status = status;
}

/* Was it the input that failed, so that the next file may be better? A full disk stays full. */
static bool is_of_input(const struct sf_error *err)
{
    static const int of_output[] = {ENOSPC, EDQUOT, EFBIG, EIO, EPIPE};
    for (size_t i = 0; i < sizeof of_output / sizeof of_output[0]; i++)
        if (err->code == SF_E_SYSTEM && err->sys == of_output[i])
            return false;
    return err->code == SF_E_DAMAGED || err->code == SF_E_FORMAT || err->code == SF_E_SYSTEM;
}

bool sf_work_fail(struct sf_work *work, const struct sf_error *err)
{
    if (err->code == SF_E_SYSTEM && err->sys == EINTR && sf_signals_caught() != 0)
        return false;
    if (err->code == SF_E_PIPE) {
        work->is_broken = true;
        return false;
    }
    sf_progress_wipe(&work->progress);
    if (!work->is_told || !is_of_input(err))
        sf_complain("%s", err->text);
    sf_work_raise(work, err->code == SF_E_USAGE ? SF_EXIT_USAGE : SF_EXIT_FAILED);
    return is_of_input(err);
}

void sf_work_notice(void *context, const char *text)
{
    struct sf_work *work = context;
    sf_progress_wipe(&work->progress);
    if (!work->is_told)
        sf_complain("%s", text);
}

/* ---- getting ready --------------------------------------------------------------------------- */

static void fill_settings(struct sf_work *work)
{
    const struct sf_request *request = work->request;
    struct sf_settings *settings = &work->settings;
    sf_settings_init(settings);
    settings->filter = request->filter;
    settings->interface = request->interface;
    settings->max_packets = request->max_packets;
    settings->duration_ns = request->duration_ns;
    settings->msl_ns = request->msl_ns;
    settings->linger_ns = request->linger_ns;
    if (request->linger_ns < 0)
        settings->linger_ns = request->interface != NULL ? LIVE_LINGER_NS : 2 * request->msl_ns;
    settings->max_flows = request->max_flows;
    settings->threads = request->threads;
    settings->snaplen = request->snaplen;
    settings->buffer_mib = request->buffer_mib;
    settings->no_promiscuous = request->no_promiscuous;
    settings->verify = request->verify;
}

static int open_selection(struct sf_work *work)
{
    const struct sf_texts *only = &work->request->only;
    struct sf_error err = {0};
    if (only->n == 0)
        return 0;
    int status = sf_selection_new(&work->selection, &err);
    for (size_t i = 0; i < only->n && status == 0; i++)
        status = sf_selection_add(work->selection, only->text[i], &err);
    if (status == 0 && work->request->interface != NULL &&
        work->request->command == SF_COMMAND_DUMP && !sf_selection_is_early(work->selection))
        status =
            sf_error_set(&err, SF_E_USAGE, 0, "%s",
                         _("a live dump can choose only by what the first packet tells: client, "
                           "server, port, ip"));
    if (status != 0)
        (void)sf_work_fail(work, &err);
    return status;
}

static int open_output(struct sf_work *work)
{
    work->output_fd = sf_files_open(work->request->output_path);
    if (work->output_fd < 0) {
        sf_work_raise(work, SF_EXIT_FAILED);
        return -1;
    }
    work->look = sf_look_at(work->request, work->output_fd);
    if (sf_output_init(&work->output, work->output_fd) != 0) {
        sf_complain(_("out of memory"));
        sf_work_raise(work, SF_EXIT_FAILED);
        return -1;
    }
    return 0;
}

/* The sink of a command: by --json and --csv. */
static const char *sink_name(const struct sf_request *request)
{
    static const struct {
        const char *text, *json, *csv;
    } names[SF_COMMAND_COUNT] = {
        [SF_COMMAND_LADDER] = {"ladder", NULL, NULL},
        [SF_COMMAND_DUMP] = {"dump-text", "dump-json", NULL},
        [SF_COMMAND_FLOWS] = {"flows-table", "flows-json", "flows-csv"},
        [SF_COMMAND_VISIT] = {"ladder", NULL, NULL},
        [SF_COMMAND_STATS] = {"stats-text", "stats-json", NULL},
    };
    if (request->json)
        return names[request->command].json;
    return request->csv ? names[request->command].csv : names[request->command].text;
}

/* "a.pcap", "a.pcap and 2 more", an interface, a host. */
static void name_source(struct sf_work *work)
{
    const struct sf_request *request = work->request;
    if (request->visited != NULL || request->interface != NULL)
        (void)snprintf(work->source, sizeof work->source, "%s",
                       request->visited != NULL ? request->visited : request->interface);
    else if (request->n_paths == 1)
        (void)snprintf(work->source, sizeof work->source, "%s",
                       strcmp(request->paths[0], "-") == 0 ? _("standard input")
                                                           : request->paths[0]);
    else
        (void)snprintf(work->source, sizeof work->source, _("%s and %zu more"), request->paths[0],
                       request->n_paths - 1);
}

static struct sf_sink_settings sink_settings(struct sf_work *work)
{
    const struct sf_request *request = work->request;
    return (struct sf_sink_settings){
        .output = &work->output,
        .width = work->look.width,
        .terminal = work->look.terminal,
        .color = work->look.color,
        .ascii = work->look.ascii,
        .live = work->look.live,
        .absolute = request->absolute,
        .quiet = request->quiet,
        .verbose = request->verbose,
        .msl_ns = work->settings.msl_ns,
        .source = work->source,
        .files = work->typed,
    };
}

/* One report: its file, unless it takes the output, and its sinks. */
static int open_page(struct sf_work *work, struct sf_page *page, const char *path, const char *name)
{
    struct sf_error err = {0};
    struct sf_sink_settings settings = sink_settings(work);
    page->fd = -1;
    if (path == NULL)
        return 0;
    if (strcmp(path, "-") != 0) {
        page->fd = sf_files_open(path);
        if (page->fd < 0 || sf_output_init(&page->own, page->fd) != 0) {
            sf_work_raise(work, SF_EXIT_FAILED);
            return -1;
        }
        settings.output = &page->own;
    }
    settings.live = false; /* it is written when all is over */
    int status = sf_sink_new(&page->sink, name, &settings, &err);
    if (status == 0 && work->selection != NULL)
        status = sf_only_new(&page->only, work->selection, page->sink, &err);
    if (status != 0)
        (void)sf_work_fail(work, &err);
    return status;
}

static int open_pages(struct sf_work *work)
{
    const struct sf_request *request = work->request;
    name_source(work);
    int status = open_page(work, &work->pages[0], request->html_path, "report-html");
    work->pages[1].fd = -1;
    return status != 0
               ? status
               : open_page(work, &work->pages[1], request->markdown_path, "report-markdown");
}

static int open_sinks(struct sf_work *work)
{
    struct sf_error err = {0};
    const char *name = sink_name(work->request);
    work->typed = sf_typed_input(work->request);
    struct sf_sink_settings settings = sink_settings(work);
    int status = name != NULL ? sf_sink_new(&work->format, name, &settings, &err) : 0;
    sf_worst_init(&work->worst);
    if (status == 0 && work->selection != NULL) {
        if (name != NULL)
            status = sf_only_new(&work->only, work->selection, work->format, &err);
        if (status == 0)
            status = sf_only_new(&work->only_worst, work->selection, &work->worst.sink, &err);
    }
    if (status != 0)
        (void)sf_work_fail(work, &err);
    return status != 0 ? status : open_pages(work);
}

/* A capture is not read as root; files are, unless another user is named. */
static int choose_identity(struct sf_work *work)
{
    struct sf_error err = {0};
    const struct sf_request *request = work->request;
    if (request->interface == NULL && request->user == NULL)
        return 0;
    int status = sf_privileges_choose(&work->identity, request->user, &err);
    if (status != 0)
        (void)sf_work_fail(work, &err);
    return status;
}

/* The second pass writes; once the first has begun nothing can be opened for that any more. */
static int open_saver(struct sf_work *work)
{
    struct sf_error err = {0};
    if (work->request->write_path == NULL || !sf_files_need_twice(work->request))
        return 0;
    int status = sf_saver_open(&work->saver, work->request->write_path, &err);
    if (status != 0)
        (void)sf_work_fail(work, &err);
    return status;
}

static int confine(struct sf_work *work, int saved_to, struct sf_error *err)
{
    bool is_live = work->request->interface != NULL;
    int second = work->saver != NULL ? sf_saver_descriptor(work->saver) : -1;
    int status = sf_privileges_give(&work->identity, work->output_fd, err);
    if (status == 0)
        status = sf_privileges_give(&work->identity, saved_to, err);
    if (status == 0)
        status = sf_privileges_give(&work->identity, second, err);
    for (int i = 0; i < 2 && status == 0; i++)
        status = sf_privileges_give(&work->identity, work->pages[i].fd, err);
    if (status == 0 && (is_live || work->identity.changes))
        status = sf_privileges_drop(&work->identity, err);
    if (status != 0)
        return status;
    if (is_live)
        return sf_confine(SF_CONFINE_LIVE, err);
    /* Files were read before there were filters, and can be read where there are none. */
    if (sf_confine(SF_CONFINE_FILES, err) != 0)
        sf_complain(_("%s; the files are read all the same"), err->text);
    return 0;
}

int sf_work_confine(struct sf_work *work, int saved_to)
{
    struct sf_error err = {0};
    if (work->is_confined)
        return 0;
    work->is_confined = true;
    if (confine(work, saved_to, &err) == 0)
        return 0;
    (void)sf_work_fail(work, &err);
    return -1;
}

int sf_work_prepare(struct sf_work *work, const struct sf_request *request)
{
    memset(work, 0, sizeof *work);
    work->request = request;
    work->pages[0].fd = work->pages[1].fd = -1;
    fill_settings(work);
    bool is_open = choose_identity(work) == 0 && open_selection(work) == 0 &&
                   open_output(work) == 0 && open_sinks(work) == 0 && open_saver(work) == 0;
    return is_open ? 0 : -1;
}

static void release_page(struct sf_work *work, struct sf_page *page)
{
    struct sf_error err = {0};
    if (page->only != NULL)
        page->only->type->free(page->only);
    if (page->sink != NULL)
        page->sink->type->free(page->sink);
    if (page->fd < 0)
        return;
    if (page->sink != NULL && sf_output_flush(&page->own, &err) != 0)
        (void)sf_work_fail(work, &err);
    sf_output_release(&page->own);
    close(page->fd);
}

void sf_work_release(struct sf_work *work)
{
    struct sf_error err = {0};
    for (int i = 0; i < 2; i++)
        release_page(work, &work->pages[i]);
    if (work->only != NULL)
        work->only->type->free(work->only);
    if (work->only_worst != NULL)
        work->only_worst->type->free(work->only_worst);
    if (work->format != NULL)
        work->format->type->free(work->format);
    if (!work->is_broken && sf_output_flush(&work->output, &err) != 0)
        (void)sf_work_fail(work, &err);
    sf_output_release(&work->output);
    sf_chosen_release(&work->chosen);
    sf_saver_abandon(work->saver);
    sf_selection_free(work->selection);
    free(work->typed);
}
