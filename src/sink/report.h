/*
 * What the reports have in common: a row for every connection, details of the worst, and a page
 * that holds them all, written when the input is over.
 */
#ifndef SYNFIN_SINK_REPORT_H
#define SYNFIN_SINK_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sink/collection.h"
#include "sink/make.h"

#define SF_DETAILS_MOST 300                /* connections that are shown in detail */
#define SF_DETAILS_SIZE ((size_t)12500000) /* bytes of them, at most … */
#define SF_TABLE_SIZE   ((size_t)7000000)  /* … and of the table: together below 20 MB */
#define SF_TABLE_PLAIN  ((size_t)6000000)  /* the part of it that may be taken without findings */

/* A connection that is over, while it is drawn. */
struct sf_drawn {
    struct sf_output *out;
    const struct sf_sink_settings *settings;
    const struct sf_flow *flow;
    const struct sf_rows *rows; /* NULL: nothing was kept of it */
};

/* A piece of the page: what was drawn of one connection. */
struct sf_piece {
    uint32_t id;
    uint8_t rank; /* severity of its worst finding plus one; 0: none */
    char *text;   /* owned */
    size_t length;
};

struct sf_report;

/* A format: draws connections, and puts the page together. */
struct sf_report_format {
    void (*row)(const struct sf_drawn *drawn);
    void (*detail)(const struct sf_drawn *drawn);
    void (*page)(const struct sf_report *report, const struct sf_totals *input);
};

struct sf_report {
    struct sf_plain plain;
    const struct sf_report_format *format;
    struct sf_collection rows;
    struct sf_totals totals;  /* of the chosen connections */
    struct sf_output scratch; /* where a piece is drawn */
    struct sf_piece *table;   /* in order of ids when the page is made */
    size_t n_table, table_capacity, table_size;
    struct sf_piece details[SF_DETAILS_MOST]; /* worst first, then by id, when the page is made */
    size_t n_details, details_size;
    size_t last_detail; /* the place of the one that leaves next */
};

/* Makes a report in that format, which must outlive it. Returns 0 or SF_E_MEMORY. */
int sf_report_new(struct sf_sink **sink, const struct sf_report_format *format,
                  const struct sf_sink_settings *settings, struct sf_error *err);

/* Sentences of every page: when, how much; what of the table and of the details is left out, and
 * false when nothing is. */
#define SF_REPORT_TEXT_SIZE 512
void sf_report_time(char text[SF_REPORT_TEXT_SIZE], const struct sf_totals *input);
void sf_report_packets(char text[SF_REPORT_TEXT_SIZE], const struct sf_totals *input);
bool sf_report_table_limit(char text[SF_REPORT_TEXT_SIZE], const struct sf_report *report);
bool sf_report_details_limit(char text[SF_REPORT_TEXT_SIZE], const struct sf_report *report);

/* Is the connection among those shown in detail? Only while the page is made. */
bool sf_report_details(const struct sf_report *report, uint32_t id);

#endif
