/* SPDX-License-Identifier: Apache-2.0 */
/* Calculators: from names of outputs to plans. */
#include <string.h>

#include "api/handles.h"
#include "base/cpu.h"

static const cr_str NONE = {NULL, 0};

/* ---- what is wanted ---- */

static int is_output(const cr_program *p, const cr_public_output *o)
{
    const cr_def *d = &p->defs.at[o->core.def];
    return !d->internal && d->kind != CR_DEF_REQUIRE &&
           !(o->core.reason && d->kind == CR_DEF_DECIDE);
}

static int add_output(civ_calculator *c, const cr_output *output)
{
    for (uint32_t i = 0; i < c->core.outputs.n; i++)
        if (c->core.outputs.at[i].def == output->def &&
            c->core.outputs.at[i].reason == output->reason)
            return 1;
    return CR_PUSH(&c->core.arena, c->core.outputs, *output);
}

static int32_t root_of(const cr_program *p, int32_t entity)
{
    while (p->entities.at[entity].parent >= 0)
        entity = p->entities.at[entity].parent;
    return entity;
}

/* Every output called `name`, on whatever row; or all outputs of the module `name`. */
static int add_wanted(civ_calculator *c, cr_str name, cr_str root, uint32_t *found)
{
    const civ_policy *policy = c->policy;
    const cr_program *p = &policy->core->program;
    *found = 0;
    for (size_t i = 0; i < policy->n_outputs; i++) {
        const cr_public_output *o = &policy->outputs[i];
        int by_name = cr_str_eq(o->core.name, name);
        int by_module = cr_str_eq(p->defs.at[o->core.def].module, name) && is_output(p, o);
        if (!by_name && !by_module)
            continue;
        ++*found;
        int32_t at = root_of(p, p->defs.at[o->core.def].entity);
        if (root.n > 0 && !cr_str_eq(p->entities.at[at].name, root))
            continue;
        if (!add_output(c, &o->core))
            return 1;
    }
    return 0;
}

static cr_str nearest_output(const civ_policy *policy, cr_str name)
{
    cr_str best = NONE;
    const cr_program *p = &policy->core->program;
    unsigned least = (unsigned)(name.n / 3 + 2);
    for (size_t i = 0; i < policy->n_outputs + p->modules.n; i++) {
        cr_str s = i < policy->n_outputs ? policy->outputs[i].core.name
                                         : p->modules.at[i - policy->n_outputs].name;
        unsigned d = cr_edit_distance(name, s, least);
        if (d < least) {
            least = d;
            best = s;
        }
    }
    return best;
}

static civ_status collect(civ_calculator *c, const civ_text *wanted, size_t n, cr_str root,
                          civ_error *error)
{
    const cr_program *p = &c->policy->core->program;
    for (size_t i = 0; i < n; i++) {
        uint32_t found = 0;
        cr_str name = cr_str_text(wanted[i]);
        if (add_wanted(c, name, root, &found))
            return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
        if (!found)
            return cr_fail(error, CIV_ERROR_UNKNOWN_OUTPUT, NULL, name,
                           nearest_output(c->policy, name));
    }
    if (c->core.outputs.n == 0)
        return cr_fail(error, CIV_ERROR_ROOTS, NULL, root, NONE);
    c->core.root =
        c->core.outputs.n ? root_of(p, p->defs.at[c->core.outputs.at[0].def].entity) : -1;
    for (uint32_t i = 0; i < c->core.outputs.n; i++)
        if (root_of(p, p->defs.at[c->core.outputs.at[i].def].entity) != c->core.root)
            return cr_fail(error, CIV_ERROR_ROOTS, NULL, c->core.outputs.at[i].name, NONE);
    return CIV_OK;
}

/* ---- making ---- */

/* 1 asks for plain code, 2 to 4 for at most that level of x86-64. */
static cr_cpu_level cpu_level(uint32_t most)
{
    cr_cpu_level best = cr_cpu_best();
    return most > 0 && most - 1 < (uint32_t)best ? (cr_cpu_level)(most - 1) : best;
}

static cr_lane least_lane(uint32_t bits)
{
    return bits > 64   ? CR_LANE_128
           : bits > 32 ? CR_LANE_64
           : bits > 16 ? CR_LANE_32
           : bits > 8  ? CR_LANE_16
                       : CR_LANE_8;
}

static civ_status compile(civ_calculator *c, civ_error *error)
{
    const cr_program *p = &c->policy->core->program;
    cr_plan_error why = {{NULL, 0}, NULL, -1, 0};
    c->core.spaces = cr_arena_get(&c->core.arena, (size_t)p->entities.n + 1, 1);
    if (!c->core.spaces)
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    for (uint32_t i = 0; i < p->entities.n; i++)
        c->core.spaces[i] = root_of(p, (int32_t)i) == c->core.root;
    if (cr_plan_all(&c->core, &why))
        return why.oom ? cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE)
                       : cr_fail(error, CIV_ERROR_PLAN, why.text, why.def, NONE);
    return CIV_OK;
}

civ_status civ_calculator_create(civ_calculator **out, civ_policy *policy, const civ_text *wanted,
                                 size_t n_wanted, const civ_calculator_options *options,
                                 civ_error *error)
{
    if (!out || !policy || !wanted || n_wanted == 0)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    *out = NULL;
    if (options && options->struct_size < sizeof *options)
        return cr_fail(error, CIV_ERROR_STRUCT_SIZE, NULL, CR_STR("civ_calculator_options"), NONE);
    civ_engine *engine = policy->engine;
    civ_calculator *c = cr_mem_get(&engine->alloc, 1, sizeof *c);
    if (!c)
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    c->policy = policy;
    c->engine = engine;
    c->references = 1;
    civ_policy_retain(policy);
    c->core.policy = policy->core;
    c->core.alloc = engine->alloc;
    c->core.min_lane = (uint8_t)least_lane(engine->min_lane_bits);
    c->core.level = (uint8_t)cpu_level(engine->max_cpu_level);
    cr_arena_init(&c->core.arena, engine->alloc);
    if (options) {
        c->core.explain = options->explain != 0;
        c->core.strict = options->strict != 0;
        c->core.presume = options->presume != 0;
    }
    civ_status bad =
        collect(c, wanted, n_wanted, options ? cr_str_text(options->root) : NONE, error);
    if (!bad)
        bad = compile(c, error);
    if (bad) {
        civ_calculator_release(c);
        return bad;
    }
    *out = c;
    return CIV_OK;
}

void civ_calculator_release(civ_calculator *c)
{
    if (!c || __atomic_sub_fetch(&c->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    civ_policy *policy = c->policy;
    cr_alloc alloc = c->engine->alloc;
    cr_arena_free(&c->core.arena);
    cr_mem_free(&alloc, c, sizeof *c);
    civ_policy_release(policy);
}

/* ---- asking ---- */

size_t civ_calculator_output_count(const civ_calculator *c)
{
    return c ? c->core.outputs.n : 0;
}

civ_status civ_calculator_output(civ_item *out, const civ_calculator *c, size_t index)
{
    if (!out || out->struct_size < sizeof *out)
        return CIV_ERROR_STRUCT_SIZE;
    if (!c || index >= c->core.outputs.n)
        return CIV_ERROR_ARGUMENT;
    cr_item_of_output(out, c->policy, &c->core.outputs.at[index], (int32_t)index);
    return CIV_OK;
}

civ_text civ_calculator_root(const civ_calculator *c)
{
    return c ? cr_text(c->core.policy->program.entities.at[c->core.root].name) : cr_text(NONE);
}

int32_t civ_calculator_reads(const civ_calculator *c, size_t field)
{
    return c && field < c->core.policy->program.fields.n && c->core.reads[field];
}

size_t civ_calculator_operation_count(const civ_calculator *c)
{
    size_t most = 0;
    for (uint32_t i = 0; c && i < c->core.plans.n; i++)
        most = c->core.plans.at[i].n_run > most ? c->core.plans.at[i].n_run : most;
    return most;
}
