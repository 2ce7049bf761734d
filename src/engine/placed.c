/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a row is among the first so many of its list, decided from what is known: a row whose
   value or right to a place is open counts as one that may be ahead. So an unknown value leaves
   open only the rows that it can move. */
#include "engine/kernels.h"

static int order(const cr_workspace *w, int32_t reg, uint32_t p, uint32_t q)
{
    const void *v = VAL(w, reg);
    if (w->frame->plan->regs.at[reg].lane == CR_LANE_WIDE)
        return cr_wide_cmp(&((const cr_wide *)v)[p], &((const cr_wide *)v)[q]);
    cr_i128 x = cr_lane_get(w, reg, p), y = cr_lane_get(w, reg, q);
    return (x > y) - (x < y);
}

static int out(const cr_workspace *w, const cr_insn *i, uint32_t row)
{
    return i->b >= 0 && out_of(VAL(w, i->b), ST(w, i->b), row);
}

cr_ahead cr_placed_beside(const cr_workspace *w, const cr_insn *i, uint32_t row, uint32_t k)
{
    cr_ahead n = {0, 0, CR_KNOWN};
    uint8_t mine = status_at(ST(w, i->a), row), its = status_at(ST(w, i->a), k);
    uint8_t in = i->b >= 0 ? status_at(ST(w, i->b), k) : CR_KNOWN;
    if (k == row || out(w, i, k))
        return n;
    if (!mine && !its) {
        int way = order(w, i->a, k, row) * (i->mode == CR_RANK_HIGHEST ? 1 : -1);
        if (way < 0 || (way == 0 && i->wide == CR_TIES_IN))
            return n;
        n.sure = !in;
    }
    n.open = !n.sure;
    n.status = worst(worst(mine, its), in);
    return n;
}

cr_ahead cr_placed_ahead(const cr_workspace *w, const cr_insn *i, uint32_t row)
{
    const cr_space_rows *c = &w->spaces[i->space];
    cr_ahead sum = {0, 0, CR_KNOWN};
    uint32_t p = cr_parent_rows(&w->spaces[i->space])[row];
    for (uint32_t k = c->off[p]; k < c->off[p + 1]; k++) {
        cr_ahead n = cr_placed_beside(w, i, row, k);
        sum.sure += n.sure;
        sum.open += n.open;
        sum.status = worst(sum.status, n.status);
    }
    return sum;
}

int cr_placed_inside(const cr_workspace *w, const cr_insn *i, uint32_t row, cr_ahead n)
{
    return !status_at(ST(w, i->c), row) &&
           n.sure + n.open + 1 <= ((const int64_t *)VAL(w, i->c))[row];
}

/* a: the values; b: who belongs to the list, -1 = all; c: the number of places. */
void cr_k_placed(cr_workspace *w, const cr_insn *i)
{
    const int64_t *places = VAL(w, i->c);
    const uint8_t *z = ST(w, i->c), *y = i->b >= 0 ? ST(w, i->b) : NULL;
    const cr_space_rows *c = &w->spaces[i->space];
    int8_t *d = VAL(w, i->dst);
    uint8_t *s = own_status(w, i->dst);
    for (uint32_t r = 0, n = N(w, i); r < n; r++) {
        d[r] = 0;
        s[r] = status_at(c->list, cr_parent_rows(&w->spaces[i->space])[r]);
        if (s[r] || out(w, i, r))
            continue;
        cr_ahead ahead = cr_placed_ahead(w, i, r);
        if (!status_at(z, r) && ahead.sure + 1 > places[r])
            continue;
        d[r] = 1;
        s[r] = status_at(y, r);
        if (!cr_placed_inside(w, i, r, ahead))
            s[r] = worst(worst(s[r], status_at(z, r)), ahead.status);
    }
}
