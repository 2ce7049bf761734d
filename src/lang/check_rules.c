/* SPDX-License-Identifier: Apache-2.0 */
/* Statements: their expressions, roundings, citations and versions. */
#include <string.h>

#include "lang/check_internal.h"

void cr_c_memory(cr_checker *c)
{
    c->oom = 1;
}

cr_diag *cr_c_report(cr_checker *c, cr_diag_code code, cr_pos pos, cr_str found, const char *expected)
{
    return cr_diag_add(c->d, code, pos, found, cr_str_of(expected));
}

cr_str cr_c_join(cr_checker *c, cr_str a, const char *mid, cr_str b)
{
    size_t m = strlen(mid);
    cr_str s = {NULL, 0};
    char *p = cr_arena_get(c->arena, a.n + m + b.n + 1, 1);
    if (!p) {
        cr_c_memory(c);
        return s;
    }
    if (a.n)
        memcpy(p, a.p, a.n);
    memcpy(p + a.n, mid, m);
    if (b.n)
        memcpy(p + a.n + m, b.p, b.n);
    s.p = p;
    s.n = a.n + m + b.n;
    return s;
}

/* ---- citations ---- */

static void one_cite(cr_checker *c, cr_cite *cite)
{
    cr_str names[512];
    size_t n = 0, at = 0;
    if (cite->source.n == 0)
        return;
    for (uint32_t i = 0; i < c->p->sources.n; i++) {
        if (cr_str_eq(c->p->sources.at[i].name, cite->source)) {
            cite->source_index = (int32_t)i;
            return;
        }
        if (n < 512)
            names[n++] = c->p->sources.at[i].name;
    }
    cr_diag *d = cr_c_report(c, CR_D_UNKNOWN_SOURCE, cite->pos, cite->source, "a declared source");
    if (cr_nearest(cite->source, names, n, &at))
        d->nearest = names[at];
}

void cr_c_cites(cr_checker *c, cr_cites *cites)
{
    for (uint32_t i = 0; i < cites->n; i++)
        one_cite(c, &cites->at[i]);
}

static int all_lines_cite(const cr_stmt *s)
{
    for (uint32_t i = 0; i < s->clauses.n; i++)
        if (s->clauses.at[i].kind != CR_C_WHERE && s->clauses.at[i].cites.n == 0)
            return 0;
    return s->clauses.n > 0;
}

static void statement_cites(cr_checker *c, cr_stmt *s)
{
    cr_c_cites(c, &s->cites);
    for (uint32_t i = 0; i < s->clauses.n; i++)
        cr_c_cites(c, &s->clauses.at[i].cites);
    if (s->cites.n == 0 && !s->internal && !all_lines_cite(s))
        cr_c_report(c, CR_D_NO_CITATION, s->name_pos, s->name, "");
}

/* ---- clauses ---- */

static void check_value(cr_checker *c, const cr_def *d, cr_expr *x)
{
    cr_c_expr(c, x, &d->type);
    cr_c_agree(c, x->pos, &d->type, &x->type);
}

static void check_define(cr_checker *c, const cr_def *d, cr_stmt *s)
{
    uint32_t guards = c->guards.n;
    int whens = 0, base = 0;
    for (uint32_t i = 0; i < s->clauses.n; i++) {
        cr_clause *k = &s->clauses.at[i];
        if (k->kind == CR_C_WHERE)
            continue;
        uint32_t before = c->guards.n;
        if (k->kind == CR_C_WHEN) {
            cr_c_bool(c, k->cond);
            cr_c_guard(c, k->cond, 0);
            whens++;
        } else {
            base++;
        }
        check_value(c, d, k->value);
        c->guards.n = before;
        if (k->kind == CR_C_WHEN)
            cr_c_guard(c, k->cond, 1); /* later lines are read only where it fails */
        if (k->period.from > s->period.to || k->period.to < s->period.from)
            cr_c_report(c, CR_D_UNREACHABLE, k->pos, CR_STR(""), "a period inside that of the statement");
    }
    c->guards.n = guards;
    if (whens && !base)
        cr_c_report(c, CR_D_OTHERWISE, s->name_pos, s->name, "");
    if (!whens && !base)
        cr_c_report(c, CR_D_EMPTY, s->name_pos, s->name, "'= …' or 'when … = …'");
}

/* Values without a condition follow one another in time: without gap and overlap within the statement. */
static void check_coverage(cr_checker *c, const cr_stmt *s)
{
    int32_t day = s->period.from;
    for (uint32_t n = 0; n <= s->clauses.n && day <= s->period.to; n++) {
        const cr_clause *next = NULL;
        for (uint32_t i = 0; i < s->clauses.n; i++) {
            const cr_clause *k = &s->clauses.at[i];
            if ((k->kind != CR_C_VALUE && k->kind != CR_C_OTHERWISE) || k->period.from > day || k->period.to < day)
                continue;
            if (next) {
                cr_c_report(c, CR_D_OVERLAP, k->pos, CR_STR(""), "one value for a time")->other = next->pos;
                return;
            }
            next = k;
        }
        if (!next) {
            cr_c_report(c, CR_D_GAP, s->name_pos, s->name, "a value for the whole period of the statement");
            return;
        }
        if (next->period.to >= s->period.to)
            return;
        day = next->period.to + 1;
    }
}

static void check_decide(cr_checker *c, cr_stmt *s)
{
    for (uint32_t i = 0; i < s->clauses.n; i++) {
        cr_clause *k = &s->clauses.at[i];
        cr_c_bool(c, k->cond);
        k->reason_code = cr_c_reason(c, k->name, k->fails.zh.n ? k->fails : k->label);
        for (uint32_t j = 0; j < i; j++)
            if (cr_str_eq(s->clauses.at[j].name, k->name) && s->clauses.at[j].period.from <= k->period.to &&
                k->period.from <= s->clauses.at[j].period.to)
                cr_c_report(c, CR_D_DUPLICATE, k->pos, k->name, "")->other = s->clauses.at[j].pos;
    }
    if (s->clauses.n == 0 && s->kind == CR_S_DECIDE)
        cr_c_report(c, CR_D_EMPTY, s->name_pos, s->name, "conditions");
}

static void reason_of(cr_checker *c, cr_clause *k)
{
    cr_expr x = {0};
    x.kind = CR_X_NAME;
    x.text = cr_c_join(c, k->reason_of, ".", CR_STR("reason"));
    x.pos = x.whole = k->pos;
    cr_c_name(c, &x, NULL);
    k->reason_ref = x.ref;
    if (x.type.kind != CR_T_ERROR && !x.ref.reason)
        cr_c_report(c, CR_D_NO_REASON, k->pos, k->reason_of, "a decision or a status");
}

static void check_status(cr_checker *c, const cr_def *d, cr_stmt *s)
{
    int otherwise = 0;
    for (uint32_t i = 0; i < s->clauses.n; i++) {
        cr_clause *k = &s->clauses.at[i];
        if (otherwise)
            cr_c_report(c, CR_D_UNREACHABLE, k->pos, k->name, "no arm after 'otherwise'");
        if (k->cond)
            cr_c_bool(c, k->cond);
        else
            otherwise |= k->period.pos.line == 0;
        k->value_index = d->type.kind == CR_T_ENUM ? cr_program_enum_value(c->p, d->type.index, k->name) : 0;
        if (d->type.kind == CR_T_BOOL)
            k->value_index = cr_str_eq(k->name, CR_STR("yes"));
        if (k->value_index < 0) {
            cr_c_report(c, CR_D_UNKNOWN_VALUE, k->pos, k->name, "a value of the status");
            k->value_index = 0;
        }
        if (k->reason.n > 0)
            k->reason_code = cr_c_reason(c, k->reason, k->reason_label);
        if (k->reason_of.n > 0)
            reason_of(c, k);
    }
    if (!otherwise)
        cr_c_report(c, CR_D_OTHERWISE, s->name_pos, s->name, "a last arm ': otherwise'");
}

static void check_rounding(cr_checker *c, cr_stmt *s)
{
    cr_expr x = {0};
    if (s->rounded_by.n == 0)
        return;
    x.kind = CR_X_NAME;
    x.text = s->rounded_by;
    x.as_parameter = 1;
    x.pos = x.whole = s->rounded_pos;
    cr_c_name(c, &x, NULL);
    s->rounded_ref = x.ref;
    if (x.type.kind == CR_T_ERROR)
        return;
    const cr_enum *e = x.type.kind == CR_T_ENUM ? &c->p->enums.at[x.type.index] : NULL;
    for (uint32_t i = 0; !e || i < e->n_values; i++)
        if (!e || e->values[i].rounding.pos.line == 0) {
            cr_c_report(c, CR_D_ROUNDING, s->rounded_pos, s->rounded_by, "VALUE = up to 1 yuan, and the like");
            return;
        }
}

static void check_version(cr_checker *c, int32_t def, cr_version *v)
{
    cr_stmt *s = v->stmt;
    const cr_def *d = &c->p->defs.at[def];
    if (s->partial)
        return;
    c->stmt = s;
    c->def = def;
    c->entity = d->entity;
    c->module = s->module;
    c->guards.n = 0;
    c->deps_from = c->p->deps.n;
    for (c->locals = 0; c->locals < s->clauses.n; c->locals++)
        if (s->clauses.at[c->locals].kind == CR_C_WHERE)
            cr_c_expr(c, s->clauses.at[c->locals].value, NULL);
    if (d->kind == CR_DEF_DEFINE) {
        check_define(c, d, s);
        check_coverage(c, s);
    } else if (d->kind == CR_DEF_STATUS) {
        check_status(c, d, s);
    } else {
        check_decide(c, s);
    }
    check_rounding(c, s);
    statement_cites(c, s);
    v->deps_from = (int32_t)c->deps_from;
    v->n_deps = (int32_t)(c->p->deps.n - c->deps_from);
}

/* ---- versions ---- */

static const cr_stmt *module_of(const cr_checker *c, cr_str name)
{
    for (uint32_t i = 0; i < c->p->modules.n; i++)
        if (cr_str_eq(c->p->modules.at[i].name, name))
            return c->p->modules.at[i].stmt;
    return NULL;
}

static void sort_versions(cr_def *d)
{
    for (uint32_t i = 1; i < d->versions.n; i++)
        for (uint32_t j = i; j > 0; j--) {
            cr_version *a = &d->versions.at[j - 1], *b = &d->versions.at[j], t;
            int order = cr_str_cmp(a->region, b->region);
            if (order < 0 || (order == 0 && a->from <= b->from))
                break;
            t = *a;
            *a = *b;
            *b = t;
        }
}

static void check_versions(cr_checker *c, cr_def *d)
{
    sort_versions(d);
    for (uint32_t i = 0; i < d->versions.n; i++) {
        const cr_version *v = &d->versions.at[i], *next = i + 1 < d->versions.n ? v + 1 : NULL;
        const cr_stmt *module = module_of(c, v->stmt->module);
        int32_t begins = v->stmt->not_before;
        int first = i == 0 || !cr_str_eq(v[-1].region, v->region);
        if (begins == CR_DATE_MIN && module)
            begins = module->not_before;
        if (first && v->region.n == 0 && v->from > CR_DATE_MIN && v->from > begins)
            cr_c_report(c, CR_D_GAP, v->stmt->name_pos, v->stmt->name, "'not in force before' the date on which it begins");
        if (!next || !cr_str_eq(next->region, v->region))
            continue;
        if (next->from <= v->to)
            cr_c_report(c, CR_D_OVERLAP, next->stmt->name_pos, next->stmt->name, "")->other = v->stmt->name_pos;
        else if (next->from > v->to + 1)
            cr_c_report(c, CR_D_GAP, next->stmt->name_pos, next->stmt->name, "")->other = v->stmt->name_pos;
    }
}

/* ---- parameters, fields ---- */

static void check_rows(cr_checker *c, const cr_param *param)
{
    cr_stmt *s = (cr_stmt *)param->stmt; /* the tree is the checker's to annotate */
    uint32_t n_keys = s->key_names.n ? s->key_names.n : 1;
    if (s->partial)
        return;
    cr_c_cites(c, &s->cites);
    for (uint32_t i = 0; i < s->rows.n; i++) {
        cr_row *row = &s->rows.at[i];
        cr_c_cites(c, &row->cites);
        if (row->cites.n == 0 && s->cites.n == 0)
            cr_c_report(c, CR_D_NO_CITATION, row->pos, s->name, "");
        if (row->keys.n != n_keys)
            cr_c_report(c, CR_D_ROW_KEYS, row->pos, CR_STR(""), "as many keys as 'keys' names");
        if (row->value)
            cr_check_literal(c->p, row->value, &param->type, c->d);
    }
}

static void check_defaults(cr_checker *c, cr_sym_field *f)
{
    cr_expr *const defaults[] = {f->decl->assume, f->decl->presume};
    c->stmt = NULL;
    c->def = -1;
    c->entity = f->entity;
    c->module = f->module;
    c->lenient = 1;
    c->deps_from = c->p->deps.n;
    for (int i = 0; i < 2; i++)
        if (defaults[i]) {
            cr_c_expr(c, defaults[i], &f->type);
            cr_c_agree(c, defaults[i]->pos, &f->type, &defaults[i]->type);
        }
    c->lenient = 0;
    f->assume = f->decl->assume;
    f->presume = f->decl->presume;
}

void cr_c_rules(cr_checker *c)
{
    for (uint32_t i = 0; i < c->p->fields.n && !c->oom; i++)
        check_defaults(c, &c->p->fields.at[i]);
    for (uint32_t i = 0; i < c->p->params.n && !c->oom; i++)
        check_rows(c, &c->p->params.at[i]);
    for (uint32_t i = 0; i < c->p->defs.n && !c->oom; i++)
        for (uint32_t k = 0; k < c->p->defs.at[i].versions.n && !c->oom; k++)
            check_version(c, (int32_t)i, &c->p->defs.at[i].versions.at[k]);
    for (uint32_t i = 0; i < c->p->defs.n && !c->oom; i++)
        check_versions(c, &c->p->defs.at[i]);
}

int cr_check(cr_program *program, cr_ast *ast, cr_diags *diags)
{
    cr_checker c = {0};
    uint32_t errors = diags->errors;
    memset(program, 0, sizeof *program);
    program->arena = c.arena = ast->arena;
    cr_map_init(&program->param_map, ast->arena);
    cr_map_init(&program->def_map, ast->arena);
    c.p = program;
    c.ast = ast;
    c.d = diags;
    cr_c_declare(&c);
    if (!c.oom)
        cr_c_rules(&c);
    if (!c.oom && diags->errors == errors)
        cr_c_order(&c);
    return c.oom || ast->arena->oom ? 2 : diags->errors > errors;
}
