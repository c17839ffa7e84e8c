/*
 * Giving up what is not needed once the interface is open: not one byte of a packet is looked at
 * with more rights than the user who started the program has.
 */
#ifndef SYNFIN_CLI_PRIVILEGES_H
#define SYNFIN_CLI_PRIVILEGES_H

/*
 * Becomes the user who called sudo, if one did; gives up all capabilities; rules out that new ones
 * are gained. Returns 0, or -1 with errno set: then the capture must not go on.
 */
int sf_privileges_drop(void);

#endif
