/* SPDX-License-Identifier: Apache-2.0 */
/* The generator. Shares are per mille; what is published and what is assumed stands in README.md.
 */
#include <stdio.h>
#include <string.h>

#include "population.h"

const char *const POP_RELATIONS[5] = {"head", "spouse", "son", "daughter", "parent"};
const char *const POP_SCHOOLS[5] = {"none", "compulsory", "senior_high", "secondary_vocational",
                                    "college"};
const char *const POP_DISABILITIES[8] = {"none",     "visual",       "hearing", "speech",
                                         "physical", "intellectual", "mental",  "multiple"};
const char *const POP_STATES[4] = {"alive", "dead", "declared_missing", "alive"};

enum { TODAY = 19487 /* 2023-05-10 */, DISABLED_KINDS = 7 };

/* ---- chance ---- */

static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static int32_t below(uint64_t *r, int32_t n)
{
    return (int32_t)((next(r) >> 32) * (uint64_t)n >> 32);
}

static int32_t between(uint64_t *r, int32_t low, int32_t high)
{
    return low + below(r, high - low + 1);
}

static int chance(uint64_t *r, int32_t per_mille)
{
    return below(r, 1000) < per_mille;
}

/* Which of the weights; they need not add up to anything. */
static int pick(uint64_t *r, const int32_t *weights, int n)
{
    int32_t sum = 0, at;
    for (int i = 0; i < n; i++)
        sum += weights[i];
    at = below(r, sum);
    for (int i = 0; i < n - 1; i++) {
        if (at < weights[i])
            return i;
        at -= weights[i];
    }
    return n - 1;
}

/* ---- places: residents of the census of 2020 ---- */

static const int32_t REGIONS[] = {610902, 610921, 610922, 610923, 610924,
                                  610925, 610926, 610927, 610981, 610929};
static const int32_t RESIDENTS[] = {894853, 240188, 153221, 59905,  260971,
                                    135006, 181286, 47356,  357876, 162774};
enum { N_REGIONS = sizeof REGIONS / sizeof *REGIONS };

/* ---- persons ---- */

static int age_of(const pop_person *p)
{
    return (TODAY - p->birth) / 366; /* nearly: only to choose by */
}

static void born(pop_person *p, uint64_t *r, int32_t low, int32_t high)
{
    int32_t age = between(r, low, high);
    p->birth = TODAY - age * 365 - age / 4 - below(r, 365);
}

static void born_old_or_not(pop_person *p, uint64_t *r, int old, int32_t youngest)
{
    static const int32_t bands[][2] = {{60, 64}, {65, 74}, {75, 92}};
    static const int32_t shares[] = {290, 480, 230};
    int band = old ? pick(r, shares, 3) : 0;
    born(p, r, old ? bands[band][0] : youngest, old ? bands[band][1] : 59);
}

static void set_school(pop_person *p, uint64_t *r)
{
    int age = age_of(p);
    p->school = age < 6    ? 0
                : age < 15 ? 1
                : age < 18 ? (uint8_t)(chance(r, 600)   ? 2
                                       : chance(r, 750) ? 3
                                                        : 0)
                : age < 22 ? (uint8_t)(chance(r, 450) ? 4 : 0)
                           : 0;
}

static void set_health(pop_person *p, uint64_t *r)
{
    static const int32_t kinds[] = {150, 200, 20, 370, 80, 110, 70};
    static const int32_t grades[] = {150, 250, 270, 330};
    int age = age_of(p);
    if (chance(r, age < 18 ? 12 : age < 60 ? 50 : 170)) {
        p->disability_kind = (uint8_t)(1 + pick(r, kinds, DISABLED_KINDS));
        p->disability_grade = (uint8_t)(1 + pick(r, grades, 4));
    }
    p->serious_illness = (uint8_t)chance(r, age < 60 ? 12 : 45);
}

static int64_t yuan(uint64_t *r, int32_t low, int32_t high)
{
    return (int64_t)between(r, low * 100, high * 100);
}

/* Many have nothing, some have much. */
static int64_t wage_of(uint64_t *r, int rural)
{
    static const int32_t bands[][2] = {{300, 1200}, {1200, 3000}, {3000, 6000}, {6000, 20000}};
    static const int32_t urban_shares[] = {150, 370, 380, 100},
                         rural_shares[] = {330, 420, 220, 30};
    int band = pick(r, rural ? rural_shares : urban_shares, 4);
    return yuan(r, bands[band][0], bands[band][1]);
}

static void set_income(pop_person *p, uint64_t *r)
{
    int age = age_of(p), severe = p->disability_kind && p->disability_grade <= 2;
    p->can_work = (uint8_t)(age >= 16 && age < 60 && !severe && !p->serious_illness && !p->school);
    p->employed = (uint8_t)(p->can_work && chance(r, p->rural ? 660 : 700));
    p->land = (uint8_t)(p->rural && age >= 18);
    if (p->employed)
        p->wage = wage_of(r, p->rural);
    if (p->rural && age >= 18 && chance(r, 450))
        p->business = yuan(r, 20, 600);
    if (chance(r, 60))
        p->property = yuan(r, 1, 500);
    if (age >= 60 && chance(r, p->rural ? 40 : 450)) {
        p->transfer = yuan(r, 1800, 4500); /* a pension of employees */
    } else if (age >= 60) {
        p->base_pension = yuan(r, 123, 180);
        p->transfer = p->base_pension + (chance(r, 300) ? yuan(r, 10, 300) : 0);
    }
    if (chance(r, 80))
        p->other = yuan(r, 10, 300);
}

static void finish(pop_household *h, pop_person *p, uint64_t *r)
{
    p->sex = p->relation == POP_SON        ? 1
             : p->relation == POP_DAUGHTER ? 2
             : p->relation == POP_SPOUSE   ? (uint8_t)(3 - h->members[0].sex)
                                           : (uint8_t)(1 + below(r, 2));
    p->rural = (uint8_t)(h->rural ? chance(r, 960) : chance(r, 150));
    p->hukou_region = chance(r, 975) ? h->region : REGIONS[below(r, N_REGIONS)];
    if (p->relation == POP_SON || p->relation == POP_DAUGHTER)
        set_school(p, r);
    set_health(p, r);
    set_income(p, r);
    p->single_living = (uint8_t)(age_of(p) >= 18 && p->wage + p->business > 0);
    if (age_of(p) < 18 && p->relation != POP_HEAD) {
        static const int32_t states[] = {955, 15, 5, 25};
        p->n_parents = 2;
        for (int i = 0; i < 2; i++)
            p->parent_state[i] = (uint8_t)pick(r, states, 4);
    }
}

/* ---- households ---- */

static pop_person *add(pop_household *h, int relation)
{
    pop_person *p = &h->members[h->n_members++];
    p->relation = (uint8_t)relation;
    return p;
}

/* One draw in a statement: the order of arguments is the compiler's. */
static void add_children(pop_household *h, uint64_t *r, int n)
{
    for (int i = 0; i < n; i++) {
        int relation = chance(r, 520) ? POP_SON : POP_DAUGHTER;
        int32_t most = chance(r, 650) ? 17 : 30;
        born(add(h, relation), r, 0, most);
    }
}

static void compose(pop_household *h, uint64_t *r)
{
    static const int32_t sizes[] = {270, 295, 210, 135, 60, 30}; /* 2.51 on average */
    static const int32_t old_heads[] = {370, 370, 130, 60, 0, 0};
    int size = 1 + pick(r, sizes, 6), old = chance(r, old_heads[size - 1]);
    born_old_or_not(add(h, POP_HEAD), r, old, 26);
    if (size == 1)
        return;
    if (size > 2 || chance(r, old ? 850 : 600))
        born_old_or_not(add(h, POP_SPOUSE), r, old, 25);
    else if (old)
        born(add(h, POP_SON), r, 25, 58);
    else
        add_children(h, r, 1);
    int parents = size >= 6 ? 2 : size >= 4 && chance(r, 550) ? 1 : 0;
    for (int i = 0; i < parents; i++)
        born_old_or_not(add(h, POP_PARENT), r, 1, 0);
    add_children(h, r, size - h->n_members);
}

static void set_property(pop_household *h, uint64_t *r)
{
    int poor = chance(r, 700);
    h->assets = chance(r, 20) ? -1 : poor ? yuan(r, 0, 20000) : yuan(r, 20000, 200000);
    h->dwellings = (uint8_t)(chance(r, 900) ? 1 : 2);
    h->vehicles = (uint8_t)chance(r, 250);
    h->has_business = (uint8_t)chance(r, 60);
    h->within_dibao =
        (uint8_t)(h->dwellings == 1 && !h->vehicles && !h->has_business && h->assets < 3000000);
    h->within_edge = (uint8_t)(h->within_dibao || (h->dwellings == 1 && h->assets < 6000000));
    h->within_rigid = (uint8_t)(h->within_edge || h->assets < 10000000);
    h->refused = (int8_t)(chance(r, 10) ? -1 : chance(r, 3));
}

void pop_make(pop_household *h, uint64_t seed, uint64_t index)
{
    static const int32_t urban[] = {570, 480, 500, 470, 430, 450, 470, 480, 470, 450};
    uint64_t state = seed * UINT64_C(0xD1342543DE82EF95) + index * UINT64_C(0x2545F4914F6CDD1D);
    memset(h, 0, sizeof *h);
    int place = pick(&state, RESIDENTS, N_REGIONS);
    h->region = REGIONS[place];
    h->rural = (uint8_t)!chance(&state, urban[place]);
    compose(h, &state);
    set_property(h, &state);
    for (int i = 0; i < h->n_members; i++)
        finish(h, &h->members[i], &state);
}

/* ---- dates ---- */

void pop_date_text(int32_t day, char out[11])
{
    /* civil date of a day number, by eras of 400 years that begin in March */
    int32_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    int32_t doe = z - era * 146097;
    int32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int32_t d = doy - (153 * mp + 2) / 5 + 1, m = mp < 10 ? mp + 3 : mp - 9;
    unsigned year = (unsigned)(yoe + era * 400 + (m <= 2));
    snprintf(out, 11, "%04u-%02u-%02u", year % 10000, (unsigned)m % 100, (unsigned)d % 100);
}
