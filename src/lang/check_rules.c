/* SPDX-License-Identifier: Apache-2.0 */
/* Statements: their expressions, roundings, citations and versions. */
#include <string.h>

#include "lang/check_internal.h"

void cr_c_memory(cr_checker *c)
{
    c->oom = 1;
}

cr_diag *cr_c_report(cr_checker *c, cr_diag_code code, cr_pos pos, cr_str found,
                     const char *expected)
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
    cite->source_index = cr_map_get(&c->p->source_map, cite->source);
    if (cite->source_index >= 0)
        return;
    for (uint32_t i = 0; i < c->p->sources.n && n < 512; i++)
        names[n++] = c->p->sources.at[i].name;
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

static const cr_stmt *module_of(const cr_checker *c, cr_str name)
{
    for (uint32_t i = 0; i < c->p->modules.n; i++)
        if (cr_str_eq(c->p->modules.at[i].name, name))
            return c->p->modules.at[i].stmt;
    return NULL;
}

/* The date before which the statement or its module says that nothing is in force. */
static int32_t declared_start(const cr_checker *c, const cr_stmt *s)
{
    const cr_stmt *module = module_of(c, s->module);
    return s->not_before != CR_DATE_MIN || !module ? s->not_before : module->not_before;
}

/* Citations that have a time of their own must not leave a time of the statement without one. */
static void cites_cover(cr_checker *c, const cr_stmt *s)
{
    int32_t start = declared_start(c, s), day = s->period.from > start ? s->period.from : start;
    for (uint32_t n = 0; n < s->cites.n && day <= s->period.to; n++) {
        int32_t before = day;
        for (uint32_t i = 0; i < s->cites.n; i++) {
            const cr_period p = s->cites.at[i].period;
            if (p.from <= day && p.to >= day)
                day = p.to >= s->period.to ? CR_DATE_MAX + 1 : p.to + 1;
        }
        if (day == before)
            break;
    }
    if (s->cites.n > 0 && day <= s->period.to)
        cr_c_report(c, CR_D_CITE_PERIOD, s->name_pos, s->name, "");
}

static void statement_cites(cr_checker *c, cr_stmt *s)
{
    cr_c_cites(c, &s->cites);
    if (!all_lines_cite(s))
        cites_cover(c, s);
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

static int is_base(const cr_clause *k)
{
    return k->kind == CR_C_VALUE || k->kind == CR_C_OTHERWISE;
}

static int32_t later_of(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static int32_t earlier_of(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* Within the statement, `a` stands whenever `b` does. */
static int covers(const cr_stmt *s, const cr_clause *a, const cr_clause *b)
{
    return a->period.from <= later_of(b->period.from, s->period.from) &&
           a->period.to >= earlier_of(b->period.to, s->period.to);
}

/* A line is read where the lines above it fail: those that stand whenever it does. */
static void guard_by_lines(cr_checker *c, const cr_stmt *s, uint32_t line)
{
    for (uint32_t i = 0; i < line; i++)
        if (s->clauses.at[i].kind == CR_C_WHEN &&
            covers(s, &s->clauses.at[i], &s->clauses.at[line]))
            cr_c_guard(c, s->clauses.at[i].cond, 1);
}

static int never_reached(const cr_stmt *s, uint32_t line)
{
    const cr_clause *k = &s->clauses.at[line];
    if (k->period.from > s->period.to || k->period.to < s->period.from)
        return 1;
    for (uint32_t i = 0; k->kind == CR_C_WHEN && i < line; i++)
        if (is_base(&s->clauses.at[i]) && covers(s, &s->clauses.at[i], k))
            return 1;
    return 0;
}

static void check_line(cr_checker *c, const cr_def *d, const cr_stmt *s, uint32_t line)
{
    cr_clause *k = &s->clauses.at[line];
    uint32_t guards = c->guards.n;
    guard_by_lines(c, s, line);
    if (k->kind == CR_C_WHEN) {
        cr_c_bool(c, k->cond);
        cr_c_guard(c, k->cond, 0);
    }
    check_value(c, d, k->value);
    c->guards.n = guards;
    if (never_reached(s, line))
        cr_c_report(c, CR_D_UNREACHABLE, k->pos, CR_STR(""),
                    "a line within the time of the statement, above its '=' or 'otherwise'");
}

/* Two values for one time; the second place, NULL = none. */
static const cr_clause *two_values(const cr_stmt *s, const cr_clause **first)
{
    for (uint32_t i = 0; i < s->clauses.n; i++)
        for (uint32_t j = 0; j < i; j++) {
            const cr_clause *a = &s->clauses.at[j], *b = &s->clauses.at[i];
            int32_t from = later_of(s->period.from, later_of(a->period.from, b->period.from));
            int32_t to = earlier_of(s->period.to, earlier_of(a->period.to, b->period.to));
            if (is_base(a) && is_base(b) && from <= to) {
                *first = a;
                return b;
            }
        }
    return NULL;
}

/* Values without a condition follow one another in time: without gap and overlap within the
 * statement. */
static void check_coverage(cr_checker *c, const cr_stmt *s)
{
    int32_t day = s->period.from;
    const cr_clause *first = NULL, *second = two_values(s, &first);
    if (second) {
        cr_c_report(c, CR_D_OVERLAP, second->pos, CR_STR(""), "one value for a time")->other =
            first->pos;
        return;
    }
    for (uint32_t n = 0; n <= s->clauses.n && day <= s->period.to; n++) {
        const cr_clause *next = NULL;
        for (uint32_t i = 0; i < s->clauses.n && !next; i++)
            if (is_base(&s->clauses.at[i]) && s->clauses.at[i].period.from <= day &&
                s->clauses.at[i].period.to >= day)
                next = &s->clauses.at[i];
        if (!next) {
            cr_c_report(c, CR_D_GAP, s->name_pos, s->name,
                        "a value for the whole period of the statement");
            return;
        }
        if (next->period.to >= s->period.to)
            return;
        day = next->period.to + 1;
    }
}

static void check_define(cr_checker *c, const cr_def *d, cr_stmt *s)
{
    int whens = 0, base = 0;
    for (uint32_t i = 0; i < s->clauses.n; i++) {
        if (s->clauses.at[i].kind == CR_C_WHERE)
            continue;
        check_line(c, d, s, i);
        whens += s->clauses.at[i].kind == CR_C_WHEN;
        base += is_base(&s->clauses.at[i]);
    }
    if (base)
        check_coverage(c, s);
    else if (whens)
        cr_c_report(c, CR_D_OTHERWISE, s->name_pos, s->name, "");
    else
        cr_c_report(c, CR_D_EMPTY, s->name_pos, s->name, "'= …' or 'when … = …'");
}

/* `at least n of` fewer than n conditions can never hold. */
static void check_group(cr_checker *c, const cr_stmt *s, uint32_t first)
{
    const cr_clause *k = &s->clauses.at[first];
    int64_t n = 0;
    if (k->group != CR_GROUP_AT_LEAST ||
        (first > 0 && s->clauses.at[first - 1].group_no == k->group_no))
        return;
    for (uint32_t i = first; i < s->clauses.n; i++)
        n += s->clauses.at[i].group_no == k->group_no;
    if (k->at_least < 1 || k->at_least > n)
        cr_c_report(c, CR_D_RANGE, k->pos, k->name,
                    "at least 1 and no more than there are conditions in the group");
}

static void check_decide(cr_checker *c, cr_stmt *s)
{
    for (uint32_t i = 0; i < s->clauses.n; i++) {
        cr_clause *k = &s->clauses.at[i];
        cr_c_bool(c, k->cond);
        k->reason_code = cr_c_reason(c, k->name, k->fails.zh.n ? k->fails : k->label);
        check_group(c, s, i);
        for (uint32_t j = 0; j < i; j++)
            if (cr_str_eq(s->clauses.at[j].name, k->name) &&
                s->clauses.at[j].period.from <= k->period.to &&
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
        k->value_index =
            d->type.kind == CR_T_ENUM ? cr_program_enum_value(c->p, d->type.index, k->name) : 0;
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

/* A step may leave out `per month` and the like, as other literals may. */
static void check_step(cr_checker *c, const cr_rounding *r, const cr_type *type, cr_pos pos)
{
    int fits = 1;
    for (int i = 0; i < CR_DIM_COUNT; i++)
        fits &= r->unit.e[i] == type->unit.e[i] || (r->unit.e[i] == 0 && type->unit.e[i] < 0);
    if (r->step.num <= 0)
        cr_c_report(c, CR_D_RANGE, pos, CR_STR(""), "a step greater than 0");
    else if (r->has_unit && !fits)
        cr_c_report(c, CR_D_UNIT, pos, CR_STR(""), "a step in the unit of what is rounded");
}

static void check_rounding(cr_checker *c, cr_stmt *s, const cr_type *type)
{
    cr_expr x = {0};
    int rounds = s->rounded_by.n > 0 || s->rounding.pos.line > 0;
    if (rounds && type->kind != CR_T_NUMBER && type->kind != CR_T_ERROR) {
        cr_c_report(c, CR_D_TYPE, s->rounded_pos, CR_STR(""), "a number or an amount to round");
        return;
    }
    if (s->rounding.pos.line > 0)
        check_step(c, &s->rounding, type, s->rounded_pos);
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
            cr_c_report(c, CR_D_ROUNDING, s->rounded_pos, s->rounded_by,
                        "VALUE = up to 1 yuan, and the like");
            return;
        } else {
            check_step(c, &e->values[i].rounding, type, s->rounded_pos);
        }
}

/* ---- require ---- */

/* The inputs that `else` blames. Naming them reads nothing, so no dependency stays. */
static void check_else(cr_checker *c, const cr_stmt *s)
{
    for (uint32_t i = 0; i < s->else_names.n && !c->oom; i++) {
        cr_expr x = {0};
        uint32_t deps = c->p->deps.n;
        x.kind = CR_X_NAME;
        x.text = s->else_names.at[i];
        x.pos = x.whole = s->else_pos.at[i];
        cr_c_name(c, &x, NULL);
        c->p->deps.n = deps;
        if (x.type.kind != CR_T_ERROR && x.ref.kind != CR_REF_FIELD)
            cr_c_report(c, CR_D_TYPE, x.pos, x.text, "an input");
    }
}

static void check_wheres(cr_checker *c, const cr_stmt *s)
{
    for (uint32_t i = 0; i < s->clauses.n; i++)
        for (uint32_t j = 0; j < i; j++)
            if (s->clauses.at[i].kind == CR_C_WHERE && s->clauses.at[j].kind == CR_C_WHERE &&
                cr_str_eq(s->clauses.at[i].name, s->clauses.at[j].name))
                cr_c_report(c, CR_D_DUPLICATE, s->clauses.at[i].pos, s->clauses.at[i].name, "")
                    ->other = s->clauses.at[j].pos;
}

/* Where a carried value begins; and what passes on must say how many decimals it has. */
static void check_start(cr_checker *c, const cr_def *d, const cr_stmt *s)
{
    c->lenient = 1;
    check_value(c, d, s->starts);
    c->lenient = 0;
    if (d->type.kind > CR_T_ENUM || (d->type.kind == CR_T_NUMBER && d->type.decimals < 0))
        cr_c_report(c, CR_D_TYPE, s->name_pos, s->name,
                    "yes/no, a date, a month, a word, or a number with decimals");
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
    c->later_from = c->p->later.n;
    for (c->locals = 0; c->locals < s->clauses.n; c->locals++)
        if (s->clauses.at[c->locals].kind == CR_C_WHERE)
            cr_c_expr(c, s->clauses.at[c->locals].value, NULL);
    if (s->kind == CR_S_TABLE) {
        cr_c_table(c, d, s);
    } else if (d->kind == CR_DEF_DEFINE) {
        check_define(c, d, s);
    } else if (d->kind == CR_DEF_STATUS) {
        check_status(c, d, s);
    } else {
        check_decide(c, s);
    }
    if (s->kind != CR_S_TABLE)
        cr_c_reach(c, s);
    if (s->starts)
        check_start(c, d, s);
    check_rounding(c, s, &d->type);
    check_wheres(c, s);
    check_else(c, s);
    statement_cites(c, s);
    v->deps_from = (int32_t)c->deps_from;
    v->n_deps = (int32_t)(c->p->deps.n - c->deps_from);
    v->later_from = (int32_t)c->later_from;
    v->n_later = (int32_t)(c->p->later.n - c->later_from);
}

/* ---- versions ---- */

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
        int32_t begins = declared_start(c, v->stmt);
        int first = i == 0 || !cr_str_eq(v[-1].region, v->region);
        if (i == 0)
            d->not_before = begins;
        if (first && v->region.n == 0 && v->from > CR_DATE_MIN && v->from > begins)
            cr_c_report(c, CR_D_GAP, v->stmt->name_pos, v->stmt->name,
                        "'not in force before' the date on which it begins");
        if (!next || !cr_str_eq(next->region, v->region))
            continue;
        if (next->from <= v->to)
            cr_c_report(c, CR_D_OVERLAP, next->stmt->name_pos, next->stmt->name, "")->other =
                v->stmt->name_pos;
        else if (next->from > v->to + 1)
            cr_c_report(c, CR_D_GAP, next->stmt->name_pos, next->stmt->name, "")->other =
                v->stmt->name_pos;
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
        if ((row->bound != 0) != (s->option == 2))
            cr_c_report(c, CR_D_LIMIT, row->pos, s->name, "");
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
    cr_map_init(&program->source_map, ast->arena);
    cr_map_init(&program->enum_map, ast->arena);
    cr_map_init(&program->reason_map, ast->arena);
    c.p = program;
    c.ast = ast;
    c.d = diags;
    cr_c_declare(&c);
    if (!c.oom)
        cr_c_rules(&c);
    if (!c.oom && diags->errors == errors)
        cr_c_order(&c);
    if (!c.oom && diags->errors == errors)
        cr_c_unread(&c);
    return c.oom || ast->arena->oom ? 2 : diags->errors > errors;
}
