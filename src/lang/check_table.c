/* SPDX-License-Identifier: Apache-2.0 */
/* Decision tables: types of columns and cells, and the proof that rows leave no gap and (where the
   table says unique) do not overlap.

   Cells state constants, so the values of a column fall into a few classes (*atoms*) that no cell
   tells apart: each constant by itself and what lies between two of them. A table is complete if
   every combination of atoms has a row; what has none is named in the finding. */
#include <string.h>

#include "lang/check_internal.h"

enum {
    MAX_COLUMNS = 16,
    MAX_CONSTANTS = 2048, /* of one column, with those that stand twice */
    MAX_STEPS = 2000000,  /* combinations looked at before the proof is given up */
    ROW_WORDS = 16,       /* rows are bits: at most 1024 */
};

typedef struct cr_atom { /* a class of values, by one of them */
    cr_rat value;        /* enum: index; yes/no: 0, 1; dates and months: their number */
    uint8_t none;        /* an event that has not happened */
} cr_atom;

typedef struct cr_rows { /* a set of rows */
    uint64_t bits[ROW_WORDS];
} cr_rows;

typedef struct cr_column {
    cr_atom *atoms;
    cr_rows *passes; /* per atom: rows whose cell holds */
    uint32_t n;
} cr_column;

typedef struct cr_table {
    cr_checker *c;
    const cr_stmt *s;
    uint32_t n_rows, n_columns, words, steps;
    cr_column columns[MAX_COLUMNS];
    uint32_t witness[MAX_COLUMNS];
} cr_table;

/* ---- constants ---- */

static int is_cell(cr_xkind kind)
{
    return kind == CR_X_LT || kind == CR_X_LE || kind == CR_X_GT || kind == CR_X_GE ||
           kind == CR_X_IS;
}

/* Every constant of a cell, in turn. */
static void each_constant(const cr_expr *x, void (*visit)(void *, const cr_expr *), void *user)
{
    if (x->kind == CR_X_AND || x->kind == CR_X_OR || x->kind == CR_X_NOT) {
        each_constant(x->a, visit, user);
        if (x->b)
            each_constant(x->b, visit, user);
    } else if (is_cell((cr_xkind)x->kind)) {
        visit(user, x->b);
    }
    for (uint32_t i = 0; x->kind == CR_X_IN && i < x->args.n; i++) {
        const cr_expr *item = x->args.at[i];
        visit(user, item->kind == CR_X_RANGE ? item->a : item);
        if (item->kind == CR_X_RANGE)
            visit(user, item->b);
    }
}

static int constant(const cr_checker *c, const cr_expr *x, const cr_type *type, cr_rat *out)
{
    cr_literal v;
    if (cr_check_value(c->p, x, type, &v) || v.is_none)
        return 1;
    *out = v.number;
    return 0;
}

typedef struct cr_seek { /* the constants of a column, in order */
    cr_checker *c;
    const cr_type *type;
    cr_rat *at;
    uint32_t n;
    int bad;
} cr_seek;

static void count_constant(void *user, const cr_expr *x)
{
    (void)x;
    ++*(uint32_t *)user;
}

static void seek_constant(void *user, const cr_expr *x)
{
    cr_seek *s = user;
    cr_rat v;
    uint32_t i = 0;
    if (x->type.kind == CR_T_ERROR || x->kind == CR_X_NONE)
        return;
    if (constant(s->c, x, s->type, &v)) {
        if (!s->bad)
            cr_c_report(s->c, CR_D_TABLE_CELL, x->pos, x->text,
                        "a constant; other comparisons make a yes/no column");
        s->bad = 1;
        return;
    }
    while (i < s->n && cr_rat_cmp(s->at[i], v) < 0)
        i++;
    if (i < s->n && cr_rat_cmp(s->at[i], v) == 0)
        return;
    memmove(&s->at[i + 1], &s->at[i], (s->n - i) * sizeof *s->at);
    s->at[i] = v;
    s->n++;
}

/* ---- atoms ---- */

static void add_atom(cr_column *col, cr_rat value, int none)
{
    cr_atom a = {value, (uint8_t)none};
    col->atoms[col->n++] = a;
}

static void add_whole(cr_column *col, int64_t value)
{
    cr_rat v = {value, 1};
    add_atom(col, v, 0);
}

/* The grid that values of the type stand on: 1 for whole numbers, dates, months; 0 = none. */
static cr_rat grid(const cr_type *type)
{
    cr_rat g = {1, 1};
    if (type->kind == CR_T_NUMBER && (type->decimals < 0 || type->decimals > 18))
        g.num = 0;
    for (int32_t i = 0; type->kind == CR_T_NUMBER && i < type->decimals && g.num; i++)
        g.den *= 10;
    return g;
}

/* Only a field says its range; what is computed may be anything. */
static int bounds(const cr_expr *column, cr_rat g, cr_rat *lo, cr_rat *hi)
{
    const cr_type *type = &column->type;
    if (cr_type_is_time(type)) {
        int32_t first, last;
        cr_time_bounds(type, &first, &last);
        lo->num = first;
        hi->num = last;
        lo->den = hi->den = 1;
        return 1;
    }
    if (column->kind != CR_X_NAME || column->ref.kind != CR_REF_FIELD || g.num == 0)
        return 0;
    return cr_rat_make(type->lo, g.den, lo) == 0 && cr_rat_make(type->hi, g.den, hi) == 0;
}

/* A value between two constants, if the grid has one. */
static int between(cr_rat a, cr_rat b, cr_rat g, cr_rat *out)
{
    cr_rat half = {1, 2};
    if (g.num)
        return cr_rat_add(a, g, out) == 0 && cr_rat_cmp(*out, b) < 0;
    return cr_rat_add(a, b, out) == 0 && cr_rat_mul(*out, half, out) == 0;
}

static void ordered_atoms(cr_column *col, const cr_expr *column, const cr_seek *s)
{
    cr_rat one = {1, 1}, g = grid(&column->type), step = g.num ? g : one, lo, hi, v;
    int bounded = bounds(column, g, &lo, &hi);
    if (s->n == 0) {
        add_atom(col, bounded ? lo : one, 0);
        return;
    }
    if (!bounded || cr_rat_cmp(lo, s->at[0]) < 0) {
        if (cr_rat_sub(s->at[0], step, &v) == 0)
            add_atom(col, v, 0);
    }
    for (uint32_t i = 0; i < s->n; i++) {
        if (!bounded || (cr_rat_cmp(lo, s->at[i]) <= 0 && cr_rat_cmp(s->at[i], hi) <= 0))
            add_atom(col, s->at[i], 0);
        if (i + 1 < s->n && between(s->at[i], s->at[i + 1], g, &v))
            add_atom(col, v, 0);
    }
    if (!bounded || cr_rat_cmp(s->at[s->n - 1], hi) < 0) {
        if (cr_rat_add(s->at[s->n - 1], step, &v) == 0)
            add_atom(col, v, 0);
    }
}

/* A field says whether it is an event; a definition may pass one on. */
static int may_not_have_happened(const cr_expr *column)
{
    int has_none = column->type.kind == CR_T_ENUM || cr_type_is_time(&column->type);
    return column->type.event ||
           (has_none && column->kind == CR_X_NAME &&
            (column->ref.kind == CR_REF_DEF || column->ref.kind == CR_REF_ARG));
}

static void make_atoms(cr_table *t, cr_column *col, const cr_expr *column, const cr_seek *s)
{
    cr_rat zero = {0, 1};
    if (column->type.kind == CR_T_BOOL) {
        add_whole(col, 0);
        add_whole(col, 1);
    } else if (column->type.kind == CR_T_ENUM) {
        for (uint32_t i = 0; i < t->c->p->enums.at[column->type.index].n_values; i++)
            add_whole(col, i);
    } else {
        ordered_atoms(col, column, s);
    }
    if (may_not_have_happened(column))
        add_atom(col, zero, 1);
}

/* ---- does a cell hold for an atom? ---- */

static int order_of(const cr_checker *c, const cr_expr *x, const cr_type *type, cr_atom a)
{
    cr_rat v = {0, 1};
    if (a.none) /* never: later than every date; a code that is equal to no value */
        return 1;
    constant(c, x, type, &v);
    return cr_rat_cmp(a.value, v);
}

static int holds(const cr_checker *c, const cr_expr *x, const cr_type *type, cr_atom a)
{
    switch (x->kind) {
    case CR_X_AND: return holds(c, x->a, type, a) && holds(c, x->b, type, a);
    case CR_X_OR: return holds(c, x->a, type, a) || holds(c, x->b, type, a);
    case CR_X_NOT: return !holds(c, x->a, type, a);
    case CR_X_LT: return order_of(c, x->b, type, a) < 0;
    case CR_X_LE: return order_of(c, x->b, type, a) <= 0;
    case CR_X_GT: return order_of(c, x->b, type, a) > 0;
    case CR_X_GE: return order_of(c, x->b, type, a) >= 0;
    case CR_X_IS_NONE: return a.none;
    case CR_X_IS: return !a.none && order_of(c, x->b, type, a) == 0;
    default: break;
    }
    for (uint32_t i = 0; i < x->args.n; i++) {
        const cr_expr *item = x->args.at[i];
        if (item->kind != CR_X_RANGE && !a.none && order_of(c, item, type, a) == 0)
            return 1;
        if (item->kind == CR_X_RANGE && order_of(c, item->a, type, a) >= 0 &&
            order_of(c, item->b, type, a) <= 0)
            return 1;
    }
    return 0;
}

/* Atoms that the same rows take are one: no proof has to look at both. */
static void merge_atoms(cr_column *col)
{
    uint32_t kept = 0;
    for (uint32_t a = 0; a < col->n; a++) {
        uint32_t b = 0;
        while (b < kept && memcmp(&col->passes[a], &col->passes[b], sizeof *col->passes) != 0)
            b++;
        if (b < kept)
            continue;
        col->atoms[kept] = col->atoms[a];
        col->passes[kept++] = col->passes[a];
    }
    col->n = kept;
}

static int make_passes(cr_table *t, uint32_t k)
{
    cr_column *col = &t->columns[k];
    const cr_type *type = &t->s->columns.at[k]->type;
    col->passes = cr_arena_get(t->c->arena, (size_t)col->n + 1, sizeof *col->passes);
    if (!col->passes)
        return 1;
    for (uint32_t i = 0, row = 0; i < t->s->clauses.n; i++) {
        const cr_clause *r = &t->s->clauses.at[i];
        if (r->kind != CR_C_WHEN)
            continue;
        for (uint32_t a = 0; a < col->n; a++)
            if (!r->cells.at[k] || holds(t->c, r->cells.at[k], type, col->atoms[a]))
                col->passes[a].bits[row / 64] |= UINT64_C(1) << (row % 64);
        row++;
    }
    merge_atoms(col);
    return 0;
}

static void each_of_column(const cr_table *t, uint32_t k, void (*visit)(void *, const cr_expr *),
                           void *user)
{
    for (uint32_t i = 0; i < t->s->clauses.n; i++)
        if (t->s->clauses.at[i].cells.n > k && t->s->clauses.at[i].cells.at[k])
            each_constant(t->s->clauses.at[i].cells.at[k], visit, user);
}

static int make_column(cr_table *t, uint32_t k)
{
    cr_checker *c = t->c;
    cr_column *col = &t->columns[k];
    const cr_expr *column = t->s->columns.at[k];
    cr_seek seek = {c, &column->type, NULL, 0, 0};
    uint32_t constants = 0, most;
    each_of_column(t, k, count_constant, &constants);
    if (constants > MAX_CONSTANTS) {
        cr_c_report(c, CR_D_TOO_MANY, column->pos, column->text, "at most 2048 constants a column");
        return 1;
    }
    /* between, before and behind the constants, and 'none'; every word of an enum; yes and no */
    most = column->type.kind == CR_T_ENUM ? c->p->enums.at[column->type.index].n_values : 0;
    most = (most > 2 * constants + 2 ? most : 2 * constants + 2) + 1;
    seek.at = cr_arena_get(c->arena, (size_t)constants + 1, sizeof *seek.at);
    col->atoms = cr_arena_get(c->arena, most, sizeof *col->atoms);
    if (!seek.at || !col->atoms) {
        cr_c_memory(c);
        return 1;
    }
    each_of_column(t, k, seek_constant, &seek);
    if (seek.bad)
        return 1;
    make_atoms(t, col, column, &seek);
    if (make_passes(t, k)) {
        cr_c_memory(c);
        return 1;
    }
    return 0;
}

/* ---- the proofs ---- */

static int meet(const cr_table *t, const cr_rows *a, const cr_rows *b, cr_rows *out)
{
    uint64_t any = 0;
    for (uint32_t i = 0; i < t->words; i++)
        any |= out->bits[i] = a->bits[i] & b->bits[i];
    return any != 0;
}

/* Looks for a combination of atoms, from column k on, that none of `rows` takes; `box` restricts
 * the atoms to those of one row (-1 = all). 1 found, -1 given up. */
static int gap(cr_table *t, uint32_t k, const cr_rows *rows, int32_t box)
{
    if (++t->steps > MAX_STEPS)
        return -1;
    if (k == t->n_columns)
        return 0;
    const cr_column *col = &t->columns[k];
    for (uint32_t a = 0; a < col->n; a++) {
        cr_rows left;
        if (box >= 0 && !(col->passes[a].bits[box / 64] >> (box % 64) & 1))
            continue;
        t->witness[k] = a;
        if (!meet(t, rows, &col->passes[a], &left)) {
            for (uint32_t j = k + 1; j < t->n_columns; j++)
                for (t->witness[j] = 0;
                     box >= 0 && t->witness[j] + 1 < t->columns[j].n &&
                     !(t->columns[j].passes[t->witness[j]].bits[box / 64] >> (box % 64) & 1);)
                    t->witness[j]++;
            return 1;
        }
        int found = gap(t, k + 1, &left, box);
        if (found)
            return found;
    }
    return 0;
}

static int overlap(cr_table *t, uint32_t x, uint32_t y)
{
    for (uint32_t k = 0; k < t->n_columns; k++) {
        uint32_t a = 0;
        while (a < t->columns[k].n && !(t->columns[k].passes[a].bits[x / 64] >> (x % 64) &
                                        t->columns[k].passes[a].bits[y / 64] >> (y % 64) & 1))
            a++;
        if (a == t->columns[k].n)
            return 0;
        t->witness[k] = a;
    }
    return 1;
}

/* ---- findings ---- */

static void atom_text(const cr_table *t, cr_buf *out, const cr_type *type, cr_atom a)
{
    char text[64] = "";
    if (a.none) {
        cr_buf_text(out, "none");
    } else if (type->kind == CR_T_BOOL) {
        cr_buf_text(out, a.value.num ? "yes" : "no");
    } else if (type->kind == CR_T_ENUM) {
        cr_buf_str(out, t->c->p->enums.at[type->index].values[a.value.num].name);
    } else if (type->kind == CR_T_DATE) {
        cr_date_text((int32_t)a.value.num, text);
    } else if (type->kind == CR_T_TIME) {
        cr_time_text((int32_t)a.value.num, text);
    } else if (type->kind == CR_T_MONTH) {
        cr_month_text((int32_t)a.value.num, text);
    } else {
        cr_rat_text(a.value, 0, text, sizeof text);
    }
    cr_buf_text(out, text);
}

static cr_str witness_text(cr_table *t)
{
    cr_buf buf;
    cr_buf_init(&buf, t->c->arena->alloc);
    for (uint32_t k = 0; k < t->n_columns; k++) {
        const cr_expr *column = t->s->columns.at[k];
        cr_buf_text(&buf, k ? ", " : "");
        if (column->text.n > 0) {
            cr_buf_str(&buf, column->text);
        } else {
            cr_buf_text(&buf, "column ");
            cr_buf_i64(&buf, k + 1);
        }
        cr_buf_text(&buf, " = ");
        atom_text(t, &buf, &column->type, t->columns[k].atoms[t->witness[k]]);
    }
    cr_str s = {buf.p, buf.n};
    s = cr_arena_text(t->c->arena, s);
    if (buf.oom || !s.p)
        cr_c_memory(t->c);
    cr_buf_free(&buf);
    return s;
}

static const cr_clause *row_at(const cr_stmt *s, uint32_t row)
{
    for (uint32_t i = 0; i < s->clauses.n; i++)
        if (s->clauses.at[i].kind == CR_C_WHEN && row-- == 0)
            return &s->clauses.at[i];
    return &s->clauses.at[0];
}

static void prove_unique(cr_table *t)
{
    for (uint32_t y = 1; y < t->n_rows; y++)
        for (uint32_t x = 0; x < y; x++)
            if (overlap(t, x, y)) {
                cr_diag *d = cr_c_report(t->c, CR_D_TABLE_OVERLAP, row_at(t->s, y)->pos,
                                         witness_text(t), "one row for it, or 'first'");
                d->other = row_at(t->s, x)->pos;
                break; /* one finding a row is enough */
            }
}

/* A row that those above it take away altogether. */
static void prove_reached(cr_table *t)
{
    cr_rows above;
    memset(&above, 0, sizeof above);
    for (uint32_t y = 0; y < t->n_rows; y++) {
        int found = gap(t, 0, &above, (int32_t)y);
        if (found == 0)
            cr_c_report(t->c, CR_D_UNREACHABLE, row_at(t->s, y)->pos, CR_STR(""),
                        "a row that the rows above it leave something");
        if (found < 0)
            return;
        above.bits[y / 64] |= UINT64_C(1) << (y % 64);
    }
}

static void prove_complete(cr_table *t)
{
    cr_rows all;
    memset(&all, 0, sizeof all);
    for (uint32_t y = 0; y < t->n_rows; y++)
        all.bits[y / 64] |= UINT64_C(1) << (y % 64);
    int found = gap(t, 0, &all, -1);
    if (found > 0)
        cr_c_report(t->c, CR_D_TABLE_GAP, t->s->name_pos, witness_text(t),
                    "a row for it, or 'otherwise = …'");
    if (found < 0)
        cr_c_report(t->c, CR_D_TOO_MANY, t->s->name_pos, t->s->name,
                    "a table whose cells can be compared in two million steps");
}

static void prove(cr_checker *c, const cr_stmt *s, int has_base)
{
    cr_table *t = cr_arena_get(c->arena, 1, sizeof *t);
    if (!t) {
        cr_c_memory(c);
        return;
    }
    t->c = c;
    t->s = s;
    t->n_columns = s->columns.n;
    for (uint32_t i = 0; i < s->clauses.n; i++)
        t->n_rows += s->clauses.at[i].kind == CR_C_WHEN;
    t->words = (t->n_rows + 63) / 64;
    if (t->n_columns > MAX_COLUMNS || t->words > ROW_WORDS) {
        cr_c_report(c, CR_D_TOO_MANY, s->name_pos, s->name, "at most 16 columns and 1024 rows");
        return;
    }
    for (uint32_t k = 0; k < t->n_columns && !c->oom; k++)
        if (make_column(t, k))
            return;
    if (s->hit == CR_HIT_UNIQUE)
        prove_unique(t);
    else if (s->hit == CR_HIT_FIRST)
        prove_reached(t);
    if (s->hit != CR_HIT_SUM && s->hit != CR_HIT_COLLECT && !has_base)
        prove_complete(t);
}

/* ---- types ---- */

static int check_columns(cr_checker *c, const cr_stmt *s)
{
    int fine = 1;
    for (uint32_t k = 0; k < s->columns.n; k++) {
        cr_expr *x = s->columns.at[k];
        cr_c_expr(c, x, NULL);
        fine &= x->type.kind != CR_T_ERROR;
        if (x->type.kind > CR_T_ENUM) {
            cr_c_report(c, CR_D_TYPE, x->pos, x->text,
                        "a column of yes/no, numbers, dates, months or one of a list of words");
            fine = 0;
        }
    }
    return fine;
}

static int check_row(cr_checker *c, const cr_def *d, cr_clause *r)
{
    int fine = 1;
    c->lenient = 1; /* `< 18` in a column of years */
    for (uint32_t k = 0; k < r->cells.n; k++)
        if (r->cells.at[k]) {
            cr_c_bool(c, r->cells.at[k]);
            fine &= r->cells.at[k]->type.kind != CR_T_ERROR;
        }
    cr_c_bool(c, r->cond);
    c->lenient = 0;
    cr_type want = d->type;
    if (want.kind == CR_T_SET) /* one word of it */
        want.kind = CR_T_ENUM;
    cr_c_expr(c, r->value, &want);
    cr_c_agree(c, r->value->pos, &want, &r->value->type);
    return fine;
}

void cr_c_table(cr_checker *c, const cr_def *d, cr_stmt *s)
{
    uint32_t errors = c->d->errors, rows = 0, bases = 0;
    int fine = check_columns(c, s);
    for (uint32_t i = 0; i < s->clauses.n && fine; i++) {
        cr_clause *r = &s->clauses.at[i];
        if (r->kind == CR_C_WHEN && r->cells.n == s->columns.n) {
            fine &= check_row(c, d, r);
            rows++;
        } else if (r->kind == CR_C_OTHERWISE) {
            cr_c_expr(c, r->value, &d->type);
            cr_c_agree(c, r->value->pos, &d->type, &r->value->type);
            if (bases++ || s->hit == CR_HIT_SUM || s->hit == CR_HIT_COLLECT)
                cr_c_report(c, CR_D_UNREACHABLE, r->pos, CR_STR(""), "no 'otherwise' here");
        }
    }
    if (fine && rows == 0)
        cr_c_report(c, CR_D_EMPTY, s->name_pos, s->name, "a row that names the columns, and rows");
    if ((s->hit == CR_HIT_SUM || s->hit == CR_HIT_HIGHEST) && d->type.kind != CR_T_NUMBER &&
        d->type.kind != CR_T_ERROR)
        cr_c_report(c, CR_D_TYPE, s->name_pos, s->name, "a number or an amount");
    if ((s->hit == CR_HIT_COLLECT) != (d->type.kind == CR_T_SET) && d->type.kind != CR_T_ERROR)
        cr_c_report(c, CR_D_TYPE, s->name_pos, s->name,
                    "'set of' words, with 'collect' and only there");
    if (fine && rows > 0 && c->d->errors == errors && !c->oom)
        prove(c, s, bases > 0);
}
