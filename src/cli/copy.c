#include "cli/copy.h"

#include "capture/reader.h"
#include "cli/signals.h"

#define BATCH 64

/* `number` counts every record through all files, as the session did. */
static int copy_file(const char *path, bool reads_ahead, const struct sf_chosen *chosen,
                     struct sf_saver *saver, uint64_t *number, struct sf_error *err)
{
    struct sf_reader *reader = NULL;
    struct sf_packet packets[BATCH];
    struct sf_error damage = {0};
    int n = 0, status = 0;
    if (sf_reader_open(&reader, path, reads_ahead, &damage) != 0)
        return 0;
    while (status == 0 && sf_signals_caught() == 0 &&
           (n = sf_reader_read(reader, packets, BATCH, &damage)) > 0)
        for (int i = 0; i < n && status == 0; i++) {
            packets[i].number = ++*number;
            if (sf_chosen_has_packet(chosen, packets[i].number))
                status = sf_saver_write(saver, &packets[i], err);
        }
    sf_reader_close(reader);
    return status;
}

int sf_copy_chosen(const struct sf_request *request, const struct sf_chosen *chosen,
                   struct sf_saver *saver, struct sf_error *err)
{
    uint64_t number = 0;
    int status = 0;
    for (size_t i = 0; i < request->n_paths && status == 0; i++)
        status = copy_file(request->paths[i], request->threads > 1, chosen, saver, &number, err);
    /* Closing writes what is buffered; the first failure is the one to be told. */
    int closed = sf_saver_close(saver, status == 0 ? err : NULL);
    return status != 0 ? status : closed;
}
