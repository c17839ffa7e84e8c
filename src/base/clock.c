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

/* Years that an int64_t of nanoseconds can hold, 1677 … 2262, never fail in localtime_r. */
static struct moment split(int64_t time_ns)
{
    struct moment moment;
    memset(&moment, 0, sizeof moment);
    int64_t seconds = time_ns / NS_PER_SECOND;
    moment.ns = time_ns % NS_PER_SECOND;
    if (moment.ns < 0) {
        moment.ns += NS_PER_SECOND;
        seconds--;
    }
    time_t when = (time_t)seconds;
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

/* "14:03:07.123456" at `text`. */
static size_t put_time(char *text, size_t size, const struct moment *moment, unsigned decimals)
{
    int64_t fraction = moment->ns;
    for (unsigned i = decimals; i < 9; i++)
        fraction /= 10;
    size_t n = written(snprintf(text, size, "%02d:%02d:%02d", moment->local.tm_hour,
                                moment->local.tm_min, moment->local.tm_sec),
                       size);
    if (decimals > 0)
        n +=
            written(snprintf(text + n, size - n, ".%0*" PRId64, (int)decimals, fraction), size - n);
    return n;
}

static size_t put_date(char *text, size_t size, const struct moment *moment)
{
    return written(snprintf(text, size, "%04d-%02d-%02d", moment->local.tm_year + 1900,
                            moment->local.tm_mon + 1, moment->local.tm_mday),
                   size);
}

size_t sf_clock_time(char text[SF_CLOCK_SIZE], int64_t time_ns, unsigned decimals)
{
    struct moment moment = split(time_ns);
    return put_time(text, SF_CLOCK_SIZE, &moment, decimals);
}

size_t sf_clock_date(char text[SF_CLOCK_SIZE], int64_t time_ns)
{
    struct moment moment = split(time_ns);
    return put_date(text, SF_CLOCK_SIZE, &moment);
}

size_t sf_clock_moment(char text[SF_CLOCK_SIZE], int64_t time_ns, unsigned decimals, char separator)
{
    struct moment moment = split(time_ns);
    long offset = moment.local.tm_gmtoff / 60;
    char sign = offset < 0 ? '-' : '+';
    size_t n = put_date(text, SF_CLOCK_SIZE, &moment);
    text[n++] = separator;
    n += put_time(text + n, SF_CLOCK_SIZE - n, &moment, decimals);
    if (offset < 0)
        offset = -offset;
    n += written(
        snprintf(text + n, SF_CLOCK_SIZE - n, "%c%02ld:%02ld", sign, offset / 60, offset % 60),
        SF_CLOCK_SIZE - n);
    return n;
}

int64_t sf_clock_day(int64_t time_ns)
{
    struct moment moment = split(time_ns);
    return (int64_t)moment.local.tm_year * 366 + moment.local.tm_yday;
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
