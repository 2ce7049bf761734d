/* SPDX-License-Identifier: Apache-2.0 */
/* The yardstick in plain C over an array of structs, household by household. */
#include <stdlib.h>
#include <string.h>

#include "yardstick.h"

typedef struct person {
    int64_t wage, pension, other;
    int32_t age;
    uint8_t employed, grade, illness;
    int64_t living, care;
} person;

typedef struct household {
    person *members;
    int32_t n, county, rural, cars, dwellings;
    int64_t deposits, medical, education, per_head, benefit;
    int eligible;
} household;

struct yard_rows {
    household *households;
    person *persons;
    int64_t n;
};

yard_rows *yard_rows_make(const yard_columns *c)
{
    yard_rows *r = malloc(sizeof *r);
    if (!r)
        return NULL;
    r->n = c->households;
    r->households = calloc((size_t)c->households + 1, sizeof *r->households);
    r->persons = calloc((size_t)c->persons + 1, sizeof *r->persons);
    if (!r->households || !r->persons)
        return NULL;
    for (int64_t i = 0; i < c->persons; i++)
        r->persons[i] = (person){c->wage[i],  c->pension[i], c->other[i], c->age[i], c->employed[i],
                                 c->grade[i], c->illness[i], 0,           0};
    for (int64_t i = 0; i < c->households; i++)
        r->households[i] = (household){r->persons + c->offsets[i],
                                       c->offsets[i + 1] - c->offsets[i],
                                       c->county[i],
                                       c->rural[i],
                                       c->cars[i],
                                       c->dwellings[i],
                                       c->deposits[i],
                                       c->medical[i],
                                       c->education[i],
                                       0,
                                       0,
                                       0};
    return r;
}

static int top_up_percent(const person *p)
{
    if (p->grade == 1 || p->grade == 2)
        return 30;
    if (p->illness)
        return 25;
    if (p->age >= 70)
        return 20;
    return p->age < 16 ? 10 : 0;
}

static void decide(household *h)
{
    int64_t income = 0, percent = 0, n = h->n, standard = YARD_STANDARD[h->county][h->rural];
    for (int64_t i = 0; i < n; i++) {
        const person *p = &h->members[i];
        income += p->wage - (p->employed ? p->wage * 20 / 100 : 0) + p->pension + p->other;
        percent += top_up_percent(p);
    }
    int64_t rigid = h->medical + h->education - YARD_THRESHOLD;
    int64_t net = income - (rigid > 0 ? rigid : 0);
    if (net < 0)
        net = 0;
    h->per_head = (2 * net + n) / (2 * n);
    h->eligible = h->deposits < 24 * standard * n && h->cars == 0 && h->dwellings <= 2 &&
                  h->per_head < standard;
    h->benefit = 0;
    if (h->eligible)
        h->benefit = ((standard - h->per_head) * n + percent * standard / 100 + 99) / 100 * 100;
    for (int64_t i = 0; i < n; i++) {
        person *p = &h->members[i];
        p->living = h->eligible && p->grade > 0 ? 6000 : 0;
        p->care = YARD_CARE[p->grade];
    }
}

void yard_rows_run(yard_rows *r)
{
    for (int64_t i = 0; i < r->n; i++)
        decide(&r->households[i]);
}

void yard_rows_add_up(yard_totals *t, const yard_rows *r)
{
    memset(t, 0, sizeof *t);
    for (int64_t i = 0; i < r->n; i++) {
        const household *h = &r->households[i];
        t->eligible += h->eligible;
        t->per_head += h->per_head;
        t->benefit += h->benefit;
        t->checksum += (uint64_t)h->benefit * ((uint64_t)i % 1009 + 1);
        for (int32_t k = 0; k < h->n; k++) {
            t->living += h->members[k].living;
            t->care += h->members[k].care;
        }
    }
}
