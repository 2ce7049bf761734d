/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters: which row of a table serves, and what stands in it.

   A policy never changes, so every answer of a look-up is kept: for one case the last few of each
   instruction, for blocks a row number for each region and key on the day the block is decided for. */
#include "engine/kernels.h"

enum { NOT_LOOKED_UP = -2, FEW_ROWS = 16 };

static int64_t lane_at(const cr_workspace *w, int32_t reg, uint32_t k)
{
    const void *at = VAL(w, reg);
    switch (w->frame->plan->regs.at[reg].lane) {
    case CR_LANE_8: return ((const int8_t *)at)[k];
    case CR_LANE_16: return ((const int16_t *)at)[k];
    case CR_LANE_32: return ((const int32_t *)at)[k];
    default: return ((const int64_t *)at)[k];
    }
}

/* The row for a day, or -1; a strict calculator takes only rows that are confirmed that far. */
static int32_t find(const cr_workspace *w, const cr_ptable *table, int32_t region, uint32_t key,
                    int32_t day)
{
    int32_t row = cr_ptable_find(w->calc->policy, table, region, key, day);
    return row >= 0 && w->calc->strict && day > table->rows.at[row].confirmed_to ? -1 : row;
}

/* ---- row by row ---- */

static int32_t seen_row(cr_workspace *w, const cr_insn *i, const cr_ptable *table, int32_t region,
                        uint32_t key, int32_t date)
{
    cr_seen_row *seen = &w->frame->seen[(uint32_t)i->c * CR_SEEN +
                                        ((uint32_t)region * 5u + key + (uint32_t)date) % CR_SEEN];
    int64_t day = (int64_t)date + (INT64_C(1) << 32);
    if (seen->date != day || seen->region != region || seen->key != key) {
        seen->row = find(w, table, region, key, date);
        seen->date = day;
        seen->region = region;
        seen->key = key;
    }
    return seen->row;
}

static void look_up(cr_workspace *w, const cr_insn *i, const cr_ptable *table, uint32_t k)
{
    const int32_t *args = &w->frame->plan->args.at[i->a];
    int64_t in[CR_MAX_KEYS + 2];
    uint8_t st = CR_KNOWN;
    uint32_t key = 0;
    int32_t row = -1;
    for (int32_t j = 0; j < i->b; j++) {
        in[j] = lane_at(w, args[j], k);
        st = worst(st, status_at(ST(w, args[j]), k));
    }
    if (!st && in[0] != CR_NEVER && !cr_ptable_key(table, in + 2, &key))
        row = seen_row(w, i, table, (int32_t)in[1], key, (int32_t)in[0]);
    ((int32_t *)VAL(w, i->dst))[k] = row;
    if (st || row < 0)
        own_failure(w, i, k, st ? st : (uint8_t)CR_NO_DATA);
}

/* ---- block by block ---- */

/* The day of all rows; 0 = they differ, or one is no day. */
static int one_day(const cr_workspace *w, int32_t reg, uint32_t n, int32_t *day)
{
    if (w->frame->plan->regs.at[reg].lane != CR_LANE_32 || ST(w, reg))
        return 0;
    const int32_t *restrict at = VAL(w, reg);
    int32_t differ = 0;
    *day = at[0];
    for (uint32_t k = 0; k < n; k++)
        differ |= at[k] ^ at[0];
    return !differ && *day != CR_NEVER;
}

/* at = at × size + value - lo, and out where the value lies outside. */
#define MIX(T)                                                                                     \
    {                                                                                              \
        const T *restrict v = VAL(w, reg);                                                         \
        for (uint32_t k = 0; k < n; k++) {                                                         \
            const uint64_t x = (uint64_t)v[k] - (uint64_t)lo;                                      \
            out |= x >= size;                                                                      \
            at[k] = at[k] * size + (x < size ? (uint32_t)x : 0);                                   \
        }                                                                                          \
    }
static uint32_t mix(const cr_workspace *w, int32_t reg, uint32_t n, int64_t lo, uint32_t size,
                    uint32_t *restrict at)
{
    uint32_t out = 0;
    switch (w->frame->plan->regs.at[reg].lane) {
    case CR_LANE_8: MIX(int8_t) break;
    case CR_LANE_16: MIX(int16_t) break;
    case CR_LANE_32: MIX(int32_t) break;
    default: MIX(int64_t) break;
    }
    return out;
}

/* Places in the list of answers; 1 = some row has no place, and goes the long way. */
static int places(cr_workspace *w, const cr_insn *i, const cr_ptable *table, uint32_t n,
                  uint32_t *at)
{
    const int32_t *args = &w->frame->plan->args.at[i->a];
    uint32_t out = 0;
    memset(at, 0, n * sizeof *at);
    for (int32_t j = 1; j < i->b; j++) {
        if (ST(w, args[j]))
            return 1;
        if (j > 1)
            out |= mix(w, args[j], n, table->key_lo[j - 2], table->key_size[j - 2], at);
        else if (!w->frame->plan->regs.at[args[1]].is_const)
            out |= mix(w, args[1], n, 0, w->calc->policy->regions.n, at);
    }
    return out != 0;
}

uint32_t cr_answers_size(const cr_calculator *calc, const cr_plan *plan, const cr_insn *i)
{
    const cr_ptable *table = &calc->policy->tables.at[i->imm];
    uint64_t size = table->flat_size;
    if (!plan->regs.at[plan->args.at[i->a + 1]].is_const)
        size *= calc->policy->regions.n;
    return size <= CR_MOST_ANSWERS ? (uint32_t)size : 0;
}

static int rows_of_block(cr_workspace *w, const cr_insn *i, const cr_ptable *table, uint32_t n)
{
    const int32_t *args = &w->frame->plan->args.at[i->a];
    cr_answers *known = w->frame->answers ? &w->frame->answers[i->c] : NULL;
    uint32_t *restrict at = w->frame->scratch;
    int32_t *restrict d = VAL(w, i->dst), least = 0, day = 0;
    if (!known || known->size == 0 || !one_day(w, args[0], n, &day) || places(w, i, table, n, at))
        return 0;
    if (known->day != day || !known->filled)
        for (uint32_t k = 0; k < known->size; k++)
            known->row[k] = NOT_LOOKED_UP;
    known->day = day;
    known->filled = 1;
    for (uint32_t k = 0; k < n; k++) {
        d[k] = known->row[at[k]];
        least = d[k] < least ? d[k] : least;
    }
    for (uint32_t k = 0; least < 0 && k < n; k++) {
        if (known->row[at[k]] == NOT_LOOKED_UP) {
            int fixed = w->frame->plan->regs.at[args[1]].is_const;
            int32_t region = fixed ? (int32_t)lane_at(w, args[1], 0)
                                   : (int32_t)(at[k] / table->flat_size);
            known->row[at[k]] = find(w, table, region, at[k] % table->flat_size, day);
        }
        d[k] = known->row[at[k]];
        if (d[k] < 0)
            own_failure(w, i, k, CR_NO_DATA);
    }
    return 1;
}

void cr_k_row(cr_workspace *w, const cr_insn *i)
{
    const cr_ptable *table = &w->calc->policy->tables.at[i->imm];
    uint32_t n = N(w, i);
    w->frame->st[i->dst] = NULL;
    if (n >= FEW_ROWS && rows_of_block(w, i, table, n))
        return;
    for (uint32_t k = 0; k < n; k++)
        look_up(w, i, table, k);
}

/* ---- what stands in the row ---- */

#define VALUES(T)                                                                                  \
    {                                                                                              \
        T *restrict d = VAL(w, i->dst);                                                            \
        for (uint32_t k = 0, n = N(w, i); k < n; k++)                                              \
            d[k] = (T)((uint32_t)a[k] < count ? rows[a[k]].value : 0);                             \
    }
void cr_k_row_value(cr_workspace *w, const cr_insn *i)
{
    const cr_ptable *table = &w->calc->policy->tables.at[i->imm];
    const cr_prow *restrict rows = table->rows.at;
    const int32_t *restrict a = VAL(w, i->a);
    const uint32_t count = table->rows.n;
    switch (i->lane) {
    case CR_LANE_8: VALUES(int8_t) break;
    case CR_LANE_16: VALUES(int16_t) break;
    case CR_LANE_32: VALUES(int32_t) break;
    case CR_LANE_64: VALUES(int64_t) break;
    default: VALUES(cr_i128) break;
    }
    strict2(w, i, i->a, -1);
}

void cr_k_row_none(cr_workspace *w, const cr_insn *i)
{
    const cr_ptable *table = &w->calc->policy->tables.at[i->imm];
    const int32_t *a = VAL(w, i->a);
    int8_t *d = VAL(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++)
        d[k] = (uint32_t)a[k] < table->rows.n && table->rows.at[a[k]].is_none;
    strict2(w, i, i->a, -1);
}

void cr_k_row_below(cr_workspace *w, const cr_insn *i)
{
    const cr_ptable *table = &w->calc->policy->tables.at[i->imm];
    const int32_t *a = VAL(w, i->a);
    int8_t *d = VAL(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++)
        d[k] = (uint32_t)a[k] < table->rows.n && cr_prow_below(&table->rows.at[a[k]]);
    strict2(w, i, i->a, -1);
}
