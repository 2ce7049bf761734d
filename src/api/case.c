/* SPDX-License-Identifier: Apache-2.0 */
/* Cases through the public door: names, texts and ranges are checked here. */
#include <string.h>

#include "api/handles.h"
#include "base/date.h"
#include "engine/reading.h"

static const cr_str NONE = {NULL, 0};

static const cr_program *program_of(const civ_case *c)
{
    return &c->policy->core->program;
}

civ_status civ_case_create(civ_case **out, civ_policy *policy, civ_text root, civ_error *error)
{
    if (!out || !policy)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    *out = NULL;
    int32_t entity = cr_program_entity(&policy->core->program, cr_str_text(root));
    if (entity < 0 || !policy->core->program.entities.at[entity].is_root)
        return cr_fail(error, CIV_ERROR_UNKNOWN_ENTITY, "no such root", cr_str_text(root), NONE);
    civ_case *c = cr_mem_get(&policy->engine->alloc, 1, sizeof *c);
    if (c)
        c->core = cr_case_make(policy->core, policy->engine->alloc, entity);
    if (!c || !c->core) {
        cr_mem_free(&policy->engine->alloc, c, sizeof *c);
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    }
    c->policy = policy;
    cr_buf_init(&c->ids.text, policy->engine->alloc);
    c->ids.alloc = policy->engine->alloc;
    civ_policy_retain(policy);
    *out = c;
    return CIV_OK;
}

void civ_case_release(civ_case *c)
{
    if (!c)
        return;
    civ_policy *policy = c->policy;
    cr_case_free(c->core);
    cr_row_ids_free(&c->ids);
    cr_mem_free(&policy->engine->alloc, c, sizeof *c);
    civ_policy_release(policy);
}

void civ_case_clear(civ_case *c)
{
    if (!c)
        return;
    cr_case_forget(c->core);
    cr_row_ids_clear(&c->ids);
}

/* ---- ids of rows: what the caller calls them ---- */

static int room_for_ids(cr_row_ids *ids, size_t n)
{
    cr_alloc alloc = ids->alloc;
    if (n <= ids->cap)
        return 0;
    size_t cap = n < 16 ? 16 : 2 * n;
    cr_row_name *more = alloc.fn(alloc.user, ids->at, ids->cap * sizeof *more, cap * sizeof *more);
    if (!more)
        return 1;
    ids->at = more;
    ids->cap = cap;
    return 0;
}

void cr_row_ids_clear(cr_row_ids *ids)
{
    cr_buf_clear(&ids->text);
    ids->n = 0;
}

void cr_row_ids_free(cr_row_ids *ids)
{
    cr_mem_free(&ids->alloc, ids->at, ids->cap * sizeof *ids->at);
    cr_buf_free(&ids->text);
}

int cr_row_ids_copy(cr_row_ids *to, const cr_row_ids *from)
{
    cr_row_ids_clear(to);
    if (from->n == 0)
        return 0;
    cr_buf_put(&to->text, from->text.p, from->text.n);
    if (to->text.oom || room_for_ids(to, from->n)) {
        cr_row_ids_clear(to);
        return 1;
    }
    memcpy(to->at, from->at, from->n * sizeof *to->at);
    to->n = from->n;
    return 0;
}

civ_status civ_case_set_id(civ_case *c, civ_text entity, uint32_t row, civ_text id,
                           civ_error *error)
{
    if (!c)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    int32_t e = cr_program_entity(program_of(c), cr_str_text(entity));
    if (e < 0)
        return cr_fail(error, CIV_ERROR_UNKNOWN_ENTITY, NULL, cr_str_text(entity), NONE);
    if (row >= c->core->spaces[e].n)
        return cr_fail(error, CIV_ERROR_ARGUMENT, "no such row", NONE, NONE);
    size_t at = c->ids.text.n, i = 0;
    cr_buf_str(&c->ids.text, cr_str_text(id));
    if (c->ids.text.oom || room_for_ids(&c->ids, c->ids.n + 1)) {
        c->ids.text.n = at;
        c->ids.text.oom = 0;
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    }
    while (i < c->ids.n && (c->ids.at[i].entity != e || c->ids.at[i].row != row))
        i++;
    c->ids.n += i == c->ids.n;
    c->ids.at[i] = (cr_row_name){e, row, at, id.length};
    return CIV_OK;
}

/* ---- names ---- */

enum { MAX_NAMES = 512 };

static cr_str nearest_field(const cr_program *p, int32_t entity, cr_str name)
{
    cr_str names[MAX_NAMES];
    size_t n = 0, at = 0;
    for (uint32_t i = 0; i < p->entities.at[entity].fields.n && n < MAX_NAMES; i++)
        names[n++] = p->fields.at[p->entities.at[entity].fields.at[i]].name;
    return cr_nearest(name, names, n, &at) ? names[at] : NONE;
}

int64_t civ_case_field(const civ_case *c, civ_text entity, civ_text name, civ_error *error)
{
    if (!c) {
        cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
        return -1;
    }
    const cr_program *p = program_of(c);
    int32_t e = cr_program_entity(p, cr_str_text(entity));
    if (e < 0) {
        cr_fail(error, CIV_ERROR_UNKNOWN_ENTITY, NULL, cr_str_text(entity), NONE);
        return -1;
    }
    int32_t field = cr_program_field(p, e, cr_str_text(name));
    if (field < 0)
        cr_fail(error, CIV_ERROR_UNKNOWN_FIELD, NULL, cr_str_text(name),
                nearest_field(p, e, cr_str_text(name)));
    return field;
}

uint32_t civ_case_rows(const civ_case *c, civ_text entity)
{
    int32_t e = c ? cr_program_entity(program_of(c), cr_str_text(entity)) : -1;
    return e < 0 ? 0 : c->core->spaces[e].n;
}

civ_status civ_case_place(uint32_t *parent, uint32_t *position, const civ_case *c, civ_text entity,
                          uint32_t row)
{
    int32_t e = c ? cr_program_entity(program_of(c), cr_str_text(entity)) : -1;
    if (!parent || !position)
        return CIV_ERROR_ARGUMENT;
    *parent = *position = 0;
    if (e < 0 || e == c->core->root || row >= c->core->spaces[e].n)
        return CIV_ERROR_ARGUMENT;
    const uint32_t *above = c->core->spaces[e].parent; /* rows of one list stand together */
    *parent = above[row];
    while (row > *position && above[row - *position - 1] == *parent)
        ++*position;
    return CIV_OK;
}

/* ---- lists ---- */

civ_status civ_case_add(civ_case *c, uint32_t *row, civ_text list, uint32_t parent,
                        civ_error *error)
{
    if (!c || !row)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    const cr_program *p = program_of(c);
    for (uint32_t i = 0; i < p->fields.n; i++) {
        const cr_sym_field *f = &p->fields.at[i];
        if (f->child < 0 || !cr_str_eq(f->name, cr_str_text(list)))
            continue;
        if (parent >= c->core->spaces[f->entity].n)
            continue; /* another entity may have a list of that name */
        switch (cr_case_row(c->core, (int32_t)i, parent, row)) {
        case 0: return CIV_OK;
        case 1: return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
        case 2:
            return cr_fail(error, CIV_ERROR_STATE, "rows of a list are added parent by parent",
                           f->name, NONE);
        default: return cr_fail(error, CIV_ERROR_LIMIT, "too many rows", f->name, NONE);
        }
    }
    return cr_fail(error, CIV_ERROR_UNKNOWN_LIST, "no such list, or no such parent row",
                   cr_str_text(list), NONE);
}

civ_status civ_case_set_empty(civ_case *c, civ_text entity, uint32_t row, civ_text list,
                              civ_error *error)
{
    int64_t field = civ_case_field(c, entity, list, error);
    if (field < 0)
        return error && error->struct_size >= sizeof *error ? error->status
                                                            : CIV_ERROR_UNKNOWN_LIST;
    if (program_of(c)->fields.at[field].child < 0)
        return cr_fail(error, CIV_ERROR_TYPE, "not a list", cr_str_text(list), NONE);
    if (cr_case_mark(c->core, (int32_t)field, row, CR_CELL_KNOWN))
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    return CIV_OK;
}

/* ---- cells ---- */

static civ_status check_cell(const civ_case *c, size_t field, uint32_t row, civ_error *error)
{
    if (!c || field >= program_of(c)->fields.n)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    const cr_sym_field *f = &program_of(c)->fields.at[field];
    if (row >= c->core->spaces[f->entity].n)
        return cr_fail(error, CIV_ERROR_ARGUMENT, "no such row", f->name, NONE);
    return CIV_OK;
}

static civ_status put_int(civ_case *c, size_t field, uint32_t row, int64_t value, civ_error *error)
{
    if (cr_case_put(c->core, (int32_t)field, row, value))
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    return CIV_OK;
}

civ_status civ_case_set_int(civ_case *c, size_t field, uint32_t row, int64_t value,
                            civ_error *error)
{
    civ_status bad = check_cell(c, field, row, error);
    if (bad)
        return bad;
    const cr_sym_field *f = &program_of(c)->fields.at[field];
    if (f->child >= 0 || f->type.kind == CR_T_REGION || f->type.kind == CR_T_TEXT)
        return cr_fail(error, CIV_ERROR_TYPE, NULL, f->name, NONE);
    return put_int(c, field, row, value, error);
}

civ_status civ_case_set_unknown(civ_case *c, size_t field, uint32_t row, civ_error *error)
{
    civ_status bad = check_cell(c, field, row, error);
    if (!bad && cr_case_mark(c->core, (int32_t)field, row, CR_CELL_UNKNOWN))
        bad = cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    return bad;
}

/* Text itself is never computed with: that it was stated is all the engine keeps. */
civ_status civ_case_set_text(civ_case *c, size_t field, uint32_t row, civ_text value,
                             civ_error *error)
{
    return civ_case_set_parsed(c, field, row, value, error);
}

civ_status civ_case_since(civ_case *c, int32_t day, civ_error *error)
{
    if (!c)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    if (day != CIV_ALWAYS && (day < CR_DATE_MIN || day > CR_DATE_MAX))
        return cr_fail(error, CIV_ERROR_DATE, NULL, NONE, NONE);
    c->core->from = day == CIV_ALWAYS ? CR_PLAIN : day;
    return CIV_OK;
}

civ_status civ_case_set_parsed(civ_case *c, size_t field, uint32_t row, civ_text value,
                               civ_error *error)
{
    static const civ_status kinds[] = {CIV_OK, CIV_ERROR_FORMAT, CIV_ERROR_PRECISION,
                                       CIV_ERROR_UNKNOWN_VALUE, CIV_ERROR_TYPE};
    cr_misreading why = {NULL, {NULL, 0}, {NULL, 0}};
    int64_t v = 0;
    civ_status bad = check_cell(c, field, row, error);
    if (bad)
        return bad;
    const cr_sym_field *f = &program_of(c)->fields.at[field];
    cr_misread misread = cr_value_read(c->policy->core, f, cr_str_text(value), &v, &why);
    if (misread)
        return cr_fail(error, kinds[misread], why.text, why.where, why.nearest);
    return put_int(c, field, row, v, error);
}
