#include "cli/environment.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A name that ends with '*' stands for all that begin so. */
static const char *const kept[] = {
    "LANG",    "LANGUAGE", "LC_*",     "TZ",       "TERM",
    "COLUMNS", "LINES",    "NO_COLOR", "SUDO_UID", "SUDO_GID",
};

static bool is_name(const char *pattern, const char *name, size_t length)
{
    size_t n = strlen(pattern);
    if (pattern[n - 1] == '*')
        return length >= n - 1 && strncmp(pattern, name, n - 1) == 0;
    return length == n && strncmp(pattern, name, n) == 0;
}

/* A zone by its rules or by its name below the system's folder: tzset(3). */
static bool is_harmless_zone(const char *zone)
{
    return zone[0] != ':' && zone[0] != '/' && strstr(zone, "..") == NULL;
}

/* A language is a name, never a path: setlocale(3) would read files there. */
static bool is_harmless(const char *name, size_t length, const char *value)
{
    if (length == 2 && strncmp(name, "TZ", 2) == 0)
        return is_harmless_zone(value);
    return strchr(value, '/') == NULL;
}

static bool is_kept(const char *variable)
{
    const char *sign = strchr(variable, '=');
    if (sign == NULL)
        return false;
    size_t length = (size_t)(sign - variable);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (is_name(kept[i], variable, length))
            return is_harmless(variable, length, sign + 1);
    return false;
}

/* In place: unsetenv would do no more, and would need each name copied. */
void sf_environment_clean(void)
{
    char **to = environ;
    for (char **from = environ; from != NULL && *from != NULL; from++)
        if (is_kept(*from))
            *to++ = *from;
    if (to != NULL)
        *to = NULL;
}
