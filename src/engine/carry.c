/* SPDX-License-Identifier: Apache-2.0 */
/* Timelines: what passes from one month to the next. Rows are not copied: a month is one more
   evaluation of the same plans, which reads what the month before left. */
#include <string.h>

#include "engine/why.h"

static int make_kept(cr_workspace *w)
{
    size_t n = (size_t)w->calc->policy->program.defs.n + 1;
    if (!w->kept)
        w->kept = cr_mem_get(&w->alloc, n, sizeof *w->kept);
    return w->kept == NULL;
}

static void drop_cells(cr_workspace *w, cr_kept *kept)
{
    cr_mem_free(&w->alloc, kept->cell, kept->cap * sizeof *kept->cell);
    cr_mem_free(&w->alloc, kept->next, kept->cap * sizeof *kept->next);
}

void cr_workspace_drop_kept(cr_workspace *w)
{
    uint32_t n = w->calc->policy->program.defs.n;
    for (uint32_t i = 0; w->kept && i < n; i++)
        drop_cells(w, &w->kept[i]);
    if (w->kept)
        cr_mem_free(&w->alloc, w->kept, ((size_t)n + 1) * sizeof *w->kept);
    for (int i = 0; i < 2; i++)
        cr_mem_free(&w->alloc, w->causes[i].at, w->causes[i].cap * sizeof *w->causes[i].at);
    w->kept = NULL;
    memset(w->causes, 0, sizeof w->causes);
}

static int reserve_cells(cr_workspace *w, cr_kept *kept, uint32_t rows)
{
    if (rows <= kept->cap)
        return 0;
    cr_kept_cell *cell = cr_mem_get(&w->alloc, rows, sizeof *cell);
    cr_kept_cell *next = cr_mem_get(&w->alloc, rows, sizeof *next);
    if (!cell || !next) {
        cr_mem_free(&w->alloc, cell, rows * sizeof *cell);
        cr_mem_free(&w->alloc, next, rows * sizeof *next);
        return 1;
    }
    if (kept->n > 0)
        memcpy(cell, kept->cell, kept->n * sizeof *cell);
    drop_cells(w, kept);
    kept->cell = cell;
    kept->next = next;
    kept->cap = rows;
    return 0;
}

/* ---- causes ---- */

static int add_cause(void *user, const cr_why *why)
{
    cr_workspace *w = user;
    cr_cause_list *list = &w->causes[1];
    if (list->n == list->cap) {
        uint32_t cap = list->cap ? list->cap * 2 : 16;
        cr_kept_cause *at = cr_mem_get(&w->alloc, cap, sizeof *at);
        if (!at)
            return 2;
        if (list->n > 0)
            memcpy(at, list->at, list->n * sizeof *at);
        cr_mem_free(&w->alloc, list->at, list->cap * sizeof *at);
        list->at = at;
        list->cap = cap;
    }
    cr_kept_cause cause = {why->kind, why->answer, why->index, why->extra};
    list->at[list->n++] = cause;
    return 0;
}

/* ---- values ---- */

/* In units of the type's last decimal; what its range does not hold is invalid. */
static int scaled(const cr_type *type, cr_i128 value, cr_i128 den, int64_t *out)
{
    cr_i128 unit = 1, whole;
    for (int32_t i = 0; type->kind == CR_T_NUMBER && i < type->decimals; i++)
        unit *= 10;
    if (cr_i128_mul(value, unit / den, &whole) || cr_i128_to_i64(whole, out))
        return 1;
    return type->kind == CR_T_NUMBER && (*out < type->lo || *out > type->hi);
}

static int keep_row(cr_workspace *w, const cr_def *d, const cr_pval *v, cr_kept_cell *cell,
                    uint32_t row)
{
    cell->status = (uint8_t)cr_status_get(w, v->reg, row);
    cell->value = 0;
    cell->cause = w->causes[1].n;
    if (cell->status && !w->no_causes && cr_why_walk(w, &v->reg, &row, 1, 0, add_cause, w))
        return 2;
    if (!cell->status && scaled(&d->type, cr_lane_get(w, v->reg, row), v->den, &cell->value))
        cell->status = CR_INVALID;
    cell->n_causes = w->causes[1].n - cell->cause;
    return 0;
}

static int keep_def(cr_workspace *w, uint32_t def)
{
    const cr_def *d = &w->calc->policy->program.defs.at[def];
    const cr_pval *v = &w->frame->plan->defs[def].value;
    uint32_t rows = w->spaces[d->entity].n;
    if (v->reg < 0 || !w->calc->spaces[d->entity])
        return 0;
    if (reserve_cells(w, &w->kept[def], rows))
        return 2;
    for (uint32_t row = 0; row < rows; row++)
        if (keep_row(w, d, v, &w->kept[def].next[row], row))
            return 2;
    return 0;
}

static void turn(cr_kept *kept, uint32_t rows)
{
    cr_kept_cell *cell = kept->cell;
    kept->cell = kept->next;
    kept->next = cell;
    kept->n = rows < kept->cap ? rows : kept->cap;
}

/* What the month before left is read while this month's is written down. */
int cr_workspace_keep(cr_workspace *w)
{
    const cr_program *p = &w->calc->policy->program;
    if (make_kept(w))
        return 2;
    w->causes[1].n = 0;
    for (uint32_t i = 0; i < p->defs.n; i++)
        if (p->defs.at[i].carried && keep_def(w, i))
            return 2;
    for (uint32_t i = 0; i < p->defs.n; i++)
        if (p->defs.at[i].carried)
            turn(&w->kept[i], w->spaces[p->defs.at[i].entity].n);
    cr_cause_list old = w->causes[0];
    w->causes[0] = w->causes[1];
    w->causes[1] = old;
    w->step++;
    return 0;
}
