/* SPDX-License-Identifier: Apache-2.0 */
/* The yardstick, all ways of computing it in turn, again and again; see yardstick.h.
   Prints one JSON line per figure. run.sh adds NumPy, DuckDB and OpenFisca.

   yardstick POLICY [HOUSEHOLDS [ROUNDS [WAY]]]

   With the number of a way, from 0, that one alone is run: for a profiler. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "yardstick.h"

enum { MOST_ROUNDS = 199 };

typedef enum way { ROWS, FUSED, CHECKED, AVX512, ENGINE, THREADS_2, NULLS, FRESH, WAYS } way;

static const char *const NAMES[WAYS] = {"plain C, array of structs",
                                        "plain C, fused columns",
                                        "plain C, fused columns, checked",
                                        "AVX-512 by hand",
                                        "civicrules",
                                        "civicrules, 2 threads",
                                        "civicrules, 1 % nulls",
                                        "civicrules, memory fresh from malloc"};

typedef struct bench {
    yard_columns *columns;
    yard_answers answers;
    yard_rows *rows;
    yard_engine *engines[WAYS];
    double ns[WAYS][MOST_ROUNDS];
    int rounds;
} bench;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void run(bench *b, way w)
{
    int64_t n = b->columns->households;
    switch (w) {
    case ROWS: yard_rows_run(b->rows); break;
    case FUSED: yard_fused_run(b->columns, &b->answers, 0, n); break;
    case CHECKED: yard_checked_run(b->columns, &b->answers, 0, n); break;
    case AVX512: yard_avx512_run(b->columns, &b->answers, 0, n); break;
    default: yard_engine_run(b->engines[w]); break;
    }
}

/* The totals of the yardstick, for a million households. */
static int wrong(const bench *b, way w, const yard_totals *t, int64_t open)
{
    static const yard_totals want = {602793,     120238806500, 1046838000,
                                     2103620000, 59995601338,  60713792238800};
    if (b->columns->households != 1000000 || w == NULLS)
        return 0;
    return open != 0 || memcmp(t, &want, sizeof want) != 0;
}

static int check(bench *b, way w)
{
    yard_totals t;
    int64_t open = 0;
    run(b, w);
    if (w == ROWS)
        yard_rows_add_up(&t, b->rows);
    else if (w < ENGINE)
        yard_add_up(&t, b->columns, &b->answers);
    else
        open = yard_engine_add_up(&t, b->engines[w]);
    int bad = wrong(b, w, &t, open);
    printf("{\"what\": \"%s\", \"totals\": \"%s\", \"eligible\": %lld, \"benefit_fen\": %lld, "
           "\"living_fen\": %lld, \"care_fen\": %lld, \"per_head_fen\": %lld, \"checksum\": %llu, "
           "\"not_known\": %lld}\n",
           NAMES[w], bad ? "WRONG" : "right", (long long)t.eligible, (long long)t.benefit,
           (long long)t.living, (long long)t.care, (long long)t.per_head,
           (unsigned long long)t.checksum, (long long)open);
    return bad;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(bench *b, way w)
{
    return b->ns[w][b->rounds / 2];
}

static void report(bench *b, way w)
{
    double n = (double)b->columns->households, *ns = b->ns[w];
    qsort(ns, (size_t)b->rounds, sizeof *ns, by_size);
    printf("{\"what\": \"%s\", \"rounds\": %d, \"million_per_s\": %.2f, \"least_ns\": %.2f, "
           "\"median_ns\": %.2f, \"most_ns\": %.2f}\n",
           NAMES[w], b->rounds, n * 1e3 / median(b, w), ns[0] / n, median(b, w) / n,
           ns[b->rounds - 1] / n);
}

static void ratios(bench *b)
{
    double engine = median(b, ENGINE);
    printf("{\"ratio_to_plain_c\": %.3f, \"ratio_to_fused_c\": %.3f, \"ratio_to_avx512\": %.3f, "
           "\"speedup_2_threads\": %.2f, \"nulls_cost_percent\": %.1f, \"operations\": %zu}\n",
           engine / median(b, ROWS), engine / median(b, FUSED),
           yard_avx512_present() ? engine / median(b, AVX512) : 0.0, engine / median(b, THREADS_2),
           (median(b, NULLS) / engine - 1) * 100, yard_engine_operations(b->engines[ENGINE]));
}

int main(int argc, char **argv)
{
    static bench b;
    int64_t n = argc > 2 ? atoll(argv[2]) : 1000000;
    int bad = 0, first = argc > 4 ? atoi(argv[4]) : 0, end = argc > 4 ? first + 1 : WAYS;
    b.rounds = argc > 3 ? atoi(argv[3]) : 15;
    if (argc < 2 || n < 1 || n > 50000000 || b.rounds < 1 || b.rounds > MOST_ROUNDS || first < 0 ||
        end > WAYS)
        return 2;
    b.columns = yard_make(n);
    if (!b.columns || yard_make_answers(&b.answers, b.columns))
        return 1;
    b.rows = yard_rows_make(b.columns);
    for (int w = ENGINE; w < WAYS; w++)
        b.engines[w] =
            yard_engine_make(b.columns, argv[1], w == THREADS_2 ? 2 : 1, w == NULLS, w != FRESH);
    for (int w = first; w < end; w++)
        if (w != AVX512 || yard_avx512_present())
            bad |= check(&b, (way)w);
    for (int i = 0; i < b.rounds; i++)
        for (int w = first; w < end; w++) {
            run(&b, (way)w); /* finds its caches and processors as it leaves them */
            double start = now();
            run(&b, (way)w);
            b.ns[w][i] = now() - start;
        }
    for (int w = first; w < end; w++)
        report(&b, (way)w);
    if (argc <= 4)
        ratios(&b);
    return bad;
}
