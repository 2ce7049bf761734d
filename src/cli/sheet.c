/* SPDX-License-Identifier: Apache-2.0 */
/* The answer as an official reads it: labels, units and words, as text or Markdown. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct cli_sheet_state {
    civ_workspace *w;
    const civ_calculator *calculator;
    const civ_policy *policy;
    const cli_case *c;
    int zh, markdown;
    char rows[256]; /* list whose rows were announced last */
    uint32_t row;
} cli_sheet_state;

/* ---- words ---- */

/* Columns on a terminal: characters beyond Latin take two. */
static size_t width(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80 ? 1u + ((unsigned char)*s >= 0xE0) : 0;
    return n;
}

static void pad(const char *text, size_t columns)
{
    size_t n = width(text);
    printf("%s%*s", text, n < columns ? (int)(columns - n) : 0, "");
}

static const char *text_of(civ_text t, char *out, size_t cap)
{
    snprintf(out, cap, "%.*s", (int)t.length, t.data);
    return out;
}

static civ_item output(const cli_sheet_state *s, size_t i)
{
    civ_item item;
    memset(&item, 0, sizeof item);
    item.struct_size = sizeof item;
    civ_calculator_output(&item, s->calculator, i);
    return item;
}

static const char *label_of(const cli_sheet_state *s, civ_text en, civ_text zh, civ_text name,
                            char *out, size_t cap)
{
    civ_text label = s->zh ? zh : en;
    return text_of(label.length ? label : name, out, cap);
}

static void rows_words(const cli_sheet_state *s, const civ_item *item, size_t i, uint32_t row,
                       char *out, size_t cap)
{
    const uint32_t *rows;
    size_t n, at = 0;
    char id[256];
    out[0] = 0;
    if (civ_result_rows(&rows, &n, s->w, i, row))
        return;
    for (size_t k = 0; k < n && at < cap; k++) {
        cli_row_id(s->c, item->child, rows[k], id, sizeof id);
        at += (size_t)snprintf(out + at, cap - at, "%s%s", k ? (s->zh ? "、" : ", ") : "", id);
    }
    if (n == 0)
        snprintf(out, cap, "%s", s->zh ? "无" : "none");
}

/* Values with their units; of codes the word and the code. */
static void value_words(const cli_sheet_state *s, const civ_item *item, const civ_value *v,
                        size_t i, uint32_t row, char *out, size_t cap)
{
    civ_text unit = s->zh ? item->unit_zh : item->unit_en,
             label = s->zh ? v->label_zh : v->label_en;
    if (v->kind == CIV_KIND_ROWS)
        rows_words(s, item, i, row, out, cap);
    else if (v->is_none || (v->kind == CIV_KIND_SET && v->text.length == 0))
        snprintf(out, cap, "%s", s->zh ? "无" : "none");
    else if (v->kind == CIV_KIND_BOOL)
        snprintf(out, cap, "%s", v->number ? (s->zh ? "是" : "yes") : s->zh ? "否" : "no");
    else if (label.length)
        snprintf(out, cap, s->zh ? "%.*s（%.*s）" : "%.*s (%.*s)", (int)label.length, label.data,
                 (int)v->text.length, v->text.data);
    else
        snprintf(out, cap, "%.*s%s%.*s", (int)v->text.length, v->text.data,
                 unit.length && !s->zh ? " " : "", (int)unit.length, unit.data);
}

/* ---- known values ---- */

static void announce_row(cli_sheet_state *s, const civ_item *item, uint32_t row)
{
    char path[256], id[256], label[256] = "";
    cli_output_path(s->policy, s->c, item, row, path, sizeof path);
    char *end = strchr(path, '[');
    if (!end)
        return;
    *end = 0;
    if (strcmp(s->rows, path) == 0 && s->row == row)
        return;
    snprintf(s->rows, sizeof s->rows, "%s", path);
    s->row = row;
    for (size_t i = 0; i < civ_policy_field_count(s->policy); i++) {
        civ_item f;
        memset(&f, 0, sizeof f);
        f.struct_size = sizeof f;
        if (civ_policy_field(&f, s->policy, i) == CIV_OK && f.kind == CIV_KIND_ROWS &&
            cli_text_is(f.name, path))
            label_of(s, f.label_en, f.label_zh, f.name, label, sizeof label);
    }
    cli_row_id(s->c, item->entity, row, id, sizeof id);
    printf(s->markdown ? "\n### %s %s\n\n" : "\n  %s %s\n", label[0] ? label : path, id);
    if (s->markdown)
        printf(s->zh ? "| 项目 | 结果 | 名称 |\n|---|---|---|\n"
                     : "| | result | name |\n|---|---|---|\n");
}

static void print_value(cli_sheet_state *s, const civ_item *item, size_t i, uint32_t row,
                        const civ_value *v)
{
    char label[256], value[2048], name[160];
    announce_row(s, item, row);
    label_of(s, item->label_en, item->label_zh, item->name, label, sizeof label);
    value_words(s, item, v, i, row, value, sizeof value);
    text_of(item->name, name, sizeof name);
    if (s->markdown) {
        printf("| %s | %s | `%s` |\n", label, value, name);
        return;
    }
    printf("  %s", s->rows[0] ? "  " : "");
    pad(label, s->rows[0] ? 30 : 32);
    putchar(' ');
    pad(value, 24);
    printf(" %s\n", name);
}

static uint32_t most_rows(cli_sheet_state *s, size_t from, size_t to)
{
    uint32_t most = 0;
    for (size_t i = from; i < to; i++) {
        civ_value v = CIV_VALUE_INIT;
        uint32_t row = 0;
        while (civ_result_value(&v, s->w, i, row) == CIV_OK)
            row++;
        most = row > most ? row : most;
    }
    return most;
}

static int same(civ_text a, civ_text b)
{
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

/* Of one entity, row by row. */
static void print_entity(cli_sheet_state *s, civ_text entity)
{
    size_t n = civ_calculator_output_count(s->calculator);
    uint32_t rows = most_rows(s, 0, n);
    s->rows[0] = 0;
    for (uint32_t row = 0; row < rows; row++)
        for (size_t i = 0; i < n; i++) {
            civ_value v = CIV_VALUE_INIT;
            civ_item item = output(s, i);
            if (same(item.entity, entity) && civ_result_value(&v, s->w, i, row) == CIV_OK &&
                v.answer == CIV_KNOWN)
                print_value(s, &item, i, row, &v);
        }
}

/* ---- what is not known, and why ---- */

static void print_cause(const cli_sheet_state *s, const civ_cause *c)
{
    static const char *const what[][2] = {{"", ""},
                                          {"input", "需填报"},
                                          {"no row of", "无参数"},
                                          {"not in force:", "当时无规定"},
                                          {"no notice for", "无日历"}};
    char label[256];
    int kind = c->kind == CIV_CAUSE_INPUT && c->answer == CIV_INVALID ? 0 : c->kind;
    label_of(s, c->label_en, c->label_zh, c->name, label, sizeof label);
    printf("%s ", kind ? what[kind][s->zh] : s->zh ? "有误" : "invalid");
    if (c->kind == CIV_CAUSE_CALENDAR) {
        printf("%.*s", (int)c->detail.length, c->detail.data);
        return;
    }
    printf(s->zh ? "%s（%.*s%.*s）" : "%s (%.*s%.*s)", label, (int)c->name.length, c->name.data,
           (int)c->detail.length, c->detail.data);
    if (c->kind == CIV_CAUSE_PARAMETER && c->chain.length)
        printf(s->zh ? "，查过 %.*s" : ", tried %.*s", (int)c->chain.length, c->chain.data);
}

static void print_unknown(cli_sheet_state *s, const civ_item *item, size_t i, uint32_t row)
{
    char label[256], path[256];
    size_t n = 0;
    label_of(s, item->label_en, item->label_zh, item->name, label, sizeof label);
    cli_output_path(s->policy, s->c, item, row, path, sizeof path);
    printf(s->markdown ? "- %s (`%s`)" : s->zh ? "  %s（%s）" : "  %s (%s)", label, path);
    if (civ_result_causes(&n, s->w, i, row))
        n = 0;
    for (size_t k = 0, any = 0; k < n; k++) {
        civ_cause c;
        memset(&c, 0, sizeof c);
        c.struct_size = sizeof c;
        civ_result_cause(&c, s->w, k);
        if (c.kind == CIV_CAUSE_RULE && same(c.name, item->name))
            continue; /* itself */
        printf("%s", any++ ? (s->zh ? "；" : "; ") : s->zh ? "：" : ": ");
        print_cause(s, &c);
    }
    putchar('\n');
}

static void print_answers(cli_sheet_state *s, int32_t answer, const char *zh, const char *en)
{
    int any = 0;
    for (size_t i = 0; i < civ_calculator_output_count(s->calculator); i++) {
        civ_value v = CIV_VALUE_INIT;
        civ_item item = output(s, i);
        for (uint32_t row = 0; civ_result_value(&v, s->w, i, row) == CIV_OK; row++) {
            if (v.answer != answer)
                continue;
            if (!any++)
                printf(s->markdown ? "\n## %s\n\n"
                       : s->zh     ? "\n%s：\n"
                                   : "\n%s:\n",
                       s->zh ? zh : en);
            print_unknown(s, &item, i, row);
        }
    }
}

/* ---- notes ---- */

static void print_note(const cli_sheet_state *s, const civ_note *n)
{
    char label[256], day[11];
    civ_text none = {"", 0};
    label_of(s, n->label_en, n->label_zh, none, label, sizeof label);
    if (n->kind == CIV_NOTE_OVERRIDE) {
        printf("%.*s", (int)n->name.length, n->name.data);
    } else if (n->kind == CIV_NOTE_UNCONFIRMED) {
        cli_date_text(n->date, day);
        printf(s->zh ? "%s（%.*s%.*s，仅确认至 %s）" : "%s (%.*s%.*s, confirmed to %s)", label,
               (int)n->name.length, n->name.data, (int)n->detail.length, n->detail.data, day);
    } else {
        civ_text v = n->detail;
        v = !s->zh                  ? v
            : cli_text_is(v, "yes") ? cli_text("是")
            : cli_text_is(v, "no")  ? cli_text("否")
                                    : v;
        printf("%s = %.*s", label, (int)v.length, v.data);
    }
}

static void print_notes(cli_sheet_state *s)
{
    static const char *const titles[][2] = {
        {"", ""},
        {"assumed where nothing was stated", "未填报而按缺省值处理"},
        {"presumed", "未填报而采用推定"},
        {"used after the day to which they are confirmed", "超过确认日期的标准"},
        {"set for this run", "本次改用"}};
    size_t n = 0;
    if (civ_result_notes(&n, s->w))
        return;
    for (int32_t kind = CIV_NOTE_ASSUMED; kind <= CIV_NOTE_OVERRIDE; kind++) {
        int any = 0;
        for (size_t i = 0; i < n; i++) {
            civ_note note;
            memset(&note, 0, sizeof note);
            note.struct_size = sizeof note;
            civ_result_note(&note, s->w, i);
            if (note.kind != kind)
                continue;
            if (any++)
                printf("%s", s->zh ? "；" : "; ");
            else
                printf(s->zh ? "\n%s%s：" : "\n%s%s: ", s->markdown ? "- " : "",
                       titles[kind][s->zh]);
            print_note(s, &note);
        }
    }
    putchar('\n');
}

static void print_head(const cli_sheet_state *s, const char *on)
{
    civ_text name = civ_policy_name(s->policy), version = civ_policy_version(s->policy),
             sha = civ_policy_sha256(s->policy);
    if (s->markdown)
        printf(s->zh ? "# 待遇计算\n\n- 决定日期 %s\n- " : "# Decision\n\n- decided for %s\n- ",
               on);
    else
        printf(s->zh ? "决定日期 %s\n" : "decided for %s\n", on);
    printf(s->zh ? "政策 %.*s %.*s，SHA-256 %.*s\n\n" : "policy %.*s %.*s, SHA-256 %.*s\n\n",
           (int)name.length, name.data, (int)version.length, version.data, (int)sha.length,
           sha.data);
    if (s->markdown)
        printf(s->zh ? "| 项目 | 结果 | 名称 |\n|---|---|---|\n"
                     : "| | result | name |\n|---|---|---|\n");
}

void cli_sheet(civ_workspace *w, const civ_calculator *calculator, const civ_policy *policy,
               const cli_case *c, const cli_options *o)
{
    cli_sheet_state s = {w,  calculator, policy, c, o->zh, strcmp(o->format, "markdown") == 0,
                         "", 0};
    civ_text root = civ_calculator_root(calculator), entity, parent;
    print_head(&s, o->on);
    print_entity(&s, root);
    for (size_t i = 0; i < civ_policy_entity_count(policy); i++)
        if (civ_policy_entity(policy, i, &entity, &parent, NULL) == CIV_OK && parent.length)
            print_entity(&s, entity);
    print_answers(&s, CIV_UNDETERMINED, "尚不能确定", "undetermined");
    print_answers(&s, CIV_NO_DATA, "无数据（参数没有规定）", "no data (parameters without a row)");
    print_answers(&s, CIV_NOT_IN_FORCE, "当时无此规定", "not in force");
    print_answers(&s, CIV_INVALID, "输入有误", "invalid");
    print_notes(&s);
}
