/*
 * Confining the program to what reading captures takes: whatever a packet might make it do, the
 * system does nothing else for it.
 */
#ifndef SYNFIN_CLI_CONFINE_H
#define SYNFIN_CLI_CONFINE_H

#include <synfin/error.h>

enum sf_confine {
    SF_CONFINE_FILES, /* opens files for reading, reads, writes what is open */
    SF_CONFINE_LIVE   /* the same, and asks the packet socket for its counters and its interface */
};

/*
 * From now on every thread, also those to come, may only make the system calls of that work; files
 * are opened for reading only, memory never becomes code, no program is started and no socket made.
 * Any other call ends the program with a sentence and status 1. seccomp(2); it is not taken back.
 *
 * Returns 0, or SF_E_SYSTEM when the system cannot do it.
 */
int sf_confine(enum sf_confine work, struct sf_error *err);

#endif
