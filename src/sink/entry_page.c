#include "sink/entry_page.h"

#include <stdio.h>
#include <string.h>

#include "words/sentence.h"
#include "words/translate.h"
#include "words/words.h"

#define INDENT     2
#define NAMES_SIZE 2048

static void put_paragraph(struct sf_paper *paper, const char *text)
{
    sf_paper_to(paper, INDENT);
    sf_paper_wrap(paper, INDENT, text);
    sf_paper_end_line(paper);
}

static void put_heading(struct sf_paper *paper, const struct sf_entry *entry)
{
    char name[SF_ENTRY_NAME_SIZE];
    const char *shown = sf_entry_shown_name(entry, name);
    sf_paper_put_ink(paper, SF_INK_STRONG, shown);
    if (shown != entry->name) {
        sf_paper_put(paper, "  ");
        sf_paper_put(paper, entry->name);
    }
    if (entry->kind == SF_ENTRY_FINDING) {
        unsigned severity = sf_code_severity(entry->value);
        sf_paper_put(paper, "  ");
        sf_paper_put_ink(paper, SF_INK_SEVERITY + severity, sf_severity_text(severity));
    } else {
        sf_paper_put(paper, "  ");
        sf_paper_put(paper, entry->title);
    }
    sf_paper_end_line(paper);
    sf_paper_end_line(paper);
}

/* ---- findings -------------------------------------------------------------------------------- */

static void put_labelled(struct sf_paper *paper, const char *label, const char *text)
{
    char line[SF_FINDING_SIZE + 64];
    (void)snprintf(line, sizeof line, "%s%s", label, text);
    sf_paper_end_line(paper);
    put_paragraph(paper, line);
}

static void put_finding(struct sf_paper *paper, unsigned code)
{
    char text[SF_FINDING_SIZE];
    (void)sf_code_says_text(text, sizeof text, code);
    put_paragraph(paper, text);
    (void)sf_code_sure_text(text, sizeof text, code);
    put_labelled(paper, _("How sure: "), text);
    (void)sf_code_check_text(text, sizeof text, code);
    put_labelled(paper, _("Look at: "), text);
}

/* ---- transitions ----------------------------------------------------------------------------- */

static const char *const how[] = {
    [SF_TRANSITION_PROVED] = N_("proved"),
    [SF_TRANSITION_ASSUMED] = N_("assumed"),
    [SF_TRANSITION_UNSEEN] = N_("not seen"),
};

static bool is_of(const struct sf_transition *transition, unsigned state, bool leads_in)
{
    return (leads_in ? transition->to : transition->from) == state;
}

/* All that is known of the way between two states stands below one line that names them. */
static void put_transitions(struct sf_paper *paper, unsigned state, bool leads_in)
{
    struct sf_transition transition;
    for (unsigned other = SF_STATE_NONE + 1; other < SF_STATE_COUNT; other++) {
        bool has_line = false;
        for (size_t i = 0; sf_transition(i, &transition); i++) {
            if (!is_of(&transition, state, leads_in) || !is_of(&transition, other, !leads_in))
                continue;
            char text[256];
            if (!has_line) {
                (void)snprintf(text, sizeof text, "%s → %s", sf_state_name(transition.from),
                               sf_state_name(transition.to));
                sf_paper_to(paper, 2 * INDENT);
                sf_paper_put(paper, text);
                sf_paper_end_line(paper);
            }
            has_line = true;
            (void)snprintf(text, sizeof text, _("%s: %s"), sf_translate(how[transition.kind]),
                           transition.text);
            sf_paper_to(paper, 3 * INDENT);
            sf_paper_wrap(paper, 4 * INDENT, text);
            sf_paper_end_line(paper);
        }
    }
}

static void put_state(struct sf_paper *paper, unsigned state)
{
    sf_paper_end_line(paper);
    put_paragraph(paper, _("how an end gets there:"));
    put_transitions(paper, state, true);
    put_paragraph(paper, _("where it goes from there:"));
    put_transitions(paper, state, false);
}

/* ---- an entry -------------------------------------------------------------------------------- */

void sf_entry_put(struct sf_paper *paper, const struct sf_entry *entry)
{
    put_heading(paper, entry);
    if (entry->kind == SF_ENTRY_FINDING) {
        put_finding(paper, entry->value);
    } else {
        put_paragraph(paper, entry->text);
    }
    if (entry->kind == SF_ENTRY_STATE)
        put_state(paper, entry->value);
    sf_paper_end_line(paper);
    put_paragraph(paper, entry->rfc);
}

/* "a, b, c": what is shown of names parted by '|'. */
static void join(char text[NAMES_SIZE], const char *names)
{
    char name[SF_ENTRY_NAME_SIZE], shown[SF_ENTRY_NAME_SIZE];
    struct sf_sentence sentence;
    sf_sentence_init(&sentence, text, NAMES_SIZE);
    while (*names != '\0') {
        size_t length = strcspn(names, "|");
        (void)snprintf(name, sizeof name, "%.*s", (int)length, names);
        struct sf_entry entry = sf_textbook_entry(sf_textbook_find(name));
        sf_sentence_add(&sentence, sentence.length > 0 ? ", " : "");
        sf_sentence_add(&sentence, sf_entry_shown_name(&entry, shown));
        names += length + (names[length] == '|' ? 1 : 0);
    }
}

void sf_entry_put_see(struct sf_paper *paper, const struct sf_entry *entry)
{
    char names[NAMES_SIZE];
    const char *label = _("see also: ");
    if (entry->see[0] == '\0')
        return;
    join(names, entry->see);
    sf_paper_to(paper, INDENT);
    sf_paper_put(paper, label);
    sf_paper_wrap(paper, INDENT + sf_paper_columns(paper, label), names);
    sf_paper_end_line(paper);
}

/* ---- the list -------------------------------------------------------------------------------- */

static void put_names(struct sf_paper *paper, enum sf_entry_kind kind)
{
    char text[SF_ENTRY_NAME_SIZE + 8], name[SF_ENTRY_NAME_SIZE];
    bool is_first = true;
    for (size_t i = 0; i < sf_textbook_size(); i++) {
        struct sf_entry entry = sf_textbook_entry(i);
        if (entry.kind != kind)
            continue;
        const char *shown = sf_entry_shown_name(&entry, name);
        (void)snprintf(text, sizeof text, "%s%s", is_first ? "" : ", ", shown);
        if (!is_first && paper->column + sf_paper_columns(paper, text) + 1 > paper->width) {
            sf_paper_put(paper, ",");
            sf_paper_end_line(paper);
            is_first = true;
        }
        sf_paper_to(paper, INDENT);
        sf_paper_put(paper, is_first ? shown : text);
        is_first = false;
    }
    sf_paper_end_line(paper);
}

void sf_entry_put_list(struct sf_paper *paper)
{
    for (int kind = 0; kind < SF_ENTRY_KIND_COUNT; kind++) {
        sf_paper_put_ink(paper, SF_INK_STRONG, sf_entry_kind_text((enum sf_entry_kind)kind));
        sf_paper_end_line(paper);
        put_names(paper, (enum sf_entry_kind)kind);
        sf_paper_end_line(paper);
    }
    sf_paper_wrap(paper, 0,
                  _("synfin explain NAME explains one of them, with a real connection that "
                    "shows it where there is one."));
    sf_paper_end_line(paper);
}
