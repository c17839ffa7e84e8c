/*
 * Moments and durations as text. Moments are nanoseconds since 1970-01-01 UTC, shown in local time
 * (TZ); any int64_t is fine.
 */
#ifndef SYNFIN_BASE_CLOCK_H
#define SYNFIN_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SF_CLOCK_SIZE 48

/* A second of local time. Moments mostly come in its order, so that one kept saves a conversion for
 * each of the others in it. All zero holds none. */
struct sf_clock_second {
    int64_t since_epoch;
    bool is_set;
    int64_t day;              /* differs from day to day */
    char date[SF_CLOCK_SIZE]; /* "2026-07-28" */
    char time[SF_CLOCK_SIZE]; /* "14:03:07" */
};

/* Makes `second` that of the moment. */
void sf_clock_second_of(struct sf_clock_second *second, int64_t time_ns);

/* "14:03:07.123456", with `decimals` 0 … 9 of them, by way of `second`; returns its length. */
size_t sf_clock_time(char text[SF_CLOCK_SIZE], struct sf_clock_second *second, int64_t time_ns,
                     unsigned decimals);

/* ISO 8601 with offset: "2026-07-28T14:03:07.123456+02:00"; `separator` stands for the T. */
size_t sf_clock_moment(char text[SF_CLOCK_SIZE], int64_t time_ns, unsigned decimals,
                       char separator);

/*
 * A duration for people, about three digits: "830 ns", "83 µs", "1.10 ms", "250 ms", "1.02 s",
 * "75 s", "2 min 5 s", "1 h 4 min", "3 d 2 h". UTF-8 (the micro sign). Returns its length.
 */
size_t sf_clock_duration(char text[SF_CLOCK_SIZE], int64_t ns);

/* From one moment to another; the nearest int64_t where the distance is larger than that. */
int64_t sf_clock_between(int64_t from_ns, int64_t to_ns);

#endif
