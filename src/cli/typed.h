/*
 * The input of a request as it would be typed again, for hints that can be copied into a shell.
 */
#ifndef SYNFIN_CLI_TYPED_H
#define SYNFIN_CLI_TYPED_H

#include "cli/request.h"

/*
 * "a.pcap 'my file.pcap'", with -f in front when there is a filter, quoted for a shell where
 * needed. Returns NULL when the input cannot be had again (an interface, standard input), when it
 * would be longer than a hint may be, or when memory runs out. To be freed with free().
 */
char *sf_typed_input(const struct sf_request *request);

#endif
