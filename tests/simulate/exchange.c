#include "exchange.h"

#include <string.h>

#include "findings.h"

/* First sequence numbers as talks have them. */
static const uint32_t talk_isn[2] = {1000, 9000};

struct page {
    FILE *out;
    const struct trial *trial;
    uint32_t isn[2]; /* of the first SYN of each end, to count from */
};

static void find_isns(struct page *page)
{
    const struct truth *truth = &page->trial->truth;
    for (unsigned i = truth->n_sent; i > 0; i--) {
        const struct packet *packet = &truth->sent[i - 1u].packet;
        if ((packet->flags & SF_SYN) != 0)
            page->isn[packet->from] = packet->seq;
    }
}

/* The 0 of a RST without a connection stays. */
static uint32_t relative(const struct page *page, unsigned end, uint32_t number)
{
    return number == 0 ? 0 : number - page->isn[end] + talk_isn[end];
}

static void write_flags(char *text, size_t size, unsigned flags)
{
    static const char *const names[] = {"FIN", "SYN", "RST", "PSH", "ACK"};
    size_t used = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < 5 && used < size; i++) {
        if ((flags >> i & 1u) != 0)
            used +=
                (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? "," : "", names[i]);
    }
}

static void print_packet(const struct page *page, const struct packet *packet, int64_t time_ns)
{
    char flags[40];
    write_flags(flags, sizeof flags, packet->flags);
    fprintf(page->out, "%.6f %c %-7s seq %u", (double)time_ns / 1e9, packet->from == 0 ? 'c' : 's',
            flags, (unsigned)relative(page, packet->from, packet->seq));
    if ((packet->flags & SF_ACK) != 0)
        fprintf(page->out, " ack %u", (unsigned)relative(page, 1u - packet->from, packet->ack));
    if (packet->length > 0)
        fprintf(page->out, " len %u", (unsigned)packet->length);
    if (packet->has_timestamps)
        fprintf(page->out, " ts %u %u", (unsigned)packet->tsval, (unsigned)packet->tsecr);
    if (packet->ip_id != 0)
        fprintf(page->out, " id %u", (unsigned)packet->ip_id);
}

/* ---- sendings ---------------------------------------------------------------------------------
 */

static const char *reason_text(uint8_t reason)
{
    static const char *const texts[] = {[REASON_ORDINARY] = "",
                                        [REASON_REPEAT] = ", again",
                                        [REASON_ABORT] = ", ABORT",
                                        [REASON_UNREAD] = ", unread data",
                                        [REASON_GAVE_UP] = ", gave up",
                                        [REASON_NO_CONNECTION] = ", no connection",
                                        [REASON_BAD_ACK] = ", unacceptable ACK",
                                        [REASON_CHALLENGE] = ", answers what is unacceptable"};
    return texts[reason];
}

static void print_sending(const struct page *page, unsigned i)
{
    const struct sent *sent = &page->trial->truth.sent[i];
    fprintf(page->out, "# sent ");
    print_packet(page, &sent->packet, sent->sent_ns);
    fprintf(page->out, " in %s%s", state_name(truth_state_at(&page->trial->truth, sent)),
            reason_text(sent->packet.reason));
    if (sent->passed_ns == NEVER)
        fprintf(page->out, ": LOST in front of the tap");
    else if (sent->arrived_ns == NEVER)
        fprintf(page->out, ": LOST behind the tap");
    else
        fprintf(page->out, ": arrives %.6f", (double)sent->arrived_ns / 1e9);
    if (sent->held[0] || sent->held[1])
        fprintf(page->out, ", held %s", sent->held[0] ? "in front" : "behind");
    if (sent->doubled[0] || sent->doubled[1])
        fprintf(page->out, ", doubled %s", sent->doubled[0] ? "in front" : "behind");
    fprintf(page->out, "\n");
}

/* ---- passes -----------------------------------------------------------------------------------
 */

static void print_view(const struct page *page, const struct sf_view *view)
{
    bool is_first = view->at == 0;
    fprintf(page->out, " %s%s", state_name((enum sf_state)view->state),
            view->is_proved || is_first ? "" : "?");
}

static void print_pass(const struct page *page, unsigned i)
{
    const struct pass *pass = &page->trial->truth.pass[i];
    const struct said *said = &page->trial->account.said[i];
    if (!pass->is_captured)
        fprintf(page->out, "# not captured: ");
    print_packet(page, &page->trial->truth.sent[pass->sent].packet, pass->time_ns);
    if (said->is_told) {
        fprintf(page->out, " |");
        print_view(page, &said->view[0]);
        print_view(page, &said->view[1]);
        for (int code = 0; code < SF_CODE_COUNT; code++) {
            if ((said->codes >> code & 1u) != 0)
                fprintf(page->out, " ! %s", code_name((enum sf_code)code));
        }
        fprintf(page->out, " #%u", (unsigned)said->flow);
    }
    fprintf(page->out, "\n");
}

/* ---- the end ----------------------------------------------------------------------------------
 */

static void print_lives(const struct page *page)
{
    const struct truth *truth = &page->trial->truth;
    for (unsigned end = 0; end < 2; end++) {
        for (unsigned i = 0; i < truth->n_lives[end]; i++) {
            const struct life *life = &truth->life[end][i];
            fprintf(page->out, "# true %c:", end == 0 ? 'c' : 's');
            for (unsigned k = 0; k < life->n; k++)
                fprintf(page->out, " %s %.6f%s", state_name((enum sf_state)life->history[k].state),
                        (double)life->history[k].time_ns / 1e9,
                        life->history[k].is_silent ? " silently" : "");
            fprintf(page->out, "\n");
        }
    }
}

static void print_row(const struct page *page, const struct row *row)
{
    for (unsigned end = 0; end < 2; end++) {
        const struct sf_end *path = &row->flow.end[observed_side(&row->flow, end)];
        fprintf(page->out, "path %u %c", (unsigned)row->flow.id, end == 0 ? 'c' : 's');
        for (unsigned i = 0; i < path->n_path; i++) {
            bool is_first = i == 0 && path->path[0] <= SF_STATE_LISTEN;
            fprintf(page->out, " %s%s", state_name((enum sf_state)path->path[i]),
                    sf_end_proves(path, i) || is_first ? "" : "?");
        }
        fprintf(page->out, "\n");
    }
}

void exchange_print(FILE *out, const struct trial *trial)
{
    struct page page = {.out = out, .trial = trial};
    const struct truth *truth = &trial->truth;
    unsigned sent = 0, pass = 0;
    find_isns(&page);
    const struct verdict *verdict = &trial->verdict;
    fprintf(out, "# %s: %s\n", verdict->is_broken ? rule_text(verdict->rule) : "no rule is broken",
            verdict->text);
    while (sent < truth->n_sent || pass < truth->n_passes) {
        bool sending =
            sent < truth->n_sent &&
            (pass == truth->n_passes || truth->sent[sent].sent_ns <= truth->pass[pass].time_ns);
        if (sending)
            print_sending(&page, sent++);
        else
            print_pass(&page, pass++);
    }
    print_lives(&page);
    for (unsigned i = 0; i < trial->account.n_rows; i++)
        print_row(&page, &trial->account.row[i]);
    fprintf(out, "\n");
}
