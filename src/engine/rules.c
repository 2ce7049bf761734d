/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions, decisions and statuses: from the clauses of a statement to values and reasons. */
#include <string.h>

#include "engine/build.h"

int cr_period_holds(cr_period period, int32_t date)
{
    return period.from <= date && date <= period.to;
}

static int clause_holds(const cr_build *b, const cr_clause *c)
{
    return cr_period_holds(c->period, b->date);
}

cr_pval cr_lower_not_in_force(cr_build *b, int32_t space, int32_t def)
{
    cr_insn insn = {0};
    insn.op = CR_OP_FAIL;
    insn.mode = CR_NOT_IN_FORCE;
    insn.space = (int16_t)space;
    insn.imm = def;
    return cr_pval_reg(b, cr_emit(b, insn, CR_LANE_8, 0, 0));
}

/* ---- rounding ---- */

static cr_rat rounding_step(const cr_rounding *r)
{
    return r->step;
}

int32_t cr_emit_both(cr_build *b, int32_t space, int32_t value, int32_t status)
{
    value = cr_emit_space(b, value, space);
    if (b->failed || value < 0)
        return -1;
    cr_insn insn = {0};
    const cr_reg r = b->plan->regs.at[value];
    insn.op = CR_OP_BOTH;
    insn.space = (int16_t)space;
    insn.a = value;
    insn.b = status;
    return cr_emit(b, insn, (cr_lane)r.lane, r.lo, r.hi);
}

/* `rounded by OPTION`: every value of the option has a rounding of its own; the option's status
 * stays on the result. */
static cr_pval round_by_option(cr_build *b, cr_env *env, int32_t space, cr_pval v,
                               const cr_stmt *stmt)
{
    const cr_param *param = &b->program->params.at[stmt->rounded_ref.index];
    const cr_enum *values = &b->program->enums.at[param->type.index];
    cr_expr name = {0};
    name.kind = CR_X_NAME;
    name.ref = stmt->rounded_ref;
    name.type = param->type;
    cr_key_arg region = {CR_STR("region"), stmt->rounded_pos, NULL};
    cr_expr place = {0};
    int32_t field = cr_program_field(b->program, b->calc->root, CR_STR("region"));
    place.kind = CR_X_NAME;
    place.ref.kind = CR_REF_FIELD;
    place.ref.index = field;
    place.ref.up = (uint16_t)b->program->entities.at[space].depth;
    region.value = &place;
    if (param->n_keys > 0) {
        cr_build_fail(b, "an option that rounds may have no key but the region");
        return v;
    }
    if (param->by_region && field >= 0) {
        name.keys.at = &region;
        name.keys.n = 1;
    }
    cr_pval option = cr_lower_param(b, env, space, &name, CR_OP_ROW_VALUE);
    cr_pval out = cr_num_round(b, space, v, rounding_step(&values->values[0].rounding),
                               values->values[0].rounding.mode);
    for (uint32_t i = 1; i < values->n_values && !b->failed; i++) {
        const cr_rounding *r = &values->values[i].rounding;
        int32_t is = cr_emit_compare(b, CR_OP_EQ, space, option.reg, cr_emit_const(b, space, i));
        out =
            cr_num_select(b, space, is, cr_num_round(b, space, v, rounding_step(r), r->mode), out);
    }
    if (!b->failed) /* rounding is no choice between equal arms: it waits for the option */
        out.reg = cr_emit_both(b, space, out.reg, cr_emit_space(b, option.reg, space));
    return out;
}

static cr_pval apply_rounding(cr_build *b, cr_env *env, int32_t space, cr_pval v,
                              const cr_stmt *stmt)
{
    if (b->failed)
        return v;
    if (stmt->rounded_by.n > 0)
        return round_by_option(b, env, space, v, stmt);
    if (stmt->rounding.pos.line > 0)
        return cr_num_round(b, space, v, rounding_step(&stmt->rounding), stmt->rounding.mode);
    return v;
}

/* ---- define ---- */

/* From the last line to the first: `otherwise` and plain values are the base, each `when` chooses
 * before it. */
static cr_pval lower_define(cr_build *b, cr_env *env, int32_t space, const cr_type *type)
{
    const cr_stmt *stmt = env->stmt;
    cr_pval v = cr_pval_none();
    for (uint32_t i = stmt->clauses.n; i-- > 0 && !b->failed;) {
        const cr_clause *c = &stmt->clauses.at[i];
        if (!clause_holds(b, c) || c->kind == CR_C_WHERE)
            continue;
        if (c->kind != CR_C_WHEN) {
            v = cr_lower(b, env, space, c->value);
            continue;
        }
        int32_t cond = cr_lower_bool(b, env, space, c->cond);
        cr_pval value = cr_lower_arm(b, env, space, cond, c->value);
        if (v.reg < 0)
            v = cr_lower_not_in_force(b, space, env->def);
        v = b->failed ? cr_pval_none() : cr_select_value(b, space, type, cond, value, v);
    }
    if (v.reg < 0 && !b->failed)
        v = cr_lower_not_in_force(b, space, env->def);
    return apply_rounding(b, env, space, v, stmt);
}

/* ---- decide ---- */

typedef struct cr_group_value {
    int32_t holds; /* the group's own answer */
    uint16_t no;
    uint8_t kind;
} cr_group_value;

static int32_t group_value(cr_build *b, cr_env *env, int32_t space, uint32_t first,
                           const int32_t *regs)
{
    const cr_stmt *stmt = env->stmt;
    const cr_clause *head = &stmt->clauses.at[first];
    cr_pval count = cr_pval_const(b, space, 0, 1);
    int32_t v = -1;
    for (uint32_t i = first; i < stmt->clauses.n && !b->failed; i++) {
        const cr_clause *c = &stmt->clauses.at[i];
        if (c->kind != CR_C_CONDITION || c->group_no != head->group_no || regs[i] < 0)
            continue;
        if (head->group == CR_GROUP_AT_LEAST) {
            cr_pval one = cr_pval_reg(b, regs[i]);
            count = cr_num_add(b, space, count, one, 1);
        } else if (v < 0) {
            v = regs[i];
        } else {
            v = cr_emit_bool(b, head->group == CR_GROUP_ALL ? CR_OP_AND : CR_OP_OR, space, v,
                             regs[i]);
        }
    }
    if (head->group == CR_GROUP_AT_LEAST)
        return b->failed ? -1
                         : cr_num_compare(b, space, CR_OP_LE,
                                          cr_pval_const(b, space, head->at_least, 1), count);
    return head->group == CR_GROUP_NONE ? cr_emit_bool(b, CR_OP_NOT, space, v, -1) : v;
}

/* The first condition, in written order, of a failing group that is known to fail; a count has none
 * of its own. */
static int32_t reason_chain(cr_build *b, int32_t space, const cr_stmt *stmt, const int32_t *regs,
                            const int32_t *groups)
{
    int32_t reason = cr_emit_const(b, space, 0);
    for (uint32_t i = stmt->clauses.n; i-- > 0 && !b->failed;) {
        const cr_clause *c = &stmt->clauses.at[i];
        if (c->kind != CR_C_CONDITION || regs[i] < 0)
            continue;
        cr_op fails = c->group == CR_GROUP_NONE ? CR_OP_KNOWN_YES : CR_OP_KNOWN_NO;
        int32_t both =
            cr_emit_bool(b, CR_OP_AND, space, cr_emit_bool(b, CR_OP_KNOWN_NO, space, groups[i], -1),
                         cr_emit_bool(b, fails, space, regs[i], -1));
        reason = cr_emit_select(b, space, both, cr_emit_const(b, space, c->reason_code), reason);
    }
    return reason;
}

static cr_plan_def lower_decide(cr_build *b, cr_env *env, int32_t space)
{
    const cr_stmt *stmt = env->stmt;
    cr_plan_def out = {cr_pval_none(), cr_pval_none()};
    int32_t *regs = cr_arena_get(&b->calc->arena, (size_t)stmt->clauses.n + 1, sizeof *regs);
    int32_t *groups = cr_arena_get(&b->calc->arena, (size_t)stmt->clauses.n + 1, sizeof *groups);
    int32_t last_group = -1, v = -1;
    if (!regs || !groups) {
        b->error->oom = 1;
        cr_build_fail(b, "out of memory");
        return out;
    }
    for (uint32_t i = 0; i < stmt->clauses.n && !b->failed; i++) {
        const cr_clause *c = &stmt->clauses.at[i];
        regs[i] = c->kind == CR_C_CONDITION && clause_holds(b, c)
                      ? cr_lower_bool(b, env, space, c->cond)
                      : -1;
    }
    for (uint32_t i = 0; i < stmt->clauses.n && !b->failed; i++) {
        const cr_clause *c = &stmt->clauses.at[i];
        if (regs[i] < 0)
            continue;
        if (c->group_no != last_group) {
            groups[i] = group_value(b, env, space, i, regs);
            v = v < 0 ? groups[i] : cr_emit_bool(b, CR_OP_AND, space, v, groups[i]);
        } else {
            for (uint32_t j = i; j-- > 0;)
                if (regs[j] >= 0) {
                    groups[i] = groups[j];
                    break;
                }
        }
        last_group = c->group_no;
    }
    if (b->failed)
        return out;
    out.value = v < 0 ? cr_lower_not_in_force(b, space, env->def) : cr_pval_reg(b, v);
    int32_t reason = reason_chain(b, space, stmt, regs, groups);
    out.reason = cr_pval_reg(b, cr_emit_both(b, space, reason, out.value.reg));
    return out;
}

/* ---- status ---- */

static int32_t arm_reason(cr_build *b, int32_t space, const cr_clause *c)
{
    if (c->reason_of.n > 0)
        return cr_emit_space(b, cr_read_def(b, space, c->reason_ref.index, 1).reg, space);
    return cr_emit_const(b, space, c->reason.n > 0 ? c->reason_code : 0);
}

/* `first known to hold`: an arm that is not decided is passed over. */
static int32_t arm_holds(cr_build *b, cr_env *env, int32_t space, const cr_clause *c)
{
    int32_t holds = cr_lower_bool(b, env, space, c->cond);
    return env->stmt->known ? cr_emit_bool(b, CR_OP_KNOWN_YES, space, holds, -1) : holds;
}

/* The value is the nested choice; the reason is the first arm known to hold among those with that
 * value. */
static cr_plan_def lower_status(cr_build *b, cr_env *env, int32_t space)
{
    const cr_stmt *stmt = env->stmt;
    cr_plan_def out = {cr_pval_none(), cr_pval_none()};
    int32_t value = -1, reason = -1;
    for (uint32_t i = stmt->clauses.n; i-- > 0 && !b->failed;) {
        const cr_clause *c = &stmt->clauses.at[i];
        if (c->kind != CR_C_ARM || !clause_holds(b, c))
            continue;
        int32_t word = cr_emit_const(b, space, c->value_index);
        if (value < 0)
            value = c->cond ? cr_lower_not_in_force(b, space, env->def).reg : word;
        if (c->cond)
            value = cr_emit_select(b, space, arm_holds(b, env, space, c), word, value);
    }
    if (value < 0 && !b->failed)
        value = cr_lower_not_in_force(b, space, env->def).reg;
    reason = cr_emit_const(b, space, 0);
    for (uint32_t i = stmt->clauses.n; i-- > 0 && !b->failed;) {
        const cr_clause *c = &stmt->clauses.at[i];
        if (c->kind != CR_C_ARM || !clause_holds(b, c))
            continue;
        int32_t is =
            cr_emit_compare(b, CR_OP_EQ, space, value, cr_emit_const(b, space, c->value_index));
        is = cr_emit_bool(b, CR_OP_KNOWN_YES, space, is, -1);
        if (c->cond)
            is = cr_emit_bool(
                b, CR_OP_AND, space, is,
                cr_emit_bool(b, CR_OP_KNOWN_YES, space, arm_holds(b, env, space, c), -1));
        reason = cr_emit_select(b, space, is, arm_reason(b, space, c), reason);
    }
    if (b->failed)
        return out;
    out.value = cr_pval_reg(b, value);
    out.reason = cr_pval_reg(b, cr_emit_both(b, space, reason, cr_emit_space(b, value, space)));
    return out;
}

/* ---- versions ---- */

static cr_plan_def lower_version(cr_build *b, int32_t def, const cr_version *version,
                                 const cr_pval *args, uint32_t depth)
{
    const cr_def *d = &b->program->defs.at[def];
    cr_env env = {0};
    cr_plan_def out = {cr_pval_none(), cr_pval_none()};
    env.stmt = version->stmt;
    env.owner = args ? (const void *)args : b->day ? (const void *)b->day : (const void *)version;
    env.entity = d->entity;
    env.def = def;
    env.args = args;
    env.depth = depth;
    env.locals =
        cr_arena_get(&b->calc->arena, (size_t)version->stmt->clauses.n + 1, sizeof *env.locals);
    if (!env.locals) {
        b->error->oom = 1;
        cr_build_fail(b, "out of memory");
        return out;
    }
    for (uint32_t i = 0; i < version->stmt->clauses.n; i++)
        env.locals[i] = cr_pval_none();
    if (d->kind == CR_DEF_DECIDE)
        return lower_decide(b, &env, d->entity);
    if (d->kind == CR_DEF_STATUS)
        return lower_status(b, &env, d->entity);
    if (d->kind == CR_DEF_REQUIRE)
        out.value =
            cr_pval_reg(b, cr_lower_bool(b, &env, d->entity, version->stmt->clauses.at[0].cond));
    else if (version->stmt->kind == CR_S_TABLE)
        out.value = apply_rounding(b, &env, d->entity, cr_lower_table(b, &env, d->entity, &d->type),
                                   version->stmt);
    else
        out.value = lower_define(b, &env, d->entity, &d->type);
    return out;
}

static int32_t in_region(cr_build *b, int32_t space, cr_str code)
{
    cr_insn insn = {0};
    int32_t field = cr_program_field(b->program, b->calc->root, CR_STR("region"));
    int32_t region = cr_policy_region(b->policy, code);
    cr_expr place = {0};
    cr_env env = {0};
    if (field < 0 || region < 0) {
        cr_build_fail(b,
                      "a rule for a region needs a region in the case and in the table of regions");
        return -1;
    }
    place.kind = CR_X_NAME;
    place.ref.kind = CR_REF_FIELD;
    place.ref.index = field;
    insn.op = CR_OP_WITHIN;
    insn.space = (int16_t)b->calc->root;
    insn.a = cr_emit_lane(b, cr_lower(b, &env, b->calc->root, &place).reg, CR_LANE_32);
    insn.b = cr_emit_lane(b, cr_emit_const(b, b->calc->root, region), CR_LANE_32);
    return b->failed ? -1 : cr_emit_space(b, cr_emit(b, insn, CR_LANE_8, 0, 1), space);
}

/* Versions in force on the first day of the segment, the nation's last; a narrower region chooses
 * before a wider one. */
static cr_plan_def versions_of_date(cr_build *b, int32_t def, const cr_pval *args, uint32_t depth)
{
    const cr_def *d = &b->program->defs.at[def];
    cr_plan_def out = {cr_lower_not_in_force(b, d->entity, def), cr_pval_none()};
    for (int level = 0; level < 6 && !b->failed; level++) {
        for (uint32_t i = 0; i < d->versions.n && !b->failed; i++) {
            const cr_version *v = &d->versions.at[i];
            int32_t region = v->region.n ? cr_policy_region(b->policy, v->region) : 0;
            if (b->date < v->from || b->date > v->to || region < 0 ||
                b->policy->regions.at[region].depth != level)
                continue;
            cr_plan_def one = lower_version(b, def, v, args, depth);
            if (b->failed)
                break;
            int32_t here =
                region == 0 ? cr_emit_const(b, d->entity, 1) : in_region(b, d->entity, v->region);
            out.value = one.value.rows >= 0
                            ? one.value
                            : cr_select_value(b, d->entity, &d->type, here, one.value, out.value);
            if (one.reason.reg >= 0) {
                cr_pval before =
                    out.reason.reg >= 0 ? out.reason : cr_lower_not_in_force(b, d->entity, def);
                out.reason =
                    cr_pval_reg(b, cr_emit_select(b, d->entity, here, one.reason.reg, before.reg));
            }
        }
    }
    if (out.reason.reg < 0 && (d->kind == CR_DEF_DECIDE || d->kind == CR_DEF_STATUS))
        out.reason = cr_lower_not_in_force(b, d->entity, def);
    return out;
}

/* On another day than the one decided for, the day chooses among the versions. */
static cr_plan_def lower_versions(cr_build *b, int32_t def, const cr_pval *args, uint32_t depth)
{
    const cr_def *d = &b->program->defs.at[def];
    cr_plan_def out = {cr_pval_none(), cr_pval_none()};
    int32_t *bounds, date = b->date;
    uint32_t n;
    if (!b->day)
        return versions_of_date(b, def, args, depth);
    if (cr_day_bounds(b, d, &bounds, &n))
        return out;
    for (uint32_t i = n; i-- > 0 && !b->failed;) {
        b->date = bounds[i];
        cr_plan_def one = versions_of_date(b, def, args, depth);
        out = i + 1 == n ? one : cr_day_choose(b, d, bounds[i + 1], one, out);
    }
    b->date = date;
    return out;
}

/* The proof on outputs that leave as integers: fen, or the declared decimals. */
static void check_output(cr_build *b, const cr_def *d, cr_pval v)
{
    cr_i128 unit = 1;
    if (b->failed || d->type.kind != CR_T_NUMBER || d->type.exact || d->type.decimals < 0 ||
        d->n_args > 0)
        return;
    for (int32_t i = 0; i < d->type.decimals; i++)
        unit *= 10;
    if (v.div >= 0 || unit % v.den != 0)
        cr_build_fail(
            b, d->type.money
                   ? "an amount that may have fractions of a fen: it needs a rounding, or the word "
                     "exact"
                   : "a number that may have more decimals than its type: it needs a rounding");
}

void cr_lower_def(cr_build *b, int32_t def)
{
    const cr_def *d = &b->program->defs.at[def];
    b->current = def;
    cr_plan_def *at = &cr_day_defs(b)[def];
    if (d->n_args == 0 && at->value.reg < 0) {
        *at = lower_versions(b, def, NULL, 0);
        check_output(b, d, at->value);
    }
    b->current = -1;
}

cr_pval cr_lower_call(cr_build *b, cr_env *env, int32_t space, const cr_expr *x, cr_day *day)
{
    const cr_def *d = &b->program->defs.at[x->ref.index];
    cr_pval *args = cr_arena_get(&b->calc->arena, (size_t)x->args.n + 1, sizeof *args);
    if (!args || env->depth > 32) {
        b->error->oom = !args;
        cr_build_fail(b, args ? "calls nested more than 32 deep" : "out of memory");
        return cr_pval_none();
    }
    for (uint32_t i = 0; i < x->args.n; i++)
        args[i] = cr_pval_space(b, cr_lower(b, env, space, x->args.at[i]), d->entity);
    cr_day *outer = b->day;
    b->day = day;
    cr_pval v = lower_versions(b, x->ref.index, args, env->depth + 1).value;
    b->day = outer;
    return v;
}

/* ---- reading a definition: requires gate their readers ---- */

static int same_require(const cr_build *b, int32_t require, int32_t def)
{
    const cr_def *x = &b->program->defs.at[require], *y = &b->program->defs.at[def];
    return y->kind == CR_DEF_REQUIRE && x->versions.at[0].stmt == y->versions.at[0].stmt;
}

/* What a require is made of reads the ungated value; else the gate would feed on itself. */
static int in_cone(cr_build *b, int32_t require, int32_t def)
{
    if (same_require(b, require, def)) /* it names several: each has a definition of its own */
        return 1;
    const cr_program *p = b->program;
    if (!b->cones[require]) {
        uint8_t *cone = cr_arena_get(&b->calc->arena, p->defs.n, 1);
        if (!cone) {
            b->error->oom = 1;
            cr_build_fail(b, "out of memory");
            return 0;
        }
        cone[require] = 1;
        for (int changed = 1; changed;) {
            changed = 0;
            for (uint32_t i = 0; i < p->defs.n; i++)
                for (uint32_t v = 0; cone[i] && v < p->defs.at[i].versions.n; v++)
                    for (int32_t k = 0; k < p->defs.at[i].versions.at[v].n_deps; k++) {
                        uint8_t *dep =
                            &cone[p->deps.at[p->defs.at[i].versions.at[v].deps_from + k]];
                        changed |= !*dep;
                        *dep = 1;
                    }
        }
        b->cones[require] = cone;
    }
    return b->cones[require][def];
}

/* Definitions are lowered in order, so this finds them done, but for requires and what only they
 * read. */
static void ensure(cr_build *b, int32_t def)
{
    int32_t current = b->current;
    if (b->failed || cr_day_defs(b)[def].value.reg >= 0)
        return;
    if (++b->depth > 500)
        cr_build_fail(b, "definitions nested too deep");
    else
        cr_lower_def(b, def);
    b->depth--;
    b->current = current;
}

cr_pval cr_read_gated(cr_build *b, int32_t space, cr_pval v, int32_t require)
{
    if (b->failed || v.reg < 0 || (b->current >= 0 && in_cone(b, require, b->current)) || b->failed)
        return v;
    ensure(b, require);
    const cr_pval holds = cr_day_defs(b)[require].value;
    if (b->failed || v.rows >= 0)
        return v;
    cr_insn insn = {0};
    const cr_reg r = b->plan->regs.at[v.reg];
    insn.op = CR_OP_GATE;
    insn.space = (int16_t)space;
    insn.a = v.reg;
    insn.b = cr_emit_lane(b, cr_emit_space(b, holds.reg, space), CR_LANE_8);
    insn.imm = require;
    insn.c = b->day ? cr_day_on(b, space) : -1;
    v.reg = b->failed ? -1 : cr_emit(b, insn, (cr_lane)r.lane, r.lo, r.hi);
    return v;
}

cr_pval cr_read_def(cr_build *b, int32_t space, int32_t def, int reason)
{
    const cr_def *d = &b->program->defs.at[def];
    ensure(b, def);
    cr_pval v = reason ? cr_day_defs(b)[def].reason : cr_day_defs(b)[def].value;
    if (v.reg < 0)
        cr_build_fail(b, "a definition is read before it is computed");
    for (int32_t g = d->gate; g >= 0 && !b->failed && !reason; g = b->program->defs.at[g].next_gate)
        v = cr_read_gated(b, d->entity, v, g);
    return cr_pval_space(b, v, space);
}
