/* SPDX-License-Identifier: Apache-2.0 */
/* Grounds: the walk back from a value, written down. */
#include <string.h>

#include "engine/case.h"
#include "engine/grounds.h"

void cr_grounds_free(cr_grounds *g)
{
    cr_mem_free(&g->alloc, g->at, g->cap * sizeof *g->at);
    g->at = NULL;
    g->n = g->cap = 0;
}

static int order(const cr_ground *a, const cr_ground *b)
{
    const int64_t x[] = {a->kind, a->index, a->row, a->extra, a->cell, a->value};
    const int64_t y[] = {b->kind, b->index, b->row, b->extra, b->cell, b->value};
    for (int i = 0; i < 6; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

/* The first place that does not come before the ground. */
static uint32_t place_of(const cr_grounds *g, const cr_ground *ground)
{
    uint32_t lo = 0, hi = g->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (order(&g->at[mid], ground) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

int cr_grounds_have(const cr_grounds *g, const cr_ground *ground)
{
    uint32_t at = place_of(g, ground);
    return at < g->n && order(&g->at[at], ground) == 0;
}

static int add(cr_grounds *g, const cr_ground *ground)
{
    uint32_t at = place_of(g, ground);
    if (at < g->n && order(&g->at[at], ground) == 0)
        return 0;
    if (g->n == g->cap) {
        uint32_t cap = g->cap ? g->cap * 2 : 32;
        cr_ground *more =
            g->alloc.fn(g->alloc.user, g->at, g->cap * sizeof *more, cap * sizeof *more);
        if (!more)
            return 2;
        g->at = more;
        g->cap = cap;
    }
    memmove(&g->at[at + 1], &g->at[at], (g->n - at) * sizeof *g->at);
    g->at[at] = *ground;
    g->n++;
    return 0;
}

static int on_used(void *user, const cr_why *why)
{
    cr_ground ground = {CR_GROUND_ROW, 0, why->index, why->extra, 0, 0};
    return why->kind == CR_WHY_ROW && why->extra >= 0 ? add(user, &ground) : 0;
}

/* ---- rules ---- */

static void later(int32_t *day, int32_t than, int32_t on)
{
    if (than <= on && than > *day)
        *day = than;
}

/* The day since which the rule reads as it does: its last change by then. */
int32_t cr_wording_since(const cr_def *d, int32_t on)
{
    int32_t day = CR_DATE_MIN;
    for (uint32_t v = 0; v < d->versions.n; v++) {
        const cr_version *version = &d->versions.at[v];
        later(&day, version->from, on);
        if (version->to < CR_DATE_MAX)
            later(&day, version->to + 1, on);
        for (uint32_t i = 0; i < version->stmt->clauses.n; i++) {
            cr_period p = version->stmt->clauses.at[i].period;
            later(&day, p.from, on);
            if (p.to < CR_DATE_MAX)
                later(&day, p.to + 1, on);
        }
    }
    return day;
}

static int add_rules(const cr_workspace *w, cr_grounds *out)
{
    const cr_program *p = &w->calc->policy->program;
    const cr_frame *f = w->frame;
    for (uint32_t i = 0; i < p->defs.n; i++) {
        cr_ground ground = {CR_GROUND_RULE, 0, (int32_t)i, 0, 0, 0};
        if (p->defs.at[i].kind == CR_DEF_REQUIRE ||
            !cr_why_reached_any(f, f->plan->defs[i].value.reg))
            continue;
        ground.extra = cr_wording_since(&p->defs.at[i], w->on);
        if (ground.extra > CR_DATE_MIN && add(out, &ground))
            return 2;
    }
    return 0;
}

/* ---- confidence ---- */

typedef struct cr_trust {
    const cr_workspace *w;
    uint8_t lowest;
} cr_trust;

static void trust_cites(cr_trust *t, const cr_cites *cites)
{
    const cr_program *p = &t->w->calc->policy->program;
    for (uint32_t i = 0; i < cites->n; i++) {
        const cr_cite *c = &cites->at[i];
        uint8_t own = c->confidence;
        if (!own && c->source.n && c->source_index >= 0)
            own = p->sources.at[c->source_index].stmt->confidence;
        if (c->period.from <= t->w->on && t->w->on <= c->period.to && own > t->lowest)
            t->lowest = own;
    }
}

static int on_row(void *user, const cr_why *why)
{
    cr_trust *t = user;
    if (why->kind == CR_WHY_ROW && why->extra >= 0)
        trust_cites(t, &t->w->calc->policy->tables.at[why->index].rows.at[why->extra].cites);
    return 0;
}

/* On another day than the one decided for, any version may have been the one. */
static void trust_rules(cr_trust *t, const cr_plan_def *defs, int other_day)
{
    const cr_program *p = &t->w->calc->policy->program;
    for (uint32_t i = 0; i < p->defs.n; i++) {
        const cr_def *d = &p->defs.at[i];
        if (!cr_why_reached_any(t->w->frame, defs[i].value.reg) &&
            !cr_why_reached_any(t->w->frame, defs[i].reason.reg))
            continue;
        const cr_version *now = cr_version_of_case(t->w, d);
        for (uint32_t v = 0; v < d->versions.n; v++)
            if (other_day || &d->versions.at[v] == now)
                trust_cites(t, &d->versions.at[v].stmt->cites);
    }
}

int cr_confidence_find(cr_workspace *w, const cr_pval *value, uint32_t row, uint8_t *lowest)
{
    cr_trust t = {w, CR_CONF_NONE};
    int32_t reg = value->rows >= 0 ? value->div : value->reg;
    if (cr_why_walk(w, &reg, &row, 1, 1, on_row, &t))
        return 2;
    trust_rules(&t, w->frame->plan->defs, 0);
    for (const cr_day *day = w->frame->plan->days; day; day = day->next)
        trust_rules(&t, day->defs, 1);
    *lowest = t.lowest;
    return 0;
}

/* ---- facts ---- */

static int add_fact(const cr_workspace *w, const cr_insn *i, cr_grounds *out)
{
    const cr_case *c = (const cr_case *)w->input;
    const cr_case_field *field = &c->fields[i->imm];
    int own_day = i->op == CR_OP_INPUT_ON;
    for (uint32_t row = 0; field->n_since && row < w->spaces[i->space].n; row++) {
        uint32_t of = own_day ? cr_row_above(w, i, row) : row;
        int32_t day = own_day ? (int32_t)cr_lane_get(w, i->a, row) : w->on;
        cr_ground ground = {CR_GROUND_FACT, 0, i->imm, 0, of, 0};
        if (!cr_why_reached(w->frame, i->dst, row))
            continue;
        ground.cell = (uint8_t)cr_case_at(field, of, day, &ground.value);
        if (add(out, &ground))
            return 2;
    }
    return 0;
}

int cr_grounds_find(cr_workspace *w, const cr_pval *value, uint32_t row, cr_grounds *out)
{
    const cr_plan *plan = w->frame->plan;
    int32_t reg = value->rows >= 0 ? value->div : value->reg;
    out->n = 0;
    if (cr_why_walk(w, &reg, &row, 1, 1, on_used, out) || add_rules(w, out))
        return 2;
    if (w->input->is != &cr_case_input)
        return 0;
    for (uint32_t k = 0; k < plan->code.n; k++)
        if ((plan->code.at[k].op == CR_OP_INPUT || plan->code.at[k].op == CR_OP_INPUT_ON) &&
            add_fact(w, &plan->code.at[k], out))
            return 2;
    return 0;
}
