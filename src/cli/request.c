#include "cli/request.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/distance.h"
#include "cli/complain.h"
#include "words/translate.h"

static const struct {
    const char *word;
    const char *summary;
    bool reads;
} commands[] = {
#define COMMAND(name, text, does_read, about) [SF_COMMAND_##name] = {text, about, does_read},
#include "cli/commands.def"
#undef COMMAND
};

const char *sf_command_word(enum sf_command command)
{
    return commands[command].word;
}

bool sf_command_reads(enum sf_command command)
{
    return commands[command].reads;
}

enum sf_command sf_command_find(const char *word)
{
    for (int i = 0; i < SF_COMMAND_COUNT; i++)
        if (strcmp(commands[i].word, word) == 0)
            return (enum sf_command)i;
    return SF_COMMAND_COUNT;
}

const char *sf_command_summary(enum sf_command command)
{
    return _(commands[command].summary);
}

static const char *nearest_command(const char *word)
{
    const char *nearest = NULL;
    unsigned best = 3;
    for (int i = 0; i < SF_COMMAND_COUNT; i++) {
        unsigned distance = sf_word_distance(commands[i].word, word);
        if (distance < best) {
            best = distance;
            nearest = commands[i].word;
        }
    }
    return nearest;
}

int sf_command_check(const char *word)
{
    struct stat status;
    if (sf_command_find(word) != SF_COMMAND_COUNT || strpbrk(word, "./-") != NULL ||
        stat(word, &status) == 0)
        return 0;
    const char *nearest = nearest_command(word);
    if (nearest != NULL)
        return sf_complain_usage(_("'%s' is neither a command nor a file; did you mean '%s'?"),
                                 word, nearest);
    return sf_complain_usage(
        _("'%s' is neither a command nor a file; 'synfin --help' lists the commands"), word);
}

void sf_request_release(struct sf_request *request)
{
    free(request->joined_filter);
    request->joined_filter = NULL;
}
