/*
 * The words of the catalogues and the sentences made of them.
 *
 * A *name* or *word* is a machine value: it stands in JSON, CSV and selections and is never
 * translated. A *text* is what a person reads, in the user's language, UTF-8. All of them live for
 * ever. A value outside its enumeration gives "?".
 */
#ifndef SYNFIN_WORDS_WORDS_H
#define SYNFIN_WORDS_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <synfin/catalogue.h>
#include <synfin/event.h>
#include <synfin/flow.h>

/* ---- words ---- */

const char *sf_state_name(unsigned state);    /* "SYN_SENT"; SF_STATE_NONE is "?" */
const char *sf_severity_name(unsigned level); /* "note" */
const char *sf_severity_text(unsigned level);
const char *sf_certainty_word(unsigned value); /* "proved", "probable" */
const char *sf_side_name(unsigned side);       /* "client", "server", "nobody" */
const char *sf_side_text(unsigned side);       /* "the client", "the server", "both ends" */
const char *sf_handshake_word(unsigned value);
const char *sf_handshake_text(unsigned value);
const char *sf_close_word(unsigned value);
const char *sf_close_text(unsigned value);
const char *sf_ended_word(unsigned value);
const char *sf_reset_kind_word(unsigned value); /* NULL for …_NONE, likewise below */
const char *sf_reset_kind_text(unsigned value);
const char *sf_where_word(unsigned value);
const char *sf_where_text(unsigned value);
const char *sf_detail_word(unsigned value);
const char *sf_detail_text(unsigned value);
const char *sf_method_word(unsigned value); /* "syn": how a port was tried */
const char *sf_method_text(unsigned value);
const char *sf_evidence_word(unsigned value); /* "one isn": never NULL */
const char *sf_evidence_text(unsigned value);
const char *sf_skip_word(unsigned value);
const char *sf_skip_text(unsigned value);

/* The name of flag bit 0 … 8: "FIN", "SYN", … "AE"; they go from low to high. */
#define SF_FLAG_COUNT 9
const char *sf_flag_name(unsigned bit);

/* The bit that stands at `place` 0 … 8 wherever flags are listed: SYN, FIN, RST first, ACK last. */
unsigned sf_flag_shown(unsigned place);

/* "SYN,ACK", "PSH,ACK", in that order; "none" for no flag. Returns the length; at most 40 bytes
 * with the 0. */
#define SF_FLAGS_SIZE 48
size_t sf_flags_text(char text[SF_FLAGS_SIZE], unsigned flags);

/* "vxlan:42", "gre"; returns false (and an empty text) when there is no tunnel. */
#define SF_TUNNEL_SIZE 24
bool sf_tunnel_word(char text[SF_TUNNEL_SIZE], const struct sf_key *key);

/* The value whose word these `length` bytes are, upper and lower case alike; -1 when there is none.
 */
int sf_handshake_find(const char *word, size_t length);
int sf_close_find(const char *word, size_t length);
int sf_code_find(const char *word, size_t length);

/* ---- findings ---- */

const char *sf_code_name(unsigned code);  /* "FINAL_ACK_LOST" */
unsigned sf_code_severity(unsigned code); /* enum sf_severity, as the table has it */
const char *sf_code_says(unsigned code);  /* with {side}, {other}, … still in it */
const char *sf_code_sure(unsigned code);
const char *sf_code_check(unsigned code);
const char *sf_code_rfc(unsigned code); /* "RFC 9293 §3.6" */

/*
 * A finding in sentences; each call returns the length of the text, which is cut at a character
 * when `size` is too small (SF_FINDING_SIZE is enough for any).
 *
 * sf_finding_text: what happened, with its numbers, where, and of what kind.
 * sf_finding_sure_text: how sure that is, and what else it could be.
 * sf_finding_check_text: what to look at, and where the rules stand.
 *
 * Their texts in the tables may use {side} and {other}, {Side} and {Other} at the beginning of a
 * sentence, {count}, {octets}, {interval} and {state}; those of an ICMP error {reporter}, {icmp}
 * and {quoted}; a figure has {n}.
 */
#define SF_FINDING_SIZE 2048
size_t sf_finding_text(char *text, size_t size, const struct sf_found *found);
size_t sf_finding_sure_text(char *text, size_t size, const struct sf_found *found);
size_t sf_finding_check_text(char *text, size_t size, const struct sf_found *found);

/* The same of a finding of no connection in particular: "one end", "the other end". */
size_t sf_code_says_text(char *text, size_t size, unsigned code);
size_t sf_code_sure_text(char *text, size_t size, unsigned code);
size_t sf_code_check_text(char *text, size_t size, unsigned code);

/*
 * The name of figure `at` of the finding in JSON; NULL: it has none, or nothing was counted there
 * that is worth a word.
 */
const char *sf_figure_key(const struct sf_found *found, unsigned at);

/* ---- ICMP errors ---- */

const char *sf_icmp_word(const struct sf_icmp *icmp); /* "host unreachable", never translated */
const char *sf_icmp_says(unsigned kind);              /* with {reporter}, {icmp}, … still in it */
const char *sf_icmp_check(unsigned kind);

/* "fragmentation needed, MTU 1400", "parameter problem at octet 20"; returns its length. */
#define SF_ICMP_SIZE 96
size_t sf_icmp_text(char text[SF_ICMP_SIZE], const struct sf_icmp *icmp);

/* ---- what is said beside a segment ---- */

/* The annotations in the user's language, but for those that are counted, looked up once. */
struct sf_note_words {
    const char *text[SF_SAY_COUNT];
};
void sf_note_words_init(struct sf_note_words *words);

/* Without `words`, which may be NULL, the annotation is looked up. Returns the text's length. */
#define SF_NOTE_SIZE 256
size_t sf_note_text(char text[SF_NOTE_SIZE], const struct sf_note *note,
                    const struct sf_note_words *words);

/*
 * The note with absolute numbers in place of relative ones: `first` is the number that the relative
 * ones of the segment's sender count from.
 */
struct sf_note sf_note_absolute(struct sf_note note, uint32_t first);

/*
 * The raw, translated text of an annotation, with its placeholders; singular or plural by `n`, its
 * first value, where that counts something.
 */
const char *sf_annotation_text(unsigned annotation, unsigned long n);

/* Has it a singular and a plural? */
bool sf_annotation_is_counted(unsigned annotation);

/* ---- ASCII ---- */

/* What stands in ASCII for a character that is none: arrows, check marks, dashes, dots, the micro
 * and section signs have their usual stand-ins, everything else is "?". */
const char *sf_ascii_for(uint32_t code_point);

#endif
