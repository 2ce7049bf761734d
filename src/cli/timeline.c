/* SPDX-License-Identifier: Apache-2.0 */
/* civicrules timeline: month by month, what changes and why, totals, and payments already made. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct cli_timeline {
    civ_workspace *w;
    civ_calculator *calculator;
    civ_policy *policy;
    civ_timeline *t;
    const cli_case *c;
    const cli_options *o;
    int32_t from, to;
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

static void month_text(const cli_timeline *t, uint32_t month, char out[16])
{
    int32_t m = t->from + (int32_t)month;
    snprintf(out, 16, "%04d-%02d", (int)(m / 12), (int)(m % 12 + 1));
}

static struct json_object *text_of(civ_text t)
{
    return json_object_new_string_len(t.data ? t.data : "", (int)t.length);
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
        if (*p < '0' || *p > '9' || *fen > INT64_MAX / 100000 || places == 2)
            return 1;
        *fen = *fen * 10 + (*p - '0');
        places += places >= 0;
    }
    for (int i = places < 0 ? 0 : places; i < 2; i++)
        *fen *= 10;
    *fen = negative ? -*fen : *fen;
    return text[negative] == 0;
}

/* ---- series ---- */

static civ_series series_at(const cli_timeline *t, size_t i)
{
    civ_series s;
    memset(&s, 0, sizeof s);
    s.struct_size = sizeof s;
    civ_timeline_series(&s, t->t, i);
    return s;
}

static void path_of(const cli_timeline *t, size_t i, char *out, size_t cap)
{
    civ_item item;
    civ_series s = series_at(t, i);
    memset(&item, 0, sizeof item);
    item.struct_size = sizeof item;
    civ_calculator_output(&item, t->calculator, s.output);
    cli_output_path(t->policy, t->c, &item, s.row, out, cap);
}

static civ_text value_text(const cli_timeline *t, size_t series, uint32_t month, int zh)
{
    static const char *const answers[][2] = {{"none", "无"},
                                             {"undetermined", "尚不能确定"},
                                             {"no data", "无数据"},
                                             {"not in force", "当时无此规定"},
                                             {"invalid", "输入有误"}};
    civ_value v = CIV_VALUE_INIT;
    civ_timeline_value(&v, t->t, series, month);
    return v.answer || v.is_none ? cli_text(answers[v.answer][zh]) : v.text;
}

static size_t find_series(const cli_timeline *t, const char *path)
{
    char own[512];
    for (size_t i = 0; i < civ_timeline_series_count(t->t); i++) {
        path_of(t, i, own, sizeof own);
        if (strcmp(own, path) == 0)
            return i;
    }
    return SIZE_MAX;
}

/* ---- payments ---- */

static int bad_payment(const char *what, const char *found)
{
    fprintf(stderr, "civicrules: --paid: %s; found '%s'\n", what, found);
    return EXIT_CASE;
}

/* Months that the list does not name were not paid. */
static int pay(cli_timeline *t, size_t series, struct json_object *months)
{
    for (uint32_t m = 0; m <= (uint32_t)(t->to - t->from); m++)
        if (civ_timeline_pay(t->t, series, m, 0))
            return bad_payment("expected an amount of money", "an output of another kind");
    json_object_object_foreach(months, key, amount)
    {
        int64_t fen = 0;
        int32_t month = 0;
        if (parse_month(key, &month) || month < t->from || month > t->to)
            return bad_payment("expected a month of the timeline, YYYY-MM", key);
        if (!json_object_is_type(amount, json_type_string) ||
            parse_yuan(json_object_get_string(amount), &fen) ||
            civ_timeline_pay(t->t, series, (uint32_t)(month - t->from), fen))
            return bad_payment("payments are amounts in yuan, to the fen, in quotes",
                               json_object_get_string(amount));
    }
    return 0;
}

static int pay_all(cli_timeline *t, struct json_object *paid)
{
    if (!json_object_is_type(paid, json_type_object))
        return bad_payment("expected {\"OUTPUT\": {\"YYYY-MM\": \"YUAN\"}}",
                           json_object_to_json_string(paid));
    json_object_object_foreach(paid, path, months)
    {
        size_t series = find_series(t, path);
        if (series == SIZE_MAX)
            return bad_payment("expected an output of this timeline", path);
        if (!json_object_is_type(months, json_type_object))
            return bad_payment("expected {\"YYYY-MM\": \"YUAN\"}",
                               json_object_to_json_string(months));
        int bad = pay(t, series, months);
        if (bad)
            return bad;
    }
    return 0;
}

static int read_paid(cli_timeline *t)
{
    size_t n = 0;
    char *text = t->o->paid ? cli_read_file(t->o->paid, &n) : NULL;
    if (!t->o->paid)
        return 0;
    struct json_object *paid = text ? json_tokener_parse(text) : NULL;
    int bad = text ? pay_all(t, paid) : EXIT_USAGE;
    json_object_put(paid);
    free(text);
    return bad;
}

/* ---- the answer as JSON ---- */

static struct json_object *ground_json(const civ_ground *g, int zh)
{
    static const char *const kinds[] = {"", "parameter", "rule", "fact"};
    struct json_object *o = json_object_new_object();
    char day[16];
    civ_text cites = zh ? g->citation_zh : g->citation_en;
    json_object_object_add(o, kinds[g->kind], text_of(g->name));
    if (g->kind == CIV_GROUND_PARAMETER)
        json_object_object_add(o, "keys", text_of(g->detail));
    if (g->kind == CIV_GROUND_FACT) {
        json_object_object_add(o, "row", json_object_new_int64(g->row));
        json_object_object_add(o, "value", g->detail.length ? text_of(g->detail) : NULL);
        return o;
    }
    if (g->from != INT32_MIN) {
        cli_date_text(g->from, day);
        json_object_object_add(o, "from", json_object_new_string(day));
    }
    if (cites.length)
        json_object_object_add(o, "citation", text_of(cites));
    return o;
}

static civ_ground fresh_ground(void)
{
    civ_ground g;
    memset(&g, 0, sizeof g);
    g.struct_size = sizeof g;
    return g;
}

static struct json_object *grounds_json(const cli_timeline *t, size_t change, uint32_t n)
{
    struct json_object *list = json_object_new_array();
    for (uint32_t i = 0; i < n; i++) {
        civ_ground g = fresh_ground();
        if (civ_timeline_ground(&g, t->t, change, i) == CIV_OK)
            json_object_array_add(list, ground_json(&g, t->o->zh));
    }
    return list;
}

static struct json_object *changes_json(const cli_timeline *t)
{
    struct json_object *list = json_object_new_array();
    char path[512], month[16];
    for (size_t i = 0; i < civ_timeline_change_count(t->t); i++) {
        struct json_object *o = json_object_new_object();
        civ_change c;
        memset(&c, 0, sizeof c);
        c.struct_size = sizeof c;
        civ_timeline_change(&c, t->t, i);
        path_of(t, c.series, path, sizeof path);
        month_text(t, c.month, month);
        json_object_object_add(o, "month", json_object_new_string(month));
        json_object_object_add(o, "output", json_object_new_string(path));
        json_object_object_add(o, "from", text_of(value_text(t, c.series, c.month - 1, 0)));
        json_object_object_add(o, "to", text_of(value_text(t, c.series, c.month, 0)));
        if (c.reason.length)
            json_object_object_add(o, "reason", text_of(c.reason));
        json_object_object_add(o, "because", grounds_json(t, i, c.ground_count));
        json_object_array_add(list, o);
    }
    return list;
}

static struct json_object *total_json(const civ_series *s)
{
    struct json_object *o = json_object_new_object();
    json_object_object_add(o, "total", yuan(s->total));
    json_object_object_add(o, "months", json_object_new_int64(s->months));
    if (s->without_value)
        json_object_object_add(o, "without_value", json_object_new_int64(s->without_value));
    return o;
}

static struct json_object *payment_json(const civ_series *s)
{
    struct json_object *o = json_object_new_object();
    json_object_object_add(o, "paid", yuan(s->paid));
    json_object_object_add(o, "due", yuan(s->due));
    json_object_object_add(o, "arrears", yuan(s->arrears));
    json_object_object_add(o, "overpaid", yuan(s->overpaid));
    return o;
}

/* From which month on the output follows which wording of its rule. */
static struct json_object *versions_json(const cli_timeline *t, size_t series)
{
    struct json_object *o = json_object_new_object();
    int32_t before = INT32_MAX;
    for (uint32_t m = 0; m <= (uint32_t)(t->to - t->from); m++) {
        civ_ground g = fresh_ground();
        char month[16], day[16] = "";
        if (civ_timeline_rule(&g, t->t, series, m) || g.from == before)
            continue;
        month_text(t, m, month);
        if (g.from != INT32_MIN)
            cli_date_text(g.from, day);
        json_object_object_add(o, month, day[0] ? json_object_new_string(day) : NULL);
        before = g.from;
    }
    return o;
}

static struct json_object *months_json(cli_timeline *t)
{
    struct json_object *months = json_object_new_object();
    civ_error error = CIV_ERROR_INIT;
    for (int32_t m = t->from; m <= t->to; m++) {
        cli_options o = *t->o;
        char month[16];
        if (civ_evaluate_month(t->w, t->c->facts, m, m == t->from, &error))
            break;
        month_text(t, (uint32_t)(m - t->from), month);
        o.on = month;
        struct json_object *answer = cli_answer(t->w, t->calculator, t->policy, t->c, &o);
        json_object_object_del(answer, "on");
        json_object_object_del(answer, "policy");
        json_object_object_add(months, month, answer);
    }
    return months;
}

static void print_json(cli_timeline *t)
{
    struct json_object *answer = json_object_new_object(), *p = json_object_new_object();
    struct json_object *totals = json_object_new_object(), *payments = json_object_new_object();
    struct json_object *versions = json_object_new_object();
    for (size_t i = 0; i < civ_timeline_series_count(t->t); i++) {
        civ_series s = series_at(t, i);
        char path[512];
        path_of(t, i, path, sizeof path);
        json_object_object_add(versions, path, versions_json(t, i));
        if (s.is_amount)
            json_object_object_add(totals, path, total_json(&s));
        if (s.has_payments)
            json_object_object_add(payments, path, payment_json(&s));
    }
    json_object_object_add(p, "sha256", text_of(civ_policy_sha256(t->policy)));
    json_object_object_add(answer, "from", json_object_new_string(t->o->from));
    json_object_object_add(answer, "to", json_object_new_string(t->o->to));
    if (t->o->known)
        json_object_object_add(answer, "known", json_object_new_string(t->o->known));
    json_object_object_add(answer, "policy", p);
    json_object_object_add(answer, "months", months_json(t));
    json_object_object_add(answer, "changes", changes_json(t));
    json_object_object_add(answer, "versions", versions);
    json_object_object_add(answer, "totals", totals);
    if (t->o->paid)
        json_object_object_add(answer, "payments", json_object_get(payments));
    json_object_put(payments);
    puts(json_object_to_json_string_ext(answer,
                                        JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(answer);
}

/* ---- the answer as text ---- */

static int same_text(civ_text a, civ_text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

static void print_label(const cli_timeline *t, size_t series)
{
    civ_item item;
    char path[512];
    memset(&item, 0, sizeof item);
    item.struct_size = sizeof item;
    civ_calculator_output(&item, t->calculator, series_at(t, series).output);
    civ_text label = t->o->zh ? item.label_zh : item.label_en;
    path_of(t, series, path, sizeof path);
    printf("%.*s  %s\n", (int)label.length, label.data, path);
}

/* Months with one answer stand on one line. */
static void print_months(const cli_timeline *t, size_t series)
{
    uint32_t n = (uint32_t)(t->to - t->from) + 1;
    for (uint32_t m = 0, end; m < n; m = end) {
        char first[16], last[16];
        civ_text v = value_text(t, series, m, t->o->zh);
        for (end = m + 1; end < n && same_text(v, value_text(t, series, end, t->o->zh)); end++)
            ;
        month_text(t, m, first);
        month_text(t, end - 1, last);
        printf("  %s", first);
        if (end - 1 > m)
            printf(" … %s", last);
        else
            printf("          ");
        printf("  %12.*s\n", (int)v.length, v.data);
    }
}

static void print_sums(const cli_timeline *t, const civ_series *s)
{
    int zh = t->o->zh;
    struct json_object *sum = yuan(s->total);
    printf(zh ? "  合计 %s 元" : "  total %s yuan", json_object_get_string(sum));
    json_object_put(sum);
    if (s->without_value)
        printf(zh ? "（%u 个月无结果）" : " (%u months without a value)", s->without_value);
    putchar('\n');
    if (!s->has_payments)
        return;
    struct json_object *o = payment_json(s);
    printf(zh ? "  已发 %s，应发 %s，欠发 %s，多发 %s\n"
              : "  paid %s, due %s, arrears %s, overpaid %s\n",
           json_object_get_string(json_object_object_get(o, "paid")),
           json_object_get_string(json_object_object_get(o, "due")),
           json_object_get_string(json_object_object_get(o, "arrears")),
           json_object_get_string(json_object_object_get(o, "overpaid")));
    json_object_put(o);
}

static void print_ground(const cli_timeline *t, size_t change, uint32_t index)
{
    civ_ground g = fresh_ground();
    char day[16] = "";
    int zh = t->o->zh;
    if (civ_timeline_ground(&g, t->t, change, index))
        return;
    civ_text label = zh ? g.label_zh : g.label_en, cites = zh ? g.citation_zh : g.citation_en;
    label = label.length ? label : g.name;
    if (g.from != INT32_MIN)
        cli_date_text(g.from, day);
    printf("      %.*s", (int)label.length, label.data);
    if (g.kind == CIV_GROUND_FACT)
        printf(zh ? "：%.*s" : ": %.*s", (int)g.detail.length, g.detail.data);
    else if (day[0])
        printf(zh ? "，自 %s" : ", from %s", day);
    if (cites.length)
        printf(zh ? "（%.*s）" : " (%.*s)", (int)cites.length, cites.data);
    putchar('\n');
}

static void print_changes(const cli_timeline *t)
{
    for (size_t i = 0; i < civ_timeline_change_count(t->t); i++) {
        civ_change c;
        char month[16];
        memset(&c, 0, sizeof c);
        c.struct_size = sizeof c;
        civ_timeline_change(&c, t->t, i);
        if (!series_at(t, c.series).is_amount)
            continue;
        civ_text before = value_text(t, c.series, c.month - 1, t->o->zh),
                 now = value_text(t, c.series, c.month, t->o->zh);
        civ_text reason = t->o->zh ? c.reason_zh : c.reason_en;
        char path[512];
        month_text(t, c.month, month);
        path_of(t, c.series, path, sizeof path);
        printf("  %s  %s  %.*s → %.*s", month, path, (int)before.length, before.data,
               (int)now.length, now.data);
        if (reason.length)
            printf("  %.*s", (int)reason.length, reason.data);
        putchar('\n');
        for (uint32_t k = 0; k < c.ground_count; k++)
            print_ground(t, i, k);
        if (c.ground_count == 0)
            printf(t->o->zh ? "      时间推移\n" : "      time has passed\n");
    }
}

static void print_text(const cli_timeline *t)
{
    for (size_t i = 0; i < civ_timeline_series_count(t->t); i++) {
        civ_series s = series_at(t, i);
        if (!s.is_amount)
            continue;
        print_label(t, i);
        print_months(t, i);
        print_sums(t, &s);
    }
    puts(t->o->zh ? "变化：" : "changes:");
    print_changes(t);
}

/* ---- the command ---- */

static int with_case(cli_timeline *t, const char *text, size_t n)
{
    cli_case c;
    civ_error error = CIV_ERROR_INIT;
    int bad =
        cli_case_read(&c, text, n, t->policy, civ_calculator_root(t->calculator), t->o->known);
    t->c = &c;
    if (bad == 1)
        cli_case_print_errors(&c, t->o->positional.n > 2 ? t->o->positional.at[2] : "-", t->o->zh);
    if (!bad && (civ_workspace_create(&t->w, t->calculator, &error) ||
                 civ_timeline_create(&t->t, t->w, c.facts, t->from, t->to, &error))) {
        fprintf(stderr, "civicrules: %s\n", error.message);
        bad = EXIT_OTHER;
    }
    if (!bad)
        bad = read_paid(t);
    if (!bad && t->o->format && strcmp(t->o->format, "text") == 0)
        print_text(t);
    else if (!bad)
        print_json(t);
    civ_timeline_release(t->t);
    civ_workspace_release(t->w);
    cli_case_free(&c);
    return bad;
}

static int decide(cli_timeline *t)
{
    size_t n = 0;
    char root[64];
    cli_options o = *t->o;
    char *text = cli_read_file(o.positional.n > 2 ? o.positional.at[2] : "-", &n);
    if (!text)
        return EXIT_USAGE;
    cli_case_root(root, sizeof root, text, n, t->policy);
    int bad = cli_calculator(&t->calculator, t->policy, &o, root);
    if (!bad)
        bad = with_case(t, text, n);
    civ_calculator_release(t->calculator);
    free(text);
    return bad;
}

int cmd_timeline(const cli_options *o)
{
    civ_engine *engine;
    cli_timeline t = {NULL, NULL, NULL, NULL, NULL, o, 0, 0};
    if (o->positional.n < 2)
        return cli_usage(o, "timeline: a module is missing", NULL);
    if (parse_month(o->from, &t.from) || parse_month(o->to, &t.to) || t.from > t.to)
        return cli_usage(
            o, "timeline: --from and --to want months YYYY-MM, the first not after the last", NULL);
    if (civ_engine_create(&engine, NULL, NULL))
        return EXIT_OTHER;
    int bad = cli_policy(&t.policy, engine, o, 0);
    if (!bad)
        bad = decide(&t);
    civ_policy_release(t.policy);
    civ_engine_release(engine);
    return bad;
}
