/* SPDX-License-Identifier: Apache-2.0 */
/* The table of answers: its arrays, made by the same walk over entities and outputs as its schema.
 */
#include <string.h>

#include "batch/outcomes.h"
#include "batch/arrow_make.h"

static const cr_type REASON = {.kind = CR_T_REASON};

const cr_type *cr_output_type(const cr_calculator *calc, uint32_t output)
{
    const cr_output *o = &calc->outputs.at[output];
    return o->reason ? &REASON : &calc->policy->program.defs.at[o->def].type;
}

cr_shape cr_shape_of(const cr_calculator *calc, uint32_t output, const civ_batch_options *options)
{
    const cr_type *t = cr_output_type(calc, output);
    switch (t->kind) {
    case CR_T_BOOL: return CR_S_BITS;
    case CR_T_NUMBER:
        if (t->exact || t->decimals < 0)
            return CR_S_EXACT;
        return t->decimals == 0 || (t->money && !options->decimal_money) ? CR_S_I64 : CR_S_D128;
    case CR_T_DATE:
    case CR_T_MONTH: return CR_S_DATE32;
    case CR_T_TIME: return CR_S_TIME;
    case CR_T_ENUM: return CR_S_WORD8;
    case CR_T_SET: return CR_S_SET;
    case CR_T_ROWS: return CR_S_ROWS;
    default: return CR_S_WORD32;
    }
}

int32_t cr_output_entity(const cr_calculator *calc, uint32_t output)
{
    return calc->policy->program.defs.at[calc->outputs.at[output].def].entity;
}

/* Entities with outputs on them or below. */
uint8_t *cr_shown_entities(const cr_calculator *calc, cr_alloc alloc)
{
    const cr_program *p = &calc->policy->program;
    uint8_t *shown = cr_mem_get(&alloc, (size_t)p->entities.n + 1, 1);
    for (uint32_t i = 0; shown && i < calc->outputs.n; i++)
        for (int32_t e = cr_output_entity(calc, i); e >= 0; e = p->entities.at[e].parent)
            shown[e] = 1;
    if (shown)
        shown[calc->root] = 1;
    return shown;
}

int64_t cr_count_columns(const cr_calculator *calc, const cr_binding *binding,
                         const civ_batch_options *options, const uint8_t *shown, int32_t entity)
{
    const cr_program *p = &calc->policy->program;
    int64_t n = binding->sheets[entity].n_extra_schema;
    if (options->months > 0)
        n += p->entities.at[entity].parent < 0 || binding->sheets[entity].joined;
    for (uint32_t i = 0; i < calc->outputs.n; i++)
        n += cr_output_entity(calc, i) != entity ? 0 : options->causes ? 3 : 2;
    for (uint32_t i = 0; i < p->entities.n; i++)
        n += shown[i] && p->entities.at[i].parent == entity && !binding->sheets[i].joined;
    return n;
}

/* ---- arrays ---- */

static size_t bits_size(int64_t n)
{
    return (size_t)((n + 7) / 8);
}

/* Texts of a dictionary: of an enum, of reasons, of regions. */
static int fill_texts(struct ArrowArray *a, const cr_str *texts, size_t n)
{
    size_t size = 0;
    for (size_t i = 0; i < n; i++)
        size += texts[i].n;
    int32_t *off = cr_array_buffer(a, 1, (n + 1) * sizeof *off, 1);
    char *bytes = cr_array_buffer(a, 2, size, 0);
    if (!off || !bytes)
        return 2;
    for (size_t i = 0; i < n; i++) {
        if (texts[i].n > 0)
            memcpy(bytes + off[i], texts[i].p, texts[i].n);
        off[i + 1] = off[i] + (int32_t)texts[i].n;
    }
    return 0;
}

static size_t word_count(const cr_policy *policy, const cr_type *t)
{
    return t->kind == CR_T_ENUM || t->kind == CR_T_SET ? policy->program.enums.at[t->index].n_values
           : t->kind == CR_T_REGION                    ? policy->regions.n
           : t->kind == CR_T_REASON                    ? policy->program.reasons.n
                                                       : 0;
}

static int make_dictionary(struct ArrowArray *a, const cr_policy *policy, const cr_type *t,
                           cr_alloc alloc)
{
    const cr_program *p = &policy->program;
    size_t n = word_count(policy, t);
    cr_str *texts = cr_mem_get(&alloc, n + 1, sizeof *texts);
    if (!texts)
        return 2;
    for (size_t i = 0; i < n; i++)
        texts[i] = t->kind == CR_T_REGION   ? policy->regions.at[i].code
                   : t->kind == CR_T_REASON ? p->reasons.at[i].name
                                            : p->enums.at[t->index].values[i].name;
    int bad = cr_array_dictionary(a, alloc) ||
              cr_array_make(a->dictionary, alloc, (int64_t)n, 3, 0) ||
              fill_texts(a->dictionary, texts, n);
    cr_mem_free(&alloc, texts, (n + 1) * sizeof *texts);
    return bad ? 2 : 0;
}

static size_t value_size(cr_shape shape, int64_t n)
{
    static const uint8_t width[] = {
        [CR_S_I64] = 8,   [CR_S_D128] = 16,  [CR_S_DATE32] = 4, [CR_S_TIME] = 8,
        [CR_S_WORD8] = 1, [CR_S_WORD32] = 4, [CR_S_SET] = 0};
    return shape == CR_S_BITS ? bits_size(n) : width[shape] * (size_t)n;
}

static int tail_array(cr_tail *tail, cr_tail_kind kind, struct ArrowArray *a, int64_t n,
                      struct ArrowArray *items, int item_buffer)
{
    tail->kind = kind;
    tail->rows = n;
    tail->items = items;
    tail->item_buffer = item_buffer;
    tail->off = cr_array_buffer(a, 1, ((size_t)n + 1) * sizeof *tail->off, 1);
    return tail->off ? 0 : 2;
}

static int exact_array(cr_outcome *o, struct ArrowArray *a, cr_alloc alloc, int64_t n, int zeroed)
{
    if (cr_array_make(a, alloc, n, 1, 3))
        return 2;
    for (int i = 0; i < 2; i++) {
        if (cr_array_make(a->children[i], alloc, n, 2, 0))
            return 2;
        uint8_t *valid = cr_array_buffer(a->children[i], 0, bits_size(n), 1);
        void *value = cr_array_buffer(a->children[i], 1, (size_t)n * sizeof(int64_t), zeroed);
        if (!valid || !value)
            return 2;
        *(i ? &o->second : &o->value) = value;
        *(i ? &o->second_valid : &o->inner_valid) = valid;
    }
    if (cr_array_make(a->children[2], alloc, n, 3, 0))
        return 2;
    o->text_valid = cr_array_buffer(a->children[2], 0, bits_size(n), 1);
    return o->text_valid ? tail_array(&o->tail, CR_TAIL_BYTES, a->children[2], n, a->children[2], 2)
                         : 2;
}

/* Lists of a fixed kind of items, with offsets to be filled. */
static int items_array(cr_outcome *o, const cr_calculator *calc, const cr_type *t,
                       struct ArrowArray *a, cr_alloc alloc, int64_t n)
{
    int rows = o->shape == CR_S_ROWS;
    if (cr_array_make(a, alloc, n, 2, 1) || cr_array_make(a->children[0], alloc, 0, 2, 0))
        return 2;
    if (!rows && make_dictionary(a->children[0], calc->policy, t, alloc))
        return 2;
    return tail_array(&o->tail, rows ? CR_TAIL_INTS : CR_TAIL_BYTES, a, n, a->children[0], 1);
}

static int value_array(cr_outcomes *a, uint32_t output, struct ArrowArray *out, int64_t n,
                       int zeroed)
{
    const cr_calculator *calc = a->views->calc;
    cr_outcome *o = &a->outputs[output];
    const cr_type *t = cr_output_type(calc, output);
    o->shape = cr_shape_of(calc, output, a->options);
    o->some_null = zeroed != 0;
    o->array = out;
    if (o->shape == CR_S_EXACT) {
        if (exact_array(o, out, a->alloc, n, zeroed))
            return 2;
    } else if (o->shape == CR_S_ROWS || o->shape == CR_S_SET) {
        if (items_array(o, calc, t, out, a->alloc, n))
            return 2;
    } else {
        if (cr_array_make(out, a->alloc, n, 2, 0))
            return 2;
        o->value =
            cr_array_buffer(out, 1, value_size(o->shape, n), zeroed || o->shape == CR_S_BITS);
        if (!o->value)
            return 2;
        if ((o->shape == CR_S_WORD8 || o->shape == CR_S_WORD32) &&
            make_dictionary(out, calc->policy, t, a->alloc))
            return 2;
    }
    o->valid = cr_array_buffer(out, 0, bits_size(n), 1);
    return o->valid ? 0 : 2;
}

static int answer_array(cr_outcomes *a, uint32_t output, struct ArrowArray *out, int64_t n,
                        int zeroed)
{
    if (cr_array_make(out, a->alloc, n, 2, 0))
        return 2;
    uint8_t *answer = a->outputs[output].answer = cr_array_buffer(out, 1, (size_t)n, 0);
    if (answer && zeroed)
        memset(answer, CR_INVALID, (size_t)n); /* where nothing is evaluated */
    return answer ? 0 : 2;
}

static int causes_array(cr_outcomes *a, uint32_t output, struct ArrowArray *out, int64_t n)
{
    if (cr_array_make(out, a->alloc, n, 2, 1) || cr_array_make(out->children[0], a->alloc, 0, 3, 0))
        return 2;
    return tail_array(&a->outputs[output].causes, CR_TAIL_STRINGS, out, n, out->children[0], 1);
}

static int struct_array(cr_outcomes *a, int32_t entity, struct ArrowArray *out, int zeroed);

static void copy_offsets(const cr_edge *e, int32_t *restrict off, int64_t parent, int64_t first,
                         int64_t end)
{
    const int32_t *restrict from = e->off32 + parent;
    const int32_t less = (int32_t)e->first;
    for (int64_t i = first; i < end; i++)
        off[i + 1] = from[i + 1] - less;
}

void cr_outcomes_offsets(const cr_outcomes *a, int64_t first, int64_t end)
{
    for (uint32_t i = 0; i < a->views->calc->policy->program.entities.n; i++)
        if (a->offsets[i])
            copy_offsets(&a->views->edges[i], a->offsets[i], 0, first, end);
}

/* Where no list is null, and there is one month. Those of the roots are left to the blocks. */
static int plain_offsets(const cr_outcomes *a, const cr_edge *e, const cr_owner *parents, void *off,
                         uint8_t *valid)
{
    int64_t n = parents->last - parents->first;
    if (a->months != 1 || !e->off32 || e->valid || e->owner_valid || e->unknown.bits || e->cells)
        return 0;
    if (parents == &a->views->owners[a->views->calc->root])
        a->offsets[e - a->views->edges] = off;
    else
        copy_offsets(e, off, parents->first, 0, n);
    memset(valid, 0xFF, (size_t)n / 8);
    if (n % 8)
        valid[n / 8] = (uint8_t)((1u << n % 8) - 1);
    return 1;
}

/* Offsets of the input, from 0, once for each month. */
static int64_t fill_offsets(const cr_outcomes *a, const cr_edge *e, const cr_owner *parents,
                            void *off, uint8_t *valid)
{
    int64_t nulls = 0, n = parents->last - parents->first, to = 0;
    int wide = e->form == CR_F_LIST64;
    if (plain_offsets(a, e, parents, off, valid))
        return 0;
    for (int64_t m = 0; m < a->months; m++)
        for (int64_t i = 0; i < n; i++, to++) {
            int64_t p = parents->first + i;
            int null = e->form == CR_F_NONE || cr_edge_null(e, p);
            int64_t next = e->form == CR_F_NONE
                               ? 0
                               : cr_edge_at(e, p + 1) - e->first + m * (e->last - e->first);
            nulls += null;
            valid[to >> 3] |= (uint8_t)(!null << (to & 7));
            if (wide)
                ((int64_t *)off)[to + 1] = next;
            else
                ((int32_t *)off)[to + 1] = (int32_t)next;
        }
    return nulls;
}

static int list_array(cr_outcomes *a, int32_t entity, struct ArrowArray *out, int zeroed)
{
    const cr_edge *e = &a->views->edges[entity];
    const cr_entity *of = &a->views->calc->policy->program.entities.at[entity];
    const cr_owner *parents = &a->views->owners[of->parent];
    int64_t n = (parents->last - parents->first) * a->months;
    int wide = e->form == CR_F_LIST64;
    if (!wide && (e->last - e->first) * a->months > INT32_MAX)
        return 4;
    if (cr_array_make(out, a->alloc, n, 2, 1))
        return 2;
    void *off = cr_array_buffer(out, 1, (size_t)(n + 1) * (wide ? 8 : 4), 0);
    uint8_t *valid = cr_array_buffer(out, 0, bits_size(n), 1);
    if (!off || !valid)
        return 2;
    memset(off, 0, wide ? 8 : 4);
    out->null_count = fill_offsets(a, e, parents, off, valid);
    zeroed |= e->valid || e->owner_valid || e->unknown.bits;
    return struct_array(a, entity, out->children[0], zeroed);
}

/* The first day of the month of each row. */
static int month_array(const cr_outcomes *a, struct ArrowArray *out, int64_t rows)
{
    if (cr_array_make(out, a->alloc, rows * a->months, 2, 0))
        return 2;
    int32_t *day = cr_array_buffer(out, 1, (size_t)(rows * a->months) * sizeof *day, 1);
    for (int64_t m = 0; day && m < a->months; m++)
        for (int64_t i = 0; i < rows; i++)
            day[m * rows + i] = cr_month_first(a->options->first_month + (int32_t)m);
    return day ? 0 : 2;
}

static int output_arrays(cr_outcomes *a, int32_t entity, struct ArrowArray *out, int64_t *at,
                         int64_t n, int zeroed)
{
    const cr_calculator *calc = a->views->calc;
    for (uint32_t i = 0; i < calc->outputs.n; i++) {
        if (cr_output_entity(calc, i) != entity)
            continue;
        if (value_array(a, i, out->children[*at], n, zeroed) ||
            answer_array(a, i, out->children[*at + 1], n, zeroed))
            return 2;
        *at += 2;
        if (a->options->causes && causes_array(a, i, out->children[(*at)++], n))
            return 2;
    }
    return 0;
}

static int extra_arrays(cr_outcomes *a, int32_t entity, struct ArrowArray *out, int64_t *at)
{
    const cr_sheet *sheet = &a->views->binding->sheets[entity];
    const cr_owner *o = &a->views->owners[entity];
    for (uint32_t i = 0; i < sheet->n_extra_schema; i++)
        if (cr_holder_pass(a->holder, out->children[(*at)++],
                           o->array->children[sheet->extra.at[i]], o->offset + o->first,
                           o->last - o->first))
            return 2;
    return 0;
}

/* zeroed: there may be rows that are never evaluated, in lists that are null or of no root. */
static int struct_array(cr_outcomes *a, int32_t entity, struct ArrowArray *out, int zeroed)
{
    const cr_calculator *calc = a->views->calc;
    const cr_binding *binding = a->views->binding;
    const cr_program *p = &calc->policy->program;
    const cr_owner *o = &a->views->owners[entity];
    int64_t at = 0, rows = o->last - o->first;
    int top = entity == calc->root || binding->sheets[entity].joined, bad = 0;
    if (cr_array_make(out, a->alloc, rows * a->months, 1,
                      cr_count_columns(calc, binding, a->options, a->shown, entity)))
        return 2;
    if (top && a->options->months > 0 && month_array(a, out->children[at++], rows))
        return 2;
    if (output_arrays(a, entity, out, &at, rows * a->months, zeroed))
        return 2;
    for (uint32_t i = 0; i < p->entities.n && !bad; i++)
        if (a->shown[i] && p->entities.at[i].parent == entity && !binding->sheets[i].joined)
            bad = list_array(a, (int32_t)i, out->children[at++], zeroed);
    return bad ? bad : extra_arrays(a, entity, out, &at);
}

static int make_tables(cr_outcomes *a, struct ArrowArray *out)
{
    const cr_calculator *calc = a->views->calc;
    int bad = struct_array(a, calc->root, &out[0], 0);
    for (uint32_t i = 0; i < calc->policy->program.entities.n && !bad; i++) {
        const cr_sheet *sheet = &a->views->binding->sheets[i];
        if (sheet->joined)
            bad = struct_array(a, (int32_t)i, &out[sheet->at], 1);
    }
    return bad;
}

int cr_outcomes_make(cr_outcomes *a, const cr_views *views, const civ_batch_options *options,
                     cr_holder *holder, struct ArrowArray *out)
{
    uint32_t n = views->binding->n_tables + 1;
    memset(a, 0, sizeof *a);
    memset(out, 0, n * sizeof *out);
    a->views = views;
    a->options = options;
    a->holder = holder;
    a->months = options->months > 0 ? options->months : 1;
    a->alloc = views->calc->alloc;
    a->outputs = cr_mem_get(&a->alloc, (size_t)views->calc->outputs.n + 1, sizeof *a->outputs);
    a->shown = cr_shown_entities(views->calc, a->alloc);
    a->offsets = cr_mem_get(&a->alloc, (size_t)views->calc->policy->program.entities.n + 1,
                            sizeof *a->offsets);
    int bad = !a->outputs || !a->shown || !a->offsets ? 2 : make_tables(a, out);
    for (uint32_t i = 0; bad && i < n; i++) {
        cr_array_release(&out[i]);
        memset(&out[i], 0, sizeof out[i]);
    }
    return bad;
}

void cr_outcomes_free(cr_outcomes *a)
{
    const cr_calculator *calc = a->views->calc;
    cr_mem_free(&a->alloc, a->outputs, ((size_t)calc->outputs.n + 1) * sizeof *a->outputs);
    cr_mem_free(&a->alloc, a->shown, (size_t)calc->policy->program.entities.n + 1);
    cr_mem_free(&a->alloc, a->offsets,
                ((size_t)calc->policy->program.entities.n + 1) * sizeof *a->offsets);
}
