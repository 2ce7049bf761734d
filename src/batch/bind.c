/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of a schema and the fields that they state. Every mismatch is written down, not the
 * first.
 */
#include <string.h>

#include "batch/arrow_make.h"
#include "batch/batch.h"
#include "batch/layout.h"
#include "engine/causes.h"

typedef struct cr_binder {
    cr_binding *b;
    const cr_calculator *calc;
    const cr_program *program;
    const civ_batch_options *options;
    cr_buf *lines;
    uint32_t mismatches;
    uint8_t *seen; /* per field: a column states it */
    const cr_schemas *schemas;
    int oom;
} cr_binder;

/* ---- lines ---- */

static void put_path(cr_buf *out, const cr_program *p, int32_t entity, cr_str name)
{
    cr_entity_path(out, p, entity);
    cr_buf_str(out, name);
}

static void begin_line(cr_binder *m, int32_t entity, cr_str name)
{
    cr_buf_text(m->lines, m->mismatches++ ? "\n" : "");
    put_path(m->lines, m->program, entity, name);
    cr_buf_text(m->lines, ": expected ");
}

static void mismatch(cr_binder *m, int32_t entity, cr_str name, const char *expected,
                     const char *found, cr_str what)
{
    begin_line(m, entity, name);
    cr_buf_text(m->lines, expected);
    cr_buf_text(m->lines, ", found ");
    cr_buf_text(m->lines, found);
    cr_buf_str(m->lines, what);
}

/* ---- names ---- */

static cr_str text_str(civ_text t)
{
    cr_str s = {t.data, t.length};
    return s;
}

static cr_str name_of(const struct ArrowSchema *s)
{
    return cr_str_of(s->name ? s->name : "");
}

static int ends_with(cr_str s, const char *end)
{
    size_t n = strlen(end);
    return s.n > n && memcmp(s.p + s.n - n, end, n) == 0;
}

/* The path of a column is `prefix` and its name; says whether it is `path`. */
static int is_path(const cr_binder *m, int32_t entity, cr_str name, cr_str path)
{
    cr_buf buf;
    cr_buf_init(&buf, m->calc->alloc);
    put_path(&buf, m->program, entity, name);
    int same = !buf.oom && cr_str_eq(path, (cr_str){buf.p, buf.n});
    cr_buf_free(&buf);
    return same;
}

/* The last name of a path. */
static cr_str last_name(cr_str path)
{
    size_t from = path.n;
    while (from > 0 && path.p[from - 1] != '.')
        from--;
    return cr_str_part(path, from, path.n);
}

static cr_str without_alias(const cr_binder *m, int32_t entity, cr_str name)
{
    for (size_t i = 0; i < m->options->n_aliases; i++)
        if (is_path(m, entity, name, text_str(m->options->aliases[i].column)))
            return last_name(text_str(m->options->aliases[i].field));
    return name;
}

/* A field by its name, or by `NAME_fen` for money; -1 = none. */
static int32_t field_of(const cr_binder *m, int32_t entity, cr_str name)
{
    int32_t field = cr_program_field(m->program, entity, name);
    if (field >= 0 || !ends_with(name, "_fen"))
        return field;
    field = cr_program_field(m->program, entity, cr_str_part(name, 0, name.n - 4));
    return field >= 0 && m->program->fields.at[field].type.money ? field : -1;
}

static int32_t child_named(const struct ArrowSchema *s, cr_str name)
{
    for (int64_t i = 0; i < s->n_children; i++)
        if (cr_str_eq(name_of(s->children[i]), name))
            return (int32_t)i;
    return -1;
}

/* ---- meanings ---- */

static const char *expected_text(const cr_sym_field *f)
{
    switch (f->type.kind) {
    case CR_T_BOOL: return "bool, integers 0 and 1, or text";
    case CR_T_NUMBER:
        return f->type.money
                   ? "decimal128, text, or an integer with its unit (NAME_fen, or metadata "
                     "civicrules.unit = fen or yuan)"
                   : "an integer, decimal128 or text";
    case CR_T_DATE: return "date32, date64 or text";
    case CR_T_MONTH: return "date32, int32 (year * 12 + month - 1) or text";
    case CR_T_TIME: return "a timestamp without a zone, or text";
    case CR_T_ENUM: return "text, or an integer where its values have standard codes";
    case CR_T_SET: return "a list of texts, or text";
    case CR_T_REGION: return "text or an integer of 6, 9 or 12 digits";
    case CR_T_TEXT: return "text or an integer";
    default: return "a list of structs";
    }
}

static int64_t power_of_ten(int32_t n)
{
    int64_t p = 1;
    while (n-- > 0)
        p *= 10;
    return p;
}

/* Units of the last decimal from `decimals` of the column; 1 = too many to tell. */
static int set_scale(cr_column *c, int32_t wanted, int32_t decimals)
{
    c->up = c->down = 1;
    if (decimals - wanted > 18 || wanted - decimals > 18)
        return 1;
    if (wanted > decimals)
        c->up = power_of_ten(wanted - decimals);
    else
        c->down = power_of_ten(decimals - wanted);
    c->meaning =
        c->up == 1 && c->down == 1 && c->layout.form < CR_F_D128 ? CR_M_PLAIN : CR_M_SCALED;
    return 0;
}

static int is_integer(const cr_layout *l)
{
    return l->form >= CR_F_I8 && l->form <= CR_F_U64;
}

static int is_text(const cr_layout *l)
{
    return l->form == CR_F_TEXT32 || l->form == CR_F_TEXT64 || l->form == CR_F_TEXT_VIEW;
}

static int is_decimal(const cr_layout *l)
{
    return l->form == CR_F_D32 || l->form == CR_F_D64 || l->form == CR_F_D128;
}

static int number_meaning(cr_column *c, const cr_type *t, const struct ArrowSchema *s, cr_str name)
{
    int32_t wanted = t->decimals < 0 ? 0 : t->decimals;
    cr_str unit = cr_metadata(s, "civicrules.unit");
    if (is_decimal(&c->layout))
        return set_scale(c, wanted, c->layout.decimals);
    if (!is_integer(&c->layout))
        return 1;
    if (!t->money)
        return set_scale(c, wanted, 0);
    if (cr_str_eq(unit, CR_STR("fen")) || (unit.n == 0 && ends_with(name, "_fen")))
        return set_scale(c, wanted, 2);
    return cr_str_eq(unit, CR_STR("yuan")) ? set_scale(c, wanted, 0) : 1;
}

static int has_codes(const cr_enum *e)
{
    for (uint32_t i = 0; i < e->n_values; i++)
        if (e->values[i].codes.n > 0)
            return 1;
    return 0;
}

/* How a column's values are read as the field's; 1 = they cannot be. */
static int meaning_of(const cr_program *p, const cr_type *t, const struct ArrowSchema *s,
                      cr_str name, cr_column *c)
{
    cr_form form = (cr_form)c->layout.form;
    c->up = c->down = 1;
    c->meaning = CR_M_TEXT;
    if (form == CR_F_NULL)
        return 0;
    if (is_text(&c->layout)) {
        c->meaning = t->kind == CR_T_TEXT ? CR_M_STATED : CR_M_TEXT;
        return t->kind == CR_T_ROWS;
    }
    switch (t->kind) {
    case CR_T_BOOL: c->meaning = CR_M_PLAIN; return form != CR_F_BOOL && !is_integer(&c->layout);
    case CR_T_NUMBER: return number_meaning(c, t, s, name);
    case CR_T_DATE:
        c->meaning = form == CR_F_DATE64 ? CR_M_MILLIS : CR_M_PLAIN;
        return form != CR_F_DATE32 && form != CR_F_DATE64;
    case CR_T_MONTH:
        c->meaning = form == CR_F_DATE32 ? CR_M_FIRST_DAY : CR_M_PLAIN;
        return form != CR_F_DATE32 && form != CR_F_I32;
    case CR_T_TIME:
        c->meaning = CR_M_SCALED;
        c->down = 60 * power_of_ten(c->layout.decimals);
        return form != CR_F_STAMP;
    case CR_T_ENUM:
        c->meaning = CR_M_CODE;
        return !is_integer(&c->layout) || !has_codes(&p->enums.at[t->index]);
    case CR_T_REGION: c->meaning = CR_M_CODE; return !is_integer(&c->layout);
    case CR_T_TEXT: c->meaning = CR_M_STATED; return !is_integer(&c->layout);
    default: return 1;
    }
}

static uint8_t null_cell(const struct ArrowSchema *s, const cr_type *t)
{
    cr_str said = cr_metadata(s, "civicrules.null");
    if (cr_str_eq(said, CR_STR("unknown")))
        return CR_CELL_UNKNOWN;
    return cr_str_eq(said, CR_STR("absent")) || t->event ? CR_CELL_ABSENT : CR_CELL_UNKNOWN;
}

static int is_list(int form)
{
    return form == CR_F_LIST32 || form == CR_F_LIST64 || form == CR_F_LIST_FIXED;
}

/* Lists that are values: the history of a field, or the words of a set. 1 = neither. */
static int list_value(const cr_program *p, const cr_type *t, const struct ArrowSchema *s,
                      cr_str name, cr_column *c)
{
    const struct ArrowSchema *item = s->n_children == 1 ? s->children[0] : NULL;
    c->list_form = c->layout.form;
    c->width = c->layout.width;
    if (!item || s->dictionary)
        return 1;
    c->layout = cr_layout_of(item);
    /* producers that see empty lists alone say that they hold nulls */
    if (t->kind == CR_T_SET && (is_text(&c->layout) || c->layout.form == CR_F_NULL)) {
        c->meaning = CR_M_WORDS;
        return 0;
    }
    c->from_at = child_named(item, CR_STR("from"));
    c->value_at = child_named(item, CR_STR("value"));
    if (c->layout.form != CR_F_STRUCT || c->from_at < 0 || c->value_at < 0 ||
        cr_layout_of(item->children[c->from_at]).form != CR_F_DATE32)
        return 1;
    c->history = 1;
    c->layout = cr_layout_of(item->children[c->value_at]);
    return meaning_of(p, t, item->children[c->value_at], name, c);
}

/* ---- one struct ---- */

/* The yes/no column that says `unknown` of another, by that one's name or by the field's; -1 =
 * none. */
static int32_t companion_of(const struct ArrowSchema *owner, cr_str name, cr_str field)
{
    for (int64_t i = 0; i < owner->n_children; i++) {
        cr_str other = name_of(owner->children[i]);
        if (!ends_with(other, "_unknown") || cr_layout_of(owner->children[i]).form != CR_F_BOOL)
            continue;
        cr_str stem = cr_str_part(other, 0, other.n - strlen("_unknown"));
        if (cr_str_eq(stem, name) || cr_str_eq(stem, field))
            return (int32_t)i;
    }
    return -1;
}

static void bind_field(cr_binder *m, int32_t entity, const struct ArrowSchema *owner, int32_t at,
                       int32_t field)
{
    const cr_sym_field *f = &m->program->fields.at[field];
    const struct ArrowSchema *s = owner->children[at];
    cr_str name = name_of(s);
    cr_column c = {0};
    c.field = field;
    c.at = at;
    c.layout = cr_layout_of(s);
    c.null_cell = null_cell(s, &f->type);
    if (m->seen[field]++) {
        mismatch(m, entity, name, "one column for a field", "another for ", f->name);
        return;
    }
    int bad = is_list(c.layout.form) ? list_value(m->program, &f->type, s, name, &c)
                                     : meaning_of(m->program, &f->type, s, name, &c);
    if (bad) {
        mismatch(m, entity, name, expected_text(f), "format ",
                 cr_str_of(s->dictionary ? s->dictionary->format : s->format));
        return;
    }
    c.unknown_at = companion_of(owner, name, f->name);
    m->b->column_of[field] = (int32_t)m->b->sheets[entity].columns.n;
    m->oom |= !CR_PUSH(&m->b->arena, m->b->sheets[entity].columns, c);
}

static void bind_struct(cr_binder *m, int32_t entity, const struct ArrowSchema *s);

static int is_struct(const struct ArrowSchema *s)
{
    return cr_layout_of(s).form == CR_F_STRUCT && !s->dictionary;
}

/* A list of plain values: its rows have no other field than `value`. */
static int only_value(const cr_program *p, int32_t entity)
{
    const cr_entity *e = &p->entities.at[entity];
    return e->fields.n == 1 && cr_str_eq(p->fields.at[e->fields.at[0]].name, CR_STR("value"));
}

static void bind_list(cr_binder *m, int32_t entity, const struct ArrowSchema *owner, int32_t at,
                      int32_t field)
{
    const cr_sym_field *f = &m->program->fields.at[field];
    const struct ArrowSchema *s = owner->children[at];
    cr_layout l = cr_layout_of(s);
    if (m->seen[field]++) {
        mismatch(m, entity, name_of(s), "one column for a list", "another for ", f->name);
        return;
    }
    if (!is_list(l.form) || s->dictionary || s->n_children != 1 ||
        (!is_struct(s->children[0]) && !only_value(m->program, f->child))) {
        mismatch(m, entity, name_of(s), "a list of structs", "format ", cr_str_of(s->format));
        return;
    }
    cr_sheet *sheet = &m->b->sheets[f->child];
    sheet->at = at;
    sheet->unknown_at = companion_of(owner, name_of(s), f->name);
    sheet->list_form = l.form;
    sheet->width = l.width;
    sheet->null_cell = null_cell(s, &f->type);
    if (is_struct(s->children[0])) {
        bind_struct(m, f->child, s->children[0]);
        return;
    }
    int32_t value = m->program->entities.at[f->child].fields.at[0];
    sheet->bound = sheet->plain = 1;
    sheet->n_columns = 1;
    if (m->calc->reads[value]) /* the list stands for a struct of its items */
        bind_field(m, f->child, s, 0, value);
}

/* The companion of a column that is a field: `NAME_unknown`. */
static int is_companion(const cr_binder *m, int32_t entity, const struct ArrowSchema *s)
{
    cr_str name = name_of(s);
    if (!ends_with(name, "_unknown") || cr_layout_of(s).form != CR_F_BOOL)
        return 0;
    name = without_alias(m, entity, cr_str_part(name, 0, name.n - 8));
    return field_of(m, entity, name) >= 0;
}

/* A column that is no field; one that passes through is copied with its schema. */
static void extra(cr_binder *m, int32_t entity, const struct ArrowSchema *s, int32_t at)
{
    cr_sheet *sheet = &m->b->sheets[entity];
    m->oom |= !CR_PUSH(&m->b->arena, sheet->extra, at);
    if (!m->options->pass_through || m->oom)
        return;
    struct ArrowSchema *copy = &sheet->extra_schema[sheet->n_extra_schema];
    if (cr_schema_copy(copy, m->calc->alloc, s)) {
        cr_schema_release(copy);
        m->oom = 1;
        return;
    }
    sheet->n_extra_schema++;
}

static void unused(cr_binder *m, int32_t entity, const struct ArrowSchema *s, int32_t at)
{
    cr_str names[256];
    size_t n = 0, best = 0;
    const cr_entity *e = &m->program->entities.at[entity];
    extra(m, entity, s, at);
    if (m->options->allow_unused || m->options->pass_through)
        return;
    for (uint32_t i = 0; i < e->fields.n && n < 256; i++)
        names[n++] = m->program->fields.at[e->fields.at[i]].name;
    begin_line(m, entity, name_of(s));
    if (cr_nearest(name_of(s), names, n, &best)) {
        cr_buf_text(m->lines, "a field such as ");
        cr_buf_str(m->lines, names[best]);
    } else {
        cr_buf_text(m->lines, "a field");
    }
    cr_buf_text(m->lines, ", found a column that is none");
}

/* The key of joined tables is a column of its own right, and may be a field as well. */
static void bind_key(cr_binder *m, int32_t entity, const struct ArrowSchema *s, civ_text key,
                     cr_layout *layout, int32_t *at)
{
    cr_str name = text_str(key);
    *at = child_named(s, name);
    if (*at < 0) {
        mismatch(m, entity, name, "a column of keys", "no such column", CR_STR(""));
        return;
    }
    *layout = cr_layout_of(s->children[*at]);
    if ((!is_integer(layout) && !is_text(layout)) || (layout->index && !is_text(layout)))
        mismatch(m, entity, name, "integers or texts as keys", "format ",
                 cr_str_of(s->children[*at]->format));
}

/* Whether a column has a use besides stating a field: 1 the day, 2 a key. */
static int other_use(const cr_binder *m, int32_t entity, cr_str name)
{
    const cr_sheet *sheet = &m->b->sheets[entity];
    const cr_schemas *s = m->schemas;
    cr_str on = text_str(m->options->on_column), key = text_str(s->key);
    if (entity == m->calc->root && on.n > 0 && cr_str_eq(name, on))
        return 1;
    if (entity == m->calc->root && s->n_tables > 0 && cr_str_eq(name, key))
        return 2;
    return sheet->joined && cr_str_eq(name, text_str(s->tables[sheet->at - 1].key)) ? 2 : 0;
}

static void bind_column(cr_binder *m, int32_t entity, const struct ArrowSchema *owner, int32_t at)
{
    const struct ArrowSchema *c = owner->children[at];
    int32_t field = field_of(m, entity, without_alias(m, entity, name_of(c)));
    int use = other_use(m, entity, name_of(c));
    if (use == 1)
        m->b->on_at = at;
    if (use == 2 && field < 0)
        extra(m, entity, c, at);
    if (use == 1 || (use == 2 && field < 0))
        return;
    if (field < 0) {
        if (!is_companion(m, entity, c))
            unused(m, entity, c, at);
    } else if (m->program->fields.at[field].child >= 0) {
        bind_list(m, entity, owner, at, field);
    } else if (m->calc->reads[field]) {
        bind_field(m, entity, owner, at, field);
    }
}

static void bind_struct(cr_binder *m, int32_t entity, const struct ArrowSchema *s)
{
    cr_sheet *sheet = &m->b->sheets[entity];
    sheet->bound = 1;
    sheet->n_columns = (int32_t)s->n_children;
    if (m->options->pass_through && s->n_children > 0) {
        sheet->extra_schema =
            cr_arena_get(&m->b->arena, (size_t)s->n_children, sizeof *sheet->extra_schema);
        m->oom |= !sheet->extra_schema;
    }
    for (int32_t i = 0; i < sheet->n_columns; i++)
        bind_column(m, entity, s, i);
}

/* Tables beside the roots: each is the list that it is named after. */
static void bind_tables(cr_binder *m)
{
    const cr_schemas *s = m->schemas;
    for (size_t i = 0; i < s->n_tables; i++) {
        const civ_batch_table *t = &s->tables[i];
        cr_str list = text_str(t->list);
        int32_t field = cr_program_field(m->program, m->calc->root, list);
        int32_t child = field < 0 ? -1 : m->program->fields.at[field].child;
        if (child < 0 || !is_struct(t->schema) || m->seen[field]++) {
            mismatch(m, m->calc->root, list, "a struct for a list of the root, once", "this table",
                     CR_STR(""));
            continue;
        }
        cr_sheet *sheet = &m->b->sheets[child];
        sheet->joined = 1;
        sheet->at = (int32_t)++m->b->n_tables;
        sheet->unknown_at = -1;
        sheet->list_form = CR_F_LIST64;
        bind_struct(m, child, t->schema);
        bind_key(m, child, t->schema, t->key, &sheet->key, &sheet->key_at);
        bind_key(m, m->calc->root, s->roots, s->key, &m->b->key, &m->b->key_at);
        if (sheet->key_at >= 0 && m->b->key_at >= 0 && is_text(&sheet->key) != is_text(&m->b->key))
            mismatch(m, child, text_str(t->key), "keys of one kind in both tables",
                     "texts beside integers", CR_STR(""));
    }
}

/* ---- what is not there ---- */

static int needed(const cr_calculator *calc, const cr_sym_field *f)
{
    return !f->type.event && !f->assume && !(f->presume && calc->presume);
}

static void missing_fields(cr_binder *m)
{
    const cr_program *p = m->program;
    for (uint32_t i = 0; i < p->fields.n; i++) {
        const cr_sym_field *f = &p->fields.at[i];
        int whole = m->b->sheets[f->entity].bound; /* else the list itself is missing */
        if (!m->calc->reads[i] || m->seen[i] || !whole || !needed(m->calc, f))
            continue;
        mismatch(m, f->entity, f->name, expected_text(f), "no such column", CR_STR(""));
    }
}

static void bind_on(cr_binder *m, const struct ArrowSchema *s)
{
    static const cr_type DAY = {.kind = CR_T_DATE};
    cr_str name = text_str(m->options->on_column);
    cr_column *c = &m->b->on;
    if (name.n == 0)
        return;
    if (m->b->on_at < 0) {
        mismatch(m, m->calc->root, name, "a column of dates", "no such column", CR_STR(""));
        return;
    }
    c->field = c->unknown_at = -1;
    c->at = m->b->on_at;
    c->null_cell = CR_CELL_UNKNOWN;
    c->layout = cr_layout_of(s->children[c->at]);
    if (meaning_of(m->program, &DAY, s->children[c->at], name, c))
        mismatch(m, m->calc->root, name, "date32, date64 or text", "format ",
                 cr_str_of(s->children[c->at]->format));
}

int cr_bind(cr_binding *b, const cr_calculator *calc, const cr_schemas *schemas,
            const civ_batch_options *options, cr_buf *lines)
{
    const cr_program *p = &calc->policy->program;
    cr_binder m = {b, calc, p, options, lines, 0, NULL, schemas, 0};
    b->sheets = cr_arena_get(&b->arena, (size_t)p->entities.n + 1, sizeof *b->sheets);
    b->column_of = cr_arena_get(&b->arena, (size_t)p->fields.n + 1, sizeof *b->column_of);
    m.seen = cr_arena_get(&b->arena, (size_t)p->fields.n + 1, 1);
    b->on_at = -1;
    if (!b->sheets || !b->column_of || !m.seen)
        return 2;
    memset(b->column_of, 0xFF, ((size_t)p->fields.n + 1) * sizeof *b->column_of);
    if (!is_struct(schemas->roots)) {
        mismatch(&m, calc->root, p->entities.at[calc->root].name, "a struct", "format ",
                 cr_str_of(schemas->roots->format));
        return 1;
    }
    bind_tables(&m);
    bind_struct(&m, calc->root, schemas->roots);
    bind_on(&m, schemas->roots);
    if (!options->allow_missing)
        missing_fields(&m);
    return m.oom || lines->oom ? 2 : m.mismatches > 0;
}

void cr_binding_drop(cr_binding *b, const cr_calculator *calc)
{
    for (uint32_t i = 0; b->sheets && i < calc->policy->program.entities.n; i++)
        for (uint32_t k = 0; k < b->sheets[i].n_extra_schema; k++)
            cr_schema_release(&b->sheets[i].extra_schema[k]);
    cr_arena_free(&b->arena);
}
