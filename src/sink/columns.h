/*
 * A connection as a row of named values: the one list of keys for JSON Lines and CSV.
 */
#ifndef SYNFIN_SINK_COLUMNS_H
#define SYNFIN_SINK_COLUMNS_H

#include <synfin/flow.h>

#include "base/output.h"

/* A JSON object and a line end. */
void sf_columns_json(struct sf_output *output, const struct sf_flow *flow);

/* The keys, and a row: RFC 4180. */
void sf_columns_csv_header(struct sf_output *output);
void sf_columns_csv(struct sf_output *output, const struct sf_flow *flow);

/* The members of an ICMP error in JSON, each behind a comma: `,"icmp_type":3,"icmp_code":13,…`. */
void sf_columns_icmp_json(struct sf_output *output, const struct sf_icmp *icmp);

/* The members of a finding in JSON, without the braces. */
void sf_columns_found_json(struct sf_output *output, const struct sf_found *found);

#endif
