/* SPDX-License-Identifier: Apache-2.0 */
/* Building an explanation: the line that applied, its conditions, the numbers behind it, down to
   inputs and parameter rows.

   The plan has kept what every expression came to (cr_plan_shown); the tree of the rule is walked
   beside it. Each definition is explained once for each row, where it first matters. What a value
   does not hang on is left out: the arm not taken, the operands of an `or` that holds without
   them, alternatives that were not needed. */
#include <string.h>

#include "explain/explain_internal.h"

enum { MOST_DEPTH = 24 };

static void explain_def(cr_explainer *e, int32_t def, uint32_t row, int depth);
static void explain_body(cr_explainer *e, int32_t def, const cr_version *v, const cr_place *at,
                         int depth);
static void walk(cr_explainer *e, const cr_expr *x, const cr_place *at, int depth);

/* ---- texts and nodes ---- */

static cr_buf new_buf(const cr_explainer *e)
{
    cr_buf buf;
    cr_buf_init(&buf, e->w->alloc);
    return buf;
}

static cr_str keep(cr_explainer *e, cr_buf *buf)
{
    cr_str s = {buf->p ? buf->p : "", buf->n};
    s = cr_arena_text(&e->out->arena, s);
    e->oom |= buf->oom || !s.p;
    cr_buf_free(buf);
    return s;
}

static void add(cr_explainer *e, cr_node node)
{
    if (!CR_PUSH(&e->out->arena, e->out->nodes, node))
        e->oom = 1;
}

cr_str cr_row_called(const cr_row_ids *ids, int32_t entity, uint32_t row)
{
    cr_str none = {NULL, 0};
    for (size_t i = 0; ids && i < ids->n; i++)
        if (ids->at[i].entity == entity && ids->at[i].row == row) {
            cr_str id = {ids->text.p + ids->at[i].at, ids->at[i].n};
            return id;
        }
    return none;
}

/* A value with its unit; the years of an age are 周岁. */
static cr_str value_text(cr_explainer *e, const cr_type *type, const cr_pval *v, uint32_t row,
                         cr_str label)
{
    static const char years[] = "年";
    size_t n = sizeof years - 1;
    cr_buf buf = new_buf(e);
    cr_explain_value(e, &buf, type, v, row);
    if (e->zh && cr_words_is_age(label) && buf.n > n && memcmp(buf.p + buf.n - n, years, n) == 0) {
        buf.n -= n;
        cr_buf_text(&buf, "周岁");
    }
    return keep(e, &buf);
}

/* Of the row that a value belongs to: empty for the root, of which there is one. */
static cr_str row_id(cr_explainer *e, int32_t entity, uint32_t row)
{
    cr_buf buf = new_buf(e);
    if (e->p->entities.at[entity].parent >= 0)
        cr_explain_row_id(e, &buf, entity, row);
    return keep(e, &buf);
}

/* 1 = for the first time: `body` 0 in the whole explanation, else among the reasons of one value.
 */
static int first_in(cr_explainer *e, uint32_t body, uint8_t kind, int32_t index, uint32_t row)
{
    unsigned char key[13] = {kind};
    memcpy(key + 1, &index, sizeof index);
    memcpy(key + 5, &row, sizeof row);
    memcpy(key + 9, &body, sizeof body);
    cr_str text = {(const char *)key, sizeof key};
    if (cr_map_get(&e->seen, text) >= 0)
        return 0;
    text = cr_arena_text(&e->out->arena, text);
    if (!text.p || cr_map_put(&e->seen, text, 1) < 0)
        e->oom = 1;
    return 1;
}

static int first_time(cr_explainer *e, uint8_t kind, int32_t index, uint32_t row)
{
    return first_in(e, 0, kind, index, row);
}

static cr_str cites_text(cr_explainer *e, const cr_cites *cites)
{
    cr_buf buf = new_buf(e);
    cr_words_cites(&buf, e->policy, cites, e->w->on, e->zh);
    return keep(e, &buf);
}

static cr_str formula(cr_explainer *e, const cr_stmt *s, const cr_expr *x, const cr_place *at)
{
    cr_buf buf = new_buf(e);
    cr_explain_formula(e, &buf, s, x, at);
    return keep(e, &buf);
}

static int32_t ancestor(const cr_explainer *e, int32_t entity, uint32_t n)
{
    while (n-- > 0 && entity >= 0)
        entity = e->p->entities.at[entity].parent;
    return entity;
}

/* ---- leaves ---- */

static void input_node(cr_explainer *e, const cr_expr *x, const cr_place *at, int depth)
{
    cr_node n = {0};
    const cr_sym_field *f = &e->p->fields.at[x->ref.index];
    uint32_t row = 0;
    const cr_pval *v = cr_explain_shown(e, x, at, &row);
    if (f->child >= 0 || ancestor(e, at->entity, x->ref.up) != f->entity)
        return;
    int32_t entity = f->entity;
    uint32_t of = cr_explain_up(e, at->entity, at->row, entity);
    if (!first_time(e, CR_NODE_INPUT, x->ref.index, of))
        return;
    n.kind = CR_NODE_INPUT;
    n.depth = depth;
    n.name = f->name;
    n.label = cr_words_label(&f->decl->label, f->name, e->zh);
    if (v) {
        n.answer = (uint8_t)cr_status_get(e->w, v->reg, row);
        n.value = value_text(e, &f->type, v, row, n.label);
    }
    n.row_id = row_id(e, entity, of);
    add(e, n);
}

/* The row register of a look-up: the operand of the value's instruction. */
static int32_t table_row(cr_explainer *e, const cr_pval *v, uint32_t row)
{
    const cr_plan *plan = e->w->frame->plan;
    int32_t reg = v->reg;
    for (int n = 0; n < 8 && reg >= 0; n++) {
        const cr_insn *i = &plan->code.at[plan->regs.at[reg].insn];
        if (i->op == CR_OP_ROW_VALUE || i->op == CR_OP_ROW_NONE || i->op == CR_OP_ROW_BELOW)
            return cr_status_get(e->w, i->a, row) ? -1 : (int32_t)cr_lane_get(e->w, i->a, row);
        if (i->op == CR_OP_UP)
            row = cr_parent_rows(&e->w->spaces[i->space])[row];
        else if (i->op != CR_OP_CONV)
            return -1;
        reg = i->a;
    }
    return -1;
}

/* The region, the day from which it holds, and to which day it is confirmed. */
static void row_words(cr_explainer *e, cr_buf *out, const cr_prow *r)
{
    char day[11];
    cr_buf_str(out, e->policy->regions.at[r->region].code);
    cr_buf_char(out, ' ');
    cr_buf_str(out, cr_words_label(&e->policy->regions.at[r->region].label, CR_STR(""), e->zh));
    if (r->from > CR_DATE_MIN) {
        cr_date_text(r->from, day);
        cr_buf_text(out, e->zh ? "，自 " : ", from ");
        cr_buf_text(out, day);
    }
    if (r->to < CR_DATE_MAX) {
        cr_date_text(r->to, day);
        cr_buf_text(out, e->zh ? "，至 " : ", to ");
        cr_buf_text(out, day);
    }
    if (e->w->on > r->confirmed_to) {
        cr_date_text(r->confirmed_to, day);
        cr_buf_text(out, e->zh ? "，仅确认至 " : ", confirmed only to ");
        cr_buf_text(out, day);
    }
}

static void parameter_node(cr_explainer *e, const cr_expr *x, const cr_place *at, int depth)
{
    cr_node n = {0};
    const cr_param *param = &e->p->params.at[x->ref.index];
    uint32_t row;
    const cr_pval *v = cr_explain_shown(e, x, at, &row);
    int32_t used = v ? table_row(e, v, row) : -1;
    int first = used < 0 || first_time(e, CR_NODE_PARAMETER, x->ref.index, (uint32_t)used);
    if (!v || !first_in(e, e->body, CR_NODE_PARAMETER, x->ref.index, (uint32_t)used) ||
        (!first && param->type.kind != CR_T_NUMBER))
        return;
    cr_buf cite = new_buf(e), when = new_buf(e);
    n.answer = (uint8_t)cr_status_get(e->w, v->reg, row);
    if (used >= 0 && first) {
        const cr_prow *r = &e->policy->tables.at[x->ref.index].rows.at[used];
        if (r->let)
            cr_buf_text(&cite, e->zh ? "本次改用" : "override of this run");
        cr_words_cites(&cite, e->policy, &r->cites, e->w->on, e->zh);
        row_words(e, &when, r);
        n.pos = r->row ? r->row->pos : r->let->pos;
    }
    n.kind = CR_NODE_PARAMETER;
    n.depth = depth;
    n.name = param->name;
    n.label = cr_words_label(&param->stmt->label, param->name, e->zh);
    n.value = value_text(e, &param->type, v, row, n.label);
    n.citation = keep(e, &cite);
    n.formula = keep(e, &when);
    add(e, n);
}

/* What the month before passed on, or what something was on another day: a value, whose reasons are
 * those of then. */
static void read_elsewhere(cr_explainer *e, const cr_expr *x, const cr_place *at, int depth)
{
    uint32_t row;
    const cr_pval *v = cr_explain_shown(e, x, at, &row);
    cr_node n = {0};
    cr_buf label = new_buf(e), value = new_buf(e);
    if (v) {
        n.answer = (uint8_t)cr_status_get(e->w, v->reg, row);
        cr_explain_value(e, &value, &x->type, v, row);
    }
    n.kind = CR_NODE_OUTPUT;
    n.depth = depth;
    n.passed = -1;
    n.row_id = row_id(e, at->entity, at->row);
    cr_words_expr(&label, e->policy, NULL, x, e->zh);
    n.label = keep(e, &label);
    n.value = keep(e, &value);
    add(e, n);
}

/* ---- expressions: what a value hangs on ---- */

static void name(cr_explainer *e, const cr_expr *x, const cr_place *at, int depth)
{
    if (x->at && x->ref.kind != CR_REF_PARAM) {
        walk(e, x->at, at, depth);
        read_elsewhere(e, x, at, depth);
        return;
    }
    switch (x->ref.kind) {
    case CR_REF_FIELD: input_node(e, x, at, depth); break;
    case CR_REF_PARAM:
        for (uint32_t i = 0; i < x->keys.n; i++) {
            const cr_expr *key = x->keys.at[i].value;
            if (key->kind == CR_X_NAME && key->ref.kind == CR_REF_DEF)
                walk(e, key, at, depth);
        }
        parameter_node(e, x, at, depth);
        break;
    case CR_REF_DEF:
        if (e->p->defs.at[x->ref.index].n_args == 0) {
            int32_t to = ancestor(e, at->entity, x->ref.up);
            if (to != e->p->defs.at[x->ref.index].entity)
                return; /* of a row that is not this one's */
            explain_def(e, x->ref.index, cr_explain_up(e, at->entity, at->row, to), depth);
        }
        for (uint32_t i = 0; i < x->args.n; i++)
            walk(e, x->args.at[i], at, depth);
        break;
    default: break;
    }
}

/* Of an `or` that holds the first operand that holds, of an `and` that fails the first that fails.
 */
static void connective(cr_explainer *e, const cr_expr *x, const cr_place *at, int depth)
{
    int decides = x->kind == CR_X_OR;
    if (cr_explain_truth(e, x, at) != decides || cr_explain_truth(e, x->a, at) == decides)
        walk(e, x->a, at, depth);
    if (cr_explain_truth(e, x, at) != decides || cr_explain_truth(e, x->a, at) != decides)
        walk(e, x->b, at, depth);
}

static void choice(cr_explainer *e, const cr_expr *x, const cr_place *at, int depth)
{
    int yes = cr_explain_truth(e, x->a, at);
    if (yes < 0 && cr_explain_answer(e, x, at) == CR_KNOWN) { /* both arms are equal */
        walk(e, x->b, at, depth);
        return;
    }
    walk(e, x->a, at, depth);
    if (yes != 0)
        walk(e, x->b, at, depth);
    if (yes != 1)
        walk(e, x->c, at, depth);
}

/* One line for each row of the list that matters; of an `any` that holds and an `all` that fails,
   the first row that decides it. */
static void aggregate(cr_explainer *e, const cr_expr *x, const cr_place *at, int depth)
{
    cr_place k = {at->owner, e->p->fields.at[x->ref.index].child, 0};
    const cr_space_rows *s = &e->w->spaces[k.entity];
    uint32_t parent = cr_explain_up(e, at->entity, at->row, e->p->entities.at[k.entity].parent);
    int quantor = x->op == CR_AGG_ANY || x->op == CR_AGG_ALL;
    int decided = quantor && cr_explain_truth(e, x, at) == (x->op == CR_AGG_ANY);
    for (k.row = s->off[parent]; k.row < s->off[parent + 1]; k.row++) {
        int in = x->b ? cr_explain_truth(e, x->b, &k) : 1;
        int holds = x->a ? quantor ? cr_explain_truth(e, x->a, &k) : 1 : in;
        if (decided && (in != 1 || holds != (x->op == CR_AGG_ANY)))
            continue;
        if (x->b && (in != 1 || !x->a))
            walk(e, x->b, &k, depth);
        if (x->a && in != 0)
            walk(e, x->a, &k, depth);
        if (decided)
            return;
    }
}

/* Rows out of a list: what puts each of them in or out, and what they are compared by. */
static void selection(cr_explainer *e, const cr_expr *x, const cr_place *at, int depth)
{
    cr_place k = {at->owner, e->p->fields.at[x->ref.index].child, 0};
    const cr_space_rows *s = &e->w->spaces[k.entity];
    uint32_t parent = cr_explain_up(e, at->entity, at->row, e->p->entities.at[k.entity].parent);
    for (k.row = s->off[parent]; k.row < s->off[parent + 1]; k.row++) {
        walk(e, x->b, &k, depth);
        if (!x->b || cr_explain_truth(e, x->b, &k) != 0)
            walk(e, x->a, &k, depth);
    }
}

static void local(cr_explainer *e, const cr_expr *x, const cr_place *at, int depth)
{
    const cr_version *v = at->owner;
    for (uint32_t i = 0; i < v->stmt->clauses.n; i++) {
        const cr_clause *c = &v->stmt->clauses.at[i];
        if (c->kind == CR_C_WHERE && cr_str_eq(c->name, x->text))
            walk(e, c->value, at, depth);
    }
}

static void walk(cr_explainer *e, const cr_expr *x, const cr_place *at, int depth)
{
    if (!x || e->oom || depth > MOST_DEPTH)
        return;
    switch (x->kind) {
    case CR_X_NAME:
        x->ref.kind == CR_REF_LOCAL ? local(e, x, at, depth) : name(e, x, at, depth);
        return;
    case CR_X_AND:
    case CR_X_OR: connective(e, x, at, depth); return;
    case CR_X_IF: choice(e, x, at, depth); return;
    case CR_X_AGGREGATE: aggregate(e, x, at, depth); return;
    case CR_X_ROWS:
    case CR_X_AMONG:
    case CR_X_THE: selection(e, x, at, depth); return;
    case CR_X_ROW_OF: walk(e, x->a, at, depth); return;
    case CR_X_PREVIOUS: read_elsewhere(e, x, at, depth); return;
    case CR_X_IS_GIVEN: return; /* the words say it */
    case CR_X_MUL:
        if (cr_explain_is_zero(e, x->a, at) || cr_explain_is_zero(e, x->b, at)) {
            walk(e, cr_explain_is_zero(e, x->a, at) ? x->a : x->b, at, depth);
            return;
        }
        break;
    default: break;
    }
    walk(e, x->a, at, depth);
    walk(e, x->b, at, depth);
    walk(e, x->c, at, depth);
    for (uint32_t i = 0; i < x->args.n; i++)
        walk(e, x->args.at[i], at, depth);
}

/* ---- versions ---- */

static int clause_on(const cr_clause *c, int32_t on)
{
    return c->period.from <= on && on <= c->period.to;
}

/* A table in which several rows may hold. */
static int every_row(const cr_stmt *s)
{
    return s->kind == CR_S_TABLE &&
           (s->hit == CR_HIT_SUM || s->hit == CR_HIT_HIGHEST || s->hit == CR_HIT_COLLECT);
}

/* The line that gives the value: NULL = none is known to. */
static const cr_clause *applied(cr_explainer *e, const cr_version *v, const cr_place *at)
{
    for (uint32_t i = 0; !every_row(v->stmt) && i < v->stmt->clauses.n; i++) {
        const cr_clause *c = &v->stmt->clauses.at[i];
        if (c->kind == CR_C_WHERE || c->kind == CR_C_CONDITION || c->kind == CR_C_ARM ||
            !clause_on(c, e->w->on))
            continue;
        int holds = c->kind == CR_C_WHEN ? cr_explain_truth(e, c->cond, at) : 1;
        if (holds)
            return holds == 1 ? c : NULL;
    }
    return NULL;
}

static cr_str def_formula(cr_explainer *e, const cr_version *v, const cr_place *at)
{
    const cr_clause *c = applied(e, v, at);
    return c ? formula(e, v->stmt, c->value, at) : CR_STR("");
}

/* ---- decisions and statuses ---- */

/* A group of `any of` that one condition has passed. */
static int passed_already(const cr_explainer *e, const cr_version *v, const cr_clause *of,
                          const cr_place *at)
{
    for (uint32_t i = 0; of->group == CR_GROUP_ANY && i < v->stmt->clauses.n; i++) {
        const cr_clause *c = &v->stmt->clauses.at[i];
        if (c->kind == CR_C_CONDITION && c->group_no == of->group_no && clause_on(c, e->w->on) &&
            cr_explain_truth(e, c->cond, at) == 1)
            return 1;
    }
    return 0;
}

/* A condition that is nothing but another definition: that one's formula and reasons are its own.
 */
static int is_definition(const cr_explainer *e, const cr_expr *x)
{
    return x->kind == CR_X_NAME && x->ref.kind == CR_REF_DEF && !x->ref.reason && !x->at &&
           e->p->defs.at[x->ref.index].n_args == 0;
}

static void condition_body(cr_explainer *e, cr_node n, const cr_clause *c, const cr_version *v,
                           const cr_place *at, int deep)
{
    const cr_version *inner = NULL;
    cr_place there = *at;
    if (is_definition(e, c->cond)) {
        const cr_def *d = &e->p->defs.at[c->cond->ref.index];
        inner = cr_version_of_case(e->w, d);
        there.owner = inner;
        there.entity = d->entity;
        there.row = cr_explain_up(e, at->entity, at->row, d->entity);
    }
    n.formula = inner ? def_formula(e, inner, &there) : formula(e, v->stmt, c->cond, at);
    if (inner && n.citation.n == 0)
        n.citation = cites_text(e, &inner->stmt->cites);
    add(e, n);
    if (!deep)
        return;
    if (!inner)
        walk(e, c->cond, at, n.depth + 1);
    else if (first_time(e, CR_NODE_OUTPUT, c->cond->ref.index, there.row))
        explain_body(e, c->cond->ref.index, inner, &there, n.depth + 1);
}

static void condition_node(cr_explainer *e, const cr_clause *c, const cr_version *v,
                           const cr_place *at, int depth, int whole)
{
    cr_node n = {0};
    int holds = cr_explain_truth(e, c->cond, at);
    n.kind = CR_NODE_CONDITION;
    n.depth = depth;
    n.passed = (int8_t)(holds < 0 ? -1 : c->group == CR_GROUP_NONE ? !holds : holds);
    n.name = c->name;
    n.row_id = row_id(e, at->entity, at->row);
    n.label =
        cr_words_label(n.passed == 0 && c->fails.zh.n ? &c->fails : &c->label, c->name, e->zh);
    if (c->group == CR_GROUP_NONE && n.passed >= 0)
        n.value = n.passed ? (e->zh ? CR_STR("无此情形") : CR_STR("does not apply"))
                  : e->zh  ? CR_STR("有此情形")
                           : CR_STR("applies");
    n.citation = cites_text(e, &c->cites);
    n.pos = c->pos;
    /* what decided it: of a refusal what failed, of an open question what is open */
    condition_body(e, n, c, v, at, whole == 1 ? n.passed == 1 : n.passed != 1);
}

/* `whole`: 1 the decision holds, 0 it fails, -1 it is not known. */
static void explain_conditions(cr_explainer *e, const cr_version *v, const cr_place *at, int whole,
                               int depth)
{
    for (uint32_t i = 0; i < v->stmt->clauses.n && !e->oom; i++) {
        const cr_clause *c = &v->stmt->clauses.at[i];
        if (c->kind != CR_C_CONDITION || !clause_on(c, e->w->on) ||
            (cr_explain_truth(e, c->cond, at) != 1 && passed_already(e, v, c, at)))
            continue;
        condition_node(e, c, v, at, depth, whole);
    }
}

/* The arms down to the one that applies; only that one, and those not known, are gone into. */
static void explain_arms(cr_explainer *e, const cr_def *d, const cr_version *v, const cr_place *at,
                         int depth)
{
    for (uint32_t i = 0; i < v->stmt->clauses.n && !e->oom; i++) {
        const cr_clause *c = &v->stmt->clauses.at[i];
        cr_node n = {0};
        if (c->kind != CR_C_ARM || !clause_on(c, e->w->on) || !c->cond)
            continue;
        n.kind = CR_NODE_CONDITION;
        n.depth = depth;
        n.passed = (int8_t)cr_explain_truth(e, c->cond, at);
        n.name = n.label = c->name;
        n.row_id = row_id(e, at->entity, at->row);
        if (d->type.kind == CR_T_ENUM)
            n.label = cr_words_label(&e->p->enums.at[d->type.index].values[c->value_index].label,
                                     c->name, e->zh);
        if (c->reason.n) {
            const cr_reason *r = &e->p->reasons.at[c->reason_code];
            n.value = cr_words_label(&r->label, r->name, e->zh);
        }
        if (cr_str_eq(n.value, n.label))
            n.value = CR_STR("");
        n.citation = cites_text(e, &c->cites);
        n.pos = c->pos;
        condition_body(e, n, c, v, at, n.passed != 0);
        if (n.passed == 1)
            return;
    }
}

/* ---- definitions ---- */

/* How it was rounded, and from what to what. */
static void rounding_node(cr_explainer *e, const cr_version *v, const cr_plan_def *value,
                          const cr_place *at, int depth)
{
    const cr_stmt *s = v->stmt;
    cr_node n = {0};
    if (s->rounded_by.n == 0 && s->rounding.pos.line == 0)
        return;
    cr_buf how = new_buf(e), steps = new_buf(e);
    const cr_clause *c = applied(e, v, at);
    uint32_t row = 0;
    const cr_pval *before = c ? cr_explain_shown(e, c->value, at, &row) : NULL;
    n.kind = CR_NODE_ROUNDING;
    n.depth = depth;
    n.pos = s->rounded_pos;
    n.name = s->rounded_by;
    n.label = e->zh ? CR_STR("取整") : CR_STR("rounding");
    if (s->rounded_by.n) {
        const cr_param *param = &e->p->params.at[s->rounded_ref.index];
        const cr_ptable *table = &e->policy->tables.at[s->rounded_ref.index];
        int32_t region = cr_region_of_case(e->w, 0);
        int32_t at_row = cr_ptable_find(e->policy, table, region < 0 ? 0 : region, 0, e->w->on);
        n.label = cr_words_label(&param->stmt->label, param->name, e->zh);
        if (at_row >= 0) {
            const cr_value_decl *d =
                &e->p->enums.at[param->type.index].values[table->rows.at[at_row].value];
            cr_buf_str(&how, cr_words_label(&d->label, d->name, e->zh));
            n.citation = cites_text(e, &table->rows.at[at_row].cites);
        }
    } else {
        cr_words_rounding(&how, &s->rounding, e->zh);
    }
    if (before && cr_status_get(e->w, value->value.reg, at->row) == CR_KNOWN) {
        cr_type bare = c->value->type;
        memset(&bare.unit, 0, sizeof bare.unit);
        cr_explain_value(e, &steps, &bare, before, row);
        cr_buf_text(&steps, " → ");
        cr_explain_value(e, &steps, &bare, &value->value, at->row);
    }
    n.value = keep(e, &how);
    n.formula = keep(e, &steps);
    add(e, n);
}

static void explain_define(cr_explainer *e, const cr_version *v, const cr_place *at, int depth)
{
    for (uint32_t i = 0; i < v->stmt->clauses.n && !e->oom; i++) {
        const cr_clause *c = &v->stmt->clauses.at[i];
        if (c->kind == CR_C_WHERE || !clause_on(c, e->w->on))
            continue;
        int holds = c->kind == CR_C_WHEN ? cr_explain_truth(e, c->cond, at) : 1;
        if (holds == 0)
            continue;
        if (c->kind == CR_C_WHEN) {
            cr_node n = {0};
            n.kind = CR_NODE_CASE;
            n.depth = depth;
            n.passed = (int8_t)holds;
            n.row_id = row_id(e, at->entity, at->row);
            n.label = formula(e, v->stmt, c->cond, at);
            n.pos = c->pos;
            add(e, n);
            walk(e, c->cond, at, depth + 1);
        }
        walk(e, c->value, at, depth);
        if (holds == 1 && !every_row(v->stmt))
            return;
    }
}

static void explain_body(cr_explainer *e, int32_t def, const cr_version *v, const cr_place *at,
                         int depth)
{
    const cr_plan_def *value = &e->w->frame->plan->defs[def];
    uint32_t outer = e->body;
    if (!v || e->oom || depth > MOST_DEPTH)
        return;
    e->body = ++e->bodies;
    if (v->stmt->kind == CR_S_STATUS) {
        explain_arms(e, &e->p->defs.at[def], v, at, depth);
    } else if (v->stmt->kind == CR_S_DECIDE) {
        int whole = cr_status_get(e->w, value->value.reg, at->row)
                        ? -1
                        : cr_lane_get(e->w, value->value.reg, at->row) != 0;
        explain_conditions(e, v, at, whole, depth);
    } else {
        explain_define(e, v, at, depth);
    }
    rounding_node(e, v, value, at, depth);
    e->body = outer;
}

static void explain_def(cr_explainer *e, int32_t def, uint32_t row, int depth)
{
    const cr_def *d = &e->p->defs.at[def];
    const cr_plan_def *value = &e->w->frame->plan->defs[def];
    const cr_version *v = cr_version_of_case(e->w, d);
    cr_place at = {v, d->entity, row};
    cr_node n = {0};
    if (value->value.reg < 0 || e->oom)
        return;
    if (depth > 0 && !first_in(e, e->body, CR_NODE_OUTPUT, def, row))
        return;
    int first = first_time(e, CR_NODE_OUTPUT, def, row);
    n.kind = CR_NODE_OUTPUT;
    n.depth = depth;
    n.answer = (uint8_t)cr_status_get(
        e->w, value->value.rows >= 0 ? value->value.div : value->value.reg, row);
    n.passed = d->type.kind == CR_T_BOOL && !n.answer
                   ? (int8_t)(cr_lane_get(e->w, value->value.reg, row) != 0)
                   : (int8_t)-1;
    n.name = d->name;
    n.label = cr_words_label(&d->label, d->name, e->zh);
    n.value = value_text(e, &d->type, &value->value, row, n.label);
    n.row_id = row_id(e, d->entity, row);
    if (v)
        n.pos = v->stmt->name_pos;
    if (v && first) { /* later mentions give the value alone */
        n.citation = cites_text(e, &v->stmt->cites);
        n.formula = def_formula(e, v, &at);
    }
    add(e, n);
    if (first)
        explain_body(e, def, v, &at, depth + 1);
}

/* The reason of a decision or status is explained by what it is the reason of. */
static void call_it_reason(cr_explainer *e, cr_node *n, const cr_wanted *wanted)
{
    static const cr_type type = {.kind = CR_T_REASON};
    const cr_pval *v = &e->w->frame->plan->defs[wanted->def].reason;
    cr_buf label = new_buf(e);
    cr_buf_str(&label, n->label);
    cr_buf_text(&label, e->zh ? "的原因" : ", reason");
    n->label = keep(e, &label);
    if (v->reg < 0)
        return;
    n->answer = (uint8_t)cr_status_get(e->w, v->reg, wanted->row);
    n->value = value_text(e, &type, v, wanted->row, CR_STR(""));
}

int cr_explain(cr_explanation *out, cr_workspace *w, const cr_row_ids *ids, const cr_wanted *wanted,
               size_t n, int lang)
{
    cr_explainer e = {0};
    e.out = out;
    e.w = w;
    e.policy = w->calc->policy;
    e.p = &e.policy->program;
    e.ids = ids;
    e.zh = lang != 0;
    cr_arena_free(&out->arena);
    memset(&out->nodes, 0, sizeof out->nodes);
    cr_arena_init(&out->arena, w->alloc);
    cr_map_init(&e.seen, &out->arena);
    for (size_t i = 0; i < n; i++) {
        uint32_t first = out->nodes.n;
        explain_def(&e, wanted[i].def, wanted[i].row, 0);
        if (wanted[i].reason && !e.oom && out->nodes.n > first)
            call_it_reason(&e, &out->nodes.at[first], &wanted[i]);
    }
    return e.oom ? 2 : 0;
}
