/* SPDX-License-Identifier: Apache-2.0 */
/* Rules in words: expressions with the labels of their names, and citations with document and
 * article. */
#include <string.h>

#include "engine/value.h"
#include "explain/explain.h"

typedef struct cr_words {
    cr_buf *out;
    const cr_policy *policy;
    const cr_stmt *stmt;
    int zh;
    int age; /* the years are an age: 周岁 */
} cr_words;

cr_str cr_words_label(const cr_label *label, cr_str name, int lang)
{
    cr_str s = lang ? label->zh : label->en;
    return s.n ? s : name;
}

static void say(cr_words *w, const char *zh, const char *en)
{
    cr_buf_text(w->out, w->zh ? zh : en);
}

static void expr(cr_words *w, const cr_expr *x);
static void call(cr_words *w, const cr_expr *x, const char *zh, const char *en);

/* ---- names ---- */

int cr_words_is_age(cr_str label)
{
    static const char age[] = "年龄";
    size_t n = sizeof age - 1;
    return label.n >= n && memcmp(label.p + label.n - n, age, n) == 0;
}

static cr_str name_label(const cr_words *w, const cr_expr *x)
{
    const cr_program *p = &w->policy->program;
    cr_str s = x->text;
    switch (x->ref.kind) {
    case CR_REF_FIELD: s = cr_words_label(&p->fields.at[x->ref.index].decl->label, s, w->zh); break;
    case CR_REF_DEF: s = cr_words_label(&p->defs.at[x->ref.index].label, s, w->zh); break;
    case CR_REF_PARAM: s = cr_words_label(&p->params.at[x->ref.index].stmt->label, s, w->zh); break;
    case CR_REF_VALUE:
        s = cr_words_label(&p->enums.at[x->type.index].values[x->ref.index].label, s, w->zh);
        break;
    case CR_REF_LOCAL:
        s = cr_words_label(&w->stmt->clauses.at[x->ref.index].label, s, w->zh);
        break;
    case CR_REF_ARG: s = cr_words_label(&w->stmt->args.at[x->ref.index].label, s, w->zh); break;
    case CR_REF_MONTH: s = w->zh ? CR_STR("当月") : CR_STR("the month"); break;
    case CR_REF_FIRST_DAY:
        s = w->zh ? CR_STR("当月首日") : CR_STR("the first day of the month");
        break;
    case CR_REF_LAST_DAY:
        s = w->zh ? CR_STR("当月末日") : CR_STR("the last day of the month");
        break;
    default: break;
    }
    return s;
}

static int is_age(const cr_words *w, const cr_expr *x)
{
    return x->kind == CR_X_NAME && cr_words_is_age(name_label(w, x));
}

static void name(cr_words *w, const cr_expr *x)
{
    cr_buf_str(w->out, name_label(w, x));
    if (x->ref.reason)
        say(w, "的原因", " (reason)");
    if (x->ref.kind == CR_REF_DEF && x->args.n > 0)
        call(w, x, "（", " (");
    if (x->ref.kind != CR_REF_PARAM || x->keys.n == 0)
        return;
    int any = 0;
    for (uint32_t i = 0; i < x->keys.n;
         i++) { /* keys that are simply the row's own go without saying */
        const cr_expr *v = x->keys.at[i].value;
        if (v->kind == CR_X_NAME && cr_str_eq(v->text, x->keys.at[i].name))
            continue;
        say(w, any ? "，" : "（", any ? ", " : " (");
        expr(w, v);
        any = 1;
    }
    if (any)
        say(w, "）", ")");
}

/* ---- literals ---- */

static void number(cr_words *w, const cr_expr *x)
{
    char text[100];
    cr_buf_put(w->out, text, cr_rat_text(x->number, 0, text, sizeof text));
    if (x->has_unit && w->age && w->zh) {
        cr_buf_text(w->out, "周岁");
    } else if (x->has_unit) {
        say(w, "", " ");
        cr_unit_text(w->out, x->unit, w->zh);
    }
}

static void literal(cr_words *w, const cr_expr *x)
{
    char text[20];
    if (x->kind == CR_X_NUMBER)
        number(w, x);
    else if (x->kind == CR_X_BOOL)
        x->integer ? say(w, "是", "yes") : say(w, "否", "no");
    else if (x->kind == CR_X_NONE)
        say(w, "无", "none");
    else if (x->kind == CR_X_ON)
        say(w, "决定之日", "the date decided for");
    else if (x->kind == CR_X_DATE) {
        cr_date_text((int32_t)x->integer, text);
        cr_buf_text(w->out, text);
    } else if (x->kind == CR_X_TIME) {
        cr_time_text((int32_t)x->integer, text);
        cr_buf_text(w->out, text);
    } else if (x->kind == CR_X_MONTH) {
        cr_month_text((int32_t)x->integer, text);
        cr_buf_text(w->out, text);
    } else
        cr_buf_str(w->out, x->text);
}

/* ---- operators ---- */

static int binding(const cr_expr *x)
{
    switch (x->kind) {
    case CR_X_IF: return 0;
    case CR_X_OR: return 1;
    case CR_X_AND: return 2;
    case CR_X_NOT: return 3;
    case CR_X_LT:
    case CR_X_LE:
    case CR_X_GT:
    case CR_X_GE:
    case CR_X_IS:
    case CR_X_IN:
    case CR_X_WITHIN: return 4;
    case CR_X_ADD:
    case CR_X_SUB: return 5;
    case CR_X_MUL:
    case CR_X_DIV: return 6;
    default: return 9;
    }
}

static void operand(cr_words *w, const cr_expr *x, int at_least)
{
    int bracket = binding(x) < at_least;
    if (bracket)
        say(w, "（", "(");
    expr(w, x);
    if (bracket)
        say(w, "）", ")");
}

/* Spoken, `and` binds no closer than `or`: it stands in brackets beside it. */
static int beside(const cr_expr *x, const cr_expr *side)
{
    return x->kind == CR_X_OR && side->kind == CR_X_AND ? 3 : binding(x);
}

static void infix(cr_words *w, const cr_expr *x)
{
    static const struct {
        uint8_t kind;
        const char *zh, *en;
    } words[] = {{CR_X_AND, "且", " and "},       {CR_X_OR, "或", " or "},
                 {CR_X_LT, "低于", " is below "}, {CR_X_LE, "不超过", " is at most "},
                 {CR_X_GT, "超过", " is above "}, {CR_X_GE, "不低于", " is at least "},
                 {CR_X_ADD, " ＋ ", " + "},       {CR_X_SUB, " － ", " - "},
                 {CR_X_MUL, " × ", " × "},        {CR_X_DIV, " ÷ ", " ÷ "}},
      of_time[] = {{CR_X_LT, "早于", " is before "},
                   {CR_X_LE, "不晚于", " is not after "},
                   {CR_X_GT, "晚于", " is after "},
                   {CR_X_GE, "不早于", " is not before "}};
    int level = binding(x), strict = x->kind == CR_X_SUB || x->kind == CR_X_DIV || level == 4;
    int before = w->age;
    w->age = level == 4 && (is_age(w, x->a) || is_age(w, x->b));
    operand(w, x->a, beside(x, x->a));
    int time = level == 4 && cr_type_is_time(&x->a->type);
    for (size_t i = 0; time && i < sizeof of_time / sizeof *of_time; i++)
        if (of_time[i].kind == x->kind)
            say(w, of_time[i].zh, of_time[i].en);
    for (size_t i = 0; !time && i < sizeof words / sizeof *words; i++)
        if (words[i].kind == x->kind)
            say(w, words[i].zh, words[i].en);
    operand(w, x->b, strict ? level + 1 : beside(x, x->b));
    w->age = before;
}

/* `month in nursing`: the checker has put the two ends of the span in the place of its name. */
static const cr_sym_span *span_of(const cr_words *w, const cr_expr *x)
{
    const cr_program *p = &w->policy->program;
    const cr_expr *item = x->args.n == 1 ? x->args.at[0] : NULL;
    if (!item || item->kind != CR_X_RANGE || item->a->kind != CR_X_NAME ||
        item->b->kind != CR_X_NAME || item->a->ref.kind != CR_REF_FIELD)
        return NULL;
    for (uint32_t i = 0; i < p->spans.n; i++)
        if (p->spans.at[i].from == item->a->ref.index && p->spans.at[i].to == item->b->ref.index)
            return &p->spans.at[i];
    return NULL;
}

static void membership(cr_words *w, const cr_expr *x)
{
    const cr_sym_span *span = span_of(w, x);
    expr(w, x->a);
    if (span) {
        x->negated ? say(w, "不在", " is not in the time of ")
                   : say(w, "在", " is in the time of ");
        cr_buf_str(w->out, cr_words_label(&span->label, span->name, w->zh));
        say(w, "期间", "");
        return;
    }
    x->negated ? say(w, "不属于（", " is not one of (") : say(w, "属于（", " is one of (");
    for (uint32_t i = 0; i < x->args.n; i++) {
        if (i > 0)
            say(w, "、", ", ");
        if (x->args.at[i]->kind == CR_X_RANGE) {
            expr(w, x->args.at[i]->a);
            say(w, "至", " to ");
            expr(w, x->args.at[i]->b);
        } else {
            expr(w, x->args.at[i]);
        }
    }
    say(w, "）", ")");
}

static void list_name(cr_words *w, const cr_expr *x)
{
    cr_buf_str(w->out, cr_words_label(&w->policy->program.fields.at[x->ref.index].decl->label,
                                      x->text, w->zh));
}

/* Persons are counted by 名, other rows by 个. */
static int of_persons(const cr_words *w, const cr_expr *x)
{
    const cr_program *p = &w->policy->program;
    cr_dim dim = CR_DIM_YUAN;
    return cr_dim_parse(p->entities.at[p->fields.at[x->ref.index].child].name, &dim) == 0 &&
           dim == CR_DIM_PERSON;
}

/* `not any L where c`: there is none. */
static void none_of(cr_words *w, const cr_expr *x)
{
    say(w, "没有", "no ");
    if (x->b && w->zh) {
        cr_buf_text(w->out, "属于“");
        operand(w, x->b, 2);
        cr_buf_text(w->out, "”的");
    }
    list_name(w, x);
    if (x->b && !w->zh) {
        cr_buf_text(w->out, " where ");
        operand(w, x->b, 2);
    }
    if (x->a) {
        say(w, "满足：", " have ");
        operand(w, x->a, 2);
    }
}

static void negation(cr_words *w, const cr_expr *x)
{
    if (x->a->kind == CR_X_AGGREGATE && x->a->op == CR_AGG_ANY) {
        none_of(w, x->a);
        return;
    }
    say(w, "并非（", "not ");
    if (w->zh)
        expr(w, x->a);
    else
        operand(w, x->a, 4);
    say(w, "）", "");
}

static void aggregate(cr_words *w, const cr_expr *x)
{
    static const char *const zh[] = {"之和", "人数", "", "", "中的最高者", "中的最低者"};
    static const char *const en[] = {"the sum of ", "the number of ",  "some of ",
                                     "all of ",     "the highest of ", "the lowest of "};
    if (!w->zh) {
        int time = x->op >= CR_AGG_HIGHEST && cr_type_is_time(&x->type);
        cr_buf_text(w->out, !time                     ? en[x->op]
                            : x->op == CR_AGG_HIGHEST ? "the latest of "
                                                      : "the earliest of ");
        if (x->a && x->op != CR_AGG_ANY && x->op != CR_AGG_ALL) {
            expr(w, x->a);
            cr_buf_text(w->out, " over ");
        }
        list_name(w, x);
        if (x->b) {
            cr_buf_text(w->out, " where ");
            operand(w, x->b, 2);
        }
        if (x->a && (x->op == CR_AGG_ANY || x->op == CR_AGG_ALL)) {
            cr_buf_text(w->out, " have ");
            operand(w, x->a, 2);
        }
        return;
    }
    if (x->op == CR_AGG_ANY || x->op == CR_AGG_ALL)
        cr_buf_text(w->out, x->op == CR_AGG_ANY ? "至少一" : "每一");
    if (x->op == CR_AGG_ANY || x->op == CR_AGG_ALL)
        cr_buf_text(w->out, of_persons(w, x) ? "名" : "个");
    if (x->b) {
        cr_buf_text(w->out, "属于“");
        operand(w, x->b, 2);
        cr_buf_text(w->out, "”的");
    }
    list_name(w, x);
    if (x->a && (x->op == CR_AGG_ANY || x->op == CR_AGG_ALL)) {
        cr_buf_text(w->out, "满足：");
        operand(w, x->a, 2);
    } else if (x->a) {
        cr_buf_text(w->out, "的“");
        expr(w, x->a);
        cr_buf_text(w->out, "”");
    }
    if (x->op >= CR_AGG_HIGHEST && cr_type_is_time(&x->type))
        cr_buf_text(w->out, x->op == CR_AGG_HIGHEST ? "中的最晚者" : "中的最早者");
    else
        cr_buf_text(w->out, zh[x->op]);
}

static int is_age_argument(const cr_words *w, const cr_expr *x, uint32_t i)
{
    if (x->kind != CR_X_NAME || x->ref.kind != CR_REF_DEF)
        return 0;
    const cr_stmt *s = w->policy->program.defs.at[x->ref.index].versions.at[0].stmt;
    return i < s->args.n && cr_words_is_age(s->args.at[i].label.zh);
}

static void call(cr_words *w, const cr_expr *x, const char *zh, const char *en)
{
    say(w, zh, en);
    for (uint32_t i = 0; i < x->args.n; i++) {
        if (i > 0)
            say(w, "，", ", ");
        int before = w->age;
        w->age = is_age_argument(w, x, i);
        expr(w, x->args.at[i]);
        w->age = before;
    }
    say(w, "）", ")");
}

static void part(cr_words *w, const cr_expr *x)
{
    static const char *const zh[] = {"的月份",   "的年份",   "的首日", "的末日",
                                     "所在的市", "所在的省", "的日期"};
    static const char *const en[] = {"the month of ",    "the year of ", "the first day of ",
                                     "the last day of ", "the city of ", "the province of ",
                                     "the date of "};
    if (!w->zh)
        cr_buf_text(w->out, en[x->op]);
    operand(w, x->a, 7);
    if (w->zh)
        cr_buf_text(w->out, zh[x->op]);
}

static void span(cr_words *w, const cr_expr *x)
{
    static const char *const zh[] = {"的整年数", "的整月数", "的天数", "的小时数"};
    static const char *const en[] = {"the years from ", "the months from ", "the days from ",
                                     "the hours from "};
    say(w, "自", en[x->op]);
    expr(w, x->a);
    say(w, "至", " to ");
    expr(w, x->b);
    if (w->zh)
        cr_buf_text(w->out, zh[x->op]);
}

/* `rank of votes among candidates where passes, highest first, within seats, ties: out` */
static void placed(cr_words *w, const cr_expr *x)
{
    int lowest = x->op == CR_RANK_LOWEST;
    say(w, "在", "among the first ");
    if (w->zh) {
        list_name(w, x);
        if (x->b) {
            cr_buf_text(w->out, "中符合“");
            operand(w, x->b, 2);
            cr_buf_text(w->out, "”的");
        } else {
            cr_buf_text(w->out, "中");
        }
        cr_buf_text(w->out, "按“");
        expr(w, x->a);
        cr_buf_text(w->out, lowest ? "”从低到高排在前“" : "”从高到低排在前“");
        expr(w, x->c);
        cr_buf_text(w->out, x->integer == CR_TIES_IN ? "”位（并列的算在内）"
                                                     : "”位（末位并列而容纳不下的不算）");
        return;
    }
    expr(w, x->c);
    cr_buf_text(w->out, " of ");
    list_name(w, x);
    if (x->b) {
        cr_buf_text(w->out, " where ");
        operand(w, x->b, 2);
    }
    cr_buf_text(w->out, " by ");
    expr(w, x->a);
    cr_buf_text(w->out, lowest ? ", lowest first" : ", highest first");
    cr_buf_text(w->out,
                x->integer == CR_TIES_IN ? ", ties count as in" : ", unless a tie reaches beyond");
}

static void among(cr_words *w, const cr_expr *x)
{
    static const char *const en[] = {"the place, highest first, of ",
                                     "the place, lowest first, of ", "the number sharing ",
                                     "the share of "};
    static const char *const zh[] = {"从高到低的名次", "从低到高的名次", "相同者的人数",
                                     "所占份额"};
    if (!w->zh)
        cr_buf_text(w->out, en[x->op]);
    say(w, "“", "");
    expr(w, x->a);
    say(w, "”在", " among ");
    list_name(w, x);
    if (x->b) {
        say(w, "中（限“", " where ");
        operand(w, x->b, 2);
        say(w, "”）", "");
    } else {
        say(w, "中", "");
    }
    if (w->zh)
        cr_buf_text(w->out, zh[x->op]);
}

/* 本证之前最近的残疾人证（按签发日期） */
static void neighbour(cr_words *w, const cr_expr *x)
{
    int before = x->op == CR_THE_BEFORE;
    list_name(w, x);
    say(w, "中按“", before ? ": the one before this by " : ": the one after this by ");
    expr(w, x->a);
    say(w, before ? "”排在本条之前最近的一条" : "”排在本条之后最近的一条", "");
    if (x->b) {
        say(w, "（限于“", " where ");
        operand(w, x->b, 2);
        say(w, "”）", "");
    }
}

static void the_row(cr_words *w, const cr_expr *x)
{
    if (x->op >= CR_THE_BEFORE) {
        neighbour(w, x);
        return;
    }
    list_name(w, x);
    int time = cr_type_is_time(&x->a->type);
    say(w, "中",
        x->op  ? time ? " with the earliest " : " with the lowest "
        : time ? " with the latest "
               : " with the highest ");
    if (x->b && w->zh) {
        cr_buf_text(w->out, "属于“");
        operand(w, x->b, 2);
        cr_buf_text(w->out, "”、");
    }
    expr(w, x->a);
    say(w, x->op ? time ? "最早的一条" : "最低的一条" : time ? "最近的一条" : "最高的一条", "");
    if (x->b && !w->zh) {
        cr_buf_text(w->out, " where ");
        operand(w, x->b, 2);
    }
}

/* 2/3, where it stands so in the rule */
static void fraction(cr_words *w, const cr_expr *x)
{
    if (x->kind != CR_X_DIV || x->a->kind != CR_X_NUMBER || x->b->kind != CR_X_NUMBER) {
        operand(w, x, 7);
        return;
    }
    expr(w, x->a);
    cr_buf_char(w->out, '/');
    expr(w, x->b);
}

static void least(cr_words *w, const cr_expr *x)
{
    if (w->zh) {
        cr_buf_text(w->out, x->op ? "超过" : "不少于");
        operand(w, x->b, 7);
        cr_buf_text(w->out, "的");
        fraction(w, x->a);
        cr_buf_text(w->out, "的最小整数");
        return;
    }
    cr_buf_text(w->out, x->op ? "the least integer more than " : "the least integer at least ");
    fraction(w, x->a);
    cr_buf_text(w->out, " of ");
    operand(w, x->b, 7);
}

static void extreme(cr_words *w, const cr_expr *x)
{
    int high = x->kind == CR_X_HIGHEST;
    if (cr_type_is_time(&x->type))
        call(w, x, high ? "取最晚（" : "取最早（", high ? "the latest of (" : "the earliest of (");
    else
        call(w, x, high ? "取高（" : "取低（", high ? "the highest of (" : "the lowest of (");
}

/* A cell of a table says `yes`: that is the column itself. */
static void is(cr_words *w, const cr_expr *x)
{
    if (x->b->kind == CR_X_BOOL) {
        int denied = x->negated == (x->b->integer != 0);
        if (denied)
            say(w, "并非（", "not (");
        expr(w, x->a);
        if (denied)
            say(w, "）", ")");
        return;
    }
    operand(w, x->a, 5);
    x->negated ? say(w, "不是", " is not ") : say(w, "为", " is ");
    operand(w, x->b, 5);
}

static void expr(cr_words *w, const cr_expr *x)
{
    switch (x->kind) {
    case CR_X_NAME:
        if (x->at && w->zh) {
            expr(w, x->at);
            cr_buf_text(w->out, "的");
        }
        name(w, x);
        if (x->at && !w->zh) {
            cr_buf_text(w->out, " on ");
            operand(w, x->at, 9);
        }
        break;
    case CR_X_NEG:
        cr_buf_text(w->out, "-");
        operand(w, x->a, 7);
        break;
    case CR_X_NOT: negation(w, x); break;
    case CR_X_AND:
    case CR_X_OR:
    case CR_X_ADD:
    case CR_X_SUB:
    case CR_X_MUL:
    case CR_X_DIV:
    case CR_X_LT:
    case CR_X_LE:
    case CR_X_GT:
    case CR_X_GE: infix(w, x); break;
    case CR_X_IS: is(w, x); break;
    case CR_X_IS_GIVEN:
        expr(w, x->a);
        x->negated ? say(w, "未填报", " is not given") : say(w, "已填报", " is given");
        break;
    case CR_X_IS_NONE:
        expr(w, x->a);
        x->negated ? say(w, "有值", " is not none") : say(w, "为无", " is none");
        break;
    case CR_X_IN: membership(w, x); break;
    case CR_X_WITHIN:
        expr(w, x->a);
        x->negated ? say(w, "不在", " is not within ") : say(w, "在", " is within ");
        expr(w, x->b);
        say(w, "范围内", "");
        break;
    case CR_X_IF:
        say(w, "若", "if ");
        expr(w, x->a);
        say(w, "则", " then ");
        expr(w, x->b);
        say(w, "，否则", " else ");
        expr(w, x->c);
        break;
    case CR_X_CONVERT:
    case CR_X_FOR_ONE: expr(w, x->a); break;
    case CR_X_HIGHEST:
    case CR_X_LOWEST: extreme(w, x); break;
    case CR_X_PART_OF: part(w, x); break;
    case CR_X_SPAN: span(w, x); break;
    case CR_X_AGGREGATE: aggregate(w, x); break;
    case CR_X_UNDETERMINED:
        say(w, "无法确定，须查明：", "undetermined until it is known: ");
        expr(w, x->a);
        break;
    case CR_X_ALLOCATE:
        say(w, "", "whole units of ");
        expr(w, x->a);
        say(w, "按“", " shared out by ");
        expr(w, x->b);
        say(w, "”在", " among ");
        list_name(w, x);
        say(w, "中分配：各份向下取整，余数依小数部分从大到小逐一加给，小数相同的先列者先得",
            ": each rounded down, the rest to the largest fraction, ties to the first listed");
        break;
    case CR_X_PREVIOUS:
        say(w, "上月的“", "the previous month's ");
        expr(w, x->a);
        say(w, "”", "");
        break;
    case CR_X_LEAST: least(w, x); break;
    case CR_X_AMONG: x->c ? placed(w, x) : among(w, x); break;
    case CR_X_THE: the_row(w, x); break;
    case CR_X_ROW_OF:
        expr(w, x->a);
        say(w, "的", "'s ");
        expr(w, x->b);
        break;
    case CR_X_ROWS:
        list_name(w, x);
        if (x->b) {
            say(w, "中属于“", " where ");
            expr(w, x->b);
            say(w, "”的", "");
        }
        break;
    default: literal(w, x); break;
    }
}

void cr_words_expr(cr_buf *out, const cr_policy *policy, const cr_stmt *stmt, const cr_expr *x,
                   int lang)
{
    cr_words w = {out, policy, stmt, lang, 0};
    expr(&w, x);
}

/* ---- roundings ---- */

void cr_words_rounding(cr_buf *out, const cr_rounding *rounding, int lang)
{
    static const char *const words[][2] = {{"up to ", "向上取整到"},
                                           {"down to ", "向下取整到"},
                                           {"half up to ", "四舍五入到"},
                                           {"half to even to ", "四舍六入五成双到"}};
    char text[100];
    cr_buf_text(out, words[rounding->mode][lang != 0]);
    cr_buf_put(out, text, cr_rat_text(rounding->step, 0, text, sizeof text));
    if (rounding->has_unit) {
        cr_buf_text(out, lang ? "" : " ");
        cr_unit_text(out, rounding->unit, lang);
    }
}

/* ---- citations ---- */

static void locators(cr_buf *out, cr_str s, int zh)
{
    for (size_t i = 0; i < s.n;) {
        int art = s.n - i > 4 && memcmp(s.p + i, "art ", 4) == 0;
        int item = s.n - i > 5 && memcmp(s.p + i, "item ", 5) == 0;
        if (zh && (art || item)) {
            cr_buf_text(out, "第");
            for (i += art ? 4 : 5; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
                cr_buf_char(out, s.p[i]);
            cr_buf_text(out, art ? "条" : "项");
        } else if (s.p[i] == ',' && zh) {
            cr_buf_text(out, "、");
            i += 1u + (size_t)(i + 1 < s.n && s.p[i + 1] == ' ');
        } else {
            if (s.p[i] != '"')
                cr_buf_char(out, s.p[i]);
            i++;
        }
    }
}

static void one_cite(cr_buf *out, const cr_policy *policy, const cr_cite *c, int zh)
{
    static const char *const zh_words[] = {
        "", "", "", "（转引）", "（存疑）", "（忆述）", "（忆述存疑）"};
    static const char *const en_words[] = {
        "", "", "", " (secondary)", " (doubtful)", " (recalled)", " (recalled, doubtful)"};
    if (c->option.n) {
        int32_t option = cr_map_get(&policy->program.param_map, c->option);
        const cr_label none = {{NULL, 0}, {NULL, 0}};
        const cr_label *label = option < 0 ? &none : &policy->program.params.at[option].stmt->label;
        cr_buf_text(out, zh ? "按选项“" : "the option ");
        cr_buf_str(out, cr_words_label(label, c->option, zh));
        cr_buf_text(out, zh ? "”" : "");
        return;
    }
    if (c->source_index < 0) {
        cr_buf_text(out, zh ? "本库约定：" : "by design: ");
        cr_buf_str(out, cr_words_label(&c->design, c->option, zh));
        return;
    }
    const cr_stmt *s = policy->program.sources.at[c->source_index].stmt;
    uint8_t confidence = c->confidence ? c->confidence : s->confidence;
    if (zh)
        cr_buf_text(out, "《");
    cr_buf_str(out, cr_words_label(&s->label, s->name, zh));
    cr_buf_text(out, zh ? "》" : "");
    if (s->number.n) {
        cr_buf_text(out, zh ? "（" : " (");
        cr_buf_str(out, s->number);
        cr_buf_text(out, zh ? "）" : ")");
    }
    if (c->locators.n) {
        cr_buf_text(out, zh ? "" : " ");
        locators(out, c->locators, zh);
    }
    cr_buf_text(out, zh ? zh_words[confidence] : en_words[confidence]);
}

/* A citation whose period does not hold the date is left out; CR_DATE_MIN shows all. */
void cr_words_cites(cr_buf *out, const cr_policy *policy, const cr_cites *cites, int32_t on,
                    int lang)
{
    int any = 0;
    for (uint32_t i = 0; i < cites->n; i++) {
        if (on != CR_DATE_MIN && (on < cites->at[i].period.from || on > cites->at[i].period.to))
            continue;
        if (any++)
            cr_buf_text(out, lang ? "；" : "; ");
        one_cite(out, policy, &cites->at[i], lang);
    }
}
