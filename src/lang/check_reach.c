/* SPDX-License-Identifier: Apache-2.0 */
/* What is never reached: lines and arms below one that always holds, those that never hold or were
   asked before, and internal definitions that nothing reads. Only what the text itself shows:
   literals, and ranges of fields. */
#include "lang/check_internal.h"

/* ---- conditions that hang on nothing ---- */

static int compare(const cr_expr *x, int order)
{
    switch (x->kind) {
    case CR_X_LT: return order < 0;
    case CR_X_LE: return order <= 0;
    case CR_X_GT: return order > 0;
    default: return order >= 0;
    }
}

static cr_rat bound(const cr_type *type, cr_i128 value)
{
    cr_rat r = {value, 1};
    for (int32_t i = 0; i < type->decimals; i++)
        r.den *= 10;
    return r;
}

/* A field against a number that all of its range lies on one side of: 1 holds, 0 fails, -1 neither.
 */
static int by_range(const cr_checker *c, const cr_expr *x)
{
    if (x->a->kind != CR_X_NAME || x->a->ref.kind != CR_REF_FIELD || x->b->kind != CR_X_NUMBER)
        return -1;
    const cr_type *type = &c->p->fields.at[x->a->ref.index].type;
    if (type->kind != CR_T_NUMBER || type->decimals < 0 || type->decimals > 18 ||
        (x->b->has_unit && !cr_unit_same(type->unit, x->b->unit)))
        return -1;
    int low = compare(x, cr_rat_cmp(bound(type, type->lo), x->b->number)),
        high = compare(x, cr_rat_cmp(bound(type, type->hi), x->b->number));
    return low == high ? low : -1;
}

static int constant(const cr_checker *c, const cr_expr *x)
{
    int a, b;
    switch (x->kind) {
    case CR_X_BOOL: return x->integer != 0;
    case CR_X_NOT: a = constant(c, x->a); return a < 0 ? -1 : !a;
    case CR_X_AND:
    case CR_X_OR:
        a = constant(c, x->a);
        b = constant(c, x->b);
        if (a == (x->kind == CR_X_OR) || b == (x->kind == CR_X_OR))
            return x->kind == CR_X_OR;
        return a < 0 || b < 0 ? -1 : x->kind == CR_X_AND;
    case CR_X_LT:
    case CR_X_LE:
    case CR_X_GT:
    case CR_X_GE: return by_range(c, x);
    default: return -1;
    }
}

/* ---- the same question twice ---- */

static int same(const cr_expr *x, const cr_expr *y)
{
    if (!x || !y)
        return x == y;
    if (x->kind != y->kind || x->op != y->op || x->negated != y->negated ||
        x->integer != y->integer || x->ref.kind != y->ref.kind || x->ref.index != y->ref.index ||
        x->ref.up != y->ref.up || x->ref.reason != y->ref.reason || !cr_str_eq(x->text, y->text) ||
        !cr_unit_same(x->unit, y->unit) || x->args.n != y->args.n || x->keys.n != y->keys.n ||
        (x->kind == CR_X_NUMBER && cr_rat_cmp(x->number, y->number) != 0))
        return 0;
    for (uint32_t i = 0; i < x->args.n; i++)
        if (!same(x->args.at[i], y->args.at[i]))
            return 0;
    for (uint32_t i = 0; i < x->keys.n; i++)
        if (!cr_str_eq(x->keys.at[i].name, y->keys.at[i].name) ||
            !same(x->keys.at[i].value, y->keys.at[i].value))
            return 0;
    return same(x->a, y->a) && same(x->b, y->b) && same(x->c, y->c) && same(x->at, y->at);
}

/* Within the statement, `a` stands whenever `b` does. */
static int covers(const cr_stmt *s, const cr_clause *a, const cr_clause *b)
{
    int32_t from = b->period.from > s->period.from ? b->period.from : s->period.from;
    int32_t to = b->period.to < s->period.to ? b->period.to : s->period.to;
    return a->period.from <= from && a->period.to >= to;
}

static int is_line(const cr_clause *k)
{
    return k->kind == CR_C_WHEN || k->kind == CR_C_ARM || k->kind == CR_C_OTHERWISE;
}

/* 1 = nothing below is reached either. */
static int reach_line(cr_checker *c, const cr_stmt *s, uint32_t line)
{
    const cr_clause *k = &s->clauses.at[line];
    if (k->cond && constant(c, k->cond) == 0)
        cr_c_report(c, CR_D_UNREACHABLE, k->pos, k->name, "a condition that can hold");
    for (uint32_t i = 0; i < line; i++) {
        const cr_clause *above = &s->clauses.at[i];
        if (!is_line(above) || !above->cond || !covers(s, above, k))
            continue;
        if (constant(c, above->cond) == 1) {
            cr_c_report(c, CR_D_UNREACHABLE, k->pos, k->name, "no line below one that always holds")
                ->other = above->pos;
            return 1;
        }
        if (k->cond && same(above->cond, k->cond)) {
            cr_c_report(c, CR_D_UNREACHABLE, k->pos, k->name,
                        "a condition that was not asked above")
                ->other = above->pos;
            return 0;
        }
    }
    return 0;
}

void cr_c_reach(cr_checker *c, const cr_stmt *s)
{
    for (uint32_t i = 0; i < s->clauses.n; i++)
        if (is_line(&s->clauses.at[i]) && reach_line(c, s, i))
            return;
}

/* ---- definitions that nothing reads ---- */

static void read_one(uint8_t *read, int32_t *stack, uint32_t *n, int32_t def)
{
    if (read[def])
        return;
    read[def] = 1;
    stack[(*n)++] = def;
}

void cr_c_unread(cr_checker *c)
{
    const cr_program *p = c->p;
    uint8_t *read = cr_arena_get(c->arena, (size_t)p->defs.n + 1, 1);
    int32_t *stack = cr_arena_get(c->arena, (size_t)p->defs.n + 1, sizeof *stack);
    uint32_t n = 0;
    if (!read || !stack) {
        cr_c_memory(c);
        return;
    }
    for (uint32_t i = 0; i < p->defs.n; i++)
        if (!p->defs.at[i].internal || p->defs.at[i].kind == CR_DEF_REQUIRE)
            read_one(read, stack, &n, (int32_t)i);
    while (n > 0) {
        const cr_def *d = &p->defs.at[stack[--n]];
        for (uint32_t v = 0; v < d->versions.n; v++) {
            for (int32_t k = 0; k < d->versions.at[v].n_deps; k++)
                read_one(read, stack, &n, p->deps.at[d->versions.at[v].deps_from + k]);
            for (int32_t k = 0; k < d->versions.at[v].n_later; k++)
                read_one(read, stack, &n, p->later.at[d->versions.at[v].later_from + k]);
        }
    }
    for (uint32_t i = 0; i < p->defs.n; i++)
        if (!read[i] && p->defs.at[i].versions.n > 0)
            cr_c_report(c, CR_D_UNREACHABLE, p->defs.at[i].versions.at[0].stmt->name_pos,
                        p->defs.at[i].name, "a rule that reads it: what is internal is no output");
}
