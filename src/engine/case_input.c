/* SPDX-License-Identifier: Apache-2.0 */
/* A case as the input of a block: one root row and what hangs on it. */
#include <string.h>

#include "engine/case.h"
#include "engine/kernels.h"

uint8_t cr_cell_status(uint8_t cell, int event)
{
    if (cell == CR_CELL_KNOWN || (cell == CR_CELL_ABSENT && event))
        return CR_KNOWN;
    return cell == CR_CELL_INVALID ? CR_INVALID : CR_UNDETERMINED;
}

int64_t cr_cell_never(const cr_type *type)
{
    return cr_type_is_time(type) ? CR_NEVER : type->kind == CR_T_ENUM ? -1 : 0;
}

uint8_t cr_list_status(const cr_program *program, const cr_entity *e, uint8_t cell, uint32_t rows)
{
    if (cell == CR_CELL_KNOWN)
        return rows < e->at_least || rows > e->at_most ? CR_INVALID : CR_KNOWN;
    return cr_cell_status(cell, program->fields.at[e->parent_field].type.event);
}

/* ---- rows ---- */

static int fill_space(const cr_case *c, cr_workspace *w, int32_t entity)
{
    const cr_program *p = &w->calc->policy->program;
    const cr_entity *e = &p->entities.at[entity];
    const cr_case_space *in = &c->spaces[entity];
    cr_space_rows *s = &w->spaces[entity];
    uint32_t parents = w->spaces[e->parent].n, at = 0;
    if (cr_workspace_reserve(w, entity, in->n, parents ? parents : 1))
        return 2;
    s->n = in->n;
    s->parents = parents;
    s->longest = in->n;
    s->numbered = 1;
    s->list = NULL;
    if (in->n > 0)
        memcpy(s->parent_memory, in->parent, in->n * sizeof *s->parent_memory);
    for (uint32_t k = 0; k < parents; k++) {
        s->off[k] = at;
        while (at < in->n && in->parent[at] == k)
            at++;
        s->list_memory[k] =
            cr_list_status(p, e, (uint8_t)cr_case_cell(c, e->parent_field, k), at - s->off[k]);
        if (s->list_memory[k] != CR_KNOWN)
            s->list = s->list_memory;
    }
    s->off[parents] = at;
    return 0;
}

/* Entities may be declared in any order, so children are filled depth by depth. */
static int case_rows(const cr_input *input, cr_workspace *w)
{
    const cr_case *c = (const cr_case *)input;
    const cr_program *p = &w->calc->policy->program;
    w->spaces[w->calc->root].n = 1;
    for (int32_t depth = 1; depth <= 8; depth++)
        for (uint32_t i = 0; i < p->entities.n; i++)
            if (w->calc->spaces[i] && p->entities.at[i].depth == depth &&
                fill_space(c, w, (int32_t)i))
                return 2;
    return 0;
}

/* ---- cells ---- */

uint32_t cr_row_above(const cr_workspace *w, const cr_insn *i, uint32_t k)
{
    return cr_row_up(w, i->space, k, i->child);
}

/* Numbers are stated as 64-bit integers; the proof of the lane is the field's range, checked when
 * the cell was stated. */
#define INPUT(T)                                                                                   \
    static void input_##T(const cr_case *c, cr_workspace *w, const cr_insn *i)                     \
    {                                                                                              \
        const cr_case_field *f = &c->fields[i->imm];                                               \
        const cr_type *type = &w->calc->policy->program.fields.at[i->imm].type;                    \
        T *d = VAL(w, i->dst);                                                                     \
        uint8_t *s = w->frame->st_memory[i->dst], any = 0;                                         \
        int64_t never = cr_cell_never(type), value = 0;                                            \
        for (uint32_t k = 0, n = N(w, i); k < n; k++) {                                            \
            uint8_t cell = k < f->cap ? f->cell[k] : (uint8_t)CR_CELL_ABSENT;                      \
            value = k < f->cap ? f->value[k] : 0;                                                  \
            if (f->n_since)                                                                        \
                cell = (uint8_t)cr_case_at(f, k, w->on, &value);                                   \
            s[k] = cr_cell_status(cell, type->event);                                              \
            d[k] = (T)(cell == CR_CELL_KNOWN                   ? value                             \
                       : cell == CR_CELL_ABSENT && type->event ? never                             \
                                                               : 0);                               \
            any |= s[k];                                                                           \
        }                                                                                          \
        w->frame->st[i->dst] = any ? s : NULL;                                                     \
    }                                                                                              \
    static void input_on_##T(const cr_case *c, cr_workspace *w, const cr_insn *i)                  \
    {                                                                                              \
        const cr_case_field *f = &c->fields[i->imm];                                               \
        const cr_type *type = &w->calc->policy->program.fields.at[i->imm].type;                    \
        const int32_t *day = VAL(w, i->a);                                                         \
        const uint8_t *x = ST(w, i->a);                                                            \
        T *d = VAL(w, i->dst);                                                                     \
        uint8_t *s = own_status(w, i->dst);                                                        \
        int64_t never = cr_cell_never(type), value = 0;                                            \
        for (uint32_t k = 0, n = N(w, i); k < n; k++) {                                            \
            cr_cell cell = cr_case_at(f, cr_row_above(w, i, k), day[k], &value);                   \
            s[k] = worst(status_at(x, k), cr_cell_status((uint8_t)cell, type->event));             \
            d[k] = (T)(cell == CR_CELL_KNOWN                   ? value                             \
                       : cell == CR_CELL_ABSENT && type->event ? never                             \
                                                               : 0);                               \
        }                                                                                          \
    }

INPUT(int8_t)
INPUT(int16_t)
INPUT(int32_t)
INPUT(int64_t)
INPUT(cr_i128)

static void absent(const cr_case *c, cr_workspace *w, const cr_insn *i)
{
    const cr_case_field *f = &c->fields[i->imm];
    int64_t value = 0;
    int8_t *d = VAL(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++)
        d[k] = cr_case_at(f, k, w->on, &value) == CR_CELL_ABSENT;
    w->frame->st[i->dst] = NULL;
}

static void absent_on(const cr_case *c, cr_workspace *w, const cr_insn *i)
{
    const cr_case_field *f = &c->fields[i->imm];
    const int32_t *day = VAL(w, i->a);
    const uint8_t *x = ST(w, i->a);
    int64_t value = 0;
    int8_t *d = VAL(w, i->dst);
    for (uint32_t k = 0, n = N(w, i); k < n; k++)
        d[k] = !status_at(x, k) &&
               cr_case_at(f, cr_row_above(w, i, k), day[k], &value) == CR_CELL_ABSENT;
    w->frame->st[i->dst] = NULL;
}

/* A value out of range was still given. Only an event that is said to be unknown leaves it open. */
static void given(const cr_case *c, cr_workspace *w, const cr_insn *i)
{
    const cr_case_field *f = &c->fields[i->imm];
    int64_t value = 0;
    int event = w->calc->policy->program.fields.at[i->imm].type.event;
    int8_t *d = VAL(w, i->dst);
    w->frame->st[i->dst] = NULL;
    for (uint32_t k = 0, n = N(w, i); k < n; k++) {
        cr_cell cell = cr_case_at(f, k, w->on, &value);
        d[k] = cell == CR_CELL_KNOWN || cell == CR_CELL_INVALID;
        if (cell == CR_CELL_UNKNOWN && event)
            own_failure(w, i, k, CR_UNDETERMINED);
    }
}

static void given_on(const cr_case *c, cr_workspace *w, const cr_insn *i)
{
    const cr_case_field *f = &c->fields[i->imm];
    const int32_t *day = VAL(w, i->a);
    int64_t value = 0;
    int event = w->calc->policy->program.fields.at[i->imm].type.event;
    int8_t *d = VAL(w, i->dst);
    strict2(w, i, i->a, -1);
    for (uint32_t k = 0, n = N(w, i); k < n; k++) {
        cr_cell cell = cr_case_at(f, cr_row_above(w, i, k), day[k], &value);
        d[k] = cell == CR_CELL_KNOWN || cell == CR_CELL_INVALID;
        if (cell == CR_CELL_UNKNOWN && event)
            own_failure(w, i, k, CR_UNDETERMINED);
    }
}

static void case_cells(const cr_input *input, cr_workspace *w, const cr_insn *i)
{
    typedef void (*reader)(const cr_case *, cr_workspace *, const cr_insn *);
    static const reader now[] = {input_int8_t, input_int16_t, input_int32_t, input_int64_t,
                                 input_cr_i128};
    static const reader then[] = {input_on_int8_t, input_on_int16_t, input_on_int32_t,
                                  input_on_int64_t, input_on_cr_i128};
    const cr_case *c = (const cr_case *)input;
    switch (i->op) {
    case CR_OP_INPUT: now[i->lane](c, w, i); break;
    case CR_OP_INPUT_ON: then[i->lane](c, w, i); break;
    case CR_OP_ABSENT: absent(c, w, i); break;
    case CR_OP_ABSENT_ON: absent_on(c, w, i); break;
    case CR_OP_GIVEN_ON: given_on(c, w, i); break;
    default: given(c, w, i); break;
    }
}

const cr_input_class cr_case_input = {case_rows, case_cells};
