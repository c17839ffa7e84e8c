/*
 * SIGINT and SIGTERM stop a session; a second one ends the program at once. SIGPIPE and
 * SIGXFSZ are ignored, so that a closed pipe and a file at its limit come back as errors that can
 * be ended with properly.
 */
#ifndef SYNFIN_CLI_SIGNALS_H
#define SYNFIN_CLI_SIGNALS_H

#include <synfin/session.h>

/* From now on a signal stops `session`; NULL: it is only remembered. */
void sf_signals_stop(struct sf_session *session);

/* From now on the end of a child process stops the session, too; it is no signal that "came". */
void sf_signals_stop_on_child(void);

/* The signal that came, or 0. */
int sf_signals_caught(void);

/* Dies of `signal`, as if it had never been caught: the shell then knows why. */
void sf_signals_die(int signal);

#endif
