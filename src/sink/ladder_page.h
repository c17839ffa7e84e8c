/*
 * One connection as a ladder on paper: its heading, a row for each segment that was kept, what is
 * known of both ends at the end, and the findings.
 */
#ifndef SYNFIN_SINK_LADDER_PAGE_H
#define SYNFIN_SINK_LADDER_PAGE_H

#include <synfin/flow.h>

#include "sink/paper.h"
#include "sink/rows.h"

/* Where things stand in a row, as columns from 0. */
struct sf_frame {
    size_t time_end, number_end;
    size_t client, arrow, arrow_end, server;
    size_t notes; /* where notes begin: beside the ladder, or below a row */
    bool is_beside;
    unsigned decimals; /* of times: 6, or 9 */
    int64_t start_ns;
    bool absolute;
    bool has_keys; /* "seq=1 ack=2" fits on every arrow; else all have "1 ack 2" */
};

/* Lays the frame out for a connection. */
struct sf_frame sf_frame_of(const struct sf_paper *paper, const struct sf_flow *flow,
                            const struct sf_rows *rows, bool absolute);

/* Who, when, how it was opened and closed, how many findings. */
void sf_ladder_heading(struct sf_paper *paper, const struct sf_flow *flow);

/* The names of the columns and the states before the first row. */
void sf_ladder_top(struct sf_paper *paper, const struct sf_frame *frame,
                   const struct sf_rows *rows);

void sf_ladder_row(struct sf_paper *paper, const struct sf_frame *frame, const struct sf_row *row);

/* "… 14 segments, 310 bytes →, 18220 bytes ←"; nothing when nothing was folded. */
void sf_ladder_fold(struct sf_paper *paper, const struct sf_frame *frame,
                    const struct sf_fold *fold);

/* The path of states of each end, with ? at what is assumed. */
void sf_ladder_ends(struct sf_paper *paper, const struct sf_flow *flow);

/* The findings in sentences; with `verbose`, what to look at, too. */
void sf_ladder_findings(struct sf_paper *paper, const struct sf_flow *flow, bool verbose);

#endif
