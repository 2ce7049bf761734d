/* SPDX-License-Identifier: Apache-2.0 */
/* Gates of requires, cycles, and an order in which every definition comes after what it reads. */
#include "lang/check_internal.h"

/* ---- gates ---- */

static void gate_name(cr_checker *c, int32_t require, const cr_expr *x)
{
    if (x->ref.kind == CR_REF_FIELD) {
        cr_gate_field g = {x->ref.index, require};
        CR_C_PUSH(c, c->p->field_gates, g);
    } else if (x->ref.kind == CR_REF_DEF && !x->ref.reason) {
        cr_def *read = &c->p->defs.at[x->ref.index];
        c->p->defs.at[require].next_gate = read->gate;
        read->gate = require;
    }
}

/* Names that stand directly in the condition, lists and what is taken of their rows not among them. */
static void gate_names(cr_checker *c, int32_t require, const cr_expr *x, int depth)
{
    if (!x || depth > 100 || x->kind == CR_X_AGGREGATE)
        return;
    if (x->kind == CR_X_NAME)
        gate_name(c, require, x);
    gate_names(c, require, x->a, depth + 1);
    gate_names(c, require, x->b, depth + 1);
    gate_names(c, require, x->c, depth + 1);
    for (uint32_t i = 0; i < x->args.n; i++)
        gate_names(c, require, x->args.at[i], depth + 1);
}

static void find_gates(cr_checker *c)
{
    for (uint32_t i = 0; i < c->p->defs.n; i++)
        if (c->p->defs.at[i].kind == CR_DEF_REQUIRE && c->p->defs.at[i].versions.n > 0)
            gate_names(c, (int32_t)i, c->p->defs.at[i].versions.at[0].stmt->clauses.at[0].cond, 0);
}

/* ---- order ---- */

typedef struct cr_visit { /* a definition on the path, and where its list of dependencies stands */
    int32_t def;
    uint32_t version;
    int32_t dep;
} cr_visit;

static int32_t next_dep(const cr_program *p, cr_visit *v)
{
    const cr_def *d = &p->defs.at[v->def];
    for (; v->version < d->versions.n; v->version++, v->dep = 0)
        if (v->dep < d->versions.at[v->version].n_deps)
            return p->deps.at[d->versions.at[v->version].deps_from + v->dep++];
    return -1;
}

static void report_cycle(cr_checker *c, const cr_visit *path, uint32_t n, int32_t again)
{
    cr_str names = {NULL, 0};
    uint32_t from = 0;
    while (from < n && path[from].def != again)
        from++;
    for (uint32_t i = from; i < n; i++)
        names = cr_c_join(c, names, i > from ? " -> " : "", c->p->defs.at[path[i].def].name);
    names = cr_c_join(c, names, " -> ", c->p->defs.at[again].name);
    cr_c_report(c, CR_D_CYCLE, c->p->defs.at[again].versions.at[0].stmt->name_pos, names, "");
}

/* Depth first without recursion: 0 new, 1 on the path, 2 done. */
static void visit(cr_checker *c, int32_t start, uint8_t *state, cr_visit *path, uint32_t *order)
{
    uint32_t n = 0;
    path[n++] = (cr_visit){start, 0, 0};
    state[start] = 1;
    while (n > 0 && !c->oom) {
        int32_t dep = next_dep(c->p, &path[n - 1]);
        if (dep < 0) {
            c->p->defs.at[path[n - 1].def].order = (*order)++;
            state[path[--n].def] = 2;
        } else if (state[dep] == 1) {
            report_cycle(c, path, n, dep);
        } else if (state[dep] == 0) {
            state[dep] = 1;
            path[n++] = (cr_visit){dep, 0, 0};
        }
    }
}

void cr_c_order(cr_checker *c)
{
    uint32_t order = 0;
    uint8_t *state = cr_arena_get(c->arena, (size_t)c->p->defs.n + 1, 1);
    cr_visit *path = cr_arena_get(c->arena, (size_t)c->p->defs.n + 1, sizeof *path);
    if (!state || !path) {
        cr_c_memory(c);
        return;
    }
    find_gates(c);
    for (uint32_t i = 0; i < c->p->defs.n && !c->oom; i++)
        if (state[i] == 0)
            visit(c, (int32_t)i, state, path, &order);
}
