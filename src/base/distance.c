#include "base/distance.h"

#include <string.h>

#define WORD_MAX 24

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* The distance of Damerau and Levenshtein, without further edits inside a swap. */
unsigned sf_word_distance(const char *a, const char *b)
{
    size_t length_a = strlen(a), length_b = strlen(b);
    unsigned cost[WORD_MAX + 1][WORD_MAX + 1];
    if (length_a > WORD_MAX || length_b > WORD_MAX)
        return 99;
    for (unsigned i = 0; i <= length_a; i++)
        cost[i][0] = i;
    for (unsigned j = 0; j <= length_b; j++)
        cost[0][j] = j;
    for (size_t i = 1; i <= length_a; i++)
        for (size_t j = 1; j <= length_b; j++) {
            unsigned change = a[i - 1] == b[j - 1] ? 0 : 1;
            cost[i][j] = least(cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + change);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                cost[i - 2][j - 2] + 1 < cost[i][j])
                cost[i][j] = cost[i - 2][j - 2] + 1;
        }
    return cost[length_a][length_b];
}
