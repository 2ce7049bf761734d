/* SPDX-License-Identifier: Apache-2.0 */
/* Rows among the others of their list: rank, ties, shares; the row with the latest date. */
#include "engine/build.h"

static int32_t mask_of(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    return x->b ? cr_lower_bool(b, env, space, x->b) : -1;
}

static int is_whole(cr_pval v)
{
    return v.den == 1 && v.div < 0 && v.lo >= INT64_MIN / 2 && v.hi <= INT64_MAX / 2;
}

/* Whether the rank is within so many places. */
static cr_pval lower_placed(cr_build *b, cr_env *env, cr_insn insn, const cr_expr *x)
{
    cr_pval places = cr_pval_space(b, cr_lower(b, env, insn.space, x->c), insn.space);
    if (!b->failed && !is_whole(places))
        cr_build_fail(b, "a number of places is a whole number of at most 62 bits");
    if (b->failed)
        return cr_pval_none();
    insn.op = CR_OP_PLACED;
    insn.wide = x->integer;
    insn.c = cr_emit_lane(b, places.reg, CR_LANE_64);
    return cr_pval_reg(b, cr_emit(b, insn, (cr_lane)b->plan->regs.at[insn.a].lane, 0, 1));
}

static cr_pval lower_rank(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    const cr_entity *e = &b->program->entities.at[space];
    cr_pval v = cr_num_one_divisor(b, e->parent, space, cr_lower(b, env, space, x->a));
    cr_insn insn = cr_insn_of(CR_OP_RANK, space);
    if (b->failed)
        return cr_pval_none();
    insn.mode = x->op;
    insn.child = (int16_t)e->parent;
    insn.imm = env->def;
    insn.a = v.reg;
    insn.b = mask_of(b, env, space, x);
    if (b->failed)
        return cr_pval_none();
    if (x->c)
        return lower_placed(b, env, insn, x);
    int32_t rank = cr_emit(b, insn, (cr_lane)b->plan->regs.at[v.reg].lane, 0, e->at_most);
    cr_pval out = cr_pval_reg(b, rank);
    out.lo = 1;
    return out;
}

/* x over the sum of all; there is no share of a sum that is not above 0. */
static cr_pval lower_share(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    int32_t parent = b->program->entities.at[space].parent, mask = mask_of(b, env, space, x);
    cr_pval v = cr_lower(b, env, space, x->a), zero = cr_pval_const(b, space, 0, 1);
    if (mask >= 0)
        v = cr_num_select(b, space, mask, v, zero);
    cr_pval sum = cr_num_sum(b, parent, space, v);
    if (b->failed)
        return cr_pval_none();
    cr_pval quotient = cr_num_div(b, space, v, cr_pval_space(b, sum, space));
    int32_t some = cr_num_compare(b, space, CR_OP_LT, zero, sum);
    cr_insn gate = cr_insn_of(CR_OP_GATE, space);
    gate.mode = 1;
    gate.imm = env->def;
    gate.a = quotient.reg;
    gate.b = cr_emit_lane(b, cr_emit_space(b, some, space), CR_LANE_8);
    if (b->failed)
        return cr_pval_none();
    const cr_reg r = b->plan->regs.at[quotient.reg];
    quotient.reg = cr_emit(b, gate, (cr_lane)r.lane, r.lo, r.hi);
    return quotient;
}

cr_pval cr_lower_among(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    int32_t at = env->entity; /* where shares and ranks stand may be above where they are read */
    b->calc->reads[x->ref.index] = 1;
    cr_day_reaches(b, b->program->entities.at[at].parent);
    cr_pval v = x->op == CR_SHARE ? lower_share(b, env, at, x) : lower_rank(b, env, at, x);
    return b->failed ? v : cr_pval_space(b, v, space);
}

/* The row before or after this one: a row of the same list. */
static cr_pval lower_beside(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    const cr_entity *e = &b->program->entities.at[space];
    cr_pval key = cr_num_one_divisor(b, e->parent, space, cr_lower(b, env, space, x->a));
    cr_insn insn = cr_insn_of(CR_OP_BESIDE, space);
    if (b->failed)
        return cr_pval_none();
    insn.mode = x->op == CR_THE_AFTER;
    insn.child = (int16_t)e->parent;
    insn.imm = env->def;
    insn.wide = x->integer;
    insn.a = cr_emit_space(b, key.reg, space);
    insn.b = mask_of(b, env, space, x);
    if (b->failed)
        return cr_pval_none();
    cr_lane lane = (cr_lane)b->plan->regs.at[insn.a].lane;
    return cr_pval_reg(b, cr_emit(b, insn, lane, -1, INT32_MAX));
}

cr_pval cr_lower_the(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    if (x->op >= CR_THE_BEFORE) {
        b->calc->reads[x->ref.index] = 1;
        return cr_pval_space(b, lower_beside(b, env, env->entity, x), space);
    }
    int32_t child = b->program->fields.at[x->ref.index].child;
    int32_t owner = b->program->entities.at[child].parent;
    cr_env inner = *env;
    inner.entity = child;
    b->calc->reads[x->ref.index] = 1;
    cr_day_reaches(b, owner);
    cr_pval key = cr_num_one_divisor(b, owner, child, cr_lower(b, &inner, child, x->a));
    cr_insn insn = cr_insn_of(CR_OP_THE, owner);
    if (b->failed)
        return cr_pval_none();
    insn.mode = x->op;
    insn.child = (int16_t)child;
    insn.imm = env->def;
    insn.wide = x->integer;
    insn.a = key.reg;
    insn.b = mask_of(b, &inner, child, x);
    if (b->failed)
        return cr_pval_none();
    cr_pval out =
        cr_pval_reg(b, cr_emit(b, insn, (cr_lane)b->plan->regs.at[key.reg].lane, -1, INT32_MAX));
    return cr_pval_space(b, out, space);
}

static int32_t gather(cr_build *b, int32_t row, int32_t value, int32_t child, int32_t def,
                      int is_divisor)
{
    if (b->failed || value < 0)
        return value;
    const cr_reg r = b->plan->regs.at[value];
    cr_insn insn = cr_insn_of(CR_OP_ROW_OF, b->plan->regs.at[row].space);
    insn.child = (int16_t)child;
    insn.mode = (uint8_t)is_divisor;
    insn.imm = def;
    insn.a = row;
    insn.b = value;
    return cr_emit(b, insn, (cr_lane)r.lane, r.lo, r.hi);
}

cr_pval cr_lower_row_of(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    int32_t child = x->a->type.index;
    cr_env inner = *env;
    inner.entity = child;
    cr_pval row = cr_lower(b, env, space, x->a);
    cr_pval v = cr_pval_space(b, cr_lower(b, &inner, child, x->b), child);
    if (b->failed)
        return cr_pval_none();
    int32_t at = cr_emit_lane(b, row.reg, CR_LANE_32);
    v.div = gather(b, at, v.div, child, env->def, 1);
    v.reg = gather(b, at, v.reg, child, env->def, 0);
    return cr_pval_space(b, v, space);
}

/* Weights over one divisor are shared out by their numerators. The rests need registers of their
 * own: a copy of the weights that nobody else reads. */
cr_pval cr_lower_allocate(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    int32_t at = env->entity, parent = b->program->entities.at[at].parent;
    cr_env above = *env;
    cr_insn insn = cr_insn_of(CR_OP_ALLOCATE, at), room = cr_insn_of(CR_OP_BOTH, at);
    above.entity = parent;
    b->calc->reads[x->ref.index] = 1;
    cr_day_reaches(b, parent);
    cr_pval total = cr_pval_space(b, cr_lower(b, &above, parent, x->a), parent);
    cr_pval weight = cr_num_one_divisor(b, parent, at, cr_lower(b, env, at, x->b));
    if (!b->failed && !is_whole(total))
        cr_build_fail(b, "the total of an allocation is a whole number of at most 62 bits");
    if (!b->failed && cr_reg_bits(b, weight.reg) > CR_WIDE_BITS - 80)
        cr_build_fail(b, "the exact result may need more than 1015 bits");
    if (b->failed)
        return cr_pval_none();
    insn.child = (int16_t)parent;
    insn.imm = room.imm = env->def;
    insn.a = cr_emit_lane(b, total.reg, CR_LANE_64);
    insn.b = room.a = room.b = cr_emit_lane(b, cr_emit_space(b, weight.reg, at), CR_LANE_WIDE);
    insn.c = cr_emit_wide(b, room, b->failed ? 1 : cr_reg_bits(b, insn.b));
    cr_pval v = cr_pval_reg(
        b, b->failed ? -1 : cr_emit(b, insn, CR_LANE_64, 0, total.hi > 0 ? total.hi : 0));
    return cr_pval_space(b, v, space);
}

/* n × share: the next whole number up, or the one beyond the next down. */
cr_pval cr_lower_least(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    cr_rat one = {1, 1};
    cr_pval v = cr_num_mul(b, space, cr_lower(b, env, space, x->b), cr_lower(b, env, space, x->a));
    if (b->failed)
        return cr_pval_none();
    v = cr_num_round(b, space, v, one, x->op ? CR_ROUND_DOWN : CR_ROUND_UP);
    return x->op ? cr_num_add(b, space, v, cr_pval_const(b, space, 1, 1), 1) : v;
}
