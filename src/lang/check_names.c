/* SPDX-License-Identifier: Apache-2.0 */
/* Declarations: modules, sources, enumerations, entities and their tree, parameters, definitions.
 */
#include <string.h>

#include "lang/check_internal.h"

/* ---- limits: a policy that is made to cost ends in a finding (docs/language.md states them) ----
 */

enum { MOST_FIELDS = 1000, MOST_ENTITIES = 500, MOST_MODULES = 500, MOST_INCLUDES = 100 };

/* The last of n things has this name; the first of a name is the one that is found. */
static void remember(cr_checker *c, cr_map *map, cr_str name, uint32_t n)
{
    if (!c->oom && name.n > 0 && cr_map_put(map, name, (int32_t)n - 1) < 0)
        cr_c_memory(c);
}

/* ---- enumerations ---- */

int32_t cr_c_words_enum(cr_checker *c, const cr_value_decl *values, uint32_t n, cr_str name,
                        cr_label label)
{
    cr_enum e = {name, label, values, n};
    if (n > 64)
        cr_c_report(c, CR_D_TOO_MANY, values[64].pos, values[64].name, "at most 64 values");
    e.n_values = n > 64 ? 64 : n;
    for (uint32_t i = 0; i < e.n_values; i++)
        for (uint32_t k = 0; k < i; k++)
            if (cr_str_eq(values[i].name, values[k].name))
                cr_c_report(c, CR_D_DUPLICATE, values[i].pos, values[i].name, "")->other =
                    values[k].pos;
    CR_C_PUSH(c, c->p->enums, e);
    remember(c, &c->p->enum_map, name, c->p->enums.n);
    return (int32_t)c->p->enums.n - 1;
}

/* The words of the specification, in its order of precedence. */
static void declare_status(cr_checker *c)
{
    static const struct {
        const char *name, *zh;
    } words[] = {{"grace", "渐退期"},    {"continues", "延续享受"},
                 {"ended", "已终止"},    {"not_eligible", "不符合条件"},
                 {"excluded", "被排除"}, {"suspended", "暂停"},
                 {"paid", "发放"},       {"eligible", "符合条件"},
                 {"computed", "已计算"}};
    cr_value_decl *values = cr_arena_get(c->arena, 9, sizeof *values);
    cr_label label = {CR_STR("状态"), CR_STR("status")};
    if (!values) {
        cr_c_memory(c);
        return;
    }
    for (int i = 0; i < 9; i++) {
        values[i].name = values[i].label.en = cr_str_of(words[i].name);
        values[i].label.zh = cr_str_of(words[i].zh);
        if (cr_str_eq(values[i].name, CR_STR("not_eligible")))
            values[i].label.en = CR_STR("not eligible");
    }
    cr_c_words_enum(c, values, 9, CR_STR("status"), label);
}

static int32_t find_enum(const cr_checker *c, cr_str name)
{
    return cr_map_get(&c->p->enum_map, name);
}

int32_t cr_c_reason(cr_checker *c, cr_str name, cr_label label)
{
    int32_t before = cr_map_get(&c->p->reason_map, name);
    if (before >= 0) {
        if (c->p->reasons.at[before].label.zh.n == 0)
            c->p->reasons.at[before].label = label;
        return before;
    }
    cr_reason r = {name, label};
    CR_C_PUSH(c, c->p->reasons, r);
    remember(c, &c->p->reason_map, name, c->p->reasons.n);
    return (int32_t)c->p->reasons.n - 1;
}

/* ---- types ---- */

static void number_range(cr_type *t)
{
    cr_i128 scale = 1;
    for (int32_t i = 0; i < t->decimals; i++)
        scale *= 10;
    cr_i128 most = t->money ? (cr_i128)100000000000 : (cr_i128)1000000000;
    t->hi = most * scale;
    t->lo = t->money || t->decimals != 0 ? -t->hi : 0;
}

static void enum_type(cr_checker *c, const cr_type_expr *t, cr_type *out)
{
    out->kind = CR_T_ENUM;
    out->index = find_enum(c, t->name);
    if (out->index >= 0)
        return;
    cr_str names[128];
    size_t n = 0, at = 0;
    for (uint32_t i = 0; i < c->p->enums.n && n < 128; i++)
        names[n++] = c->p->enums.at[i].name;
    cr_diag *d = cr_c_report(c, CR_D_UNKNOWN_TYPE, t->pos, t->name, "a type or an enumeration");
    if (cr_nearest(t->name, names, n, &at))
        d->nearest = names[at];
    out->kind = CR_T_ERROR;
}

cr_type cr_c_type(cr_checker *c, const cr_type_expr *t)
{
    cr_type out = {0};
    cr_label none = {CR_STR(""), CR_STR("")};
    out.exact = t->exact;
    out.or_none = t->or_none;
    out.unit = t->unit;
    switch (t->word) {
    case CR_TW_BOOL: out.kind = CR_T_BOOL; break;
    case CR_TW_INTEGER: out.kind = CR_T_NUMBER; break;
    case CR_TW_NUMBER:
        out.kind = CR_T_NUMBER;
        out.decimals = t->decimals;
        break;
    case CR_TW_MONEY:
        out.kind = CR_T_NUMBER;
        out.money = 1;
        out.decimals = 2;
        break;
    case CR_TW_DATE: out.kind = CR_T_DATE; break;
    case CR_TW_DATETIME: out.kind = CR_T_TIME; break;
    case CR_TW_MONTH: out.kind = CR_T_MONTH; break;
    case CR_TW_REGION: out.kind = CR_T_REGION; break;
    case CR_TW_TEXT: out.kind = CR_T_TEXT; break;
    case CR_TW_STATUS: out.kind = CR_T_ENUM; break;
    case CR_TW_ONE_OF:
        out.kind = CR_T_ENUM;
        out.index = cr_c_words_enum(c, t->values.at, t->values.n, CR_STR(""), none);
        break;
    case CR_TW_SET:
        out = cr_c_type(c, t->element);
        if (out.kind == CR_T_ENUM && c->p->enums.at[out.index].n_values > 63) {
            cr_c_report(c, CR_D_TOO_MANY, t->pos, t->name, "a set of at most 63 words");
            out.kind = CR_T_ERROR;
        } else if (out.kind == CR_T_ENUM) {
            out.kind = CR_T_SET;
        } else if (out.kind != CR_T_ERROR) {
            cr_c_report(c, CR_D_UNKNOWN_TYPE, t->pos, t->name, "a set of words");
            out.kind = CR_T_ERROR;
        }
        break;
    case CR_TW_LIST:
        out.kind = CR_T_ROWS;
        out.index = cr_program_entity(c->p, t->name);
        if (out.index < 0) {
            cr_c_report(c, CR_D_UNKNOWN_TYPE, t->pos, t->name, "an entity");
            out.kind = CR_T_ERROR;
        }
        break;
    case CR_TW_ENUM:
        out.index = find_enum(c, t->name) < 0 ? cr_program_entity(c->p, t->name) : -1;
        if (out.index >= 0)
            out.kind = CR_T_ROW;
        else
            enum_type(c, t, &out);
        break;
    default: out.kind = CR_T_ERROR; break;
    }
    if (out.kind == CR_T_NUMBER)
        number_range(&out);
    return out;
}

/* ---- entities ---- */

/* `at least 1, at most 4` of a number; of a list they bound its rows. */
static void whole_bounds(const cr_field *f, cr_type *t)
{
    cr_i128 scale = 1;
    for (int32_t k = 0; k < t->decimals; k++)
        scale *= 10;
    if (f->at_least >= 0 && f->at_least * scale > t->lo)
        t->lo = f->at_least * scale;
    if (f->at_most >= 0 && f->at_most * scale < t->hi)
        t->hi = f->at_most * scale;
}

static void bounds(cr_checker *c, const cr_field *f, cr_type *t)
{
    for (uint32_t i = 0; i < f->bounds.n; i++) {
        const cr_expr *b = f->bounds.at[i];
        cr_literal v = {0, {0, 1}, {NULL, 0}};
        cr_rat scaled, scale = {1, 1};
        for (int32_t k = 0; k < t->decimals; k++)
            scale.num *= 10;
        if (t->kind == CR_T_ROWS && f->type.element)
            continue; /* of its values */
        if (t->kind != CR_T_NUMBER || cr_check_value(c->p, b->b, t, &v) ||
            cr_rat_mul(v.number, scale, &scaled)) {
            cr_c_report(c, CR_D_NOT_LITERAL, b->pos, CR_STR(""),
                        "a number as a bound of a numeric field");
            continue;
        }
        cr_i128 floor = cr_rat_floor(scaled), ceil = floor + (scaled.den != 1);
        if (b->kind == CR_X_GE)
            t->lo = ceil;
        else if (b->kind == CR_X_GT)
            t->lo = floor + 1;
        else if (b->kind == CR_X_LE)
            t->hi = floor;
        else
            t->hi = ceil - 1;
    }
    if (t->kind == CR_T_NUMBER)
        whole_bounds(f, t);
    int no_rows = f->at_least >= 0 && f->at_most >= 0 && f->at_least > f->at_most;
    if ((t->kind == CR_T_NUMBER && t->lo > t->hi) || no_rows)
        cr_c_report(c, CR_D_RANGE, f->pos, f->name, "bounds that some value fits");
}

static void declare_field(cr_checker *c, int32_t entity, const cr_stmt *s, const cr_field *f);

/* `NAME : list of date` is a list of rows of an entity NAME whose one field is `value`; bounds of
 * the values are the field's. */
static cr_type plain_list(cr_checker *c, const cr_stmt *s, const cr_field *f)
{
    cr_type type = {0};
    cr_entity e = {0};
    cr_field *value = cr_arena_get(c->arena, 1, sizeof *value);
    if (!value) {
        cr_c_memory(c);
        return type;
    }
    if (cr_program_entity(c->p, f->name) >= 0) {
        cr_c_report(c, CR_D_DUPLICATE, f->pos, f->name, "a list with a name of its own");
        return type;
    }
    e.name = f->name;
    e.pos = f->pos;
    e.label = f->label;
    e.parent = e.parent_field = -1;
    e.at_most = 1;
    CR_C_PUSH(c, c->p->entities, e);
    type.kind = CR_T_ROWS;
    type.index = (int32_t)c->p->entities.n - 1;
    *value = *f;
    value->name = CR_STR("value");
    value->type = *f->type.element;
    value->event = CR_FIELD_FACT;
    value->at_least = value->at_most = -1;
    if (!c->oom)
        declare_field(c, type.index, s, value);
    return type;
}

static void declare_field(cr_checker *c, int32_t entity, const cr_stmt *s, const cr_field *f)
{
    cr_sym_field sym = {0};
    if (c->p->entities.at[entity].fields.n >= MOST_FIELDS) {
        if (c->p->entities.at[entity].fields.n == MOST_FIELDS && !c->too_many)
            cr_c_report(c, CR_D_TOO_MANY, f->pos, f->name, "at most 1000 fields in an entity");
        c->too_many = 1;
        return;
    }
    int32_t before = cr_program_field(c->p, entity, f->name);
    if (before >= 0) {
        cr_c_report(c, CR_D_DUPLICATE, f->pos, f->name, "")->other =
            c->p->fields.at[before].decl->pos;
        return;
    }
    sym.name = f->name;
    sym.module = s->module;
    sym.decl = f;
    sym.entity = entity;
    sym.child = -1;
    sym.type = f->type.word == CR_TW_LIST && f->type.element ? plain_list(c, s, f)
                                                             : cr_c_type(c, &f->type);
    sym.type.event = f->event;
    bounds(c, f, &sym.type);
    if (sym.type.kind == CR_T_ROWS)
        sym.child = sym.type.index;
    CR_C_PUSH(c, c->p->fields, sym);
    if (!c->oom)
        CR_C_PUSH(c, c->p->entities.at[entity].fields, (int32_t)c->p->fields.n - 1);
}

static cr_str with_ending(cr_checker *c, cr_str s, const char *zh_or_en)
{
    return s.n ? cr_c_join(c, s, zh_or_en, CR_STR("")) : s;
}

/* `NAME : span date` is two events, NAME_from and NAME_to. */
static void declare_span(cr_checker *c, int32_t entity, const cr_stmt *s, const cr_field *f)
{
    static const char *const endings[2][3] = {{"_from", "起", " from"}, {"_to", "止", " to"}};
    cr_sym_span span = {f->name, f->label, entity, -1, -1};
    cr_type type = cr_c_type(c, &f->type);
    if (type.kind != CR_T_ERROR && !cr_type_is_time(&type))
        cr_c_report(c, CR_D_TYPE, f->pos, f->name, "a span of dates, months or date-times");
    if (f->assume || f->presume)
        cr_c_report(c, CR_D_TYPE, f->pos, f->name, "no default: an absent span has not happened");
    for (int i = 0; i < 2 && !c->oom; i++) {
        cr_field *end = cr_arena_get(c->arena, 1, sizeof *end);
        if (!end) {
            cr_c_memory(c);
            return;
        }
        *end = *f;
        end->event = CR_FIELD_EVENT;
        end->assume = end->presume = NULL;
        end->name = with_ending(c, f->name, endings[i][0]);
        end->label.zh = with_ending(c, f->label.zh, endings[i][1]);
        end->label.en = with_ending(c, f->label.en, endings[i][2]);
        *(i ? &span.to : &span.from) = (int32_t)c->p->fields.n;
        declare_field(c, entity, s, end);
    }
    if ((int32_t)c->p->fields.n == span.to + 1 && span.to == span.from + 1)
        CR_C_PUSH(c, c->p->spans, span);
}

static void declare(cr_checker *c, int32_t entity, const cr_stmt *s, const cr_field *f)
{
    if (f->event == CR_FIELD_SPAN)
        declare_span(c, entity, s, f);
    else
        declare_field(c, entity, s, f);
}

static const cr_stmt *find_group(const cr_checker *c, cr_str name)
{
    for (uint32_t i = 0; i < c->ast->stmts.n; i++) {
        const cr_stmt *s = c->ast->stmts.at[i];
        if (s->kind == CR_S_ENTITY && s->entity_kind == CR_ENT_GROUP && cr_str_eq(s->name, name))
            return s;
    }
    return NULL;
}

static void declare_fields(cr_checker *c, const cr_stmt *s)
{
    int32_t entity = cr_program_entity(c->p, s->name);
    if (entity < 0) {
        cr_c_report(c, CR_D_UNKNOWN_NAME, s->name_pos, s->name, "an entity");
        return;
    }
    for (uint32_t i = 0; i < s->fields.n && !c->oom; i++)
        declare(c, entity, s, &s->fields.at[i]);
    if (s->includes.n > MOST_INCLUDES)
        cr_c_report(c, CR_D_TOO_MANY, s->name_pos, s->name, "at most 100 groups in an entity");
    for (uint32_t i = 0; i < s->includes.n && i < MOST_INCLUDES && !c->oom; i++) {
        const cr_stmt *g = find_group(c, s->includes.at[i]);
        if (!g)
            cr_c_report(c, CR_D_UNKNOWN_NAME, s->name_pos, s->includes.at[i], "a group of fields");
        for (uint32_t k = 0; g && k < g->fields.n && !c->oom; k++)
            declare(c, entity, g, &g->fields.at[k]);
    }
}

static void declare_entities(cr_checker *c)
{
    for (uint32_t i = 0; i < c->ast->stmts.n && !c->oom; i++) {
        const cr_stmt *s = c->ast->stmts.at[i];
        cr_entity e = {0};
        if (s->kind != CR_S_ENTITY || s->entity_kind != CR_ENT_ENTITY || s->broken)
            continue;
        if (c->p->entities.n >= MOST_ENTITIES) {
            cr_c_report(c, CR_D_TOO_MANY, s->name_pos, s->name, "at most 500 entities");
            break;
        }
        if (cr_program_entity(c->p, s->name) >= 0) {
            cr_c_report(c, CR_D_DUPLICATE, s->name_pos, s->name, "another name, or 'extend'");
            continue;
        }
        e.name = s->name;
        e.pos = s->name_pos;
        e.label = s->label;
        e.is_root = s->is_root;
        e.parent = e.parent_field = -1;
        e.at_most = 1;
        CR_C_PUSH(c, c->p->entities, e);
    }
    for (uint32_t i = 0; i < c->ast->stmts.n && !c->oom; i++) {
        const cr_stmt *s = c->ast->stmts.at[i];
        if (s->kind == CR_S_ENTITY && s->entity_kind != CR_ENT_GROUP && !s->broken)
            declare_fields(c, s);
    }
}

/* One list for each entity that is no root, and no entity inside itself. */
static void build_tree(cr_checker *c)
{
    for (uint32_t i = 0; i < c->p->fields.n; i++) {
        const cr_sym_field *f = &c->p->fields.at[i];
        if (f->child < 0)
            continue;
        cr_entity *e = &c->p->entities.at[f->child];
        if (e->parent >= 0 || e->is_root) {
            cr_c_report(c, CR_D_ENTITY_TWICE, f->decl->pos, e->name, "a group, to share fields");
            continue;
        }
        e->parent = f->entity;
        e->parent_field = (int32_t)i;
        e->at_least = f->decl->at_least < 0 ? 0 : f->decl->at_least;
        e->at_most = f->decl->at_most < 0 ? 1000 : f->decl->at_most;
    }
    for (uint32_t i = 0; i < c->p->entities.n; i++) {
        cr_entity *e = &c->p->entities.at[i];
        int32_t depth = 0;
        for (int32_t k = e->parent; k >= 0 && depth < 8; k = c->p->entities.at[k].parent)
            depth++;
        e->depth = depth;
        if (depth >= 8) {
            cr_c_report(c, CR_D_TOO_DEEP, c->p->fields.at[e->parent_field].decl->pos, e->name,
                        "a tree of at most 7 levels");
            e->parent = -1; /* cut a ring of entities open: walks up the tree must end */
            e->depth = 0;
            e->is_root = 1;
        }
    }
}

/* ---- parameters ---- */

/* A row must stand somewhere: in the list of another row, or on its own as a root. */
static void check_places(cr_checker *c)
{
    for (uint32_t i = 0; i < c->ast->stmts.n; i++) {
        const cr_stmt *s = c->ast->stmts.at[i];
        if (s->kind != CR_S_ENTITY || s->entity_kind != CR_ENT_ENTITY || s->broken)
            continue;
        const cr_entity *e = &c->p->entities.at[cr_program_entity(c->p, s->name)];
        if (!e->is_root && e->parent < 0)
            cr_c_report(c, CR_D_ENTITY_TWICE, s->name_pos, s->name,
                        "'root', or a list of such rows in another entity");
    }
}

static int32_t field_anywhere(const cr_checker *c, cr_str name)
{
    for (uint32_t i = 0; i < c->p->fields.n; i++)
        if (cr_str_eq(c->p->fields.at[i].name, name))
            return (int32_t)i;
    return -1;
}

static int row_words(const cr_stmt *s, uint32_t key, cr_arena *arena, cr_value_decl **out)
{
    uint32_t n = 0;
    *out = cr_arena_get(arena, (size_t)s->rows.n + 1, sizeof **out);
    for (uint32_t i = 0; *out && i < s->rows.n && n <= 64;
         i++) { /* more than an enumeration may have is reported */
        if (key >= s->rows.at[i].keys.n || s->rows.at[i].keys.at[key].kind != CR_KEY_NAME)
            continue;
        uint32_t k = 0;
        while (k < n && !cr_str_eq((*out)[k].name, s->rows.at[i].keys.at[key].text))
            k++;
        if (k < n)
            continue;
        (*out)[n].name = (*out)[n].label.zh = (*out)[n].label.en = s->rows.at[i].keys.at[key].text;
        (*out)[n++].pos = s->rows.at[i].keys.at[key].pos;
    }
    return (int)n;
}

/* Of the field, definition or enumeration with the key's name; else words of the rows make an
 * enumeration, and other keys are integers. */
static cr_type key_type(cr_checker *c, const cr_stmt *s, uint32_t key)
{
    cr_type t = {0};
    cr_value_decl *words = NULL;
    cr_label none = {CR_STR(""), CR_STR("")};
    int32_t field = field_anywhere(c, s->key_names.at[key]);
    if (field >= 0)
        return c->p->fields.at[field].type;
    cr_str full = cr_c_join(c, s->module, ".", s->key_names.at[key]);
    int32_t def = cr_map_get(&c->p->def_map, full);
    if (def >= 0)
        return c->p->defs.at[def].type;
    int32_t listed = find_enum(c, s->key_names.at[key]);
    if (listed >= 0) {
        t.kind = CR_T_ENUM;
        t.index = listed;
        return t;
    }
    int n = row_words(s, key, c->arena, &words);
    if (n > 0) {
        t.kind = CR_T_ENUM;
        t.index = cr_c_words_enum(c, words, (uint32_t)n, CR_STR(""), none);
    } else {
        t.kind = CR_T_NUMBER;
        t.hi = 1000000000;
    }
    return t;
}

static void declare_param(cr_checker *c, const cr_stmt *s)
{
    cr_param param = {0};
    param.name = s->name;
    param.stmt = s;
    if (cr_program_param(c->p, s->name) >= 0) {
        cr_c_report(c, CR_D_DUPLICATE, s->name_pos, s->name, "")->other =
            c->p->params.at[cr_program_param(c->p, s->name)].stmt->name_pos;
        return;
    }
    param.type = cr_c_type(c, &s->type);
    param.by_region = s->key_names.n == 0;
    for (uint32_t i = 0; i < s->key_names.n; i++) {
        if (cr_str_eq(s->key_names.at[i], CR_STR("region"))) {
            param.by_region = 1;
            if (i > 0)
                cr_c_report(c, CR_D_KEY_UNKNOWN, s->key_pos.at[i], s->key_names.at[i],
                            "region as the first key");
            continue;
        }
        if (param.n_keys == CR_MAX_KEYS) {
            cr_c_report(c, CR_D_TOO_MANY, s->key_pos.at[i], s->key_names.at[i], "at most 6 keys");
            return;
        }
        param.key_name[param.n_keys] = s->key_names.at[i];
        param.key_type[param.n_keys++] = key_type(c, s, i);
    }
    CR_C_PUSH(c, c->p->params, param);
    if (!c->oom && cr_map_put(&c->p->param_map, param.name, (int32_t)c->p->params.n - 1) < 0)
        cr_c_memory(c);
}

/* ---- definitions ---- */

static int32_t entity_of_name(const cr_checker *c, cr_str name, cr_str *rest)
{
    size_t dot = 0;
    while (dot < name.n && name.p[dot] != '.')
        dot++;
    if (dot == name.n)
        return -1;
    *rest = cr_str_part(name, dot + 1, name.n);
    return cr_program_entity(c->p, cr_str_part(name, 0, dot));
}

/* `household.amount` in module dibao is dibao.amount; a name that already begins with a module
 * keeps it. */
static cr_str public_name(cr_checker *c, const cr_stmt *s, cr_str rest)
{
    for (size_t i = 0; i < rest.n; i++)
        if (rest.p[i] == '.')
            return rest;
    return cr_c_join(c, s->module, ".", rest);
}

static cr_def_kind def_kind(const cr_stmt *s)
{
    return s->kind == CR_S_DECIDE    ? CR_DEF_DECIDE
           : s->kind == CR_S_STATUS  ? CR_DEF_STATUS
           : s->kind == CR_S_REQUIRE ? CR_DEF_REQUIRE
                                     : CR_DEF_DEFINE;
}

static cr_type def_type(cr_checker *c, const cr_stmt *s)
{
    cr_type t = {0};
    if (s->kind == CR_S_DECIDE || s->kind == CR_S_REQUIRE)
        t.kind = CR_T_BOOL;
    else if (s->kind == CR_S_STATUS && s->type.word == CR_TW_ERROR)
        t.kind = CR_T_ENUM;
    else
        t = cr_c_type(c, &s->type);
    return t;
}

static int32_t new_def(cr_checker *c, const cr_stmt *s, int32_t entity, cr_str name)
{
    cr_def d = {0};
    d.kind = (uint8_t)def_kind(s);
    d.internal = s->internal;
    d.carried = s->carried;
    d.name = name;
    d.module = s->module;
    d.entity = entity;
    d.label = s->label;
    d.type = def_type(c, s);
    d.not_before = CR_DATE_MIN;
    d.n_args = s->args.n;
    d.gate = d.next_gate = -1;
    d.next_same = cr_map_get(&c->p->def_map, name);
    CR_C_PUSH(c, c->p->defs, d);
    int32_t index = (int32_t)c->p->defs.n - 1;
    if (d.next_same >= 0) { /* keep the map's entry first in the chain */
        c->p->defs.at[index].next_same = c->p->defs.at[d.next_same].next_same;
        c->p->defs.at[d.next_same].next_same = index;
    } else if (!c->oom && cr_map_put(&c->p->def_map, name, index) < 0) {
        cr_c_memory(c);
    }
    return index;
}

static int same_words(const cr_enum *e, const cr_type_expr *t)
{
    for (uint32_t i = 0; e->n_values == t->values.n && i < e->n_values; i++)
        if (!cr_str_eq(e->values[i].name, t->values.at[i].name))
            return 0;
    return e->n_values == t->values.n;
}

/* Versions of one definition have one type: who reads it does not know which version is in force.
 */
static void check_version_type(cr_checker *c, const cr_def *d, const cr_stmt *s)
{
    cr_type t = d->type;
    if (s->type.word == CR_TW_ONE_OF && t.kind == CR_T_ENUM) {
        t.kind = same_words(&c->p->enums.at[t.index], &s->type) ? CR_T_ENUM : CR_T_NONE;
    } else {
        t = def_type(c, s);
    }
    if (t.kind == CR_T_ERROR || d->type.kind == CR_T_ERROR)
        return;
    if (t.kind != d->type.kind || t.index != d->type.index || t.exact != d->type.exact ||
        t.money != d->type.money || t.decimals != d->type.decimals ||
        !cr_unit_same(t.unit, d->type.unit))
        cr_c_report(c, CR_D_TYPE, s->name_pos, s->name, "one type for all versions")->other =
            d->versions.at[0].stmt->name_pos;
}

static void declare_def(cr_checker *c, cr_stmt *s)
{
    cr_str rest = {NULL, 0};
    int32_t entity = entity_of_name(c, s->name, &rest);
    if (entity < 0) {
        cr_c_report(c, CR_D_UNKNOWN_NAME, s->name_pos, s->name,
                    "ENTITY.MODULE.NAME with an entity in front");
        return;
    }
    cr_str name = public_name(c, s, rest);
    if (s->module.n == 0 && !cr_str_eq(name, rest)) {
        cr_c_report(c, CR_D_NO_MODULE, s->name_pos, s->name, "");
        return;
    }
    int32_t def = cr_program_def(c->p, entity, name);
    int another = def >= 0;
    if (def < 0)
        def = new_def(c, s, entity, name);
    if (c->oom)
        return;
    cr_def *d = &c->p->defs.at[def];
    if (d->kind != def_kind(s) || d->n_args != s->args.n) {
        cr_c_report(c, CR_D_DUPLICATE, s->name_pos, s->name,
                    "one kind of statement for all versions");
        return;
    }
    if (another)
        check_version_type(c, d, s);
    if (d->label.zh.n == 0)
        d->label = s->label;
    cr_version v = {s, s->period.from, s->period.to, s->region, 0, 0, 0, 0};
    CR_C_PUSH(c, d->versions, v);
    for (uint32_t i = 0; i < s->args.n; i++)
        s->args.at[i].resolved = cr_c_type(c, &s->args.at[i].type);
}

/* ---- all ---- */

/* Blocks of facts are shared between files, so their names are, too. */
static void declare_example(cr_checker *c, cr_stmt *s)
{
    for (uint32_t i = 0; s->kind == CR_S_GIVEN && i < c->p->examples.n; i++)
        if (c->p->examples.at[i]->kind == CR_S_GIVEN &&
            cr_str_eq(c->p->examples.at[i]->name, s->name))
            cr_c_report(c, CR_D_DUPLICATE, s->name_pos, s->name, "")->other =
                c->p->examples.at[i]->name_pos;
    CR_C_PUSH(c, c->p->examples, s);
}

static void declare_simple(cr_checker *c, cr_stmt *s)
{
    cr_module m = {s->name, s};
    cr_source source = {s->name, s};
    if (s->kind == CR_S_MODULE) {
        CR_C_PUSH(c, c->p->modules, m);
        if (c->p->modules.n == MOST_MODULES + 1)
            cr_c_report(c, CR_D_TOO_MANY, s->name_pos, s->name, "at most 500 modules");
    } else if (s->kind == CR_S_SOURCE) {
        int32_t before = cr_map_get(&c->p->source_map, s->name);
        if (before >= 0) {
            cr_c_report(c, CR_D_DUPLICATE, s->name_pos, s->name, "")->other =
                c->p->sources.at[before].stmt->name_pos;
            return;
        }
        CR_C_PUSH(c, c->p->sources, source);
        remember(c, &c->p->source_map, s->name, c->p->sources.n);
    } else if (s->kind == CR_S_ENUM) {
        if (find_enum(c, s->name) >= 0)
            cr_c_report(c, CR_D_DUPLICATE, s->name_pos, s->name, "");
        cr_c_words_enum(c, s->values.at, s->values.n, s->name, s->label);
    } else if (s->kind == CR_S_GIVEN || s->kind == CR_S_EXAMPLE) {
        declare_example(c, s);
    }
}

void cr_c_declare(cr_checker *c)
{
    cr_label ok = {CR_STR("符合条件"), CR_STR("the conditions hold")};
    declare_status(c);
    cr_c_reason(c, CR_STR("ok"), ok);
    for (uint32_t i = 0; i < c->ast->stmts.n && !c->oom; i++)
        if (!c->ast->stmts.at[i]->broken)
            declare_simple(c, c->ast->stmts.at[i]);
    if (!c->oom)
        declare_entities(c);
    if (!c->oom)
        build_tree(c);
    if (!c->oom)
        check_places(c);
    for (uint32_t i = 0; i < c->ast->stmts.n && !c->oom; i++)
        if (!c->ast->stmts.at[i]->broken && c->ast->stmts.at[i]->kind >= CR_S_DEFINE &&
            c->ast->stmts.at[i]->kind <= CR_S_REQUIRE)
            declare_def(c, c->ast->stmts.at[i]);
    for (uint32_t i = 0; i < c->ast->stmts.n && !c->oom; i++)
        if (!c->ast->stmts.at[i]->broken && c->ast->stmts.at[i]->kind == CR_S_PARAMETER)
            declare_param(c, c->ast->stmts.at[i]);
}
