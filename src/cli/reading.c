#include "cli/reading.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <synfin/session.h>

#include "base/output.h"
#include "cli/chosen.h"
#include "cli/complain.h"
#include "cli/copy.h"
#include "cli/files.h"
#include "cli/privileges.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "cli/typed.h"
#include "cli/worst.h"
#include "sink/only.h"
#include "sink/sinks.h"
#include "words/translate.h"

#define NS_PER_S       INT64_C(1000000000)
#define LIVE_LINGER_NS (5 * NS_PER_S)

/* Everything that a command needs while it works. */
struct work {
    const struct sf_request *request;
    struct sf_settings settings;
    struct sf_output output;
    int output_fd;
    struct sf_look look;
    struct sf_selection *selection; /* NULL without --only */
    struct sf_sink *format;         /* what prints */
    struct sf_sink *only;           /* hands what is chosen to `format` */
    struct sf_sink *only_worst;     /* hands what is chosen to `worst` */
    struct sf_worst worst;
    struct sf_chosen chosen;
    struct sf_progress progress;
    char *typed;    /* owned: the input as it would be typed again, or NULL */
    bool is_told;   /* a first pass has named damage and order of the files */
    bool is_broken; /* the reader of our output is gone */
    int status;     /* enum sf_exit so far */
};

/* One pass over the input. */
struct pass {
    struct sf_sink *sinks[4];
    size_t n_sinks;
    bool writes; /* -w belongs to this pass */
};

/* ---- failures -------------------------------------------------------------------------------- */

static void raise_status(struct work *work, int status)
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

/* Says a failure in its one line; returns whether the work may go on with the next file. */
static bool tell_failure(struct work *work, const struct sf_error *err)
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
    raise_status(work, err->code == SF_E_USAGE ? SF_EXIT_USAGE : SF_EXIT_FAILED);
    return is_of_input(err);
}

static void tell_notice(void *context, const char *text)
{
    struct work *work = context;
    sf_progress_wipe(&work->progress);
    if (!work->is_told)
        sf_complain("%s", text);
}

/* ---- getting ready --------------------------------------------------------------------------- */

static void fill_settings(struct work *work)
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
    settings->snaplen = request->snaplen;
    settings->buffer_mib = request->buffer_mib;
    settings->no_promiscuous = request->no_promiscuous;
    settings->verify = request->verify;
}

static int open_selection(struct work *work)
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
        (void)tell_failure(work, &err);
    return status;
}

static int open_output(struct work *work)
{
    const char *path = work->request->output_path;
    work->output_fd = STDOUT_FILENO;
    if (path != NULL && strcmp(path, "-") != 0) {
        work->output_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (work->output_fd < 0) {
            sf_complain(_("cannot write '%s': %s"), path, strerror(errno));
            raise_status(work, SF_EXIT_FAILED);
            return -1;
        }
    }
    work->look = sf_look_at(work->request, work->output_fd);
    if (sf_output_init(&work->output, work->output_fd) != 0) {
        sf_complain(_("out of memory"));
        raise_status(work, SF_EXIT_FAILED);
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
        [SF_COMMAND_STATS] = {"stats-text", "stats-json", NULL},
    };
    if (request->json)
        return names[request->command].json;
    return request->csv ? names[request->command].csv : names[request->command].text;
}

static int open_sinks(struct work *work)
{
    const struct sf_request *request = work->request;
    struct sf_error err = {0};
    work->typed = sf_typed_input(request);
    struct sf_sink_settings settings = {
        .output = &work->output,
        .width = work->look.width,
        .color = work->look.color,
        .ascii = work->look.ascii,
        .live = work->look.live,
        .absolute = request->absolute,
        .quiet = request->quiet,
        .verbose = request->verbose,
        .msl_ns = work->settings.msl_ns,
        .files = work->typed,
    };
    int status = sf_sink_new(&work->format, sink_name(request), &settings, &err);
    sf_worst_init(&work->worst);
    if (status == 0 && work->selection != NULL) {
        status = sf_only_new(&work->only, work->selection, work->format, &err);
        if (status == 0)
            status = sf_only_new(&work->only_worst, work->selection, &work->worst.sink, &err);
    }
    if (status != 0)
        (void)tell_failure(work, &err);
    return status;
}

static void close_work(struct work *work)
{
    struct sf_error err = {0};
    if (work->only != NULL)
        work->only->type->free(work->only);
    if (work->only_worst != NULL)
        work->only_worst->type->free(work->only_worst);
    if (work->format != NULL)
        work->format->type->free(work->format);
    if (!work->is_broken && sf_output_flush(&work->output, &err) != 0)
        (void)tell_failure(work, &err);
    sf_output_release(&work->output);
    sf_chosen_release(&work->chosen);
    sf_selection_free(work->selection);
    free(work->typed);
}

/* ---- one pass -------------------------------------------------------------------------------- */

/* Reads all files; returns whether the session may be finished: something was read, to its end. */
static bool read_files(struct work *work, struct sf_session *session)
{
    size_t n_read = 0;
    for (size_t i = 0; i < work->request->n_paths && !sf_session_is_done(session); i++) {
        struct sf_error err = {0};
        int status = sf_session_read(session, work->request->paths[i], &err);
        if (status != 0 && !tell_failure(work, &err))
            return false;
        if (status == 0 || status == SF_E_DAMAGED)
            n_read++;
    }
    return n_read > 0 && sf_signals_caught() == 0;
}

static bool capture(struct work *work, struct sf_session *session)
{
    struct sf_error err = {0};
    if (sf_session_open_live(session, &err) != 0) {
        (void)tell_failure(work, &err);
        return false;
    }
    if (sf_privileges_drop() != 0) {
        sf_complain(_("cannot give up privileges: %s"), strerror(errno));
        raise_status(work, SF_EXIT_FAILED);
        return false;
    }
    if (sf_session_capture(session, &err) != 0) {
        (void)tell_failure(work, &err);
        return !work->is_broken;
    }
    return true;
}

/* At the end of a live capture: how much it was, and what it lost. */
static void tell_capture(const struct work *work, const struct sf_totals *totals)
{
    if (!work->request->quiet)
        sf_complain(_("packets: %" PRIu64 ", analysed: %" PRIu64 ", connections: %u"),
                    totals->packets_read, totals->packets_analysed, totals->connections);
    if (totals->has_drops && totals->drops_kernel + totals->drops_interface > 0)
        sf_complain(
            _("%" PRIu64 " packets were dropped by the kernel, %" PRIu64 " by the interface: "
              "what is said of connections that lost some may be wrong (try -B, -s or a filter)"),
            totals->drops_kernel, totals->drops_interface);
}

static void read_input(struct work *work, struct sf_session *session)
{
    struct sf_error err = {0};
    bool is_live = work->request->interface != NULL;
    bool can_finish = is_live ? capture(work, session) : read_files(work, session);
    sf_progress_wipe(&work->progress);
    if (!can_finish)
        return;
    if (sf_session_finish(session, &err) != 0)
        (void)tell_failure(work, &err);
    if (is_live)
        tell_capture(work, sf_session_totals(session));
}

static bool shows_progress(const struct work *work)
{
    bool prints_late = work->request->command == SF_COMMAND_STATS;
    return !work->request->quiet && work->request->interface == NULL && isatty(STDERR_FILENO) &&
           (prints_late || !isatty(work->output_fd));
}

static void run_pass(struct work *work, const struct pass *pass)
{
    struct sf_error err = {0};
    struct sf_session *session = NULL;
    work->settings.write_path = pass->writes ? work->request->write_path : NULL;
    if (sf_session_new(&session, &work->settings, &err) != 0) {
        (void)tell_failure(work, &err);
        return;
    }
    for (size_t i = 0; i < pass->n_sinks; i++)
        sf_session_add_sink(session, pass->sinks[i]);
    sf_session_on_notice(session, tell_notice, work);
    if (shows_progress(work))
        sf_session_on_progress(session, sf_progress_show, &work->progress);
    sf_signals_stop(session);
    read_input(work, session);
    sf_signals_stop(NULL);
    sf_session_free(session);
}

/* ---- the passes of a request ----------------------------------------------------------------- */

static void add_sink(struct pass *pass, struct sf_sink *sink)
{
    pass->sinks[pass->n_sinks++] = sink;
}

static void add_results(const struct work *work, struct pass *pass)
{
    add_sink(pass, work->only != NULL ? work->only : work->format);
}

static void add_worst(struct work *work, struct pass *pass)
{
    if (work->request->fail_on != 0)
        add_sink(pass, work->only_worst != NULL ? work->only_worst : &work->worst.sink);
}

static bool may_go_on(const struct work *work)
{
    return !work->is_broken && sf_signals_caught() == 0 && work->status != SF_EXIT_USAGE;
}

static void copy_chosen(struct work *work)
{
    struct sf_error err = {0};
    work->is_told = false;
    if (sf_copy_chosen(work->request, &work->chosen, &err) != 0)
        (void)tell_failure(work, &err);
}

/* First learn what is chosen, then print or copy it. */
static void run_twice(struct work *work)
{
    bool is_dump = work->request->command == SF_COMMAND_DUMP;
    struct pass learn = {.writes = false};
    sf_chosen_init(&work->chosen, work->selection, work->request->write_path != NULL);
    add_sink(&learn, &work->chosen.sink);
    add_worst(work, &learn);
    if (!is_dump)
        add_results(work, &learn);
    run_pass(work, &learn);
    work->is_told = true;
    if (is_dump && may_go_on(work)) {
        struct pass print = {.writes = false};
        sf_only_use_ids(work->only, work->chosen.ids, work->chosen.n_ids);
        add_results(work, &print);
        run_pass(work, &print);
    }
    if (work->request->write_path != NULL && may_go_on(work))
        copy_chosen(work);
}

static void run_once(struct work *work)
{
    struct pass pass = {.writes = true};
    add_worst(work, &pass);
    add_results(work, &pass);
    run_pass(work, &pass);
}

static int prepare(struct work *work)
{
    fill_settings(work);
    if (open_selection(work) != 0 || open_output(work) != 0)
        return -1;
    return open_sinks(work);
}

int sf_read_captures(const struct sf_request *request)
{
    struct work work;
    memset(&work, 0, sizeof work);
    work.request = request;
    int status = sf_files_check(request);
    if (status != 0)
        return status;
    sf_signals_stop(NULL);
    if (prepare(&work) == 0) {
        if (sf_files_need_twice(request))
            run_twice(&work);
        else
            run_once(&work);
    }
    close_work(&work);
    if (work.is_broken)
        sf_signals_die(SIGPIPE);
    if (sf_signals_caught() != 0 && request->interface == NULL)
        sf_signals_die(sf_signals_caught());
    if (work.status == SF_EXIT_FINE && request->fail_on != 0 &&
        work.worst.severity >= request->fail_on)
        return SF_EXIT_FINDINGS;
    return work.status;
}
