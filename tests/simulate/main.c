/*
 * Plays random conversations and holds the analyser against what truly happened.
 *   simulate [-n COUNT] [-s SEED] [-j JOBS] [-v]
 *   simulate -c CONVERSATION     one of them, as it is printed when it fails
 * Ends with one line: N passed, N failed. -v prints the counts, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "exchange.h"
#include "findings.h"
#include "random.h"

#define SEED_DEFAULT  UINT64_C(9293)
#define JOBS_MAX      64u
#define COUNT_DEFAULT 3000u
#define SHOWN_MAX     3u   /* failures of a process that are shrunk and printed … */
#define LISTED_MAX    500u /* … and those that are at least named */

struct order {
    uint64_t count, seed;
    uint64_t conversation; /* the one to play, when is_single */
    unsigned jobs;
    bool is_single, is_verbose;
};

/* ---- playing ----------------------------------------------------------------------------------
 */

static void show_failure(FILE *out, struct trial *trial, uint64_t conversation, unsigned n_before)
{
    if (n_before < LISTED_MAX)
        fprintf(out, "simulate -c %#llx fails: %s\n", (unsigned long long)conversation,
                trial->verdict.text);
    if (n_before >= SHOWN_MAX)
        return;
    trial_shrink(trial);
    exchange_print(out, trial);
}

/* Every `jobs`-th conversation, beginning with `first`. */
static void play_share(const struct order *order, unsigned first, struct tally *tally, FILE *out)
{
    struct trial *trial = trial_new();
    unsigned n_broken = 0;
    for (uint64_t i = first; trial != NULL && i < order->count; i += order->jobs) {
        uint64_t conversation = random_mix(order->seed, i);
        plan_draw(&trial->plan, conversation);
        trial_run(trial, tally);
        if (trial->verdict.is_broken)
            show_failure(out, trial, conversation, n_broken++);
    }
    trial_free(trial);
}

/* A process with its share of the conversations: what it prints is kept, then its counts. */
static FILE *start_share(const struct order *order, unsigned first)
{
    FILE *report = tmpfile();
    if (report == NULL)
        return NULL;
    fflush(stdout);
    if (fork() == 0) {
        struct tally share = {.conversations = 0};
        play_share(order, first, &share, report);
        fwrite(&share, sizeof share, 1, report);
        _exit(fflush(report) == 0 ? 0 : 1);
    }
    return report;
}

/* Prints what the process said, and adds its counts, which end the report. */
static bool end_share(FILE *report, struct tally *tally)
{
    struct tally share;
    if (fseek(report, 0, SEEK_END) != 0 || ftell(report) < (long)sizeof share)
        return false;
    long length = ftell(report) - (long)sizeof share;
    rewind(report);
    for (long i = 0; i < length; i++)
        putchar(getc(report));
    if (fread(&share, sizeof share, 1, report) != 1)
        return false;
    tally_add(tally, &share);
    return true;
}

static bool play_shares(const struct order *order, struct tally *tally)
{
    FILE *report[JOBS_MAX];
    bool is_complete = true;
    for (unsigned i = 0; i < order->jobs; i++)
        report[i] = start_share(order, i);
    for (int status; wait(&status) > 0;)
        is_complete = is_complete && status == 0;
    for (unsigned i = 0; i < order->jobs; i++) {
        is_complete = is_complete && report[i] != NULL && end_share(report[i], tally);
        if (report[i] != NULL)
            fclose(report[i]);
    }
    return is_complete;
}

static int play_single(uint64_t conversation)
{
    struct trial *trial = trial_new();
    struct tally tally = {.conversations = 0};
    if (trial == NULL)
        return 1;
    plan_draw(&trial->plan, conversation);
    trial_run(trial, &tally);
    bool is_broken = trial->verdict.is_broken;
    exchange_print(stdout, trial);
    if (is_broken) {
        trial_shrink(trial);
        exchange_print(stdout, trial);
    }
    trial_free(trial);
    return is_broken ? 1 : 0;
}

/* ---- telling ----------------------------------------------------------------------------------
 */

static double share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 100.0;
}

static void print_scores(const struct tally *tally)
{
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const struct score *score = &tally->path[kind];
        uint64_t all = score->right + score->wrong;
        printf("  paths %-36s %9llu, entirely right %6.2f %%\n", kind_text((enum kind)kind),
               (unsigned long long)all, share(score->right, all));
    }
    printf("  of the undisturbed, wrong only in what no packet shows: %llu\n",
           (unsigned long long)tally->hidden);
    for (int code = 0; code < SF_CODE_COUNT; code++) {
        const struct score *proved = &tally->found[code][SF_PROVED];
        const struct score *probable = &tally->found[code][SF_PROBABLE];
        if (proved->right + proved->wrong + probable->right + probable->wrong == 0)
            continue;
        printf("  %-22s proved %8llu, %llu wrong; probable %8llu, %.2f %% right\n",
               code_name((enum sf_code)code), (unsigned long long)(proved->right + proved->wrong),
               (unsigned long long)proved->wrong,
               (unsigned long long)(probable->right + probable->wrong),
               share(probable->right, probable->right + probable->wrong));
    }
    printf("  normal connections %llu; findings of them: info %llu, note %llu, warning %llu, error "
           "%llu\n",
           (unsigned long long)tally->normal, (unsigned long long)tally->of_normal[SF_INFO],
           (unsigned long long)tally->of_normal[SF_NOTE],
           (unsigned long long)tally->of_normal[SF_WARNING],
           (unsigned long long)tally->of_normal[SF_ERROR]);
    for (int rule = 0; rule < RULE_COUNT; rule++)
        printf("  %-55s broken %llu times; %llu in captures with gaps\n",
               rule_text((enum rule)rule), (unsigned long long)tally->broken[rule],
               (unsigned long long)tally->excused[rule]);
}

static void print_counts(const struct order *order, const struct tally *tally, double seconds)
{
    printf("  seed %llu: %llu conversations, %llu packets sent, %llu passed the tap; %.0f "
           "conversations/s\n",
           (unsigned long long)order->seed, (unsigned long long)tally->conversations,
           (unsigned long long)tally->packets, (unsigned long long)tally->passes,
           (double)tally->conversations / seconds);
    printf("  states of senders after a segment: %llu, of these proved %llu; proved states in "
           "paths: %llu\n",
           (unsigned long long)tally->views, (unsigned long long)tally->proved_views,
           (unsigned long long)tally->proved_states);
    print_scores(tally);
}

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool read_order(int argc, char **argv, struct order *order)
{
    for (int option; (option = getopt(argc, argv, "n:s:c:j:v")) != -1;) {
        uint64_t value = optarg != NULL ? strtoull(optarg, NULL, 0) : 0;
        switch (option) {
        case 'n':
            order->count = value;
            break;
        case 's':
            order->seed = value;
            break;
        case 'c':
            order->conversation = value;
            order->is_single = true;
            break;
        case 'j':
            order->jobs = value > 0 && value <= JOBS_MAX ? (unsigned)value : 1;
            break;
        case 'v':
            order->is_verbose = true;
            break;
        default:
            return false;
        }
    }
    return optind == argc;
}

int main(int argc, char **argv)
{
    struct order order = {.count = COUNT_DEFAULT, .seed = SEED_DEFAULT, .jobs = 1};
    struct tally tally = {.conversations = 0};
    if (!read_order(argc, argv, &order)) {
        fprintf(stderr, "usage: simulate [-n COUNT] [-s SEED] [-c CONVERSATION] [-j JOBS] [-v]\n");
        return 2;
    }
    if (order.is_single)
        return play_single(order.conversation);
    double began = now_seconds();
    bool is_complete = play_shares(&order, &tally);
    if (order.is_verbose)
        print_counts(&order, &tally, now_seconds() - began);
    if (!is_complete)
        printf("a process ended before its share was played\n");
    printf("simulate: seed %llu: %llu passed, %llu failed\n", (unsigned long long)order.seed,
           (unsigned long long)(tally.conversations - tally.failed),
           (unsigned long long)tally.failed);
    return tally.failed == 0 && is_complete ? 0 : 1;
}
