/* SPDX-License-Identifier: Apache-2.0 */
/* The yardstick, all ways of computing it in C in turn, again and again; see yardstick.h.
   Prints one JSON line per figure. yardstick.py adds NumPy, DuckDB and OpenFisca.

   yardstick POLICY [HOUSEHOLDS [ROUNDS [WAY]]]

   With the number of a way, from 0, that one alone is run: for a profiler. Exit status 1: totals
   are wrong, or the ways do not agree. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "yardstick.h"

enum { MOST_ROUNDS = 199 };

typedef struct times {
    double ns[YARD_WAYS][MOST_ROUNDS];
    int rounds;
    int64_t households;
} times;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Every way but that with nulls gives the totals of the first. */
static int check(yard_ways *w, int way, yard_totals *first)
{
    yard_totals t;
    int64_t open;
    yard_way_run(w, way);
    int bad = yard_way_add_up(&t, &open, w, way);
    if (first->care == 0)
        *first = t;
    bad |= way != YARD_NULLS && memcmp(&t, first, sizeof t) != 0;
    printf("{\"what\": \"%s\", \"totals\": \"%s\", \"eligible\": %lld, \"benefit_fen\": %lld, "
           "\"living_fen\": %lld, \"care_fen\": %lld, \"per_head_fen\": %lld, \"checksum\": %llu, "
           "\"not_known\": %lld}\n",
           yard_way_name(way), bad ? "WRONG" : "right", (long long)t.eligible, (long long)t.benefit,
           (long long)t.living, (long long)t.care, (long long)t.per_head,
           (unsigned long long)t.checksum, (long long)open);
    return bad;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const times *t, int way)
{
    return t->ns[way][t->rounds / 2];
}

static void report(times *t, int way)
{
    double n = (double)t->households, *ns = t->ns[way];
    qsort(ns, (size_t)t->rounds, sizeof *ns, by_size);
    printf("{\"what\": \"%s\", \"rounds\": %d, \"million_per_s\": %.2f, \"least_ns\": %.2f, "
           "\"median_ns\": %.2f, \"most_ns\": %.2f}\n",
           yard_way_name(way), t->rounds, n * 1e3 / median(t, way), ns[0] / n, median(t, way) / n,
           ns[t->rounds - 1] / n);
}

static void ratios(const times *t, const yard_ways *w)
{
    double engine = median(t, YARD_ENGINE);
    printf("{\"ratio_to_plain_c\": %.3f, \"ratio_to_fused_c\": %.3f, ",
           engine / median(t, YARD_ROWS), engine / median(t, YARD_FUSED));
    if (yard_way_present(YARD_AVX512))
        printf("\"ratio_to_avx512\": %.3f, ", engine / median(t, YARD_AVX512));
    printf("\"speedup_2_threads\": %.2f, \"nulls_cost_percent\": %.1f, \"operations\": %zu}\n",
           engine / median(t, YARD_THREADS), (median(t, YARD_NULLS) / engine - 1) * 100,
           yard_ways_operations(w));
}

static void measure(times *t, yard_ways *w, int first, int end)
{
    for (int i = 0; i < t->rounds; i++)
        for (int way = first; way < end; way++) {
            if (!yard_way_present(way))
                continue;
            yard_way_run(w, way); /* finds its caches and processors as it leaves them */
            double start = now();
            yard_way_run(w, way);
            t->ns[way][i] = now() - start;
        }
    for (int way = first; way < end; way++)
        if (yard_way_present(way))
            report(t, way);
}

int main(int argc, char **argv)
{
    static times t;
    yard_totals totals = {0, 0, 0, 0, 0, 0};
    int bad = 0, first = argc > 4 ? atoi(argv[4]) : 0, end = argc > 4 ? first + 1 : YARD_WAYS;
    t.households = argc > 2 ? atoll(argv[2]) : 1000000;
    t.rounds = argc > 3 ? atoi(argv[3]) : 15;
    if (argc < 2 || t.households < 1 || t.households > 50000000 || t.rounds < 1 ||
        t.rounds > MOST_ROUNDS || first < 0 || end > YARD_WAYS) {
        fputs("yardstick POLICY [HOUSEHOLDS [ROUNDS [WAY]]]\n", stderr);
        return 2;
    }
    yard_ways *w = yard_ways_make(argv[1], t.households);
    if (!w)
        return 1;
    for (int way = first; way < end; way++)
        if (yard_way_present(way))
            bad |= check(w, way, &totals);
    measure(&t, w, first, end);
    if (argc <= 4)
        ratios(&t, w);
    return bad;
}
