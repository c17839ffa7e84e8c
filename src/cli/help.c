#include "cli/help.h"

#include <string.h>

#include "base/breaks.h"
#include "base/width.h"
#include "cli/options.h"
#include "words/translate.h"

#define HELP_WIDTH  79
#define HELP_COLUMN 26 /* where the texts begin */

static const char *const headings[] = {
    [SF_GROUP_INPUT] = N_("Input:"),   [SF_GROUP_VISIT] = N_("Visit:"),
    [SF_GROUP_CHOICE] = N_("Choice:"), [SF_GROUP_ANALYSIS] = N_("Analysis:"),
    [SF_GROUP_OUTPUT] = N_("Output:"), [SF_GROUP_ABOUT] = N_("About:"),
};

static const char usage[] = N_("usage: synfin [COMMAND] [OPTIONS] FILE...\n"
                               "       synfin [COMMAND] [OPTIONS] -r FILE [FILTER]\n"
                               "       synfin [COMMAND] [OPTIONS] -i IFACE [FILTER]\n");

static void pad_to(FILE *out, size_t column, size_t wanted)
{
    for (; column < wanted; column++)
        fputc(' ', out);
}

/* `text` from HELP_COLUMN on, broken where lines may be; `column` is where the line stands now. */
static void print_text(FILE *out, size_t column, const char *text)
{
    if (column + 1 >= HELP_COLUMN) {
        fputc('\n', out);
        column = 0;
    }
    while (*text != '\0') {
        size_t length = sf_break_before(text, HELP_WIDTH - HELP_COLUMN);
        if (length == 0) /* one word is wider than the room */
            length = strcspn(text, " ");
        pad_to(out, column, HELP_COLUMN);
        fwrite(text, 1, length, out);
        fputc('\n', out);
        text += length;
        text += strspn(text, " ");
        column = 0;
    }
}

static void print_option(FILE *out, const struct sf_option_row *row)
{
    int column = row->letter != 0 ? fprintf(out, "  -%c, --%s", row->letter, row->name)
                                  : fprintf(out, "      --%s", row->name);
    size_t used = column > 0 ? (size_t)column : 0;
    if (row->argument != NULL) {
        fprintf(out, " %s", _(row->argument));
        used += 1 + sf_width(_(row->argument));
    }
    print_text(out, used, _(row->help));
}

static void print_options(FILE *out, uint32_t commands)
{
    size_t n = 0;
    const struct sf_option_row *rows = sf_option_rows(&n);
    int group = -1;
    for (size_t i = 0; i < n; i++) {
        if ((rows[i].commands & commands) == 0)
            continue;
        if (rows[i].group != group) {
            group = rows[i].group;
            fprintf(out, "\n%s\n", _(headings[group]));
        }
        print_option(out, &rows[i]);
    }
}

void sf_help_all(FILE *out)
{
    fputs(_("synfin tells the story of every TCP connection, from SYN to FIN.\n\n"), out);
    fputs(_(usage), out);
    fprintf(out, "\n%s\n", _("Commands:"));
    for (int i = 0; i < SF_COMMAND_COUNT; i++) {
        int column = fprintf(out, "  %s", sf_command_word((enum sf_command)i));
        print_text(out, column > 0 ? (size_t)column : 0, sf_command_summary((enum sf_command)i));
    }
    print_options(out, CMD_ALL);
    fputs(_("\nstatus: 0 fine, 1 it could not be done, 2 the command line is wrong,\n"
            "        3 there are findings that --fail-on asks for\n"
            "manual: man synfin, man synfin-findings\n"),
          out);
}

/* Of a command that reads no captures. */
static const char *plain_usage(enum sf_command command)
{
    if (command == SF_COMMAND_EXPLAIN)
        return _("usage: synfin %s [OPTIONS] [NAME...]\n");
    if (command == SF_COMMAND_VISIT)
        return _("usage: synfin %s [OPTIONS] HOST[:PORT]\n");
    return _("usage: synfin %s\n");
}

void sf_help_command(FILE *out, enum sf_command command)
{
    const char *word = sf_command_word(command);
    fprintf(out, "synfin %s: %s\n\n", word, sf_command_summary(command));
    if (sf_command_reads(command))
        fprintf(out,
                _("usage: synfin %s [OPTIONS] FILE...\n"
                  "       synfin %s [OPTIONS] -r FILE [FILTER]\n"
                  "       synfin %s [OPTIONS] -i IFACE [FILTER]\n"),
                word, word, word);
    else
        fprintf(out, plain_usage(command), word);
    print_options(out, 1u << command);
}

void sf_help_short(FILE *out)
{
    fputs(_(usage), out);
    fputs(_("'synfin --help' explains commands and options; 'man synfin' explains everything.\n"),
          out);
}
