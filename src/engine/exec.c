/* SPDX-License-Identifier: Apache-2.0 */
/* Workspaces: registers for the plans of a calculator, and one evaluation of a case.

   Registers of one plan live in one block of memory, made for as many rows as the case has and
   kept: a call on a warm workspace allocates nothing. */
#include <string.h>

#include "base/date.h"
#include "engine/exec.h"

cr_workspace *cr_workspace_make(cr_calculator *calc)
{
    cr_alloc alloc = calc->alloc;
    cr_workspace *w = cr_mem_get(&alloc, 1, sizeof *w);
    if (!w)
        return NULL;
    w->alloc = alloc;
    w->calc = calc;
    w->frames = cr_mem_get(&alloc, (size_t)calc->plans.n * 2, sizeof *w->frames);
    w->spaces = cr_mem_get(&alloc, (size_t)calc->policy->program.entities.n + 1, sizeof *w->spaces);
    if (!w->frames || !w->spaces) {
        cr_mem_free(&alloc, w->frames, (size_t)calc->plans.n * 2 * sizeof *w->frames);
        cr_mem_free(&alloc, w->spaces,
                    ((size_t)calc->policy->program.entities.n + 1) * sizeof *w->spaces);
        cr_mem_free(&alloc, w, sizeof *w);
        return NULL;
    }
    return w;
}

enum { BEHIND = 8 }; /* rows that may be written behind the last one */

static void drop_parents(cr_workspace *w, cr_space_rows *s)
{
    if (s->parent_memory)
        cr_mem_free(&w->alloc, s->parent_memory,
                    ((size_t)s->cap + BEHIND) * sizeof *s->parent_memory);
}

void cr_workspace_free(cr_workspace *w)
{
    if (!w)
        return;
    cr_alloc alloc = w->alloc;
    uint32_t n_spaces = w->calc->policy->program.entities.n;
    for (uint32_t i = 0; i < w->calc->plans.n * 2; i++)
        cr_frame_drop(w, &w->frames[i]);
    for (uint32_t i = 0; i < n_spaces; i++) {
        cr_space_rows *s = &w->spaces[i];
        cr_mem_free(&alloc, s->off,
                    ((size_t)s->parent_cap + 1) * sizeof *s->off * (s->parent_cap > 0));
        cr_mem_free(&alloc, s->list_memory, s->parent_cap);
        drop_parents(w, s);
    }
    cr_workspace_drop_kept(w);
    cr_mem_free(&alloc, w->frames, (size_t)w->calc->plans.n * 2 * sizeof *w->frames);
    cr_mem_free(&alloc, w->spaces, ((size_t)n_spaces + 1) * sizeof *w->spaces);
    cr_mem_free(&alloc, w, sizeof *w);
}

/* ---- rows ---- */

int cr_workspace_reserve(cr_workspace *w, int32_t entity, uint32_t rows, uint32_t parents)
{
    cr_space_rows *s = &w->spaces[entity];
    if (rows > s->cap) {
        uint32_t cap = rows * 2;
        uint32_t *p = cr_mem_get(&w->alloc, (size_t)cap + BEHIND, sizeof *p);
        if (!p)
            return 1;
        drop_parents(w, s);
        s->parent_memory = p;
        s->cap = cap;
    }
    if (parents > s->parent_cap) {
        uint32_t cap = parents * 2;
        uint32_t *off = cr_mem_get(&w->alloc, (size_t)cap + 1, sizeof *off);
        uint8_t *list = cr_mem_get(&w->alloc, cap, 1);
        if (!off || !list) {
            cr_mem_free(&w->alloc, off, ((size_t)cap + 1) * sizeof *off);
            cr_mem_free(&w->alloc, list, cap);
            return 1;
        }
        cr_mem_free(&w->alloc, s->off,
                    ((size_t)s->parent_cap + 1) * sizeof *off * (s->parent_cap > 0));
        cr_mem_free(&w->alloc, s->list_memory, s->parent_cap);
        s->off = off;
        s->list_memory = list;
        s->parent_cap = cap;
    }
    return 0;
}

/* Eight at a time: what is too much is overwritten by the next list. */
const uint32_t *cr_space_number(cr_space_rows *s)
{
    for (uint32_t p = 0; p < s->parents; p++) {
        uint32_t *to = s->parent_memory + s->off[p];
        for (uint32_t j = 0; j < BEHIND; j++)
            to[j] = p;
        for (uint32_t j = BEHIND, n = s->off[p + 1] - s->off[p]; j < n; j++)
            to[j] = p;
    }
    s->numbered = 1;
    return s->parent_memory;
}

/* ---- evaluation ---- */

uint32_t cr_calculator_plan(const cr_calculator *calc, int32_t on)
{
    uint32_t lo = 0, hi = calc->plans.n;
    while (hi - lo > 1) {
        uint32_t mid = (lo + hi) / 2;
        if (calc->plans.at[mid].from <= on)
            lo = mid;
        else
            hi = mid;
    }
    return lo;
}

int cr_workspace_run_block(cr_workspace *w, const cr_input *input, uint32_t at, int32_t on,
                           const int32_t *days)
{
    const cr_plan *plan = &w->calc->plans.at[at];
    int block = w->many && plan->block.steps;
    cr_frame *f = &w->frames[block ? w->calc->plans.n + at : at];
    const cr_step *step = block ? plan->block.steps : plan->run;
    const cr_step *end = step + (block ? plan->block.n : plan->n_run);
    w->frame = NULL;
    w->input = input;
    w->on = on;
    w->days = days;
    if (input->is->rows(input, w) || cr_frame_ready(w, f, plan, block))
        return 2;
    w->frame = f;
    if (block)
        memset(f->few, 0, plan->regs.n * sizeof *f->few);
    for (; step < end; step++)
        if (w->spaces[step->insn.space].n > 0)
            step->kernel(w, &step->insn);
    return 0;
}

int cr_workspace_run(cr_workspace *w, const cr_case *input, int32_t on)
{
    if (on < CR_DATE_MIN || on > CR_DATE_MAX)
        return 3;
    return cr_workspace_run_block(w, &input->input, cr_calculator_plan(w->calc, on), on, NULL);
}

cr_i128 cr_lane_get(const cr_workspace *w, int32_t reg, uint32_t row)
{
    const void *at = w->frame->val[reg];
    switch (w->frame->plan->regs.at[reg].lane) {
    case CR_LANE_8: return ((const int8_t *)at)[row];
    case CR_LANE_16: return ((const int16_t *)at)[row];
    case CR_LANE_32: return ((const int32_t *)at)[row];
    case CR_LANE_64: return ((const int64_t *)at)[row];
    case CR_LANE_128: return ((const cr_i128 *)at)[row];
    default: break;
    }
    cr_i128 value;
    const cr_wide *wide = &((const cr_wide *)at)[row];
    if (cr_wide_to(wide, &value))
        return cr_wide_sign(wide) < 0 ? CR_I128_MIN : CR_I128_MAX;
    return value;
}

void cr_wide_get(const cr_workspace *w, int32_t reg, uint32_t row, cr_wide *out)
{
    if (w->frame->plan->regs.at[reg].lane == CR_LANE_WIDE)
        *out = ((const cr_wide *)w->frame->val[reg])[row];
    else
        cr_wide_from(out, cr_lane_get(w, reg, row));
}

/* The plan has proved that every product of a value and its divisors fits. */
int cr_value_get(const cr_workspace *w, const cr_pval *v, uint32_t row, cr_rat *out,
                 cr_wide wide[2])
{
    cr_wide factor, common;
    int plain = w->frame->plan->regs.at[v->reg].lane != CR_LANE_WIDE &&
                (v->div < 0 || w->frame->plan->regs.at[v->div].lane != CR_LANE_WIDE);
    cr_i128 num = 0, den = v->den;
    if (plain)
        num = cr_lane_get(w, v->reg, row);
    if (plain && (v->div < 0 || !cr_i128_mul(den, cr_lane_get(w, v->div, row), &den)) &&
        !cr_rat_make(num, den, out))
        return 0;
    cr_wide_get(w, v->reg, row, &wide[0]);
    cr_wide_from(&wide[1], v->den);
    if (v->div >= 0) {
        cr_wide_get(w, v->div, row, &factor);
        cr_wide_mul(&wide[1], &wide[1], &factor);
    }
    cr_wide_gcd(&common, &wide[0], &wide[1]);
    if (cr_wide_sign(&common) > 0) {
        cr_wide_div(&wide[0], NULL, &wide[0], &common);
        cr_wide_div(&wide[1], NULL, &wide[1], &common);
    }
    return cr_wide_to(&wide[0], &out->num) || cr_wide_to(&wide[1], &out->den);
}

int cr_status_get(const cr_workspace *w, int32_t reg, uint32_t row)
{
    const uint8_t *st = w->frame->st[reg];
    return st ? st[row] : CR_KNOWN;
}

uint32_t cr_row_up(const cr_workspace *w, int32_t entity, uint32_t row, int32_t to)
{
    const cr_program *p = &w->calc->policy->program;
    while (entity != to && entity >= 0 && p->entities.at[entity].parent >= 0) {
        row = cr_parent_rows(&w->spaces[entity])[row];
        entity = p->entities.at[entity].parent;
    }
    return row;
}

uint32_t cr_root_of_row(const cr_workspace *w, int32_t entity, uint32_t row)
{
    return cr_row_up(w, entity, row, w->calc->root);
}

int32_t cr_day_of_row(const cr_workspace *w, int32_t entity, uint32_t row)
{
    return w->days ? w->days[cr_root_of_row(w, entity, row)] : w->on;
}
