/* SPDX-License-Identifier: Apache-2.0 */
/* civicrules timeline: month by month, what changes and why, totals, and payments already made. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct cli_timeline {
    civ_workspace *w;
    const civ_calculator *calculator;
    civ_policy *policy;
    const cli_case *c;
    const cli_options *o;
    struct json_object
        *months; /* {month: the answer as `eval` gives it, without what is the same} */
    struct json_object *totals;  /* {path: {"total", "months", "missing"}}: of amounts */
    struct json_object *changes; /* [{month, output, from, to, reason}] */
    struct json_object *before;  /* {path: value of the month before} */
    struct json_object *paid;    /* {path: {month: amount}}, or NULL */
    struct json_object *settled; /* {path: {"paid", "due", "arrears", "overpaid"}} */
    char month[32];
} cli_timeline;

static int parse_month(const char *text, int32_t *month)
{
    char day[16];
    int32_t date;
    int year, number;
    if (!text || strlen(text) != 7)
        return 1;
    snprintf(day, sizeof day, "%s-01", text);
    if (cli_date_parse(day, &date) || sscanf(text, "%d-%d", &year, &number) != 2)
        return 1;
    *month = year * 12 + number - 1;
    return 0;
}

static struct json_object *map_at(struct json_object *map, const char *key)
{
    struct json_object *o;
    if (!json_object_object_get_ex(map, key, &o)) {
        o = json_object_new_object();
        json_object_object_add(map, key, o);
    }
    return o;
}

/* ---- amounts in fen ---- */

static struct json_object *yuan(int64_t fen)
{
    char text[32];
    snprintf(text, sizeof text, "%s%lld.%02d", fen < 0 ? "-" : "",
             (long long)(fen < 0 ? -(fen / 100) : fen / 100),
             (int)(fen < 0 ? -(fen % 100) : fen % 100));
    return json_object_new_string(text);
}

static int64_t fen_at(struct json_object *map, const char *key)
{
    struct json_object *o;
    return json_object_object_get_ex(map, key, &o) ? json_object_get_int64(o) : 0;
}

static void add_fen(struct json_object *map, const char *key, int64_t fen)
{
    json_object_object_add(map, key, json_object_new_int64(fen_at(map, key) + fen));
}

/* Yuan as text, to the fen. 1 = it is not. */
static int parse_yuan(const char *text, int64_t *fen)
{
    int negative = text[0] == '-', places = -1;
    *fen = 0;
    for (const char *p = text + negative; *p; p++) {
        if (*p == '.' && places < 0 && p > text + negative) {
            places = 0;
            continue;
        }
        if (*p < '0' || *p > '9' || *fen > INT64_MAX / 100 - 10 || places == 2)
            return 1;
        *fen = *fen * 10 + (*p - '0');
        places += places >= 0;
    }
    for (int i = places < 0 ? 0 : places; i < 2; i++)
        *fen *= 10;
    *fen = negative ? -*fen : *fen;
    return text[negative] == 0;
}

/* What was paid against what was due: less is arrears, more is overpaid; months do not make up for
 * one another. */
static int settle(cli_timeline *t, const char *path, int64_t due)
{
    struct json_object *months, *amount;
    int64_t paid = 0;
    if (!t->paid || !json_object_object_get_ex(t->paid, path, &months))
        return 0;
    if (json_object_object_get_ex(months, t->month, &amount) &&
        parse_yuan(json_object_get_string(amount), &paid))
        return 1;
    struct json_object *s = map_at(t->settled, path);
    add_fen(s, "paid", paid);
    add_fen(s, "due", due);
    add_fen(s, "arrears", due > paid ? due - paid : 0);
    add_fen(s, "overpaid", paid > due ? paid - due : 0);
    return 0;
}

/* ---- one output in one month ---- */

static struct json_object *value_text(const civ_value *v)
{
    static const char *const answers[] = {"", "undetermined", "no data", "not in force", "invalid"};
    if (v->answer)
        return json_object_new_string(answers[v->answer]);
    if (v->is_none)
        return json_object_new_string("none");
    return json_object_new_string_len(v->text.data, (int)v->text.length);
}

static void note_change(cli_timeline *t, const char *path, struct json_object *now)
{
    struct json_object *before;
    int known = json_object_object_get_ex(t->before, path, &before);
    if (known && strcmp(json_object_get_string(before), json_object_get_string(now)) == 0)
        return;
    if (known) {
        struct json_object *change = json_object_new_object();
        json_object_object_add(change, "month", json_object_new_string(t->month));
        json_object_object_add(change, "output", json_object_new_string(path));
        json_object_object_add(change, "from", json_object_get(before));
        json_object_object_add(change, "to", json_object_get(now));
        json_object_array_add(t->changes, change);
    }
    json_object_object_add(t->before, path, json_object_get(now));
}

static int add_total(cli_timeline *t, const char *path, const civ_value *v)
{
    struct json_object *total = map_at(t->totals, path);
    add_fen(total, "fen", v->answer ? 0 : v->number);
    add_fen(total, "months", 1);
    add_fen(total, "without_value", v->answer != CIV_KNOWN);
    return v->answer ? 0 : settle(t, path, v->number);
}

static int add_output(cli_timeline *t, size_t output)
{
    civ_item item;
    civ_value v = CIV_VALUE_INIT;
    memset(&item, 0, sizeof item);
    item.struct_size = sizeof item;
    civ_calculator_output(&item, t->calculator, output);
    for (uint32_t row = 0; civ_result_value(&v, t->w, output, row) == CIV_OK; row++) {
        char path[512];
        cli_output_path(t->policy, t->c, &item, row, path, sizeof path);
        if (item.kind == CIV_KIND_MONEY && add_total(t, path, &v))
            return 1;
        if (item.kind != CIV_KIND_ROWS) {
            struct json_object *now = value_text(&v);
            note_change(t, path, now);
            json_object_put(now);
        }
    }
    return 0;
}

/* ---- months ---- */

static int one_month(cli_timeline *t, int32_t month, int first)
{
    civ_error error = CIV_ERROR_INIT;
    cli_options o = *t->o;
    char last_day[32];
    if (civ_evaluate_month(t->w, t->c->facts, month, first, &error)) {
        fprintf(stderr, "civicrules: %s\n", error.message);
        return EXIT_OTHER;
    }
    snprintf(t->month, sizeof t->month, "%04d-%02d", (int)(month / 12), (int)(month % 12 + 1));
    snprintf(last_day, sizeof last_day, "%s", t->month);
    o.on = last_day;
    struct json_object *answer = cli_answer(t->w, t->calculator, t->policy, t->c, &o);
    json_object_object_del(answer, "on");
    json_object_object_del(answer, "policy");
    json_object_object_add(t->months, t->month, answer);
    for (size_t i = 0; i < civ_calculator_output_count(t->calculator); i++)
        if (add_output(t, i)) {
            fprintf(stderr, "civicrules: payments are amounts in yuan, to the fen (%s)\n",
                    t->month);
            return EXIT_CASE;
        }
    return 0;
}

static struct json_object *in_yuan(struct json_object *fen)
{
    struct json_object *out = json_object_new_object();
    json_object_object_foreach(fen, path, map)
    {
        struct json_object *o = json_object_new_object();
        json_object_object_foreach(map, key, v)
        {
            int count = strcmp(key, "months") == 0 || strcmp(key, "without_value") == 0;
            if (count && json_object_get_int64(v) > 0)
                json_object_object_add(o, key, json_object_get(v));
            else if (!count)
                json_object_object_add(o, strcmp(key, "fen") == 0 ? "total" : key,
                                       yuan(json_object_get_int64(v)));
        }
        json_object_object_add(out, path, o);
    }
    return out;
}

static struct json_object *whole_answer(cli_timeline *t)
{
    struct json_object *answer = json_object_new_object(), *p = json_object_new_object();
    char sha[80];
    civ_text hash = civ_policy_sha256(t->policy);
    snprintf(sha, sizeof sha, "%.*s", (int)hash.length, hash.data);
    json_object_object_add(p, "sha256", json_object_new_string(sha));
    json_object_object_add(answer, "from", json_object_new_string(t->o->from));
    json_object_object_add(answer, "to", json_object_new_string(t->o->to));
    json_object_object_add(answer, "policy", p);
    json_object_object_add(answer, "months", json_object_get(t->months));
    json_object_object_add(answer, "changes", json_object_get(t->changes));
    json_object_object_add(answer, "totals", in_yuan(t->totals));
    if (t->paid)
        json_object_object_add(answer, "payments", in_yuan(t->settled));
    return answer;
}

static void print_text(struct json_object *answer, int zh)
{
    struct json_object *changes = json_object_object_get(answer, "changes");
    json_object_object_foreach(json_object_object_get(answer, "totals"), path, total)
    {
        printf("%-48s %12s", path, json_object_get_string(json_object_object_get(total, "total")));
        struct json_object *without;
        if (json_object_object_get_ex(total, "without_value", &without))
            printf(zh ? "  （%s 个月无结果）" : "  (%s months without a value)",
                   json_object_get_string(without));
        putchar('\n');
    }
    for (size_t i = 0; i < json_object_array_length(changes); i++) {
        struct json_object *c = json_object_array_get_idx(changes, i);
        printf("%s  %-40s %s → %s\n", json_object_get_string(json_object_object_get(c, "month")),
               json_object_get_string(json_object_object_get(c, "output")),
               json_object_get_string(json_object_object_get(c, "from")),
               json_object_get_string(json_object_object_get(c, "to")));
    }
    struct json_object *payments;
    if (json_object_object_get_ex(answer, "payments", &payments))
        printf("%s\n", json_object_to_json_string_ext(payments, JSON_C_TO_STRING_PRETTY));
}

static int months(cli_timeline *t, int32_t from, int32_t to)
{
    int bad = 0;
    for (int32_t m = from; m <= to && !bad; m++)
        bad = one_month(t, m, m == from);
    if (bad)
        return bad;
    struct json_object *answer = whole_answer(t);
    if (t->o->format && strcmp(t->o->format, "text") == 0)
        print_text(answer, t->o->zh);
    else
        puts(json_object_to_json_string_ext(answer, JSON_C_TO_STRING_PRETTY |
                                                        JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(answer);
    return 0;
}

/* ---- the command ---- */

static int read_paid(cli_timeline *t)
{
    size_t n = 0;
    char *text = t->o->paid ? cli_read_file(t->o->paid, &n) : NULL;
    if (!t->o->paid)
        return 0;
    t->paid = text ? json_tokener_parse(text) : NULL;
    free(text);
    if (t->paid && json_object_is_type(t->paid, json_type_object))
        return 0;
    fprintf(stderr, "civicrules: --paid wants {\"OUTPUT\": {\"YYYY-MM\": \"YUAN\"}}\n");
    return EXIT_CASE;
}

static int with_case(cli_timeline *t, const char *text, size_t n, int32_t from, int32_t to)
{
    cli_case c;
    civ_error error = CIV_ERROR_INIT;
    int bad = cli_case_read(&c, text, n, t->policy, civ_calculator_root(t->calculator));
    t->c = &c;
    if (bad == 1)
        cli_case_print_errors(&c, t->o->positional.n > 2 ? t->o->positional.at[2] : "-", t->o->zh);
    if (!bad && civ_workspace_create(&t->w, (civ_calculator *)t->calculator, &error)) {
        fprintf(stderr, "civicrules: %s\n", error.message);
        bad = EXIT_OTHER;
    }
    if (!bad)
        bad = read_paid(t);
    if (!bad)
        bad = months(t, from, to);
    civ_workspace_release(t->w);
    cli_case_free(&c);
    return bad;
}

static int decide(civ_policy *policy, const cli_options *o, int32_t from, int32_t to)
{
    size_t n = 0;
    char root[64];
    civ_calculator *calculator = NULL;
    char *text = cli_read_file(o->positional.n > 2 ? o->positional.at[2] : "-", &n);
    if (!text)
        return EXIT_USAGE;
    cli_case_root(root, sizeof root, text, n, policy);
    int bad = cli_calculator(&calculator, policy, o, root);
    cli_timeline t = {NULL,
                      calculator,
                      policy,
                      NULL,
                      o,
                      json_object_new_object(),
                      json_object_new_object(),
                      json_object_new_array(),
                      json_object_new_object(),
                      NULL,
                      json_object_new_object(),
                      ""};
    if (!bad)
        bad = with_case(&t, text, n, from, to);
    json_object_put(t.months);
    json_object_put(t.totals);
    json_object_put(t.changes);
    json_object_put(t.before);
    json_object_put(t.paid);
    json_object_put(t.settled);
    civ_calculator_release(calculator);
    free(text);
    return bad;
}

int cmd_timeline(const cli_options *o)
{
    civ_engine *engine;
    civ_policy *policy = NULL;
    int32_t from, to;
    if (o->positional.n < 2)
        return cli_usage(o, "timeline: a module is missing", NULL);
    if (parse_month(o->from, &from) || parse_month(o->to, &to) || from > to)
        return cli_usage(
            o, "timeline: --from and --to want months YYYY-MM, the first not after the last", NULL);
    if (civ_engine_create(&engine, NULL, NULL))
        return EXIT_OTHER;
    int bad = cli_policy(&policy, engine, o, 0);
    if (!bad)
        bad = decide(policy, o, from, to);
    civ_policy_release(policy);
    civ_engine_release(engine);
    return bad;
}
