/* SPDX-License-Identifier: Apache-2.0 */
/* Frames: the memory of a plan's registers.

   For one case every register has its own memory and is never overwritten, so that why.c can walk
   backwards over it. For blocks registers follow one another in the places that the schedule gave
   them, with room for whole groups of 64 rows and eight more: see kernels_block.inc. All of a frame
   is one piece of memory, made for as many rows as there were and kept: a warm call allocates
   nothing. */
#include <string.h>

#include "engine/exec.h"

enum { ALIGN = 64, GROUP = 64 };

static size_t padded(size_t n)
{
    return (n + ALIGN - 1) / ALIGN * ALIGN;
}

void cr_frame_drop(cr_workspace *w, cr_frame *f)
{
    cr_mem_free(&w->alloc, f->block, f->block_size);
    for (int i = 0; i < 2; i++)
        cr_mem_free(&w->alloc, f->marks[i].block, f->marks[i].size);
    memset(f, 0, sizeof *f);
}

/* ---- handing out ---- */

typedef struct cr_layout { /* first with `at` NULL, to learn the size */
    const cr_workspace *w;
    char *at;
    size_t used;
    int block;
} cr_layout;

static void *take(cr_layout *l, size_t size)
{
    void *p = l->at ? l->at + l->used : NULL;
    l->used += padded(size);
    return p;
}

static uint32_t cap_of(const cr_layout *l, int32_t space)
{
    uint32_t n = l->w->calc->spaces[space] ? l->w->spaces[space].n : 0;
    uint32_t cap = space == l->w->calc->root ? 1 : 8;
    if (l->block) /* blocks differ in the length of their lists */
        return (n + n / 8 + GROUP - 1) / GROUP * GROUP;
    while (cap < n)
        cap *= 2;
    return cap;
}

/* What kernels write: whole groups, and room behind them. */
static size_t rows_of(const cr_layout *l, int32_t space)
{
    return l->block ? (size_t)cap_of(l, space) + GROUP : cap_of(l, space);
}

static void lay_out_constants(cr_layout *l, cr_frame *f)
{
    const cr_plan *plan = f->plan;
    for (uint32_t r = 0; r < plan->regs.n; r++) {
        const cr_reg *reg = &plan->regs.at[r];
        const cr_insn *insn = &plan->code.at[reg->insn];
        size_t rows = rows_of(l, reg->space);
        if (!cr_reg_is_filled(plan, (int32_t)r))
            continue;
        if (l->block && reg->is_const && !plan->block.repeated[r])
            rows = GROUP;
        void *home = take(l, rows * CR_LANE_BYTES(reg->lane));
        void *status = reg->is_const && insn->op != CR_OP_FAIL ? NULL : take(l, rows);
        if (!l->at)
            continue;
        f->home[r] = home;
        f->st_memory[r] = status;
    }
}

static void lay_out_registers(cr_layout *l, cr_frame *f)
{
    const cr_plan *plan = f->plan;
    for (uint32_t r = 0; r < plan->regs.n; r++) {
        const cr_reg *reg = &plan->regs.at[r];
        if (cr_reg_is_filled(plan, (int32_t)r))
            continue;
        void *home = take(l, rows_of(l, reg->space) * CR_LANE_BYTES(reg->lane));
        void *status = take(l, rows_of(l, reg->space));
        if (!l->at)
            continue;
        f->home[r] = home;
        f->st_memory[r] = status;
    }
}

/* Places of one space and lane lie one behind the other; behind statuses, the rows not known. */
static void lay_out_places(cr_layout *l, cr_frame *f, uint32_t n_spaces)
{
    const cr_plan *plan = f->plan;
    const cr_schedule *b = &plan->block;
    for (uint32_t s = 0; s < n_spaces; s++)
        for (uint32_t lane = 0; lane <= CR_LANES; lane++) {
            int of_status = lane == CR_LANES;
            size_t rows = rows_of(l, (int32_t)s);
            size_t first = padded(rows * (of_status ? 1 : CR_LANE_BYTES((cr_lane)lane)));
            size_t one = first + (of_status ? padded(cr_few_size(rows)) : 0);
            uint32_t count = of_status ? b->statuses[s] : b->values[s * CR_LANES + lane];
            char *at = take(l, one * count);
            for (uint32_t r = 0; at && r < plan->regs.n; r++) {
                const cr_reg *reg = &plan->regs.at[r];
                if (reg->space != (int32_t)s || cr_reg_is_filled(plan, (int32_t)r))
                    continue;
                if (of_status && b->status[r] >= 0) {
                    f->st_memory[r] = (uint8_t *)at + one * (uint32_t)b->status[r];
                    f->few_memory[r] = (cr_few *)(void *)(f->st_memory[r] + first);
                } else if (!of_status && reg->lane == lane && b->value[r] >= 0)
                    f->home[r] = at + one * (uint32_t)b->value[r];
            }
        }
}

static void lay_out_answers(cr_layout *l, cr_frame *f)
{
    const cr_plan *plan = f->plan;
    f->answers = take(l, (plan->n_rows + 1) * sizeof *f->answers);
    for (uint32_t i = 0; i < plan->block.n; i++) {
        const cr_insn *insn = &plan->block.steps[i].insn;
        if (insn->op != CR_OP_LOOK_UP)
            continue;
        uint32_t size = cr_answers_size(l->w->calc, plan, insn);
        int32_t *row = take(l, size * sizeof *row);
        int64_t *value = take(l, size * sizeof *value);
        if (!l->at)
            continue;
        f->answers[insn->c].row = row;
        f->answers[insn->c].value = value;
        f->answers[insn->c].size = size;
    }
}

static void lay_out(cr_layout *l, cr_frame *f)
{
    uint32_t n_spaces = l->w->calc->policy->program.entities.n, n = f->plan->regs.n;
    size_t most = 0;
    f->val = take(l, n * sizeof *f->val);
    f->home = take(l, n * sizeof *f->home);
    f->st = take(l, n * sizeof *f->st);
    f->st_memory = take(l, n * sizeof *f->st_memory);
    f->seen = take(l, f->plan->n_rows * CR_SEEN * sizeof *f->seen);
    lay_out_constants(l, f);
    if (!l->block) {
        lay_out_registers(l, f);
        return;
    }
    f->few = take(l, n * sizeof *f->few);
    f->few_memory = take(l, n * sizeof *f->few_memory);
    lay_out_places(l, f, n_spaces);
    lay_out_answers(l, f);
    for (uint32_t s = 0; s < n_spaces; s++)
        most = rows_of(l, (int32_t)s) > most ? rows_of(l, (int32_t)s) : most;
    f->known = take(l, most);
    f->scratch = take(l, most * sizeof(uint64_t));
}

/* ---- filling ---- */

static void fill_lane(void *at, cr_lane lane, cr_i128 value, size_t n)
{
    for (size_t k = 0; k < n; k++)
        switch (lane) {
        case CR_LANE_8: ((int8_t *)at)[k] = (int8_t)value; break;
        case CR_LANE_16: ((int16_t *)at)[k] = (int16_t)value; break;
        case CR_LANE_32: ((int32_t *)at)[k] = (int32_t)value; break;
        case CR_LANE_64: ((int64_t *)at)[k] = (int64_t)value; break;
        case CR_LANE_128: ((cr_i128 *)at)[k] = value; break;
        default: cr_wide_from(&((cr_wide *)at)[k], value); break;
        }
}

static void fill_constants(const cr_layout *l, cr_frame *f)
{
    const cr_plan *plan = f->plan;
    for (uint32_t r = 0; r < plan->regs.n; r++) {
        const cr_reg *reg = &plan->regs.at[r];
        const cr_insn *insn = &plan->code.at[reg->insn];
        size_t n = rows_of(l, reg->space);
        if (!cr_reg_is_filled(plan, (int32_t)r))
            continue;
        if (reg->is_const) {
            n = l->block && !plan->block.repeated[r] ? GROUP : n;
            fill_lane(f->home[r], (cr_lane)reg->lane, reg->value, n);
            continue;
        }
        memset(f->st_memory[r], insn->op == CR_OP_FAIL ? insn->mode : CR_NO_DATA, n);
        f->st[r] = f->st_memory[r];
        if (insn->op == CR_OP_ROW)
            fill_lane(f->home[r], CR_LANE_32, -1, n);
    }
}

/* ---- making ---- */

static int fits(const cr_workspace *w, const cr_frame *f)
{
    if (!f->block)
        return 0;
    for (uint32_t i = 0; i < w->calc->policy->program.entities.n; i++)
        if (w->calc->spaces[i] && w->spaces[i].n > f->caps[i])
            return 0;
    return 1;
}

int cr_frame_ready(cr_workspace *w, cr_frame *f, const cr_plan *plan, int block)
{
    uint32_t n_spaces = w->calc->policy->program.entities.n;
    if (fits(w, f))
        return 0;
    cr_frame made = {0};
    cr_layout l = {w, NULL, 0, block};
    size_t head = padded(((size_t)n_spaces + 1) * sizeof(uint32_t));
    made.plan = plan;
    lay_out(&l, &made);
    made.block_size = head + l.used + ALIGN;
    made.block = cr_mem_get(&w->alloc, made.block_size, 1);
    if (!made.block)
        return 2;
    cr_frame_drop(w, f);
    l.at = (char *)made.block + (ALIGN - (uintptr_t)made.block % ALIGN) % ALIGN;
    made.caps = (uint32_t *)(void *)l.at;
    l.used = head;
    lay_out(&l, &made);
    for (uint32_t i = 0; i < n_spaces; i++)
        made.caps[i] = cap_of(&l, (int32_t)i);
    memcpy(made.val, made.home, plan->regs.n * sizeof *made.val);
    fill_constants(&l, &made);
    *f = made;
    return 0;
}
