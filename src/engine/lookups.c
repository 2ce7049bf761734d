/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters: which row of a table serves, and what stands in it.

   A policy never changes, so every answer of a look-up is kept: for one case the last few of each
   instruction; for blocks all there can be on the day that the block is decided for, so that a row
   has only to be placed among them. */
#include "engine/kernels.h"

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

/* The row for row k; -1 and a status where there is none. */
static int32_t look_up(cr_workspace *w, const cr_insn *i, const cr_ptable *table, uint32_t k)
{
    const int32_t *args = &w->frame->plan->args.at[i->a];
    int on_day = i->child && !w->days;
    int64_t in[CR_MAX_KEYS + 2];
    uint8_t st = CR_KNOWN;
    uint32_t key = 0;
    int32_t row = -1;
    in[0] = w->on;
    for (int32_t j = on_day; j < i->b; j++) {
        in[j] = lane_at(w, args[j], k);
        st = worst(st, status_at(ST(w, args[j]), k));
    }
    if (!st && in[0] != CR_NEVER && !cr_ptable_key(table, in + 2, &key))
        row = seen_row(w, i, table, (int32_t)in[1], key, (int32_t)in[0]);
    if (st || row < 0)
        own_failure(w, i, k, st ? st : (uint8_t)CR_NO_DATA);
    return row;
}

void cr_k_row(cr_workspace *w, const cr_insn *i)
{
    const cr_ptable *table = &w->calc->policy->tables.at[i->imm];
    int32_t *d = VAL(w, i->dst);
    w->frame->st[i->dst] = NULL;
    for (uint32_t k = 0, n = N(w, i); k < n; k++)
        d[k] = look_up(w, i, table, k);
}

/* ---- for blocks ---- */

/* The day is read only where days differ: look-ups know the one of the block. */
void cr_k_day(cr_workspace *w, const cr_insn *i)
{
    w->frame->st[i->dst] = NULL;
    if (w->days)
        cr_kernels[i->op][i->lane](w, i);
}

uint32_t cr_answers_size(const cr_calculator *calc, const cr_plan *plan, const cr_insn *i)
{
    const cr_ptable *table = &calc->policy->tables.at[i->imm];
    uint64_t size = table->flat_size;
    if (!plan->regs.at[plan->args.at[i->a + 1]].is_const)
        size *= calc->policy->regions.n;
    return size <= CR_MOST_ANSWERS ? (uint32_t)size : 0;
}

static void fill_answers(const cr_workspace *w, const cr_insn *i, cr_answers *answers)
{
    const cr_ptable *table = &w->calc->policy->tables.at[i->imm];
    const cr_reg *place = &w->frame->plan->regs.at[w->frame->plan->args.at[i->a + 1]];
    answers->flat = table->flat_size;
    answers->complete = 1;
    for (uint32_t k = 0; k < answers->size; k++) {
        int32_t region = place->is_const ? (int32_t)place->value : (int32_t)(k / answers->flat);
        int32_t row = find(w, table, region, k % answers->flat, w->on);
        answers->row[k] = row;
        answers->value[k] = row < 0 ? 0 : table->rows.at[row].value;
        answers->complete &= row >= 0;
    }
    answers->day = w->on;
    answers->filled = 1;
}

const cr_answers *cr_answers_of(cr_workspace *w, const cr_insn *i)
{
    cr_answers *answers = &w->frame->answers[i->c];
    if (!i->child || w->days || answers->size == 0)
        return NULL;
    if (!answers->filled || answers->day != w->on)
        fill_answers(w, i, answers);
    return answers;
}

#define LOOK_UP(T)                                                                                 \
    {                                                                                              \
        T *restrict d = VAL(w, i->dst);                                                            \
        for (uint32_t k = 0, n = N(w, i); k < n; k++) {                                            \
            int32_t row = look_up(w, i, table, k);                                                 \
            d[k] = (T)(row < 0 ? 0 : table->rows.at[row].value);                                   \
        }                                                                                          \
    }
void cr_k_look_up(cr_workspace *w, const cr_insn *i)
{
    const cr_ptable *table = &w->calc->policy->tables.at[i->imm];
    w->frame->st[i->dst] = NULL;
    switch (i->lane) {
    case CR_LANE_8: LOOK_UP(int8_t) break;
    case CR_LANE_16: LOOK_UP(int16_t) break;
    case CR_LANE_32: LOOK_UP(int32_t) break;
    case CR_LANE_64: LOOK_UP(int64_t) break;
    default: LOOK_UP(cr_i128) break;
    }
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
