#include "cli/explain.h"

#include <stdio.h>
#include <string.h>

#include "cli/complain.h"
#include "cli/figure.h"
#include "cli/files.h"
#include "cli/terminal.h"
#include "sink/entry_page.h"
#include "words/textbook.h"
#include "words/translate.h"

#define WIDTH_MOST   100 /* longer lines are hard to read */
#define NAME_MOST    80
#define NEAREST_MOST 3

/* ---- which entries --------------------------------------------------------------------------- */

/* The words with blanks between them; false when that is too long for a name. */
static bool join_words(const struct sf_request *request, char name[NAME_MOST])
{
    size_t length = 0;
    name[0] = '\0';
    for (size_t i = 0; i < request->n_paths; i++) {
        size_t more = strlen(request->paths[i]) + (i > 0 ? 1 : 0);
        if (length + more >= NAME_MOST)
            return false;
        (void)snprintf(name + length, NAME_MOST - length, "%s%s", i > 0 ? " " : "",
                       request->paths[i]);
        length += more;
    }
    return true;
}

static int complain_unknown(const char *name)
{
    char list[256];
    size_t nearest[NEAREST_MOST], length = 0;
    size_t n = sf_textbook_nearest(name, nearest, NEAREST_MOST);
    for (size_t i = 0; i < n; i++) {
        int more = snprintf(list + length, sizeof list - length, "%s'%s'", i > 0 ? ", " : "",
                            sf_textbook_entry(nearest[i]).name);
        length += more > 0 ? (size_t)more : 0;
    }
    if (n == 0)
        return sf_complain_usage(_("the textbook has no '%s'; 'synfin explain' lists what it has"),
                                 name);
    return sf_complain_usage(_("the textbook has no '%s'; did you mean %s?"), name, list);
}

/* Every word must be a name before anything is printed. */
static int check_words(const struct sf_request *request)
{
    for (size_t i = 0; i < request->n_paths; i++)
        if (sf_textbook_find(request->paths[i]) == sf_textbook_size())
            return complain_unknown(request->paths[i]);
    return 0;
}

/* ---- printing -------------------------------------------------------------------------------- */

static void put_figure(struct sf_paper *paper, const char *figure,
                       const struct sf_sink_settings *settings)
{
    char text[256];
    struct sf_error err = {0};
    sf_paper_end_line(paper);
    (void)snprintf(text, sizeof text, _("In a real connection (pcaps/%.*s.pcap of the sources):"),
                   (int)strcspn(figure, ":"), figure);
    sf_paper_to(paper, 2);
    sf_paper_wrap(paper, 2, text);
    sf_paper_end_line(paper);
    sf_paper_end_line(paper);
    if (sf_figure_draw(figure, settings, &err) != 0)
        sf_complain("%s", err.text);
}

static void put_entry(struct sf_paper *paper, const struct sf_entry *entry, bool has_figure,
                      const struct sf_sink_settings *settings)
{
    sf_entry_put(paper, entry);
    if (has_figure)
        put_figure(paper, entry->figure, settings);
    sf_paper_end_line(paper);
    sf_entry_put_see(paper, entry);
}

/* The entry, and those that have just the same name: CLOSING is a state and a finding. */
static void put_name(struct sf_paper *paper, size_t at, const struct sf_sink_settings *settings)
{
    struct sf_entry first = sf_textbook_entry(at);
    put_entry(paper, &first, first.figure[0] != '\0', settings);
    for (size_t i = at + 1; i < sf_textbook_size(); i++) {
        struct sf_entry next = sf_textbook_entry(i);
        if (strcmp(first.name, next.name) != 0)
            continue;
        bool is_new = next.figure[0] != '\0' && strcmp(first.figure, next.figure) != 0;
        sf_paper_end_line(paper);
        put_entry(paper, &next, is_new, settings);
    }
}

static void put_all(const struct sf_request *request, struct sf_paper *paper,
                    const struct sf_sink_settings *settings)
{
    char name[NAME_MOST];
    size_t whole = sf_textbook_size();
    if (request->n_paths == 0) {
        sf_entry_put_list(paper);
        return;
    }
    if (join_words(request, name))
        whole = sf_textbook_find(name);
    if (whole < sf_textbook_size()) {
        put_name(paper, whole, settings);
        return;
    }
    for (size_t i = 0; i < request->n_paths; i++) {
        if (i > 0)
            sf_paper_end_line(paper);
        put_name(paper, sf_textbook_find(request->paths[i]), settings);
    }
}

static int print(const struct sf_request *request, struct sf_output *output, int fd)
{
    struct sf_paper paper;
    struct sf_error err = {0};
    struct sf_look look = sf_look_at(request, fd);
    struct sf_sink_settings settings = {
        .output = output,
        .width = look.width < WIDTH_MOST ? look.width : WIDTH_MOST,
        .terminal = look.terminal,
        .color = look.color,
        .ascii = look.ascii,
    };
    sf_paper_init(&paper, &settings);
    put_all(request, &paper, &settings);
    if (sf_output_flush(output, &err) == 0)
        return SF_EXIT_FINE;
    if (err.code == SF_E_PIPE)
        return SF_EXIT_FINE;
    sf_complain("%s", err.text);
    return SF_EXIT_FAILED;
}

int sf_explain(const struct sf_request *request)
{
    char name[NAME_MOST];
    struct sf_output output;
    bool is_one = join_words(request, name) && sf_textbook_find(name) < sf_textbook_size();
    int status = is_one ? 0 : check_words(request);
    if (status != 0)
        return status;
    int fd = sf_files_open(request->output_path);
    if (fd < 0)
        return SF_EXIT_FAILED;
    if (sf_output_init(&output, fd) != 0) {
        sf_complain(_("out of memory"));
        return SF_EXIT_FAILED;
    }
    status = print(request, &output, fd);
    sf_output_release(&output);
    return status;
}
