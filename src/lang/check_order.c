/* SPDX-License-Identifier: Apache-2.0 */
/* Gates of requires, cycles, and an order in which every definition comes after what it reads. */
#include "lang/check_internal.h"

/* ---- gates ---- */

enum { MOST_GATES = 32 }; /* every one is asked by whoever reads the name */

static void too_many_gates(cr_checker *c, int32_t require)
{
    const cr_stmt *s = c->p->defs.at[require].versions.at[0].stmt;
    cr_c_report(c, CR_D_TOO_MANY, s->name_pos, s->name, "at most 32 requires of one name");
}

static void gate_field(cr_checker *c, int32_t require, int32_t field)
{
    uint32_t n = 0;
    for (uint32_t i = c->p->field_gates.n; i-- > 0 && c->p->field_gates.at[i].require == require;)
        if (c->p->field_gates.at[i].field == field)
            return;
    for (uint32_t i = 0; i < c->p->field_gates.n; i++)
        n += c->p->field_gates.at[i].field == field;
    if (n >= MOST_GATES) {
        too_many_gates(c, require);
        return;
    }
    cr_gate_field g = {field, require};
    CR_C_PUSH(c, c->p->field_gates, g);
}

/* A chain links through the require itself, so one require can stand in one chain only: for a
   second definition a twin of it is made, which no name finds. Twins share their versions. */
static void gate_def(cr_checker *c, int32_t require, int32_t read, int *linked)
{
    const cr_version *versions = c->p->defs.at[require].versions.at;
    int32_t link = require;
    uint32_t n = 0;
    for (int32_t g = c->p->defs.at[read].gate; g >= 0; g = c->p->defs.at[g].next_gate, n++)
        if (c->p->defs.at[g].versions.at == versions)
            return;
    if (n >= MOST_GATES) {
        too_many_gates(c, require);
        return;
    }
    if (*linked) {
        cr_def twin = c->p->defs.at[require];
        twin.next_same = -1;
        CR_C_PUSH(c, c->p->defs, twin);
        link = (int32_t)c->p->defs.n - 1;
    }
    if (c->oom)
        return;
    *linked = 1;
    c->p->defs.at[link].next_gate = c->p->defs.at[read].gate;
    c->p->defs.at[read].gate = link;
}

/* Only names of the row itself: a row of a list cannot make what stands above it invalid. */
static void gate_name(cr_checker *c, int32_t require, const cr_expr *x, int *linked)
{
    int32_t entity = c->p->defs.at[require].entity;
    if (x->ref.kind == CR_REF_FIELD && c->p->fields.at[x->ref.index].entity == entity)
        gate_field(c, require, x->ref.index);
    else if (x->ref.kind == CR_REF_DEF && !x->ref.reason &&
             c->p->defs.at[x->ref.index].entity == entity)
        gate_def(c, require, x->ref.index, linked);
}

/* Names that stand directly in the condition, lists and what is taken of their rows not among them.
 */
static void gate_names(cr_checker *c, int32_t require, const cr_expr *x, int *linked)
{
    if (!x || c->oom || x->kind == CR_X_AGGREGATE)
        return; /* no deeper than CR_C_DEPTH: what is deeper was reported */
    if (x->kind == CR_X_NAME)
        gate_name(c, require, x, linked);
    gate_names(c, require, x->a, linked);
    gate_names(c, require, x->b, linked);
    gate_names(c, require, x->c, linked);
    for (uint32_t i = 0; i < x->args.n; i++)
        gate_names(c, require, x->args.at[i], linked);
}

static void find_gates(cr_checker *c)
{
    uint32_t n = c->p->defs.n; /* twins come behind */
    for (uint32_t i = 0; i < n && !c->oom; i++) {
        int linked = 0;
        if (c->p->defs.at[i].kind == CR_DEF_REQUIRE && c->p->defs.at[i].versions.n > 0)
            gate_names(c, (int32_t)i, c->p->defs.at[i].versions.at[0].stmt->clauses.at[0].cond,
                       &linked);
    }
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
    find_gates(c);
    uint8_t *state = cr_arena_get(c->arena, (size_t)c->p->defs.n + 1, 1);
    cr_visit *path = cr_arena_get(c->arena, (size_t)c->p->defs.n + 1, sizeof *path);
    if (!state || !path) {
        cr_c_memory(c);
        return;
    }
    for (uint32_t i = 0; i < c->p->defs.n && !c->oom; i++)
        if (state[i] == 0)
            visit(c, (int32_t)i, state, path, &order);
}
