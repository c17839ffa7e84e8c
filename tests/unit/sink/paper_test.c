#include "sink/paper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct sheet {
    struct sf_output output;
    struct sf_paper paper;
};

static void begin(struct sheet *sheet, unsigned width, bool ascii)
{
    assert_int_equal(sf_output_init(&sheet->output, -1), 0);
    const struct sf_sink_settings settings = {
        .output = &sheet->output, .width = width, .ascii = ascii};
    sf_paper_init(&sheet->paper, &settings);
}

/* Compares what is on the sheet, and releases it. */
static void assert_sheet(struct sheet *sheet, const char *text)
{
    sf_output_char(&sheet->output, '\0');
    assert_string_equal(sheet->output.bytes, text);
    sf_output_release(&sheet->output);
}

static void test_wrap(void **state)
{
    (void)state;
    static const struct {
        unsigned indent;
        const char *text, *lines;
    } cases[] = {
        {0, "", ""},
        {0, "one two", "one two"},
        {2, "The quick brown fox jumps over the lazy dog and runs",
         "The quick brown fox jumps over the lazy\n  dog and runs"},
        {0, "exactly forty columns are in this line ok next",
         "exactly forty columns are in this line\nok next"},
        /* one word that no line can hold goes alone */
        {4, "a 0123456789012345678901234567890123456789012345 b",
         "a\n    0123456789012345678901234567890123456789012345\n    b"},
        /* a sign of three bytes is one column, and no place to break */
        {0, "see RFC 9293 and further on the end §3.6.1",
         "see RFC 9293 and further on the end\n§3.6.1"},
        /* a number stays with its unit, also in Greek */
        {0, "this wait lasts as long as 2MSL = 60 s here",
         "this wait lasts as long as 2MSL = 60 s\nhere"},
        {0, "this wait in TIME_WAIT lasts for all 60 s",
         "this wait in TIME_WAIT lasts for all\n60 s"},
        {0, "the round trip to the client took 1.25 µs",
         "the round trip to the client took\n1.25 µs"},
        {0, "closed by the client in four segments; 2 findings",
         "closed by the client in four segments;\n2 findings"},
        {0, "this wait in TIME_WAIT takes 2MSL = 60 s", "this wait in TIME_WAIT takes 2MSL = 60 s"},
        {0, "this wait in TIME_WAIT lasts for 2MSL = 60 s",
         "this wait in TIME_WAIT lasts for\n2MSL = 60 s"},
        /* a number that is part of a name does not */
        {0, "this comes from the text of RFC 9293 §3.6 1",
         "this comes from the text of RFC 9293\n§3.6 1"},
        /* wide characters take two columns each and break anywhere */
        {0, "三次握手三次握手三次握手三次握手三次握手三次握手",
         "三次握手三次握手三次握手三次握手三次握手\n三次握手"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sheet sheet;
        begin(&sheet, 40, false);
        sf_paper_wrap(&sheet.paper, cases[i].indent, cases[i].text);
        assert_sheet(&sheet, cases[i].lines);
    }
}

static void test_nothing_reaches_the_terminal(void **state)
{
    (void)state;
    struct sheet sheet;
    begin(&sheet, 40, false);
    sf_paper_put(&sheet.paper, "a\x1b[2Jb\x07\xff\xc2\x9b"
                               "c\r\n");
    assert_sheet(&sheet, "a?[2Jb???c??");
    begin(&sheet, 40, false);
    sf_paper_wrap(&sheet.paper, 0, "x\x1b]0;title\x07y");
    assert_sheet(&sheet, "x?]0;title?y");
}

static void test_columns(void **state)
{
    (void)state;
    struct sheet sheet;
    begin(&sheet, 40, false);
    sf_paper_put(&sheet.paper, "→");
    sf_paper_to(&sheet.paper, 4);
    sf_paper_right(&sheet.paper, 8, "12");
    sf_paper_to(&sheet.paper, 3);
    sf_paper_put(&sheet.paper, "|");
    assert_sheet(&sheet, "→     12|");
    begin(&sheet, 40, true);
    sf_paper_put(&sheet.paper, "→");
    sf_paper_to(&sheet.paper, 4);
    sf_paper_number(&sheet.paper, UINT64_MAX);
    assert_sheet(&sheet, "->  18446744073709551615");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_nothing_reaches_the_terminal),
        cmocka_unit_test(test_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
