/* SPDX-License-Identifier: Apache-2.0 */
/* `NAME on DAY`: a definition as it is on another day.

   Everything that the definition is made of is lowered a second time, with that day in the place of
   the day decided for: facts are read from their histories then, parameters looked up for it. The
   day differs from row to row, so which version of a rule is in force is not settled when the plan
   is made: each definition is lowered for every span of time in which its own text is the same, and
   the day chooses among the results. What is lowered on one day is lowered once. */
#include <string.h>

#include "engine/build.h"

static int is_above(const cr_build *b, int32_t ancestor, int32_t space)
{
    while (space >= 0 && space != ancestor)
        space = b->program->entities.at[space].parent;
    return space >= 0;
}

void cr_day_reaches(cr_build *b, int32_t space)
{
    if (!b->failed && b->day && !b->plan->regs.at[b->day->on].is_const &&
        !is_above(b, b->plan->regs.at[b->day->on].space, space))
        cr_build_fail(b, "a row above, or the other rows of a list, are asked on a day that "
                         "differs from row to row");
}

int32_t cr_day_on(cr_build *b, int32_t space)
{
    cr_day_reaches(b, space);
    return b->failed ? -1 : cr_emit_space(b, b->day ? b->day->on : b->plan->on, space);
}

cr_plan_def *cr_day_defs(const cr_build *b)
{
    return b->day ? b->day->defs : b->plan->defs;
}

/* ---- days that were asked for ---- */

static cr_day *day_of(cr_build *b, int32_t on)
{
    for (int32_t up = on; up >= 0; up = cr_emit_above(b, on))
        on = up;
    for (cr_day *d = b->plan->days; d; d = d->next)
        if (d->on == on)
            return d;
    cr_day *d = cr_arena_get(&b->calc->arena, 1, sizeof *d);
    cr_plan_def *defs = cr_arena_get(&b->calc->arena, (size_t)b->program->defs.n + 1, sizeof *defs);
    if (!d || !defs) {
        b->error->oom = 1;
        cr_build_fail(b, "out of memory");
        return NULL;
    }
    for (uint32_t i = 0; i < b->program->defs.n; i++)
        defs[i].value = defs[i].reason = cr_pval_none();
    d->on = on;
    d->defs = defs;
    d->next = b->plan->days;
    b->plan->days = d;
    return d;
}

/* ---- versions: the day chooses ---- */

static int add_bound(cr_build *b, int32_t *bounds, uint32_t *n, int32_t day)
{
    const cr_reg on = b->plan->regs.at[b->day->on];
    int32_t lowest = on.is_const ? (int32_t)on.value : CR_DATE_MIN;
    int32_t highest = on.is_const ? (int32_t)on.value : CR_DATE_MAX;
    uint32_t at = *n;
    if (day <= lowest || day > highest)
        return 0;
    while (at > 0 && bounds[at - 1] > day)
        at--;
    if (at > 0 && bounds[at - 1] == day)
        return 0;
    memmove(&bounds[at + 1], &bounds[at], (*n - at) * sizeof *bounds);
    bounds[at] = day;
    ++*n;
    return 1;
}

static void add_period(cr_build *b, int32_t *bounds, uint32_t *n, int32_t from, int32_t to)
{
    add_bound(b, bounds, n, from);
    if (to < CR_DATE_MAX)
        add_bound(b, bounds, n, to + 1);
}

/* First days of the spans in which the text of the definition is the same, the first span's own
 * among them. 1 = failed. */
int cr_day_bounds(cr_build *b, const cr_def *d, int32_t **bounds, uint32_t *n)
{
    const cr_reg on = b->plan->regs.at[b->day->on];
    size_t most = 1;
    for (uint32_t v = 0; v < d->versions.n; v++)
        most += 2 + 2 * (size_t)d->versions.at[v].stmt->clauses.n;
    *n = 0;
    *bounds = cr_arena_get(&b->calc->arena, most, sizeof **bounds);
    if (!*bounds) {
        b->error->oom = 1;
        cr_build_fail(b, "out of memory");
        return 1;
    }
    (*bounds)[(*n)++] = on.is_const ? (int32_t)on.value : CR_DATE_MIN;
    for (uint32_t v = 0; v < d->versions.n; v++) {
        const cr_version *version = &d->versions.at[v];
        add_period(b, *bounds, n, version->from, version->to);
        for (uint32_t i = 0; i < version->stmt->clauses.n; i++)
            add_period(b, *bounds, n, version->stmt->clauses.at[i].period.from,
                       version->stmt->clauses.at[i].period.to);
    }
    return 0;
}

/* `before` on days before the bound, else `after`. */
cr_plan_def cr_day_choose(cr_build *b, const cr_def *d, int32_t bound, cr_plan_def before,
                          cr_plan_def after)
{
    cr_plan_def out = {cr_pval_none(), cr_pval_none()};
    int32_t on = cr_day_on(b, d->entity);
    if (b->failed)
        return out;
    if (before.value.rows >= 0 || after.value.rows >= 0) {
        cr_build_fail(b, "a list of rows is not read on another day");
        return out;
    }
    int32_t is = cr_emit_compare(b, CR_OP_LT, d->entity, on, cr_emit_const(b, d->entity, bound));
    out.value = cr_select_value(b, d->entity, &d->type, is, before.value, after.value);
    if (before.reason.reg >= 0 && after.reason.reg >= 0)
        out.reason =
            cr_pval_reg(b, cr_emit_select(b, d->entity, is, before.reason.reg, after.reason.reg));
    return out;
}

/* ---- NAME on DAY ---- */

/* Where the day is not known or has not come, neither is the value, for the causes of the day. */
static cr_pval if_day_is_known(cr_build *b, int32_t space, const cr_type *type, cr_pval v,
                               int32_t day)
{
    cr_insn year = cr_insn_of(CR_OP_YEAR_OF_DATE, space);
    year.a = cr_emit_lane(b, cr_emit_space(b, day, space), CR_LANE_32);
    int32_t comes = b->failed ? -1 : cr_emit(b, year, CR_LANE_32, 1900, 2200);
    cr_pval nothing = v;
    if (b->failed || v.reg < 0)
        return cr_pval_none();
    int32_t known = cr_emit_compare(b, CR_OP_EQ, space, comes, comes);
    known = cr_emit_bool(b, CR_OP_KNOWN_YES, space, known, -1);
    nothing.reg = cr_emit_both(b, space, cr_emit_const(b, space, 0), comes);
    nothing.div = -1;
    nothing.lo = nothing.hi = 0;
    return cr_select_value(b, space, type, known, v, nothing);
}

cr_pval cr_read_on(cr_build *b, cr_env *env, int32_t space, const cr_expr *x)
{
    const cr_def *d = &b->program->defs.at[x->ref.index];
    int32_t day = cr_lower(b, env, space, x->at).reg, date = b->date, reader = b->current;
    cr_day *outer = b->day, *here = b->failed ? NULL : day_of(b, day);
    int32_t at = space;
    cr_pval v = cr_pval_none();
    cr_type type = x->type;
    if (!here)
        return v;
    for (uint32_t up = x->ref.up; up > 0; up--)
        at = b->program->entities.at[at].parent;
    if (d->n_args > 0) {
        v = cr_lower_call(b, env, space, x, here);
    } else {
        b->day = here;
        v = cr_read_def(b, at, x->ref.index, x->ref.reason);
        b->day = outer;
    }
    b->date = date;
    if (b->failed && !outer) { /* who asks is to blame: on its own day all is well */
        b->error->index = reader;
        b->error->def = reader >= 0 ? b->program->defs.at[reader].name : b->error->def;
    }
    return b->failed ? cr_pval_none()
                     : if_day_is_known(b, space, &type, cr_pval_space(b, v, space), day);
}
