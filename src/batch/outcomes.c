/* SPDX-License-Identifier: Apache-2.0 */
/* The table of answers: schema and arrays, made by the same walk over entities and outputs. */
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

static int32_t entity_of(const cr_calculator *calc, uint32_t output)
{
    return calc->policy->program.defs.at[calc->outputs.at[output].def].entity;
}

/* Entities with outputs on them or below. */
static uint8_t *shown_entities(const cr_calculator *calc, cr_alloc alloc)
{
    const cr_program *p = &calc->policy->program;
    uint8_t *shown = cr_mem_get(&alloc, (size_t)p->entities.n + 1, 1);
    for (uint32_t i = 0; shown && i < calc->outputs.n; i++)
        for (int32_t e = entity_of(calc, i); e >= 0; e = p->entities.at[e].parent)
            shown[e] = 1;
    if (shown)
        shown[calc->root] = 1;
    return shown;
}

static int64_t count_columns(const cr_calculator *calc, const uint8_t *shown, int32_t entity,
                             int causes)
{
    const cr_program *p = &calc->policy->program;
    int64_t n = 0;
    for (uint32_t i = 0; i < calc->outputs.n; i++)
        n += entity_of(calc, i) == entity ? 2 + causes : 0;
    for (uint32_t i = 0; i < p->entities.n; i++)
        n += shown[i] && p->entities.at[i].parent == entity;
    return n;
}

/* ---- schema ---- */

static const char *const FORMATS[] = {
    [CR_S_BITS] = "b",    [CR_S_I64] = "l",   [CR_S_D128] = NULL,  [CR_S_DATE32] = "tdD",
    [CR_S_TIME] = "tss:", [CR_S_WORD8] = "c", [CR_S_WORD32] = "i", [CR_S_EXACT] = "+s",
    [CR_S_ROWS] = "+l",   [CR_S_SET] = "+l"};

/* Formats must outlive the schema: one text for each number of decimals. */
static const char *decimal_format(int32_t decimals)
{
    static const char *const formats[] = {"d:38,0",  "d:38,1",  "d:38,2", "d:38,3", "d:38,4",
                                          "d:38,5",  "d:38,6",  "d:38,7", "d:38,8", "d:38,9",
                                          "d:38,10", "d:38,11", "d:38,12"};
    return formats[decimals < 0 ? 0 : decimals > 12 ? 12 : decimals];
}

static int word_schema(struct ArrowSchema *s, cr_alloc alloc, const char *index, cr_str name)
{
    if (cr_schema_make(s, alloc, index, name, 0, NULL) || cr_schema_dictionary(s, alloc))
        return 2;
    return cr_schema_make(s->dictionary, alloc, "u", CR_STR(""), 0, NULL);
}

static int exact_schema(struct ArrowSchema *s, cr_alloc alloc, cr_str name, const cr_type *t)
{
    static const char *const yuan[] = {"civicrules.unit", "yuan"};
    if (cr_schema_make(s, alloc, "+s", name, 3, t->money ? yuan : NULL))
        return 2;
    return cr_schema_make(s->children[0], alloc, "l", CR_STR("numerator"), 0, NULL) ||
                   cr_schema_make(s->children[1], alloc, "l", CR_STR("denominator"), 0, NULL) ||
                   cr_schema_make(s->children[2], alloc, "u", CR_STR("text"), 0, NULL)
               ? 2
               : 0;
}

static int value_schema(struct ArrowSchema *s, const cr_calculator *calc, uint32_t output,
                        const civ_batch_options *options)
{
    static const char *const fen[] = {"civicrules.unit", "fen"};
    static const char *const month[] = {"civicrules.kind", "month"};
    cr_alloc alloc = calc->alloc;
    cr_shape shape = cr_shape_of(calc, output, options);
    const cr_type *t = cr_output_type(calc, output);
    cr_str name = calc->outputs.at[output].name;
    switch (shape) {
    case CR_S_WORD8:
    case CR_S_WORD32: return word_schema(s, alloc, FORMATS[shape], name);
    case CR_S_EXACT: return exact_schema(s, alloc, name, t);
    case CR_S_D128: return cr_schema_make(s, alloc, decimal_format(t->decimals), name, 0, NULL);
    case CR_S_ROWS:
        return cr_schema_make(s, alloc, "+l", name, 1, NULL) ||
                       cr_schema_make(s->children[0], alloc, "i", CR_STR("item"), 0, NULL)
                   ? 2
                   : 0;
    case CR_S_SET:
        return cr_schema_make(s, alloc, "+l", name, 1, NULL) ||
                       word_schema(s->children[0], alloc, "c", CR_STR("item"))
                   ? 2
                   : 0;
    default:
        return cr_schema_make(s, alloc, FORMATS[shape], name, 0,
                              t->money                ? fen
                              : t->kind == CR_T_MONTH ? month
                                                      : NULL);
    }
}

/* `OUTPUT.answer`, `OUTPUT.causes` */
static int named_schema(struct ArrowSchema *s, cr_alloc alloc, const char *format, cr_str name,
                        const char *what, int64_t n_children)
{
    cr_buf buf;
    cr_buf_init(&buf, alloc);
    cr_buf_str(&buf, name);
    cr_buf_text(&buf, what);
    int bad = buf.oom || cr_schema_make(s, alloc, format, (cr_str){buf.p, buf.n}, n_children, NULL);
    if (!bad)
        s->flags = 0;
    cr_buf_free(&buf);
    return bad ? 2 : 0;
}

static int causes_schema(struct ArrowSchema *s, cr_alloc alloc, cr_str name)
{
    return named_schema(s, alloc, "+l", name, ".causes", 1) ||
                   cr_schema_make(s->children[0], alloc, "u", CR_STR("item"), 0, NULL)
               ? 2
               : 0;
}

typedef struct cr_schema_walk {
    const cr_calculator *calc;
    const cr_binding *binding;
    const civ_batch_options *options;
    const uint8_t *shown;
} cr_schema_walk;

static int struct_schema(const cr_schema_walk *k, struct ArrowSchema *s, int32_t entity,
                         cr_str name)
{
    const cr_calculator *calc = k->calc;
    const cr_program *p = &calc->policy->program;
    int64_t at = 0;
    if (cr_schema_make(s, calc->alloc, "+s", name,
                       count_columns(calc, k->shown, entity, k->options->causes != 0), NULL))
        return 2;
    for (uint32_t i = 0; i < calc->outputs.n; i++) {
        if (entity_of(calc, i) != entity)
            continue;
        cr_str output = calc->outputs.at[i].name;
        if (value_schema(s->children[at], calc, i, k->options) ||
            named_schema(s->children[at + 1], calc->alloc, "C", output, ".answer", 0))
            return 2;
        at += 2;
        if (k->options->causes && causes_schema(s->children[at++], calc->alloc, output))
            return 2;
    }
    for (uint32_t i = 0; i < p->entities.n; i++) {
        if (!k->shown[i] || p->entities.at[i].parent != entity)
            continue;
        const char *format = k->binding->sheets[i].list_form == CR_F_LIST64 ? "+L" : "+l";
        struct ArrowSchema *list = s->children[at++];
        if (cr_schema_make(list, calc->alloc, format,
                           p->fields.at[p->entities.at[i].parent_field].name, 1, NULL) ||
            struct_schema(k, list->children[0], (int32_t)i, CR_STR("item")))
            return 2;
    }
    return 0;
}

int cr_outcomes_schema(struct ArrowSchema *out, const cr_calculator *calc,
                       const cr_binding *binding, const civ_batch_options *options)
{
    uint8_t *shown = shown_entities(calc, calc->alloc);
    cr_schema_walk k = {calc, binding, options, shown};
    memset(out, 0, sizeof *out);
    int bad = !shown || struct_schema(&k, out, calc->root, CR_STR(""));
    cr_mem_free(&calc->alloc, shown, (size_t)calc->policy->program.entities.n + 1);
    if (bad)
        cr_schema_release(out);
    if (bad)
        memset(out, 0, sizeof *out);
    return bad ? 2 : 0;
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
    a->outputs[output].answer = cr_array_buffer(out, 1, (size_t)n, zeroed);
    return a->outputs[output].answer ? 0 : 2;
}

static int causes_array(cr_outcomes *a, uint32_t output, struct ArrowArray *out, int64_t n)
{
    if (cr_array_make(out, a->alloc, n, 2, 1) || cr_array_make(out->children[0], a->alloc, 0, 3, 0))
        return 2;
    return tail_array(&a->outputs[output].causes, CR_TAIL_STRINGS, out, n, out->children[0], 1);
}

static int struct_array(cr_outcomes *a, int32_t entity, struct ArrowArray *out, int64_t n,
                        int zeroed);

/* A list with the offsets of the input, from 0. */
static int list_array(cr_outcomes *a, int32_t entity, struct ArrowArray *out, int64_t parents,
                      int64_t first, int zeroed)
{
    const cr_edge *e = &a->views->edges[entity];
    int64_t nulls = 0;
    if (cr_array_make(out, a->alloc, parents, 2, 1))
        return 2;
    int wide = e->form == CR_F_LIST64;
    void *off = cr_array_buffer(out, 1, (size_t)(parents + 1) * (wide ? 8 : 4), 1);
    uint8_t *valid = cr_array_buffer(out, 0, bits_size(parents), 1);
    if (!off || !valid)
        return 2;
    for (int64_t i = 0; i < parents; i++) {
        int null = e->form == CR_F_NONE || cr_edge_null(e, first + i);
        int64_t next = e->form == CR_F_NONE ? 0 : cr_edge_at(e, first + i + 1) - e->first;
        nulls += null;
        valid[i >> 3] |= (uint8_t)(!null << (i & 7));
        if (wide)
            ((int64_t *)off)[i + 1] = next;
        else
            ((int32_t *)off)[i + 1] = (int32_t)next;
    }
    out->null_count = nulls;
    zeroed |= e->valid || e->owner_valid ||
              e->unknown.bits; /* rows inside null lists are never evaluated */
    return struct_array(a, entity, out->children[0], e->last - e->first, zeroed);
}

static int struct_array(cr_outcomes *a, int32_t entity, struct ArrowArray *out, int64_t n,
                        int zeroed)
{
    const cr_calculator *calc = a->views->calc;
    const cr_program *p = &calc->policy->program;
    int64_t at = 0, first = entity == calc->root ? 0 : a->views->edges[entity].first;
    if (cr_array_make(out, a->alloc, n, 1,
                      count_columns(calc, a->shown, entity, a->options->causes != 0)))
        return 2;
    for (uint32_t i = 0; i < calc->outputs.n; i++) {
        if (entity_of(calc, i) != entity)
            continue;
        if (value_array(a, i, out->children[at], n, zeroed) ||
            answer_array(a, i, out->children[at + 1], n, zeroed))
            return 2;
        at += 2;
        if (a->options->causes && causes_array(a, i, out->children[at++], n))
            return 2;
    }
    for (uint32_t i = 0; i < p->entities.n; i++)
        if (a->shown[i] && p->entities.at[i].parent == entity)
            if (list_array(a, (int32_t)i, out->children[at++], n, first, zeroed))
                return 2;
    return 0;
}

int cr_outcomes_make(cr_outcomes *a, const cr_views *views, const civ_batch_options *options,
                     struct ArrowArray *out)
{
    memset(a, 0, sizeof *a);
    memset(out, 0, sizeof *out);
    a->views = views;
    a->options = options;
    a->alloc = views->calc->alloc;
    a->outputs = cr_mem_get(&a->alloc, (size_t)views->calc->outputs.n + 1, sizeof *a->outputs);
    a->shown = shown_entities(views->calc, a->alloc);
    if (!a->outputs || !a->shown || struct_array(a, views->calc->root, out, views->roots, 0)) {
        cr_array_release(out);
        memset(out, 0, sizeof *out);
        return 2;
    }
    return 0;
}

void cr_outcomes_free(cr_outcomes *a)
{
    const cr_calculator *calc = a->views->calc;
    cr_mem_free(&a->alloc, a->outputs, ((size_t)calc->outputs.n + 1) * sizeof *a->outputs);
    cr_mem_free(&a->alloc, a->shown, (size_t)calc->policy->program.entities.n + 1);
}
