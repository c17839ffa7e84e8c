#include "cli/values.h"

#include <inttypes.h>
#include <string.h>

#include "cli/complain.h"
#include "words/translate.h"

#define NS_PER_S INT64_C(1000000000)

static int complain_value(const struct sf_option_row *row, const char *text, const char *wanted)
{
    return sf_complain_usage(_("--%s %s: %s is wanted"), row->name, text, wanted);
}

static int complain_range(const struct sf_option_row *row, const char *text)
{
    if (row->high == INT64_MAX)
        return complain_value(row, text, _("a whole number above 0"));
    return sf_complain_usage(_("--%s %s: a number from %" PRId64 " to %" PRId64 " is wanted"),
                             row->name, text, row->low, row->high);
}

/* Digits only, up to `high`; false for everything else. */
static bool read_number(const char *text, int64_t high, int64_t *value)
{
    int64_t number = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        int digit = *text - '0';
        if (number > (high - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *value = number;
    return true;
}

/* "12", "0.5", ".25": at most nine decimals. */
static bool read_seconds(const char *text, int64_t high, int64_t *value_ns)
{
    char whole[24];
    const char *point = strchr(text, '.');
    size_t length = point != NULL ? (size_t)(point - text) : strlen(text);
    int64_t seconds = 0, part_ns = 0, unit = NS_PER_S / 10;
    if (length >= sizeof whole || (length == 0 && (point == NULL || point[1] == '\0')))
        return false;
    memcpy(whole, text, length);
    whole[length] = '\0';
    if (length > 0 && !read_number(whole, high, &seconds))
        return false;
    for (const char *c = point != NULL ? point + 1 : ""; *c != '\0'; c++, unit /= 10) {
        if (*c < '0' || *c > '9' || unit == 0)
            return false;
        part_ns += (*c - '0') * unit;
    }
    *value_ns = seconds * NS_PER_S + part_ns;
    return true;
}

/* Which of the words in "a|b|c" is `text`; -1: none. */
static int choice_index(const char *words, const char *text)
{
    size_t wanted = strlen(text);
    for (int i = 0; *words != '\0'; i++) {
        size_t length = strcspn(words, "|");
        if (length == wanted && memcmp(words, text, length) == 0)
            return i;
        words += length + (words[length] == '|');
    }
    return -1;
}

static int take_number(const struct sf_option_row *row, void *field, const char *text)
{
    int64_t value = 0;
    if (!read_number(text, row->high, &value) || value < row->low)
        return complain_range(row, text);
    if (row->kind == SF_KIND_SMALL)
        *(uint32_t *)field = (uint32_t)value; /* the table's limits fit */
    else
        *(uint64_t *)field = (uint64_t)value;
    return 0;
}

static int take_seconds(const struct sf_option_row *row, void *field, const char *text)
{
    if (!read_seconds(text, row->high, field))
        return complain_value(row, text, _("a number of seconds, such as 30 or 0.5,"));
    return 0;
}

static int take_choice(const struct sf_option_row *row, void *field, const char *text)
{
    int index = choice_index(row->argument, text);
    if (index < 0)
        return complain_value(row, text, row->argument);
    *(uint8_t *)field = (uint8_t)(index + (int)row->low);
    return 0;
}

static int take_text(const struct sf_option_row *row, void *field, const char *text)
{
    if (*text == '\0')
        return sf_complain_usage(_("--%s: its argument is empty"), row->name);
    *(const char **)field = text;
    return 0;
}

static int take_list(const struct sf_option_row *row, void *field, const char *text)
{
    struct sf_texts *texts = field;
    if (texts->n == SF_ONLY_MAX)
        return sf_complain_usage(_("--%s: at most %d of them"), row->name, SF_ONLY_MAX);
    texts->text[texts->n++] = text;
    return 0;
}

static int take_flag(const struct sf_option_row *row, void *field, const char *text)
{
    (void)row;
    (void)text;
    *(bool *)field = true;
    return 0;
}

static int take_tally(const struct sf_option_row *row, void *field, const char *text)
{
    (void)row;
    (void)text;
    *(int *)field += 1;
    return 0;
}

typedef int take_fn(const struct sf_option_row *row, void *field, const char *text);
static take_fn *const takes[] = {
    [SF_KIND_FLAG] = take_flag,       [SF_KIND_TALLY] = take_tally,   [SF_KIND_TEXT] = take_text,
    [SF_KIND_LIST] = take_list,       [SF_KIND_COUNT] = take_number,  [SF_KIND_SMALL] = take_number,
    [SF_KIND_SECONDS] = take_seconds, [SF_KIND_CHOICE] = take_choice,
};

int sf_value_take(const struct sf_option_row *row, struct sf_request *request, const char *text)
{
    return takes[row->kind](row, (char *)request + row->offset, text);
}
