#include "cli/language.h"

#include <langinfo.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/messages.h"
#include "cli/complain.h"
#include "words/translate.h"

/* The languages beside English: what --lang and the environment call them, and their catalogues. */
static const struct {
    const char *word, *catalogue;
} languages[] = {
    {"zh", "zh_CN"},
};
#define N_LANGUAGES (sizeof languages / sizeof *languages)

/* ---- which one ------------------------------------------------------------------------------- */

/* The last --lang, as the parser of options will have it; NULL: none. */
static const char *asked_for(int argc, char **argv)
{
    static const char option[] = "--lang";
    const char *wanted = NULL;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], option) == 0 && i + 1 < argc)
            wanted = argv[i + 1];
        else if (strncmp(argv[i], "--lang=", sizeof option) == 0)
            wanted = argv[i] + sizeof option;
    }
    return wanted;
}

/* What the first of the variables that is set and not empty says; "" when none is. */
static const char *first_set(const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return "";
}

static bool is_plain(const char *locale)
{
    return locale[0] == '\0' || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0 ||
           strncmp(locale, "C.", 2) == 0;
}

/* As gettext(3) has it: LANGUAGE is asked first, but not in the C locale. */
static const char *of_environment(void)
{
    static const char *const messages[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    static const char *const language[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};
    return is_plain(first_set(messages, 3)) ? "" : first_set(language, 4);
}

/* By the locale, or, where that is not installed, by its name. */
static bool has_utf8(void)
{
    static const char *const types[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *name = strchr(first_set(types, 3), '.');
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ||
           (name != NULL &&
            (strncasecmp(name, ".utf-8", 6) == 0 || strncasecmp(name, ".utf8", 5) == 0));
}

/* ---- its catalogue --------------------------------------------------------------------------- */

/* "FOLDER/zh_CN/LC_MESSAGES/synfin.mo", as gettext's tools lay it. */
static bool load_from(const char *folder, const char *between, const char *catalogue)
{
    char path[PATH_MAX + 128];
    (void)snprintf(path, sizeof path, "%s%s/%s/LC_MESSAGES/synfin.mo", folder, between, catalogue);
    return sf_messages_load(path) == 0;
}

static bool load(const char *catalogue, const char *installed)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length > 0) {
        program[length] = '\0';
        *strrchr(program, '/') = '\0';
        if (load_from(program, "/locale", catalogue) ||
            load_from(program, "/../share/locale", catalogue))
            return true;
    }
    return load_from(installed, "", catalogue);
}

void sf_language_choose(int argc, char **argv, const char *installed)
{
    const char *asked = asked_for(argc, argv);
    const char *wanted = asked != NULL ? asked : has_utf8() ? of_environment() : "";
    for (size_t i = 0; i < N_LANGUAGES; i++) {
        size_t length = strlen(languages[i].word);
        bool is_it =
            strncmp(wanted, languages[i].word, length) == 0 &&
            (wanted[length] == '\0' || (asked == NULL && strchr("_.@:", wanted[length]) != NULL));
        if (is_it && !load(languages[i].catalogue, installed) && asked != NULL)
            sf_complain(_("the catalogue %s is not installed: English it is"),
                        languages[i].catalogue);
    }
}
