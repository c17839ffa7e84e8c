/*
 * Findings: predicates over finished facts.
 *
 * Each row of synfin/findings.def has a function sf_rule_CODE here. It changes nothing; it says
 * whether the finding holds at this step and fills what is particular about it. `found` comes with
 * code, severity, packet and time of the step, count 1 and certainty SF_PROVED; its side is
 * SF_NOBODY, or the end that is asked for where the row says SF_EACH_END.
 * Which finding yields to which is a row of hides.def, so that the order of rules cannot matter.
 */
#ifndef SYNFIN_MACHINE_RULES_H
#define SYNFIN_MACHINE_RULES_H

#include <stdbool.h>

#include "machine/judge.h"

/* Asks the rules that the marks of the step concern, and adds what they find. */
void sf_rules_apply(struct judgement *j);

/* Sorts the findings by the marks at which they are asked for, once for a machine. */
void sf_rules_index(struct asked *asked);

/*
 * A second connection to the same server lost its handshake ACK as well: what was said of the
 * first one is ACCEPT_QUEUE_OVERFLOW, too.
 */
void sf_rules_reread_lost_ack(struct sf_flow *flow);

/*
 * A sends an ACK that the RST before had not reached: of what that was told to have lost, less was
 * lost, or nothing. Call it when the ACK has been learned, before the rules.
 */
void sf_rules_reread_lost_data(struct judgement *j);

/* The row is due: what only the whole connection tells about its findings. */
void sf_rules_finish(const struct machine *machine, struct sf_flow *flow, int64_t now_ns);

/* What rules of repeats share: where the network may have doubled the packet, the repeat is likely
 * only. */
void sf_rule_doubt_repeat(struct sf_found *found, bool may_be_doubled);

#define FINDING(code, severity, when, says, sure, check, rfc, figure, see)                         \
    bool sf_rule_##code(const struct judgement *j, struct sf_found *found);
#include <synfin/findings.def>
#undef FINDING

#endif
