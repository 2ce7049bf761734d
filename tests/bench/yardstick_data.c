/* SPDX-License-Identifier: Apache-2.0 */
/* Households of the yardstick, from a fixed seed, and the totals of their answers. */
#include <stdlib.h>
#include <string.h>

#include "yardstick.h"

const int64_t YARD_STANDARD[YARD_COUNTIES][2] = {
    {125000, 98000}, {118000, 94000}, {109000, 88000}, {105000, 85000}, {99000, 80000},
    {95000, 76000},  {92000, 70000},  {88000, 66000},  {81000, 61000},  {74000, 55000}};
const int64_t YARD_CARE[YARD_GRADES] = {0, 12000, 10000, 8000, 0};

/* ---- chance: splitmix64 ---- */

static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint32_t below(uint64_t *s, uint32_t n)
{
    return (uint32_t)((draw(s) >> 32) * n >> 32);
}

static int in_1000(uint64_t *s, uint32_t n)
{
    return below(s, 1000) < n;
}

/* ---- columns ---- */

static void person(yard_columns *c, int64_t p, int nth, uint64_t *s)
{
    uint32_t age = nth == 0 ? 18 + below(s, 70) : nth == 1 ? 16 + below(s, 72) : below(s, 95);
    int can_work = age >= 16 && age < 65, employed = can_work && in_1000(s, 420);
    c->age[p] = (uint8_t)age;
    c->employed[p] = (uint8_t)employed;
    c->wage[p] = employed ? 60000 + below(s, 260000) : 0;
    if (!employed && can_work && in_1000(s, 200))
        c->wage[p] = below(s, 80000); /* odd jobs */
    c->pension[p] = 0;
    if (age >= 60)
        c->pension[p] = in_1000(s, 600) ? 15000 + below(s, 20000) : below(s, 240000);
    c->other[p] = in_1000(s, 250) ? below(s, 40000) : 0;
    c->grade[p] = (uint8_t)(in_1000(s, 80) ? 1 + below(s, 4) : 0);
    c->illness[p] = (uint8_t)in_1000(s, 35);
}

static uint32_t dwellings(uint64_t *s)
{
    if (in_1000(s, 30))
        return 3 + below(s, 2);
    return in_1000(s, 150) ? 2 : in_1000(s, 900) ? 1 : 0;
}

static uint32_t deposits(uint64_t *s)
{
    return in_1000(s, 60)    ? below(s, 40000000)
           : in_1000(s, 500) ? below(s, 3000000)
                             : below(s, 300000);
}

static void household(yard_columns *c, int64_t h, uint64_t *s)
{
    int n = 1 + (int)below(s, 6);
    c->county[h] = (uint8_t)below(s, YARD_COUNTIES);
    c->rural[h] = (uint8_t)in_1000(s, 550);
    c->cars[h] = (uint8_t)in_1000(s, 80);
    c->dwellings[h] = (uint8_t)dwellings(s);
    c->deposits[h] = deposits(s);
    c->medical[h] = in_1000(s, 300) ? below(s, 300000) : below(s, 30000);
    c->education[h] = in_1000(s, 250) ? below(s, 150000) : 0;
    for (int i = 0; i < n; i++)
        person(c, c->persons++, i, s);
    c->offsets[h + 1] = (int32_t)c->persons;
}

/* One allocation each, of 64-byte alignment as Arrow recommends; memory is the program's. */
static void *column(int64_t n, size_t size, int *bad)
{
    size_t bytes = ((size_t)n * size + 127) / 64 * 64;
    void *p = aligned_alloc(64, bytes);
    *bad |= !p;
    if (p)
        memset(p, 0, bytes);
    return p;
}

yard_columns *yard_make(int64_t households)
{
    uint64_t seed = 20260101;
    int bad = 0;
    yard_columns *c = calloc(1, sizeof *c);
    int64_t n = households, most = 6 * households;
    if (!c)
        return NULL;
    c->offsets = column(n + 1, sizeof *c->offsets, &bad);
    c->county = column(n, 1, &bad);
    c->rural = column(n, 1, &bad);
    c->cars = column(n, 1, &bad);
    c->dwellings = column(n, 1, &bad);
    c->deposits = column(n, sizeof *c->deposits, &bad);
    c->medical = column(n, sizeof *c->medical, &bad);
    c->education = column(n, sizeof *c->education, &bad);
    c->wage = column(most, sizeof *c->wage, &bad);
    c->pension = column(most, sizeof *c->pension, &bad);
    c->other = column(most, sizeof *c->other, &bad);
    c->employed = column(most, 1, &bad);
    c->age = column(most, 1, &bad);
    c->grade = column(most, 1, &bad);
    c->illness = column(most, 1, &bad);
    for (; !bad && c->households < households; c->households++)
        household(c, c->households, &seed);
    return bad ? NULL : c;
}

int yard_make_answers(yard_answers *a, const yard_columns *c)
{
    int bad = 0;
    a->eligible = column(c->households, 1, &bad);
    a->per_head = column(c->households, sizeof *a->per_head, &bad);
    a->benefit = column(c->households, sizeof *a->benefit, &bad);
    a->living = column(c->persons, sizeof *a->living, &bad);
    a->care = column(c->persons, sizeof *a->care, &bad);
    return bad;
}

void yard_add_up(yard_totals *t, const yard_columns *c, const yard_answers *a)
{
    memset(t, 0, sizeof *t);
    for (int64_t i = 0; i < c->households; i++) {
        t->eligible += a->eligible[i];
        t->per_head += a->per_head[i];
        t->benefit += a->benefit[i];
        t->checksum += (uint64_t)a->benefit[i] * ((uint64_t)i % 1009 + 1);
    }
    for (int64_t i = 0; i < c->persons; i++) {
        t->living += a->living[i];
        t->care += a->care[i];
    }
}
