#include "track/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/pages.h"

#define CHUNK         4096u
#define LINE          64u /* bytes of a cache line */
#define FIRST_BUCKETS 4096u

struct table {
    struct record **bucket;
    uint32_t n_buckets; /* a power of two */
    uint32_t n, max;
    uint8_t **chunk;
    size_t record_size; /* with what is extra */
    uint32_t n_chunks, chunks_size;
    uint32_t n_slots;    /* slots ever used */
    uint32_t *free_slot; /* those of them that are free, last first */
    uint32_t n_free, free_size;
};

struct table *sf_table_new(uint32_t max, size_t extra)
{
    struct table *table = calloc(1, sizeof *table);
    if (table == NULL)
        return NULL;
    table->max = max;
    table->record_size = (sizeof(struct record) + extra + LINE - 1) / LINE * LINE;
    table->n_buckets = FIRST_BUCKETS;
    table->bucket = calloc(table->n_buckets, sizeof *table->bucket);
    if (table->bucket == NULL) {
        free(table);
        return NULL;
    }
    return table;
}

void sf_table_free(struct table *table)
{
    if (table == NULL)
        return;
    for (uint32_t i = 0; i < table->n_chunks; i++)
        sf_pages_free(table->chunk[i], CHUNK * table->record_size);
    free(table->chunk);
    free(table->free_slot);
    free(table->bucket);
    free(table);
}

uint32_t sf_table_count(const struct table *table)
{
    return table->n;
}

bool sf_table_is_full(const struct table *table)
{
    return table->n >= table->max;
}

static struct record **bucket_of(const struct table *table, uint64_t hash)
{
    return &table->bucket[hash & (table->n_buckets - 1u)];
}

static struct record *first_alike(struct record *record, const struct sf_key *key, uint64_t hash)
{
    while (record != NULL &&
           (record->hash != hash || memcmp(&record->flow.key, key, sizeof *key) != 0))
        record = record->next;
    return record;
}

struct record *sf_table_find(const struct table *table, const struct sf_key *key, uint64_t hash)
{
    return first_alike(*bucket_of(table, hash), key, hash);
}

struct record *sf_table_older(const struct record *record)
{
    return first_alike(record->next, &record->flow.key, record->hash);
}

/* Chains are rebuilt from their tails, so that the youngest of a key stays in front. */
static void rehash(struct table *table, struct record **bucket, uint32_t n_buckets)
{
    struct record **old = table->bucket;
    uint32_t n_old = table->n_buckets;
    table->bucket = bucket;
    table->n_buckets = n_buckets;
    for (uint32_t i = 0; i < n_old; i++) {
        struct record *reversed = NULL;
        for (struct record *record = old[i], *next; record != NULL; record = next) {
            next = record->next;
            record->next = reversed;
            reversed = record;
        }
        for (struct record *record = reversed, *next; record != NULL; record = next) {
            next = record->next;
            struct record **head = bucket_of(table, record->hash);
            record->next = *head;
            *head = record;
        }
    }
    free(old);
}

/* At most a quarter full: each record of a chain that is not the one looked for is a cache miss. A
 * table that cannot grow goes on with longer chains. */
static void grow(struct table *table)
{
    if (table->n < table->n_buckets / 4u || table->n_buckets > UINT32_MAX / 4u)
        return;
    struct record **bucket = calloc(table->n_buckets * 2u, sizeof *bucket);
    if (bucket != NULL)
        rehash(table, bucket, table->n_buckets * 2u);
}

static bool add_chunk(struct table *table)
{
    if (table->n_chunks == table->chunks_size) {
        uint32_t size = table->chunks_size == 0 ? 16u : table->chunks_size * 2u;
        uint8_t **grown = realloc(table->chunk, size * sizeof *grown);
        if (grown == NULL)
            return false;
        table->chunk = grown;
        table->chunks_size = size;
    }
    uint8_t *chunk = sf_pages_new(CHUNK * table->record_size);
    if (chunk == NULL)
        return false;
    table->chunk[table->n_chunks++] = chunk;
    return true;
}

static struct record *slot_record(const struct table *table, uint32_t slot)
{
    uint8_t *at = table->chunk[slot / CHUNK] + slot % CHUNK * table->record_size;
    return (struct record *)(void *)at;
}

void *sf_table_extra(struct record *record)
{
    return record + 1;
}

static bool take_slot(struct table *table, uint32_t *slot)
{
    if (table->n_free > 0) {
        *slot = table->free_slot[--table->n_free];
        return true;
    }
    if (table->n_slots == table->n_chunks * CHUNK && !add_chunk(table))
        return false;
    *slot = table->n_slots++;
    return true;
}

struct record *sf_table_add(struct table *table, const struct sf_key *key, uint64_t hash)
{
    uint32_t slot;
    if (sf_table_is_full(table) || !take_slot(table, &slot))
        return NULL;
    grow(table);
    struct record *record = slot_record(table, slot);
    memset(record, 0, table->record_size);
    record->flow.slot = slot;
    record->flow.key = *key;
    record->hash = hash;
    record->wake_ns = INT64_MAX;
    record->is_used = true;
    struct record **head = bucket_of(table, hash);
    record->next = *head;
    *head = record;
    table->n++;
    return record;
}

/* A slot that cannot be remembered as free is lost until the table goes. */
static void give_slot(struct table *table, uint32_t slot)
{
    if (table->n_free == table->free_size) {
        uint32_t size = table->free_size == 0 ? 256u : table->free_size * 2u;
        uint32_t *grown = realloc(table->free_slot, size * sizeof *grown);
        if (grown == NULL)
            return;
        table->free_slot = grown;
        table->free_size = size;
    }
    table->free_slot[table->n_free++] = slot;
}

void sf_table_remove(struct table *table, struct record *record)
{
    struct record **link = bucket_of(table, record->hash);
    while (*link != record)
        link = &(*link)->next;
    *link = record->next;
    record->is_used = false;
    table->n--;
    give_slot(table, record->flow.slot);
}

void sf_table_prefetch(const struct table *table, uint64_t hash)
{
    __builtin_prefetch(bucket_of(table, hash));
}

void sf_table_prefetch_record(const struct table *table, uint64_t hash)
{
    const char *record = (const char *)*bucket_of(table, hash);
    for (size_t at = 0; record != NULL && at < table->record_size; at += LINE)
        __builtin_prefetch(record + at);
}

uint32_t sf_table_slots(const struct table *table)
{
    return table->n_slots;
}

struct record *sf_table_at(const struct table *table, uint32_t slot)
{
    struct record *record = slot_record(table, slot);
    return record->is_used ? record : NULL;
}
