/*
 * The visitor: makes one connection, in a process of its own, while the other process captures.
 *
 * The process that captures gives up every right to open a socket before it looks at a packet; so
 * the visitor is made before that, and waits until the capture runs.
 */
#ifndef SYNFIN_CLI_VISITOR_H
#define SYNFIN_CLI_VISITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <synfin/error.h>

#include "cli/destination.h"
#include "cli/privileges.h"

/* What is to be done once connected. */
struct sf_errand {
    const char *text; /* what is sent */
    size_t length;
    int64_t idle_ns;   /* how long to stay after the answer */
    bool closes_first; /* FIN right behind the text, or behind the idling */
    bool resets;       /* the same with RST */
};

/* How far it came. */
enum sf_stage {
    SF_STAGE_BEGUN,     /* never got to connect */
    SF_STAGE_CONNECT,   /* connecting failed: `sys` says why */
    SF_STAGE_CONNECTED, /* sending or reading failed */
    SF_STAGE_DONE
};

struct sf_report {
    enum sf_stage stage;
    int sys; /* errno, or 0 */
    uint64_t sent, received;
};

struct sf_visitor {
    pid_t process;
    int go;     /* a byte written here sends it off */
    int report; /* read from here */
};

/*
 * Makes the process, which becomes `identity` and waits. SIGCHLD comes when it has come back and
 * the close is over, as far as it can see. Returns 0 or SF_E_SYSTEM.
 */
int sf_visitor_start(struct sf_visitor *visitor, const struct sf_destination *destination,
                     const struct sf_errand *errand, const struct sf_identity *identity,
                     struct sf_error *err);

/* Sends it off. */
void sf_visitor_go(struct sf_visitor *visitor);

/* What it has to tell; all 0 when it has not come back: then it ends with this program. */
void sf_visitor_return(struct sf_visitor *visitor, struct sf_report *report);

#endif
