/*
 * A request: what the command line asked for, before anything of it is done.
 *
 * All strings are borrowed from the argument vector, but for `filter` made of plain words, which
 * the request owns.
 */
#ifndef SYNFIN_CLI_REQUEST_H
#define SYNFIN_CLI_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sf_command {
#define COMMAND(name, word, reads, summary) SF_COMMAND_##name,
#include "cli/commands.def"
#undef COMMAND
    SF_COMMAND_COUNT /* none was named */
};

enum sf_color { SF_COLOR_AUTO, SF_COLOR_ALWAYS, SF_COLOR_NEVER };

#define SF_ONLY_MAX 32

struct sf_texts {
    const char *text[SF_ONLY_MAX];
    size_t n;
};

struct sf_request {
    enum sf_command command;
    /* input */
    const char *read_path;
    const char *interface;
    const char *filter;
    const char *write_path;
    uint64_t max_packets;
    int64_t duration_ns;
    uint32_t snaplen;
    uint32_t buffer_mib;
    bool no_promiscuous;
    const char *user; /* to become */
    /* visit */
    const char *send;    /* NULL: an HTTP request */
    const char *visited; /* the host, for titles; NULL: none is visited */
    int64_t idle_ns;
    /* choice */
    struct sf_texts only;
    uint8_t fail_on; /* enum sf_severity; 0: never fail on a finding */
    /* analysis; negative or 0: not given */
    int64_t msl_ns;
    int64_t linger_ns;
    uint32_t max_flows;
    uint32_t threads;
    uint8_t verify; /* enum sf_verify */
    /* output */
    const char *output_path;
    const char *html_path, *markdown_path; /* reports */
    int verbose;
    uint8_t color;           /* enum sf_color */
    uint8_t language;        /* 0: by the locale; it is chosen before options are understood */
    bool close_first, reset; /* of a visit */
    bool json, csv, absolute, ascii, quiet, help, version;
    /* the files to read, in order, the words to explain, or the host to visit: `paths[0 … n_paths)`
     */
    char **paths;
    size_t n_paths;
    char *joined_filter; /* owned: the plain words as one filter */
    char *one_path[1];   /* where `paths` points with -r */
};

/* The word of a command, as typed. */
const char *sf_command_word(enum sf_command command);

/* Does the command read captures? */
bool sf_command_reads(enum sf_command command);

/* The command with that word, or SF_COMMAND_COUNT. */
enum sf_command sf_command_find(const char *word);

/*
 * Can `word` stand where a command or a file is expected: is it a command, a file, or does it at
 * least look like a file's name (dot, slash, hyphen)? Otherwise it was meant as a command: says so
 * and returns SF_EXIT_USAGE.
 */
int sf_command_check(const char *word);

/* What the command is for: one line, translated. */
const char *sf_command_summary(enum sf_command command);

void sf_request_release(struct sf_request *request);

#endif
