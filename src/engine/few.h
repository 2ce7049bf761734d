/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of a block that are not known, where they are few.

   Real columns have a null here and there. Statuses are bytes of all rows, and looking through them
   for the one in a hundred costs more than what is done for it. So beside the statuses of a
   register there may be a list of rows: ascending, each once; every row outside of it is known,
   those in it may be. A kernel that gives a register statuses of its own and says nothing about a
   list leaves none (own_status), and whoever reads them looks at every row. */
#ifndef CR_ENGINE_FEW_H
#define CR_ENGINE_FEW_H

#include <stdint.h>
#include <string.h>

#include "base/eight.h"

enum {
    CR_FEW_SHARE = 16, /* one row in so many, at most */
    CR_FEW_BEHIND = 64 /* rows that may be written behind the last */
};

typedef struct cr_few {
    uint32_t n;
    uint32_t row[]; /* room for one in CR_FEW_SHARE, and CR_FEW_BEHIND */
} cr_few;

static inline uint32_t cr_few_most(uint32_t rows)
{
    return rows / CR_FEW_SHARE;
}

static inline size_t cr_few_size(size_t rows)
{
    return sizeof(cr_few) + (rows / CR_FEW_SHARE + CR_FEW_BEHIND) * sizeof(uint32_t);
}

/* The rows of n whose status is not 0; 0 = they are too many. Eight more bytes may be read. */
static inline int cr_few_scan(cr_few *to, const uint8_t *status, uint32_t n, uint32_t most)
{
    uint32_t found = 0;
    for (uint32_t k = 0; k < n && found <= most; k += 8)
        for (uint64_t some = cr_eight(status + k); some;)
            to->row[found++] = k + cr_eight_next(&some);
    while (found > 0 && to->row[found - 1] >= n)
        found--;
    to->n = found;
    return found <= most;
}

/* `to` = what is in `a` or in `b`, or in both; 0 = those are too many. */
static inline int cr_few_join(cr_few *to, const cr_few *a, const cr_few *b, uint32_t most)
{
    uint32_t i = 0, j = 0, n = 0;
    if (a->n > most || b->n > most - a->n)
        return 0;
    while (i < a->n && j < b->n) {
        const uint32_t x = a->row[i], y = b->row[j];
        to->row[n++] = x < y ? x : y;
        i += x <= y;
        j += y <= x;
    }
    memcpy(to->row + n, a->row + i, (a->n - i) * sizeof *a->row);
    n += a->n - i;
    memcpy(to->row + n, b->row + j, (b->n - j) * sizeof *b->row);
    to->n = n + b->n - j;
    return 1;
}

#endif
