/*
 * The textbook: an entry for each state, finding, header field and option, and for the terms of the
 * trade.
 *
 * Titles and texts are in the user's language; names, rows of RFCs and captures are not translated.
 * All strings live for ever.
 */
#ifndef SYNFIN_WORDS_TEXTBOOK_H
#define SYNFIN_WORDS_TEXTBOOK_H

#include <stdbool.h>
#include <stddef.h>

#include <synfin/catalogue.h>

/* In the order of the list. */
enum sf_entry_kind {
    SF_ENTRY_STATE,
    SF_ENTRY_FIELD,
    SF_ENTRY_OPTION,
    SF_ENTRY_TERM,
    SF_ENTRY_FINDING,
    SF_ENTRY_KIND_COUNT
};

struct sf_entry {
    enum sf_entry_kind kind;
    const char *name;
    const char *names; /* other ones, parted by '|' */
    const char *title; /* NULL for findings */
    const char *text;  /* NULL for findings: sf_code_says and its like have theirs */
    const char *rfc;
    const char *figure; /* "fast_open:2": a capture of pcaps/ and a connection in it; "": none */
    const char *see;    /* names of entries, parted by '|' */
    unsigned value;     /* enum sf_state or enum sf_code of states and findings */
};

/* How many entries there are. */
size_t sf_textbook_size(void);

/* Entry `at`, below sf_textbook_size(); by kind, and in the order of the tables. */
struct sf_entry sf_textbook_entry(size_t at);

/*
 * The place of the entry with that name, or with that other name; upper and lower case, and blank,
 * '-' and '_', are alike. sf_textbook_size() when there is none.
 */
size_t sf_textbook_find(const char *name);

/* Puts the places of up to `most` entries whose names are most like `name` into `places`, the
 * nearest first; returns how many there are. */
size_t sf_textbook_nearest(const char *name, size_t *places, size_t most);

/*
 * The name that the user's language has for the entry, copied into `text`; its own name where it
 * has no other.
 */
#define SF_ENTRY_NAME_SIZE 64
const char *sf_entry_shown_name(const struct sf_entry *entry, char text[SF_ENTRY_NAME_SIZE]);

/* "states", "findings": heading of the list. */
const char *sf_entry_kind_text(enum sf_entry_kind kind);

/* ---- how states follow each other ---- */

enum sf_transition_kind {
    SF_TRANSITION_PROVED,  /* the end itself sends something that shows it */
    SF_TRANSITION_ASSUMED, /* something passes towards it that leads there */
    SF_TRANSITION_UNSEEN   /* no segment shows it */
};

struct sf_transition {
    enum sf_state from, to;
    enum sf_transition_kind kind;
    const char *text; /* what happens: "it sends its FIN" */
};

/*
 * Transition `at` from one state to another, from 0, by the tables of synfin/moves.def and the
 * textbook: false behind the last.
 */
bool sf_transition(size_t at, struct sf_transition *transition);

#endif
