/* SPDX-License-Identifier: Apache-2.0 */
/* Building an explanation: the line that applied, its conditions, the numbers behind it, down to
   inputs and parameter rows.

   The plan has kept what every expression came to (cr_plan_shown); the tree of the rule is walked
   beside it. Each definition is explained once, where it first matters. */
#include <string.h>

#include "engine/value.h"
#include "explain/explain.h"

typedef struct cr_explainer {
    cr_explanation *out;
    cr_workspace *w;
    const cr_policy *policy;
    const cr_program *p;
    uint8_t *seen; /* per definition */
    uint8_t *seen_field;
    int zh;
    int oom;
} cr_explainer;

enum { MOST_DEPTH = 12 };

/* ---- texts ---- */

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

static const char *answer_word(int answer, int zh)
{
    static const char *const words[][2] = {{"", ""},
                                           {"undetermined", "尚不能确定"},
                                           {"no data", "无数据"},
                                           {"not in force", "当时无此规定"},
                                           {"invalid", "输入有误"}};
    return words[answer][zh];
}

static void value_words(cr_explainer *e, cr_buf *out, const cr_type *type, const cr_pval *v,
                        uint32_t row)
{
    char text[120];
    int32_t reg = v->rows >= 0 ? v->div : v->reg;
    int answer = cr_status_get(e->w, reg, row);
    if (answer) {
        cr_buf_text(out, answer_word(answer, e->zh));
        return;
    }
    cr_rat exact = {0, 1};
    cr_wide wide[2];
    if (v->rows < 0 && cr_value_get(e->w, v, row, &exact, wide)) {
        cr_wide_text(out, &wide[0]);
        cr_buf_char(out, '/');
        cr_wide_text(out, &wide[1]);
        return;
    }
    cr_i128 num = v->rows >= 0 ? cr_lane_get(e->w, reg, row) : exact.num, den = exact.den;
    if (v->rows >= 0) {
        cr_buf_i128(out, num);
        cr_buf_text(out, e->zh ? " 人" : " rows");
        return;
    }
    if (type->kind == CR_T_BOOL) {
        cr_buf_text(out, num ? (e->zh ? "是" : "yes") : e->zh ? "否" : "no");
    } else if ((type->kind == CR_T_DATE || type->kind == CR_T_MONTH) && num == CR_NEVER) {
        cr_buf_text(out, e->zh ? "无" : "none");
    } else if (type->kind == CR_T_ENUM && num >= 0) {
        const cr_value_decl *d = &e->p->enums.at[type->index].values[num];
        cr_buf_str(out, cr_words_label(&d->label, d->name, e->zh));
    } else if (type->kind == CR_T_REASON) {
        const cr_reason *r = &e->p->reasons.at[(uint32_t)num];
        cr_buf_str(out, cr_words_label(&r->label, r->name, e->zh));
    } else {
        cr_buf_put(out, text, cr_value_text(e->policy, type, num, den, text, sizeof text));
        if (type->kind == CR_T_NUMBER && !cr_unit_none(type->unit)) {
            cr_buf_text(out, e->zh ? "" : " ");
            cr_unit_text(out, type->unit, e->zh);
        }
    }
}

static cr_buf new_buf(const cr_explainer *e)
{
    cr_buf buf;
    cr_buf_init(&buf, e->w->alloc);
    return buf;
}

/* ---- where a value stands ---- */

static uint32_t row_up(const cr_explainer *e, int32_t entity, uint32_t row, int32_t to)
{
    while (entity != to && entity >= 0 && e->p->entities.at[entity].parent >= 0) {
        row = e->w->spaces[entity].parent[row];
        entity = e->p->entities.at[entity].parent;
    }
    return row;
}

static int32_t up(const cr_explainer *e, int32_t entity, uint32_t n)
{
    while (n-- > 0 && entity >= 0)
        entity = e->p->entities.at[entity].parent;
    return entity;
}

static int known_bool(const cr_explainer *e, const cr_expr *x, const void *owner, int32_t entity,
                      uint32_t row)
{
    const cr_pval *v = cr_plan_shown(e->w->frame->plan, x, owner);
    if (!v || v->reg < 0)
        return -1;
    row = row_up(e, entity, row, e->w->frame->plan->regs.at[v->reg].space);
    if (cr_status_get(e->w, v->reg, row))
        return -1;
    return cr_lane_get(e->w, v->reg, row) != 0;
}

/* ---- formulas with numbers ---- */

static const char *sign_of(const cr_expr *x)
{
    switch (x->kind) {
    case CR_X_ADD: return " + ";
    case CR_X_SUB: return " - ";
    case CR_X_MUL: return " × ";
    case CR_X_DIV: return " ÷ ";
    case CR_X_LT: return " < ";
    case CR_X_LE: return " ≤ ";
    case CR_X_GT: return " > ";
    case CR_X_GE: return " ≥ ";
    default: return NULL;
    }
}

static void numbers(cr_explainer *e, cr_buf *out, const cr_expr *x, const void *owner,
                    int32_t entity, uint32_t row)
{
    const char *sign = sign_of(x);
    if (sign) {
        int low = (x->kind == CR_X_MUL || x->kind == CR_X_DIV);
        int left = low && (x->a->kind == CR_X_ADD || x->a->kind == CR_X_SUB),
            right = low || x->kind == CR_X_SUB;
        right = right && (x->b->kind == CR_X_ADD || x->b->kind == CR_X_SUB);
        cr_buf_text(out, left ? "(" : "");
        numbers(e, out, x->a, owner, entity, row);
        cr_buf_text(out, left ? ")" : "");
        cr_buf_text(out, sign);
        cr_buf_text(out, right ? "(" : "");
        numbers(e, out, x->b, owner, entity, row);
        cr_buf_text(out, right ? ")" : "");
        return;
    }
    const cr_pval *v = cr_plan_shown(e->w->frame->plan, x, owner);
    if (!v || v->reg < 0)
        return;
    cr_type bare = x->type;
    memset(&bare.unit, 0, sizeof bare.unit);
    value_words(
        e, out, &bare, v,
        row_up(e, entity, row, e->w->frame->plan->regs.at[v->rows >= 0 ? v->div : v->reg].space));
}

static int is_arithmetic(const cr_expr *x)
{
    return sign_of(x) != NULL;
}

static cr_str formula(cr_explainer *e, const cr_stmt *s, const cr_expr *x, const void *owner,
                      int32_t entity, uint32_t row)
{
    cr_buf buf = new_buf(e);
    cr_words_expr(&buf, e->policy, s, x, e->zh);
    if (is_arithmetic(x)) {
        cr_buf_text(&buf, " = ");
        numbers(e, &buf, x, owner, entity, row);
    }
    return keep(e, &buf);
}

/* ---- leaves ---- */

static void input_node(cr_explainer *e, const cr_expr *x, const void *owner, int32_t entity,
                       uint32_t row, int depth)
{
    cr_node n = {0};
    const cr_sym_field *f = &e->p->fields.at[x->ref.index];
    if (e->seen_field[x->ref.index] || f->child >= 0)
        return;
    e->seen_field[x->ref.index] = 1;
    const cr_pval *v = cr_plan_shown(e->w->frame->plan, x, owner);
    cr_buf buf = new_buf(e);
    if (v && v->reg >= 0) {
        uint32_t at = row_up(e, entity, row, e->w->frame->plan->regs.at[v->reg].space);
        n.answer = (uint8_t)cr_status_get(e->w, v->reg, at);
        value_words(e, &buf, &f->type, v, at);
    }
    n.kind = CR_NODE_INPUT;
    n.depth = depth;
    n.name = f->name;
    n.label = cr_words_label(&f->decl->label, f->name, e->zh);
    n.value = keep(e, &buf);
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
            row = e->w->spaces[i->space].parent[row];
        else if (i->op != CR_OP_CONV)
            return -1;
        reg = i->a;
    }
    return -1;
}

static void parameter_node(cr_explainer *e, const cr_expr *x, const void *owner, int32_t entity,
                           uint32_t row, int depth)
{
    cr_node n = {0};
    const cr_param *param = &e->p->params.at[x->ref.index];
    const cr_pval *v = cr_plan_shown(e->w->frame->plan, x, owner);
    if (!v || v->reg < 0)
        return;
    uint32_t at = row_up(e, entity, row, e->w->frame->plan->regs.at[v->reg].space);
    int32_t used = table_row(e, v, at);
    cr_buf value = new_buf(e), cite = new_buf(e), when = new_buf(e);
    value_words(e, &value, &param->type, v, at);
    n.answer = (uint8_t)cr_status_get(e->w, v->reg, at);
    if (used >= 0) {
        const cr_prow *r = &e->policy->tables.at[x->ref.index].rows.at[used];
        char day[11];
        if (r->let)
            cr_buf_text(&cite, e->zh ? "本次改用" : "override of this run");
        cr_words_cites(&cite, e->policy, &r->cites, e->w->on, e->zh);
        cr_buf_str(&when, e->policy->regions.at[r->region].code);
        cr_buf_char(&when, ' ');
        cr_buf_str(&when,
                   cr_words_label(&e->policy->regions.at[r->region].label, CR_STR(""), e->zh));
        if (r->from > CR_DATE_MIN) {
            cr_date_text(r->from, day);
            cr_buf_text(&when, e->zh ? "，自 " : ", from ");
            cr_buf_text(&when, day);
        }
        if (e->w->on > r->confirmed_to) {
            cr_date_text(r->confirmed_to, day);
            cr_buf_text(&when, e->zh ? "，仅确认至 " : ", confirmed only to ");
            cr_buf_text(&when, day);
        }
        n.pos = r->row ? r->row->pos : r->let->pos;
    }
    n.kind = CR_NODE_PARAMETER;
    n.depth = depth;
    n.name = param->name;
    n.label = cr_words_label(&param->stmt->label, param->name, e->zh);
    n.value = keep(e, &value);
    n.citation = keep(e, &cite);
    n.formula = keep(e, &when);
    add(e, n);
}

/* ---- definitions ---- */

static void explain_def(cr_explainer *e, int32_t def, uint32_t row, int depth);

/* Names of an expression that were not let go of: the arm not taken is not walked. */
static void walk(cr_explainer *e, const cr_expr *x, const void *owner, int32_t entity, uint32_t row,
                 int depth)
{
    if (!x || e->oom || depth > MOST_DEPTH)
        return;
    if (x->kind == CR_X_IF) {
        int yes = known_bool(e, x->a, owner, entity, row);
        walk(e, x->a, owner, entity, row, depth);
        if (yes != 0)
            walk(e, x->b, owner, entity, row, depth);
        if (yes != 1)
            walk(e, x->c, owner, entity, row, depth);
        return;
    }
    if (x->kind == CR_X_NAME) {
        int32_t at = up(e, entity, x->ref.up);
        if (x->ref.kind == CR_REF_FIELD)
            input_node(e, x, owner, entity, row, depth);
        else if (x->ref.kind == CR_REF_PARAM)
            parameter_node(e, x, owner, entity, row, depth);
        else if (x->ref.kind == CR_REF_DEF && e->p->defs.at[x->ref.index].n_args == 0)
            explain_def(e, x->ref.index, row_up(e, entity, row, at), depth);
        return;
    }
    if (x->kind == CR_X_AGGREGATE) { /* one line for each row of the list */
        int32_t child = e->p->fields.at[x->ref.index].child;
        const cr_space_rows *s = &e->w->spaces[child];
        const cr_expr *of = x->a ? x->a : x->b;
        uint32_t parent = row_up(e, entity, row, e->p->entities.at[child].parent);
        for (uint32_t k = s->off[parent]; of && k < s->off[parent + 1] && k < s->off[parent] + 20;
             k++)
            walk(e, of, owner, child, k, depth);
        return;
    }
    walk(e, x->a, owner, entity, row, depth);
    walk(e, x->b, owner, entity, row, depth);
    walk(e, x->c, owner, entity, row, depth);
    for (uint32_t i = 0; i < x->args.n; i++)
        walk(e, x->args.at[i], owner, entity, row, depth);
}

static cr_str cites_text(cr_explainer *e, const cr_cites *cites)
{
    cr_buf buf = new_buf(e);
    cr_words_cites(&buf, e->policy, cites, e->w->on, e->zh);
    return keep(e, &buf);
}

static const cr_version *version_on(const cr_def *d, int32_t on)
{
    for (uint32_t i = 0; i < d->versions.n; i++)
        if (d->versions.at[i].from <= on && on <= d->versions.at[i].to)
            return &d->versions.at[i];
    return NULL;
}

static int clause_on(const cr_clause *c, int32_t on)
{
    return c->period.from <= on && on <= c->period.to;
}

static void explain_conditions(cr_explainer *e, const cr_version *v, int32_t entity, uint32_t row,
                               int depth)
{
    for (uint32_t i = 0; i < v->stmt->clauses.n && !e->oom; i++) {
        const cr_clause *c = &v->stmt->clauses.at[i];
        if ((c->kind != CR_C_CONDITION && c->kind != CR_C_ARM) || !clause_on(c, e->w->on) ||
            !c->cond)
            continue;
        cr_node n = {0};
        int holds = known_bool(e, c->cond, v, entity, row);
        if (c->kind == CR_C_ARM && holds == 0)
            continue;
        n.kind = CR_NODE_CONDITION;
        n.depth = depth;
        n.passed = (int8_t)(holds < 0 ? -1 : c->group == CR_GROUP_NONE ? !holds : holds);
        n.name = c->name;
        n.label =
            cr_words_label(n.passed == 0 && c->fails.zh.n ? &c->fails : &c->label, c->name, e->zh);
        if (c->group == CR_GROUP_NONE && n.passed >= 0)
            n.value = n.passed ? (e->zh ? CR_STR("无此情形") : CR_STR("does not apply"))
                      : e->zh  ? CR_STR("有此情形")
                               : CR_STR("applies");
        n.formula = formula(e, v->stmt, c->cond, v, entity, row);
        n.citation = cites_text(e, &c->cites);
        n.pos = c->pos;
        add(e, n);
        walk(e, c->cond, v, entity, row, depth + 1);
        if (c->kind == CR_C_ARM && holds == 1)
            return;
    }
}

static void rounding_node(cr_explainer *e, const cr_stmt *s, int depth)
{
    cr_node n = {0};
    if (s->rounded_by.n == 0 && s->rounding.pos.line == 0)
        return;
    n.kind = CR_NODE_ROUNDING;
    n.depth = depth;
    n.pos = s->rounded_pos;
    n.name = s->rounded_by;
    if (s->rounded_by.n) {
        const cr_param *param = &e->p->params.at[s->rounded_ref.index];
        int32_t row =
            cr_ptable_find(e->policy, &e->policy->tables.at[s->rounded_ref.index], 0, 0, e->w->on);
        n.label = cr_words_label(&param->stmt->label, param->name, e->zh);
        if (row >= 0) {
            const cr_value_decl *d =
                &e->p->enums.at[param->type.index]
                     .values[e->policy->tables.at[s->rounded_ref.index].rows.at[row].value];
            n.value = cr_words_label(&d->label, d->name, e->zh);
            n.citation =
                cites_text(e, &e->policy->tables.at[s->rounded_ref.index].rows.at[row].cites);
        }
    } else {
        n.label = e->zh ? CR_STR("取整") : CR_STR("rounding");
    }
    add(e, n);
}

static void explain_define(cr_explainer *e, const cr_version *v, int32_t entity, uint32_t row,
                           int depth)
{
    for (uint32_t i = 0; i < v->stmt->clauses.n && !e->oom; i++) {
        const cr_clause *c = &v->stmt->clauses.at[i];
        if (c->kind == CR_C_WHERE || !clause_on(c, e->w->on))
            continue;
        int holds = c->kind == CR_C_WHEN ? known_bool(e, c->cond, v, entity, row) : 1;
        if (holds == 0)
            continue;
        if (c->kind == CR_C_WHEN) {
            cr_node n = {0};
            n.kind = CR_NODE_CASE;
            n.depth = depth;
            n.passed = (int8_t)holds;
            n.label = formula(e, v->stmt, c->cond, v, entity, row);
            n.pos = c->pos;
            add(e, n);
            walk(e, c->cond, v, entity, row, depth + 1);
        }
        walk(e, c->value, v, entity, row, depth);
        if (holds == 1)
            return;
    }
}

static cr_str def_formula(cr_explainer *e, const cr_version *v, int32_t entity, uint32_t row)
{
    for (uint32_t i = 0; i < v->stmt->clauses.n; i++) {
        const cr_clause *c = &v->stmt->clauses.at[i];
        if (c->kind == CR_C_WHERE || c->kind == CR_C_CONDITION || c->kind == CR_C_ARM ||
            !clause_on(c, e->w->on))
            continue;
        int holds = c->kind == CR_C_WHEN ? known_bool(e, c->cond, v, entity, row) : 1;
        if (holds == 1)
            return formula(e, v->stmt, c->value, v, entity, row);
        if (holds < 0)
            break;
    }
    return CR_STR("");
}

static void explain_def(cr_explainer *e, int32_t def, uint32_t row, int depth)
{
    const cr_def *d = &e->p->defs.at[def];
    const cr_plan_def *value = &e->w->frame->plan->defs[def];
    const cr_version *v = version_on(d, e->w->on);
    cr_node n = {0};
    int first = !e->seen[def];
    if (value->value.reg < 0 || e->oom)
        return;
    e->seen[def] = 1;
    cr_buf buf = new_buf(e);
    value_words(e, &buf, &d->type, &value->value, row);
    n.kind = CR_NODE_OUTPUT;
    n.depth = depth;
    n.answer = (uint8_t)cr_status_get(
        e->w, value->value.rows >= 0 ? value->value.div : value->value.reg, row);
    n.passed = d->type.kind == CR_T_BOOL && !n.answer
                   ? (int8_t)(cr_lane_get(e->w, value->value.reg, row) != 0)
                   : (int8_t)-1;
    n.name = d->name;
    n.label = cr_words_label(&d->label, d->name, e->zh);
    n.value = keep(e, &buf);
    if (v) {
        n.pos = v->stmt->name_pos;
        n.citation = cites_text(e, &v->stmt->cites);
        n.formula = def_formula(e, v, d->entity, row);
    }
    add(e, n);
    if (!v || !first)
        return;
    if (d->kind == CR_DEF_DEFINE)
        explain_define(e, v, d->entity, row, depth + 1);
    else
        explain_conditions(e, v, d->entity, row, depth + 1);
    rounding_node(e, v->stmt, depth + 1);
}

int cr_explain(cr_explanation *out, cr_workspace *w, int32_t def, uint32_t row, int lang)
{
    cr_explainer e = {0};
    e.out = out;
    e.w = w;
    e.policy = w->calc->policy;
    e.p = &e.policy->program;
    e.zh = lang != 0;
    cr_arena_free(&out->arena);
    memset(&out->nodes, 0, sizeof out->nodes);
    cr_arena_init(&out->arena, w->alloc);
    e.seen = cr_arena_get(&out->arena, (size_t)e.p->defs.n + 1, 1);
    e.seen_field = cr_arena_get(&out->arena, (size_t)e.p->fields.n + 1, 1);
    if (!e.seen || !e.seen_field)
        return 2;
    explain_def(&e, def, row, 0);
    return e.oom ? 2 : 0;
}
