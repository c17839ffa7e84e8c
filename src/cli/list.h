/*
 * The command `interfaces`.
 */
#ifndef SYNFIN_CLI_LIST_H
#define SYNFIN_CLI_LIST_H

/* Prints what -i accepts, one interface a line; returns the exit status. */
int sf_list_interfaces(void);

#endif
