/* SPDX-License-Identifier: Apache-2.0 */
/* Views over the arrays of one run: where a row of a struct finds its cell, through offsets of
   slices, dictionaries and lists, whatever was left out. */
#include <string.h>

#include "batch/batch.h"

/* ---- arrays ---- */

static const uint8_t *validity(const struct ArrowArray *a)
{
    /* null_count -1 means that nobody has counted */
    return a->n_buffers > 0 && a->null_count != 0 ? a->buffers[0] : NULL;
}

static int buffers_of(int form)
{
    return form == CR_F_NULL                                ? 0
           : form == CR_F_TEXT32 || form == CR_F_TEXT64     ? 3
           : form == CR_F_STRUCT || form == CR_F_LIST_FIXED ? 1
           : form == CR_F_TEXT_VIEW                         ? 3
                                                            : 2;
}

static unsigned alignment_of(int form)
{
    switch (form) {
    case CR_F_I16:
    case CR_F_U16: return 2;
    case CR_F_I32:
    case CR_F_U32:
    case CR_F_D32:
    case CR_F_DATE32:
    case CR_F_TEXT32:
    case CR_F_LIST32: return 4;
    case CR_F_I64:
    case CR_F_U64:
    case CR_F_D64:
    case CR_F_DATE64:
    case CR_F_STAMP:
    case CR_F_TEXT64:
    case CR_F_LIST64: return 8;
    default: return 1; /* bytes, and what is read through copies */
    }
}

/* Whether an array has what its form promises, for rows up to `rows` behind its offset. */
static int fits(const struct ArrowArray *a, int form, int64_t rows)
{
    int64_t want = buffers_of(form);
    if (!a || !a->release || a->offset < 0 || a->length < rows)
        return 0;
    if (form == CR_F_TEXT_VIEW ? a->n_buffers < want : a->n_buffers != want)
        return 0;
    if (rows > 0 && want > 1 && !a->buffers[1])
        return 0;
    return want < 2 || (uintptr_t)a->buffers[1] % alignment_of(form) == 0;
}

static int open_plain(cr_view *v, const struct ArrowArray *a, int form, int64_t rows)
{
    if (!fits(a, form, rows))
        return 3;
    v->offset = a->offset;
    v->valid = validity(a);
    if (buffers_of(form) > 1)
        v->data = a->buffers[1];
    v->bytes = form == CR_F_TEXT32 || form == CR_F_TEXT64 ? a->buffers[2] : NULL;
    v->buffers = a->buffers;
    v->n_rows = a->length;
    return 0;
}

static cr_view *new_view(cr_views *vs, const cr_view *like)
{
    cr_view *v = cr_arena_get(&vs->arena, 1, sizeof *v);
    if (v)
        v->column = like->column;
    return v;
}

/* Values that may be dictionary encoded. */
static int open_values(cr_views *vs, cr_view *v, const struct ArrowArray *a, int64_t rows)
{
    const cr_layout *l = &v->column->layout;
    if (!l->index)
        return open_plain(v, a, l->form, rows);
    if (open_plain(v, a, l->index, rows) || !a->dictionary)
        return 3;
    v->inner = new_view(vs, v);
    return v->inner ? open_plain(v->inner, a->dictionary, l->form, a->dictionary->length) : 2;
}

static int open_history(cr_views *vs, cr_view *v, const struct ArrowArray *item)
{
    const cr_column *c = v->column;
    cr_view from = {0};
    if (!fits(item, CR_F_STRUCT, 0) || c->from_at >= item->n_children ||
        c->value_at >= item->n_children)
        return 3;
    int bad = open_plain(&from, item->children[c->from_at], CR_F_DATE32, item->length);
    v->inner = new_view(vs, v);
    if (bad || !v->inner)
        return bad ? 3 : 2;
    v->from = from.data;
    v->from_valid = from.valid;
    v->from_offset = from.offset + item->offset;
    bad = open_values(vs, v->inner, item->children[c->value_at], item->length);
    v->inner->offset += item->offset;
    v->inner->owner_valid = validity(item);
    v->inner->owner_offset = item->offset;
    return bad;
}

static int open_list(cr_views *vs, cr_view *v, const struct ArrowArray *a, int64_t rows)
{
    const cr_column *c = v->column;
    if (open_plain(v, a, c->list_form, rows) || a->n_children != 1)
        return 3;
    v->is_list = 1;
    if (c->history)
        return open_history(vs, v, a->children[0]);
    v->inner = new_view(vs, v);
    return v->inner ? open_values(vs, v->inner, a->children[0], 0) : 2;
}

static int open_companion(cr_companion *c, int32_t at, const cr_owner *o)
{
    if (at < 0)
        return 0;
    const struct ArrowArray *a = o->array->children[at];
    if (!fits(a, CR_F_BOOL, o->offset + o->rows))
        return 3;
    c->bits = a->buffers[1];
    c->valid = validity(a);
    c->offset = a->offset + o->offset;
    return 0;
}

int cr_view_open(cr_views *vs, cr_view *v, const cr_column *c, const cr_owner *o)
{
    const struct ArrowArray *a = o->array->children[c->at];
    v->column = c;
    int bad = c->list_form ? open_list(vs, v, a, o->offset + o->rows)
                           : open_values(vs, v, a, o->offset + o->rows);
    if (bad)
        return bad;
    v->offset += o->offset;
    v->owner_valid = o->valid;
    v->owner_offset = o->offset;
    return open_companion(&v->unknown, c->unknown_at, o);
}

/* ---- dictionaries ---- */

/* Each entry is read once; a dictionary of more entries is read cell by cell. */
static int open_words(cr_views *vs, cr_view *v, const cr_sym_field *field)
{
    enum { MOST = 65536 };
    if (v->column->history && v->inner)
        v = v->inner;
    if (!v->column->layout.index || !v->inner || v->inner->n_rows > MOST)
        return 0;
    size_t n = (size_t)v->inner->n_rows;
    int64_t *words = cr_arena_get(&vs->arena, n + 1, sizeof *words);
    uint8_t *cells = cr_arena_get(&vs->arena, n + 1, 1);
    if (!words || !cells)
        return 2;
    v->words_known = 1;
    for (size_t i = 0; i < n; i++) {
        cells[i] = (uint8_t)cr_view_value(v->inner, vs->calc->policy, field, (int64_t)i, &words[i]);
        v->words_known &= cells[i] == CR_CELL_KNOWN;
    }
    v->words = words;
    v->word_cells = cells;
    return 0;
}

/* ---- edges ---- */

int cr_said_unknown(const cr_companion *c, int64_t row)
{
    int64_t at = c->offset + row;
    return c->bits && (!c->valid || cr_bit(c->valid, at)) && cr_bit(c->bits, at);
}

cr_cell cr_edge_cell(const cr_edge *e, int64_t p)
{
    if (e->form == CR_F_NONE)
        return CR_CELL_ABSENT;
    if (e->cells)
        return (cr_cell)e->cells[p];
    if (cr_said_unknown(&e->unknown, p))
        return CR_CELL_UNKNOWN;
    return cr_edge_null(e, p) ? (cr_cell)e->null_cell : CR_CELL_KNOWN;
}

int cr_edge_null(const cr_edge *e, int64_t p)
{
    return (e->cells && e->cells[p] != CR_CELL_KNOWN) || cr_said_unknown(&e->unknown, p) ||
           (e->valid && !cr_bit(e->valid, e->valid_offset + p)) ||
           (e->owner_valid && !cr_bit(e->owner_valid, e->owner_offset + p));
}

static int open_edge(cr_views *vs, int32_t entity, const cr_owner *o, cr_owner *below)
{
    const cr_sheet *sheet = &vs->binding->sheets[entity];
    const struct ArrowArray *a = o->array->children[sheet->at];
    cr_edge *edge = &vs->edges[entity];
    int64_t move = o->offset, parents = o->rows;
    if (!fits(a, sheet->list_form, move + parents) || a->n_children != 1 || !a->children[0] ||
        (!sheet->plain &&
         (!fits(a->children[0], CR_F_STRUCT, 0) || a->children[0]->n_children != sheet->n_columns)))
        return 3;
    move += a->offset;
    edge->form = sheet->list_form;
    edge->null_cell = sheet->null_cell;
    edge->width = sheet->width;
    edge->valid = validity(a);
    edge->valid_offset = move;
    edge->owner_valid = o->valid;
    edge->owner_offset = o->offset;
    edge->n = a->children[0]->length;
    edge->move = edge->form == CR_F_LIST_FIXED ? move * edge->width : 0;
    if (parents > 0 && edge->form == CR_F_LIST32)
        edge->off32 = (const int32_t *)a->buffers[1] + move;
    if (parents > 0 && edge->form == CR_F_LIST64)
        edge->off64 = (const int64_t *)a->buffers[1] + move;
    edge->first = parents > 0 ? cr_edge_at(edge, o->first) : 0;
    edge->last = parents > 0 ? cr_edge_at(edge, o->last) : 0;
    if (edge->first < 0 || edge->last < edge->first || edge->last > edge->n ||
        (edge->form == CR_F_LIST_FIXED && edge->last - edge->first > INT32_MAX))
        return 3;
    if (open_companion(&edge->unknown, sheet->unknown_at, o))
        return 3;
    below->array = sheet->plain ? a : a->children[0];
    below->offset = sheet->plain ? 0 : a->children[0]->offset;
    below->rows = edge->n;
    below->valid = sheet->plain ? NULL : validity(a->children[0]);
    below->first = edge->first;
    below->last = edge->last;
    return 0;
}

/* A table of its own: all its rows, whoever holds them. */
static int open_table(cr_views *vs, int32_t entity, const struct ArrowArray *arrays,
                      cr_owner *below)
{
    const cr_sheet *sheet = &vs->binding->sheets[entity];
    const struct ArrowArray *a = &arrays[sheet->at];
    if (!fits(a, CR_F_STRUCT, 0) || a->n_children != sheet->n_columns || a->length > UINT32_MAX / 2)
        return 3;
    cr_owner all = {a, a->offset, a->length, validity(a), 0, a->length};
    *below = all;
    return cr_join(vs, entity, &arrays[0], a);
}

static int open_struct(cr_views *vs, int32_t entity, const cr_owner *o,
                       const struct ArrowArray *arrays)
{
    const cr_program *p = &vs->calc->policy->program;
    const cr_sheet *sheet = &vs->binding->sheets[entity];
    int bad = 0;
    vs->owners[entity] = *o;
    for (uint32_t i = 0; i < sheet->columns.n && !bad; i++) {
        cr_view *v = &vs->fields[sheet->columns.at[i].field];
        bad = cr_view_open(vs, v, &sheet->columns.at[i], o);
        if (!bad)
            bad = open_words(vs, v, &p->fields.at[sheet->columns.at[i].field]);
    }
    for (uint32_t i = 0; i < p->entities.n && !bad; i++) {
        cr_owner below;
        if (p->entities.at[i].parent != entity || !vs->binding->sheets[i].bound)
            continue;
        bad = vs->binding->sheets[i].joined ? open_table(vs, (int32_t)i, arrays, &below)
                                            : open_edge(vs, (int32_t)i, o, &below);
        if (!bad)
            bad = open_struct(vs, (int32_t)i, &below, arrays);
    }
    return bad;
}

int cr_views_open(cr_views *vs, const cr_calculator *calc, const cr_binding *binding,
                  const struct ArrowArray *arrays)
{
    const struct ArrowArray *array = &arrays[0];
    const cr_program *p = &calc->policy->program;
    memset(vs, 0, sizeof *vs);
    vs->calc = calc;
    vs->binding = binding;
    cr_arena_init(&vs->arena, calc->alloc);
    vs->fields = cr_arena_get(&vs->arena, (size_t)p->fields.n + 1, sizeof *vs->fields);
    vs->edges = cr_arena_get(&vs->arena, (size_t)p->entities.n + 1, sizeof *vs->edges);
    vs->owners = cr_arena_get(&vs->arena, (size_t)p->entities.n + 1, sizeof *vs->owners);
    if (!vs->fields || !vs->edges || !vs->owners)
        return 2;
    if (!fits(array, CR_F_STRUCT, 0) || array->n_children != binding->sheets[calc->root].n_columns)
        return 3;
    vs->roots = array->length;
    cr_owner root = {array, array->offset, array->length, validity(array), 0, array->length};
    int bad = open_struct(vs, calc->root, &root, arrays);
    if (!bad && binding->on_at >= 0)
        bad = cr_view_open(vs, &vs->on, &binding->on, &root);
    return bad;
}

void cr_views_close(cr_views *vs)
{
    cr_arena_free(&vs->arena);
}
