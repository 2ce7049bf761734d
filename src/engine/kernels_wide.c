/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels of the wide exact path: what kernels.c does, on integers of 1024 bits. The plan has
   proved that no result needs more, so the flags of the arithmetic are not looked at. And
   allocation, which always needs room. */
#include <string.h>

#include "engine/kernels.h"

typedef int (*cr_wide_op)(cr_wide *out, const cr_wide *a, const cr_wide *b);

static void binary(cr_workspace *w, const cr_insn *i, cr_wide_op op)
{
    const cr_wide *a = VAL(w, i->a), *b = VAL(w, i->b);
    cr_wide *d = VAL(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++)
        op(&d[k], &a[k], &b[k]);
    strict2(w, i, i->a, i->b);
}

void cr_add_cr_wide(cr_workspace *w, const cr_insn *i)
{
    binary(w, i, cr_wide_add);
}

void cr_sub_cr_wide(cr_workspace *w, const cr_insn *i)
{
    binary(w, i, cr_wide_sub);
}

static int lower(cr_wide *out, const cr_wide *a, const cr_wide *b)
{
    *out = cr_wide_cmp(a, b) < 0 ? *a : *b;
    return 0;
}

static int higher(cr_wide *out, const cr_wide *a, const cr_wide *b)
{
    *out = cr_wide_cmp(a, b) > 0 ? *a : *b;
    return 0;
}

void cr_min_cr_wide(cr_workspace *w, const cr_insn *i)
{
    binary(w, i, lower);
}

void cr_max_cr_wide(cr_workspace *w, const cr_insn *i)
{
    binary(w, i, higher);
}

/* 0 × anything is 0: a known zero on one side lets go of the other. */
void cr_mul_cr_wide(cr_workspace *w, const cr_insn *i)
{
    const cr_wide *a = VAL(w, i->a), *b = VAL(w, i->b);
    const uint8_t *x = ST(w, i->a), *y = ST(w, i->b);
    cr_wide *d = VAL(w, i->dst);
    uint8_t *s = x || y ? own_status(w, i->dst) : NULL;
    w->frame->st[i->dst] = s;
    for (uint32_t k = 0, n = N(w, i); k < n; k++) {
        uint8_t p = status_at(x, k), q = status_at(y, k);
        int zero = (!p && cr_wide_sign(&a[k]) == 0) || (!q && cr_wide_sign(&b[k]) == 0);
        if (cr_wide_mul(&d[k], &a[k], &b[k]) || zero)
            memset(&d[k], 0, sizeof d[k]);
        if (s)
            s[k] = zero ? CR_KNOWN : worst(p, q);
    }
}

void cr_conv_cr_wide(cr_workspace *w, const cr_insn *i)
{
    const void *v = VAL(w, i->a);
    cr_wide *d = VAL(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++) {
        cr_i128 value = i->mode == CR_LANE_8    ? ((const int8_t *)v)[k]
                        : i->mode == CR_LANE_16 ? ((const int16_t *)v)[k]
                        : i->mode == CR_LANE_32 ? ((const int32_t *)v)[k]
                        : i->mode == CR_LANE_64 ? ((const int64_t *)v)[k]
                                                : ((const cr_i128 *)v)[k];
        cr_wide_from(&d[k], value);
    }
    strict2(w, i, i->a, -1);
}

/* ---- comparisons ---- */

static void compare(cr_workspace *w, const cr_insn *i, int least, int most)
{
    const cr_wide *a = VAL(w, i->a), *b = VAL(w, i->b);
    int8_t *d = VAL(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++) {
        int order = cr_wide_cmp(&a[k], &b[k]);
        d[k] = least <= order && order <= most;
    }
    strict2(w, i, i->a, i->b);
}

void cr_eq_cr_wide(cr_workspace *w, const cr_insn *i)
{
    compare(w, i, 0, 0);
}

void cr_lt_cr_wide(cr_workspace *w, const cr_insn *i)
{
    compare(w, i, -1, -1);
}

void cr_le_cr_wide(cr_workspace *w, const cr_insn *i)
{
    compare(w, i, -1, 0);
}

/* ---- choices ---- */

static void choose(cr_workspace *w, const cr_insn *i, int of_rows)
{
    const cr_wide *a = VAL(w, i->a), *b = VAL(w, i->b);
    const int8_t *c = VAL(w, i->c);
    const uint8_t *x = ST(w, i->a), *y = ST(w, i->b), *z = ST(w, i->c);
    cr_wide *d = VAL(w, i->dst);
    uint8_t *s = own_status(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++) {
        uint8_t p = status_at(x, k), q = status_at(y, k), r = status_at(z, k);
        int only = of_rows && r && q == CR_NO_ROW;
        int same = !p && !q && cr_wide_cmp(&a[k], &b[k]) == 0;
        d[k] = only || c[k] ? a[k] : b[k];
        s[k] = !r ? (c[k] ? p : q) : only ? p : same ? CR_KNOWN : worst(r, worst(p, q));
    }
}

void cr_select_cr_wide(cr_workspace *w, const cr_insn *i)
{
    choose(w, i, 0);
}

void cr_pick_cr_wide(cr_workspace *w, const cr_insn *i)
{
    choose(w, i, 1);
}

/* A copy: ALLOCATE has one to itself as room. */
void cr_both_cr_wide(cr_workspace *w, const cr_insn *i)
{
    memcpy(VAL(w, i->dst), VAL(w, i->a), N(w, i) * sizeof(cr_wide));
    strict2(w, i, i->a, i->b);
}

void cr_divisor_cr_wide(cr_workspace *w, const cr_insn *i)
{
    const cr_wide *a = VAL(w, i->a);
    const uint8_t *x = ST(w, i->a);
    cr_wide *d = VAL(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++)
        if (status_at(x, k) || cr_wide_sign(&a[k]) < 1)
            cr_wide_from(&d[k], 1);
        else
            d[k] = a[k];
    w->frame->st[i->dst] = NULL;
}

void cr_round_cr_wide(cr_workspace *w, const cr_insn *i)
{
    const cr_wide *a = VAL(w, i->a), *b = VAL(w, i->b);
    cr_wide *d = VAL(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++)
        if (cr_wide_round(&d[k], &a[k], &b[k], (cr_round_mode)i->mode))
            memset(&d[k], 0, sizeof d[k]); /* of a divisor that is not known */
    strict2(w, i, i->a, i->b);
}

/* ---- lists ---- */

void cr_up_cr_wide(cr_workspace *w, const cr_insn *i)
{
    const cr_wide *a = VAL(w, i->a);
    const uint8_t *x = ST(w, i->a);
    const uint32_t *p = cr_parent_rows(&w->spaces[i->space]);
    cr_wide *d = VAL(w, i->dst);
    uint8_t *s = own_status(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++) {
        d[k] = a[p[k]];
        s[k] = status_at(x, p[k]);
    }
}

void cr_sum_cr_wide(cr_workspace *w, const cr_insn *i)
{
    const cr_wide *a = VAL(w, i->a);
    const uint32_t *off = w->spaces[i->child].off;
    cr_wide *d = VAL(w, i->dst);
    for (uint32_t r = 0, n = N(w, i); r < n; r++) {
        memset(&d[r], 0, sizeof d[r]);
        for (uint32_t k = off[r]; k < off[r + 1]; k++)
            cr_wide_add(&d[r], &d[r], &a[k]);
    }
    list_status(w, i, ST(w, i->a));
}

/* a: divisors, all at least 1; where nothing is known, 1. */
void cr_k_multiple(cr_workspace *w, const cr_insn *i)
{
    const cr_wide *a = VAL(w, i->a);
    const uint32_t *off = w->spaces[i->child].off;
    cr_wide *d = VAL(w, i->dst), g, part;
    for (uint32_t r = 0, n = N(w, i); r < n; r++) {
        cr_wide_from(&d[r], 1);
        for (uint32_t k = off[r]; k < off[r + 1]; k++) {
            cr_wide_gcd(&g, &d[r], &a[k]);
            cr_wide_div(&part, NULL, &a[k], &g);
            cr_wide_mul(&d[r], &d[r], &part);
        }
    }
    w->frame->st[i->dst] = NULL;
}

static void extreme(cr_workspace *w, const cr_insn *i, int way)
{
    const cr_wide *a = VAL(w, i->a);
    const int8_t *m = i->b >= 0 ? VAL(w, i->b) : NULL;
    const uint8_t *x = ST(w, i->a), *y = i->b >= 0 ? ST(w, i->b) : NULL;
    const cr_space_rows *c = &w->spaces[i->child];
    cr_wide *d = VAL(w, i->dst);
    uint8_t *s = own_status(w, i->dst);
    for (uint32_t r = 0, n = N(w, i); r < n; r++) {
        int any = 0;
        s[r] = status_at(c->list, r);
        cr_wide_from(&d[r], i->imm);
        for (uint32_t k = c->off[r]; k < c->off[r + 1]; k++) {
            if (out_of(m, y, k))
                continue;
            s[r] = worst(s[r], worst(status_at(y, k), status_at(x, k)));
            if (!any || cr_wide_cmp(&a[k], &d[r]) == way)
                d[r] = a[k];
            any = 1;
        }
    }
}

void cr_highest_cr_wide(cr_workspace *w, const cr_insn *i)
{
    extreme(w, i, 1);
}

void cr_lowest_cr_wide(cr_workspace *w, const cr_insn *i)
{
    extreme(w, i, -1);
}

void cr_rank_cr_wide(cr_workspace *w, const cr_insn *i)
{
    const cr_wide *a = VAL(w, i->a);
    const int8_t *m = i->b >= 0 ? VAL(w, i->b) : NULL;
    const uint8_t *x = ST(w, i->a), *y = i->b >= 0 ? ST(w, i->b) : NULL;
    const cr_space_rows *c = &w->spaces[i->space];
    const uint32_t *up = cr_parent_rows(&w->spaces[i->space]);
    int way = i->mode == CR_RANK_HIGHEST ? 1 : i->mode == CR_RANK_LOWEST ? -1 : 0;
    int32_t *d = VAL(w, i->dst);
    uint8_t *s = own_status(w, i->dst);
    for (uint32_t r = 0, n = N(w, i); r < n; r++) {
        uint32_t p = up[r];
        d[r] = way != 0;
        s[r] = worst(worst(status_at(y, r), status_at(x, r)), status_at(c->list, p));
        for (uint32_t k = c->off[p]; k < c->off[p + 1] && !out_of(m, y, r); k++) {
            if (out_of(m, y, k))
                continue;
            s[r] = worst(s[r], worst(status_at(y, k), status_at(x, k)));
            d[r] += cr_wide_cmp(&a[k], &a[r]) == way;
        }
        if (out_of(m, y, r))
            s[r] = CR_INVALID;
    }
}

void cr_the_cr_wide(cr_workspace *w, const cr_insn *i)
{
    const cr_wide *a = VAL(w, i->a);
    const int8_t *m = i->b >= 0 ? VAL(w, i->b) : NULL;
    const uint8_t *x = ST(w, i->a), *y = i->b >= 0 ? ST(w, i->b) : NULL;
    const cr_space_rows *c = &w->spaces[i->child];
    int32_t *d = VAL(w, i->dst);
    uint8_t *s = own_status(w, i->dst);
    for (uint32_t r = 0, n = N(w, i); r < n; r++) {
        int tie = 0;
        s[r] = status_at(c->list, r);
        d[r] = -1;
        for (uint32_t k = c->off[r]; k < c->off[r + 1]; k++) {
            if (out_of(m, y, k))
                continue;
            s[r] = worst(s[r], worst(status_at(y, k), status_at(x, k)));
            int order = d[r] < 0 ? 2 : cr_wide_cmp(&a[k], &a[d[r]]) * (i->mode ? -1 : 1);
            tie = order == 0 || (tie && order < 0);
            if (order > 0 || (order == 0 && i->wide == CR_TIES_LAST))
                d[r] = (int32_t)k;
        }
        if (!s[r] && tie && i->wide == CR_TIES_INVALID)
            s[r] = CR_INVALID;
    }
}

void cr_beside_cr_wide(cr_workspace *w, const cr_insn *i)
{
    const cr_wide *a = VAL(w, i->a);
    const int8_t *m = i->b >= 0 ? VAL(w, i->b) : NULL;
    const uint8_t *x = ST(w, i->a), *y = i->b >= 0 ? ST(w, i->b) : NULL;
    const cr_space_rows *c = &w->spaces[i->space];
    const uint32_t *up = cr_parent_rows(&w->spaces[i->space]);
    int32_t *d = VAL(w, i->dst);
    uint8_t *s = own_status(w, i->dst);
    int way = i->mode ? -1 : 1;
    for (uint32_t r = 0, n = N(w, i); r < n; r++) {
        uint32_t p = up[r];
        int tie = 0;
        s[r] = worst(status_at(x, r), status_at(c->list, p));
        d[r] = -1;
        for (uint32_t k = c->off[p]; k < c->off[p + 1]; k++) {
            if (k == r || out_of(m, y, k))
                continue;
            s[r] = worst(s[r], worst(status_at(y, k), status_at(x, k)));
            if (cr_wide_cmp(&a[k], &a[r]) * way >= 0)
                continue;
            int order = d[r] < 0 ? 2 : cr_wide_cmp(&a[k], &a[d[r]]) * way;
            tie = order == 0 || (tie && order < 0);
            if (order > 0 || (order == 0 && i->wide == CR_TIES_LAST))
                d[r] = (int32_t)k;
        }
        if (!s[r] && tie && i->wide == CR_TIES_INVALID)
            s[r] = CR_INVALID;
    }
}

void cr_row_of_cr_wide(cr_workspace *w, const cr_insn *i)
{
    const int32_t *at = VAL(w, i->a);
    const cr_wide *v = VAL(w, i->b);
    const uint8_t *x = ST(w, i->a), *y = ST(w, i->b);
    cr_wide *d = VAL(w, i->dst);
    uint8_t *s = own_status(w, i->dst);
    for (uint32_t r = 0, n = N(w, i); r < n; r++) {
        uint8_t st = status_at(x, r);
        int some = !st && at[r] >= 0;
        cr_wide_from(&d[r], i->mode);
        if (some)
            d[r] = v[at[r]];
        s[r] = st ? st : some ? status_at(y, (uint32_t)at[r]) : CR_INVALID;
    }
    if (i->mode)
        w->frame->st[i->dst] = NULL;
}

/* ---- allocation ---- */

/* What is left after rounding down goes unit by unit to the largest fraction, ties to the row that
   stands first. Rests over one divisor compare as they are. */
static void give_rest(int64_t *share, cr_wide *rest, uint32_t n, cr_i128 left)
{
    for (; left > 0; left--) {
        uint32_t best = n;
        for (uint32_t k = 0; k < n; k++)
            if (cr_wide_sign(&rest[k]) > 0 && (best == n || cr_wide_cmp(&rest[k], &rest[best]) > 0))
                best = k;
        if (best == n)
            return;
        share[best]++;
        memset(&rest[best], 0, sizeof *rest);
    }
}

static void share_out(int64_t *share, cr_wide *rest, const cr_wide *weight, uint32_t n,
                      cr_i128 total)
{
    cr_wide sum, all, part, q;
    cr_i128 given = 0, whole = 0;
    memset(&sum, 0, sizeof sum);
    cr_wide_from(&all, total);
    for (uint32_t k = 0; k < n; k++)
        cr_wide_add(&sum, &sum, &weight[k]);
    for (uint32_t k = 0; k < n; k++) {
        cr_wide_mul(&part, &all, &weight[k]);
        cr_wide_div(&q, &rest[k], &part, &sum);
        cr_wide_to(&q, &whole);
        share[k] = (int64_t)whole;
        given += whole;
    }
    give_rest(share, rest, n, total - given);
}

static int adds_up(const cr_wide *weight, uint32_t n)
{
    int some = 0;
    for (uint32_t k = 0; k < n; k++) {
        if (cr_wide_sign(&weight[k]) < 0)
            return 0;
        some |= cr_wide_sign(&weight[k]) > 0;
    }
    return some;
}

/* a: the total, in the parent row; b: the weights, wide; c: room for the rests, wide. Weights that
 * are all 0, or one below 0, are invalid; so is a total below 0. */
void cr_k_allocate(cr_workspace *w, const cr_insn *i)
{
    const int64_t *total = VAL(w, i->a);
    const cr_wide *weight = VAL(w, i->b);
    cr_wide *rest = VAL(w, i->c);
    const uint8_t *x = ST(w, i->a), *y = ST(w, i->b);
    const cr_space_rows *c = &w->spaces[i->space];
    int64_t *d = VAL(w, i->dst);
    uint8_t *s = own_status(w, i->dst);
    for (uint32_t p = 0, parents = w->spaces[i->child].n; p < parents; p++) {
        uint32_t from = c->off[p], n = c->off[p + 1] - from;
        uint8_t st = worst(status_at(c->list, p), status_at(x, p));
        for (uint32_t k = from; k < from + n; k++)
            st = worst(st, status_at(y, k));
        if (!st && (total[p] < 0 || !adds_up(weight + from, n)))
            st = CR_INVALID;
        memset(d + from, 0, n * sizeof *d);
        memset(s + from, st, n);
        if (!st)
            share_out(d + from, rest + from, weight + from, n, total[p]);
    }
}
