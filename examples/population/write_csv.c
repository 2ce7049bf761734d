/* SPDX-License-Identifier: Apache-2.0 */
/* population HOUSEHOLDS FOLDER [SEED] [FIRST]  writes FOLDER/households.csv and FOLDER/members.csv,
   sorted by household. Everything in them is invented. */
#include <stdio.h>
#include <stdlib.h>

#include "population.h"

static const char *yes_no(int x)
{
    return x < 0 ? "?" : x ? "yes" : "no";
}

static void put_money(FILE *to, int64_t fen)
{
    fprintf(to, ",%lld.%02d", (long long)(fen / 100), (int)(fen % 100));
}

static void put_household(FILE *to, uint64_t id, const pop_household *h)
{
    fprintf(to, "%09llu,%06d,%s,%s,%s,%s,%s", (unsigned long long)id, (int)h->region,
            h->rural ? "rural" : "urban", yes_no(h->within_dibao), yes_no(h->within_edge),
            yes_no(h->within_rigid), yes_no(h->refused));
    if (h->assets < 0)
        fputs(",?", to);
    else
        put_money(to, h->assets);
    fprintf(to, ",%d,%d,%s\r\n", h->dwellings, h->vehicles, yes_no(h->has_business));
}

static void put_person(FILE *to, uint64_t id, int number, const pop_person *p)
{
    char birth[11], grade[4] = "";
    pop_date_text(p->birth, birth);
    if (p->disability_grade)
        snprintf(grade, sizeof grade, "%d", p->disability_grade);
    fprintf(to, "%09llu,p%d,%s,%s,%s,%06d,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,yes",
            (unsigned long long)id, number, birth, p->sex == 1 ? "male" : "female",
            POP_RELATIONS[p->relation], (int)p->hukou_region, p->rural ? "rural" : "urban",
            POP_DISABILITIES[p->disability_kind], grade, yes_no(p->serious_illness),
            POP_SCHOOLS[p->school], yes_no(p->can_work), yes_no(p->employed),
            yes_no(p->single_living), yes_no(p->land), yes_no(p->relation == POP_PARENT));
    put_money(to, p->wage);
    put_money(to, p->business);
    put_money(to, p->property);
    put_money(to, p->transfer);
    put_money(to, p->other);
    put_money(to, p->base_pension);
    fputs(",no\r\n", to);
}

static FILE *create(const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *to = fopen(path, "wb");
    if (!to)
        fprintf(stderr, "population: cannot write %s\n", path);
    return to;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: population HOUSEHOLDS FOLDER [SEED] [FIRST]\n", stderr);
        return 2;
    }
    uint64_t n = strtoull(argv[1], NULL, 10), seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    uint64_t first = argc > 4 ? strtoull(argv[4], NULL, 10) : 0;
    FILE *households = create(argv[2], "households.csv");
    FILE *members = households ? create(argv[2], "members.csv") : NULL;
    if (!members)
        return 2;
    fputs("id,region,residence,property_within_limits,property_within_edge_limits,"
          "property_within_rigid_limits,refused_check,financial_assets,dwellings,vehicles,"
          "has_business_registration\r\n",
          households);
    fputs("household_id,id,birth_date,sex,relation,hukou_region,hukou_kind,disability_kind,"
          "disability_grade,serious_illness,school,can_work,employed,can_live_independently,"
          "has_contracted_land,legal_duty,lives_with_household,income_wage,income_business,"
          "income_property,income_transfer,income_other,income_exempt_base_pension,"
          "tekun_recipient\r\n",
          members);
    for (uint64_t i = first; i < first + n; i++) {
        pop_household h;
        pop_make(&h, seed, i);
        put_household(households, i + 1, &h);
        for (int k = 0; k < h.n_members; k++)
            put_person(members, i + 1, k + 1, &h.members[k]);
    }
    int bad = fclose(households) != 0;
    bad |= fclose(members) != 0;
    if (bad)
        fputs("population: cannot write\n", stderr);
    return bad;
}
