#include "sink/spans.h"

#include <stdbool.h>

#include "words/translate.h"

/* Was what the row shows sent before, so that a timer, or duplicate ACKs, sent it again? */
static bool is_repeat(const struct sf_row *row)
{
    for (unsigned i = 0; i < row->n_notes; i++)
        switch (sf_row_note(row, i).annotation) {
        case SF_SAY_SYN_AGAIN:
        case SF_SAY_SYNACK_AGAIN:
        case SF_SAY_FIN_AGAIN:
        case SF_SAY_DATA_AGAIN:
            return true;
        default:
            break;
        }
    return false;
}

static enum sf_span_kind kind_of(const struct sf_row *row)
{
    if (row->is_silence)
        return SF_SPAN_SILENCE;
    if (row->before.n + row->before.n_errors > 0)
        return SF_SPAN_FOLDED;
    if (is_repeat(row))
        return SF_SPAN_TIMEOUT;
    return row->sender == SF_CLIENT ? SF_SPAN_CLIENT : SF_SPAN_SERVER;
}

size_t sf_spans_of(const struct sf_rows *rows, struct sf_span *spans)
{
    size_t n = 0;
    int64_t latest_ns = rows->n > 0 ? rows->rows[0].time_ns : 0;
    for (uint32_t i = 1; i < rows->n && n < SF_ROWS_MAX; i++) {
        const struct sf_row *row = &rows->rows[i];
        if (row->time_ns <= latest_ns) /* at once, or the capture has them out of order */
            continue;
        spans[n++] = (struct sf_span){kind_of(row), latest_ns, row->time_ns};
        latest_ns = row->time_ns;
    }
    return n;
}

const char *sf_span_text(enum sf_span_kind kind)
{
    static const char *const texts[SF_SPAN_KIND_COUNT] = {
        [SF_SPAN_CLIENT] = N_("until the client's next segment"),
        [SF_SPAN_SERVER] = N_("until the server's next segment"),
        [SF_SPAN_TIMEOUT] = N_("until something was sent again"),
        [SF_SPAN_FOLDED] = N_("data and their ACKs"),
        [SF_SPAN_SILENCE] = N_("silence"),
    };
    return sf_translate(texts[kind]);
}
