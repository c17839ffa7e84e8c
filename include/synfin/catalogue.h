/*
 * Everything a user can name, as enumerations made from the tables (`*.def`) of this folder.
 *
 * Adding a state, a finding, a detail or an annotation is one row in its table; the enumeration,
 * the word users see and the manual page follow from it.
 */
#ifndef SYNFIN_CATALOGUE_H
#define SYNFIN_CATALOGUE_H

enum sf_state {
    SF_STATE_NONE, /* not known, not there */
#define STATE(name) SF_STATE_##name,
#include <synfin/states.def>
#undef STATE
    SF_STATE_COUNT
};

/* What a segment can be a sign of: what moves states. */
enum sf_sign {
    SF_SIGN_NONE,
#define SIGN(name, says, hears) SF_SIGN_##name,
#include <synfin/signs.def>
#undef SIGN
    SF_SIGN_COUNT
};

enum sf_handshake {
#define HANDSHAKE(name, word, text) SF_HANDSHAKE_##name,
#include <synfin/outcomes.def>
    SF_HANDSHAKE_COUNT
};

enum sf_close {
#define CLOSE(name, word, text) SF_CLOSE_##name,
#include <synfin/outcomes.def>
    SF_CLOSE_COUNT
};

/* Why a connection's row was written. */
enum sf_ended {
#define ENDED(name, word) SF_ENDED_##name,
#include <synfin/outcomes.def>
    SF_ENDED_COUNT
};

/* What the shape of a RST says of its sender; RFC 9293 §3.5.2 and §3.10.7.1. */
enum sf_reset_kind {
    SF_RESET_KIND_NONE,
#define RESET_KIND(name, word, text) SF_RESET_KIND_##name,
#include <synfin/outcomes.def>
    SF_RESET_KIND_COUNT
};

/* On which side of the capture point something was lost, in the lost segment's own direction. */
enum sf_where {
    SF_WHERE_NONE,
#define WHERE(name, word, text) SF_WHERE_##name,
#include <synfin/outcomes.def>
    SF_WHERE_COUNT
};

enum sf_detail {
    SF_DETAIL_NONE,
#define DETAIL(name, word, text) SF_DETAIL_##name,
#include <synfin/outcomes.def>
    SF_DETAIL_COUNT
};

/* What ICMP errors about a segment have in common. */
enum sf_icmp_kind {
    SF_ICMP_NONE, /* no such error */
#define ICMP_KIND(name, says, check) SF_ICMP_##name,
#include <synfin/icmp.def>
    SF_ICMP_KIND_COUNT
};

/* With what segments a source tries whether a port is open. */
enum sf_method {
    SF_METHOD_NONE,
#define METHOD(name, word, text) SF_METHOD_##name,
#include <synfin/outcomes.def>
    SF_METHOD_COUNT
};

/* What speaks for a finding that rests on likelihood; at most sixteen. */
enum sf_evidence {
#define EVIDENCE(name, word, text) SF_EVIDENCE_##name,
#include <synfin/outcomes.def>
    SF_EVIDENCE_COUNT
};

enum sf_severity { SF_INFO, SF_NOTE, SF_WARNING, SF_ERROR, SF_SEVERITY_COUNT };

enum sf_certainty { SF_PROVED, SF_PROBABLE };

/* The findings, in the order of the table. */
enum sf_code {
#define FINDING(code, severity, when, says, sure, check, rfc, figure, see) SF_CODE_##code,
#include <synfin/findings.def>
#undef FINDING
    SF_CODE_COUNT
};

/* What can be said beside a segment: explanations, not findings. */
enum sf_annotation {
#define ANNOTATION(name, text)               SF_SAY_##name,
#define ANNOTATION_N(name, singular, plural) SF_SAY_##name,
#include <synfin/annotations.def>
#undef ANNOTATION
#undef ANNOTATION_N
    SF_SAY_COUNT
};

#endif
