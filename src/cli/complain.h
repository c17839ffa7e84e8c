/*
 * What the program says on standard error: one line for each failure, in plain words.
 */
#ifndef SYNFIN_CLI_COMPLAIN_H
#define SYNFIN_CLI_COMPLAIN_H

/* Exit statuses, as the manual page lists them. */
enum sf_exit {
    SF_EXIT_FINE = 0,
    SF_EXIT_FAILED = 1,  /* the work could not be done */
    SF_EXIT_USAGE = 2,   /* the command line is wrong */
    SF_EXIT_FINDINGS = 3 /* --fail-on: there are such findings */
};

/*
 * Writes "synfin: …" and a line end to standard error. Bytes that a terminal would act on are
 * shown as '?': names of files and words of the command line come from anywhere.
 */
void sf_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, and returns SF_EXIT_USAGE, so that a check can end with it. */
int sf_complain_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
