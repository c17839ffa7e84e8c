#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_MS     UINT64_C(1000000)
#define NS_PER_US     UINT64_C(1000)

/* A moment, split: local calendar and nanoseconds of the second. */
struct moment {
    struct tm local;
    int64_t ns; /* 0 … 999999999 */
};

/* The whole seconds of a moment, and the nanoseconds 0 … 999999999 behind them. */
static int64_t whole_seconds(int64_t time_ns, int64_t *ns)
{
    int64_t seconds = time_ns / NS_PER_SECOND;
    *ns = time_ns % NS_PER_SECOND;
    if (*ns < 0) {
        *ns += NS_PER_SECOND;
        seconds--;
    }
    return seconds;
}

/* Years that an int64_t of nanoseconds can hold, 1677 … 2262, never fail in localtime_r. */
static struct moment split(int64_t time_ns)
{
    struct moment moment;
    memset(&moment, 0, sizeof moment);
    time_t when = (time_t)whole_seconds(time_ns, &moment.ns);
    (void)localtime_r(&when, &moment.local);
    return moment;
}

/* What snprintf says it wrote, never more than fits. */
static size_t written(int n, size_t size)
{
    if (n < 0)
        return 0;
    return (size_t)n < size ? (size_t)n : size - 1;
}

/* ".123456" at `text`; nothing without decimals. Returns its length. */
static size_t put_fraction(char *text, int64_t ns, unsigned decimals)
{
    if (decimals == 0)
        return 0;
    for (unsigned i = decimals; i < 9; i++)
        ns /= 10;
    text[0] = '.';
    for (unsigned i = decimals; i > 0; i--) {
        text[i] = (char)('0' + ns % 10);
        ns /= 10;
    }
    text[decimals + 1] = '\0';
    return decimals + 1;
}

/* "14:03:07" at `text`. */
static size_t put_time(char *text, size_t size, const struct moment *moment)
{
    return written(snprintf(text, size, "%02d:%02d:%02d", moment->local.tm_hour,
                            moment->local.tm_min, moment->local.tm_sec),
                   size);
}

static size_t put_date(char *text, size_t size, const struct moment *moment)
{
    return written(snprintf(text, size, "%04d-%02d-%02d", moment->local.tm_year + 1900,
                            moment->local.tm_mon + 1, moment->local.tm_mday),
                   size);
}

size_t sf_clock_moment(char text[SF_CLOCK_SIZE], int64_t time_ns, unsigned decimals, char separator)
{
    struct moment moment = split(time_ns);
    long offset = moment.local.tm_gmtoff / 60;
    char sign = offset < 0 ? '-' : '+';
    size_t n = put_date(text, SF_CLOCK_SIZE, &moment);
    text[n++] = separator;
    n += put_time(text + n, SF_CLOCK_SIZE - n, &moment);
    n += put_fraction(text + n, moment.ns, decimals);
    if (offset < 0)
        offset = -offset;
    n += written(
        snprintf(text + n, SF_CLOCK_SIZE - n, "%c%02ld:%02ld", sign, offset / 60, offset % 60),
        SF_CLOCK_SIZE - n);
    return n;
}

void sf_clock_second_of(struct sf_clock_second *second, int64_t time_ns)
{
    int64_t ns, since_epoch = whole_seconds(time_ns, &ns);
    if (second->is_set && second->since_epoch == since_epoch)
        return;
    struct moment moment = split(time_ns);
    second->since_epoch = since_epoch;
    second->is_set = true;
    second->day = (int64_t)moment.local.tm_year * 366 + moment.local.tm_yday;
    (void)put_date(second->date, sizeof second->date, &moment);
    (void)put_time(second->time, sizeof second->time, &moment);
}

size_t sf_clock_time(char text[SF_CLOCK_SIZE], struct sf_clock_second *second, int64_t time_ns,
                     unsigned decimals)
{
    int64_t ns;
    (void)whole_seconds(time_ns, &ns);
    sf_clock_second_of(second, time_ns);
    size_t n = strlen(second->time);
    memcpy(text, second->time, n + 1);
    return n + put_fraction(text + n, ns, decimals);
}

/* `value` in units of 1/1000, with three digits and a unit; no decimals when they are all 0. */
static size_t put_three_digits(char *text, uint64_t thousandths, const char *unit)
{
    unsigned decimals = thousandths < 10000 ? 2 : thousandths < 100000 ? 1 : 0;
    uint64_t step = decimals == 2 ? 10 : decimals == 1 ? 100 : 1000;
    uint64_t rounded = (thousandths + step / 2) / step;
    uint64_t one = 1000 / step;
    if (rounded % one == 0 && thousandths % 1000 == 0)
        decimals = 0;
    if (decimals == 0)
        return written(snprintf(text, SF_CLOCK_SIZE, "%" PRIu64 " %s", rounded / one, unit),
                       SF_CLOCK_SIZE);
    return written(snprintf(text, SF_CLOCK_SIZE, "%" PRIu64 ".%0*" PRIu64 " %s", rounded / one,
                            (int)decimals, rounded % one, unit),
                   SF_CLOCK_SIZE);
}

/* "2 min 5 s": two units, the lesser left out when it is 0. */
static size_t put_two_units(char *text, uint64_t large, const char *large_unit, uint64_t small,
                            const char *small_unit)
{
    size_t n =
        written(snprintf(text, SF_CLOCK_SIZE, "%" PRIu64 " %s", large, large_unit), SF_CLOCK_SIZE);
    if (small > 0)
        n += written(snprintf(text + n, SF_CLOCK_SIZE - n, " %" PRIu64 " %s", small, small_unit),
                     SF_CLOCK_SIZE - n);
    return n;
}

size_t sf_clock_duration(char text[SF_CLOCK_SIZE], int64_t ns)
{
    uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    uint64_t seconds = size / (uint64_t)NS_PER_SECOND;
    if (size < NS_PER_US)
        return written(snprintf(text, SF_CLOCK_SIZE, "%" PRIu64 " ns", size), SF_CLOCK_SIZE);
    if (size < NS_PER_MS / 10)
        return put_three_digits(text, size, "µs");
    if (size < (uint64_t)NS_PER_SECOND)
        return put_three_digits(text, size / NS_PER_US, "ms");
    if (seconds < 120)
        return put_three_digits(text, size / NS_PER_MS, "s");
    if (seconds < 7200)
        return put_two_units(text, seconds / 60, "min", seconds % 60, "s");
    if (seconds < 172800)
        return put_two_units(text, seconds / 3600, "h", seconds % 3600 / 60, "min");
    return put_two_units(text, seconds / 86400, "d", seconds % 86400 / 3600, "h");
}

int64_t sf_clock_between(int64_t from_ns, int64_t to_ns)
{
    int64_t between_ns;
    if (!__builtin_sub_overflow(to_ns, from_ns, &between_ns))
        return between_ns;
    return to_ns > from_ns ? INT64_MAX : INT64_MIN;
}
