/* SPDX-License-Identifier: Apache-2.0 */
/* Amendments on syntax trees, and parameter rows written in other files than their declaration. */
#include <string.h>

#include "base/date.h"
#include "policy/amend.h"

typedef struct cr_amender {
    cr_ast *ast;
    cr_diags *d;
    int oom;
} cr_amender;

static cr_diag *report(cr_amender *a, cr_diag_code code, cr_pos pos, cr_str found,
                       const char *expected)
{
    return cr_diag_add(a->d, code, pos, found, cr_str_of(expected));
}

/* ---- parameters ---- */

static cr_stmt *declared_parameter(const cr_amender *a, cr_str name)
{
    for (uint32_t i = 0; i < a->ast->stmts.n; i++) {
        cr_stmt *s = a->ast->stmts.at[i];
        if (s->kind == CR_S_PARAMETER && s->type.word != CR_TW_ERROR && cr_str_eq(s->name, name))
            return s;
    }
    return NULL;
}

static void unknown_parameter(cr_amender *a, const cr_stmt *s)
{
    cr_str names[1024];
    size_t n = 0, at = 0;
    for (uint32_t i = 0; i < a->ast->stmts.n && n < 1024; i++) {
        const cr_stmt *p = a->ast->stmts.at[i];
        if ((p->kind == CR_S_PARAMETER && p->type.word != CR_TW_ERROR) ||
            (p->kind >= CR_S_DEFINE && p->kind <= CR_S_STATUS))
            names[n++] = p->name;
    }
    cr_diag *d = report(a, s->kind == CR_S_PARAMETER ? CR_D_UNKNOWN_NAME : CR_D_AMEND_TARGET,
                        s->name_pos, s->name, "a declared parameter");
    if (cr_nearest(s->name, names, n, &at))
        d->nearest = names[at];
}

static int same_bound(cr_rat a, cr_rat b)
{
    return a.num == b.num && a.den == b.den;
}

static int same_keys(const cr_row *x, const cr_row *y)
{
    if (x->keys.n != y->keys.n)
        return 0;
    for (uint32_t i = 0; i < x->keys.n; i++) {
        const cr_row_key *k = &x->keys.at[i], *l = &y->keys.at[i];
        int number = k->kind == CR_KEY_INT || k->kind == CR_KEY_BAND;
        if (k->kind != l->kind || (!number && !cr_str_eq(k->text, l->text)))
            return 0;
        if (number && (!same_bound(k->from, l->from) || !same_bound(k->to, l->to) ||
                       k->above != l->above || k->below != l->below))
            return 0;
    }
    return 1;
}

static void push_row(cr_amender *a, cr_stmt *to, const cr_stmt *from, const cr_row *row)
{
    cr_row copy = *row;
    if (copy.cites.n == 0)
        copy.cites = from->cites;
    if (!CR_PUSH(a->ast->arena, to->rows, copy))
        a->oom = 1;
}

static int same_value(const cr_expr *x, const cr_expr *y)
{
    return x && y && x->kind == y->kind && x->number.num == y->number.num &&
           x->number.den == y->number.den && x->integer == y->integer &&
           cr_str_eq(x->text, y->text) && cr_unit_same(x->unit, y->unit);
}

/* The row takes its span from the one in which it begins: that one ends the day before, and its
 * written end passes on. */
static int amend_row(cr_amender *a, cr_stmt *target, const cr_stmt *s, cr_row *row)
{
    for (uint32_t i = 0; i < target->rows.n; i++) {
        cr_row *old = &target->rows.at[i];
        if (!same_keys(old, row) || row->period.from < old->period.from ||
            row->period.from > old->period.to)
            continue;
        if (same_value(old->value, row->value) &&
            (row->period.to == CR_DATE_MAX || row->period.to == old->period.to)) {
            report(a, CR_D_AMEND_NOTHING, row->pos, CR_STR(""), "another value")->other = old->pos;
            return 1;
        }
        if (row->period.to == CR_DATE_MAX)
            row->period.to = old->period.to;
        if (row->period.from == old->period.from) {
            cr_cites cites = row->cites.n ? row->cites : s->cites;
            *old = *row;
            old->cites = cites;
            return 0;
        }
        old->period.to = row->period.from - 1;
        break;
    }
    push_row(a, target, s, row);
    return 0;
}

static void amend_parameter(cr_amender *a, const cr_stmt *s)
{
    cr_stmt *target = declared_parameter(a, s->name);
    if (!target) {
        unknown_parameter(a, s);
        return;
    }
    if (s->rows.n == 0)
        report(a, CR_D_AMEND_NOTHING, s->name_pos, s->name, "rows");
    for (uint32_t i = 0; i < s->rows.n && !a->oom; i++) {
        cr_row row = s->rows.at[i];
        amend_row(a, target, s, &row);
    }
}

static void add_rows(cr_amender *a, const cr_stmt *s)
{
    cr_stmt *target = declared_parameter(a, s->name);
    if (!target) {
        unknown_parameter(a, s);
        return;
    }
    for (uint32_t i = 0; i < s->rows.n && !a->oom; i++)
        push_row(a, target, s, &s->rows.at[i]);
}

/* ---- statements ---- */

static uint32_t find_statement(const cr_amender *a, const cr_stmt *s, int any_kind)
{
    for (uint32_t i = 0; i < a->ast->stmts.n; i++) {
        const cr_stmt *t = a->ast->stmts.at[i];
        if (t != s && !t->is_replace && t->kind != CR_S_REMOVE && t->kind != CR_S_AMEND &&
            (any_kind || t->kind == s->kind) && cr_str_eq(t->name, s->name) &&
            t->period.from == s->period.from && cr_str_eq(t->region, s->region))
            return i;
    }
    return UINT32_MAX;
}

static void missing(cr_amender *a, const cr_stmt *s)
{
    cr_str names[1024];
    size_t n = 0, at = 0;
    for (uint32_t i = 0; i < a->ast->stmts.n && n < 1024; i++)
        if (a->ast->stmts.at[i] != s && a->ast->stmts.at[i]->name.n > 0)
            names[n++] = a->ast->stmts.at[i]->name;
    cr_diag *d =
        report(a, CR_D_AMEND_TARGET, s->name_pos, s->name, "the name and beginning of what stands");
    if (cr_nearest(s->name, names, n, &at) && !cr_str_eq(names[at], s->name))
        d->nearest = names[at];
}

static void replace(cr_amender *a, cr_stmt *s)
{
    uint32_t at = find_statement(a, s, 0);
    if (at == UINT32_MAX) {
        missing(a, s);
        return;
    }
    a->ast->stmts.at[at]->broken = 1; /* stands no longer */
    if (s->module.n == 0)
        s->module = a->ast->stmts.at[at]->module;
    s->is_replace = 0;
}

static void remove_statement(cr_amender *a, const cr_stmt *s)
{
    uint32_t at = find_statement(a, s, 1);
    if (at == UINT32_MAX)
        missing(a, s);
    else
        a->ast->stmts.at[at]->broken = 1;
}

static void drop_done(cr_amender *a)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->ast->stmts.n; i++) {
        cr_stmt *s = a->ast->stmts.at[i];
        int rows_only = s->kind == CR_S_PARAMETER && s->type.word == CR_TW_ERROR;
        if (s->kind != CR_S_AMEND && s->kind != CR_S_REMOVE && !s->broken && !rows_only)
            a->ast->stmts.at[n++] = s;
    }
    a->ast->stmts.n = n;
}

int cr_amend_apply(cr_ast *ast, cr_diags *diags)
{
    cr_amender a = {ast, diags, 0};
    uint32_t errors = diags->errors, n = ast->stmts.n;
    for (uint32_t i = 0; i < n && !a.oom; i++)
        if (ast->stmts.at[i]->kind == CR_S_PARAMETER &&
            ast->stmts.at[i]->type.word == CR_TW_ERROR && !ast->stmts.at[i]->broken)
            add_rows(&a, ast->stmts.at[i]);
    for (uint32_t i = 0; i < n && !a.oom; i++) {
        cr_stmt *s = ast->stmts.at[i];
        if (s->broken)
            continue;
        if (s->kind == CR_S_AMEND)
            amend_parameter(&a, s);
        else if (s->kind == CR_S_REMOVE)
            remove_statement(&a, s);
        else if (s->is_replace)
            replace(&a, s);
    }
    drop_done(&a);
    return a.oom ? 2 : diags->errors > errors;
}
