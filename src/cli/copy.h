/*
 * The second pass of -w with --only: the packets of the chosen connections, as they are.
 */
#ifndef SYNFIN_CLI_COPY_H
#define SYNFIN_CLI_COPY_H

#include "capture/saver.h"
#include "cli/chosen.h"
#include "cli/request.h"

/*
 * Reads the files of the request again and writes the chosen packets to `saver`, which is closed in
 * every case. Damage ends a file quietly: the first pass has named it. Returns 0, or a negative
 * SF_E_… with `err` filled.
 */
int sf_copy_chosen(const struct sf_request *request, const struct sf_chosen *chosen,
                   struct sf_saver *saver, struct sf_error *err);

#endif
