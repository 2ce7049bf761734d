/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas: of the answers, by the same walk as their arrays; of an input with every column. */
#include <string.h>

#include "batch/arrow_make.h"
#include "batch/outcomes.h"

/* ---- values ---- */

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

/* ---- the answers ---- */

typedef struct cr_schema_walk {
    const cr_calculator *calc;
    const cr_binding *binding;
    const civ_batch_options *options;
    const uint8_t *shown;
} cr_schema_walk;

static int struct_schema(const cr_schema_walk *k, struct ArrowSchema *s, int32_t entity,
                         cr_str name);

static int output_schemas(const cr_schema_walk *k, struct ArrowSchema *s, int32_t entity,
                          int64_t *at)
{
    const cr_calculator *calc = k->calc;
    for (uint32_t i = 0; i < calc->outputs.n; i++) {
        if (cr_output_entity(calc, i) != entity)
            continue;
        cr_str output = calc->outputs.at[i].name;
        if (value_schema(s->children[*at], calc, i, k->options) ||
            named_schema(s->children[*at + 1], calc->alloc, "C", output, ".answer", 0))
            return 2;
        *at += 2;
        if (k->options->causes && causes_schema(s->children[(*at)++], calc->alloc, output))
            return 2;
    }
    return 0;
}

static int list_schema(const cr_schema_walk *k, struct ArrowSchema *s, int32_t entity)
{
    const cr_program *p = &k->calc->policy->program;
    const char *format = k->binding->sheets[entity].list_form == CR_F_LIST64 ? "+L" : "+l";
    cr_str name = p->fields.at[p->entities.at[entity].parent_field].name;
    if (cr_schema_make(s, k->calc->alloc, format, name, 1, NULL))
        return 2;
    return struct_schema(k, s->children[0], entity, CR_STR("item"));
}

static int struct_schema(const cr_schema_walk *k, struct ArrowSchema *s, int32_t entity,
                         cr_str name)
{
    const cr_calculator *calc = k->calc;
    const cr_program *p = &calc->policy->program;
    const cr_sheet *sheet = &k->binding->sheets[entity];
    int64_t at = 0;
    int bad =
        cr_schema_make(s, calc->alloc, "+s", name,
                       cr_count_columns(calc, k->binding, k->options, k->shown, entity), NULL);
    if (!bad && k->options->months > 0 && (entity == calc->root || sheet->joined))
        bad = cr_schema_make(s->children[at++], calc->alloc, "tdD", CR_STR("month"), 0, NULL);
    if (!bad)
        bad = output_schemas(k, s, entity, &at);
    for (uint32_t i = 0; i < p->entities.n && !bad; i++)
        if (k->shown[i] && p->entities.at[i].parent == entity && !k->binding->sheets[i].joined)
            bad = list_schema(k, s->children[at++], (int32_t)i);
    for (uint32_t i = 0; i < sheet->n_extra_schema && !bad; i++)
        bad = cr_schema_copy(s->children[at++], calc->alloc, &sheet->extra_schema[i]);
    return bad;
}

static int done(struct ArrowSchema *out, int bad)
{
    if (bad)
        cr_schema_release(out);
    if (bad)
        memset(out, 0, sizeof *out);
    return bad ? 2 : 0;
}

int cr_outcomes_schema(struct ArrowSchema *out, const cr_calculator *calc,
                       const cr_binding *binding, const civ_batch_options *options, int32_t entity)
{
    uint8_t *shown = cr_shown_entities(calc, calc->alloc);
    cr_schema_walk k = {calc, binding, options, shown};
    memset(out, 0, sizeof *out);
    int bad = !shown || struct_schema(&k, out, entity, CR_STR(""));
    cr_mem_free(&calc->alloc, shown, (size_t)calc->policy->program.entities.n + 1);
    return done(out, bad);
}

/* ---- an input ---- */

/* Whether a field is asked for: read itself, or a list on the way to what is read. */
static int asked_for(const cr_calculator *calc, int32_t field)
{
    const cr_program *p = &calc->policy->program;
    const cr_sym_field *f = &p->fields.at[field];
    if (calc->reads[field])
        return 1;
    for (uint32_t i = 0; f->child >= 0 && i < p->entities.at[f->child].fields.n; i++)
        if (asked_for(calc, p->entities.at[f->child].fields.at[i]))
            return 1;
    return 0;
}

static int input_struct(const cr_calculator *calc, struct ArrowSchema *s, int32_t entity,
                        cr_str name, cr_str on);

static int input_field(const cr_calculator *calc, struct ArrowSchema *s, int32_t field)
{
    static const char *const fen[] = {"civicrules.unit", "fen"};
    static const char *const month[] = {"civicrules.kind", "month"};
    const cr_sym_field *f = &calc->policy->program.fields.at[field];
    cr_alloc alloc = calc->alloc;
    switch (f->type.kind) {
    case CR_T_BOOL: return cr_schema_make(s, alloc, "b", f->name, 0, NULL);
    case CR_T_NUMBER:
        if (f->type.money || f->type.decimals <= 0)
            return cr_schema_make(s, alloc, "l", f->name, 0, f->type.money ? fen : NULL);
        return cr_schema_make(s, alloc, decimal_format(f->type.decimals), f->name, 0, NULL);
    case CR_T_DATE: return cr_schema_make(s, alloc, "tdD", f->name, 0, NULL);
    case CR_T_MONTH: return cr_schema_make(s, alloc, "tdD", f->name, 0, month);
    case CR_T_TIME: return cr_schema_make(s, alloc, "tss:", f->name, 0, NULL);
    case CR_T_ENUM: return word_schema(s, alloc, "c", f->name);
    case CR_T_SET:
        return cr_schema_make(s, alloc, "+l", f->name, 1, NULL) ||
                       cr_schema_make(s->children[0], alloc, "u", CR_STR("item"), 0, NULL)
                   ? 2
                   : 0;
    case CR_T_ROWS:
        return cr_schema_make(s, alloc, "+l", f->name, 1, NULL) ||
                       input_struct(calc, s->children[0], f->child, CR_STR("item"), CR_STR(""))
                   ? 2
                   : 0;
    default: return cr_schema_make(s, alloc, "u", f->name, 0, NULL);
    }
}

static int input_struct(const cr_calculator *calc, struct ArrowSchema *s, int32_t entity,
                        cr_str name, cr_str on)
{
    const cr_entity *e = &calc->policy->program.entities.at[entity];
    int64_t n = on.n > 0, at = 0;
    for (uint32_t i = 0; i < e->fields.n; i++)
        n += asked_for(calc, e->fields.at[i]);
    int bad = cr_schema_make(s, calc->alloc, "+s", name, n, NULL);
    if (!bad && on.n > 0)
        bad = cr_schema_make(s->children[at++], calc->alloc, "tdD", on, 0, NULL);
    for (uint32_t i = 0; i < e->fields.n && !bad; i++)
        if (asked_for(calc, e->fields.at[i]))
            bad = input_field(calc, s->children[at++], e->fields.at[i]);
    return bad;
}

int cr_input_schema(struct ArrowSchema *out, const cr_calculator *calc,
                    const civ_batch_options *options)
{
    cr_str on = {options->on_column.data, options->on_column.length};
    memset(out, 0, sizeof *out);
    return done(out, input_struct(calc, out, calc->root, CR_STR(""), on));
}
