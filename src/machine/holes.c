#include "machine/holes.h"

#include <stdlib.h>
#include <string.h>

#include "machine/seq.h"

void sf_holes_free(struct holes *holes)
{
    free(holes->hole);
    memset(holes, 0, sizeof *holes);
}

static void remove_at(struct holes *holes, uint32_t i)
{
    memmove(&holes->hole[i], &holes->hole[i + 1], (holes->n - i - 1) * sizeof holes->hole[0]);
    holes->n--;
}

static bool make_room(struct holes *holes)
{
    if (holes->n == HOLES_MAX)
        remove_at(holes, 0);
    if (holes->n < holes->size)
        return true;
    uint32_t size = holes->size == 0 ? 4 : holes->size * 2;
    struct hole *grown = realloc(holes->hole, size * sizeof *grown);
    if (grown == NULL)
        return false;
    holes->hole = grown;
    holes->size = size;
    return true;
}

/* Gaps open at the high end of the stream, so that the search from there is short. */
static void insert(struct holes *holes, const struct hole *gap)
{
    if (!make_room(holes))
        return;
    uint32_t i = holes->n;
    while (i > 0 && seq_before(gap->left, holes->hole[i - 1].left))
        i--;
    memmove(&holes->hole[i + 1], &holes->hole[i], (holes->n - i) * sizeof holes->hole[0]);
    holes->hole[i] = *gap;
    holes->n++;
}

void sf_holes_open(struct holes *holes, const struct hole *gap)
{
    insert(holes, gap);
}

/* Cuts left … right-1 out of the gap at `i`, which it touches. Returns true when the gap is gone.
 */
static bool cut(struct holes *holes, uint32_t i, uint32_t left, uint32_t right)
{
    struct hole *hole = &holes->hole[i];
    bool keeps_left = seq_before(hole->left, left);
    bool keeps_right = seq_before(right, hole->right);
    if (keeps_left && keeps_right) {
        struct hole behind = *hole;
        behind.left = right;
        hole->right = left;
        insert(holes, &behind);
    } else if (keeps_left) {
        hole->right = left;
    } else if (keeps_right) {
        hole->left = right;
    } else {
        remove_at(holes, i);
        return true;
    }
    return false;
}

static uint32_t overlap(const struct hole *hole, uint32_t left, uint32_t right)
{
    uint32_t from = seq_before(left, hole->left) ? hole->left : left;
    uint32_t to = seq_before(right, hole->right) ? right : hole->right;
    return seq_before(from, to) ? to - from : 0;
}

uint32_t sf_holes_fill(struct holes *holes, uint32_t left, uint32_t right, struct hole *filled)
{
    uint32_t octets = 0;
    for (uint32_t i = 0; i < holes->n;) {
        uint32_t common = overlap(&holes->hole[i], left, right);
        if (common > 0 && octets == 0 && filled != NULL)
            *filled = holes->hole[i];
        octets += common;
        if (common == 0 || !cut(holes, i, left, right))
            i++;
    }
    return octets;
}

bool sf_holes_first(const struct holes *holes, uint32_t from, uint32_t *left)
{
    for (uint32_t i = 0; i < holes->n; i++) {
        if (seq_before(from, holes->hole[i].right)) {
            *left = seq_before(from, holes->hole[i].left) ? holes->hole[i].left : from;
            return true;
        }
    }
    return false;
}

const struct hole *sf_holes_before(const struct holes *holes, uint32_t right)
{
    for (uint32_t i = holes->n; i > 0; i--) {
        if (holes->hole[i - 1u].right == right)
            return &holes->hole[i - 1u];
    }
    return NULL;
}
