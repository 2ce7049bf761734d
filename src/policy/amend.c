/* SPDX-License-Identifier: Apache-2.0 */
/* Amendments on syntax trees, and parameter rows written in other files than their declaration. */
#include <string.h>

#include "base/date.h"
#include "base/map.h"
#include "policy/amend.h"

typedef struct cr_amender {
    cr_ast *ast;
    cr_diags *d;
    cr_map first;          /* by name: the first statement of that name */
    int32_t *next;         /* per statement: the next one of its name; -1 = none */
    const cr_stmt *target; /* whose rows are being amended, */
    CR_VEC(uint32_t)
    key_hash; /* and a hash of the keys of each, so that most need no second look */
    int oom;
} cr_amender;

static cr_diag *report(cr_amender *a, cr_diag_code code, cr_pos pos, cr_str found,
                       const char *expected)
{
    return cr_diag_add(a->d, code, pos, found, cr_str_of(expected));
}

/* ---- what stands ---- */

/* More rows for a parameter that is declared elsewhere. */
static int is_rows_only(const cr_stmt *s)
{
    return s->kind == CR_S_PARAMETER && s->type.word == CR_TW_ERROR;
}

static int is_change(const cr_stmt *s)
{
    return s->kind == CR_S_AMEND || s->kind == CR_S_REMOVE || s->is_replace || is_rows_only(s);
}

/* Amendments change what statements say, not how they are called: the index is made once. */
static int index_names(cr_amender *a)
{
    uint32_t n = a->ast->stmts.n;
    int32_t *last = cr_arena_get(a->ast->arena, (size_t)n + 1, sizeof *last);
    a->next = cr_arena_get(a->ast->arena, (size_t)n + 1, sizeof *a->next);
    cr_map_init(&a->first, a->ast->arena);
    if (!last || !a->next)
        return 2;
    for (uint32_t i = 0; i < n; i++) {
        const cr_stmt *s = a->ast->stmts.at[i];
        cr_str name = s->name;
        int32_t first = cr_map_get(&a->first, name);
        a->next[i] = -1;
        if (is_change(s) && !s->is_replace)
            continue; /* it never stands */
        if (first < 0 && cr_map_put(&a->first, name, (int32_t)i) < 0)
            return 2;
        first = first < 0 ? (int32_t)i : first;
        if (first != (int32_t)i)
            a->next[last[first]] = (int32_t)i;
        last[first] = (int32_t)i;
    }
    return 0;
}

/* From here on nobody finds it, and it is left out in the end. */
static void drop(cr_stmt *s)
{
    s->kind = CR_S_REMOVE;
    s->broken = 1;
}

static cr_stmt *declared_parameter(const cr_amender *a, cr_str name)
{
    for (int32_t i = cr_map_get(&a->first, name); i >= 0; i = a->next[i]) {
        cr_stmt *s = a->ast->stmts.at[i];
        if (s->kind == CR_S_PARAMETER && !is_change(s))
            return s;
    }
    return NULL;
}

/* What a replacement or removal speaks of: same name, kind, beginning and place. */
static cr_stmt *standing(const cr_amender *a, const cr_stmt *s)
{
    for (int32_t i = cr_map_get(&a->first, s->name); i >= 0; i = a->next[i]) {
        cr_stmt *t = a->ast->stmts.at[i];
        if (t != s && !is_change(t) && (s->kind == CR_S_REMOVE || t->kind == s->kind) &&
            t->period.from == s->period.from && cr_str_eq(t->region, s->region))
            return t;
    }
    return NULL;
}

static int has_value(const cr_stmt *s)
{
    return (s->kind == CR_S_PARAMETER && !is_rows_only(s)) ||
           (s->kind >= CR_S_DEFINE && s->kind <= CR_S_STATUS);
}

static void missing(cr_amender *a, const cr_stmt *s, cr_diag_code code, const char *expected)
{
    cr_str names[1024];
    size_t n = 0, at = 0;
    int rows = s->kind == CR_S_PARAMETER || s->kind == CR_S_AMEND;
    cr_diag *d = report(a, code, s->name_pos, s->name, expected);
    if (d == &a->d->scratch) /* not kept: no need to look for more */
        return;
    for (uint32_t i = 0; i < a->ast->stmts.n && n < 1024; i++) {
        const cr_stmt *t = a->ast->stmts.at[i];
        if (t != s && t->name.n > 0 && (rows ? has_value(t) : !is_change(t)))
            names[n++] = t->name;
    }
    if (cr_nearest(s->name, names, n, &at) && !cr_str_eq(names[at], s->name))
        d->nearest = names[at];
}

/* ---- parameters ---- */

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

static uint32_t mix(uint32_t hash, uint64_t bits)
{
    uint64_t h = ((uint64_t)hash ^ bits) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(h >> 32) ^ (uint32_t)h;
}

/* Equal for keys that are the same. */
static uint32_t hash_keys(const cr_row *row)
{
    uint32_t h = row->keys.n;
    for (uint32_t i = 0; i < row->keys.n; i++) {
        const cr_row_key *k = &row->keys.at[i];
        int number = k->kind == CR_KEY_INT || k->kind == CR_KEY_BAND;
        h = mix(h, k->kind);
        for (size_t c = 0; !number && c < k->text.n; c++)
            h = mix(h, (unsigned char)k->text.p[c]);
        if (number)
            h = mix(mix(h, (uint64_t)k->from.num), (uint64_t)k->to.num);
    }
    return h;
}

/* The hashes of the rows of a parameter: made anew when another one is amended, and as rows come.
 */
static void hash_rows(cr_amender *a, const cr_stmt *target)
{
    if (a->target != target)
        a->key_hash.n = 0;
    a->target = target;
    for (uint32_t i = a->key_hash.n; i < target->rows.n && !a->oom; i++)
        if (!CR_PUSH(a->ast->arena, a->key_hash, hash_keys(&target->rows.at[i])))
            a->oom = 1;
}

static void push_row(cr_amender *a, cr_stmt *to, const cr_stmt *from, const cr_row *row)
{
    cr_row copy = *row;
    if (copy.cites.n == 0)
        copy.cites = from->cites;
    if (!CR_PUSH(a->ast->arena, to->rows, copy))
        a->oom = 1;
}

static int same_value(const cr_expr *x, const cr_expr *y, int depth)
{
    if (!x || !y)
        return x == y;
    if (depth > 20 || x->kind != y->kind || x->args.n != y->args.n ||
        x->number.num != y->number.num || x->number.den != y->number.den ||
        x->integer != y->integer || !cr_str_eq(x->text, y->text) || !cr_unit_same(x->unit, y->unit))
        return 0;
    for (uint32_t i = 0; i < x->args.n; i++)
        if (!same_value(x->args.at[i], y->args.at[i], depth + 1))
            return 0;
    return same_value(x->a, y->a, depth + 1) && same_value(x->b, y->b, depth + 1);
}

static int says_the_same(const cr_row *old, const cr_row *row)
{
    return same_value(old->value, row->value, 0) && old->bound == row->bound &&
           old->then_as_parent == row->then_as_parent && old->confirmed_to == row->confirmed_to &&
           (row->period.to == CR_DATE_MAX || row->period.to == old->period.to);
}

/* The row of the same keys in which a day lies: the latest that has begun by then, since a row
 * without an end stops where the next one begins. */
static cr_row *row_at(cr_amender *a, cr_stmt *target, const cr_row *row)
{
    cr_row *found = NULL;
    uint32_t hash = hash_keys(row);
    hash_rows(a, target);
    for (uint32_t i = 0; i < target->rows.n && !a->oom; i++) {
        cr_row *old = &target->rows.at[i];
        if (a->key_hash.at[i] == hash && same_keys(old, row) &&
            old->period.from <= row->period.from &&
            (!found || old->period.from > found->period.from))
            found = old;
    }
    return found && found->period.to >= row->period.from ? found : NULL;
}

/* The row takes its span from the one in which it begins: that one ends the day before, and its
 * written end passes on. */
static void amend_row(cr_amender *a, cr_stmt *target, const cr_stmt *s, cr_row *row)
{
    cr_row *old = row_at(a, target, row);
    if (old && says_the_same(old, row)) {
        report(a, CR_D_AMEND_NOTHING, row->pos, CR_STR(""), "another value")->other = old->pos;
        return;
    }
    if (old && row->period.to == CR_DATE_MAX)
        row->period.to = old->period.to;
    if (old && row->period.from == old->period.from) {
        cr_cites cites = row->cites.n ? row->cites : s->cites;
        *old = *row;
        old->cites = cites;
        return;
    }
    if (old)
        old->period.to = row->period.from - 1;
    push_row(a, target, s, row);
}

/* What only a declaration says would be lost here. */
static void only_rows(cr_amender *a, const cr_stmt *s)
{
    if (s->key_names.n > 0 || s->local_only || s->check)
        report(a, CR_D_CLAUSE, s->key_names.n ? s->key_pos.at[0] : s->name_pos,
               s->key_names.n ? s->key_names.at[0] : s->name,
               "rows and citations; keys, 'local only' and 'check' belong to the declaration");
}

static void amend_parameter(cr_amender *a, const cr_stmt *s)
{
    cr_stmt *target = declared_parameter(a, s->name);
    only_rows(a, s);
    if (!target) {
        missing(a, s, CR_D_AMEND_TARGET, "a declared parameter");
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
    only_rows(a, s);
    if (!target) {
        missing(a, s, CR_D_UNKNOWN_NAME, "a declared parameter");
        return;
    }
    for (uint32_t i = 0; i < s->rows.n && !a->oom; i++)
        push_row(a, target, s, &s->rows.at[i]);
}

/* ---- statements ---- */

static void replace(cr_amender *a, cr_stmt *s)
{
    cr_stmt *old = standing(a, s);
    if (!old) {
        missing(a, s, CR_D_AMEND_TARGET, "the name and beginning of what stands");
        s->broken = 1; /* one finding is enough */
        return;
    }
    if (s->module.n == 0)
        s->module = old->module;
    drop(old);
    s->is_replace = 0;
}

static void remove_statement(cr_amender *a, const cr_stmt *s)
{
    cr_stmt *old = standing(a, s);
    if (old)
        drop(old);
    else
        missing(a, s, CR_D_AMEND_TARGET, "the name and beginning of what stands");
}

static void apply(cr_amender *a, cr_stmt *s)
{
    if (s->kind == CR_S_AMEND)
        amend_parameter(a, s);
    else if (s->kind == CR_S_REMOVE)
        remove_statement(a, s);
    else if (is_rows_only(s))
        add_rows(a, s);
    else if (s->is_replace)
        replace(a, s);
}

static void drop_done(cr_amender *a)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->ast->stmts.n; i++) {
        cr_stmt *s = a->ast->stmts.at[i];
        if (s->kind != CR_S_AMEND && s->kind != CR_S_REMOVE && !s->broken && !is_rows_only(s))
            a->ast->stmts.at[n++] = s;
    }
    a->ast->stmts.n = n;
}

/* Packs stand in no order, so their rows are joined before anything is changed; amendments are read
 * from top to bottom. */
int cr_amend_apply(cr_ast *ast, const cr_file *files, cr_diags *diags)
{
    cr_amender a = {0};
    uint32_t errors = diags->errors;
    a.ast = ast;
    a.d = diags;
    if (index_names(&a))
        return 2;
    for (int late = 0; late < 2; late++)
        for (uint32_t i = 0; i < ast->stmts.n && !a.oom; i++) {
            cr_stmt *s = ast->stmts.at[i];
            int early = is_rows_only(s) && !files[s->pos.file].is_amendment;
            if (!s->broken && early != late)
                apply(&a, s);
        }
    drop_done(&a);
    return a.oom ? 2 : diags->errors > errors;
}
