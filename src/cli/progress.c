#include "cli/progress.h"

#include <stdio.h>

#include "words/translate.h"

/* Back to the first column, and the line empty. */
static const char wipe[] = "\r\033[K";

#define LARGE_BYTES (UINT64_C(32) << 20)

void sf_progress_show(void *context, uint64_t done, uint64_t size)
{
    struct sf_progress *progress = context;
    if ((size != 0 && size < LARGE_BYTES) || done < LARGE_BYTES / 8)
        return;
    fputs(wipe, stderr);
    if (size != 0)
        fprintf(stderr, _("reading: %3u %% of %u MB"), (unsigned)(done * 100 / size),
                (unsigned)(size / 1000000));
    else
        fprintf(stderr, _("reading: %u MB"), (unsigned)(done / 1000000));
    fflush(stderr);
    progress->is_shown = true;
}

void sf_progress_wipe(struct sf_progress *progress)
{
    if (!progress->is_shown)
        return;
    fputs(wipe, stderr);
    fflush(stderr);
    progress->is_shown = false;
}
