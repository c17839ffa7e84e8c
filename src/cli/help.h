/*
 * Help, made from the tables of commands and options.
 */
#ifndef SYNFIN_CLI_HELP_H
#define SYNFIN_CLI_HELP_H

#include <stdio.h>

#include "cli/request.h"

/* Everything, in 80 columns. */
void sf_help_all(FILE *out);

/* One command and the options that it takes. */
void sf_help_command(FILE *out, enum sf_command command);

/* Three lines for someone who typed `synfin` alone. */
void sf_help_short(FILE *out);

#endif
