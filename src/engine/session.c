#include <synfin/session.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hash.h"
#include "capture/filter.h"
#include "capture/live.h"
#include "capture/reader.h"
#include "capture/saver.h"
#include "decode/decode.h"
#include "engine/flows.h"

#define BATCH_MAX         64u
#define BATCH_BEST        32u
#define SINKS_MAX         8u
#define FLOWS_BEST        360000u /* about 1 GiB of them, 2.7 KiB each */
#define PROGRESS_EVERY_NS INT64_C(100000000)
#define LIVE_SLICE_NS     INT64_C(100000000)
#define DROPS_EVERY_NS    INT64_C(1000000000)

struct sf_session {
    const struct sf_settings *settings;
    struct sf_totals totals;
    struct sf_sink *sink[SINKS_MAX];
    unsigned n_sinks;
    sf_progress_fn *progress;
    void *progress_context;
    sf_notice_fn *notice;
    void *notice_context;
    struct sf_decoder *decoder;
    struct sf_filter *filter; /* NULL: none, or the kernel applies it */
    struct sf_saver *saver;
    struct sf_live *live;
    struct flows *flows;
    uint64_t passed; /* packets that passed the filter */
    int64_t last_ns; /* of the latest packet */
    int64_t last_file_end_ns;
    const char *last_file;
    int64_t progress_ns;        /* when progress was told last, by the monotonic clock */
    volatile sig_atomic_t stop; /* set by sf_session_stop, perhaps in a signal handler */
    bool is_done;
    /* Live: the capture's clock goes on with the monotonic one while no packet comes. */
    int64_t packet_ns, packet_monotonic_ns, drops_asked_ns;
    struct sf_segment segment[BATCH_MAX];
    const struct sf_packet *origin[BATCH_MAX];
};

void sf_settings_init(struct sf_settings *settings)
{
    memset(settings, 0, sizeof *settings);
    settings->msl_ns = INT64_C(30000000000);
    settings->linger_ns = 2 * settings->msl_ns;
    settings->max_flows = FLOWS_BEST;
    settings->verify = SF_VERIFY_STATE;
}

static int emit(void *context, const struct sf_event *event, struct sf_error *err)
{
    struct sf_session *session = context;
    for (unsigned i = 0; i < session->n_sinks; i++) {
        struct sf_sink *sink = session->sink[i];
        if ((sink->type->wants & SF_WANTS(event->kind)) == 0)
            continue;
        int status = sink->type->event(sink, event, err);
        if (status != 0)
            return status;
    }
    return 0;
}

static int open_parts(struct sf_session *session, struct sf_error *err)
{
    const struct sf_settings *settings = session->settings;
    struct sf_hash_key key;
    int status = sf_hash_key_random(&key);
    if (status != 0)
        return sf_error_set(err, SF_E_SYSTEM, 0, "no random numbers to be had from the system");
    status = sf_decoder_new(&session->decoder, &key, err);
    if (status != 0)
        return status;
    session->flows = sf_flows_new(settings, &session->totals, emit, session);
    if (session->flows == NULL)
        return sf_error_set(err, SF_E_MEMORY, 0, "out of memory");
    if (settings->filter != NULL && settings->interface == NULL) {
        status = sf_filter_new(&session->filter, settings->filter, err);
        if (status != 0)
            return status;
    }
    if (settings->write_path != NULL)
        return sf_saver_open(&session->saver, settings->write_path, err);
    return 0;
}

int sf_session_new(struct sf_session **result, const struct sf_settings *settings,
                   struct sf_error *err)
{
    struct sf_session *session = calloc(1, sizeof *session);
    *result = NULL;
    if (session == NULL)
        return sf_error_set(err, SF_E_MEMORY, 0, "out of memory");
    session->settings = settings;
    session->totals.start_ns = session->totals.last_ns = SF_NO_TIME;
    session->packet_ns = session->last_ns = SF_NO_TIME;
    session->last_file_end_ns = SF_NO_TIME;
    int status = open_parts(session, err);
    if (status != 0) {
        sf_session_free(session);
        return status;
    }
    *result = session;
    return 0;
}

void sf_session_add_sink(struct sf_session *session, struct sf_sink *sink)
{
    if (session->n_sinks < SINKS_MAX)
        session->sink[session->n_sinks++] = sink;
}

void sf_session_on_progress(struct sf_session *session, sf_progress_fn *fn, void *context)
{
    session->progress = fn;
    session->progress_context = context;
}

void sf_session_on_notice(struct sf_session *session, sf_notice_fn *fn, void *context)
{
    session->notice = fn;
    session->notice_context = context;
}

void sf_session_stop(struct sf_session *session)
{
    session->stop = 1;
}

bool sf_session_is_done(const struct sf_session *session)
{
    return session->is_done || session->stop != 0;
}

const struct sf_totals *sf_session_totals(const struct sf_session *session)
{
    return &session->totals;
}

/* What looks lost may be a packet that the capture dropped. */
static void heed_drops(struct sf_session *session)
{
    if (session->totals.drops_kernel + session->totals.drops_interface > 0)
        sf_flows_note_drops(session->flows);
}

static int64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* ---- packets ----------------------------------------------------------------------------------
 */

static void note_time(struct sf_session *session, const struct sf_packet *packet)
{
    struct sf_totals *totals = &session->totals;
    session->last_ns = packet->time_ns;
    totals->is_nano |= packet->is_nano;
    if (totals->start_ns == SF_NO_TIME || packet->time_ns < totals->start_ns)
        totals->start_ns = packet->time_ns;
    if (totals->last_ns == SF_NO_TIME || packet->time_ns > totals->last_ns)
        totals->last_ns = packet->time_ns;
}

/* Has the packet a place before the limits of the settings? */
static bool is_within_limits(struct sf_session *session, const struct sf_packet *packet)
{
    const struct sf_settings *settings = session->settings;
    bool too_late = settings->duration_ns > 0 && session->totals.start_ns != SF_NO_TIME &&
                    packet->time_ns - session->totals.start_ns > settings->duration_ns;
    if (too_late)
        session->is_done = true;
    return !too_late;
}

/* Numbers, filters, saves and decodes a packet. Returns 1 when segment[n] is filled, 0 when not. */
static int take_packet(struct sf_session *session, struct sf_packet *packet, size_t n,
                       struct sf_error *err)
{
    packet->number = ++session->totals.packets_read;
    note_time(session, packet);
    if (session->filter != NULL) {
        int passes = sf_filter_passes(session->filter, packet, err);
        if (passes < 0)
            return passes;
        if (passes == 0) {
            session->totals.packets_skipped[SF_SKIP_FILTERED]++;
            return 0;
        }
    }
    if (++session->passed == session->settings->max_packets)
        session->is_done = true;
    if (session->saver != NULL) {
        int status = sf_saver_write(session->saver, packet, err);
        if (status != 0)
            return status;
    }
    enum sf_skip skip = sf_decode(session->decoder, packet, &session->segment[n]);
    if (skip != SF_SKIP_NONE) {
        session->totals.packets_skipped[skip]++;
        return 0;
    }
    session->origin[n] = packet;
    return 1;
}

/* Decode first, then hint, then place in order: an earlier segment may open what a later joins. */
static int take_batch(struct sf_session *session, struct sf_packet *packets, size_t n_packets,
                      struct sf_error *err)
{
    size_t n = 0;
    int status = 0;
    for (size_t i = 0; i < n_packets && !sf_session_is_done(session); i++) {
        if (!is_within_limits(session, &packets[i]))
            break;
        status = take_packet(session, &packets[i], n, err);
        if (status < 0)
            break;
        n += (size_t)status;
    }
    for (size_t i = 0; i < n; i++)
        sf_flows_prefetch(session->flows, &session->segment[i]);
    for (size_t i = 0; i < n; i++)
        sf_flows_prefetch_record(session->flows, &session->segment[i]);
    for (size_t i = 0; i < n; i++) {
        int taken = sf_flows_take(session->flows, session->origin[i], &session->segment[i], err);
        if (taken < 0)
            return taken;
    }
    return status < 0 ? status : 0;
}

static void tell_progress(struct sf_session *session, const struct sf_reader *reader)
{
    if (session->progress == NULL)
        return;
    int64_t now_ns = monotonic_ns();
    if (now_ns - session->progress_ns < PROGRESS_EVERY_NS)
        return;
    session->progress_ns = now_ns;
    session->progress(session->progress_context, sf_reader_done(reader), sf_reader_size(reader));
}

/* ---- files ------------------------------------------------------------------------------------
 */

/* Nothing is sorted silently: a file that begins before the one in front of it ended is named. */
static void check_order(struct sf_session *session, const char *path, const struct sf_packet *first)
{
    struct sf_error said;
    if (session->last_file == NULL || session->last_file_end_ns == SF_NO_TIME ||
        first->time_ns >= session->last_file_end_ns || session->notice == NULL)
        return;
    sf_error_set(&said, SF_OK, 0,
                 "'%s' begins before '%s' ends: packets are taken in the order given, not sorted",
                 path, session->last_file);
    session->notice(session->notice_context, said.text);
}

static int read_packets(struct sf_session *session, struct sf_reader *reader, const char *path,
                        struct sf_error *err)
{
    struct sf_packet packets[BATCH_MAX];
    size_t batch = session->settings->batch;
    if (batch == 0 || batch > BATCH_MAX)
        batch = BATCH_BEST;
    bool is_first = true;
    struct sf_error cause = {0};
    while (!sf_session_is_done(session)) {
        int n = sf_reader_read(reader, packets, batch, &cause);
        if (n == SF_E_SYSTEM && cause.sys == EINTR)
            continue; /* a signal; whether it ends the session is said by `stop` */
        if (n < 0 && err != NULL)
            *err = cause;
        if (n <= 0)
            return n;
        if (is_first)
            check_order(session, path, &packets[0]);
        is_first = false;
        int status = take_batch(session, packets, (size_t)n, err);
        if (status != 0)
            return status;
        tell_progress(session, reader);
    }
    return 0;
}

int sf_session_read(struct sf_session *session, const char *path, struct sf_error *err)
{
    struct sf_reader *reader;
    uint64_t kernel, interface;
    if (session->saver != NULL && sf_saver_overwrites(session->saver, path))
        return sf_error_set(err, SF_E_USAGE, 0, "'%s' would be read and written at once", path);
    int status = sf_reader_open(&reader, path, session->settings->threads > 1, err);
    if (status != 0)
        return status;
    status = read_packets(session, reader, path, err);
    if (sf_reader_drops(reader, &kernel, &interface)) {
        session->totals.has_drops = true;
        session->totals.drops_kernel += kernel;
        session->totals.drops_interface += interface;
    }
    heed_drops(session);
    sf_reader_close(reader);
    session->last_file = path;
    session->last_file_end_ns = session->totals.last_ns;
    return status;
}

/* ---- live -------------------------------------------------------------------------------------
 */

int sf_session_open_live(struct sf_session *session, struct sf_error *err)
{
    return sf_live_open(&session->live, session->settings, err);
}

int sf_session_saved_to(const struct sf_session *session)
{
    return session->saver != NULL ? sf_saver_descriptor(session->saver) : -1;
}

static void note_live_drops(struct sf_session *session)
{
    uint64_t kernel, interface;
    if (session->live == NULL || !sf_live_drops(session->live, &kernel, &interface))
        return;
    session->totals.has_drops = true;
    session->totals.drops_kernel = kernel;
    session->totals.drops_interface = interface;
    heed_drops(session);
}

/* Drops are asked for now and then: rows that end meanwhile are to know of them. */
static void watch_drops(struct sf_session *session)
{
    if (session->packet_monotonic_ns - session->drops_asked_ns < DROPS_EVERY_NS)
        return;
    session->drops_asked_ns = session->packet_monotonic_ns;
    note_live_drops(session);
}

/* A silent line may be one that is down. */
static void watch_link(struct sf_session *session)
{
    struct sf_error said;
    enum sf_link link = sf_live_watch(session->live);
    if (link == SF_LINK_SAME || session->notice == NULL)
        return;
    (void)sf_error_set(&said, SF_OK, 0,
                       link == SF_LINK_DOWN
                           ? "interface '%s' went down: the capture waits for it to come up again"
                           : "interface '%s' is up again",
                       session->settings->interface);
    session->notice(session->notice_context, said.text);
}

/* No packet for a while: the capture's clock goes on, so that silence is noticed. */
static int pass_time(struct sf_session *session, int64_t begun_ns, struct sf_error *err)
{
    int64_t now_ns = monotonic_ns();
    const struct sf_settings *settings = session->settings;
    watch_link(session);
    if (settings->duration_ns > 0 && now_ns - begun_ns >= settings->duration_ns)
        session->is_done = true;
    if (session->packet_ns == SF_NO_TIME || now_ns - session->packet_monotonic_ns < LIVE_SLICE_NS)
        return 0;
    int64_t clock_ns = session->packet_ns + (now_ns - session->packet_monotonic_ns);
    int status = session->saver != NULL ? sf_saver_flush(session->saver, err) : 0;
    return status != 0 ? status : sf_flows_advance(session->flows, clock_ns, err);
}

int sf_session_capture(struct sf_session *session, struct sf_error *err)
{
    int64_t begun_ns = monotonic_ns();
    int status = 0;
    while (status >= 0 && !sf_session_is_done(session)) {
        struct sf_packet packet;
        status = sf_live_read(session->live, &packet, err);
        if (status > 0) {
            session->packet_ns = packet.time_ns;
            session->packet_monotonic_ns = monotonic_ns();
            watch_drops(session);
            status = take_batch(session, &packet, 1, err);
        }
        if (status == 0)
            status = pass_time(session, begun_ns, err);
    }
    return status < 0 ? status : 0;
}

/* ---- the end ----------------------------------------------------------------------------------
 */

int sf_session_finish(struct sf_session *session, struct sf_error *err)
{
    note_live_drops(session);
    /* Packets other than TCP have carried the clock on, too. */
    int status = session->last_ns == SF_NO_TIME
                     ? 0
                     : sf_flows_advance(session->flows, session->last_ns, err);
    if (status == 0)
        status = sf_flows_finish(session->flows, err);
    if (status == 0) {
        struct sf_event event = {.kind = SF_EVENT_TOTALS, .totals = &session->totals};
        status = emit(session, &event, err);
    }
    if (session->saver != NULL) {
        int closed = sf_saver_close(session->saver, status == 0 ? err : NULL);
        session->saver = NULL;
        if (status == 0)
            status = closed;
    }
    return status;
}

void sf_session_free(struct sf_session *session)
{
    if (session == NULL)
        return;
    sf_flows_free(session->flows);
    sf_decoder_free(session->decoder);
    sf_filter_free(session->filter);
    sf_live_close(session->live);
    if (session->saver != NULL)
        (void)sf_saver_close(session->saver, NULL);
    free(session);
}
