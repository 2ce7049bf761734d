/* SPDX-License-Identifier: Apache-2.0 */
/* Decision tables.

   unique, first: the rows from the last to the first, each chosen before those below it; behind the
   last stands `otherwise`, or nothing at all: the checker has proved that some row holds. sum: each
   row that holds adds its value. highest: the highest value of the rows that hold. collect: the
   words of the rows that hold, as a set. */
#include "engine/build.h"

static cr_pval no_row(cr_build *b, int32_t space, int32_t def)
{
    cr_insn insn = {0};
    insn.op = CR_OP_FAIL;
    insn.mode = CR_NO_ROW;
    insn.space = (int16_t)space;
    insn.imm = def;
    return cr_pval_reg(b, cr_emit(b, insn, CR_LANE_8, 0, 0));
}

static const cr_clause *base_of(const cr_build *b, const cr_stmt *s)
{
    for (uint32_t i = 0; i < s->clauses.n; i++)
        if (s->clauses.at[i].kind == CR_C_OTHERWISE &&
            cr_period_holds(s->clauses.at[i].period, b->date))
            return &s->clauses.at[i];
    return NULL;
}

static int is_row(const cr_build *b, const cr_clause *r)
{
    return r->kind == CR_C_WHEN && cr_period_holds(r->period, b->date);
}

static cr_pval pick(cr_build *b, int32_t space, const cr_type *type, int32_t cond, cr_pval x,
                    cr_pval y)
{
    if (type->kind == CR_T_NUMBER)
        return cr_num_choice(b, CR_OP_PICK, space, cond, x, y);
    cr_pval v = cr_pval_none();
    v.reg = cr_emit_choice(b, CR_OP_PICK, space, cond, x.reg, y.reg);
    v.lo = x.lo < y.lo ? x.lo : y.lo;
    v.hi = x.hi > y.hi ? x.hi : y.hi;
    return v;
}

static cr_pval one_row(cr_build *b, cr_env *env, int32_t space, const cr_type *type)
{
    const cr_stmt *s = env->stmt;
    const cr_clause *base = base_of(b, s);
    cr_pval nothing = base ? cr_pval_none() : no_row(b, space, env->def);
    cr_pval v = base ? cr_lower(b, env, space, base->value) : nothing;
    for (uint32_t i = s->clauses.n; i-- > 0 && !b->failed;) {
        const cr_clause *r = &s->clauses.at[i];
        if (!is_row(b, r))
            continue;
        cr_pval value = cr_lower(b, env, space, r->value);
        if (!base && v.reg == nothing.reg) { /* it has no bounds of its own */
            v = value;
            v.reg = nothing.reg;
            v.div = -1;
        }
        v = pick(b, space, type, cr_lower_bool(b, env, space, r->cond), value, v);
    }
    return v;
}

static cr_pval sum_of_rows(cr_build *b, cr_env *env, int32_t space)
{
    const cr_stmt *s = env->stmt;
    cr_pval zero = cr_pval_const(b, space, 0, 1), v = zero;
    for (uint32_t i = 0; i < s->clauses.n && !b->failed; i++) {
        const cr_clause *r = &s->clauses.at[i];
        if (!is_row(b, r))
            continue;
        cr_pval value = cr_lower(b, env, space, r->value);
        int32_t cond = cr_lower_bool(b, env, space, r->cond);
        v = cr_num_add(b, space, v, cr_num_select(b, space, cond, value, zero), 1);
    }
    return v;
}

/* Below the values of every row, so that no row that may hold is equal to it. */
static cr_rat least_value(cr_build *b, cr_env *env, int32_t space)
{
    const cr_stmt *s = env->stmt;
    cr_rat least = {-1, 1}, one = {1, 1}, low;
    for (uint32_t i = 0; i < s->clauses.n && !b->failed; i++) {
        const cr_clause *r = &s->clauses.at[i];
        if (!is_row(b, r))
            continue;
        cr_pval v = cr_lower(b, env, space, r->value);
        if (!b->failed && cr_reg_wide(b, v.reg))
            cr_build_fail(b, "the highest of values of more than 128 bits");
        if (b->failed || v.lo >= 0) /* a divisor is at least 1 */
            continue;
        if (cr_rat_make(v.lo, v.den, &low) || cr_rat_sub(low, one, &low))
            cr_build_fail(b, "the exact result may need more than 128 bits");
        else if (cr_rat_cmp(low, least) < 0)
            least = low;
    }
    return least;
}

/* A row that does not hold counts as that bound, so it never wins. */
static cr_pval highest_row(cr_build *b, cr_env *env, int32_t space)
{
    const cr_stmt *s = env->stmt;
    const cr_clause *base = base_of(b, s);
    const cr_rat least = least_value(b, env, space);
    cr_pval low = cr_pval_const(b, space, least.num, least.den), v = low;
    int32_t any = cr_emit_const(b, space, 0);
    for (uint32_t i = 0; i < s->clauses.n && !b->failed; i++) {
        const cr_clause *r = &s->clauses.at[i];
        if (!is_row(b, r))
            continue;
        cr_pval value = cr_lower(b, env, space, r->value);
        int32_t cond = cr_lower_bool(b, env, space, r->cond);
        any = cr_emit_bool(b, CR_OP_OR, space, any, cond);
        v = cr_num_pick(b, space, CR_OP_MAX, v, cr_num_select(b, space, cond, value, low));
    }
    if (base && !b->failed)
        v = cr_num_select(b, space, any, v, cr_lower(b, env, space, base->value));
    return v;
}

/* Each word is a bit: it is in where a row with this word holds. */
static cr_pval collected(cr_build *b, cr_env *env, int32_t space, const cr_type *type)
{
    const cr_stmt *s = env->stmt;
    uint32_t n = b->program->enums.at[type->index].n_values;
    cr_pval v = cr_pval_const(b, space, 0, 1);
    /* bits do not overlap, so their sum is their union */
    for (uint32_t word = 0; word < n && word < 63; word++) {
        int32_t in = -1;
        for (uint32_t i = 0; i < s->clauses.n && !b->failed; i++) {
            const cr_clause *r = &s->clauses.at[i];
            if (!is_row(b, r) || r->value->ref.index != (int32_t)word)
                continue;
            int32_t cond = cr_lower_bool(b, env, space, r->cond);
            if (s->known)
                cond = cr_emit_bool(b, CR_OP_KNOWN_YES, space, cond, -1);
            in = in < 0 ? cond : cr_emit_bool(b, CR_OP_OR, space, in, cond);
        }
        if (in < 0 || b->failed)
            continue;
        cr_pval bit = cr_pval_const(b, space, (cr_i128)1 << word, 1);
        v = cr_num_add(b, space, v, cr_num_select(b, space, in, bit, cr_pval_const(b, space, 0, 1)),
                       1);
    }
    return v;
}

cr_pval cr_lower_table(cr_build *b, cr_env *env, int32_t space, const cr_type *type)
{
    switch (env->stmt->hit) {
    case CR_HIT_SUM: return sum_of_rows(b, env, space);
    case CR_HIT_HIGHEST: return highest_row(b, env, space);
    case CR_HIT_COLLECT: return collected(b, env, space, type);
    default: return one_row(b, env, space, type);
    }
}
