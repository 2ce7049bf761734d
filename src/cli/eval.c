/* SPDX-License-Identifier: Apache-2.0 */
/* civicrules eval: one case, decided and explained. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* ---- dates, by the Gregorian rules ---- */

static int32_t days_before(int y, int m)
{
    static const int start[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0, p = y - 1;
    return 365 * p + p / 4 - p / 100 + p / 400 + start[m - 1] + (leap && m > 2) - 719162;
}

int cli_date_parse(const char *text, int32_t *day)
{
    int y, m, d, used = 0;
    if (strlen(text) != 10 || sscanf(text, "%4d-%2d-%2d%n", &y, &m, &d, &used) != 3 || used != 10 ||
        y < 1900 || y > 2200 || m < 1 || m > 12 || d < 1)
        return 1;
    int32_t next = m == 12 ? days_before(y + 1, 1) : days_before(y, m + 1);
    *day = days_before(y, m) + d - 1;
    return *day >= next;
}

void cli_date_text(int32_t day, char out[11])
{
    int y = 1900, m = 1;
    while (y < 2200 && days_before(y + 1, 1) <= day)
        y++;
    while (m < 12 && days_before(y, m + 1) <= day)
        m++;
    snprintf(out, 11, "%04d-%02d-%02d", y, m, (int)((day - days_before(y, m) + 1) & 31));
}

/* ---- outputs wanted ---- */

static size_t split(const char *text, civ_text *out, size_t cap)
{
    size_t n = 0;
    while (*text && n < cap) {
        size_t length = strcspn(text, ",");
        out[n].data = text;
        out[n++].length = length;
        text += length + (text[length] == ',');
    }
    return n;
}

int cli_calculator(civ_calculator **out, civ_policy *policy, const cli_options *o, const char *root)
{
    civ_text wanted[256];
    civ_error error = CIV_ERROR_INIT;
    civ_calculator_options options = CIV_CALCULATOR_OPTIONS_INIT;
    size_t n = split(o->outputs ? o->outputs : o->positional.at[1], wanted, 256);
    options.root.data = root;
    options.root.length = strlen(root);
    options.explain = 1; /* for the documents behind an answer; results are equal */
    options.strict = o->strict;
    options.presume = o->presume;
    civ_status bad = civ_calculator_create(out, policy, wanted, n, &options, &error);
    if (!bad)
        return 0;
    fprintf(stderr, "civicrules: %s\n", error.message);
    return bad == CIV_ERROR_PLAN ? EXIT_POLICY : bad == CIV_ERROR_MEMORY ? EXIT_OTHER : EXIT_USAGE;
}

/* ---- explanation ---- */

/* The decision and the amount of a module lead to everything else. */
static int is_leading(const civ_item *item, civ_text root)
{
    civ_text tail = {item->name.data + item->module.length,
                     item->name.length - item->module.length};
    int on_root = item->entity.length == root.length &&
                  memcmp(item->entity.data, root.data, root.length) == 0;
    return on_root && (cli_text_is(tail, ".eligible") || cli_text_is(tail, ".amount") ||
                       cli_text_is(tail, ".edge") || cli_text_is(tail, ".rigid"));
}

static civ_item output_item(const civ_calculator *calculator, size_t i)
{
    civ_item item;
    memset(&item, 0, sizeof item);
    item.struct_size = sizeof item;
    civ_calculator_output(&item, calculator, i);
    return item;
}

/* What was asked for by name; of whole modules what leads, or everything where nothing does. */
static size_t wanted_outputs(civ_wanted *list, size_t cap, civ_workspace *w,
                             const civ_calculator *calculator, const cli_options *o)
{
    size_t n = 0, outputs = civ_calculator_output_count(calculator);
    civ_text root = civ_calculator_root(calculator);
    int leading = 0;
    for (size_t i = 0; i < outputs && !o->outputs; i++) {
        civ_item item = output_item(calculator, i);
        leading |= is_leading(&item, root);
    }
    for (size_t i = 0; i < outputs; i++) {
        civ_item item = output_item(calculator, i);
        civ_value v = CIV_VALUE_INIT;
        if (leading ? !is_leading(&item, root) : !o->outputs && item.kind == CIV_KIND_REASON)
            continue;
        for (uint32_t row = 0; civ_result_value(&v, w, i, row) == CIV_OK; row++) {
            if (n < cap)
                list[n] = (civ_wanted){(uint32_t)i, row};
            n++;
        }
    }
    return n;
}

static void add_explanation(struct json_object *answer, civ_text text)
{
    struct json_tokener *t = json_tokener_new();
    if (!t)
        return;
    json_object_object_add(answer, "explanation",
                           json_tokener_parse_ex(t, text.data, (int)text.length));
    json_tokener_free(t);
}

/* Into the answer if there is one, else printed. */
static int explain(civ_workspace *w, const civ_calculator *calculator, struct json_object *answer,
                   const cli_options *o, civ_format format)
{
    size_t n = wanted_outputs(NULL, 0, w, calculator, o);
    civ_wanted *list = malloc((n + 1) * sizeof *list);
    civ_text text;
    civ_error error = CIV_ERROR_INIT;
    if (!list)
        return EXIT_OTHER;
    wanted_outputs(list, n, w, calculator, o);
    civ_status bad = civ_explain_text(&text, w, list, n, o->zh, format, &error);
    free(list);
    if (bad) {
        fprintf(stderr, "civicrules: %s\n", error.message);
        return EXIT_OTHER;
    }
    if (answer) {
        add_explanation(answer, text);
    } else {
        printf(format == CIV_FORMAT_MARKDOWN ? (o->zh ? "\n## 说明\n\n" : "\n## Reasons\n\n")
                                             : "\n");
        fwrite(text.data, 1, text.length, stdout);
    }
    return 0;
}

/* ---- the command ---- */

static int print_answer(civ_workspace *w, const civ_calculator *calculator, civ_policy *policy,
                        const cli_case *c, const cli_options *o)
{
    int text = o->format && strcmp(o->format, "json") != 0;
    int markdown = text && strcmp(o->format, "markdown") == 0;
    if (text) {
        cli_sheet(w, calculator, policy, c, o);
        return o->explain ? explain(w, calculator, NULL, o,
                                    markdown ? CIV_FORMAT_MARKDOWN : CIV_FORMAT_TEXT)
                          : 0;
    }
    struct json_object *answer = cli_answer(w, calculator, policy, c, o);
    int bad = o->explain ? explain(w, calculator, answer, o, CIV_FORMAT_JSON) : 0;
    puts(json_object_to_json_string_ext(answer,
                                        JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(answer);
    return bad;
}

static int decide(civ_policy *policy, civ_calculator *calculator, const cli_options *o,
                  const char *text, size_t n, int32_t on)
{
    cli_case c;
    civ_workspace *w = NULL;
    civ_error error = CIV_ERROR_INIT;
    const char *name = o->positional.n > 2 ? o->positional.at[2] : "-";
    int bad = cli_case_read(&c, text, n, policy, civ_calculator_root(calculator), o->known);
    if (bad == 1) {
        cli_case_print_errors(&c, name, o->zh);
        if (!o->format || strcmp(o->format, "json") == 0) {
            struct json_object *answer = json_object_new_object();
            json_object_object_add(answer, "errors", json_object_get(c.errors));
            puts(json_object_to_json_string_ext(answer, JSON_C_TO_STRING_PRETTY |
                                                            JSON_C_TO_STRING_NOSLASHESCAPE));
            json_object_put(answer);
        }
    }
    if (!bad &&
        (civ_workspace_create(&w, calculator, &error) || civ_evaluate(w, c.facts, on, &error))) {
        fprintf(stderr, "civicrules: %s\n", error.message);
        bad = EXIT_OTHER;
    }
    if (!bad)
        bad = print_answer(w, calculator, policy, &c, o);
    civ_workspace_release(w);
    cli_case_free(&c);
    return bad;
}

int cmd_eval(const cli_options *o)
{
    civ_engine *engine;
    civ_policy *policy = NULL;
    civ_calculator *calculator = NULL;
    int32_t on;
    size_t n = 0;
    char *text = NULL;
    if (o->positional.n < 2)
        return cli_usage(o, "eval: a module is missing", NULL);
    if (o->positional.n > 3)
        return cli_usage(o, "eval: one case at a time; not expected", o->positional.at[3]);
    if (!o->on)
        return cli_usage(o, "eval: --on DATE is missing", NULL);
    if (cli_date_parse(o->on, &on))
        return cli_usage(o, "eval: --on wants a date YYYY-MM-DD from 1900 to 2200, found", o->on);
    if (o->format && strcmp(o->format, "json") && strcmp(o->format, "text") &&
        strcmp(o->format, "markdown"))
        return cli_usage(o, "--format is json, text or markdown, found", o->format);
    if (civ_engine_create(&engine, NULL, NULL))
        return EXIT_OTHER;
    int bad = cli_policy(&policy, engine, o, 0);
    if (!bad) {
        char root[64];
        text = cli_read_file(o->positional.n > 2 ? o->positional.at[2] : "-", &n);
        if (text)
            cli_case_root(root, sizeof root, text, n, policy);
        bad = text ? cli_calculator(&calculator, policy, o, root) : EXIT_USAGE;
    }
    if (!bad)
        bad = decide(policy, calculator, o, text, n, on);
    free(text);
    civ_calculator_release(calculator);
    civ_policy_release(policy);
    civ_engine_release(engine);
    return bad;
}
