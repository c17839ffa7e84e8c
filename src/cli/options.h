/*
 * The options of the command line: one table, one parser.
 */
#ifndef SYNFIN_CLI_OPTIONS_H
#define SYNFIN_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/request.h"

#define CMD(name)   (1u << SF_COMMAND_##name)
#define CMD_READING (CMD(LADDER) | CMD(DUMP) | CMD(FLOWS) | CMD(STATS) | CMD(REPORT))
#define CMD_PACKETS (CMD_READING | CMD(VISIT))                /* what has to do with packets */
#define CMD_TEXT    (CMD_READING | CMD(VISIT) | CMD(EXPLAIN)) /* what prints text */
#define CMD_ALL     (~0u)

enum sf_option_group {
    SF_GROUP_INPUT,
    SF_GROUP_VISIT,
    SF_GROUP_CHOICE,
    SF_GROUP_ANALYSIS,
    SF_GROUP_OUTPUT,
    SF_GROUP_ABOUT
};

enum sf_option_kind {
    SF_KIND_FLAG,    /* bool: no argument */
    SF_KIND_TALLY,   /* int: counts how often it is given */
    SF_KIND_TEXT,    /* const char *: the last one holds */
    SF_KIND_LIST,    /* struct sf_texts: all of them */
    SF_KIND_COUNT,   /* uint64_t */
    SF_KIND_SMALL,   /* uint32_t */
    SF_KIND_SECONDS, /* int64_t nanoseconds, written as seconds with up to nine decimals */
    SF_KIND_CHOICE   /* uint8_t: which of the words, plus `low` */
};

struct sf_option_row {
    const char *name;     /* long, without dashes */
    const char *argument; /* NULL: takes none */
    const char *help;
    size_t offset; /* of its field in struct sf_request */
    int64_t low, high;
    uint32_t commands;
    char letter; /* or 0 */
    uint8_t kind;
    uint8_t group;
};

/* The rows of options.def; `n` tells how many. */
const struct sf_option_row *sf_option_rows(size_t *n);

/*
 * Understands the command line. Returns 0 and a request to be released, or SF_EXIT_USAGE after
 * a sentence on standard error; then, too, the request is to be released. Does not look at files.
 */
int sf_request_parse(struct sf_request *request, int argc, char **argv);

#endif
