/*
 * The flow table: key → its connections, youngest first.
 *
 * Records come from a pool of large blocks and never move, so that pointers to them stay good
 * until they are removed. Chaining, with the full hash kept in each record: growing the table
 * touches no key. No output may depend on the order of the chains.
 */
#ifndef SYNFIN_TRACK_TABLE_H
#define SYNFIN_TRACK_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/flow.h>

struct record {
    struct sf_flow flow; /* flow.slot is the record's place in the pool */
    uint64_t hash;
    struct record *next; /* in its chain */
    int64_t wake_ns;     /* the deadline under which it stands in the timers; INT64_MAX: none */
    struct held *held;   /* SYNs held beside it, or NULL */
    bool is_used;
    bool is_written; /* its row was written; it stays to recognise what comes late */
    int64_t written_ns;
};

struct table;

/* A table for at most `max` records, each with `extra` bytes behind it. NULL without memory. */
struct table *sf_table_new(uint32_t max, size_t extra);
void sf_table_free(struct table *table);

uint32_t sf_table_count(const struct table *table);
bool sf_table_is_full(const struct table *table);

/* The youngest record of the key, or NULL. */
struct record *sf_table_find(const struct table *table, const struct sf_key *key, uint64_t hash);

/* The next older record of the same key, or NULL. */
struct record *sf_table_older(const struct record *record);

/* The extra bytes of a record, aligned for anything. */
void *sf_table_extra(struct record *record);

/* A new record, all zero but slot, key and hash; it is the youngest of its key. NULL without
 * memory or when the table is full. */
struct record *sf_table_add(struct table *table, const struct sf_key *key, uint64_t hash);

void sf_table_remove(struct table *table, struct record *record);

/* Hints that this hash will be looked for soon. */
void sf_table_prefetch(const struct table *table, uint64_t hash);

/* The same a little later: hints at the record itself, where the bucket has come. */
void sf_table_prefetch_record(const struct table *table, uint64_t hash);

/* The record in a slot below sf_table_slots(), or NULL when it is free. */
uint32_t sf_table_slots(const struct table *table);
struct record *sf_table_at(const struct table *table, uint32_t slot);

#endif
