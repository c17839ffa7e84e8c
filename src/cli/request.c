#include "cli/request.h"

#include <stdlib.h>
#include <string.h>

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

void sf_request_release(struct sf_request *request)
{
    free(request->joined_filter);
    request->joined_filter = NULL;
}
