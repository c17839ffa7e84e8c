#include "cli/reading.h"

#include <inttypes.h>
#include <signal.h>
#include <unistd.h>

#include "cli/complain.h"
#include "cli/copy.h"
#include "cli/files.h"
#include "cli/signals.h"
#include "cli/work.h"
#include "words/translate.h"

/* One pass over the input. */
struct pass {
    struct sf_sink *sinks[6];
    size_t n_sinks;
    bool writes; /* -w belongs to this pass */
};

/* ---- one pass -------------------------------------------------------------------------------- */

/* Reads all files; returns whether the session may be finished: something was read, to its end. */
static bool read_files(struct sf_work *work, struct sf_session *session)
{
    size_t n_read = 0;
    if (sf_work_confine(work, sf_session_saved_to(session)) != 0)
        return false;
    for (size_t i = 0; i < work->request->n_paths && !sf_session_is_done(session); i++) {
        struct sf_error err = {0};
        int status = sf_session_read(session, work->request->paths[i], &err);
        if (status != 0 && !sf_work_fail(work, &err))
            return false;
        if (status == 0 || status == SF_E_DAMAGED)
            n_read++;
    }
    return n_read > 0 && sf_signals_caught() == 0;
}

static bool capture(struct sf_work *work, struct sf_session *session)
{
    struct sf_error err = {0};
    if (sf_session_open_live(session, &err) != 0) {
        (void)sf_work_fail(work, &err);
        return false;
    }
    if (sf_work_confine(work, sf_session_saved_to(session)) != 0)
        return false;
    if (work->ready != NULL)
        work->ready(work->ready_context);
    if (sf_session_capture(session, &err) != 0) {
        (void)sf_work_fail(work, &err);
        return !work->is_broken;
    }
    return true;
}

/* At the end of a live capture: how much it was, and what it lost. */
static void tell_capture(const struct sf_work *work, const struct sf_totals *totals)
{
    if (!work->request->quiet && work->request->command != SF_COMMAND_VISIT)
        sf_complain(_("packets: %" PRIu64 ", analysed: %" PRIu64 ", connections: %u"),
                    totals->packets_read, totals->packets_analysed, totals->connections);
    uint64_t dropped = totals->drops_kernel + totals->drops_interface;
    if (totals->has_drops && dropped > 0)
        sf_complain(
            _("%" PRIu64 " packets were dropped by the kernel, %" PRIu64
              " by the interface, %.1f %% "
              "of all: what is said of connections that lost some may be wrong (try -B, -s or a "
              "filter)"),
            totals->drops_kernel, totals->drops_interface,
            100.0 * (double)dropped / (double)(dropped + totals->packets_read));
}

/* Rows that were written for want of room may have missed their end. */
static void tell_evicted(const struct sf_work *work, const struct sf_totals *totals)
{
    if (totals->evicted == 0 || work->is_told)
        return;
    sf_complain(
        sf_translate_n("%" PRIu64 " connection was written early, for want of room: its end "
                       "may be missing (see --max-flows, now %u)",
                       "%" PRIu64 " connections were written early, for want of room: their "
                       "ends may be missing (see --max-flows, now %u)",
                       totals->evicted),
        totals->evicted, work->settings.max_flows);
}

static void read_input(struct sf_work *work, struct sf_session *session)
{
    struct sf_error err = {0};
    bool is_live = work->request->interface != NULL;
    bool can_finish = is_live ? capture(work, session) : read_files(work, session);
    sf_progress_wipe(&work->progress);
    if (!can_finish)
        return;
    if (sf_session_finish(session, &err) != 0)
        (void)sf_work_fail(work, &err);
    tell_evicted(work, sf_session_totals(session));
    if (is_live)
        tell_capture(work, sf_session_totals(session));
}

static bool shows_progress(const struct sf_work *work)
{
    bool prints_late =
        work->request->command == SF_COMMAND_STATS || work->request->command == SF_COMMAND_REPORT;
    return !work->request->quiet && work->request->interface == NULL && isatty(STDERR_FILENO) &&
           (prints_late || !isatty(work->output_fd));
}

static void run_pass(struct sf_work *work, const struct pass *pass)
{
    struct sf_error err = {0};
    struct sf_session *session = NULL;
    work->settings.write_path = pass->writes ? work->request->write_path : NULL;
    if (sf_session_new(&session, &work->settings, &err) != 0) {
        (void)sf_work_fail(work, &err);
        return;
    }
    for (size_t i = 0; i < pass->n_sinks; i++)
        sf_session_add_sink(session, pass->sinks[i]);
    sf_session_on_notice(session, sf_work_notice, work);
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

static void add_results(const struct sf_work *work, struct pass *pass)
{
    if (work->format != NULL)
        add_sink(pass, work->only != NULL ? work->only : work->format);
    for (int i = 0; i < 2; i++)
        if (work->pages[i].sink != NULL)
            add_sink(pass, work->pages[i].only != NULL ? work->pages[i].only : work->pages[i].sink);
}

static void add_worst(struct sf_work *work, struct pass *pass)
{
    if (work->request->fail_on != 0)
        add_sink(pass, work->only_worst != NULL ? work->only_worst : &work->worst.sink);
}

static bool may_go_on(const struct sf_work *work)
{
    return !work->is_broken && sf_signals_caught() == 0 && work->status != SF_EXIT_USAGE;
}

static void copy_chosen(struct sf_work *work)
{
    struct sf_error err = {0};
    work->is_told = false;
    if (sf_copy_chosen(work->request, &work->chosen, work->saver, &err) != 0)
        (void)sf_work_fail(work, &err);
    work->saver = NULL;
}

/* First learn what is chosen, then print or copy it. */
static void run_twice(struct sf_work *work)
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

static void run_once(struct sf_work *work)
{
    struct pass pass = {.writes = true};
    add_worst(work, &pass);
    add_results(work, &pass);
    run_pass(work, &pass);
}

static int run(const struct sf_request *request, sf_ready_fn *ready, void *context)
{
    struct sf_work work;
    int status = sf_files_check(request);
    if (status != 0)
        return status;
    sf_signals_stop(NULL);
    if (sf_work_prepare(&work, request) == 0) {
        work.ready = ready;
        work.ready_context = context;
        if (sf_files_need_twice(request))
            run_twice(&work);
        else
            run_once(&work);
    }
    sf_work_release(&work);
    if (work.is_broken)
        sf_signals_die(SIGPIPE);
    if (sf_signals_caught() != 0 && request->interface == NULL)
        sf_signals_die(sf_signals_caught());
    if (work.status == SF_EXIT_FINE && request->fail_on != 0 &&
        work.worst.severity >= request->fail_on)
        return SF_EXIT_FINDINGS;
    return work.status;
}

int sf_read_captures(const struct sf_request *request)
{
    return run(request, NULL, NULL);
}

int sf_read_live(const struct sf_request *request, sf_ready_fn *ready, void *context)
{
    return run(request, ready, context);
}
