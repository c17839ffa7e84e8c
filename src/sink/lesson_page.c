#include "sink/lesson_page.h"

#include <stdio.h>

#include "words/translate.h"

#define NAME    2
#define BITS    28 /* the numbers end here */
#define VALUE   30
#define MEANING 53

static void put_field(void *context, const struct sf_field *field)
{
    struct sf_paper *paper = context;
    char text[16] = "";
    if (field->bits > 0)
        (void)snprintf(text, sizeof text, "%u", field->bits);
    sf_paper_to(paper, NAME);
    sf_paper_put(paper, field->name);
    sf_paper_right(paper, BITS, text);
    sf_paper_to(paper, VALUE);
    sf_paper_put(paper, field->value);
    if (field->meaning[0] != '\0') {
        if (paper->column >= MEANING)
            sf_paper_end_line(paper);
        sf_paper_to(paper, MEANING);
        sf_paper_wrap(paper, MEANING, field->meaning);
    }
    sf_paper_end_line(paper);
}

static void put_reason(void *context, const char *text)
{
    struct sf_paper *paper = context;
    sf_paper_to(paper, NAME);
    sf_paper_wrap(paper, NAME + 5, text);
    sf_paper_end_line(paper);
}

static void put_heading(struct sf_paper *paper, const struct sf_told *told)
{
    char text[SF_LESSON_HEADING_SIZE];
    sf_lesson_heading(text, told->row, told->segment);
    sf_paper_end_line(paper);
    sf_paper_to(paper, NAME);
    sf_paper_put_ink(paper, SF_INK_STRONG, text);
    sf_paper_end_line(paper);
    sf_paper_to(paper, NAME);
    sf_paper_put_ink(paper, SF_INK_FAINT, _("field"));
    sf_paper_right(paper, BITS, _("bits"));
    sf_paper_to(paper, VALUE);
    sf_paper_put_ink(paper, SF_INK_FAINT, _("value"));
    sf_paper_to(paper, MEANING);
    sf_paper_put_ink(paper, SF_INK_FAINT, _("meaning"));
    sf_paper_end_line(paper);
}

void sf_lesson_put(struct sf_paper *paper, const struct sf_told *told)
{
    put_heading(paper, told);
    sf_lesson_tell(told, put_field, put_reason, paper);
}
