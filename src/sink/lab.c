#include "sink/lab.h"

#include "words/translate.h"

/* What the machine says beside the segment, and how it is called in a report. */
static const struct {
    uint8_t annotation;
    const char *text;
} steps[SF_LAB_STEP_COUNT] = {
    [SF_LAB_SYN] = {SF_SAY_FIRST_HANDSHAKE, N_("handshake, first segment")},
    [SF_LAB_SYN_ACK] = {SF_SAY_SECOND_HANDSHAKE, N_("handshake, second segment")},
    [SF_LAB_ACK] = {SF_SAY_THIRD_HANDSHAKE, N_("handshake, third segment")},
    [SF_LAB_FIN] = {SF_SAY_FIRST_FIN, N_("close, the first FIN")},
    [SF_LAB_FIN_ACK] = {SF_SAY_ACK_COVERS_FIN, N_("close, the ACK of the first FIN")},
    [SF_LAB_SECOND_FIN] = {SF_SAY_SECOND_FIN, N_("close, the second FIN")},
    [SF_LAB_SECOND_FIN_ACK] = {SF_SAY_ACK_COVERS_SECOND_FIN,
                               N_("close, the ACK of the second FIN")},
};

const char *const sf_lab_questions[] = {
    "why three",
    "why four",
    "three-segment close",
    "why ack = x + 1",
    "acknowledgment number",
    "ISN",
    "TIME_WAIT",
    "last ACK",
    "CLOSING",
    NULL,
};

static bool says(const struct sf_row *row, uint8_t annotation)
{
    for (unsigned i = 0; i < row->n_notes; i++)
        if (sf_row_note(row, i).annotation == annotation)
            return true;
    return false;
}

const struct sf_row *sf_lab_row(const struct sf_rows *rows, enum sf_lab_step step)
{
    for (uint32_t i = 0; i < rows->n; i++)
        if (!rows->rows[i].is_silence && rows->rows[i].icmp.kind == SF_ICMP_NONE &&
            says(&rows->rows[i], steps[step].annotation))
            return &rows->rows[i];
    return NULL;
}

const char *sf_lab_text(enum sf_lab_step step)
{
    return sf_translate(steps[step].text);
}
