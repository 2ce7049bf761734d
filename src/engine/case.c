/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: rows and cells. */
#include <string.h>

#include "engine/case.h"

static void *grow(cr_case *c, void *p, uint32_t old, uint32_t cap, size_t size)
{
    size_t before, after;
    if (cr_mul_size(old, size, &before) || cr_mul_size(cap, size, &after))
        return NULL;
    void *q = c->alloc.fn(c->alloc.user, p, before, after);
    if (q)
        memset((char *)q + before, 0, after - before);
    return q;
}

cr_case *cr_case_make(cr_policy *policy, cr_alloc alloc, int32_t root)
{
    cr_case *c = cr_mem_get(&alloc, 1, sizeof *c);
    if (!c)
        return NULL;
    c->input.is = &cr_case_input;
    c->alloc = alloc;
    c->root = root;
    c->from = CR_PLAIN;
    c->policy = policy;
    cr_policy_retain(policy);
    c->fields = cr_mem_get(&alloc, (size_t)policy->program.fields.n + 1, sizeof *c->fields);
    c->spaces = cr_mem_get(&alloc, (size_t)policy->program.entities.n + 1, sizeof *c->spaces);
    if (!c->fields || !c->spaces) {
        cr_case_free(c);
        return NULL;
    }
    c->spaces[root].n = 1;
    return c;
}

void cr_case_free(cr_case *c)
{
    if (!c)
        return;
    cr_policy *policy = c->policy;
    uint32_t n_fields = policy->program.fields.n, n_spaces = policy->program.entities.n;
    for (uint32_t i = 0; c->fields && i < n_fields; i++) {
        cr_mem_free(&c->alloc, c->fields[i].value, c->fields[i].cap * sizeof *c->fields[i].value);
        cr_mem_free(&c->alloc, c->fields[i].cell, c->fields[i].cap);
        cr_mem_free(&c->alloc, c->fields[i].since,
                    c->fields[i].cap_since * sizeof *c->fields[i].since);
    }
    for (uint32_t i = 0; c->spaces && i < n_spaces; i++)
        cr_mem_free(&c->alloc, c->spaces[i].parent, c->spaces[i].cap * sizeof *c->spaces[i].parent);
    cr_mem_free(&c->alloc, c->fields, ((size_t)n_fields + 1) * sizeof *c->fields);
    cr_mem_free(&c->alloc, c->spaces, ((size_t)n_spaces + 1) * sizeof *c->spaces);
    cr_alloc alloc = c->alloc;
    cr_mem_free(&alloc, c, sizeof *c);
    cr_policy_release(policy);
}

void cr_case_forget(cr_case *c)
{
    c->from = CR_PLAIN;
    for (uint32_t i = 0; i < c->policy->program.fields.n; i++)
        c->fields[i].n_since = 0;
    for (uint32_t i = 0; i < c->policy->program.fields.n; i++)
        if (c->fields[i].cell)
            memset(c->fields[i].cell, CR_CELL_ABSENT, c->fields[i].cap);
    for (uint32_t i = 0; i < c->policy->program.entities.n; i++)
        c->spaces[i].n = (int32_t)i == c->root;
}

static int reserve_field(cr_case *c, int32_t field, uint32_t row)
{
    cr_case_field *f = &c->fields[field];
    if (row < f->cap)
        return 0;
    uint32_t cap = f->cap ? f->cap * 2 : 4;
    while (cap <= row)
        cap *= 2;
    int64_t *value = cr_mem_get(&c->alloc, cap, sizeof *value);
    uint8_t *cell = cr_mem_get(&c->alloc, cap, 1);
    if (!value || !cell) {
        cr_mem_free(&c->alloc, value, cap * sizeof *value);
        cr_mem_free(&c->alloc, cell, cap);
        return 1;
    }
    if (f->cap > 0) {
        memcpy(value, f->value, f->cap * sizeof *value);
        memcpy(cell, f->cell, f->cap);
    }
    cr_mem_free(&c->alloc, f->value, f->cap * sizeof *value);
    cr_mem_free(&c->alloc, f->cell, f->cap);
    f->value = value;
    f->cell = cell;
    f->cap = cap;
    return 0;
}

int cr_case_row(cr_case *c, int32_t field, uint32_t parent, uint32_t *row)
{
    int32_t child = c->policy->program.fields.at[field].child;
    cr_case_space *s = &c->spaces[child];
    if (s->n > 0 && s->parent[s->n - 1] > parent)
        return 2;
    if (s->n >= 100000000)
        return 3;
    if (s->n == s->cap) {
        uint32_t cap = s->cap ? s->cap * 2 : 8;
        uint32_t *p = grow(c, s->parent, s->cap, cap, sizeof *p);
        if (!p)
            return 1;
        s->parent = p;
        s->cap = cap;
    }
    if (cr_case_mark(c, field, parent, CR_CELL_KNOWN))
        return 1;
    s->parent[s->n] = parent;
    *row = s->n++;
    return 0;
}

int cr_field_holds(const cr_policy *policy, const cr_sym_field *f, int64_t value)
{
    const cr_type *t = &f->type;
    switch (t->kind) {
    case CR_T_BOOL: return value == 0 || value == 1;
    case CR_T_NUMBER: return t->lo <= value && value <= t->hi;
    case CR_T_DATE: return CR_DATE_MIN <= value && value <= CR_DATE_MAX;
    case CR_T_MONTH: return cr_month_of(CR_DATE_MIN) <= value && value <= cr_month_of(CR_DATE_MAX);
    case CR_T_TIME: return CR_TIME_MIN <= value && value <= CR_TIME_MAX;
    case CR_T_ENUM:
        return 0 <= value && value < (int64_t)policy->program.enums.at[t->index].n_values;
    case CR_T_SET: /* bits of words that there are; 63 of them fit */
        return value >= 0 && (policy->program.enums.at[t->index].n_values >= 63 ||
                              value >> policy->program.enums.at[t->index].n_values == 0);
    case CR_T_REGION: return 0 <= value && value < (int64_t)policy->regions.n;
    default: return 1;
    }
}

/* ---- histories ---- */

static int goes_before(const cr_since *a, const cr_since *b)
{
    return a->row != b->row ? a->row < b->row : a->from < b->from;
}

/* In order; a second value for one day takes the place of the first. */
static int put_since(cr_case *c, int32_t field, cr_since entry)
{
    cr_case_field *f = &c->fields[field];
    uint32_t at = f->n_since;
    while (at > 0 && goes_before(&entry, &f->since[at - 1]))
        at--;
    if (at > 0 && !goes_before(&f->since[at - 1], &entry)) {
        f->since[at - 1] = entry;
        return 0;
    }
    if (f->n_since == f->cap_since) {
        uint32_t cap = f->cap_since ? f->cap_since * 2 : 8;
        cr_since *p = grow(c, f->since, f->cap_since, cap, sizeof *p);
        if (!p)
            return 1;
        f->since = p;
        f->cap_since = cap;
    }
    memmove(&f->since[at + 1], &f->since[at], (f->n_since - at) * sizeof *f->since);
    f->since[at] = entry;
    f->n_since++;
    return 0;
}

cr_cell cr_case_at(const cr_case_field *f, uint32_t row, int32_t day, int64_t *value)
{
    uint32_t lo = 0, hi = f->n_since; /* the first entry behind (row, day) */
    const cr_since key = {row, day, 0, 0};
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (goes_before(&key, &f->since[mid]))
            hi = mid;
        else
            lo = mid + 1;
    }
    if (lo > 0 && f->since[lo - 1].row == row) {
        *value = f->since[lo - 1].value;
        return (cr_cell)f->since[lo - 1].cell;
    }
    *value = 0;
    if (lo < f->n_since && f->since[lo].row == row)
        return CR_CELL_ABSENT; /* before its first day */
    if (row >= f->cap)
        return CR_CELL_ABSENT;
    *value = f->value[row];
    return (cr_cell)f->cell[row];
}

int cr_case_put(cr_case *c, int32_t field, uint32_t row, int64_t value)
{
    if (c->from != CR_PLAIN) {
        int known = cr_field_holds(c->policy, &c->policy->program.fields.at[field], value);
        cr_since entry = {row, c->from, known ? value : 0,
                          (uint8_t)(known ? CR_CELL_KNOWN : CR_CELL_INVALID)};
        return put_since(c, field, entry);
    }
    if (reserve_field(c, field, row))
        return 1;
    int fits = cr_field_holds(c->policy, &c->policy->program.fields.at[field], value);
    c->fields[field].value[row] = fits ? value : 0;
    c->fields[field].cell[row] = fits ? CR_CELL_KNOWN : CR_CELL_INVALID;
    return 0;
}

int cr_case_mark(cr_case *c, int32_t field, uint32_t row, cr_cell cell)
{
    if (c->from != CR_PLAIN && c->policy->program.fields.at[field].child < 0) {
        cr_since entry = {row, c->from, 0, (uint8_t)cell};
        return put_since(c, field, entry);
    }
    if (reserve_field(c, field, row))
        return 1;
    c->fields[field].value[row] = 0;
    c->fields[field].cell[row] = (uint8_t)cell;
    return 0;
}

cr_cell cr_case_cell(const cr_case *c, int32_t field, uint32_t row)
{
    return row < c->fields[field].cap ? (cr_cell)c->fields[field].cell[row] : CR_CELL_ABSENT;
}
