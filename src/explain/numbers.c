/* SPDX-License-Identifier: Apache-2.0 */
/* Values as an official reads them, and formulas with the numbers put in: `standard − income =
   1935.00 − 900.00`. */
#include <string.h>

#include "explain/explain_internal.h"

enum { MOST_TERMS = 12 }; /* of a sum; a longer one is shown as its total */

/* ---- where a value stands ---- */

uint32_t cr_explain_up(const cr_explainer *e, int32_t entity, uint32_t row, int32_t to)
{
    return cr_row_up(e->w, entity, row, to);
}

static int32_t status_register(const cr_pval *v)
{
    return v->rows >= 0 ? v->div : v->reg;
}

const cr_pval *cr_explain_shown(const cr_explainer *e, const cr_expr *x, const cr_place *at,
                                uint32_t *row)
{
    const cr_plan *plan = e->w->frame->plan;
    const cr_pval *v = cr_plan_shown(plan, x, at->owner);
    if (!v || v->reg < 0)
        return NULL;
    *row = cr_explain_up(e, at->entity, at->row, plan->regs.at[status_register(v)].space);
    return v;
}

int cr_explain_answer(const cr_explainer *e, const cr_expr *x, const cr_place *at)
{
    uint32_t row;
    const cr_pval *v = cr_explain_shown(e, x, at, &row);
    return v ? cr_status_get(e->w, status_register(v), row) : -1;
}

int cr_explain_truth(const cr_explainer *e, const cr_expr *x, const cr_place *at)
{
    uint32_t row;
    const cr_pval *v = cr_explain_shown(e, x, at, &row);
    if (!v || cr_status_get(e->w, v->reg, row))
        return -1;
    return cr_lane_get(e->w, v->reg, row) != 0;
}

int cr_explain_is_zero(const cr_explainer *e, const cr_expr *x, const cr_place *at)
{
    uint32_t row;
    const cr_pval *v = cr_explain_shown(e, x, at, &row);
    return v && v->rows < 0 && !cr_status_get(e->w, v->reg, row) &&
           cr_lane_get(e->w, v->reg, row) == 0;
}

/* ---- values ---- */

void cr_explain_row_id(const cr_explainer *e, cr_buf *out, int32_t entity, uint32_t row)
{
    cr_str id = cr_row_called(e->ids, entity, row);
    cr_space_rows *s = &e->w->spaces[entity];
    if (id.n)
        cr_buf_str(out, id);
    else /* its place in the list, from 1 */
        cr_buf_i64(out, (int64_t)row - s->off[cr_parent_rows(s)[row]] + 1);
}

static void rows_value(cr_explainer *e, cr_buf *out, const cr_pval *v, uint32_t row)
{
    const cr_space_rows *space = &e->w->spaces[v->rows];
    int any = 0;
    for (uint32_t k = space->off[row]; k < space->off[row + 1]; k++)
        if (cr_lane_get(e->w, v->reg, k)) {
            cr_buf_text(out, any++ ? (e->zh ? "、" : ", ") : "");
            cr_explain_row_id(e, out, v->rows, k);
        }
    if (!any)
        cr_buf_text(out, e->zh ? "无" : "none");
}

static void set_value(cr_explainer *e, cr_buf *out, const cr_type *type, cr_i128 num)
{
    const cr_enum *set = &e->p->enums.at[type->index];
    int any = 0;
    for (uint32_t i = 0; i < set->n_values && i < 64; i++)
        if ((uint64_t)num >> i & 1) {
            cr_buf_text(out, any++ ? (e->zh ? "、" : ", ") : "");
            cr_buf_str(out, cr_words_label(&set->values[i].label, set->values[i].name, e->zh));
        }
    if (!any)
        cr_buf_text(out, e->zh ? "无" : "none");
}

static void known_value(cr_explainer *e, cr_buf *out, const cr_type *type, cr_i128 num, cr_i128 den)
{
    char text[120];
    if (type->kind == CR_T_BOOL) {
        cr_buf_text(out, num ? (e->zh ? "是" : "yes") : e->zh ? "否" : "no");
    } else if ((cr_type_is_time(type) && num == CR_NEVER) || (type->kind == CR_T_ENUM && num < 0)) {
        cr_buf_text(out, e->zh ? "无" : "none");
    } else if (type->kind == CR_T_ENUM) {
        const cr_value_decl *d = &e->p->enums.at[type->index].values[num];
        cr_buf_str(out, cr_words_label(&d->label, d->name, e->zh));
    } else if (type->kind == CR_T_SET) {
        set_value(e, out, type, num);
    } else if (type->kind == CR_T_REASON) {
        const cr_reason *r = &e->p->reasons.at[(uint32_t)num];
        cr_buf_str(out, cr_words_label(&r->label, r->name, e->zh));
    } else {
        cr_buf_put(out, text, cr_value_text(e->policy, type, num, den, text, sizeof text));
        if (type->kind == CR_T_REGION && num >= 0 && num < e->policy->regions.n) {
            cr_buf_char(out, ' ');
            cr_buf_str(out, cr_words_label(&e->policy->regions.at[(uint32_t)num].label, CR_STR(""),
                                           e->zh));
        }
        if (type->kind == CR_T_NUMBER && !cr_unit_none(type->unit)) {
            cr_buf_text(out, e->zh ? "" : " ");
            cr_unit_text(out, type->unit, e->zh);
        }
    }
}

void cr_explain_value(cr_explainer *e, cr_buf *out, const cr_type *type, const cr_pval *v,
                      uint32_t row)
{
    static const char *const words[][2] = {{"", ""},
                                           {"undetermined", "尚不能确定"},
                                           {"no data", "无数据"},
                                           {"not in force", "当时无此规定"},
                                           {"invalid", "输入有误"}};
    int answer = cr_status_get(e->w, status_register(v), row);
    cr_rat exact = {0, 1};
    cr_wide wide[2];
    if (answer) {
        cr_buf_text(out, words[answer][e->zh]);
    } else if (v->rows >= 0) {
        rows_value(e, out, v, row);
    } else if (cr_value_get(e->w, v, row, &exact, wide)) {
        cr_wide_text(out, &wide[0]);
        cr_buf_char(out, '/');
        cr_wide_text(out, &wide[1]);
    } else {
        known_value(e, out, type, exact.num, exact.den);
    }
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

static int is_comparison(const cr_expr *x)
{
    return x->kind == CR_X_LT || x->kind == CR_X_LE || x->kind == CR_X_GT || x->kind == CR_X_GE;
}

static int is_sum(const cr_expr *x)
{
    return x->kind == CR_X_AGGREGATE && x->op == CR_AGG_SUM && x->a;
}

static int has_numbers(const cr_expr *x)
{
    if (x->kind == CR_X_CONVERT || x->kind == CR_X_FOR_ONE)
        return has_numbers(x->a);
    return sign_of(x) || is_sum(x) || x->kind == CR_X_HIGHEST || x->kind == CR_X_LOWEST;
}

static void numbers(cr_explainer *e, cr_buf *out, const cr_expr *x, const cr_place *at);

static void number(cr_explainer *e, cr_buf *out, const cr_expr *x, const cr_place *at)
{
    uint32_t row;
    const cr_pval *v = cr_explain_shown(e, x, at, &row);
    cr_type bare = x->type;
    memset(&bare.unit, 0, sizeof bare.unit);
    if (v)
        cr_explain_value(e, out, &bare, v, row);
}

static void bracketed(cr_explainer *e, cr_buf *out, const cr_expr *x, const cr_place *at,
                      int bracket)
{
    cr_buf_text(out, bracket ? "(" : "");
    numbers(e, out, x, at);
    cr_buf_text(out, bracket ? ")" : "");
}

static void infix(cr_explainer *e, cr_buf *out, const cr_expr *x, const cr_place *at)
{
    int tight = x->kind == CR_X_MUL || x->kind == CR_X_DIV;
    int left = x->a->kind == CR_X_ADD || x->a->kind == CR_X_SUB,
        right = x->b->kind == CR_X_ADD || x->b->kind == CR_X_SUB;
    bracketed(e, out, x->a, at, left && tight);
    cr_buf_text(out, sign_of(x));
    bracketed(e, out, x->b, at, right && (tight || x->kind == CR_X_SUB));
}

/* The rows that are in, one term each; few enough to be read. */
static void sum(cr_explainer *e, cr_buf *out, const cr_expr *x, const cr_place *at)
{
    cr_place k = {at->owner, e->p->fields.at[x->ref.index].child, 0};
    const cr_space_rows *s = &e->w->spaces[k.entity];
    uint32_t parent = cr_explain_up(e, at->entity, at->row, e->p->entities.at[k.entity].parent);
    uint32_t first = s->off[parent], n = s->off[parent + 1] - first, any = 0;
    if (n > MOST_TERMS || cr_explain_answer(e, x, at) != CR_KNOWN) {
        number(e, out, x, at);
        return;
    }
    for (k.row = first; k.row < first + n; k.row++)
        if (!x->b || cr_explain_truth(e, x->b, &k) != 0) {
            cr_buf_text(out, any++ ? " + " : "");
            number(e, out, x->a, &k);
        }
    if (!any)
        number(e, out, x, at);
}

static void numbers(cr_explainer *e, cr_buf *out, const cr_expr *x, const cr_place *at)
{
    if (sign_of(x)) {
        infix(e, out, x, at);
    } else if (is_sum(x)) {
        sum(e, out, x, at);
    } else if (x->kind == CR_X_HIGHEST || x->kind == CR_X_LOWEST) {
        cr_buf_text(out, e->zh                     ? x->kind == CR_X_HIGHEST ? "取高(" : "取低("
                         : x->kind == CR_X_HIGHEST ? "max("
                                                   : "min(");
        for (uint32_t i = 0; i < x->args.n; i++) {
            cr_buf_text(out, i ? ", " : "");
            numbers(e, out, x->args.at[i], at);
        }
        cr_buf_char(out, ')');
    } else {
        number(e, out, x, at);
    }
}

void cr_explain_formula(cr_explainer *e, cr_buf *out, const cr_stmt *s, const cr_expr *x,
                        const cr_place *at)
{
    cr_words_expr(out, e->policy, s, x, e->zh);
    if (!has_numbers(x))
        return;
    size_t before = out->n;
    cr_buf_text(out, " = ");
    size_t start = out->n;
    numbers(e, out, x, at);
    if (out->n == start) /* nothing was kept */
        out->n = before;
    else if (is_comparison(x) && cr_explain_truth(e, x, at) == 0)
        cr_buf_text(out, e->zh ? "，不成立" : ", which does not hold");
}
