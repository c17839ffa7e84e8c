#include "cli/typed.h"

#include <stdlib.h>
#include <string.h>

#define HINT_MAX 400

/* Characters that no shell treats specially. */
static bool is_plain(const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:,+=@%-";
    return *word != '\0' && *word != '-' && word[strspn(word, plain)] == '\0';
}

/* What of `size` bytes is left, as a cursor. */
struct cursor {
    char *next;
    char *end;
    bool is_full;
};

static void put(struct cursor *cursor, const char *bytes, size_t length)
{
    if (length >= (size_t)(cursor->end - cursor->next)) {
        cursor->is_full = true;
        return;
    }
    memcpy(cursor->next, bytes, length);
    cursor->next += length;
    *cursor->next = '\0';
}

/* In single quotes unless it is plain; a single quote itself becomes '\''. */
static void put_word(struct cursor *cursor, const char *word)
{
    if (is_plain(word)) {
        put(cursor, word, strlen(word));
        return;
    }
    put(cursor, "'", 1);
    for (; *word != '\0'; word++)
        if (*word == '\'')
            put(cursor, "'\\''", 4);
        else
            put(cursor, word, 1);
    put(cursor, "'", 1);
}

char *sf_typed_input(const struct sf_request *request)
{
    char *text = malloc(HINT_MAX);
    if (text == NULL)
        return NULL;
    struct cursor cursor = {.next = text, .end = text + HINT_MAX};
    text[0] = '\0';
    if (request->filter != NULL) {
        put(&cursor, "-f ", 3);
        put_word(&cursor, request->filter);
        put(&cursor, " ", 1);
    }
    for (size_t i = 0; i < request->n_paths; i++) {
        if (i > 0)
            put(&cursor, " ", 1);
        cursor.is_full = cursor.is_full || strcmp(request->paths[i], "-") == 0;
        put_word(&cursor, request->paths[i]);
    }
    if (!cursor.is_full && request->interface == NULL)
        return text;
    free(text);
    return NULL;
}
