#include "cli/options.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <synfin/session.h>

#include "base/distance.h"
#include "cli/complain.h"
#include "cli/values.h"
#include "words/translate.h"

#define FIRST_ROW 1000 /* what getopt_long returns for row 0: beyond all characters */

static const struct sf_option_row rows[] = {
#define OPTION(heading, short, long, arg, how, field, min, max, who, text)                         \
    {.name = long,                                                                                 \
     .argument = arg,                                                                              \
     .help = text,                                                                                 \
     .offset = offsetof(struct sf_request, field),                                                 \
     .low = min,                                                                                   \
     .high = max,                                                                                  \
     .commands = who,                                                                              \
     .letter = short,                                                                              \
     .kind = SF_KIND_##how,                                                                        \
     .group = SF_GROUP_##heading},
#include "cli/options.def"
#undef OPTION
};
#define N_ROWS (sizeof rows / sizeof rows[0])

const struct sf_option_row *sf_option_rows(size_t *n)
{
    *n = N_ROWS;
    return rows;
}

/* ---- the argument vector --------------------------------------------------------------------- */

/* What getopt_long wants, made from the table. */
struct tables {
    struct option longs[N_ROWS + 1];
    char shorts[2 * N_ROWS + 2];
};

static void fill_tables(struct tables *tables)
{
    char *next = tables->shorts;
    *next++ = ':';
    for (size_t i = 0; i < N_ROWS; i++) {
        tables->longs[i].name = rows[i].name;
        tables->longs[i].has_arg = rows[i].argument != NULL ? required_argument : no_argument;
        tables->longs[i].val = FIRST_ROW + (int)i;
        if (rows[i].letter == 0)
            continue;
        *next++ = rows[i].letter;
        if (rows[i].argument != NULL)
            *next++ = ':';
    }
}

static size_t find_row(int found)
{
    if (found >= FIRST_ROW)
        return (size_t)(found - FIRST_ROW);
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].letter == found)
            return i;
    return N_ROWS;
}

static const char *nearest_option(const char *name)
{
    const char *nearest = NULL;
    unsigned best = 3;
    for (size_t i = 0; i < N_ROWS; i++) {
        unsigned distance = sf_word_distance(rows[i].name, name);
        if (distance < best) {
            best = distance;
            nearest = rows[i].name;
        }
    }
    return nearest;
}

/* `word` is the argument that getopt_long did not know; `letter` what it did not know in it. */
static int complain_unknown(const char *word, int letter)
{
    char name[32];
    if (strncmp(word, "--", 2) != 0)
        return sf_complain_usage(_("unknown option -%c; 'synfin --help' lists them all"), letter);
    size_t length = strcspn(word + 2, "=");
    if (letter != 0)
        return sf_complain_usage(_("%s: this option takes no argument"), word);
    if (length < sizeof name) {
        memcpy(name, word + 2, length);
        name[length] = '\0';
        const char *nearest = nearest_option(name);
        if (nearest != NULL)
            return sf_complain_usage(_("unknown option '%s'; did you mean '--%s'?"), word, nearest);
    }
    return sf_complain_usage(_("unknown option '%s'; 'synfin --help' lists them all"), word);
}

static int complain_lacking(int found)
{
    size_t i = find_row(found);
    if (i == N_ROWS)
        return sf_complain_usage(_("an option lacks its argument"));
    return sf_complain_usage(_("--%s lacks its argument: %s"), rows[i].name, _(rows[i].argument));
}

static int take_options(struct sf_request *request, int argc, char **argv, uint64_t *given)
{
    struct tables tables = {0};
    int found = 0, status = 0;
    static_assert(N_ROWS <= 64, "which options were given is kept in 64 bits");
    fill_tables(&tables);
    opterr = 0;
    optind = 0; /* glibc: begin anew, also when this is called a second time */
    while (status == 0) {
        int at = optind > 0 ? optind : 1;
        found = getopt_long(argc, argv, tables.shorts, tables.longs, NULL);
        if (found == -1)
            break;
        if (found == '?')
            return complain_unknown(argv[optind > at ? optind - 1 : at], optopt);
        if (found == ':')
            return complain_lacking(optopt);
        size_t i = find_row(found);
        *given |= UINT64_C(1) << i;
        status = sf_value_take(&rows[i], request, optarg);
    }
    return status;
}

/* ---- what belongs together ------------------------------------------------------------------- */

/* "a, b, c": the commands of the mask. */
static void join_commands(uint32_t mask, char *text, size_t size)
{
    size_t length = 0;
    text[0] = '\0';
    for (int i = 0; i < SF_COMMAND_COUNT && length < size; i++)
        if ((mask >> i & 1) != 0) {
            int n = snprintf(text + length, size - length, "%s%s", length > 0 ? ", " : "",
                             sf_command_word((enum sf_command)i));
            length += n > 0 ? (size_t)n : 0;
        }
}

static int check_commands(const struct sf_request *request, uint64_t given)
{
    char takers[80];
    for (size_t i = 0; i < N_ROWS; i++) {
        if ((given >> i & 1) == 0 || (rows[i].commands >> request->command & 1) != 0)
            continue;
        join_commands(rows[i].commands, takers, sizeof takers);
        return sf_complain_usage(_("'%s' does not take --%s; these commands do: %s"),
                                 sf_command_word(request->command), rows[i].name, takers);
    }
    return 0;
}

static int check_input(const struct sf_request *request)
{
    if (request->interface != NULL && request->read_path != NULL)
        return sf_complain_usage(_("-i and -r exclude each other: capture live, or read a file"));
    if (request->json && request->csv)
        return sf_complain_usage(_("--json and --csv exclude each other"));
    if (request->interface != NULL)
        return 0;
    if (request->no_promiscuous || request->buffer_mib != 0 || request->snaplen != 0)
        return sf_complain_usage(_("-p, -B and -s mean nothing for a file: they belong to -i"));
    return 0;
}

/* The plain words behind -r or -i, joined by spaces, are the filter. */
static int join_filter(struct sf_request *request, char **words, size_t n)
{
    size_t size = 1;
    if (n == 0)
        return 0;
    if (request->filter != NULL)
        return sf_complain_usage(_("the filter is given twice: with -f, and as '%s …'"), words[0]);
    for (size_t i = 0; i < n; i++)
        size += strlen(words[i]) + 1;
    request->joined_filter = malloc(size);
    if (request->joined_filter == NULL) {
        sf_complain(_("out of memory"));
        return SF_EXIT_FAILED;
    }
    char *end = request->joined_filter;
    for (size_t i = 0; i < n; i++) {
        end = stpcpy(end, words[i]);
        *end++ = i + 1 < n ? ' ' : '\0';
    }
    request->filter = request->joined_filter;
    return 0;
}

static int take_words(struct sf_request *request, char **words, size_t n)
{
    if (request->command == SF_COMMAND_EXPLAIN || request->command == SF_COMMAND_VISIT) {
        request->paths = words;
        request->n_paths = n;
        return 0;
    }
    if (!sf_command_reads(request->command)) {
        if (n > 0)
            return sf_complain_usage(_("'%s' takes no '%s'"), sf_command_word(request->command),
                                     words[0]);
        return 0;
    }
    if (request->read_path == NULL && request->interface == NULL) {
        request->paths = words;
        request->n_paths = n;
        return 0;
    }
    if (request->read_path != NULL) {
        request->one_path[0] = (char *)(uintptr_t)request->read_path; /* nobody writes to it */
        request->paths = request->one_path;
        request->n_paths = 1;
    }
    return join_filter(request, words, n);
}

static void set_defaults(struct sf_request *request)
{
    struct sf_settings settings;
    memset(request, 0, sizeof *request);
    sf_settings_init(&settings);
    request->command = SF_COMMAND_COUNT;
    request->msl_ns = settings.msl_ns;
    request->linger_ns = -1;
    request->max_flows = settings.max_flows;
}

int sf_request_parse(struct sf_request *request, int argc, char **argv)
{
    uint64_t given = 0;
    set_defaults(request);
    /* A misspelt command explains more than an option that it would have had. */
    int status = argc > 1 && argv[1][0] != '-' ? sf_command_check(argv[1]) : 0;
    if (status == 0)
        status = take_options(request, argc, argv, &given);
    if (status != 0)
        return status;
    char **words = argv + optind;
    size_t n = (size_t)(argc - optind);
    if (n > 0 && (request->command = sf_command_find(words[0])) != SF_COMMAND_COUNT) {
        words++;
        n--;
    }
    if (request->help || request->version) {
        request->paths = words;
        request->n_paths = request->read_path == NULL && request->interface == NULL ? n : 0;
        return 0;
    }
    if (request->command == SF_COMMAND_COUNT)
        request->command = request->interface != NULL ? SF_COMMAND_DUMP : SF_COMMAND_LADDER;
    if ((status = check_commands(request, given)) != 0 ||
        (sf_command_reads(request->command) && (status = check_input(request)) != 0))
        return status;
    return take_words(request, words, n);
}
