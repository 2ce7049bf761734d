/* SPDX-License-Identifier: Apache-2.0 */
/* Which children stand under which root of a block, for what is written about a household as a
   whole. */
#include <stdlib.h>
#include <string.h>

#include "batch.h"

typedef struct join_row {
    civ_text key;
    size_t row;
} join_row;

static int by_key(const void *a, const void *b)
{
    const join_row *x = a, *y = b;
    int order = cli_key_order(x->key, y->key, 0);
    return order ? order : x->row < y->row ? -1 : x->row > y->row;
}

static join_row *sorted(const cli_table *t)
{
    join_row *rows = malloc((t->n_rows + 1) * sizeof *rows);
    int in_order = 1;
    for (size_t i = 0; rows && i < t->n_rows; i++) {
        rows[i].key = cli_table_key(t, i);
        rows[i].row = i;
        in_order &= i == 0 || cli_key_order(rows[i - 1].key, rows[i].key, 0) <= 0;
    }
    if (rows && !in_order)
        qsort(rows, t->n_rows, sizeof *rows, by_key);
    return rows;
}

int cli_join_roots(cli_table *roots)
{
    join_row *rows = sorted(roots);
    for (size_t i = 1; rows && i < roots->n_rows; i++) {
        int same = rows[i].key.length > 0 && cli_key_order(rows[i - 1].key, rows[i].key, 0) == 0;
        int first = same && (i < 2 || cli_key_order(rows[i - 2].key, rows[i].key, 0) != 0);
        if (first)
            cli_table_flag(roots, rows[i - 1].row, "duplicate_key", "a key of its own");
        if (same)
            cli_table_flag(roots, rows[i].row, "duplicate_key", "a key of its own");
    }
    free(rows);
    return rows ? 0 : EXIT_OTHER;
}

void cli_join_free(cli_join *j)
{
    free(j->order);
    free(j->first);
    free(j->orphans);
    memset(j, 0, sizeof *j);
}

static void orphan(cli_join *j, cli_table *t, const join_row *r, int is_alone)
{
    const char *flags = cli_table_flags(t, r->row);
    j->orphans[j->n_orphans++] = r->row;
    if (is_alone && r->key.length > 0 && !strstr(flags, "total_row") &&
        !strstr(flags, "several_headers"))
        cli_table_flag(t, r->row, "no_root", "the key of a household of the first file");
}

/* A key that several roots have belongs to none of them. */
static size_t root_of(const join_row *roots, size_t n, size_t *at, civ_text key)
{
    while (*at < n && cli_key_order(roots[*at].key, key, 0) < 0)
        (*at)++;
    int found = *at < n && key.length > 0 && cli_key_order(roots[*at].key, key, 0) == 0;
    int several = found && *at + 1 < n && cli_key_order(roots[*at + 1].key, key, 0) == 0;
    return !found ? SIZE_MAX : several ? SIZE_MAX - 1 : roots[*at].row;
}

int cli_join_make(cli_join *j, cli_table *roots, cli_table *t)
{
    memset(j, 0, sizeof *j);
    join_row *a = sorted(roots), *b = sorted(t);
    size_t *under = malloc((t->n_rows + 1) * sizeof *under), at = 0;
    j->order = malloc((t->n_rows + 1) * sizeof *j->order);
    j->orphans = malloc((t->n_rows + 1) * sizeof *j->orphans);
    j->first = calloc(roots->n_rows + 2, sizeof *j->first);
    int bad = !a || !b || !under || !j->order || !j->orphans || !j->first ? EXIT_OTHER : 0;
    for (size_t i = 0; !bad && i < t->n_rows; i++) {
        size_t root = root_of(a, roots->n_rows, &at, b[i].key);
        under[b[i].row] = root;
        if (root < SIZE_MAX - 1)
            j->first[root + 2]++;
        else
            orphan(j, t, &b[i], root == SIZE_MAX);
    }
    for (size_t r = 0; !bad && r < roots->n_rows; r++)
        j->first[r + 2] += j->first[r + 1];
    for (size_t i = 0; !bad && i < t->n_rows; i++) /* first[r + 1] moves to where r ends */
        if (under[i] < SIZE_MAX - 1)
            j->order[j->first[under[i] + 1]++] = i;
    free(a);
    free(b);
    free(under);
    return bad;
}

void cli_join_mark(const cli_join *j, cli_table *roots, const cli_table *t)
{
    for (size_t r = 0; r < roots->n_rows; r++)
        for (size_t i = j->first[r]; i < j->first[r + 1]; i++)
            if (cli_table_flags(t, j->order[i])[0])
                cli_table_mark(roots, r, t->list);
}
