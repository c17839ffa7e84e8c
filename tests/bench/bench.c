/*
 * The benchmark: synfin and what it is held against run in turn on the same captures, each several
 * times; prints a table of medians and writes them as JSON.
 *   bench SYNFIN NULL_LOOP GENERATE DIRECTORY ROUNDS DIVISOR JSON [CASE…]
 *
 * Captures are made in DIRECTORY once and kept. No figure is a test: machines differ, ratios of
 * runs in turn on one machine less so.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS_MAX 99u
#define TEXT_MAX   1024u

/* What a row compares. */
enum measure {
    WALL,     /* elapsed time against the other command's */
    MEMORY,   /* peak resident MiB; no other command */
    PER_LINE, /* nanoseconds for each line of output */
    SPEED     /* how many times faster than the other command */
};

/* In commands %s is the capture; SYNFIN and NULL_LOOP are replaced by the programs. */
struct row {
    const char *name, *kind, *form; /* capture: kind, and its form or compression */
    const char *command, *other;
    enum measure measure;
    double goal;       /* at most, or for SPEED at least; 0: none */
    unsigned divisor;  /* of the capture, besides the one given */
    const char *needs; /* a program that may be missing */
};

#define STATS   "SYNFIN stats --json %s"
#define THREADS "SYNFIN stats --json --threads 2 %s"
#define FLOWS   "SYNFIN flows --json %s"
#define LOOP    "NULL_LOOP %s"

static const struct row rows[] = {
    {"stats handshakes", "handshakes", "pcap", STATS, LOOP, WALL, 1.15, 1, NULL},
    {"stats handshakes linger 5", "handshakes", "pcap", "SYNFIN stats --json --linger 5 %s", LOOP,
     WALL, 1.0, 1, NULL},
    {"stats mix", "mix", "pcap", STATS, LOOP, WALL, 0.40, 1, NULL},
    {"stats bulk", "bulk", "pcap", STATS, LOOP, WALL, 0.30, 1, NULL},
    {"stats bulk against cat", "bulk", "pcap", STATS, "cat %s", WALL, 1.6, 1, NULL},
    {"flows handshakes", "handshakes", "pcap", FLOWS, LOOP, WALL, 1.4, 1, NULL},
    {"flows mix", "mix", "pcap", FLOWS, LOOP, WALL, 0.45, 1, NULL},
    {"flows bulk", "bulk", "pcap", FLOWS, LOOP, WALL, 0.30, 1, NULL},
    {"two threads handshakes", "handshakes", "pcap", THREADS, LOOP, WALL, 0.70, 1, NULL},
    {"two threads mix", "mix", "pcap", THREADS, LOOP, WALL, 0.30, 1, NULL},
    {"two threads bulk", "bulk", "pcap", THREADS, LOOP, WALL, 0.25, 1, NULL},
    {"memory handshakes", "handshakes", "pcap", STATS, NULL, MEMORY, 192, 1, NULL},
    {"memory handshakes linger 5", "handshakes", "pcap", "SYNFIN stats --json --linger 5 %s", NULL,
     MEMORY, 64, 1, NULL},
    {"dump", "handshakes", "pcap", "SYNFIN dump %s", NULL, PER_LINE, 100, 10, NULL},
    {"pcapng handshakes", "handshakes", "pcapng", STATS, "SYNFIN stats --json %p", WALL, 1.1, 1,
     NULL},
    {"nanoseconds handshakes", "handshakes", "nano", STATS, "SYNFIN stats --json %p", WALL, 1.1, 1,
     NULL},
    {"zst handshakes", "handshakes", "zst", STATS, "zstd -dc %s", WALL, 1.15, 1, "zstd"},
    {"gz handshakes", "handshakes", "gz", STATS, "gzip -dc %s", WALL, 1.15, 1, "gzip"},
    {"against tshark", "handshakes", "pcap", STATS, "tshark -q -z conv,tcp -r %s", SPEED, 100, 10,
     "tshark"},
    {"against tcptrace", "handshakes", "pcap", STATS, "tcptrace -n %s", SPEED, 100, 10, "tcptrace"},
    {"against argus", "handshakes", "pcap", STATS, "argus -r %s -w /dev/null", SPEED, 30, 10,
     "argus"},
    {"against nfpcapd", "handshakes", "pcap", STATS, "nfpcapd -r %s -l /tmp", SPEED, 30, 10,
     "nfpcapd"},
    {"crowd, each live connection", "crowd", "pcap", "SYNFIN stats --json --max-flows 12000000 %s",
     NULL, MEMORY, 0, 1, NULL},
};

struct bench {
    const char *synfin, *null_loop, *generate, *directory;
    unsigned rounds, divisor;
    FILE *json;
    bool has_row;
};

struct run {
    double seconds;
    double peak_mib;
    uint64_t lines;
    bool is_good;
};

/* ---- running ----------------------------------------------------------------------------------
 */

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void become(char *command, int out)
{
    char *word[64], *rest = NULL;
    unsigned n = 0;
    for (char *w = strtok_r(command, " ", &rest); w != NULL && n < 63;
         w = strtok_r(NULL, " ", &rest))
        word[n++] = w;
    word[n] = NULL;
    int nothing = open("/dev/null", O_WRONLY);
    dup2(out >= 0 ? out : nothing, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
    execvp(word[0], word);
    _exit(127);
}

/* Runs a command to its end, with its output to `out`, or nowhere. */
static struct run run(const char *command, int out)
{
    char text[TEXT_MAX];
    struct rusage usage;
    struct run result = {.is_good = false};
    int status = 0;
    snprintf(text, sizeof text, "%s", command);
    double begun = now_s();
    pid_t child = fork();
    if (child == 0)
        become(text, out);
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return result;
    result.seconds = now_s() - begun;
    result.peak_mib = (double)usage.ru_maxrss / 1024.0;
    result.is_good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return result;
}

static int by_size(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return a < b ? -1 : a > b;
}

static double median(double *value, unsigned n)
{
    qsort(value, n, sizeof *value, by_size);
    return n % 2 != 0 ? value[n / 2] : (value[n / 2 - 1] + value[n / 2]) / 2;
}

/* ---- captures ---------------------------------------------------------------------------------
 */

static bool exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && status.st_size > 0;
}

static bool make(const char *path, const char *command)
{
    char part[TEXT_MAX];
    if (exists(path))
        return true;
    snprintf(part, sizeof part, "%s.part", path);
    int out = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (out < 0)
        return false;
    struct run made = run(command, out);
    close(out);
    return made.is_good && rename(part, path) == 0;
}

static bool is_compressed(const char *form)
{
    return strcmp(form, "zst") == 0 || strcmp(form, "gz") == 0;
}

/* The capture of a row, made where it is missing, and then read once, so that all find it in the
 * page cache. */
static bool prepare(const struct bench *bench, const struct row *row, const char *form, char *path)
{
    char command[2 * TEXT_MAX], plain[TEXT_MAX];
    unsigned divisor = row->divisor * bench->divisor;
    bool is_plain = !is_compressed(form);
    snprintf(path, TEXT_MAX, "%s/%s-%u.%s", bench->directory, row->kind, divisor, form);
    if (is_plain) {
        snprintf(command, sizeof command, "%s %s %u %s", bench->generate, row->kind, divisor, form);
    } else {
        if (!prepare(bench, row, "pcap", plain))
            return false;
        snprintf(command, sizeof command, "%s -c %s",
                 strcmp(form, "gz") == 0 ? "gzip -1" : "zstd -q", plain);
    }
    if (!make(path, command))
        return false;
    snprintf(command, sizeof command, "cat %s", path);
    return run(command, -1).is_good;
}

/* Puts programs and paths into a command. */
static void fill(const struct bench *bench, const char *command, const char *path,
                 const char *plain, char *text, size_t size)
{
    static const char synfin[] = "SYNFIN", loop[] = "NULL_LOOP";
    size_t used = 0;
    text[0] = '\0';
    while (*command != '\0' && used + 1 < size) {
        const char *piece = NULL;
        size_t skip = 1;
        if (strncmp(command, synfin, sizeof synfin - 1) == 0) {
            piece = bench->synfin;
            skip = sizeof synfin - 1;
        } else if (strncmp(command, loop, sizeof loop - 1) == 0) {
            piece = bench->null_loop;
            skip = sizeof loop - 1;
        } else if (command[0] == '%') {
            piece = command[1] == 'p' ? plain : path;
            skip = 2;
        }
        int n = piece != NULL ? snprintf(text + used, size - used, "%s", piece)
                              : snprintf(text + used, size - used, "%c", *command);
        used += n > 0 ? (size_t)n : 0;
        command += skip;
    }
}

static uint64_t count_lines(const char *command, const char *directory)
{
    char path[TEXT_MAX];
    uint64_t lines = 0;
    int character;
    snprintf(path, sizeof path, "%s/lines.part", directory);
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (out < 0)
        return 0;
    (void)run(command, out);
    close(out);
    FILE *file = fopen(path, "r");
    while (file != NULL && (character = getc_unlocked(file)) != EOF)
        lines += character == '\n' ? 1u : 0u;
    if (file != NULL)
        fclose(file);
    (void)unlink(path);
    return lines;
}

/* ---- one row ----------------------------------------------------------------------------------
 */

static const char *const units[] = {"x", "MiB", "ns/line", "x faster"};

static void tell(struct bench *bench, const struct row *row, double *value, unsigned n)
{
    double middle = median(value, n), low = value[0], high = value[n - 1];
    bool is_met = row->measure == SPEED ? middle >= row->goal : middle <= row->goal;
    char goal[32] = "", verdict[16] = "";
    if (row->goal > 0) {
        snprintf(goal, sizeof goal, "%s %g", row->measure == SPEED ? "≥" : "≤", row->goal);
        snprintf(verdict, sizeof verdict, "%s", is_met ? "met" : "missed");
    }
    printf("%-28s %9.2f %-9s %9.2f … %-9.2f %-8s %s\n", row->name, middle, units[row->measure], low,
           high, goal, verdict);
    fflush(stdout);
    fprintf(bench->json,
            "%s\n  {\"name\":\"%s\",\"unit\":\"%s\",\"median\":%.4f,\"min\":%.4f,\"max\":%.4f,"
            "\"rounds\":%u,\"goal\":%g,\"met\":%s}",
            bench->has_row ? "," : "", row->name, units[row->measure], middle, low, high, n,
            row->goal, row->goal > 0 && is_met ? "true" : "false");
    bench->has_row = true;
}

static void pass_over(const struct row *row, const char *why)
{
    printf("%-28s not measured: %s\n", row->name, why);
}

static bool has_program(const char *name)
{
    char command[TEXT_MAX];
    snprintf(command, sizeof command, "which %s", name);
    return run(command, -1).is_good;
}

static double ratio(const struct row *row, const struct run *mine, const struct run *other,
                    uint64_t lines)
{
    switch (row->measure) {
    case MEMORY:
        return mine->peak_mib;
    case PER_LINE:
        return mine->seconds * 1e9 / (double)lines;
    case SPEED:
        return other->seconds / mine->seconds;
    case WALL:
        break;
    }
    return mine->seconds / other->seconds;
}

static void measure(struct bench *bench, const struct row *row)
{
    char path[TEXT_MAX], plain[TEXT_MAX], mine[2 * TEXT_MAX], other[2 * TEXT_MAX] = "";
    double value[ROUNDS_MAX];
    if (row->needs != NULL && !has_program(row->needs)) {
        pass_over(row, "its program is not installed");
        return;
    }
    if (!prepare(bench, row, row->form, path) || !prepare(bench, row, "pcap", plain)) {
        pass_over(row, "its capture cannot be made");
        return;
    }
    fill(bench, row->command, path, plain, mine, sizeof mine);
    if (row->other != NULL)
        fill(bench, row->other, path, plain, other, sizeof other);
    uint64_t lines = row->measure == PER_LINE ? count_lines(mine, bench->directory) : 1;
    for (unsigned i = 0; i < bench->rounds; i++) {
        struct run second = {.is_good = true}, first = {.is_good = true};
        if (i % 2 == 0 && row->other != NULL) /* in turn, and who begins changes */
            second = run(other, -1);
        first = run(mine, -1);
        if (i % 2 != 0 && row->other != NULL)
            second = run(other, -1);
        if (!first.is_good || !second.is_good || lines == 0) {
            pass_over(row, first.is_good ? "the other program failed" : "synfin failed");
            return;
        }
        value[i] = ratio(row, &first, &second, lines);
    }
    tell(bench, row, value, bench->rounds);
}

/* Without names all but the crowd, which takes gigabytes. */
static bool is_chosen(const struct row *row, char **names, int n)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(names[i], row->kind) == 0 || strcmp(names[i], row->name) == 0)
            return true;
    }
    return n == 0 && strcmp(row->kind, "crowd") != 0;
}

int main(int argc, char **argv)
{
    if (argc < 8) {
        fputs("usage: bench SYNFIN NULL_LOOP GENERATE DIRECTORY ROUNDS DIVISOR JSON [CASE…]\n",
              stderr);
        return 2;
    }
    struct bench bench = {
        .synfin = argv[1], .null_loop = argv[2], .generate = argv[3], .directory = argv[4]};
    bench.rounds = (unsigned)strtoul(argv[5], NULL, 10);
    bench.divisor = (unsigned)strtoul(argv[6], NULL, 10);
    if (bench.rounds == 0 || bench.rounds > ROUNDS_MAX || bench.divisor == 0) {
        fprintf(stderr, "bench: 1 to %u rounds, and a divisor of 1 or more\n", ROUNDS_MAX);
        return 2;
    }
    (void)mkdir(bench.directory, 0755);
    bench.json = fopen(argv[7], "w");
    if (bench.json == NULL) {
        fprintf(stderr, "bench: '%s': %s\n", argv[7], strerror(errno));
        return 1;
    }
    fprintf(bench.json, "{\"cores\":%ld,\"divisor\":%u,\"rows\":[", sysconf(_SC_NPROCESSORS_ONLN),
            bench.divisor);
    printf("%-28s %9s %-9s %21s %-8s\n", "", "median", "", "least … most     ", "goal");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (is_chosen(&rows[i], argv + 8, argc - 8))
            measure(&bench, &rows[i]);
    }
    fputs("\n]}\n", bench.json);
    return fclose(bench.json) == 0 ? 0 : 1;
}
