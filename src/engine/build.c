/* SPDX-License-Identifier: Apache-2.0 */
/* The plan compiler: which definitions are needed, which segments of time there are, one plan for
 * each. */
#include <string.h>

#include "engine/build.h"
#include "engine/exec.h"

enum { MAX_SEGMENTS = 2000 };

/* ---- what is needed ---- */

static void need(const cr_program *p, uint8_t *needed, int32_t def)
{
    needed[def] = 1;
    for (int32_t g = p->defs.at[def].gate; g >= 0; g = p->defs.at[g].next_gate)
        needed[g] = 1;
}

/* Closure over dependencies and gates; definitions reading gated fields need those requires too, so
   all field gates are taken in: they are few. */
static uint8_t *needed_defs(cr_calculator *calc)
{
    const cr_program *p = &calc->policy->program;
    uint8_t *needed = cr_arena_get(&calc->arena, (size_t)p->defs.n + 1, 1);
    if (!needed)
        return NULL;
    for (uint32_t i = 0; i < calc->outputs.n; i++)
        need(p, needed, calc->outputs.at[i].def);
    for (uint32_t i = 0; i < p->field_gates.n; i++) {
        int32_t e = p->defs.at[p->field_gates.at[i].require].entity;
        if (calc->spaces[e])
            need(p, needed, p->field_gates.at[i].require);
    }
    for (int changed = 1; changed;) {
        changed = 0;
        for (uint32_t i = 0; i < p->defs.n; i++)
            for (uint32_t v = 0; needed[i] == 1 && v < p->defs.at[i].versions.n; v++) {
                const cr_version *version = &p->defs.at[i].versions.at[v];
                for (int32_t k = 0; k < version->n_deps + version->n_later; k++) {
                    int32_t dep = k < version->n_deps
                                      ? p->deps.at[version->deps_from + k]
                                      : p->later.at[version->later_from + k - version->n_deps];
                    changed |= !needed[dep];
                    if (!needed[dep])
                        need(p, needed, dep);
                }
            }
    }
    return needed;
}

/* ---- segments of time ---- */

typedef CR_VEC(int32_t) cr_days;

static int add_day(cr_arena *arena, cr_days *days, int32_t day)
{
    if (day <= CR_DATE_MIN || day > CR_DATE_MAX)
        return 1;
    for (uint32_t i = 0; i < days->n; i++)
        if (days->at[i] == day)
            return 1;
    return CR_PUSH(arena, *days, day);
}

static int add_version_days(cr_arena *arena, cr_days *days, const cr_version *v)
{
    int ok =
        add_day(arena, days, v->from) && (v->to == CR_DATE_MAX || add_day(arena, days, v->to + 1));
    for (uint32_t i = 0; ok && i < v->stmt->clauses.n; i++) {
        const cr_period p = v->stmt->clauses.at[i].period;
        ok =
            add_day(arena, days, p.from) && (p.to == CR_DATE_MAX || add_day(arena, days, p.to + 1));
    }
    return ok;
}

static int segment_days(cr_calculator *calc, const uint8_t *needed, cr_days *days)
{
    const cr_program *p = &calc->policy->program;
    if (!CR_PUSH(&calc->arena, *days, CR_DATE_MIN))
        return 0;
    for (uint32_t i = 0; i < p->defs.n; i++)
        for (uint32_t v = 0; needed[i] && v < p->defs.at[i].versions.n; v++)
            if (!add_version_days(&calc->arena, days, &p->defs.at[i].versions.at[v]))
                return 0;
    for (uint32_t i = 1; i < days->n; i++) /* few: insertion */
        for (uint32_t j = i; j > 0 && days->at[j - 1] > days->at[j]; j--) {
            int32_t t = days->at[j];
            days->at[j] = days->at[j - 1];
            days->at[j - 1] = t;
        }
    return 1;
}

/* ---- one plan ---- */

static int32_t *by_order(cr_calculator *calc, const uint8_t *needed, uint32_t *n)
{
    const cr_program *p = &calc->policy->program;
    int32_t *list = cr_arena_get(&calc->arena, (size_t)p->defs.n + 1, sizeof *list);
    int32_t *slots = cr_arena_get(&calc->arena, (size_t)p->defs.n + 1, sizeof *slots);
    *n = 0;
    if (!list || !slots)
        return NULL;
    for (uint32_t i = 0; i < p->defs.n; i++)
        if (p->defs.at[i].order < p->defs.n)
            slots[p->defs.at[i].order] = (int32_t)i + 1;
    for (uint32_t i = 0; i < p->defs.n; i++)
        if (slots[i] > 0 && needed[slots[i] - 1])
            list[(*n)++] = slots[i] - 1;
    return list;
}

static int init_plan(cr_build *b, int32_t from, int32_t to)
{
    const cr_program *p = b->program;
    cr_arena *arena = &b->calc->arena;
    b->plan->from = from;
    b->plan->to = to;
    b->plan->defs = cr_arena_get(arena, (size_t)p->defs.n + 1, sizeof *b->plan->defs);
    b->cones = cr_arena_get(arena, (size_t)p->defs.n + 1, sizeof *b->cones);
    if (!b->plan->defs || !b->cones)
        return 1;
    for (uint32_t i = 0; i < p->defs.n; i++)
        b->plan->defs[i].value = b->plan->defs[i].reason = cr_pval_none();
    cr_insn on = {0};
    on.op = CR_OP_ON;
    on.space = (int16_t)b->calc->root;
    b->plan->on = cr_emit(b, on, CR_LANE_32 < b->calc->min_lane ? CR_LANE_32 : CR_LANE_32,
                          CR_DATE_MIN, CR_DATE_MAX);
    return b->plan->on < 0;
}

/* Where the version in force at the date stands. */
static cr_pos place_of(const cr_build *b, const cr_def *d)
{
    for (uint32_t v = 0; v < d->versions.n; v++)
        if (d->versions.at[v].from <= b->date && b->date <= d->versions.at[v].to)
            return d->versions.at[v].stmt->name_pos;
    return d->versions.at[0].stmt->name_pos;
}

/* The definition is left without a value, so that others are looked at, too. 0 = nothing to report.
 */
static int report_failure(cr_build *b)
{
    int32_t def = b->error->index;
    if (!b->diags || b->error->oom || def < 0)
        return 0;
    const cr_def *d = &b->program->defs.at[def];
    if (!b->reported[def])
        cr_diag_add(b->diags, CR_D_PLAN, place_of(b, d), d->name, cr_str_of(b->error->text));
    b->reported[def] = 1;
    b->failed = 0;
    b->depth = 0;
    b->current = -1;
    b->plan->defs[def].value = cr_lower_not_in_force(b, d->entity, def);
    b->plan->defs[def].reason = b->plan->defs[def].value;
    return !b->failed;
}

static void lower_all(cr_build *b, const int32_t *order, uint32_t n)
{
    for (uint32_t i = 0; i < n && !b->failed; i++) {
        cr_lower_def(b, order[i]);
        for (uint32_t again = 0; b->failed && again < n && report_failure(b); again++)
            if (b->plan->defs[order[i]].value.reg < 0) /* it failed in what it reads */
                cr_lower_def(b, order[i]);
    }
}

/* ---- what expressions came to ---- */

static uint32_t shown_slot(const cr_plan *plan, const cr_expr *expr)
{
    uint64_t h = (uint64_t)(uintptr_t)expr * 0x9E3779B97F4A7C15u;
    uint32_t at = (uint32_t)(h >> 32) & (plan->n_shown_slots - 1);
    while (plan->shown_slots[at] >= 0 && plan->shown.at[plan->shown_slots[at]].expr != expr)
        at = (at + 1) & (plan->n_shown_slots - 1);
    return at;
}

static int index_shown(cr_arena *arena, cr_plan *plan)
{
    plan->n_shown_slots = 16;
    while (plan->n_shown_slots < 2 * plan->shown.n)
        plan->n_shown_slots *= 2;
    plan->shown_slots = cr_arena_get(arena, plan->n_shown_slots, sizeof *plan->shown_slots);
    if (!plan->shown_slots)
        return 1;
    for (uint32_t i = 0; i < plan->n_shown_slots; i++)
        plan->shown_slots[i] = -1;
    for (uint32_t i = 0; i < plan->shown.n; i++) {
        int32_t *last = &plan->shown_slots[shown_slot(plan, plan->shown.at[i].expr)];
        plan->shown.at[i].before = *last;
        *last = (int32_t)i;
    }
    return 0;
}

const cr_pval *cr_plan_shown(const cr_plan *plan, const cr_expr *expr, const void *owner)
{
    int32_t i = plan->n_shown_slots ? plan->shown_slots[shown_slot(plan, expr)] : -1;
    while (i >= 0 && owner && plan->shown.at[i].owner != owner)
        i = plan->shown.at[i].before;
    return i < 0 ? NULL : &plan->shown.at[i].value;
}

static int build_plan(cr_build *b, const int32_t *order, uint32_t n, int32_t from, int32_t to)
{
    cr_calculator *calc = b->calc;
    cr_plan empty = {0};
    if (!CR_PUSH(&calc->arena, calc->plans, empty)) {
        b->error->oom = 1;
        return 1;
    }
    b->plan = &calc->plans.at[calc->plans.n - 1];
    b->date = from;
    b->day = NULL;
    b->table = NULL;
    b->table_size = 0;
    b->products.n = 0;
    b->ordered.n = b->ordered_from = 0;
    b->current = -1;
    b->depth = 0;
    if (init_plan(b, from, to)) {
        b->error->oom = 1;
        return 1;
    }
    lower_all(b, order, n);
    if (!b->failed && !b->diags &&
        (cr_plan_schedule(calc, b->plan) ||
         (calc->explain && index_shown(&calc->arena, b->plan)))) {
        b->error->oom = 1;
        return 1;
    }
    return b->failed;
}

typedef struct cr_outline { /* what is to be planned */
    uint8_t *needed;
    int32_t *order; /* definitions needed, what is read first */
    uint32_t n;
    cr_days days; /* on which a segment of time begins */
} cr_outline;

static int outline(cr_build *b, cr_outline *out)
{
    cr_calculator *calc = b->calc;
    memset(out, 0, sizeof *out);
    out->needed = needed_defs(calc);
    calc->reads = cr_arena_get(&calc->arena, (size_t)calc->policy->program.fields.n + 1, 1);
    out->order = out->needed ? by_order(calc, out->needed, &out->n) : NULL;
    if (!out->order || !calc->reads || !segment_days(calc, out->needed, &out->days)) {
        b->error->oom = 1;
        b->error->text = "out of memory";
        return 1;
    }
    if (out->days.n > MAX_SEGMENTS)
        cr_build_fail(b, "the rules change on more than 2000 days");
    return b->failed;
}

static int32_t last_day(const cr_days *days, uint32_t i)
{
    return i + 1 < days->n ? days->at[i + 1] - 1 : CR_DATE_MAX;
}

static int plan_all(cr_build *b)
{
    cr_outline o;
    if (outline(b, &o))
        return 1;
    for (uint32_t i = 0; i < o.days.n && !b->failed; i++)
        if (build_plan(b, o.order, o.n, o.days.at[i], last_day(&o.days, i)))
            return 1;
    return b->failed;
}

static cr_build start(cr_calculator *calc, cr_plan_error *error)
{
    cr_build b = {0};
    b.calc = calc;
    b.policy = calc->policy;
    b.program = &calc->policy->program;
    b.error = error;
    b.current = -1;
    return b;
}

int cr_plan_all(cr_calculator *calc, cr_plan_error *error)
{
    cr_build b = start(calc, error);
    return plan_all(&b);
}

/* ---- the check of a whole policy ----

   Every definition is lowered for every day on which something that it hangs on changes, and for no
   other: a policy of many programmes has many days, and most of them change one programme. */

typedef struct cr_changes { /* per definition: a bit for each day */
    uint64_t *bits;
    uint32_t words;
} cr_changes;

static void mark_day(cr_changes *c, uint32_t def, const cr_days *days, int32_t day)
{
    uint32_t lo = 0, hi = days->n;
    while (lo + 1 < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (days->at[mid] <= day)
            lo = mid;
        else
            hi = mid;
    }
    if (days->at[lo] == day)
        c->bits[def * c->words + lo / 64] |= (uint64_t)1 << lo % 64;
}

static void mark_own_days(cr_changes *c, const cr_program *p, uint32_t def, const cr_days *days)
{
    for (uint32_t v = 0; v < p->defs.at[def].versions.n; v++) {
        const cr_version *version = &p->defs.at[def].versions.at[v];
        mark_day(c, def, days, version->from);
        if (version->to < CR_DATE_MAX)
            mark_day(c, def, days, version->to + 1);
        for (uint32_t i = 0; i < version->stmt->clauses.n; i++) {
            mark_day(c, def, days, version->stmt->clauses.at[i].period.from);
            if (version->stmt->clauses.at[i].period.to < CR_DATE_MAX)
                mark_day(c, def, days, version->stmt->clauses.at[i].period.to + 1);
        }
    }
}

static int take_in(cr_changes *c, uint32_t def, int32_t from)
{
    uint64_t more = 0;
    for (uint32_t k = 0; k < c->words; k++) {
        uint64_t *to = &c->bits[def * c->words + k], add = c->bits[(uint32_t)from * c->words + k];
        more |= add & ~*to;
        *to |= add;
    }
    return more != 0;
}

/* Of what it reads, this month or the month before, and of the requires that gate that. */
static int take_in_reads(cr_changes *c, const cr_program *p, uint32_t def)
{
    int changed = 0;
    for (uint32_t v = 0; v < p->defs.at[def].versions.n; v++) {
        const cr_version *version = &p->defs.at[def].versions.at[v];
        for (int32_t k = 0; k < version->n_deps + version->n_later; k++) {
            int32_t dep = k < version->n_deps
                              ? p->deps.at[version->deps_from + k]
                              : p->later.at[version->later_from + k - version->n_deps];
            changed |= take_in(c, def, dep);
            for (int32_t g = p->defs.at[dep].gate; g >= 0; g = p->defs.at[g].next_gate)
                changed |= take_in(c, def, g);
        }
    }
    for (uint32_t i = 0; i < p->field_gates.n;
         i++) /* few: whoever reads which field is not asked */
        changed |= take_in(c, def, p->field_gates.at[i].require);
    return changed;
}

static int changes_of(cr_build *b, const cr_outline *o, cr_changes *c)
{
    const cr_program *p = b->program;
    c->words = (o->days.n + 63) / 64;
    c->bits = cr_arena_get(&b->calc->arena, ((size_t)p->defs.n + 1) * c->words, sizeof *c->bits);
    if (!c->bits)
        return 1;
    for (uint32_t i = 0; i < p->defs.n; i++)
        mark_own_days(c, p, i, &o->days);
    for (int changed = 1; changed;) {
        changed = 0;
        for (uint32_t i = 0; i < o->n; i++)
            changed |= take_in_reads(c, p, (uint32_t)o->order[i]);
    }
    return 0;
}

static int check_segments(cr_build *b)
{
    cr_calculator *calc = b->calc;
    cr_outline o;
    cr_changes c;
    if (outline(b, &o))
        return 1;
    int32_t *some = cr_arena_get(&calc->arena, (size_t)o.n + 1, sizeof *some);
    if (!some || changes_of(b, &o, &c)) {
        b->error->oom = 1;
        return 1;
    }
    cr_arena kept = calc->arena;
    int bad = 0;
    for (uint32_t i = 0; i < o.days.n && !bad; i++) {
        uint32_t n = 0;
        for (uint32_t k = 0; k < o.n; k++)
            if (i == 0 || c.bits[(uint32_t)o.order[k] * c.words + i / 64] >> i % 64 & 1)
                some[n++] = o.order[k];
        cr_arena_init(&calc->arena, calc->alloc);
        memset(&calc->plans, 0, sizeof calc->plans);
        memset(&b->products, 0, sizeof b->products);
        memset(&b->ordered, 0, sizeof b->ordered);
        bad = n > 0 && build_plan(b, some, n, o.days.at[i], last_day(&o.days, i));
        cr_arena_free(&calc->arena);
    }
    memset(&calc->plans, 0, sizeof calc->plans);
    calc->arena = kept;
    return bad || b->failed;
}

static int32_t root_of(const cr_program *p, int32_t entity)
{
    while (p->entities.at[entity].parent >= 0)
        entity = p->entities.at[entity].parent;
    return entity;
}

/* Everything that stands in the tree of one root. */
static int want_root(cr_calculator *calc, const cr_program *p)
{
    calc->spaces = cr_arena_get(&calc->arena, (size_t)p->entities.n + 1, 1);
    if (!calc->spaces)
        return 2;
    for (uint32_t i = 0; i < p->entities.n; i++)
        calc->spaces[i] = root_of(p, (int32_t)i) == calc->root;
    for (uint32_t i = 0; i < p->defs.n; i++) {
        cr_output o = {(int32_t)i, 0, p->defs.at[i].name};
        if (calc->spaces[p->defs.at[i].entity] && p->defs.at[i].n_args == 0 &&
            !CR_PUSH(&calc->arena, calc->outputs, o))
            return 2;
    }
    return 0;
}

static int check_root(cr_policy *policy, cr_alloc alloc, int32_t root, cr_diags *diags)
{
    cr_calculator calc = {0};
    cr_plan_error error = {{NULL, 0}, NULL, -1, 0};
    calc.policy = policy;
    calc.alloc = alloc;
    calc.root = root;
    cr_arena_init(&calc.arena, alloc);
    cr_build b = start(&calc, &error);
    b.diags = diags;
    b.reported = cr_arena_get(&calc.arena, (size_t)policy->program.defs.n + 1, 1);
    int bad = !b.reported || want_root(&calc, &policy->program) ? 2 : 0;
    if (!bad && check_segments(&b))
        bad = error.oom ? 2 : 1;
    if (bad == 1 && error.text) /* it could not go on */
        cr_diag_add(diags, CR_D_PLAN, policy->program.entities.at[root].pos,
                    policy->program.entities.at[root].name, cr_str_of(error.text));
    cr_arena_free(&calc.arena);
    return bad;
}

int cr_plan_check(cr_policy *policy, cr_alloc alloc, cr_diags *diags)
{
    uint32_t errors = diags->errors;
    for (uint32_t i = 0; i < policy->program.entities.n; i++)
        if (policy->program.entities.at[i].parent < 0 &&
            check_root(policy, alloc, (int32_t)i, diags) == 2)
            return 2;
    return diags->errors > errors;
}
