#include "sink/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "story.h"

#define NO_LIMIT ((size_t)1 << 30)

/* Adds one segment of the story; returns the bytes added. */
static size_t add(struct sf_rows *rows, struct story *story, enum sf_side sender, unsigned flags,
                  uint32_t payload, uint32_t marks, size_t limit)
{
    story_segment(story, (int64_t)story->number * 10, sender, flags, 0, 0, payload, 0, 0);
    story->step.marks |= marks;
    const struct sf_event event = {.kind = SF_EVENT_SEGMENT,
                                   .flow = &story->flow,
                                   .segment = &story->segment,
                                   .step = &story->step};
    return sf_rows_add(rows, &event, limit);
}

/* What all rows and folds together count: nothing may be lost. */
static uint64_t count_of(const struct sf_rows *rows)
{
    uint64_t n = rows->pending.n;
    for (uint32_t i = 0; i < rows->n; i++)
        n += rows->rows[i].before.n + (rows->rows[i].is_silence ? 0 : 1);
    return n;
}

static void test_quiet_segments_fold(void **state)
{
    (void)state;
    struct sf_rows rows = {0};
    struct story story;
    story_begin(&story, NULL);
    (void)add(&rows, &story, SF_CLIENT, SF_SYN, 0, 0, NO_LIMIT);
    (void)add(&rows, &story, SF_CLIENT, SF_ACK, 100, 0, NO_LIMIT);
    assert_int_equal(rows.n, 2); /* one alone is shown */
    (void)add(&rows, &story, SF_SERVER, SF_ACK, 30, 0, NO_LIMIT);
    (void)add(&rows, &story, SF_SERVER, SF_ACK, 5, 0, NO_LIMIT);
    assert_int_equal(rows.n, 1);
    (void)add(&rows, &story, SF_CLIENT, SF_FIN | SF_ACK, 0, 0, NO_LIMIT);
    assert_int_equal(rows.n, 2);
    assert_int_equal(rows.rows[1].before.n, 3);
    assert_int_equal(rows.rows[1].before.octets[SF_CLIENT], 100);
    assert_int_equal(rows.rows[1].before.octets[SF_SERVER], 35);
    assert_int_equal(rows.pending.n, 0);
    (void)sf_rows_release(&rows);
}

static void test_at_most_64(void **state)
{
    (void)state;
    struct sf_rows rows = {0};
    struct story story;
    story_begin(&story, NULL);
    (void)add(&rows, &story, SF_CLIENT, SF_SYN, 0, 0, NO_LIMIT);
    for (unsigned i = 0; i < 500; i++)
        (void)add(&rows, &story, SF_CLIENT, SF_ACK, 10, SF_MARK_REPEAT, NO_LIMIT);
    (void)add(&rows, &story, SF_SERVER, SF_FIN | SF_ACK, 0, 0, NO_LIMIT);
    (void)add(&rows, &story, SF_CLIENT, SF_RST, 0, 0, NO_LIMIT);
    assert_int_equal(rows.n, SF_ROWS_MAX);
    assert_int_equal(rows.rows[0].flags, SF_SYN);
    assert_int_equal(rows.rows[62].flags, SF_FIN | SF_ACK);
    assert_int_equal(rows.rows[63].flags, SF_RST);
    assert_int_equal(count_of(&rows), 503);
    (void)sf_rows_release(&rows);
}

/* Where all are precious, the beginning and the end stay. */
static void test_too_many_precious_rows(void **state)
{
    (void)state;
    struct sf_rows rows = {0};
    struct story story;
    story_begin(&story, NULL);
    for (unsigned i = 0; i < 300; i++)
        (void)add(&rows, &story, SF_CLIENT, SF_SYN, 0, 0, NO_LIMIT);
    assert_int_equal(rows.n, SF_ROWS_MAX);
    assert_int_equal(rows.rows[0].number, 1);
    assert_int_equal(rows.rows[47].number, 48);
    assert_int_equal(rows.rows[63].number, 300);
    assert_int_equal(rows.rows[62].number, 299);
    assert_int_equal(count_of(&rows), 300);
    for (uint32_t i = 1; i < rows.n; i++)
        assert_true(rows.rows[i].number > rows.rows[i - 1].number);
    (void)sf_rows_release(&rows);
}

static void test_memory_is_limited(void **state)
{
    (void)state;
    struct sf_rows rows = {0};
    struct story story;
    size_t used = 0;
    story_begin(&story, NULL);
    for (unsigned i = 0; i < 100; i++)
        used += add(&rows, &story, SF_CLIENT, SF_SYN, 0, 0, 4000 - used);
    assert_true(used > 0 && used <= 4000);
    assert_true(rows.n > 0 && rows.n < SF_ROWS_MAX);
    assert_int_equal(count_of(&rows), 100);
    assert_int_equal(sf_rows_release(&rows), used);
    used = add(&rows, &story, SF_CLIENT, SF_SYN, 0, 0, 0);
    assert_int_equal(used, 0);
    assert_int_equal(rows.n, 0);
    assert_int_equal(count_of(&rows), 1);
    assert_int_equal(sf_rows_release(&rows), 0);
}

/* A held SYN is told late and stands where it passed. */
static void test_late_row_takes_its_place(void **state)
{
    (void)state;
    struct sf_rows rows = {.keeps_segments = true};
    struct story story;
    story_begin(&story, NULL);
    for (unsigned i = 0; i < 3; i++)
        (void)add(&rows, &story, SF_CLIENT, SF_FIN, i, 0, NO_LIMIT);
    story.number = 2;
    rows.rows[1].number = 5; /* as if the second one were packet 5 */
    rows.rows[2].number = 6;
    (void)add(&rows, &story, SF_CLIENT, SF_SYN, 77, 0, NO_LIMIT);
    assert_int_equal(rows.n, 4);
    assert_int_equal(rows.rows[1].number, 2);
    assert_int_equal(rows.segments[1].payload, 77);
    assert_int_equal(rows.segments[2].payload, 1);
    (void)sf_rows_release(&rows);
}

static void test_notes_come_back(void **state)
{
    (void)state;
    struct sf_rows rows = {0};
    struct story story;
    story_begin(&story, NULL);
    story_segment(&story, 0, SF_CLIENT, SF_SYN, 0, 0, 0, 0, 0);
    story_note(&story, SF_SAY_FIRST_HANDSHAKE, 4294967295, 0, 0);
    story_note(&story, SF_SAY_ROUND_TRIPS, 0, INT64_C(60000000000), 1);
    story_note(&story, SF_SAY_OPTION_SACK, 0, 0, 0);
    story_note(&story, SF_SAY_TIME_WAIT_UNTIL, -1, 0, INT64_MAX);
    const struct sf_event event = {.kind = SF_EVENT_SEGMENT,
                                   .flow = &story.flow,
                                   .segment = &story.segment,
                                   .step = &story.step};
    (void)sf_rows_add(&rows, &event, NO_LIMIT);
    assert_int_equal(rows.rows[0].n_notes, 4);
    for (unsigned i = 0; i < 4; i++) {
        struct sf_note note = sf_row_note(&rows.rows[0], i);
        assert_int_equal(note.annotation, story.step.notes[i].annotation);
        for (unsigned k = 0; k < 3; k++)
            assert_true(note.value[k] == story.step.notes[i].value[k]);
    }
    (void)sf_rows_release(&rows);
}

/* Notes that do not fit are left off; what fits is whole. */
static void test_many_large_notes(void **state)
{
    (void)state;
    struct sf_rows rows = {0};
    struct story story;
    story_begin(&story, NULL);
    story_segment(&story, 0, SF_CLIENT, SF_SYN, 0, 0, 0, 0, 0);
    for (unsigned i = 0; i < SF_NOTES_MAX; i++)
        story_note(&story, SF_SAY_ROUND_TRIPS, -1, -1, -1);
    const struct sf_event event = {.kind = SF_EVENT_SEGMENT,
                                   .flow = &story.flow,
                                   .segment = &story.segment,
                                   .step = &story.step};
    (void)sf_rows_add(&rows, &event, NO_LIMIT);
    unsigned n = rows.rows[0].n_notes;
    assert_true(n > 0 && n < SF_NOTES_MAX);
    assert_true(rows.rows[0].packed_length <= SF_ROW_PACKED);
    assert_true(sf_row_note(&rows.rows[0], n - 1).value[2] == -1);
    (void)sf_rows_release(&rows);
}

/* Errors that have no row are counted apart from segments, and take no place from what moved. */
static void test_errors_fold(void **state)
{
    (void)state;
    struct story story;
    struct sf_rows rows = {0};
    story_begin(&story, NULL);
    (void)add(&rows, &story, SF_CLIENT, SF_ACK, 0, SF_MARK_MOVED, NO_LIMIT);
    for (unsigned i = 0; i < 100; i++) {
        story_segment(&story, i, SF_CLIENT, SF_ACK, 1, 1, 10, 0, 0);
        story.step.marks = SF_MARK_ICMP;
        story.segment.icmp = (struct sf_icmp){.ip = 4, .type = 3, .kind = SF_ICMP_NO_WAY};
        struct sf_event event = {.kind = SF_EVENT_ICMP,
                                 .flow = &story.flow,
                                 .segment = &story.segment,
                                 .step = &story.step};
        (void)sf_rows_add(&rows, &event, NO_LIMIT);
    }
    uint64_t n_errors = rows.pending.n_errors, n_segments = rows.pending.n;
    for (uint32_t i = 1; i < rows.n; i++) {
        n_errors += rows.rows[i].before.n_errors + 1;
        n_segments += rows.rows[i].before.n;
        assert_int_equal(rows.rows[i].icmp.type, 3);
        assert_false(rows.rows[i].is_lesson);
    }
    (void)add(&rows, &story, SF_SERVER, SF_ACK, 0, SF_MARK_MOVED, NO_LIMIT);
    assert_int_equal(rows.n, SF_ROWS_MAX);
    assert_int_equal(rows.rows[0].icmp.kind, SF_ICMP_NONE);
    assert_int_equal(rows.rows[SF_ROWS_MAX - 1].icmp.kind, SF_ICMP_NONE);
    assert_int_equal(n_errors, 100);
    assert_int_equal(n_segments, 0);
    (void)sf_rows_release(&rows);
}

/* Tables are for what opens and closes, not for what merely proves a state. */
static void test_lessons(void **state)
{
    (void)state;
    struct story story;
    struct sf_rows rows = {0};
    story_begin(&story, NULL);
    (void)add(&rows, &story, SF_CLIENT, SF_SYN, 0, SF_MARK_SYN, NO_LIMIT);
    story_segment(&story, 20, SF_SERVER, SF_ACK, 1, 81, 0, 0, PROVED(ESTABLISHED));
    story.step.marks = SF_MARK_OPENING | SF_MARK_MOVED;
    struct sf_event event = {.kind = SF_EVENT_SEGMENT,
                             .flow = &story.flow,
                             .segment = &story.segment,
                             .step = &story.step};
    (void)sf_rows_add(&rows, &event, NO_LIMIT);
    story_segment(&story, 30, SF_CLIENT, SF_ACK, 1, 1, 0, 0, 0);
    story.step.marks = SF_MARK_OPENING | SF_MARK_MOVED;
    story.step.before[SF_SERVER].state = SF_STATE_SYN_RCVD;
    story.step.after[SF_SERVER].state = SF_STATE_ESTABLISHED;
    (void)sf_rows_add(&rows, &event, NO_LIMIT);
    assert_int_equal(rows.n, 3);
    assert_true(rows.rows[0].is_lesson);
    assert_false(rows.rows[1].is_lesson);
    assert_true(rows.rows[2].is_lesson);
    (void)sf_rows_release(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lessons),           cmocka_unit_test(test_quiet_segments_fold),
        cmocka_unit_test(test_at_most_64),        cmocka_unit_test(test_too_many_precious_rows),
        cmocka_unit_test(test_memory_is_limited), cmocka_unit_test(test_late_row_takes_its_place),
        cmocka_unit_test(test_notes_come_back),   cmocka_unit_test(test_many_large_notes),
        cmocka_unit_test(test_errors_fold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
