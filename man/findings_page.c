/*
 * Writes man/synfin-findings.7: copies its template from standard input and puts the rows of the
 * catalogue (include/synfin/ *.def) where a line says @NAME@.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define N_(text)   text
#define LINE_WIDTH 78
#define TEXT_SIZE  4096

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *const severities[] = {"INFO", "NOTE", "WARNING", "ERROR"};
static const char *const severity_words[] = {"info", "note", "warning", "error"};

struct finding {
    const char *code, *severity, *says, *sure, *check, *rfc;
};
static const struct finding findings[] = {
#define FINDING(code, severity, when, says, sure, check, rfc, figure, see)                         \
    {#code, #severity, says, sure, check, rfc},
#include <synfin/findings.def>
#undef FINDING
};

struct outcome {
    const char *word, *text;
};
static const struct outcome handshakes[] = {
#define HANDSHAKE(name, word, text) {word, text},
#include <synfin/outcomes.def>
};
static const struct outcome closes[] = {
#define CLOSE(name, word, text) {word, text},
#include <synfin/outcomes.def>
};
static const struct outcome reset_kinds[] = {
#define RESET_KIND(name, word, text) {word, text},
#include <synfin/outcomes.def>
};
static const struct outcome wheres[] = {
#define WHERE(name, word, text) {word, text},
#include <synfin/outcomes.def>
};
static const struct outcome details[] = {
#define DETAIL(name, word, text) {word, text},
#include <synfin/outcomes.def>
};
static const struct outcome skips[] = {
#define SKIP(name, word, text) {word, text},
#include <synfin/skips.def>
#undef SKIP
};

struct icmp_kind {
    const char *name, *check;
};
static const struct icmp_kind icmp_kinds[] = {
#define ICMP_KIND(name, says, check) {#name, check},
#include <synfin/icmp.def>
};

struct icmp_error {
    int ip, type, code; /* code -1: any other */
    const char *kind, *text;
};
static const struct icmp_error icmp_errors[] = {
#define ICMP_ERROR(ip, type, code, kind, text) {ip, type, code, #kind, text},
#define ICMP_OTHER(ip, type, kind, text)       {ip, type, -1, #kind, text},
#include <synfin/icmp.def>
};

struct move {
    const char *rule, *from, *sign, *to;
};
static const struct move sent[] = {
#define SENT(rule, from, sign, to) {#rule, #from, #sign, #to},
#include <synfin/moves.def>
};
static const struct move heard[] = {
#define HEARD(rule, from, sign, to) {#rule, #from, #sign, #to},
#include <synfin/moves.def>
};
static const struct move back[] = {
#define BACK(rule, said, heard) {#rule, #said, #heard, ""},
#include <synfin/moves.def>
};

/* In the manual page no connection is at hand: the ends are called so. */
static const struct {
    const char *mark, *text;
} ends[] = {
    {"{side}", "this end"},       {"{other}", "the other end"},   {"{Side}", "This end"},
    {"{Other}", "The other end"}, {"{reporter}", "the reporter"},
};

/* `text` with the ends named, cut at `size`. */
static void name_ends(char *to, size_t size, const char *text)
{
    size_t length = 0;
    while (*text != '\0' && length + 1 < size) {
        size_t i = 0;
        while (i < COUNT(ends) && strncmp(text, ends[i].mark, strlen(ends[i].mark)) != 0)
            i++;
        if (i == COUNT(ends)) {
            to[length++] = *text++;
            continue;
        }
        text += strlen(ends[i].mark);
        for (const char *c = ends[i].text; *c != '\0' && length + 1 < size; c++)
            to[length++] = *c;
    }
    to[length] = '\0';
}

/* The columns of a word: mandoc reads a character beyond ASCII as \[uXXXX]. */
static size_t columns_of(const char *word, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += (unsigned char)word[i] < 0x80 ? 1 : 4;
    return columns;
}

/* One word as roff sees it; returns its columns. */
static size_t print_word(const char *word, size_t length, bool at_start)
{
    if (at_start && (*word == '.' || *word == '\''))
        fputs("\\&", stdout);
    for (size_t i = 0; i < length; i++)
        if (word[i] == '\\')
            fputs("\\e", stdout);
        else if (word[i] == '(' && i > 0)
            fputs("\\&(", stdout); /* not the name of a manual page */
        else
            putchar(word[i]);
    return columns_of(word, length);
}

/* Prints text in lines of at most LINE_WIDTH bytes, a new one after each sentence. */
static void print_text(const char *with_marks)
{
    char named[TEXT_SIZE];
    const char *text = named;
    size_t column = 0;
    name_ends(named, sizeof named, with_marks);
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        if (column > 0 && column + 1 + columns_of(text, length) > LINE_WIDTH) {
            putchar('\n');
            column = 0;
        } else if (column > 0) {
            putchar(' ');
            column++;
        }
        column += print_word(text, length, column == 0);
        bool ends_sentence = length > 1 && strchr(".?!", text[length - 1]) != NULL;
        text += length;
        text += strspn(text, " ");
        if (ends_sentence && *text != '\0') {
            putchar('\n');
            column = 0;
        }
    }
    putchar('\n');
}

static const char *severity_word(const char *name)
{
    for (size_t i = 0; i < COUNT(severities); i++)
        if (strcmp(severities[i], name) == 0)
            return severity_words[i];
    return name;
}

static void print_finding(const struct finding *finding)
{
    printf(".It Sy %s Pq %s\n", finding->code, severity_word(finding->severity));
    if (finding->says[0] != '\0')
        print_text(finding->says);
    if (finding->sure[0] != '\0') {
        puts(".Pp\n.Em How sure :");
        print_text(finding->sure);
    }
    if (finding->check[0] != '\0') {
        puts(".Pp\n.Em Look at :");
        print_text(finding->check);
    }
    if (finding->rfc[0] != '\0') {
        puts(".Pp\n.Em See :");
        print_text(finding->rfc);
    }
}

static void print_findings(void)
{
    puts(".Bl -tag -width Ds");
    for (size_t i = 0; i < COUNT(findings); i++)
        print_finding(&findings[i]);
    puts(".El");
}

static void print_outcomes(const struct outcome *rows, size_t n)
{
    puts(".Bl -tag -width Ds");
    for (size_t i = 0; i < n; i++) {
        printf(".It Cm %s\n", rows[i].word);
        print_text(rows[i].text);
    }
    puts(".El");
}

static void print_handshakes(void)
{
    print_outcomes(handshakes, COUNT(handshakes));
}

static void print_closes(void)
{
    print_outcomes(closes, COUNT(closes));
}

static void print_reset_kinds(void)
{
    print_outcomes(reset_kinds, COUNT(reset_kinds));
}

static void print_wheres(void)
{
    print_outcomes(wheres, COUNT(wheres));
}

static void print_details(void)
{
    print_outcomes(details, COUNT(details));
}

static void print_skips(void)
{
    print_outcomes(skips, COUNT(skips));
}

static void print_icmp_error(const struct icmp_error *error)
{
    const char *protocol = error->ip == 4 ? "ICMP" : "ICMPv6";
    if (error->code < 0)
        printf(".It %s %d\n%s\n", protocol, error->type, error->text);
    else
        printf(".It %s %d/%d\n%s\n", protocol, error->type, error->code, error->text);
}

static void print_icmp(void)
{
    for (size_t i = 0; i < COUNT(icmp_kinds); i++) {
        puts(".Bl -tag -width \"ICMPv6 1/10\" -compact");
        for (size_t k = 0; k < COUNT(icmp_errors); k++)
            if (strcmp(icmp_errors[k].kind, icmp_kinds[i].name) == 0)
                print_icmp_error(&icmp_errors[k]);
        puts(".El\n.Pp\n.Em Look at :");
        print_text(icmp_kinds[i].check);
        if (i + 1 < COUNT(icmp_kinds))
            puts(".Pp");
    }
}

static void print_moves(const struct move *moves, size_t n)
{
    puts(".Bd -literal -offset indent");
    for (size_t i = 0; i < n; i++)
        printf("%-5s %-13s %-20s %s\n", moves[i].rule, moves[i].from, moves[i].sign, moves[i].to);
    puts(".Ed");
}

static void print_sent(void)
{
    print_moves(sent, COUNT(sent));
}

static void print_heard(void)
{
    print_moves(heard, COUNT(heard));
}

static void print_back(void)
{
    puts(".Bd -literal -offset indent");
    for (size_t i = 0; i < COUNT(back); i++)
        printf("%-5s %-20s %s\n", back[i].rule, back[i].from, back[i].sign);
    puts(".Ed");
}

static const struct {
    const char *mark;
    void (*print)(void);
} parts[] = {
    {"@FINDINGS@\n", print_findings}, {"@HANDSHAKES@\n", print_handshakes},
    {"@CLOSES@\n", print_closes},     {"@RESET_KINDS@\n", print_reset_kinds},
    {"@WHERES@\n", print_wheres},     {"@DETAILS@\n", print_details},
    {"@SKIPS@\n", print_skips},       {"@SENT@\n", print_sent},
    {"@HEARD@\n", print_heard},       {"@BACK@\n", print_back},
    {"@ICMP@\n", print_icmp},
};

/* Prints the part that the line stands for; false when it is a line like any other. */
static bool print_part(const char *line)
{
    for (size_t i = 0; i < COUNT(parts); i++)
        if (strcmp(line, parts[i].mark) == 0) {
            parts[i].print();
            return true;
        }
    return false;
}

int main(void)
{
    char line[1024];
    while (fgets(line, sizeof line, stdin) != NULL)
        if (!print_part(line))
            fputs(line, stdout);
    return ferror(stdin) || fflush(stdout) != 0;
}
