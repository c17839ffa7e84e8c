/*
 * Does with each file what the program does most, so that a compiler can see which way branches go:
 *   train FILE…
 *
 * `make trained` builds it with -fprofile-generate. The program itself cannot be asked: confined as
 * it is, it may not write the profile when it ends.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <synfin/session.h>

#include "base/output.h"
#include "sink/sinks.h"

/* What is asked of large files. */
static const char *const names[] = {"stats-json", "flows-json", "dump-text"};
#define FORMATS (sizeof names / sizeof names[0])

static int read_file(const char *path, const char *name, struct sf_output *output,
                     struct sf_error *err)
{
    struct sf_settings settings;
    struct sf_session *session;
    struct sf_sink *sink = NULL;
    sf_settings_init(&settings);
    struct sf_sink_settings sink_settings = {
        .output = output, .width = 80, .msl_ns = settings.msl_ns};
    int status = sf_session_new(&session, &settings, err);
    if (status != 0)
        return status;
    status = sf_sink_new(&sink, name, &sink_settings, err);
    if (status == 0) {
        sf_session_add_sink(session, sink);
        status = sf_session_read(session, path, err);
    }
    if (status == 0)
        status = sf_session_finish(session, err);
    if (status == 0)
        status = sf_output_flush(output, err);
    sf_session_free(session);
    if (sink != NULL)
        sink->type->free(sink);
    return status;
}

int main(int argc, char **argv)
{
    struct sf_output output;
    struct sf_error err = {0};
    if (argc < 2) {
        fprintf(stderr, "usage: train FILE...\n");
        return 2;
    }
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0 || sf_output_init(&output, nowhere) != 0) {
        perror("train: /dev/null");
        return 1;
    }
    int failed = 0;
    for (int i = 1; i < argc && !failed; i++) {
        for (size_t format = 0; format < FORMATS && !failed; format++) {
            failed = read_file(argv[i], names[format], &output, &err) != 0;
            if (failed)
                fprintf(stderr, "train: %s: %s\n", argv[i], err.text);
        }
    }
    sf_output_release(&output);
    close(nowhere);
    return failed;
}
