/* SPDX-License-Identifier: Apache-2.0 */
/* Whole packs over the invented households of examples/population, through the batch interface.
   Prints one JSON line per figure: nanoseconds per household (least, median and most of the runs),
   operations of the plan, what came out in all.

   cmake --build DIR --target bench_households && DIR/tests/bench_households [HOUSEHOLDS [RUNS]]

   The households are handed over as a producer of Arrow data would: in slices, columns of words
   as dictionaries, lists in lists, some nulls. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "columns.h"
#include "population.h"

enum { SLICE = 100000, MOST_RUNS = 99, ON = 19487 /* 2023-05-10 */, SEED = 1 };

/* ---- columns ---- */

static column *add(table *t, const char *name, const char *format, size_t bits)
{
    return table_add(t, name, format, bench_get(((size_t)t->rows + 1) * bits / 8 + 8, 1));
}

static void add_words(table *t, const char *name, const char *const *words, int n)
{
    table_add_words(t, name, "c", bench_get((size_t)t->rows + 1, 1), words, n);
}

/* The memory of a column made here. */
static void *values(const column *c)
{
    return (void *)(uintptr_t)c->buffers[1];
}

static void set_bit(column *c, int64_t row, int bit)
{
    uint8_t *b = values(c);
    b[row / 8] = (uint8_t)(b[row / 8] | (unsigned)(bit != 0) << row % 8);
}

/* ---- the population ---- */

static const char *const REGIONS[] = {"610902", "610921", "610922", "610923", "610924",
                                      "610925", "610926", "610927", "610981", "610929"};
static const char *const RESIDENCES[] = {"urban", "rural"}, *const SEXES[] = {"male", "female"},
                         *const ROLES[] = {"father", "mother"};

static int8_t region_index(int32_t region)
{
    int8_t i = 0;
    while (i < 9 && atoi(REGIONS[i]) != region)
        i++;
    return i;
}

static int64_t count_members(int64_t n, int64_t *parents)
{
    int64_t members = 0;
    *parents = 0;
    for (int64_t i = 0; i < n; i++) {
        pop_household h;
        pop_make(&h, SEED, (uint64_t)i);
        members += h.n_members;
        for (int k = 0; k < h.n_members; k++)
            *parents += h.members[k].n_parents;
    }
    return members;
}

enum {
    H_REGION,
    H_RESIDENCE,
    H_DIBAO,
    H_EDGE,
    H_RIGID,
    H_REFUSED,
    H_BUSINESS,
    H_ASSETS,
    H_DWELLINGS,
    H_VEHICLES
};
enum {
    P_BIRTH,
    P_SEX,
    P_RELATION,
    P_HUKOU,
    P_KIND,
    P_DISABILITY,
    P_GRADE,
    P_SCHOOL,
    P_ILL,
    P_CAN_WORK,
    P_EMPLOYED,
    P_ALONE,
    P_LAND,
    P_DUTY,
    P_LIVES,
    P_TEKUN,
    P_WAGE,
    P_BUSINESS,
    P_PROPERTY,
    P_TRANSFER,
    P_OTHER,
    P_PENSION
};
enum { R_ROLE, R_STATE, R_DISABILITY, R_GRADE };

static void household_columns(table *t)
{
    static const char *const findings[] = {"property_within_limits", "property_within_edge_limits",
                                           "property_within_rigid_limits", "refused_check",
                                           "has_business_registration"};
    add_words(t, "region", REGIONS, 10);
    add_words(t, "residence", RESIDENCES, 2);
    for (int i = 0; i < 5; i++)
        add(t, findings[i], "b", 1);
    add(t, "financial_assets_fen", "l", 64);
    add(t, "dwellings", "C", 8);
    add(t, "vehicles", "C", 8);
}

static void person_columns(table *t)
{
    static const char *const flags[] = {"serious_illness",
                                        "can_work",
                                        "employed",
                                        "can_live_independently",
                                        "has_contracted_land",
                                        "legal_duty",
                                        "lives_with_household",
                                        "tekun_recipient"};
    static const char *const money[] = {"income_wage_fen",     "income_business_fen",
                                        "income_property_fen", "income_transfer_fen",
                                        "income_other_fen",    "income_exempt_base_pension_fen"};
    add(t, "birth_date", "tdD", 32);
    add_words(t, "sex", SEXES, 2);
    add_words(t, "relation", POP_RELATIONS, 5);
    add_words(t, "hukou_region", REGIONS, 10);
    add_words(t, "hukou_kind", RESIDENCES, 2);
    add_words(t, "disability_kind", POP_DISABILITIES, 8);
    add(t, "disability_grade", "C", 8);
    add_words(t, "school", POP_SCHOOLS, 5);
    for (int i = 0; i < 8; i++)
        add(t, flags[i], "b", 1);
    for (int i = 0; i < 6; i++)
        add(t, money[i], "l", 64);
}

static void parent_columns(table *t)
{
    add_words(t, "role", ROLES, 2);
    add_words(t, "state", POP_STATES, 4);
    add_words(t, "disability_kind", POP_DISABILITIES, 8);
    add(t, "disability_grade", "C", 8);
}

static void put_household(table *t, int64_t row, const pop_household *h)
{
    column *c = t->columns;
    ((int8_t *)values(&c[H_REGION]))[row] = region_index(h->region);
    ((int8_t *)values(&c[H_RESIDENCE]))[row] = (int8_t)h->rural;
    set_bit(&c[H_DIBAO], row, h->within_dibao);
    set_bit(&c[H_EDGE], row, h->within_edge);
    set_bit(&c[H_RIGID], row, h->within_rigid);
    set_bit(&c[H_REFUSED], row, h->refused > 0);
    set_bit(&c[H_BUSINESS], row, h->has_business);
    if (h->refused < 0)
        column_null(&c[H_REFUSED], row);
    ((int64_t *)values(&c[H_ASSETS]))[row] = h->assets;
    if (h->assets < 0)
        column_null(&c[H_ASSETS], row);
    ((uint8_t *)values(&c[H_DWELLINGS]))[row] = h->dwellings;
    ((uint8_t *)values(&c[H_VEHICLES]))[row] = h->vehicles;
}

static void put_disability(column *kind, column *grade, int64_t row, int k, int g)
{
    ((int8_t *)values(kind))[row] = (int8_t)k;
    ((uint8_t *)values(grade))[row] = (uint8_t)g;
    if (g == 0)
        column_null(grade, row);
}

static void put_person(table *t, int64_t row, const pop_person *p)
{
    column *c = t->columns;
    const int flags[] = {p->serious_illness,
                         p->can_work,
                         p->employed,
                         p->single_living,
                         p->land,
                         p->relation == POP_PARENT,
                         1,
                         0};
    const int64_t money[] = {p->wage,     p->business, p->property,
                             p->transfer, p->other,    p->base_pension};
    ((int32_t *)values(&c[P_BIRTH]))[row] = p->birth;
    ((int8_t *)values(&c[P_SEX]))[row] = (int8_t)(p->sex - 1);
    ((int8_t *)values(&c[P_RELATION]))[row] = (int8_t)p->relation;
    ((int8_t *)values(&c[P_HUKOU]))[row] = region_index(p->hukou_region);
    ((int8_t *)values(&c[P_KIND]))[row] = (int8_t)p->rural;
    put_disability(&c[P_DISABILITY], &c[P_GRADE], row, p->disability_kind, p->disability_grade);
    ((int8_t *)values(&c[P_SCHOOL]))[row] = (int8_t)p->school;
    for (int i = 0; i < 8; i++)
        set_bit(&c[P_ILL + i], row, flags[i]);
    for (int i = 0; i < 6; i++)
        ((int64_t *)values(&c[P_WAGE + i]))[row] = money[i];
}

static void put_parent(table *t, int64_t row, int which, int state)
{
    column *c = t->columns;
    ((int8_t *)values(&c[R_ROLE]))[row] = (int8_t)which;
    ((int8_t *)values(&c[R_STATE]))[row] = (int8_t)state;
    put_disability(&c[R_DISABILITY], &c[R_GRADE], row, state == POP_DISABLED ? 4 : 0,
                   state == POP_DISABLED ? 1 : 0);
}

static void fill(table *roots, table *members, table *parents, int32_t *off, int32_t *below)
{
    int64_t m = 0, r = 0;
    for (int64_t i = 0; i < roots->rows; i++) {
        pop_household h;
        pop_make(&h, SEED, (uint64_t)i);
        put_household(roots, i, &h);
        for (int k = 0; k < h.n_members; k++) {
            put_person(members, m, &h.members[k]);
            for (int j = 0; j < h.members[k].n_parents; j++)
                put_parent(parents, r++, j, h.members[k].parent_state[j]);
            below[++m] = (int32_t)r;
        }
        off[i + 1] = (int32_t)m;
    }
}

static table *make_population(int64_t n, int64_t *n_members)
{
    table *roots = bench_get(1, sizeof *roots), *members = bench_get(1, sizeof *members),
          *parents = bench_get(1, sizeof *parents);
    roots->rows = n;
    *n_members = members->rows = count_members(n, &parents->rows);
    int32_t *off = bench_get((size_t)n + 1, sizeof *off),
            *below = bench_get((size_t)members->rows + 1, sizeof *below);
    household_columns(roots);
    person_columns(members);
    parent_columns(parents);
    fill(roots, members, parents, off, below);
    table_close(parents);
    table_add_list(members, "parents", parents, below);
    table_close(members);
    table_add_list(roots, "members", members, off);
    table_close(roots);
    return roots;
}

/* ---- runs ---- */

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void check(civ_status bad, const civ_error *error, const civ_batch *batch)
{
    if (!bad)
        return;
    civ_text lines = {"", 0};
    if (batch)
        lines = civ_batch_mismatch(batch);
    fprintf(stderr, "households: %s\n%.*s\n", error->message, (int)lines.length, lines.data);
    exit(1);
}

typedef struct totals { /* of a money output of the root */
    const char *name;
    int64_t fen, known;
} totals;

static void add_up(totals *t, const struct ArrowSchema *s, const struct ArrowArray *a)
{
    for (int64_t c = 0; c + 1 < s->n_children; c++) {
        if (strcmp(s->children[c]->name, t->name) != 0)
            continue;
        const int64_t *fen = a->children[c]->buffers[1];
        const uint8_t *answer = a->children[c + 1]->buffers[1];
        for (int64_t i = 0; i < a->length; i++) {
            t->known += answer[i] == CIV_KNOWN;
            t->fen += answer[i] == CIV_KNOWN ? fen[i] : 0;
        }
    }
}

static void one_run(civ_batch *batch, const table *roots, const struct ArrowSchema *s, totals *sum)
{
    civ_error error = CIV_ERROR_INIT;
    for (int64_t from = 0; from < roots->rows; from += SLICE) {
        struct ArrowArray in = roots->array, out;
        in.offset = from;
        in.length = roots->rows - from < SLICE ? roots->rows - from : SLICE;
        check(civ_batch_run(&out, batch, &in, &error), &error, NULL);
        if (sum)
            add_up(sum, s, &out);
        out.release(&out);
    }
}

static void report(const char *what, uint32_t threads, double *ns, int runs, int64_t n)
{
    qsort(ns, (size_t)runs, sizeof *ns, by_size);
    printf("{\"what\": \"%s\", \"threads\": %u, \"households\": %lld, \"runs\": %d, "
           "\"least_ns\": %.1f, \"median_ns\": %.1f, \"most_ns\": %.1f}\n",
           what, (unsigned)threads, (long long)n, runs, ns[0] / (double)n, ns[runs / 2] / (double)n,
           ns[runs - 1] / (double)n);
    fflush(stdout);
}

static double measure(civ_calculator *calculator, const char *what, const table *roots,
                      uint32_t threads, int runs)
{
    civ_error error = CIV_ERROR_INIT;
    civ_batch_options o = CIV_BATCH_OPTIONS_INIT;
    civ_batch *batch;
    struct ArrowSchema schema;
    double ns[MOST_RUNS];
    totals sum = {"dibao.amount", 0, 0};
    o.on = ON;
    o.threads = threads;
    o.allow_missing = o.allow_unused = 1;
    check(civ_batch_create(&batch, calculator, &o, &error), &error, NULL);
    check(civ_batch_bind(batch, &roots->schema, &error), &error, batch);
    check(civ_batch_output_schema(&schema, batch, &error), &error, NULL);
    one_run(batch, roots, &schema, &sum);
    for (int i = 0; i < runs; i++) {
        double start = now(CLOCK_MONOTONIC);
        one_run(batch, roots, &schema, NULL);
        ns[i] = now(CLOCK_MONOTONIC) - start;
    }
    report(what, threads, ns, runs, roots->rows);
    printf("{\"what\": \"%s\", \"threads\": %u, \"output\": \"%s\", \"known\": %lld, "
           "\"total_fen\": %lld}\n",
           what, (unsigned)threads, sum.name, (long long)sum.known, (long long)sum.fen);
    schema.release(&schema);
    civ_batch_release(batch);
    return ns[0];
}

static void bench(civ_policy *policy, const char *what, const char *const *modules, size_t n,
                  const table *roots, int runs)
{
    civ_error error = CIV_ERROR_INIT;
    civ_calculator_options o = CIV_CALCULATOR_OPTIONS_INIT;
    civ_calculator *calculator;
    civ_text wanted[16];
    for (size_t i = 0; i < n; i++)
        wanted[i] = (civ_text){modules[i], strlen(modules[i])};
    o.presume = 1;
    o.root = (civ_text){"household", 9};
    check(civ_calculator_create(&calculator, policy, wanted, n, &o, &error), &error, NULL);
    printf("{\"what\": \"%s\", \"outputs\": %zu, \"operations\": %zu}\n", what,
           civ_calculator_output_count(calculator), civ_calculator_operation_count(calculator));
    double one = measure(calculator, what, roots, 1, runs);
    double two = measure(calculator, what, roots, 2, runs);
    printf("{\"what\": \"%s\", \"speedup_2_threads\": %.2f}\n", what, one / two);
    civ_calculator_release(calculator);
}

int main(int argc, char **argv)
{
    static const char *const modules[] = {"dibao",  "low_income",        "disability_subsidies",
                                          "orphan", "unsupported_child", "interactions"};
    static const char *const amount[] = {"dibao.amount"};
    int64_t n = argc > 1 ? atoll(argv[1]) : 1000000, members;
    int runs = argc > 2 ? atoi(argv[2]) : 5;
    civ_engine *engine;
    civ_policy_builder *builder;
    civ_policy *policy;
    civ_error error = CIV_ERROR_INIT;
    if (n < 1 || runs < 1 || runs > MOST_RUNS)
        return 2;
    check(civ_engine_create(&engine, NULL, &error), &error, NULL);
    check(civ_policy_builder_create(&builder, engine, &error), &error, NULL);
    check(civ_policy_builder_add_embedded(builder, &error), &error, NULL);
    check(civ_policy_build(&policy, builder, &error), &error, NULL);
    civ_policy_builder_release(builder);
    table *roots = make_population(n, &members);
    printf("{\"what\": \"population\", \"households\": %lld, \"members\": %lld}\n", (long long)n,
           (long long)members);
    bench(policy, "dibao.amount alone", amount, 1, roots, runs);
    bench(policy, "dibao", modules, 1, roots, runs);
    bench(policy, "dibao and low_income", modules, 2, roots, runs);
    bench(policy, "every household module", modules, 6, roots, runs);
    civ_policy_release(policy);
    civ_engine_release(engine);
    return 0;
}
