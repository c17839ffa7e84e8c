/*
 * What a command that reads captures works with: settings, sinks, output, and how it went so far.
 */
#ifndef SYNFIN_CLI_WORK_H
#define SYNFIN_CLI_WORK_H

#include <stdbool.h>

#include <synfin/session.h>

#include "base/output.h"
#include "cli/chosen.h"
#include "cli/privileges.h"
#include "cli/progress.h"
#include "cli/request.h"
#include "cli/terminal.h"
#include "cli/worst.h"
#include "sink/only.h"

/* A report that is written beside the other results. */
struct sf_page {
    struct sf_output own; /* of its own file; unused where it takes the output */
    int fd;               /* of that file, or -1 */
    struct sf_sink *sink; /* NULL: there is no such report */
    struct sf_sink *only; /* hands what is chosen to `sink` */
};

/* Everything that a command needs while it works. */
struct sf_work {
    const struct sf_request *request;
    struct sf_settings settings;
    struct sf_output output;
    int output_fd;
    struct sf_look look;
    struct sf_selection *selection; /* NULL without --only */
    struct sf_sink *format;         /* what prints; NULL: nothing but the pages */
    struct sf_sink *only;           /* hands what is chosen to `format` */
    struct sf_sink *only_worst;     /* hands what is chosen to `worst` */
    struct sf_page pages[2];        /* HTML, Markdown */
    char source[256];               /* what is read, for their titles */
    struct sf_worst worst;
    struct sf_chosen chosen;
    struct sf_progress progress;
    struct sf_identity identity;  /* who reads */
    struct sf_saver *saver;       /* of a second pass; NULL: none */
    void (*ready)(void *context); /* called when a live capture runs; or NULL */
    void *ready_context;
    bool is_confined;
    char *typed;    /* owned: the input as it would be typed again, or NULL */
    bool is_told;   /* a first pass has named damage and order of the files */
    bool is_broken; /* the reader of our output is gone */
    int status;     /* enum sf_exit so far */
};

/*
 * Makes everything ready for the request, which must outlive the work. Returns 0, or -1 after a
 * sentence on standard error; the work is to be released in both cases.
 */
int sf_work_prepare(struct sf_work *work, const struct sf_request *request);

/*
 * Everything is open: gives up all that reading does not take, before the first packet is looked
 * at. `saved_to` is the descriptor of the file that packets are saved to, or -1. Returns 0, or -1
 * after a sentence. A second call does nothing.
 */
int sf_work_confine(struct sf_work *work, int saved_to);

/* Says a failure in its one line, and returns whether the next file may be better. */
bool sf_work_fail(struct sf_work *work, const struct sf_error *err);

/* Remembers a failure that was said elsewhere. */
void sf_work_raise(struct sf_work *work, int status);

/* A sf_notice_fn; `context` is the work. */
void sf_work_notice(void *context, const char *text);

/* Writes what is still to be written, and frees everything. */
void sf_work_release(struct sf_work *work);

#endif
