#include "cli/figure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/captures.h"
#include "words/textbook.h"

static char *drawn(const char *figure, struct sf_output *output)
{
    struct sf_error err = {0};
    assert_int_equal(sf_output_init(output, -1), 0);
    const struct sf_sink_settings settings = {.output = output, .width = 80};
    if (sf_figure_draw(figure, &settings, &err) != 0)
        fail_msg("%s: %s", figure, err.text);
    sf_output_char(output, '\0');
    return output->bytes;
}

/* Each figure that an entry names can be drawn, and shows both ends. */
static void test_every_figure_is_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < sf_textbook_size(); i++) {
        struct sf_entry entry = sf_textbook_entry(i);
        struct sf_output output;
        if (entry.figure[0] == '\0')
            continue;
        const char *text = drawn(entry.figure, &output);
        if (strstr(text, "client") == NULL || strstr(text, "────") == NULL)
            fail_msg("%s: the figure %s is empty", entry.name, entry.figure);
        sf_output_release(&output);
    }
}

/* The rows alone, and of the connection that is asked for. */
static void test_what_is_drawn(void **state)
{
    struct sf_output output;
    (void)state;
    const char *text = drawn("fast_open:2", &output);
    assert_non_null(strstr(text, "  11")); /* the SYN with the cookie, see pcaps/README.md */
    assert_null(strstr(text, "connection"));
    assert_null(strstr(text, "Proved"));
    sf_output_release(&output);
}

static void test_no_such_figure(void **state)
{
    struct sf_output output;
    struct sf_error err = {0};
    (void)state;
    assert_int_equal(sf_output_init(&output, -1), 0);
    const struct sf_sink_settings settings = {.output = &output, .width = 80};
    assert_int_not_equal(sf_figure_draw("nothing", &settings, &err), 0);
    assert_non_null(strstr(err.text, "nothing"));
    assert_int_equal(output.length, 0);
    sf_output_release(&output);
}

/* What is built in is what lies in pcaps/, and nothing that no entry shows. */
static void test_captures(void **state)
{
    size_t n = 0;
    const struct sf_capture *captures = sf_captures(&n);
    (void)state;
    assert_true(n > 40);
    for (size_t i = 0; i < n; i++) {
        char path[128];
        unsigned char bytes[65536];
        bool is_used = false;
        (void)snprintf(path, sizeof path, "pcaps/%s.pcap", captures[i].name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        assert_int_equal(fread(bytes, 1, sizeof bytes, file), captures[i].size);
        assert_memory_equal(bytes, captures[i].bytes, captures[i].size);
        (void)fclose(file);
        for (size_t at = 0; at < sf_textbook_size(); at++) {
            const char *figure = sf_textbook_entry(at).figure;
            size_t length = strcspn(figure, ":");
            is_used |=
                strlen(captures[i].name) == length && memcmp(captures[i].name, figure, length) == 0;
        }
        assert_true(is_used);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_figure_is_there),
        cmocka_unit_test(test_what_is_drawn),
        cmocka_unit_test(test_no_such_figure),
        cmocka_unit_test(test_captures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
