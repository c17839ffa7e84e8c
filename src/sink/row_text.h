/*
 * Sentences about a row of a ladder, in whatever form it is drawn.
 */
#ifndef SYNFIN_SINK_ROW_TEXT_H
#define SYNFIN_SINK_ROW_TEXT_H

#include <stdbool.h>

#include "sink/rows.h"
#include "words/sentence.h"

/* What is written on an arrow, from the whole to the least. */
enum sf_label_form { SF_LABEL_WHOLE, SF_LABEL_NO_LENGTH, SF_LABEL_NO_PUSH, SF_LABEL_LEAST };

struct sf_label_style {
    enum sf_label_form form;
    bool absolute; /* numbers */
    bool has_keys; /* "seq=1 ack=2", or "1 ack 2" */
};

/* "FIN,ACK seq=81 ack=601"; of an error "ICMP 3/13 quotes SYN seq=0". ASCII. */
#define SF_LABEL_SIZE 96
void sf_row_label(char label[SF_LABEL_SIZE], const struct sf_row *row,
                  const struct sf_label_style *style);

/* Does its arrow lead to the server? An error goes back to the end that sent what it quotes. */
bool sf_row_goes_right(const struct sf_row *row);

/*
 * Adds what became of the segment and what the machine said of it; and its length, unless the label
 * has it.
 */
void sf_row_notes(struct sf_sentence *notes, const struct sf_row *row, bool absolute,
                  bool has_length);

/* Adds that an assumption about that end was wrong; nothing when none was. */
void sf_row_taken_back(struct sf_sentence *sentence, const struct sf_row *row, enum sf_side side);

/* Adds what a row of silence tells: "silence: NO_ANSWER". */
void sf_row_silence(struct sf_sentence *sentence, const struct sf_row *row);

/* Adds "14 segments, 310 bytes →, 18220 bytes ←"; nothing when nothing was folded. */
void sf_fold_text(struct sf_sentence *sentence, const struct sf_fold *fold);

/* Seconds since the connection's first packet: "0.010225"; returns its length. */
#define SF_ROW_TIME_SIZE 40
int sf_row_time(char text[SF_ROW_TIME_SIZE], int64_t start_ns, int64_t time_ns, unsigned decimals);

#endif
