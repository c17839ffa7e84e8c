#include "machine/split.h"

#include "machine/seq.h"

/* Jitter of a round trip. */
#define JITTER_NS INT64_C(1000000)

/* A server answers a SYN at once; one that opens itself has its own reasons when. */
#define PROMPT_NS INT64_C(50000000)

/* Its first acknowledgment, and that of the client's SYN,ACK. */
static bool is_answer_to_synack(const struct judgement *j)
{
    return j->a == SF_SERVER && j->is_plain && j->has_ack && j->pa->has_said_plain_syn &&
           !j->pa->has_said_synack && j->pa->n_sent_acks == 0 && j->pb->has_said_synack &&
           seq_within(j->segment->ack, j->B->iss + 1u, j->B->max);
}

/*
 * The server's SYN passed a round trip after the client's, and its first acknowledgment, which ends
 * the handshake, tells how long that is: it answered the client's SYN. Had the two crossed, it
 * would have come sooner; had the client's been lost, when it liked.
 */
static bool answered_at_once(const struct judgement *j)
{
    int64_t round_trip_ns = j->now_ns - j->pb->syn.last_ns;
    int64_t apart_ns = j->pa->syn.first_ns - j->pb->syn.first_ns;
    bool was_repeated = j->A->syn_repeats + j->B->syn_repeats + j->B->synack_repeats > 0;
    return !was_repeated && apart_ns + JITTER_NS >= round_trip_ns &&
           apart_ns <= round_trip_ns + PROMPT_NS;
}

void sf_split_note(struct judgement *j)
{
    struct sf_history *history = j->flow->history;
    if (j->is_split_syn) {
        history->split = SPLIT_PROVED;
    } else if (history->syns_crossed && j->flow->complete_ns == SF_NO_TIME &&
               !history->is_self_connected && is_answer_to_synack(j) && answered_at_once(j)) {
        j->shows_split = true;
        history->split = SPLIT_LIKELY;
        history->syns_crossed = false;
        j->flow->synack_ns = j->pa->syn.first_ns;
    }
}
