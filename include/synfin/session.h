/*
 * A session: one input of one or more files, or one interface, taken from the first packet to the
 * totals, and told to the sinks.
 *
 *     sf_session_new → sf_session_add_sink … → sf_session_read … (or sf_session_capture)
 *                    → sf_session_finish → sf_session_free
 *
 * A session never writes to standard error and never ends the program.
 */
#ifndef SYNFIN_SESSION_H
#define SYNFIN_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/error.h>
#include <synfin/event.h>

enum sf_verify { SF_VERIFY_STATE, SF_VERIFY_ALL, SF_VERIFY_NONE };

struct sf_settings {
    const char *filter;     /* BPF, or NULL */
    const char *interface;  /* for sf_session_capture */
    const char *write_path; /* save what passed the filter there; "-" is standard output; or NULL */
    uint64_t max_packets;   /* stop after that many that passed the filter; 0: no limit */
    int64_t duration_ns;    /* stop after that much capture time; 0: no limit */
    int64_t msl_ns;         /* maximum segment lifetime; half of 2MSL */
    int64_t linger_ns;      /* silence after which a finished connection's row is written */
    uint32_t max_flows;     /* connections kept at once; the rest leaves early */
    uint32_t snaplen;       /* live: bytes kept of each packet; 0: all */
    uint32_t buffer_mib;    /* live: the kernel's buffer; 0: libpcap's default */
    bool no_promiscuous;    /* live */
    uint8_t verify;         /* enum sf_verify */
    uint32_t threads;       /* files: 0 and 1 read and analyse in turn, more read ahead */
    uint32_t batch;         /* segments decoded ahead, 1 … 64; 0: the best known */
};

/* Sets `settings` to what a file is read with when no option is given. */
void sf_settings_init(struct sf_settings *settings);

struct sf_session;

/*
 * A new session; `settings` and the strings in it must outlive it. The filter is compiled when the
 * first link type is known, so a bad one is reported by sf_session_read. Returns 0, or
 * SF_E_MEMORY, SF_E_SYSTEM (the file to write cannot be opened).
 */
int sf_session_new(struct sf_session **session, const struct sf_settings *settings,
                   struct sf_error *err);

/* Adds a sink; the session does not own it. Order of adding is order of calling. */
void sf_session_add_sink(struct sf_session *session, struct sf_sink *sink);

/*
 * Called while a long file is read: bytes read of the current file (as stored) and its size, 0
 * when not known. At most ten times a second. NULL: nobody wants to know.
 */
typedef void sf_progress_fn(void *context, uint64_t done, uint64_t size);
void sf_session_on_progress(struct sf_session *session, sf_progress_fn *fn, void *context);

/* Something worth a sentence that is no reason to stop: files out of order, … */
typedef void sf_notice_fn(void *context, const char *text);
void sf_session_on_notice(struct sf_session *session, sf_notice_fn *fn, void *context);

/*
 * Reads one capture file ("-": standard input); files read one after the other are one capture.
 * Returns 0 at its end or when a limit of the settings was reached; SF_E_DAMAGED when the rest
 * cannot be read (what came before is analysed, `err` names the byte offset, and further files may
 * be read); SF_E_FORMAT, SF_E_SYSTEM, SF_E_USAGE (the filter), or what a sink returned.
 */
int sf_session_read(struct sf_session *session, const char *path, struct sf_error *err);

/* Opens the interface of the settings for sf_session_capture. */
int sf_session_open_live(struct sf_session *session, struct sf_error *err);

/* The descriptor of the file that packets are saved to, which stays the session's; -1: none. */
int sf_session_saved_to(const struct sf_session *session);

/*
 * Captures until a limit is reached, sf_session_stop is called, or the interface goes away
 * (SF_E_INTERFACE). Silence is noticed on an idle line, too.
 */
int sf_session_capture(struct sf_session *session, struct sf_error *err);

/* Ends sf_session_capture or sf_session_read after the packet in hand. Safe in a signal handler. */
void sf_session_stop(struct sf_session *session);

/* Was a limit of the settings reached, or sf_session_stop called? Then further files are not read.
 */
bool sf_session_is_done(const struct sf_session *session);

/* Ends all connections, tells their rows and the totals. Call once. */
int sf_session_finish(struct sf_session *session, struct sf_error *err);

/* The totals so far; valid until sf_session_free. */
const struct sf_totals *sf_session_totals(const struct sf_session *session);

/* NULL is fine. */
void sf_session_free(struct sf_session *session);

#endif
