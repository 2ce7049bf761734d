/* SPDX-License-Identifier: Apache-2.0 */
/* How long one policy, one calculator and one household take. Prints one JSON line per figure:
   median and spread of runs.

   cc -O2 -Iinclude tests/bench/eval.c libcivicrules.a -o bench && ./bench */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "civicrules/civicrules.h"

enum { RUNS = 21 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* others may want the processor, too */
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(const char *what, double *us, double scale)
{
    qsort(us, RUNS, sizeof *us, by_size);
    printf("{\"what\": \"%s\", \"median_us\": %.3f, \"least_us\": %.3f, \"most_us\": %.3f}\n", what,
           us[RUNS / 2] / scale, us[0] / scale, us[RUNS - 1] / scale);
}

static civ_text text(const char *s)
{
    civ_text t = {s, strlen(s)};
    return t;
}

static civ_policy *load(civ_engine *engine)
{
    civ_policy_builder *b;
    civ_policy *policy = NULL;
    civ_policy_builder_create(&b, engine, NULL);
    civ_policy_builder_add_embedded(b, NULL);
    civ_policy_build(&policy, b, NULL);
    civ_policy_builder_release(b);
    return policy;
}

static void set(civ_case *c, const char *entity, uint32_t row, const char *name, const char *value)
{
    civ_error error = CIV_ERROR_INIT;
    int64_t field = civ_case_field(c, text(entity), text(name), &error);
    if (field < 0 || civ_case_set_parsed(c, (size_t)field, row, text(value), &error)) {
        fprintf(stderr, "%s: %s\n", name, error.message);
        exit(1);
    }
}

static void family(civ_case *c)
{
    static const char *const facts[][2] = {
        {"hukou_region", "610902"},  {"hukou_kind", "urban"},   {"can_work", "no"},
        {"disability_kind", "none"}, {"serious_illness", "no"}, {"income_wage", "300.00"},
        {"income_business", "0"},    {"income_property", "0"},  {"income_transfer", "0"},
        {"income_other", "0"},       {"legal_duty", "yes"},     {"tekun_recipient", "no"}};
    static const char *const who[][2] = {
        {"head", "1985-06-15"}, {"parent", "1951-02-01"}, {"son", "2013-03-01"}};
    set(c, "household", 0, "region", "610902");
    set(c, "household", 0, "residence", "urban");
    set(c, "household", 0, "property_within_limits", "yes");
    for (int i = 0; i < 3; i++) {
        uint32_t row;
        civ_case_add(c, &row, text("members"), 0, NULL);
        set(c, "person", row, "relation", who[i][0]);
        set(c, "person", row, "birth_date", who[i][1]);
        for (size_t k = 0; k < sizeof facts / sizeof *facts; k++)
            set(c, "person", row, facts[k][0], facts[k][1]);
    }
}

/* In words, after an evaluation. */
static void time_explanation(civ_workspace *w, civ_calculator *k)
{
    double us[RUNS];
    civ_wanted wanted = {0, 0};
    civ_text page;
    for (size_t i = 0; i < civ_calculator_output_count(k); i++) {
        civ_item item = {sizeof item, 0,      0,      0,      0,      0,      0,      0,     0, 0,
                         {0, 0},      {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}};
        civ_calculator_output(&item, k, i);
        if (item.name.length == 12 && memcmp(item.name.data, "dibao.amount", 12) == 0)
            wanted.output = (uint32_t)i;
    }
    for (int r = 0; r < RUNS; r++) {
        double t = now();
        for (int i = 0; i < 20; i++)
            if (civ_explain_text(&page, w, &wanted, 1, 1, CIV_FORMAT_TEXT, NULL))
                exit(1);
        us[r] = now() - t;
    }
    report("the explanation of dibao.amount in words", us, 20);
}

static void time_evaluation(civ_policy *policy, const char *wanted, int explain, const char *what)
{
    civ_calculator_options o = CIV_CALCULATOR_OPTIONS_INIT;
    civ_calculator *k;
    civ_workspace *w;
    civ_case *c;
    civ_text name = text(wanted);
    double us[RUNS];
    o.presume = 1;
    o.explain = explain;
    if (civ_calculator_create(&k, policy, &name, 1, &o, NULL) ||
        civ_case_create(&c, policy, text("household"), NULL) || civ_workspace_create(&w, k, NULL))
        exit(1);
    family(c);
    for (int r = 0; r < RUNS; r++) {
        double t = now();
        for (int i = 0; i < 2000; i++)
            civ_evaluate(w, c, 19487, NULL);
        us[r] = now() - t;
    }
    report(what, us, 2000);
    if (explain)
        time_explanation(w, k);
    printf("{\"what\": \"operations of %s\", \"count\": %zu}\n", wanted,
           civ_calculator_operation_count(k));
    civ_workspace_release(w);
    civ_case_release(c);
    civ_calculator_release(k);
}

int main(void)
{
    civ_engine *engine;
    civ_text dibao = text("dibao");
    double load_us[RUNS], compile_us[RUNS];
    civ_engine_create(&engine, NULL, NULL);
    for (int r = 0; r < RUNS; r++) {
        civ_calculator *k;
        double t = now();
        civ_policy *policy = load(engine);
        load_us[r] = now() - t;
        t = now();
        civ_calculator_create(&k, policy, &dibao, 1, NULL, NULL);
        compile_us[r] = now() - t;
        civ_calculator_release(k);
        civ_policy_release(policy);
    }
    report("load and check every embedded pack", load_us, 1);
    report("compile all outputs of dibao for all segments of time", compile_us, 1);
    civ_policy *policy = load(engine);
    time_evaluation(policy, "dibao", 0, "one household, all outputs of dibao");
    time_evaluation(policy, "dibao.amount", 0, "one household, dibao.amount");
    time_evaluation(policy, "dibao", 1, "one household, all outputs of dibao, to be explained");
    civ_policy_release(policy);
    civ_engine_release(engine);
    return 0;
}
