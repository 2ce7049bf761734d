/* SPDX-License-Identifier: Apache-2.0 */
/* Types and units of expressions. */
#include "lang/check_internal.h"

static const cr_type BOOL = {.kind = CR_T_BOOL};

static void set_kind(cr_expr *x, cr_tkind kind)
{
    x->type.kind = (uint8_t)kind;
}

static int is_error(const cr_type *t)
{
    return t->kind == CR_T_ERROR;
}

/* ---- agreement ---- */

static cr_str type_text(cr_checker *c, const cr_type *t)
{
    cr_buf buf;
    cr_buf_init(&buf, c->arena->alloc);
    cr_type_text(&buf, t, 0);
    cr_str s = {buf.p, buf.n};
    s = cr_arena_text(c->arena, s);
    if (buf.oom || !s.p)
        cr_c_memory(c);
    cr_buf_free(&buf);
    return s;
}

static int only_time_differs(cr_unit a, cr_unit b)
{
    for (int i = 0; i < CR_DIM_COUNT; i++)
        if (i != CR_DIM_MONTH && i != CR_DIM_YEAR && a.e[i] != b.e[i])
            return 0;
    return a.e[CR_DIM_MONTH] + a.e[CR_DIM_YEAR] == b.e[CR_DIM_MONTH] + b.e[CR_DIM_YEAR];
}

static int may_be_none(const cr_type *t)
{
    return t->event || t->or_none || t->kind == CR_T_ENUM || t->kind == CR_T_ROW;
}

int cr_c_agree(cr_checker *c, cr_pos pos, const cr_type *a, const cr_type *b)
{
    if (is_error(a) || is_error(b))
        return 1;
    if ((a->kind == CR_T_NONE && may_be_none(b)) || (b->kind == CR_T_NONE && may_be_none(a)))
        return 1;
    int same_kind = a->kind == b->kind &&
                    (a->kind == CR_T_NUMBER || a->index == b->index || a->kind == CR_T_REASON);
    if (same_kind && (a->kind != CR_T_NUMBER || cr_unit_same(a->unit, b->unit)))
        return 1;
    cr_diag_code code = !same_kind                            ? CR_D_TYPE
                        : only_time_differs(a->unit, b->unit) ? CR_D_UNIT_TIME
                                                              : CR_D_UNIT;
    cr_diag *d = cr_c_report(c, code, pos, type_text(c, b), "");
    d->expected = type_text(c, a);
    return 0;
}

void cr_c_bool(cr_checker *c, cr_expr *x)
{
    cr_c_expr(c, x, &BOOL);
    cr_c_agree(c, x->pos, &BOOL, &x->type);
}

/* Both sides, the second read with the first in mind and, for a bare word on the left, the other
 * way round. */
static void pair(cr_checker *c, cr_expr *a, cr_expr *b, const cr_type *want)
{
    if (a->kind == CR_X_NAME && is_error(&a->type) && b->kind != CR_X_NAME &&
        b->kind != CR_X_NONE && !want) {
        cr_c_expr(c, b, want);
        cr_c_expr(c, a, is_error(&b->type) ? NULL : &b->type);
        return;
    }
    cr_c_expr(c, a, want);
    cr_c_expr(c, b, is_error(&a->type) ? want : &a->type);
}

static void join_types(cr_expr *x, const cr_expr *a, const cr_expr *b)
{
    x->type = is_error(&a->type) || a->type.kind == CR_T_NONE ? b->type : a->type;
    x->type.event |= a->type.event | b->type.event;
    x->type.exact |= a->type.exact | b->type.exact;
    if (x->type.kind == CR_T_NUMBER && a->type.decimals != b->type.decimals)
        x->type.decimals = a->type.decimals < 0 || b->type.decimals < 0 ? -1
                           : a->type.decimals > b->type.decimals        ? a->type.decimals
                                                                        : b->type.decimals;
}

/* ---- guards ---- */

static int same_lists(const cr_expr *a, const cr_expr *b)
{
    if (a->args.n != b->args.n || a->keys.n != b->keys.n)
        return 0;
    for (uint32_t i = 0; i < a->args.n; i++)
        if (!cr_c_expr_same(a->args.at[i], b->args.at[i]))
            return 0;
    for (uint32_t i = 0; i < a->keys.n; i++)
        if (!cr_str_eq(a->keys.at[i].name, b->keys.at[i].name) ||
            !cr_c_expr_same(a->keys.at[i].value, b->keys.at[i].value))
            return 0;
    return 1;
}

/* One spelling may name different things in different rows, so what the names stand for is
 * compared, too. */
static int same_node(const cr_expr *a, const cr_expr *b)
{
    return a->kind == b->kind && a->op == b->op && a->negated == b->negated &&
           cr_str_eq(a->text, b->text) && a->integer == b->integer &&
           a->number.num == b->number.num && a->number.den == b->number.den &&
           a->has_unit == b->has_unit && cr_unit_same(a->unit, b->unit) &&
           a->ref.kind == b->ref.kind && a->ref.index == b->ref.index &&
           a->ref.reason == b->ref.reason;
}

int cr_c_expr_same(const cr_expr *a, const cr_expr *b)
{
    if (!a || !b)
        return a == b;
    return same_node(a, b) && same_lists(a, b) && cr_c_expr_same(a->a, b->a) &&
           cr_c_expr_same(a->b, b->b) && cr_c_expr_same(a->c, b->c) && cr_c_expr_same(a->at, b->at);
}

void cr_c_guard(cr_checker *c, const cr_expr *cond, int fails)
{
    if (c->too_deep)
        return;
    while (cond->kind == CR_X_NOT || (cond->kind == CR_X_AND && !fails) ||
           (cond->kind == CR_X_OR && fails)) {
        if (cond->kind == CR_X_NOT)
            fails = !fails;
        else
            cr_c_guard(c, cond->b, fails);
        cond = cond->a;
    }
    cr_guard g = {cond, (uint8_t)fails};
    CR_C_PUSH(c, c->guards, g);
}

static int sign_of(const cr_expr *x, int *sign)
{
    if (x->kind != CR_X_NUMBER)
        return 0;
    *sign = (x->number.num > 0) - (x->number.num < 0);
    return 1;
}

/* 1: the guard says divisor > 0; 2: it says divisor is not 0. */
static int proves(const cr_guard *g, const cr_expr *divisor)
{
    int sign = 0;
    const cr_expr *k = g->cond;
    if (k->kind == CR_X_IS && cr_c_expr_same(k->a, divisor) && sign_of(k->b, &sign) && sign == 0)
        return (k->negated != 0) != (g->fails != 0) ? 2 : 0;
    if (cr_c_expr_same(k->a, divisor) && k->b && sign_of(k->b, &sign)) {
        if (!g->fails)
            return (k->kind == CR_X_GT && sign >= 0) || (k->kind == CR_X_GE && sign > 0);
        return (k->kind == CR_X_LE && sign >= 0) || (k->kind == CR_X_LT && sign > 0);
    }
    return 0;
}

/* The plan keeps divisors positive; `op` tells it how the proof was made: 1 positive, 2 only not
 * zero. */
static void check_divisor(cr_checker *c, cr_expr *x)
{
    const cr_expr *d = x->b;
    int sign = 0;
    x->op = 1;
    if (c->too_deep || is_error(&d->type) || (sign_of(d, &sign) && sign != 0))
        return;
    if (d->kind == CR_X_NAME && d->ref.kind == CR_REF_FIELD && d->type.lo > 0)
        return;
    for (uint32_t i = 0; i < c->guards.n; i++) {
        int how = proves(&c->guards.at[i], d);
        if (how) {
            x->op = (uint8_t)how;
            return;
        }
    }
    cr_c_report(c, CR_D_DIVISOR, x->pos, CR_STR(""), "'when DIVISOR > 0' in the same clause");
}

/* ---- arithmetic ---- */

static int time_unit(const cr_type *t)
{
    int sum = 0;
    for (int i = 0; i < CR_DIM_COUNT; i++)
        sum += t->unit.e[i] != 0;
    return t->kind == CR_T_NUMBER && sum == 1 &&
           (t->unit.e[CR_DIM_DAY] == 1 || t->unit.e[CR_DIM_MONTH] == 1 ||
            t->unit.e[CR_DIM_YEAR] == 1 || t->unit.e[CR_DIM_WORKING_DAY] == 1 ||
            t->unit.e[CR_DIM_HOUR] == 1);
}

/* Months do not have days, and date-times move by hours and days of 24 hours. */
static int moves(const cr_type *time, const cr_type *count)
{
    int days = count->unit.e[CR_DIM_DAY], hours = count->unit.e[CR_DIM_HOUR];
    if (!time_unit(count))
        return 0;
    if (time->kind == CR_T_TIME)
        return hours || days;
    return !hours && (time->kind == CR_T_DATE || (!days && !count->unit.e[CR_DIM_WORKING_DAY]));
}

static void additive(cr_checker *c, cr_expr *x, const cr_type *want)
{
    pair(c, x->a, x->b, want && want->kind == CR_T_NUMBER ? want : NULL);
    const cr_type *a = &x->a->type, *b = &x->b->type;
    if (cr_type_is_time(a) || (cr_type_is_time(b) && x->kind == CR_X_ADD)) {
        const cr_type *time = cr_type_is_time(a) ? a : b, *count = cr_type_is_time(a) ? b : a;
        x->type = *time;
        if (!is_error(count) && !moves(time, count))
            cr_c_report(c, CR_D_TYPE, x->pos, type_text(c, count),
                        time->kind == CR_T_TIME    ? "hours or days"
                        : time->kind == CR_T_MONTH ? "months or years"
                                                   : "days, working days, months or years");
        return;
    }
    join_types(x, x->a, x->b);
    if (cr_c_agree(c, x->b->pos, a, b) && !is_error(&x->type) && x->type.kind != CR_T_NUMBER)
        cr_c_report(c, CR_D_TYPE, x->pos, type_text(c, &x->type), "numbers");
}

static void multiplicative(cr_checker *c, cr_expr *x)
{
    uint8_t lenient = c->lenient;
    c->lenient = 0;
    cr_c_expr(c, x->a, NULL);
    cr_c_expr(c, x->b, NULL);
    c->lenient = lenient;
    const cr_type *a = &x->a->type, *b = &x->b->type;
    set_kind(x, is_error(a) || is_error(b) ? CR_T_ERROR : CR_T_NUMBER);
    if (is_error(&x->type))
        return;
    if (a->kind != CR_T_NUMBER || b->kind != CR_T_NUMBER) {
        cr_c_report(c, CR_D_TYPE, x->pos, type_text(c, a->kind == CR_T_NUMBER ? b : a), "numbers");
        set_kind(x, CR_T_ERROR);
        return;
    }
    if (cr_unit_mul(a->unit, b->unit, x->kind == CR_X_MUL ? 1 : -1, &x->type.unit))
        cr_c_report(c, CR_D_UNIT, x->pos, CR_STR(""), "a smaller power of a unit");
    x->type.money = a->money | b->money;
    x->type.decimals =
        x->kind == CR_X_DIV || a->decimals < 0 || b->decimals < 0 || a->decimals + b->decimals > 30
            ? -1
            : a->decimals + b->decimals;
    if (x->kind == CR_X_DIV)
        check_divisor(c, x);
}

/* Places of a finite decimal; -1 = it has none. */
static int32_t places(cr_i128 den)
{
    int32_t twos = 0, fives = 0;
    for (; den % 2 == 0; den /= 2)
        twos++;
    for (; den % 5 == 0; den /= 5)
        fives++;
    return den != 1 ? -1 : twos > fives ? twos : fives;
}

static void number(cr_expr *x, const cr_type *want, int lenient)
{
    set_kind(x, CR_T_NUMBER);
    x->type.decimals = x->number.den > 0 ? places(x->number.den) : 0;
    x->type.unit = x->unit;
    if (!x->has_unit && lenient && want && want->kind == CR_T_NUMBER)
        x->type.unit = want->unit;
    x->type.money = x->type.unit.e[CR_DIM_YUAN] != 0;
}

static void convert(cr_checker *c, cr_expr *x)
{
    cr_c_expr(c, x->a, NULL);
    x->type = x->a->type;
    if (is_error(&x->type))
        return;
    if (x->type.kind != CR_T_NUMBER || !only_time_differs(x->type.unit, x->unit))
        cr_c_report(c, CR_D_UNIT, x->pos, type_text(c, &x->a->type),
                    "a unit that differs in month and year only");
    x->type.unit = x->unit;
    x->type.decimals = -1;
}

static void for_one(cr_checker *c, cr_expr *x)
{
    cr_c_expr(c, x->a, NULL);
    x->type = x->a->type;
    if (!is_error(&x->type) && cr_unit_mul(x->type.unit, x->unit, 1, &x->type.unit))
        cr_c_report(c, CR_D_UNIT, x->pos, CR_STR(""), "");
}

/* ---- tests ---- */

static void compare(cr_checker *c, cr_expr *x)
{
    pair(c, x->a, x->b, NULL);
    set_kind(x, CR_T_BOOL);
    const cr_type *a = &x->a->type;
    if (!cr_c_agree(c, x->b->pos, a, &x->b->type) || x->kind == CR_X_IS || is_error(a))
        return;
    if (a->kind != CR_T_NUMBER && !cr_type_is_time(a))
        cr_c_report(c, CR_D_TYPE, x->pos, type_text(c, a),
                    "numbers, dates or months, which have an order");
}

/* `day in stay`, `month in stay`: from its first day or month to its last, both in. */
static int in_span(cr_checker *c, cr_expr *x)
{
    int up;
    cr_expr *item = x->args.n == 1 ? x->args.at[0] : NULL;
    const cr_sym_span *span = item ? cr_c_span(c, item, &up) : NULL;
    if (!span)
        return 0;
    const cr_type *of = &c->p->fields.at[span->from].type;
    cr_c_expr(c, x->a, of);
    set_kind(x, CR_T_BOOL);
    if (x->a->type.kind != of->kind) { /* once, not for both ends */
        cr_c_agree(c, x->a->pos, of, &x->a->type);
        return 1;
    }
    item->a = cr_c_span_end(c, item, span, 0);
    item->b = cr_c_span_end(c, item, span, 1);
    if (item->a && item->b)
        item->kind = CR_X_RANGE;
    return 0;
}

static void membership(cr_checker *c, cr_expr *x)
{
    cr_type set = {0};
    if (in_span(c, x))
        return;
    int in_set = x->args.n == 1 && cr_c_names_set(c, x->args.at[0], &set);
    set.kind = CR_T_ENUM; /* `id_card in held`: a word of the set */
    cr_c_expr(c, x->a, in_set ? &set : NULL);
    set_kind(x, CR_T_BOOL);
    for (uint32_t i = 0; i < x->args.n; i++) {
        cr_expr *item = x->args.at[i];
        if (item->kind == CR_X_RANGE) {
            cr_c_expr(c, item->a, &x->a->type);
            cr_c_expr(c, item->b, &x->a->type);
            cr_c_agree(c, item->a->pos, &x->a->type, &item->a->type);
            cr_c_agree(c, item->b->pos, &x->a->type, &item->b->type);
            item->type = x->a->type;
            if (!is_error(&item->type) && item->type.kind != CR_T_NUMBER &&
                !cr_type_is_time(&item->type))
                cr_c_report(c, CR_D_TYPE, item->pos, type_text(c, &item->type),
                            "numbers, dates or months, which have an order");
            continue;
        }
        cr_c_expr(c, item, &x->a->type);
        if (item->type.kind == CR_T_SET && x->a->type.kind == CR_T_ENUM &&
            item->type.index == x->a->type.index)
            continue;
        cr_c_agree(c, item->pos, &x->a->type, &item->type);
    }
}

/* `assets within dibao.limit_assets`: below the limit or up to it, as its row says. */
static void within_limit(cr_checker *c, cr_expr *x)
{
    cr_c_expr(c, x->b, &x->a->type);
    cr_c_agree(c, x->b->pos, &x->a->type, &x->b->type);
    if (is_error(&x->b->type))
        return;
    if (x->b->kind != CR_X_NAME || x->b->ref.kind != CR_REF_PARAM ||
        c->p->params.at[x->b->ref.index].stmt->option != 2)
        cr_c_report(c, CR_D_TYPE, x->b->pos, x->b->text, "a limit");
}

static void within(cr_checker *c, cr_expr *x)
{
    static const cr_type region = {.kind = CR_T_REGION};
    cr_c_expr(c, x->a, NULL);
    set_kind(x, CR_T_BOOL);
    if (x->a->type.kind == CR_T_NUMBER) {
        within_limit(c, x);
        return;
    }
    cr_c_expr(c, x->b, &region);
    cr_c_agree(c, x->a->pos, &region, &x->a->type);
    cr_c_agree(c, x->b->pos, &region, &x->b->type);
}

static void given(cr_checker *c, cr_expr *x)
{
    int up;
    const cr_sym_span *span = cr_c_span(c, x->a, &up);
    cr_expr *first = span ? cr_c_span_end(c, x->a, span, 0) : NULL;
    if (first) /* a span is given by its first day */
        x->a = first;
    cr_c_expr(c, x->a, NULL);
    set_kind(x, CR_T_BOOL);
    int is_none = x->kind == CR_X_IS_NONE;
    /* a definition of a day may pass on one that has not happened */
    int may = may_be_none(&x->a->type) ||
              (cr_type_is_time(&x->a->type) && x->a->ref.kind != CR_REF_FIELD);
    int fits = is_none ? may : x->a->kind == CR_X_NAME && x->a->ref.kind == CR_REF_FIELD;
    if (!fits && !is_error(&x->a->type))
        cr_c_report(c, CR_D_TYPE, x->pos, x->a->text,
                    is_none ? "an event or a parameter that may be none" : "a field of the case");
    if (is_none && x->a->type.kind == CR_T_ENUM &&
        cr_program_enum_value(c->p, x->a->type.index, CR_STR("none")) >= 0) {
        cr_expr *value = cr_arena_get(
            c->arena, 1, sizeof *value); /* `school is none`: none is one of its words */
        if (!value) {
            cr_c_memory(c);
            return;
        }
        value->kind = CR_X_NAME;
        value->text = CR_STR("none");
        value->pos = value->whole = x->pos;
        x->kind = CR_X_IS;
        x->b = value;
        cr_c_expr(c, value, &x->a->type);
    }
}

/* ---- choices, extremes, time ---- */

static void choice(cr_checker *c, cr_expr *x, const cr_type *want)
{
    cr_c_bool(c, x->a);
    uint32_t guards = c->guards.n;
    cr_c_guard(c, x->a, 0);
    cr_c_expr(c, x->b, want);
    c->guards.n = guards;
    cr_c_guard(c, x->a, 1);
    cr_c_expr(c, x->c, want ? want : is_error(&x->b->type) ? NULL : &x->b->type);
    c->guards.n = guards;
    join_types(x, x->b, x->c);
    cr_c_agree(c, x->c->pos, &x->b->type, &x->c->type);
}

static void extreme(cr_checker *c, cr_expr *x, const cr_type *want)
{
    for (uint32_t i = 0; i < x->args.n; i++)
        cr_c_expr(c, x->args.at[i], i ? &x->args.at[0]->type : want);
    x->type = x->args.at[0]->type;
    for (uint32_t i = 1; i < x->args.n; i++) {
        cr_c_agree(c, x->args.at[i]->pos, &x->type, &x->args.at[i]->type);
        x->type.decimals =
            x->type.decimals < 0 || x->args.at[i]->type.decimals < 0 ? -1 : x->type.decimals;
    }
    for (uint32_t i = 0; i < x->args.n; i++)
        x->type.event |= x->args.at[i]->type.event;
    if (!is_error(&x->type) && x->type.kind != CR_T_NUMBER && !cr_type_is_time(&x->type))
        cr_c_report(c, CR_D_TYPE, x->pos, type_text(c, &x->type), "numbers, dates or months");
}

static void part(cr_checker *c, cr_expr *x)
{
    cr_c_expr(c, x->a, NULL);
    const cr_type *a = &x->a->type;
    int place = x->op == CR_PART_CITY || x->op == CR_PART_PROVINCE;
    int fits = place                    ? a->kind == CR_T_REGION
               : x->op == CR_PART_DATE  ? a->kind == CR_T_TIME
               : x->op == CR_PART_MONTH ? a->kind == CR_T_DATE
               : x->op == CR_PART_YEAR  ? cr_type_is_time(a) && a->kind != CR_T_TIME
                                        : a->kind == CR_T_MONTH;
    if (!fits && !is_error(a))
        cr_c_report(c, CR_D_TYPE, x->pos, type_text(c, a),
                    place                    ? "a region"
                    : x->op == CR_PART_DATE  ? "a date-time"
                    : x->op == CR_PART_MONTH ? "a date"
                                             : "a month");
    set_kind(x, place                    ? CR_T_REGION
                : x->op == CR_PART_MONTH ? CR_T_MONTH
                : x->op == CR_PART_YEAR  ? CR_T_NUMBER
                                         : CR_T_DATE);
    x->type.event = a->event;
}

static cr_expr *node_of(cr_checker *c, const cr_expr *at, cr_xkind kind, uint8_t op, cr_expr *a)
{
    cr_expr *x = cr_arena_get(c->arena, 1, sizeof *x);
    if (!x) {
        cr_c_memory(c);
        return NULL;
    }
    x->kind = (uint8_t)kind;
    x->op = op;
    x->a = a;
    x->pos = x->whole = at->pos;
    return x;
}

static cr_expr *count_node(cr_checker *c, const cr_expr *at, int64_t n, cr_dim dim)
{
    cr_expr *x = node_of(c, at, CR_X_NUMBER, 0, NULL);
    if (x) {
        x->number.num = n;
        x->number.den = 1;
        x->has_unit = 1;
        x->unit.e[dim] = 1;
    }
    return x;
}

/* The first day of the month in which a span begins or ends. */
static cr_expr *month_edge(cr_checker *c, const cr_sym_span *s, const cr_expr *name, int last)
{
    cr_expr *x = cr_c_span_end(c, name, s, last);
    if (x && c->p->fields.at[s->from].type.kind == CR_T_DATE)
        x = node_of(c, name, CR_X_PART_OF, CR_PART_MONTH, x);
    return node_of(c, name, CR_X_PART_OF, CR_PART_FIRST_DAY, x);
}

/* `months in stay`: the calendar months that it touches; none where it has not happened. */
static void months_in(cr_checker *c, cr_expr *x)
{
    int up;
    cr_expr *name = x->a;
    const cr_sym_span *s = cr_c_span(c, name, &up);
    if (!s || c->p->fields.at[s->from].type.kind == CR_T_TIME) {
        cr_c_report(c, CR_D_TYPE, name->pos, name->text, "the name of a span of days or months");
        return;
    }
    cr_expr *first = month_edge(c, s, name, 0), *last = month_edge(c, s, name, 1);
    cr_expr *between = node_of(c, name, CR_X_SPAN, CR_SPAN_MONTHS, first);
    cr_expr *months = node_of(c, name, CR_X_ADD, 0, between);
    cr_expr *none = node_of(c, name, CR_X_IS_NONE, 0, cr_c_span_end(c, name, s, 0));
    if (c->oom)
        return;
    between->b = last;
    months->b = count_node(c, name, 1, CR_DIM_MONTH);
    x->kind = CR_X_IF;
    x->op = 0;
    x->a = none;
    x->b = count_node(c, name, 0, CR_DIM_MONTH);
    x->c = months;
    if (!c->oom)
        cr_c_expr(c, x, NULL);
}

static void span(cr_checker *c, cr_expr *x)
{
    if (!x->b) {
        months_in(c, x);
        return;
    }
    cr_type date = {.kind = x->op == CR_SPAN_HOURS ? CR_T_TIME : CR_T_DATE};
    cr_c_expr(c, x->a, &date);
    cr_c_expr(c, x->b, &date);
    cr_c_agree(c, x->a->pos, &date, &x->a->type);
    cr_c_agree(c, x->b->pos, &date, &x->b->type);
    set_kind(x, CR_T_NUMBER);
    x->type.unit.e[x->op == CR_SPAN_YEARS    ? CR_DIM_YEAR
                   : x->op == CR_SPAN_MONTHS ? CR_DIM_MONTH
                   : x->op == CR_SPAN_HOURS  ? CR_DIM_HOUR
                                             : CR_DIM_DAY] = 1;
    if (x->op == CR_SPAN_HOURS)
        x->type.decimals = -1;
}

/* ---- lists ---- */

static int find_list(cr_checker *c, cr_expr *x)
{
    int up = 0;
    for (int32_t e = c->entity; e >= 0; e = c->p->entities.at[e].parent, up++) {
        int32_t field = cr_program_field(c->p, e, x->text);
        if (field < 0)
            continue;
        if (c->p->fields.at[field].child < 0) {
            cr_c_report(c, CR_D_NOT_A_LIST, x->pos, x->text, "a list of rows");
            return 0;
        }
        x->ref.kind = CR_REF_FIELD;
        x->ref.index = field;
        x->ref.up = (uint16_t)up;
        return 1;
    }
    cr_c_report(c, CR_D_UNKNOWN_NAME, x->pos, x->text, "a list of this row or of one above it");
    return 0;
}

static void aggregate_type(cr_checker *c, cr_expr *x)
{
    const cr_entity *child = &c->p->entities.at[c->p->fields.at[x->ref.index].child];
    cr_dim dim = CR_DIM_YUAN;
    int counted = cr_dim_parse(child->name, &dim) == 0;
    if (x->op == CR_AGG_COUNT) {
        set_kind(x, CR_T_NUMBER);
        if (counted)
            x->type.unit.e[dim] = 1;
    } else if (x->op == CR_AGG_ANY || x->op == CR_AGG_ALL) {
        set_kind(x, CR_T_BOOL);
    } else {
        x->type = x->a->type;
        int time = cr_type_is_time(&x->type) && x->op != CR_AGG_SUM;
        if (!is_error(&x->type) && x->type.kind != CR_T_NUMBER && !time)
            cr_c_report(c, CR_D_TYPE, x->a->pos, type_text(c, &x->type), "numbers");
        x->type.event |= (uint8_t)time; /* of no row: it has not happened */
        if (x->op == CR_AGG_SUM && counted && x->type.unit.e[dim] < 0)
            x->type.unit.e[dim]++;
    }
}

static void rows(cr_checker *c, cr_expr *x)
{
    set_kind(x, CR_T_ERROR);
    if (!find_list(c, x))
        return;
    int32_t entity = c->entity;
    c->entity = c->p->fields.at[x->ref.index].child;
    if (x->b)
        cr_c_bool(c, x->b);
    if (x->a && (x->op == CR_AGG_ANY || x->op == CR_AGG_ALL) && x->kind == CR_X_AGGREGATE)
        cr_c_bool(c, x->a);
    else if (x->a)
        cr_c_expr(c, x->a, NULL);
    c->entity = entity;
    if (x->kind == CR_X_AGGREGATE) {
        aggregate_type(c, x);
        return;
    }
    set_kind(x, CR_T_ROWS);
    x->type.index = c->p->fields.at[x->ref.index].child;
}

/* ---- dispatch ---- */

static void logic(cr_checker *c, cr_expr *x)
{
    cr_c_bool(c, x->a);
    uint32_t guards = c->guards.n;
    if (x->b) {
        cr_c_guard(c, x->a, x->kind == CR_X_OR);
        cr_c_bool(c, x->b);
        c->guards.n = guards;
    }
    set_kind(x, CR_T_BOOL);
}

static void negative(cr_checker *c, cr_expr *x, const cr_type *want)
{
    cr_c_expr(c, x->a, want);
    x->type = x->a->type;
    if (!is_error(&x->type) && x->type.kind != CR_T_NUMBER)
        cr_c_report(c, CR_D_TYPE, x->pos, type_text(c, &x->type), "numbers");
}

/* What `none` can be read as: a date that is never, a word that is none, no row, the empty set. */
static int may_be_none_of(const cr_type *t)
{
    return may_be_none(t) || cr_type_is_time(t) || t->kind == CR_T_SET;
}

/* A region is written as its code, or `nation`. */
static int is_region(cr_expr *x, const cr_type *want)
{
    if (!want || want->kind != CR_T_REGION)
        return 0;
    if (x->kind == CR_X_NAME && cr_str_eq(x->text, CR_STR("nation")))
        x->text = CR_STR("000000");
    else if (x->kind != CR_X_NUMBER || x->has_unit || x->text.n != 6)
        return 0;
    x->kind = CR_X_CODE;
    set_kind(x, CR_T_REGION);
    return 1;
}

/* `undetermined (FIELD)`: has the type that is wanted, and never a value. */
static void undetermined(cr_checker *c, cr_expr *x, const cr_type *want)
{
    uint32_t deps = c->p->deps.n;
    cr_c_expr(c, x->a, NULL);
    c->p->deps.n = deps;
    if (x->a->type.kind != CR_T_ERROR &&
        (x->a->kind != CR_X_NAME || x->a->ref.kind != CR_REF_FIELD))
        cr_c_report(c, CR_D_TYPE, x->a->pos, x->a->text, "an input");
    if (want)
        x->type = *want;
    else if (!is_error(&x->a->type))
        cr_c_report(c, CR_D_TYPE, x->pos, CR_STR("undetermined"), "a line of a definition");
}

static void dispatch(cr_checker *c, cr_expr *x, const cr_type *want)
{
    if (is_region(x, want))
        return;
    switch (x->kind) {
    case CR_X_ERROR: break;
    case CR_X_NUMBER: number(x, want, c->lenient); break;
    case CR_X_BOOL: set_kind(x, CR_T_BOOL); break;
    case CR_X_ON:
    case CR_X_DATE: set_kind(x, CR_T_DATE); break;
    case CR_X_TIME: set_kind(x, CR_T_TIME); break;
    case CR_X_MONTH: set_kind(x, CR_T_MONTH); break;
    case CR_X_TEXT: set_kind(x, CR_T_TEXT); break;
    case CR_X_CODE: set_kind(x, CR_T_REGION); break;
    case CR_X_NONE:
        if (want && want->kind == CR_T_ENUM &&
            cr_program_enum_value(c->p, want->index, CR_STR("none")) >= 0) {
            x->kind = CR_X_NAME;
            cr_c_name(c, x, want);
            break;
        }
        if (want && may_be_none_of(want))
            x->type = *want;
        set_kind(x, want && may_be_none_of(want) ? (cr_tkind)want->kind : CR_T_NONE);
        x->type.event = 1;
        break;
    case CR_X_NAME: cr_c_name(c, x, want); break;
    case CR_X_NEG: negative(c, x, want); break;
    case CR_X_NOT:
    case CR_X_AND:
    case CR_X_OR: logic(c, x); break;
    case CR_X_ADD:
    case CR_X_SUB: additive(c, x, want); break;
    case CR_X_MUL:
    case CR_X_DIV: multiplicative(c, x); break;
    case CR_X_LT:
    case CR_X_LE:
    case CR_X_GT:
    case CR_X_GE:
    case CR_X_IS: compare(c, x); break;
    case CR_X_IS_GIVEN:
    case CR_X_IS_NONE: given(c, x); break;
    case CR_X_IN: membership(c, x); break;
    case CR_X_WITHIN: within(c, x); break;
    case CR_X_IF: choice(c, x, want); break;
    case CR_X_CONVERT: convert(c, x); break;
    case CR_X_FOR_ONE: for_one(c, x); break;
    case CR_X_HIGHEST:
    case CR_X_LOWEST: extreme(c, x, want); break;
    case CR_X_PART_OF: part(c, x); break;
    case CR_X_SPAN: span(c, x); break;
    case CR_X_UNDETERMINED: undetermined(c, x, want); break;
    case CR_X_PREVIOUS: cr_c_previous(c, x); break;
    case CR_X_ALLOCATE: cr_c_allocate(c, x); break;
    case CR_X_LEAST: cr_c_least(c, x); break;
    case CR_X_AMONG: cr_c_among(c, x); break;
    case CR_X_THE: cr_c_the(c, x); break;
    default: rows(c, x); break;
    }
}

void cr_c_expr(cr_checker *c, cr_expr *x, const cr_type *want)
{
    if (c->oom || x->type.kind != CR_T_ERROR)
        return; /* checked before: a default or key shared by several statements */
    if (++c->depth <= CR_C_DEPTH)
        dispatch(c, x, want);
    else if (!c->too_deep)
        cr_c_report(c, CR_D_TOO_DEEP, x->pos, CR_STR(""), "a value of its own for a part of it");
    c->too_deep |= c->depth > CR_C_DEPTH;
    c->depth--;
}
