#include "sink/markup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

typedef void put_fn(struct sf_output *out, const char *text);

static void expect(put_fn *put, const char *text, const char *expected)
{
    struct sf_output out;
    assert_int_equal(sf_output_init(&out, -1), 0);
    put(&out, text);
    sf_output_char(&out, '\0');
    assert_string_equal(out.bytes, expected);
    sf_output_release(&out);
}

static void test_html(void **state)
{
    (void)state;
    expect(sf_html_text, "", "");
    expect(sf_html_text, "SYN_SENT → 三次握手", "SYN_SENT → 三次握手");
    expect(sf_html_text, "<script>alert('x')</script>",
           "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
    expect(sf_html_text, "a\"b&c", "a&quot;b&amp;c");
    expect(sf_html_text, "&lt;", "&amp;lt;");
    /* Control characters, a byte that is no UTF-8, and a mark that turns text around. */
    expect(sf_html_text, "a\033[2Jb\n", "a\xef\xbf\xbd[2Jb\xef\xbf\xbd");
    expect(sf_html_text, "a\xff", "a\xef\xbf\xbd");
    expect(sf_html_text,
           "a\xe2\x80\xae"
           "b",
           "a\xef\xbf\xbd"
           "b");
}

static void test_markdown(void **state)
{
    (void)state;
    expect(sf_markdown_text, "FIN_WAIT_1 → 82", "FIN_WAIT_1 → 82");
    expect(sf_markdown_text, "a|b*c`d[e](f)#", "a\\|b\\*c\\`d\\[e\\](f)\\#");
    expect(sf_markdown_text, "back\\slash", "back\\\\slash");
    expect(sf_markdown_text, "<img src=x>&", "&lt;img src=x&gt;&amp;");
    expect(sf_markdown_text, "two\nlines\tand\033", "two lines and\xef\xbf\xbd");
    expect(sf_markdown_text, "$x$ ~~y~~", "\\$x\\$ \\~\\~y\\~\\~");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_markdown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
