/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks against cases: the same facts one by one and all at once, on every level of instructions.

   blocks_driver POLICYFILE… < groups.jsonl reads {"on", "cases": [...], "strict"?, "presume"?}, one
   a line. Every case is evaluated by itself, where nothing is overwritten; then all of them as one
   block by the plain kernels and those of each level that the machine has, for all outputs and for
   every third of them, so that registers follow one another in various places. Prints
   {"compared", "differ"} and what differs; {"error"} where the policy does not build. */
#include <stdlib.h>
#include <string.h>

#include "api/handles.h"
#include "cli/cli.h"
#include "engine/kernels.h"

enum { LEVELS = 5, PARTS = 4 }; /* level 0 is for the cases one by one; part 0 is all outputs */

/* ---- several cases as one input ---- */

typedef struct pile {
    cr_input input;
    const cr_case **cases;
    uint32_t n;
    uint32_t *base; /* per entity and case: its first row in the block */
} pile;

static uint32_t *base_of(const pile *p, int32_t entity)
{
    return p->base + (size_t)entity * (p->n + 1);
}

static int fill(const pile *p, cr_workspace *w, int32_t entity)
{
    const cr_program *program = &w->calc->policy->program;
    const cr_entity *e = &program->entities.at[entity];
    cr_space_rows *s = &w->spaces[entity];
    uint32_t *base = base_of(p, entity), *above = base_of(p, e->parent);
    uint32_t parents = w->spaces[e->parent].n, total = 0;
    for (uint32_t c = 0; c < p->n; c++)
        total += p->cases[c]->spaces[entity].n;
    if (cr_workspace_reserve(w, entity, total, parents ? parents : 1))
        return 2;
    s->n = 0;
    s->list = NULL;
    for (uint32_t c = 0; c < p->n; c++) {
        const cr_case_space *in = &p->cases[c]->spaces[entity];
        uint32_t at = 0;
        base[c] = s->n;
        for (uint32_t k = above[c]; k < (c + 1 < p->n ? above[c + 1] : parents); k++) {
            uint32_t first = at;
            s->off[k] = base[c] + at;
            while (at < in->n && in->parent[at] == k - above[c])
                at++;
            s->list_memory[k] = cr_list_status(
                program, e, (uint8_t)cr_case_cell(p->cases[c], e->parent_field, k - above[c]),
                at - first);
            if (s->list_memory[k])
                s->list = s->list_memory;
        }
        s->n += in->n;
    }
    s->off[parents] = s->n;
    s->longest = s->n;
    s->parents = parents;
    s->numbered = 0;
    return 0;
}

static int rows(const cr_input *input, cr_workspace *w)
{
    const pile *p = (const pile *)input;
    const cr_program *program = &w->calc->policy->program;
    w->spaces[w->calc->root].n = p->n;
    for (uint32_t c = 0; c < p->n; c++)
        base_of(p, w->calc->root)[c] = c;
    for (int32_t depth = 1; depth <= 8; depth++)
        for (uint32_t i = 0; i < program->entities.n; i++)
            if (w->calc->spaces[i] && program->entities.at[i].depth == depth &&
                fill(p, w, (int32_t)i))
                return 2;
    return 0;
}

static void put(cr_workspace *w, const cr_insn *i, uint32_t k, int64_t value)
{
    void *at = w->frame->home[i->dst];
    switch (w->frame->plan->regs.at[i->dst].lane) {
    case CR_LANE_8: ((int8_t *)at)[k] = (int8_t)value; break;
    case CR_LANE_16: ((int16_t *)at)[k] = (int16_t)value; break;
    case CR_LANE_32: ((int32_t *)at)[k] = (int32_t)value; break;
    case CR_LANE_64: ((int64_t *)at)[k] = value; break;
    default: ((cr_i128 *)at)[k] = value; break;
    }
}

/* Row k of the block reads row `local` of case c. */
static void cell(cr_workspace *w, const cr_insn *i, const cr_case *c, uint32_t local, uint32_t k)
{
    const cr_type *type = &w->calc->policy->program.fields.at[i->imm].type;
    int on_day = i->op == CR_OP_INPUT_ON || i->op == CR_OP_ABSENT_ON || i->op == CR_OP_GIVEN_ON;
    int32_t day = on_day ? ((const int32_t *)VAL(w, i->a))[k] : w->on;
    uint8_t open = on_day ? status_at(ST(w, i->a), k) : CR_KNOWN, *s = w->frame->st_memory[i->dst];
    int64_t value = 0;
    cr_cell is = cr_case_at(&c->fields[i->imm], local, day, &value);
    s[k] = CR_KNOWN;
    if (i->op == CR_OP_ABSENT || i->op == CR_OP_ABSENT_ON) {
        put(w, i, k, !open && is == CR_CELL_ABSENT);
    } else if (i->op == CR_OP_GIVEN || i->op == CR_OP_GIVEN_ON) {
        put(w, i, k, is == CR_CELL_KNOWN || is == CR_CELL_INVALID);
        s[k] = is == CR_CELL_UNKNOWN && type->event ? CR_UNDETERMINED : CR_KNOWN;
        s[k] = worst(open, s[k]);
    } else {
        s[k] = worst(open, cr_cell_status((uint8_t)is, type->event));
        put(w, i, k,
            is == CR_CELL_KNOWN                   ? value
            : is == CR_CELL_ABSENT && type->event ? cr_cell_never(type)
                                                  : 0);
    }
}

static void cells(const cr_input *input, cr_workspace *w, const cr_insn *i)
{
    const pile *p = (const pile *)input;
    int above = i->op == CR_OP_INPUT_ON || i->op == CR_OP_ABSENT_ON || i->op == CR_OP_GIVEN_ON;
    const uint32_t *base = base_of(p, above ? i->child : i->space);
    uint32_t n = w->spaces[i->space].n, any = 0, c = 0;
    w->frame->val[i->dst] = w->frame->home[i->dst];
    for (uint32_t k = 0; k < n; k++) {
        uint32_t row = above ? cr_row_above(w, i, k) : k;
        while (c + 1 < p->n && base[c + 1] <= row)
            c++;
        cell(w, i, p->cases[c], row - base[c], k);
        any |= w->frame->st_memory[i->dst][k];
    }
    w->frame->st[i->dst] = any ? w->frame->st_memory[i->dst] : NULL;
}

static const cr_input_class pile_class = {rows, cells};

/* ---- policies and calculators ---- */

typedef struct machine { /* one level */
    civ_engine *engine;
    civ_policy *policy;
} machine;

static civ_policy *build(civ_engine *engine, char **files, int n)
{
    civ_policy_builder *b = NULL;
    civ_policy *policy = NULL;
    civ_error error = CIV_ERROR_INIT;
    civ_policy_builder_create(&b, engine, NULL);
    for (int i = 0; i < n; i++)
        cli_add_path(b, files[i], CIV_FILE_PACK, 1);
    if (civ_policy_build(&policy, b, &error))
        cli_print_diagnostics(b, 0, stderr);
    civ_policy_builder_release(b);
    return policy;
}

/* Part 0: all outputs that hang on the root of the first case; else every third of them. */
static civ_calculator *calculator(civ_policy *policy, int32_t root, int part,
                                  const civ_calculator_options *o)
{
    const cr_program *p = &policy->core->program;
    const cr_str name = p->entities.at[root].name;
    civ_text *wanted = calloc(policy->n_outputs + 1, sizeof *wanted);
    civ_calculator_options own = *o; /* names may stand on several roots */
    civ_calculator *k = NULL;
    size_t n = 0, seen = 0;
    own.root.data = name.p;
    own.root.length = name.n;
    for (size_t i = 0; i < policy->n_outputs; i++) {
        civ_item item;
        memset(&item, 0, sizeof item);
        item.struct_size = sizeof item;
        civ_policy_output(&item, policy, i);
        int32_t at = cr_program_entity(p, (cr_str){item.entity.data, item.entity.length});
        while (at >= 0 && p->entities.at[at].parent >= 0)
            at = p->entities.at[at].parent;
        if (at == root && (part == 0 || seen % 3 + 1 == (size_t)part))
            wanted[n++] = item.name;
        seen += at == root;
    }
    if (n > 0 && civ_calculator_create(&k, policy, wanted, n, &own, NULL))
        k = NULL;
    free(wanted);
    return k;
}

/* ---- comparing ---- */

typedef struct count {
    size_t compared, differ;
} count;

static int same(cr_workspace *x, const cr_pval *v, uint32_t row, cr_workspace *y, const cr_pval *u,
                uint32_t other)
{
    cr_rat a, b;
    cr_wide p[2], q[2];
    if (v->rows >= 0) /* a list: the mask is compared in its own rows */
        return cr_status_get(x, v->div, row) == cr_status_get(y, u->div, other);
    int st = cr_status_get(x, v->reg, row);
    if (st != cr_status_get(y, u->reg, other))
        return 0;
    if (st)
        return 1;
    int wide = cr_value_get(x, v, row, &a, p);
    if (wide != cr_value_get(y, u, other, &b, q))
        return 0;
    return wide ? cr_wide_cmp(&p[0], &q[0]) == 0 && cr_wide_cmp(&p[1], &q[1]) == 0
                : a.num == b.num && a.den == b.den;
}

static const cr_pval *value_of(const civ_calculator *k, const cr_workspace *w, size_t output)
{
    const cr_plan_def *d = &w->frame->plan->defs[k->core.outputs.at[output].def];
    return k->core.outputs.at[output].reason ? &d->reason : &d->value;
}

static size_t find_output(const civ_calculator *k, const cr_output *o)
{
    for (size_t i = 0; i < k->core.outputs.n; i++)
        if (k->core.outputs.at[i].def == o->def && k->core.outputs.at[i].reason == o->reason)
            return i;
    return SIZE_MAX;
}

/* Every output of the block against case c evaluated by itself. */
static void compare(const civ_calculator *one, cr_workspace *w, const civ_calculator *many,
                    cr_workspace *block, const pile *p, uint32_t c, int level, count *n)
{
    for (size_t i = 0; i < many->core.outputs.n; i++) {
        const cr_output *o = &many->core.outputs.at[i];
        size_t at = find_output(one, o);
        int32_t space = one->core.policy->program.defs.at[o->def].entity;
        for (uint32_t row = 0; at != SIZE_MAX && row < w->spaces[space].n; row++) {
            n->compared++;
            if (same(w, value_of(one, w, at), row, block, value_of(many, block, i),
                     base_of(p, space)[c] + row))
                continue;
            if (n->differ++ < 5)
                fprintf(stderr, "level %d, case %u, row %u: %.*s%s\n", level, c, row,
                        (int)o->name.n, o->name.p, o->reason ? " (reason)" : "");
        }
    }
}

/* ---- one group ---- */

static void run_level(const machine *m, int level, const machine *plain, pile *p,
                      const civ_calculator_options *o, int32_t on, count *n)
{
    civ_calculator *one = calculator(plain->policy, p->cases[0]->root, 0, o);
    for (int part = 0; part < PARTS && one; part++) {
        civ_calculator *many = calculator(m->policy, p->cases[0]->root, part, o);
        cr_workspace *w = cr_workspace_make(&one->core);
        cr_workspace *block = many ? cr_workspace_make(&many->core) : NULL;
        if (block) {
            block->many = 1;
            if (cr_workspace_run_block(block, &p->input, cr_calculator_plan(&many->core, on), on,
                                       NULL) == 0)
                for (uint32_t c = 0; c < p->n; c++)
                    if (cr_workspace_run(w, p->cases[c], on) == 0)
                        compare(one, w, many, block, p, c, level, n);
        }
        cr_workspace_free(block);
        cr_workspace_free(w);
        civ_calculator_release(many);
    }
    civ_calculator_release(one);
}

static struct json_object *flag(struct json_object *line, const char *key)
{
    struct json_object *v;
    return json_object_object_get_ex(line, key, &v) ? v : NULL;
}

static count group(const machine *machines, struct json_object *line)
{
    struct json_object *list = flag(line, "cases");
    size_t n = json_object_array_length(list);
    cli_case *read = calloc(n + 1, sizeof *read);
    const cr_case **cases = calloc(n + 1, sizeof *cases);
    civ_policy *policy = machines[0].policy;
    uint32_t entities = policy->core->program.entities.n;
    pile p = {{&pile_class}, cases, 0, calloc((size_t)entities * (n + 1) + 1, sizeof(uint32_t))};
    civ_calculator_options o = CIV_CALCULATOR_OPTIONS_INIT;
    count result = {0, 0};
    int32_t on = 0;
    o.strict = json_object_get_boolean(flag(line, "strict"));
    o.presume = json_object_get_boolean(flag(line, "presume"));
    cli_date_parse(json_object_get_string(flag(line, "on")), &on);
    for (size_t i = 0; i < n; i++) {
        struct json_object *body = json_object_array_get_idx(list, i);
        const char *text = json_object_to_json_string_ext(body, JSON_C_TO_STRING_PLAIN);
        if (!cli_case_read(&read[i], text, strlen(text), policy, cli_text("household"), NULL))
            cases[p.n++] = read[i].facts->core;
    }
    for (int level = 1; level < LEVELS && p.n > 0; level++)
        if (machines[level].policy)
            run_level(&machines[level], level, &machines[0], &p, &o, on, &result);
    for (size_t i = 0; i < n; i++)
        cli_case_free(&read[i]);
    free(read);
    free(cases);
    free(p.base);
    return result;
}

int main(int argc, char **argv)
{
    static char line[1 << 22];
    machine machines[LEVELS] = {{NULL, NULL}};
    for (int level = 0; level < LEVELS && level <= (int)cr_cpu_best() + 1; level++) {
        civ_engine_options o = CIV_ENGINE_OPTIONS_INIT;
        o.max_cpu_level = (uint32_t)level;
        if (civ_engine_create(&machines[level].engine, &o, NULL))
            return 4;
        machines[level].policy = build(machines[level].engine, argv + 1, argc - 1);
    }
    while (machines[0].policy && fgets(line, sizeof line, stdin)) {
        struct json_object *in = json_tokener_parse(line);
        count n = group(machines, in);
        printf("{\"compared\": %zu, \"differ\": %zu}\n", n.compared, n.differ);
        fflush(stdout);
        json_object_put(in);
    }
    if (!machines[0].policy)
        puts("{\"error\": \"policy\"}");
    for (int level = 0; level < LEVELS; level++) {
        civ_policy_release(machines[level].policy);
        civ_engine_release(machines[level].engine);
    }
    return 0;
}
