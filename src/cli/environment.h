/*
 * The environment of a program that has more rights than its caller.
 */
#ifndef SYNFIN_CLI_ENVIRONMENT_H
#define SYNFIN_CLI_ENVIRONMENT_H

/*
 * Removes every variable but those of locale, time zone and terminal, and what sudo says of its
 * caller. Libraries look at many more: for message catalogues, host names, temporary files, modules
 * to load. A time zone that names a file is removed as well. Call it before anything else.
 */
void sf_environment_clean(void);

#endif
