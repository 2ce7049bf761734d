/* SPDX-License-Identifier: Apache-2.0 */
/* Looking things up in a program. */
#include "lang/program.h"

int32_t cr_program_entity(const cr_program *p, cr_str name)
{
    for (uint32_t i = 0; i < p->entities.n; i++)
        if (cr_str_eq(p->entities.at[i].name, name))
            return (int32_t)i;
    return -1;
}

int32_t cr_program_field(const cr_program *p, int32_t entity, cr_str name)
{
    if (entity < 0 || (uint32_t)entity >= p->entities.n)
        return -1;
    const cr_entity *e = &p->entities.at[entity];
    for (uint32_t i = 0; i < e->fields.n; i++)
        if (cr_str_eq(p->fields.at[e->fields.at[i]].name, name))
            return e->fields.at[i];
    return -1;
}

int32_t cr_program_param(const cr_program *p, cr_str name)
{
    return cr_map_get(&p->param_map, name);
}

int32_t cr_program_def(const cr_program *p, int32_t entity, cr_str name)
{
    for (int32_t i = cr_map_get(&p->def_map, name); i >= 0; i = p->defs.at[i].next_same)
        if (p->defs.at[i].entity == entity)
            return i;
    return -1;
}

int32_t cr_program_enum_value(const cr_program *p, int32_t index, cr_str name)
{
    const cr_enum *e = &p->enums.at[index];
    for (uint32_t i = 0; i < e->n_values; i++)
        if (cr_str_eq(e->values[i].name, name))
            return (int32_t)i;
    return -1;
}
