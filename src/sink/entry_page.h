/*
 * An entry of the textbook on paper, and the list of all.
 */
#ifndef SYNFIN_SINK_ENTRY_PAGE_H
#define SYNFIN_SINK_ENTRY_PAGE_H

#include <stdbool.h>

#include "sink/paper.h"
#include "words/textbook.h"

/* Its name and title, its sentences, its transitions if it is a state, and where the rules stand.
 */
void sf_entry_put(struct sf_paper *paper, const struct sf_entry *entry);

/* What else to look up; behind the figure, if there is one. */
void sf_entry_put_see(struct sf_paper *paper, const struct sf_entry *entry);

/* The names of all entries. */
void sf_entry_put_list(struct sf_paper *paper);

#endif
