/* SPDX-License-Identifier: Apache-2.0 */
/* From typed expressions to operations. */
#include "engine/build.h"

static int32_t ancestor(const cr_build *b, int32_t space, uint32_t up)
{
    while (up-- > 0 && space >= 0)
        space = b->program->entities.at[space].parent;
    return space;
}

/* ---- fields ---- */

static cr_i128 field_den(const cr_type *type)
{
    cr_i128 den = 1;
    for (int32_t i = 0; type->kind == CR_T_NUMBER && i < type->decimals; i++)
        den *= 10;
    return den;
}

static void field_bounds(const cr_build *b, const cr_type *type, cr_i128 *lo, cr_i128 *hi)
{
    *lo = 0;
    *hi = 1;
    if (type->kind == CR_T_NUMBER) {
        *lo = type->lo;
        *hi = type->hi;
    } else if (cr_type_is_time(type)) {
        int32_t first, last;
        cr_time_bounds(type, &first, &last);
        *lo = first > 0 ? 0 : first;
        *hi = type->event ? CR_NEVER : last;
    } else if (type->kind == CR_T_ENUM) {
        *lo = type->event ? -1 : 0;
        *hi = b->program->enums.at[type->index].n_values;
    } else if (type->kind == CR_T_SET) {
        *hi = ((cr_i128)1 << b->program->enums.at[type->index].n_values) - 1;
    } else if (type->kind == CR_T_REGION) {
        *hi = b->policy->regions.n;
    }
}

static int32_t emit_field_flag(cr_build *b, int32_t space, int32_t field, cr_op op, int mode)
{
    cr_insn insn = cr_insn_of(op, space);
    insn.imm = field;
    insn.mode = (uint8_t)mode;
    return cr_emit(b, insn, CR_LANE_8, 0, 1);
}

static cr_pval lower_default(cr_build *b, int32_t space, const cr_expr *x)
{
    cr_env env = {0};
    env.entity = space;
    env.def = b->current;
    env.owner = x;
    return cr_lower(b, &env, space, x);
}

static cr_pval read_field_raw(cr_build *b, int32_t space, int32_t field)
{
    const cr_sym_field *f = &b->program->fields.at[field];
    cr_pval v = cr_pval_none();
    cr_insn insn = cr_insn_of(CR_OP_INPUT, space);
    insn.imm = field;
    if (f->type.kind == CR_T_TEXT || f->type.kind == CR_T_ROWS) {
        cr_build_fail(b, "text and lists of a case cannot be computed with in this version");
        return v;
    }
    field_bounds(b, &f->type, &v.lo, &v.hi);
    v.den = field_den(&f->type);
    v.reg = cr_emit(b, insn, cr_build_lane(b, v.lo < 0 ? v.lo : 0, v.hi), v.lo, v.hi);
    b->calc->reads[field] = 1;
    const cr_expr *fallback = f->assume ? f->assume : b->calc->presume ? f->presume : NULL;
    if (!fallback || b->failed)
        return v;
    int32_t absent = emit_field_flag(b, space, field, CR_OP_ABSENT, f->assume ? 1 : 2);
    return cr_select_value(b, space, &f->type, absent, lower_default(b, space, fallback), v);
}

static cr_pval read_field(cr_build *b, int32_t space, int32_t field)
{
    cr_pval v = read_field_raw(b, space, field);
    for (uint32_t i = 0; i < b->program->field_gates.n; i++)
        if (b->program->field_gates.at[i].field == field)
            v = cr_read_gated(b, space, v, b->program->field_gates.at[i].require);
    return v;
}

/* ---- fields on another day ---- */

/* The rows in which a fact is read on a day: its own, unless the day differs among the rows below.
 */
static int32_t rows_of_day(const cr_build *b, int32_t space, int32_t at, int32_t day)
{
    int32_t top = day;
    for (int32_t up = day; up >= 0; up = cr_emit_above(b, top))
        top = up;
    if (b->plan->regs.at[top].is_const)
        return at;
    for (int32_t s = at; s >= 0; s = b->program->entities.at[s].parent)
        if (b->plan->regs.at[top].space == s)
            return at;
    return space;
}

static cr_insn insn_on(cr_build *b, cr_op op, int32_t space, int32_t at, int32_t field, int32_t day)
{
    cr_insn insn = cr_insn_of(op, space);
    insn.child = (int16_t)at;
    insn.imm = field;
    insn.a = cr_emit_lane(b, cr_emit_space(b, day, space), CR_LANE_32);
    return insn;
}

/* A day that an ancestor has, in the rows of that ancestor. */
static int32_t day_in(cr_build *b, int32_t day, int32_t space)
{
    for (int32_t up = day; up >= 0; up = cr_emit_above(b, day))
        day = up;
    return cr_emit_space(b, day, space);
}

/* ---- choices ---- */

cr_pval cr_select_value(cr_build *b, int32_t space, const cr_type *type, int32_t cond, cr_pval x,
                        cr_pval y)
{
    if (type->kind == CR_T_NUMBER)
        return cr_num_select(b, space, cond, x, y);
    cr_pval v = cr_pval_none();
    v.reg = cr_emit_select(b, space, cond, x.reg, y.reg);
    v.lo = x.lo < y.lo ? x.lo : y.lo;
    v.hi = x.hi > y.hi ? x.hi : y.hi;
    return v;
}

cr_pval cr_lower_arm(cr_build *b, cr_env *env, int32_t space, int32_t cond, const cr_expr *x)
{
    uint32_t before = cr_guard_enter(b, cond);
    cr_pval v = cr_lower(b, env, space, x);
    cr_guard_leave(b, before);
    return v;
}

/* Inside an arm the guard holds: a comparison of a plain register with a constant narrows its
   bounds there. Only the proof that a divisor is positive reads these bounds, and DIVISOR keeps the
   arm that is not taken safe. */
static cr_pval lower_if(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    int32_t cond = cr_lower_bool(b, env, space, x->a);
    cr_pval yes = cr_lower_arm(b, env, space, cond, x->b);
    cr_pval no = cr_lower(b, env, space, x->c);
    return b->failed ? cr_pval_none() : cr_select_value(b, space, &x->type, cond, yes, no);
}

/* ---- tests ---- */

static int32_t compare(cr_build *b, cr_env *env, int32_t space, cr_op op, const cr_expr *l,
                       const cr_expr *r)
{
    cr_pval x = cr_lower(b, env, space, l), y = cr_lower(b, env, space, r);
    if (b->failed)
        return -1;
    if (l->type.kind == CR_T_NUMBER)
        return cr_num_compare(b, space, op, x, y);
    return cr_emit_compare(b, op, space, x.reg, y.reg);
}

static int32_t negate_if(cr_build *b, int32_t space, int32_t reg, int negated)
{
    return negated ? cr_emit_bool(b, CR_OP_NOT, space, reg, -1) : reg;
}

/* `x in (words…)` of an enum is one bit test; anything else a disjunction. */
static int enum_mask(const cr_expr *x, int64_t *mask)
{
    uint64_t bits = 0;
    if (x->a->type.kind != CR_T_ENUM)
        return 0;
    for (uint32_t i = 0; i < x->args.n; i++) {
        const cr_expr *item = x->args.at[i];
        if (item->kind != CR_X_NAME || item->ref.kind != CR_REF_VALUE)
            return 0;
        bits |= UINT64_C(1) << item->ref.index;
    }
    *mask = (int64_t)bits;
    return 1;
}

static int32_t lower_item(cr_build *b, cr_env *env, int32_t space, const cr_expr *a,
                          const cr_expr *item)
{
    if (item->type.kind == CR_T_SET) {
        cr_insn insn = cr_insn_of(CR_OP_IN_MASK, space);
        insn.a =
            cr_emit_lane(b, cr_emit_space(b, cr_lower(b, env, space, a).reg, space), CR_LANE_8);
        insn.b =
            cr_emit_lane(b, cr_emit_space(b, cr_lower(b, env, space, item).reg, space), CR_LANE_64);
        return b->failed ? -1 : cr_emit(b, insn, CR_LANE_8, 0, 1);
    }
    if (item->kind != CR_X_RANGE)
        return compare(b, env, space, CR_OP_EQ, a, item);
    return cr_emit_bool(b, CR_OP_AND, space, compare(b, env, space, CR_OP_LE, item->a, a),
                        compare(b, env, space, CR_OP_LE, a, item->b));
}

static int32_t lower_in(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    cr_insn insn = cr_insn_of(CR_OP_IN_SET, space);
    if (enum_mask(x, &insn.wide)) {
        insn.a =
            cr_emit_lane(b, cr_emit_space(b, cr_lower(b, env, space, x->a).reg, space), CR_LANE_8);
        return b->failed ? -1 : cr_emit(b, insn, CR_LANE_8, 0, 1);
    }
    int32_t any = -1;
    for (uint32_t i = 0; i < x->args.n && !b->failed; i++) {
        int32_t one = lower_item(b, env, space, x->a, x->args.at[i]);
        any = any < 0 ? one : cr_emit_bool(b, CR_OP_OR, space, any, one);
    }
    return any;
}

/* Below a limit, or up to it: the row says which. */
static int32_t within_limit(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    cr_pval v = cr_lower(b, env, space, x->a);
    cr_pval limit = cr_lower_param(b, env, space, x->b, CR_OP_ROW_VALUE);
    cr_pval strict = cr_lower_param(b, env, space, x->b, CR_OP_ROW_BELOW);
    return b->failed
               ? -1
               : cr_emit_select(b, space, strict.reg, cr_num_compare(b, space, CR_OP_LT, v, limit),
                                cr_num_compare(b, space, CR_OP_LE, v, limit));
}

static int32_t lower_within(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    if (x->a->type.kind == CR_T_NUMBER)
        return within_limit(b, env, space, x);
    cr_insn insn = cr_insn_of(CR_OP_WITHIN, space);
    insn.a =
        cr_emit_lane(b, cr_emit_space(b, cr_lower(b, env, space, x->a).reg, space), CR_LANE_32);
    insn.b =
        cr_emit_lane(b, cr_emit_space(b, cr_lower(b, env, space, x->b).reg, space), CR_LANE_32);
    return b->failed ? -1 : cr_emit(b, insn, CR_LANE_8, 0, 1);
}

static int32_t lower_given(cr_build *b, int32_t space, const cr_expr *x)
{
    if (x->a->kind != CR_X_NAME || x->a->ref.kind != CR_REF_FIELD) {
        cr_build_fail(b, "'is given' asks for a field of the case");
        return -1;
    }
    int32_t at = ancestor(b, space, x->a->ref.up);
    b->calc->reads[x->a->ref.index] = 1;
    if (b->day && !b->failed) {
        int32_t day = cr_day_on(b, space);
        int32_t here = b->failed ? at : rows_of_day(b, space, at, day);
        day = b->failed || here != at ? day : day_in(b, day, at);
        int32_t given = b->failed
                            ? -1
                            : cr_emit(b, insn_on(b, CR_OP_GIVEN_ON, here, at, x->a->ref.index, day),
                                      CR_LANE_8, 0, 1);
        return cr_emit_space(b, given, space);
    }
    return cr_emit_space(b, emit_field_flag(b, at, x->a->ref.index, CR_OP_GIVEN, 0), space);
}

static int32_t lower_is_none(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    if (x->a->kind == CR_X_NAME && x->a->ref.kind == CR_REF_PARAM)
        return cr_lower_param(b, env, space, x->a, CR_OP_ROW_NONE).reg;
    cr_pval v = cr_lower(b, env, space, x->a);
    cr_i128 never = x->a->type.kind == CR_T_ENUM || x->a->type.kind == CR_T_ROW ? -1 : CR_NEVER;
    return b->failed ? -1
                     : cr_emit_compare(b, CR_OP_EQ, space, v.reg, cr_emit_const(b, space, never));
}

/* ---- parts, spans, additions of time ---- */

static cr_pval unary(cr_build *b, int32_t space, cr_op op, int mode, int32_t a, cr_i128 lo,
                     cr_i128 hi)
{
    cr_insn insn = cr_insn_of(op, space);
    insn.mode = (uint8_t)mode;
    insn.a = cr_emit_lane(b, cr_emit_space(b, a, space), CR_LANE_32);
    cr_pval v = cr_pval_none();
    v.lo = lo;
    v.hi = hi;
    v.reg = b->failed ? -1 : cr_emit(b, insn, CR_LANE_32, lo, hi);
    return v;
}

static cr_pval lower_part(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    int32_t a = cr_lower(b, env, space, x->a).reg;
    int of_date = x->a->type.kind == CR_T_DATE;
    switch (x->op) {
    case CR_PART_MONTH: return unary(b, space, CR_OP_MONTH_OF, 0, a, 0, CR_NEVER);
    case CR_PART_YEAR:
        return unary(b, space, of_date ? CR_OP_YEAR_OF_DATE : CR_OP_YEAR_OF_MONTH, 0, a, 1900,
                     2200);
    case CR_PART_FIRST_DAY: return unary(b, space, CR_OP_FIRST_DAY, 0, a, CR_DATE_MIN, CR_NEVER);
    case CR_PART_LAST_DAY: return unary(b, space, CR_OP_LAST_DAY, 0, a, CR_DATE_MIN, CR_NEVER);
    case CR_PART_DATE: return unary(b, space, CR_OP_DATE_OF, 0, a, CR_DATE_MIN, CR_NEVER);
    case CR_PART_CITY: return unary(b, space, CR_OP_PLACE, 0, a, 0, b->policy->regions.n);
    default: return unary(b, space, CR_OP_PLACE, 1, a, 0, b->policy->regions.n);
    }
}

static cr_pval binary32(cr_build *b, int32_t space, cr_op op, int mode, int32_t x, int32_t y,
                        cr_i128 lo, cr_i128 hi)
{
    cr_insn insn = cr_insn_of(op, space);
    insn.mode = (uint8_t)mode;
    insn.a = cr_emit_lane(b, cr_emit_space(b, x, space), CR_LANE_32);
    insn.b = cr_emit_lane(b, cr_emit_space(b, y, space), CR_LANE_32);
    cr_pval v = cr_pval_none();
    v.lo = lo;
    v.hi = hi;
    v.reg = b->failed ? -1 : cr_emit(b, insn, CR_LANE_32, lo, hi);
    return v;
}

static cr_pval lower_span(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    int32_t from = cr_lower(b, env, space, x->a).reg, to = cr_lower(b, env, space, x->b).reg;
    cr_i128 most = x->op == CR_SPAN_YEARS    ? 301
                   : x->op == CR_SPAN_MONTHS ? 3613
                   : x->op == CR_SPAN_DAYS   ? 110000
                                             : 110000 * 1440;
    cr_pval v = binary32(b, space, CR_OP_SPAN, x->op, from, to, -most, most);
    v.den = x->op == CR_SPAN_HOURS ? 60 : 1; /* counted in minutes */
    return v;
}

static cr_op date_op(const cr_unit *unit)
{
    return unit->e[CR_DIM_YEAR]          ? CR_OP_ADD_YEARS
           : unit->e[CR_DIM_MONTH]       ? CR_OP_ADD_MONTHS
           : unit->e[CR_DIM_WORKING_DAY] ? CR_OP_ADD_WORKDAYS
           : unit->e[CR_DIM_HOUR]        ? CR_OP_ADD_MINUTES
                                         : CR_OP_ADD_DAYS;
}

/* A count that adds time: held to a limit that fits 32 bits, and that no date or time survives. */
static int32_t time_count(cr_build *b, int32_t space, cr_pval n, int sign)
{
    enum { MOST = 400000000 };
    if (!b->failed && (n.den != 1 || n.div >= 0)) {
        cr_build_fail(b, "a span of time that is added to a date must be whole");
        return -1;
    }
    cr_pval limit = cr_pval_const(b, space, MOST, 1);
    cr_pval low = cr_pval_const(b, space, -MOST, 1);
    if (sign < 0)
        n = cr_num_add(b, space, cr_pval_const(b, space, 0, 1), n, -1);
    n = cr_num_pick(b, space, CR_OP_MAX, cr_num_pick(b, space, CR_OP_MIN, n, limit), low);
    if (b->failed)
        return -1;
    /* the clamp proves 32 bits although the lane may be wider */
    b->plan->regs.at[n.reg].lo =
        b->plan->regs.at[n.reg].lo < -MOST ? -MOST : b->plan->regs.at[n.reg].lo;
    b->plan->regs.at[n.reg].hi =
        b->plan->regs.at[n.reg].hi > MOST ? MOST : b->plan->regs.at[n.reg].hi;
    return n.reg;
}

static cr_pval lower_date_sum(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    const cr_expr *time = x->b, *base = x->a;
    if (base->type.kind == CR_T_NUMBER) {
        time = x->a;
        base = x->b;
    }
    cr_pval from = cr_lower(b, env, space, base), n = cr_lower(b, env, space, time);
    cr_unit unit = time->type.unit;
    cr_op op = date_op(&unit);
    if (base->type.kind == CR_T_MONTH) {
        if (op == CR_OP_ADD_YEARS)
            n = cr_num_mul(b, space, n, cr_pval_const(b, space, 12, 1));
        op = CR_OP_MONTH_ADD;
    } else if (base->type.kind == CR_T_TIME) {
        cr_rat minutes = {op == CR_OP_ADD_DAYS ? 1440 : 60, 1};
        n = cr_num_scale(b, space, n, minutes);
        op = CR_OP_ADD_MINUTES;
    }
    int32_t count = time_count(b, space, n, x->kind == CR_X_SUB ? -1 : 1);
    return b->failed ? cr_pval_none()
                     : binary32(b, space, op, 0, from.reg, count,
                                base->type.kind == CR_T_MONTH  ? 0
                                : base->type.kind == CR_T_TIME ? CR_TIME_MIN
                                                               : CR_DATE_MIN,
                                CR_NEVER);
}

/* ---- parameters ---- */

static int push_arg(cr_build *b, int32_t reg)
{
    return b->failed || CR_PUSH(&b->calc->arena, b->plan->args, reg);
}

static int32_t nation_override(const cr_build *b, const cr_ptable *table)
{
    for (uint32_t i = 0; i < table->rows.n; i++)
        if (table->rows.at[i].let && table->rows.at[i].let->keys.n == 0)
            return (int32_t)i;
    (void)b;
    return -1;
}

/* The index of a number among bands. */
static cr_pval cuts_passed(cr_build *b, int32_t space, cr_pval key, const cr_ptable *table,
                           uint32_t k)
{
    cr_pval n = cr_pval_const(b, space, 0, 1);
    for (uint32_t i = 0; i < table->cuts[k].n && !b->failed; i++) {
        const cr_cut *cut = &table->cuts[k].at[i];
        cr_pval at = cr_pval_const(b, space, cut->at.num, cut->at.den);
        int32_t passed = cr_num_compare(b, space, cut->behind ? CR_OP_LT : CR_OP_LE, at, key);
        if (!b->failed)
            n = cr_num_add(b, space, n, cr_pval_reg(b, passed), 1);
    }
    return n;
}

/* Operands of ROW: date, region, keys. Without the region among its keys the table is read for the
 * nation. */
static int32_t emit_row(cr_build *b, cr_env *env, int32_t space, const cr_expr *x,
                        const cr_param *param)
{
    const cr_ptable *table = &b->policy->tables.at[x->ref.index];
    cr_insn insn = cr_insn_of(CR_OP_ROW, space);
    int32_t regs[CR_MAX_KEYS + 2];
    uint32_t n = 0;
    if (nation_override(b, table) >= 0)
        return cr_emit_const(b, space, nation_override(b, table));
    regs[n++] = x->at ? cr_lower(b, env, space, x->at).reg : cr_day_on(b, space);
    regs[n++] = param->by_region && x->keys.n > param->n_keys && !table->national
                    ? cr_lower(b, env, space, x->keys.at[param->n_keys].value).reg
                    : cr_emit_const(b, space, 0);
    for (uint32_t i = 0; i < param->n_keys && i < x->keys.n && n < CR_MAX_KEYS + 2; i++) {
        cr_pval key = cr_lower(b, env, space, x->keys.at[i].value);
        if (table->banded[i])
            key = cuts_passed(b, space, key, table, i);
        if (!b->failed && (key.den != 1 || key.div >= 0))
            cr_build_fail(b, "a key of a parameter must be whole");
        regs[n++] = key.reg;
    }
    for (uint32_t i = 0; i < n && !b->failed; i++) {
        regs[i] = cr_emit_space(b, regs[i], space);
        if (!b->failed && b->plan->regs.at[regs[i]].lane > CR_LANE_64)
            regs[i] = cr_emit_lane(b, regs[i], CR_LANE_64);
    }
    insn.imm = x->ref.index;
    insn.mode = (uint8_t)(table->national && table->rows.n == 0 && n == 2 && !x->at);
    insn.a = (int32_t)b->plan->args.n;
    insn.b = (int32_t)n;
    for (uint32_t i = 0; i < n; i++)
        if (!push_arg(b, regs[i])) {
            b->error->oom = 1;
            cr_build_fail(b, "out of memory");
        }
    return b->failed ? -1 : cr_emit(b, insn, CR_LANE_32, -1, (cr_i128)table->rows.n);
}

/* The row that serves everywhere and for the whole segment, so that its value is a constant of the
 * plan; -1 = none. Explaining plans show the row, and a row that is confirmed to a day before the
 * end is listed as unconfirmed: both keep the look-up. */
static int32_t row_everywhere(const cr_build *b, const cr_expr *x, const cr_param *param,
                              const cr_ptable *table)
{
    if (b->calc->explain || b->day || x->at || param->n_keys > 0 || !table->national)
        return -1;
    int32_t row = cr_ptable_find(b->policy, table, 0, 0, b->plan->from);
    if (row < 0 || cr_ptable_find(b->policy, table, 0, 0, b->plan->to) != row ||
        table->rows.at[row].confirmed_to < b->plan->to)
        return -1;
    return row;
}

static int is_empty_row(const cr_build *b, int32_t row)
{
    const cr_insn *insn = &b->plan->code.at[b->plan->regs.at[row].insn];
    return insn->op == CR_OP_ROW && insn->mode;
}

cr_pval cr_lower_param(cr_build *b, cr_env *env, int32_t space, const cr_expr *x, cr_op op)
{
    int value = op == CR_OP_ROW_VALUE;
    const cr_param *param = &b->program->params.at[x->ref.index];
    const cr_ptable *table = &b->policy->tables.at[x->ref.index];
    int32_t everywhere = row_everywhere(b, x, param, table);
    if (everywhere >= 0) {
        const cr_prow *r = &table->rows.at[everywhere];
        return cr_pval_const(b, space,
                             value                  ? r->value
                             : op == CR_OP_ROW_NONE ? r->is_none
                                                    : cr_prow_below(r),
                             value ? table->den : 1);
    }
    int32_t row = emit_row(b, env, space, x, param);
    cr_insn insn = cr_insn_of(op, space);
    cr_pval v = cr_pval_none();
    if (b->failed)
        return v;
    insn.a = cr_emit_lane(b, row, CR_LANE_32);
    insn.imm = x->ref.index;
    insn.mode = !b->failed && is_empty_row(b, row);
    v.lo = value ? table->lo : 0;
    v.hi = value ? table->hi : 1;
    if (value && table->may_be_none && v.lo > 0)
        v.lo = 0;
    v.den = value ? table->den : 1;
    v.reg = cr_emit(b, insn,
                    value ? cr_build_lane(b, v.lo < 0 ? v.lo : 0, v.hi > 0 ? v.hi : 0) : CR_LANE_8,
                    v.lo, v.hi);
    return v;
}

/* ---- aggregates ---- */

static cr_pval lower_aggregate(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    int32_t owner = ancestor(b, space, x->ref.up);
    int32_t child = b->program->fields.at[x->ref.index].child;
    cr_env inner = *env;
    cr_pval v = cr_pval_none(), value = cr_pval_none();
    inner.entity = child;
    b->calc->reads[x->ref.index] = 1;
    cr_day_reaches(b, owner);
    int32_t mask = x->b ? cr_lower_bool(b, &inner, child, x->b) : -1;
    if (x->a && !b->failed)
        value = cr_lower(b, &inner, child, x->a);
    if (b->failed)
        return v;
    cr_pval yes = cr_pval_const(b, child, 1, 1);
    cr_insn insn = cr_insn_of(x->op == CR_AGG_ANY ? CR_OP_ANY : CR_OP_ALL, owner);
    insn.child = (int16_t)child;
    switch (x->op) {
    case CR_AGG_SUM:
        if (mask >= 0)
            value = cr_num_select(b, child, mask, value, cr_pval_const(b, child, 0, 1));
        v = cr_num_sum(b, owner, child, value);
        break;
    case CR_AGG_COUNT:
        value = mask >= 0 ? cr_pval_reg(b, mask) : yes;
        value.lo = 0;
        value.hi = 1;
        v = cr_num_sum(b, owner, child, value);
        break;
    case CR_AGG_ANY:
        insn.a = x->a ? value.reg : yes.reg;
        if (mask >= 0)
            insn.a = cr_emit_bool(b, CR_OP_AND, child, mask, insn.a);
        insn.a = cr_emit_lane(b, cr_emit_space(b, insn.a, child), CR_LANE_8);
        v = cr_pval_reg(b, b->failed ? -1 : cr_emit(b, insn, CR_LANE_8, 0, 1));
        break;
    case CR_AGG_ALL:
        insn.a = x->a ? value.reg : yes.reg;
        if (mask >= 0)
            insn.a = cr_emit_bool(b, CR_OP_OR, child, cr_emit_bool(b, CR_OP_NOT, child, mask, -1),
                                  insn.a);
        insn.a = cr_emit_lane(b, cr_emit_space(b, insn.a, child), CR_LANE_8);
        v = cr_pval_reg(b, b->failed ? -1 : cr_emit(b, insn, CR_LANE_8, 0, 1));
        break;
    default:
        v = cr_num_extreme(b, owner, child, x->op == CR_AGG_HIGHEST ? CR_OP_HIGHEST : CR_OP_LOWEST,
                           value, mask, x->type.kind == CR_T_NUMBER ? 0 : CR_NEVER);
        break;
    }
    return cr_pval_space(b, v, space);
}

/* The mask in the child space, and its count on the parent: the count has just the status that the
 * list has. */
static cr_pval lower_rows(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    int32_t child = b->program->fields.at[x->ref.index].child;
    cr_env inner = *env;
    cr_pval v = cr_pval_none();
    inner.entity = child;
    b->calc->reads[x->ref.index] = 1;
    v.reg = x->b ? cr_lower_bool(b, &inner, child, x->b) : cr_emit_const(b, child, 1);
    if (b->failed)
        return v;
    cr_pval mask = cr_pval_reg(b, v.reg);
    v.div = cr_num_sum(b, space, child, mask).reg;
    v.rows = child;
    v.hi = 1;
    return v;
}

/* ---- names and literals ---- */

static cr_pval lower_local(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    cr_pval *slot = &env->locals[x->ref.index];
    if (slot->reg < 0 && !b->failed)
        *slot = cr_lower(b, env, env->def >= 0 ? b->program->defs.at[env->def].entity : space,
                         env->stmt->clauses.at[x->ref.index].value);
    return cr_pval_space(b, *slot, space);
}

static cr_pval lower_now(cr_build *b, int32_t space, int kind)
{
    int32_t on = cr_day_on(b, space);
    cr_pval month = unary(b, space, CR_OP_MONTH_OF, 0, on, 0, cr_month_of(CR_DATE_MAX));
    if (kind == CR_REF_MONTH)
        return month;
    return unary(b, space, kind == CR_REF_FIRST_DAY ? CR_OP_FIRST_DAY : CR_OP_LAST_DAY, 0,
                 month.reg, CR_DATE_MIN, CR_DATE_MAX);
}

/* A fact of the row `at` on another day: what its history says then. */
static cr_pval read_field_on(cr_build *b, int32_t space, int32_t at, int32_t field, int32_t day)
{
    const cr_sym_field *f = &b->program->fields.at[field];
    cr_pval v = cr_pval_none();
    if (!b->failed && (f->type.kind == CR_T_TEXT || f->type.kind == CR_T_ROWS))
        cr_build_fail(b, "text and lists of a case cannot be computed with in this version");
    if (b->failed)
        return v;
    int32_t here = rows_of_day(b, space, at, day);
    if (here == at)
        day = day_in(b, day, at);
    field_bounds(b, &f->type, &v.lo, &v.hi);
    v.den = field_den(&f->type);
    v.reg = cr_emit(b, insn_on(b, CR_OP_INPUT_ON, here, at, field, day),
                    cr_build_lane(b, v.lo < 0 ? v.lo : 0, v.hi), v.lo, v.hi);
    b->calc->reads[field] = 1;
    const cr_expr *fallback = f->assume ? f->assume : b->calc->presume ? f->presume : NULL;
    if (fallback && !b->failed) {
        cr_insn absent = insn_on(b, CR_OP_ABSENT_ON, here, at, field, day);
        absent.mode = f->assume ? 1 : 2;
        cr_pval other = cr_pval_space(b, lower_default(b, at, fallback), here);
        v = cr_select_value(b, here, &f->type, cr_emit(b, absent, CR_LANE_8, 0, 1), other, v);
    }
    for (uint32_t i = 0; i < b->program->field_gates.n; i++)
        if (b->program->field_gates.at[i].field == field)
            v = cr_read_gated(b, here, v, b->program->field_gates.at[i].require);
    return cr_pval_space(b, v, space);
}

static const cr_stmt *version_on(const cr_build *b, const cr_def *d)
{
    for (uint32_t i = 0; i < d->versions.n; i++)
        if (d->versions.at[i].from <= b->date && b->date <= d->versions.at[i].to)
            return d->versions.at[i].stmt;
    return d->versions.at[0].stmt;
}

/* What the month before left; in the first month, and outside of a timeline, where it starts. */
static cr_pval lower_previous(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    const cr_def *d = &b->program->defs.at[x->a->ref.index];
    cr_insn insn = cr_insn_of(CR_OP_CARRIED, d->entity),
            stepped = cr_insn_of(CR_OP_STEPPED, d->entity);
    cr_pval v = cr_pval_none();
    cr_env there = *env;
    cr_type type = d->type;
    if (b->day) {
        cr_build_fail(b, "what passes from month to month is not read on another day");
        return v;
    }
    type.event = 1; /* what it carries may not have happened */
    there.entity = d->entity;
    insn.imm = x->a->ref.index;
    field_bounds(b, &type, &v.lo, &v.hi);
    v.den = field_den(&type);
    v.reg = cr_emit(b, insn, cr_build_lane(b, v.lo < 0 ? v.lo : 0, v.hi), v.lo, v.hi);
    cr_pval start = cr_lower(b, &there, d->entity, version_on(b, d)->starts);
    int32_t later = cr_emit(b, stepped, CR_LANE_8, 0, 1);
    if (b->failed)
        return v;
    return cr_pval_space(b, cr_select_value(b, d->entity, &type, later, v, start), space);
}

static cr_pval lower_name(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    int32_t at = ancestor(b, space, x->ref.up);
    switch (x->ref.kind) {
    case CR_REF_FIELD:
        if (x->at)
            return read_field_on(b, space, at, x->ref.index, cr_lower(b, env, space, x->at).reg);
        if (b->day)
            return read_field_on(b, space, at, x->ref.index, cr_day_on(b, space));
        return cr_pval_space(b, read_field(b, at, x->ref.index), space);
    case CR_REF_DEF:
        if (x->at)
            return cr_read_on(b, env, space, x);
        if (b->program->defs.at[x->ref.index].n_args > 0)
            return cr_pval_space(b, cr_lower_call(b, env, space, x, b->day), space);
        return cr_pval_space(b, cr_read_def(b, at, x->ref.index, x->ref.reason), space);
    case CR_REF_PARAM: return cr_lower_param(b, env, space, x, CR_OP_ROW_VALUE);
    case CR_REF_LOCAL: return lower_local(b, env, space, x);
    case CR_REF_ARG: return cr_pval_space(b, env->args[x->ref.index], space);
    case CR_REF_VALUE: return cr_pval_const(b, space, x->ref.index, 1);
    case CR_REF_MONTH:
    case CR_REF_FIRST_DAY:
    case CR_REF_LAST_DAY: return lower_now(b, space, x->ref.kind);
    default: cr_build_fail(b, "a name that is not resolved"); return cr_pval_none();
    }
}

static cr_pval lower_code(cr_build *b, int32_t space, cr_str code)
{
    int32_t region = cr_policy_region(b->policy, code);
    if (region < 0)
        cr_build_fail(b, "a region code that is not in the table of regions");
    return b->failed ? cr_pval_none() : cr_pval_const(b, space, region, 1);
}

static cr_pval lower_none(cr_build *b, int32_t space, const cr_type *type)
{
    return cr_pval_const(b, space,
                         type->kind == CR_T_ENUM || type->kind == CR_T_ROW     ? -1
                         : type->kind == CR_T_NUMBER || type->kind == CR_T_SET ? 0
                                                                               : CR_NEVER,
                         1);
}

/* ---- numbers ---- */

static cr_pval lower_extreme(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    cr_op op = x->kind == CR_X_HIGHEST ? CR_OP_MAX : CR_OP_MIN;
    cr_pval v = cr_lower(b, env, space, x->args.at[0]);
    for (uint32_t i = 1; i < x->args.n && !b->failed; i++) {
        cr_pval one = cr_lower(b, env, space, x->args.at[i]);
        if (x->type.kind == CR_T_NUMBER)
            v = cr_num_pick(b, space, op, v, one);
        else if (!b->failed) /* days and months; never is the highest of them */
            v = cr_pval_reg(b, cr_emit2(b, op, space, v.reg, one.reg, 0, CR_NEVER));
    }
    return v;
}

/* No value, and the input to ask for as the cause. */
static cr_pval lower_undetermined(cr_build *b, int32_t space, const cr_expr *x)
{
    cr_insn insn = cr_insn_of(CR_OP_FAIL, space);
    insn.mode = CR_UNDETERMINED;
    insn.imm = x->a->ref.index;
    return cr_pval_reg(b, cr_emit(b, insn, CR_LANE_8, 0, 0));
}

/* months per year to the power that the unit asks for: `in yuan per year` of yuan per month is × 12
 */
static cr_pval lower_convert(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    cr_pval v = cr_lower(b, env, space, x->a);
    int years = x->unit.e[CR_DIM_YEAR] - x->a->type.unit.e[CR_DIM_YEAR];
    for (; years < 0; years++) { /* per month to per year */
        cr_rat by = {12, 1};
        v = cr_num_scale(b, space, v, by);
    }
    for (; years > 0; years--) {
        cr_rat by = {1, 12};
        v = cr_num_scale(b, space, v, by);
    }
    return v;
}

static cr_pval lower_number(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    cr_pval l = cr_lower(b, env, space, x->a), r = cr_lower(b, env, space, x->b);
    if (b->failed)
        return cr_pval_none();
    switch (x->kind) {
    case CR_X_ADD: return cr_num_add(b, space, l, r, 1);
    case CR_X_SUB: return cr_num_add(b, space, l, r, -1);
    case CR_X_MUL: return cr_num_mul(b, space, l, r);
    default:
        if (x->op == 2 && r.lo < 0) /* proved to be not 0, but not which side of it */
            cr_build_fail(b, "a divisor that may be negative: guard it with '> 0'");
        return cr_num_div(b, space, l, r);
    }
}

/* ---- dispatch ---- */

int32_t cr_lower_bool(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    return cr_emit_lane(b, cr_emit_space(b, cr_lower(b, env, space, x).reg, space), CR_LANE_8);
}

static int32_t lower_test(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    switch (x->kind) {
    case CR_X_NOT: return cr_emit_bool(b, CR_OP_NOT, space, cr_lower_bool(b, env, space, x->a), -1);
    case CR_X_AND:
    case CR_X_OR:
        return cr_emit_bool(b, x->kind == CR_X_AND ? CR_OP_AND : CR_OP_OR, space,
                            cr_lower_bool(b, env, space, x->a), cr_lower_bool(b, env, space, x->b));
    case CR_X_LT: return compare(b, env, space, CR_OP_LT, x->a, x->b);
    case CR_X_LE: return compare(b, env, space, CR_OP_LE, x->a, x->b);
    case CR_X_GT: return compare(b, env, space, CR_OP_LT, x->b, x->a);
    case CR_X_GE: return compare(b, env, space, CR_OP_LE, x->b, x->a);
    case CR_X_IS:
        return negate_if(b, space, compare(b, env, space, CR_OP_EQ, x->a, x->b), x->negated);
    case CR_X_IS_GIVEN: return negate_if(b, space, lower_given(b, space, x), x->negated);
    case CR_X_IS_NONE: return negate_if(b, space, lower_is_none(b, env, space, x), x->negated);
    case CR_X_IN: return negate_if(b, space, lower_in(b, env, space, x), x->negated);
    default: return negate_if(b, space, lower_within(b, env, space, x), x->negated);
    }
}

static cr_pval lower_arithmetic(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    switch (x->kind) {
    case CR_X_NUMBER: return cr_pval_const(b, space, x->number.num, x->number.den);
    case CR_X_NEG:
        return cr_num_add(b, space, cr_pval_const(b, space, 0, 1), cr_lower(b, env, space, x->a),
                          -1);
    case CR_X_ADD:
    case CR_X_SUB:
        if (cr_type_is_time(&x->type))
            return lower_date_sum(b, env, space, x);
        return lower_number(b, env, space, x);
    case CR_X_HIGHEST:
    case CR_X_LOWEST: return lower_extreme(b, env, space, x);
    case CR_X_CONVERT: return lower_convert(b, env, space, x);
    case CR_X_FOR_ONE: return cr_lower(b, env, space, x->a);
    default: return lower_number(b, env, space, x);
    }
}

static cr_pval lower_any(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    switch (x->kind) {
    case CR_X_BOOL:
    case CR_X_DATE:
    case CR_X_TIME:
    case CR_X_MONTH: return cr_pval_const(b, space, x->integer, 1);
    case CR_X_NONE: return lower_none(b, space, &x->type);
    case CR_X_ON: return cr_pval_reg(b, cr_day_on(b, space));
    case CR_X_CODE: return lower_code(b, space, x->text);
    case CR_X_NAME: return lower_name(b, env, space, x);
    case CR_X_IF: return lower_if(b, env, space, x);
    case CR_X_PART_OF: return lower_part(b, env, space, x);
    case CR_X_SPAN: return lower_span(b, env, space, x);
    case CR_X_AGGREGATE: return lower_aggregate(b, env, space, x);
    case CR_X_ROWS: return lower_rows(b, env, space, x);
    case CR_X_UNDETERMINED: return lower_undetermined(b, space, x);
    case CR_X_ALLOCATE: return cr_lower_allocate(b, env, space, x);
    case CR_X_PREVIOUS: return lower_previous(b, env, space, x);
    case CR_X_LEAST: return cr_lower_least(b, env, space, x);
    case CR_X_AMONG: return cr_lower_among(b, env, space, x);
    case CR_X_THE: return cr_lower_the(b, env, space, x);
    case CR_X_ROW_OF: return cr_lower_row_of(b, env, space, x);
    case CR_X_NOT:
    case CR_X_AND:
    case CR_X_OR:
    case CR_X_LT:
    case CR_X_LE:
    case CR_X_GT:
    case CR_X_GE:
    case CR_X_IS:
    case CR_X_IS_GIVEN:
    case CR_X_IS_NONE:
    case CR_X_IN:
    case CR_X_WITHIN: return cr_pval_reg(b, lower_test(b, env, space, x));
    case CR_X_TEXT: cr_build_fail(b, "text cannot be computed with"); return cr_pval_none();
    default: return lower_arithmetic(b, env, space, x);
    }
}

enum { MOST_LEVELS = 1000 }; /* about two kilobytes of stack each */

cr_pval cr_lower(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    if (!b->failed && b->levels >= MOST_LEVELS)
        cr_build_fail(b, "expressions and definitions nested too deep");
    if (b->failed)
        return cr_pval_none();
    uint32_t from = cr_guard_reaches(x) ? b->ordered_from : cr_guard_forget(b);
    b->levels++;
    cr_pval v = lower_any(b, env, space, x);
    b->levels--;
    cr_guard_recall(b, from);
    if (b->failed || !b->calc->explain)
        return v;
    cr_shown shown = {x, env->owner, v, -1};
    if (!CR_PUSH(&b->calc->arena, b->plan->shown, shown)) {
        b->error->oom = 1;
        cr_build_fail(b, "out of memory");
    }
    return v;
}
