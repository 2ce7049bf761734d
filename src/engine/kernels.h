/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the kernels: registers, statuses and rows out of a list, for narrow and wide lanes. */
#ifndef CR_ENGINE_KERNELS_H
#define CR_ENGINE_KERNELS_H

#include <string.h>

#include "base/cpu.h"
#include "engine/exec.h"

/* Which operands of an instruction are constants, so that a kernel reads them once. */
typedef enum cr_shape {
    CR_SHAPE_ANY,
    CR_SHAPE_RIGHT, /* b */
    CR_SHAPE_LEFT,  /* a */
    CR_SHAPE_BOTH,
    CR_SHAPES
} cr_shape;

typedef cr_kernel cr_block_kernels[CR_OP_COUNT][4][CR_SHAPES]; /* lanes of 8 to 64 bits */

/* kernels_block.c; NULL = there is none, and that of cr_kernels serves */
cr_kernel cr_block_kernel(cr_cpu_level level, const cr_insn *i, cr_shape shape);

/* lookups.c */
void cr_k_row(cr_workspace *w, const cr_insn *i);
void cr_k_row_none(cr_workspace *w, const cr_insn *i);
void cr_k_row_below(cr_workspace *w, const cr_insn *i);
void cr_k_row_value(cr_workspace *w, const cr_insn *i);
void cr_k_look_up(cr_workspace *w, const cr_insn *i);
void cr_k_day(cr_workspace *w, const cr_insn *i); /* ON, UP of it: if look-ups need it */
enum { CR_NEAR = 1 << 30 };
/* Every answer on the day of the block; NULL = there are too many, or the days of the rows differ.
 */
const cr_answers *cr_answers_of(cr_workspace *w, const cr_insn *i);

#define N(w, i) ((w)->spaces[(i)->space].n)
#define VAL(w, r) ((w)->frame->val[r])
#define ST(w, r) ((w)->frame->st[r])
#define FEW(w, r) cr_few_of((w)->frame, r)

/* ---- statuses ---- */

static inline uint8_t *own_status(cr_workspace *w, int32_t reg)
{
    return cr_own_status(w->frame, reg);
}

/* The statuses of another register. */
static inline void same_status(cr_workspace *w, int32_t reg, int32_t as)
{
    w->frame->st[reg] = ST(w, as);
    if (w->frame->few)
        w->frame->few[reg] = w->frame->few[as];
}

/* After own_status: no row is unknown that none of these (-1 = none) is unknown in. */
void cr_list_few(cr_workspace *w, const cr_insn *i, int32_t a, int32_t b, int32_t c);

static inline void strict2(cr_workspace *w, const cr_insn *i, int32_t a, int32_t b)
{
    const uint8_t *x = a >= 0 ? ST(w, a) : NULL, *y = b >= 0 ? ST(w, b) : NULL;
    if (!x && !y) {
        w->frame->st[i->dst] = NULL;
        return;
    }
    if (!x || !y) { /* alias: the bytes are the operand's own */
        same_status(w, i->dst, x ? a : b);
        return;
    }
    uint8_t *d = own_status(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++)
        d[k] = x[k] > y[k] ? x[k] : y[k];
}

static inline uint8_t worst(uint8_t x, uint8_t y)
{
    return x > y ? x : y;
}

static inline uint8_t status_at(const uint8_t *st, uint32_t k)
{
    return st ? st[k] : CR_KNOWN;
}

static inline int out_of(const int8_t *mask, const uint8_t *st, uint32_t k)
{
    return mask && !status_at(st, k) && !mask[k];
}

/* Worst status of the list and of all its rows. */
static inline void list_status(cr_workspace *w, const cr_insn *i, const uint8_t *x)
{
    const cr_space_rows *c = &w->spaces[i->child];
    w->frame->st[i->dst] = NULL;
    if (!x && !c->list)
        return;
    uint8_t *s = own_status(w, i->dst);
    for (uint32_t r = 0, n = N(w, i); r < n; r++) {
        uint8_t st = status_at(c->list, r);
        for (uint32_t k = c->off[r]; x && k < c->off[r + 1]; k++)
            st = worst(st, x[k]);
        s[r] = st;
    }
}

/* Marks row k of the result with a status of its own, making the column on first use. */
static inline void own_failure(cr_workspace *w, const cr_insn *i, uint32_t k, uint8_t status)
{
    uint8_t *s = w->frame->st[i->dst], *mine = w->frame->st_memory[i->dst];
    if (s != mine) {
        if (s)
            memcpy(mine, s, N(w, i));
        else
            memset(mine, CR_KNOWN, N(w, i));
        own_status(w, i->dst);
    }
    if (mine[k] == CR_KNOWN)
        mine[k] = status;
}

/* kernels_wide.c */
void cr_conv_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_add_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_sub_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_mul_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_min_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_max_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_eq_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_lt_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_le_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_select_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_pick_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_round_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_divisor_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_both_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_up_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_sum_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_highest_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_lowest_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_rank_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_the_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_beside_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_row_of_cr_wide(cr_workspace *w, const cr_insn *i);
void cr_k_allocate(cr_workspace *w, const cr_insn *i);
void cr_k_multiple(cr_workspace *w, const cr_insn *i);

/* placed.c */
typedef struct cr_ahead { /* of a row: rows that are ahead of it, and rows that may be */
    int64_t sure, open;
    uint8_t status; /* the worst of what leaves those open */
} cr_ahead;

void cr_k_placed(cr_workspace *w, const cr_insn *i);
/* How the row k counts beside the row `row` of its list. */
cr_ahead cr_placed_beside(const cr_workspace *w, const cr_insn *i, uint32_t row, uint32_t k);
cr_ahead cr_placed_ahead(const cr_workspace *w, const cr_insn *i, uint32_t row);
/* 1 = the row is in its place if it belongs to the list at all; 0 = it is not known. */
int cr_placed_inside(const cr_workspace *w, const cr_insn *i, uint32_t row, cr_ahead n);

#endif
