/* SPDX-License-Identifier: Apache-2.0 */
/* What a name in an expression stands for. */
#include "lang/check_internal.h"

typedef struct cr_found { /* a resolved name before it is written down */
    uint8_t kind, reason;
    uint16_t up;
    int32_t index;
} cr_found;

static int has_dot(cr_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '.')
            return 1;
    return 0;
}

static int found(cr_found *f, cr_ref_kind kind, int32_t index, int up, int reason)
{
    f->kind = (uint8_t)kind;
    f->index = index;
    f->up = (uint16_t)up;
    f->reason = (uint8_t)reason;
    return 1;
}

/* ---- the statement's own names ---- */

static int find_local(const cr_checker *c, cr_str name, cr_found *f)
{
    for (uint32_t i = 0; c->stmt && i < c->stmt->clauses.n && i < c->locals; i++)
        if (c->stmt->clauses.at[i].kind == CR_C_WHERE &&
            cr_str_eq(c->stmt->clauses.at[i].name, name))
            return found(f, CR_REF_LOCAL, (int32_t)i, 0, 0);
    for (uint32_t i = 0; c->stmt && i < c->stmt->args.n; i++)
        if (cr_str_eq(c->stmt->args.at[i].name, name))
            return found(f, CR_REF_ARG, (int32_t)i, 0, 0);
    return 0;
}

/* ---- definitions, up the tree ---- */

static int def_on(const cr_checker *c, int32_t entity, cr_str name, int up, cr_found *f)
{
    int32_t def = cr_program_def(c->p, entity, name);
    return def >= 0 && c->p->defs.at[def].kind != CR_DEF_REQUIRE &&
           found(f, CR_REF_DEF, def, up, 0);
}

static int ends_with(cr_str s, cr_str end)
{
    return s.n > end.n && cr_str_eq(cr_str_part(s, s.n - end.n, s.n), end);
}

/* NAME.reason of a decision or status; m.reason and m.x_reason of the statuses m.status and
 * m.x_status. */
static int reason_on(cr_checker *c, int32_t entity, cr_str name, int up, cr_found *f)
{
    int32_t def = -1;
    if (ends_with(name, CR_STR(".reason"))) {
        def = cr_program_def(c->p, entity, cr_str_part(name, 0, name.n - 7));
        if (def < 0)
            def = cr_program_def(
                c->p, entity,
                cr_c_join(c, cr_str_part(name, 0, name.n - 7), ".", CR_STR("status")));
    } else if (ends_with(name, CR_STR("_reason"))) {
        def = cr_program_def(c->p, entity,
                             cr_c_join(c, cr_str_part(name, 0, name.n - 7), "_", CR_STR("status")));
    }
    if (def < 0 ||
        (c->p->defs.at[def].kind != CR_DEF_DECIDE && c->p->defs.at[def].kind != CR_DEF_STATUS))
        return 0;
    return found(f, CR_REF_DEF, def, up, 1);
}

static int find_def(cr_checker *c, cr_str name, cr_found *f)
{
    int up = 0;
    for (int32_t e = c->entity; e >= 0; e = c->p->entities.at[e].parent, up++)
        if (def_on(c, e, name, up, f) || reason_on(c, e, name, up, f))
            return 1;
    return 0;
}

static int find_plain(cr_checker *c, cr_str name, cr_found *f)
{
    int up = 0;
    if (find_local(c, name, f))
        return 1;
    cr_str full = cr_c_join(c, c->module, ".", name);
    cr_str core = cr_c_join(c, CR_STR("core"), ".", name);
    for (int32_t e = c->entity; e >= 0; e = c->p->entities.at[e].parent, up++) {
        int32_t field = cr_program_field(c->p, e, name);
        if (field >= 0)
            return found(f, CR_REF_FIELD, field, up, 0);
        if (def_on(c, e, full, up, f))
            return 1;
        if (def_on(c, e, core, up, f)) /* shared definitions such as person.age */
            return 1;
    }
    if (cr_str_eq(name, CR_STR("month")))
        return found(f, CR_REF_MONTH, 0, 0, 0);
    if (cr_str_eq(name, CR_STR("first_day")))
        return found(f, CR_REF_FIRST_DAY, 0, 0, 0);
    return cr_str_eq(name, CR_STR("last_day")) && found(f, CR_REF_LAST_DAY, 0, 0, 0);
}

/* `household.x`: an ancestor by the name of its entity. */
static int find_on_entity(cr_checker *c, cr_str name, cr_found *f)
{
    int up = 0;
    size_t dot = 0;
    while (dot < name.n && name.p[dot] != '.')
        dot++;
    cr_str rest = cr_str_part(name, dot + (dot < name.n), name.n);
    for (int32_t e = c->entity; e >= 0; e = c->p->entities.at[e].parent, up++) {
        if (!cr_str_eq(c->p->entities.at[e].name, cr_str_part(name, 0, dot)))
            continue;
        int32_t field = cr_program_field(c->p, e, rest);
        if (field >= 0)
            return found(f, CR_REF_FIELD, field, up, 0);
        return def_on(c, e, rest, up, f) || reason_on(c, e, rest, up, f) ||
               def_on(c, e, cr_c_join(c, c->module, ".", rest), up, f);
    }
    return 0;
}

static int find_param(cr_checker *c, cr_str name, cr_found *f)
{
    int32_t param = cr_program_param(c->p, name);
    if (param < 0 && !has_dot(name))
        param = cr_program_param(c->p, cr_c_join(c, c->module, ".", name));
    return param >= 0 && found(f, CR_REF_PARAM, param, 0, 0);
}

/* ---- messages ---- */

static cr_str nearest(cr_checker *c, cr_str name)
{
    cr_str names[1024];
    size_t n = 0, at = 0;
    for (int32_t e = c->entity; e >= 0; e = c->p->entities.at[e].parent)
        for (uint32_t i = 0; i < c->p->entities.at[e].fields.n && n < 600; i++)
            names[n++] = c->p->fields.at[c->p->entities.at[e].fields.at[i]].name;
    for (uint32_t i = 0; i < c->p->defs.n && n < 900; i++)
        names[n++] = c->p->defs.at[i].name;
    for (uint32_t i = 0; i < c->p->params.n && n < 1024; i++)
        names[n++] = c->p->params.at[i].name;
    return cr_nearest(name, names, n, &at) ? names[at] : CR_STR("");
}

static void unknown(cr_checker *c, cr_expr *x, const cr_type *want)
{
    int word = want && want->kind == CR_T_ENUM && !has_dot(x->text);
    cr_diag *d = cr_c_report(c, word ? CR_D_UNKNOWN_VALUE : CR_D_UNKNOWN_NAME, x->pos, x->text, "");
    if (c->d->list.n < 100) /* a text with more findings is not one with slips of the pen */
        d->nearest = nearest(c, x->text);
    if (word && d->nearest.n == 0) {
        const cr_enum *e = &c->p->enums.at[want->index];
        cr_str names[64];
        size_t at = 0;
        for (uint32_t i = 0; i < e->n_values; i++)
            names[i] = e->values[i].name;
        if (cr_nearest(x->text, names, e->n_values, &at))
            d->nearest = names[at];
    }
    x->type.kind = CR_T_ERROR;
}

/* ---- keys of a parameter ---- */

static cr_expr *name_node(cr_checker *c, const cr_expr *at, cr_str name)
{
    cr_expr *x = cr_arena_get(c->arena, 1, sizeof *x);
    if (!x) {
        cr_c_memory(c);
        return NULL;
    }
    x->kind = CR_X_NAME;
    x->text = name;
    x->pos = x->whole = at->pos;
    return x;
}

static cr_expr *given_key(const cr_expr *x, cr_str name)
{
    for (uint32_t i = 0; i < x->keys.n; i++)
        if (cr_str_eq(x->keys.at[i].name, name))
            return x->keys.at[i].value;
    return NULL;
}

static int in_scope(cr_checker *c, cr_str name)
{
    cr_found f = {0};
    return find_plain(c, name, &f);
}

static cr_expr *key_value(cr_checker *c, cr_expr *x, cr_str name, const cr_type *type, int must)
{
    cr_expr *value = given_key(x, name);
    if (!value) {
        if (!in_scope(c, name)) {
            if (must)
                cr_c_report(c, CR_D_KEY_MISSING, x->pos, name,
                            "a field of that name, or [key: value]");
            return NULL;
        }
        value = name_node(c, x, name);
    }
    if (value) {
        cr_c_expr(c, value, type);
        cr_c_agree(c, value->pos, type, &value->type);
    }
    return value;
}

static void check_keys(cr_checker *c, cr_expr *x, const cr_param *param)
{
    CR_VEC(cr_key_arg) all = {0};
    cr_type region = {0};
    region.kind = CR_T_REGION;
    for (uint32_t i = 0; i < x->keys.n; i++) {
        int known = param->by_region && cr_str_eq(x->keys.at[i].name, CR_STR("region"));
        for (uint32_t k = 0; k < param->n_keys; k++)
            known |= cr_str_eq(param->key_name[k], x->keys.at[i].name);
        if (!known)
            cr_c_report(c, CR_D_KEY_UNKNOWN, x->keys.at[i].pos, x->keys.at[i].name,
                        "a key of the parameter");
    }
    for (uint32_t k = 0; k <= param->n_keys && !c->oom; k++) {
        int last = k == param->n_keys;
        if (last && !param->by_region)
            break;
        cr_key_arg key = {last ? CR_STR("region") : param->key_name[k], x->pos, NULL};
        key.value = key_value(c, x, key.name, last ? &region : &param->key_type[k], !last);
        if (key.value)
            CR_C_PUSH(c, all, key);
    }
    x->keys.at = all.at;
    x->keys.n = all.n;
    x->keys.cap = all.cap;
}

static void check_call(cr_checker *c, cr_expr *x, const cr_def *d)
{
    if (x->args.n != d->n_args) {
        cr_c_report(c, CR_D_ARGUMENTS, x->pos, x->text, "as many arguments as the definition has");
        x->type.kind = CR_T_ERROR;
        return;
    }
    for (uint32_t i = 0; i < x->args.n; i++) {
        const cr_type *want = &d->versions.at[0].stmt->args.at[i].resolved;
        cr_c_expr(c, x->args.at[i], want);
        cr_c_agree(c, x->args.at[i]->pos, want, &x->args.at[i]->type);
    }
}

/* ---- writing it down ---- */

static void depend(cr_checker *c, int32_t def)
{
    for (uint32_t i = c->deps_from; i < c->p->deps.n; i++)
        if (c->p->deps.at[i] == def)
            return;
    CR_C_PUSH(c, c->p->deps, def);
}

static void settle(cr_checker *c, cr_expr *x, cr_found f)
{
    x->ref.kind = f.kind;
    x->ref.index = f.index;
    x->ref.up = f.up;
    x->ref.reason = f.reason;
    switch (f.kind) {
    case CR_REF_FIELD: x->type = c->p->fields.at[f.index].type; break;
    case CR_REF_DEF:
        x->type = c->p->defs.at[f.index].type;
        if (f.reason)
            x->type.kind = CR_T_REASON;
        depend(c, f.index);
        check_call(c, x, &c->p->defs.at[f.index]);
        break;
    case CR_REF_PARAM:
        x->type = c->p->params.at[f.index].type;
        check_keys(c, x, &c->p->params.at[f.index]);
        break;
    case CR_REF_LOCAL: x->type = c->stmt->clauses.at[f.index].value->type; break;
    case CR_REF_ARG: x->type = c->stmt->args.at[f.index].resolved; break;
    case CR_REF_MONTH: x->type.kind = CR_T_MONTH; break;
    default: x->type.kind = CR_T_DATE; break;
    }
    if (x->at) {
        cr_type date = {0};
        date.kind = CR_T_DATE;
        cr_c_expr(c, x->at, &date);
        cr_c_agree(c, x->at->pos, &date, &x->at->type);
    }
}

/* ---- spans ---- */

const cr_sym_span *cr_c_span(cr_checker *c, const cr_expr *name, int *up)
{
    *up = 0;
    if (name->kind != CR_X_NAME || name->keys.n || name->args.n || name->at)
        return NULL;
    for (int32_t e = c->entity; e >= 0; e = c->p->entities.at[e].parent, ++*up)
        for (uint32_t i = 0; i < c->p->spans.n; i++)
            if (c->p->spans.at[i].entity == e && cr_str_eq(c->p->spans.at[i].name, name->text))
                return &c->p->spans.at[i];
    return NULL;
}

/* The name of its first or last day or month. */
cr_expr *cr_c_span_end(cr_checker *c, const cr_expr *name, const cr_sym_span *span, int last)
{
    return name_node(c, name, c->p->fields.at[last ? span->to : span->from].name);
}

int cr_c_names_set(cr_checker *c, const cr_expr *name, cr_type *out)
{
    cr_found f = {0};
    if (name->kind != CR_X_NAME)
        return 0;
    int found = has_dot(name->text)
                    ? find_def(c, name->text, &f) || find_on_entity(c, name->text, &f)
                    : find_plain(c, name->text, &f);
    if (!found && !find_param(c, name->text, &f))
        return 0;
    *out = f.kind == CR_REF_FIELD   ? c->p->fields.at[f.index].type
           : f.kind == CR_REF_DEF   ? c->p->defs.at[f.index].type
           : f.kind == CR_REF_PARAM ? c->p->params.at[f.index].type
                                    : *out;
    return out->kind == CR_T_SET;
}

int cr_c_stands_for_row(cr_checker *c, const cr_expr *name)
{
    cr_found f = {0};
    int is_def = has_dot(name->text) ? find_def(c, name->text, &f) : find_plain(c, name->text, &f);
    if (!is_def)
        return 0;
    if (f.kind == CR_REF_DEF)
        return c->p->defs.at[f.index].type.kind == CR_T_ROW;
    return f.kind == CR_REF_LOCAL && c->stmt->clauses.at[f.index].value->type.kind == CR_T_ROW;
}

void cr_c_name(cr_checker *c, cr_expr *x, const cr_type *want)
{
    cr_found def = {0}, param = {0};
    int up;
    int dotted = has_dot(x->text);
    if (want && want->kind == CR_T_ENUM && !dotted && x->keys.n == 0) {
        int32_t value = cr_program_enum_value(c->p, want->index, x->text);
        if (value >= 0) {
            x->ref.kind = CR_REF_VALUE;
            x->ref.index = value;
            x->type = *want;
            x->type.event = x->type.or_none = 0;
            return;
        }
    }
    int is_param = find_param(c, x->text, &param);
    if (dotted && !is_param && !x->as_parameter && cr_c_row_of(c, x, want))
        return;
    int is_def = !x->as_parameter && x->keys.n == 0 &&
                 (dotted ? find_def(c, x->text, &def) || find_on_entity(c, x->text, &def)
                         : find_plain(c, x->text, &def));
    if (is_def && is_param && x->at)
        is_def = 0; /* a day is asked of parameters and of facts */
    if (is_def && is_param && def.kind == CR_REF_DEF && def.index == c->def)
        is_def = 0; /* a definition of the parameter's own name means the parameter */
    if (is_def && is_param && dotted) {
        cr_c_report(c, CR_D_AMBIGUOUS, x->pos, x->text, "");
        x->type.kind = CR_T_ERROR;
    } else if (is_def || is_param) {
        settle(c, x, is_def ? def : param);
        if (x->at && x->ref.kind != CR_REF_PARAM && x->ref.kind != CR_REF_FIELD &&
            x->ref.kind != CR_REF_DEF)
            cr_c_report(c, CR_D_TYPE, x->pos, x->text,
                        "a fact, a parameter or a definition, which have a day");
    } else if (cr_c_span(c, x, &up)) {
        cr_c_report(c, CR_D_TYPE, x->pos, x->text,
                    "'DAY in NAME', 'NAME is given' or 'months in NAME' of a span");
        x->type.kind = CR_T_ERROR;
    } else {
        unknown(c, x, want);
    }
}
