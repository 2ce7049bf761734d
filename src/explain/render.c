/* SPDX-License-Identifier: Apache-2.0 */
/* A module read aloud: its rules as numbered sentences. */
#include <string.h>

#include "explain/explain.h"

typedef struct cr_render_state {
    cr_buf *out;
    const cr_policy *policy;
    int zh;
    int number;
} cr_render_state;

static void period(cr_render_state *r, int32_t from, int32_t to)
{
    char day[11];
    if (from > CR_DATE_MIN) {
        cr_date_text(from, day);
        cr_buf_text(r->out, r->zh ? "自 " : "from ");
        cr_buf_text(r->out, day);
        cr_buf_text(r->out, r->zh ? " 起" : " on");
    }
    if (to < CR_DATE_MAX) {
        cr_date_text(to, day);
        cr_buf_text(r->out, from > CR_DATE_MIN ? (r->zh ? "，" : ", ") : "");
        cr_buf_text(r->out, r->zh ? "至 " : "to ");
        cr_buf_text(r->out, day);
        cr_buf_text(r->out, r->zh ? " 止" : "");
    }
}

static void line_period(cr_render_state *r, cr_period p)
{
    if (p.from == CR_DATE_MIN && p.to == CR_DATE_MAX)
        return;
    cr_buf_text(r->out, r->zh ? "（" : " (");
    period(r, p.from, p.to);
    cr_buf_text(r->out, r->zh ? "）" : ")");
}

static void words(cr_render_state *r, const cr_stmt *s, const cr_expr *x)
{
    cr_words_expr(r->out, r->policy, s, x, r->zh);
}

static void define_lines(cr_render_state *r, const cr_stmt *s, const cr_def *d)
{
    for (uint32_t i = 0; i < s->clauses.n; i++) {
        const cr_clause *c = &s->clauses.at[i];
        cr_buf_text(r->out, "\n   - ");
        if (c->kind == CR_C_WHEN) {
            cr_buf_text(r->out, r->zh ? "当" : "when ");
            words(r, s, c->cond);
            cr_buf_text(r->out, r->zh ? "时，为 " : ": ");
        } else if (c->kind == CR_C_OTHERWISE) {
            cr_buf_text(r->out, r->zh ? "其他情形，为 " : "otherwise: ");
        } else if (c->kind == CR_C_WHERE) {
            cr_buf_text(r->out, r->zh ? "其中 " : "where ");
            cr_buf_str(r->out, cr_words_label(&c->label, c->name, r->zh));
            cr_buf_text(r->out, " = ");
        } else if (d->type.kind == CR_T_BOOL) {
            cr_buf_text(r->out, r->zh ? "即：" : "that is: ");
        } else {
            cr_buf_text(r->out, r->zh ? "等于 " : "is ");
        }
        words(r, s, c->value);
        line_period(r, c->period);
        cr_buf_text(r->out, r->zh ? "；" : ";");
    }
}

static void group_words(cr_render_state *r, const cr_clause *c)
{
    static const char *const zh[] = {"须同时满足", "须满足其中之一", "不得有下列情形",
                                     "须至少满足"};
    static const char *const en[] = {"all of", "any of", "none of", "at least"};
    cr_buf_text(r->out, "\n   ");
    cr_buf_text(r->out, r->zh ? zh[c->group] : en[c->group]);
    if (c->group == CR_GROUP_AT_LEAST) {
        cr_buf_char(r->out, ' ');
        cr_buf_i64(r->out, c->at_least);
        cr_buf_text(r->out, r->zh ? " 项" : " of");
    }
    cr_buf_text(r->out, r->zh ? "：" : ":");
}

/* The label, and what it stands for where that says more. */
static void condition(cr_render_state *r, const cr_stmt *s, const cr_clause *c)
{
    cr_str label = cr_words_label(&c->label, c->name, r->zh);
    cr_buf_str(r->out, label);
    size_t end = r->out->n;
    cr_buf_text(r->out, r->zh ? "：" : ": ");
    size_t from = r->out->n;
    words(r, s, c->cond);
    cr_str said = {r->out->p + from, r->out->n - from};
    if (!r->out->oom && cr_str_eq(label, said))
        r->out->n = end; /* what follows ends the text again */
}

static void condition_lines(cr_render_state *r, const cr_stmt *s)
{
    uint16_t group = 0;
    for (uint32_t i = 0; i < s->clauses.n; i++) {
        const cr_clause *c = &s->clauses.at[i];
        if (c->group_no != group)
            group_words(r, c);
        group = c->group_no;
        cr_buf_text(r->out, "\n   - ");
        if (s->kind == CR_S_REQUIRE) {
            cr_buf_text(r->out, r->zh ? "须符合：" : "must hold: ");
            words(r, s, c->cond);
        } else {
            condition(r, s, c);
        }
        line_period(r, c->period);
        cr_buf_text(r->out, r->zh ? "；" : ";");
    }
}

static void arm_lines(cr_render_state *r, const cr_stmt *s, const cr_def *d)
{
    for (uint32_t i = 0; i < s->clauses.n; i++) {
        const cr_clause *c = &s->clauses.at[i];
        cr_buf_text(r->out, "\n   - ");
        if (c->cond) {
            cr_buf_text(r->out, r->zh ? "当" : "when ");
            words(r, s, c->cond);
            cr_buf_text(r->out, r->zh ? "时，为 " : ": ");
        } else {
            cr_buf_text(r->out, r->zh ? "其他情形，为 " : "otherwise: ");
        }
        if (d->type.kind == CR_T_ENUM)
            cr_buf_str(r->out,
                       cr_words_label(
                           &r->policy->program.enums.at[d->type.index].values[c->value_index].label,
                           c->name, r->zh));
        else if (d->type.kind == CR_T_BOOL)
            cr_buf_text(r->out, c->value_index ? (r->zh ? "是" : "yes") : (r->zh ? "否" : "no"));
        else
            cr_buf_str(r->out, c->name);
        if (c->reason_label.zh.n) {
            cr_buf_text(r->out, r->zh ? "（原因：" : " (reason: ");
            cr_buf_str(r->out, cr_words_label(&c->reason_label, c->reason, r->zh));
            cr_buf_text(r->out, r->zh ? "）" : ")");
        }
        line_period(r, c->period);
        cr_buf_text(r->out, r->zh ? "；" : ";");
    }
}

static void rounding_words(cr_render_state *r, const cr_stmt *s)
{
    if (s->rounded_by.n == 0 && s->rounding.pos.line == 0)
        return;
    cr_buf_text(r->out, r->zh ? "\n   取整：" : "\n   rounded: ");
    if (s->rounded_by.n) {
        const cr_param *p = &r->policy->program.params.at[s->rounded_ref.index];
        cr_buf_text(r->out, r->zh ? "按“" : "by ");
        cr_buf_str(r->out, cr_words_label(&p->stmt->label, p->name, r->zh));
        cr_buf_text(r->out, r->zh ? "”" : "");
    } else {
        cr_words_rounding(r->out, &s->rounding, r->zh);
    }
}

static void place_words(cr_render_state *r, cr_str code)
{
    int32_t region = code.n ? cr_policy_region(r->policy, code) : -1;
    if (region < 0)
        return;
    cr_buf_text(r->out, r->zh ? "，限" : ", in ");
    cr_buf_str(r->out, cr_words_label(&r->policy->regions.at[region].label, code, r->zh));
}

static void sentence(cr_render_state *r, const cr_def *d, const cr_version *v)
{
    cr_buf_i64(r->out, ++r->number);
    cr_buf_text(r->out, ". ");
    cr_buf_str(r->out, cr_words_label(&d->label, d->name, r->zh));
    cr_buf_text(r->out, r->zh ? "（" : " (");
    cr_buf_str(r->out, d->name);
    cr_buf_text(r->out, r->zh ? "）" : ")");
    if (v->from > CR_DATE_MIN || v->to < CR_DATE_MAX) {
        cr_buf_text(r->out, r->zh ? "，" : ", ");
        period(r, v->from, v->to);
    }
    place_words(r, v->region);
    if (v->stmt->known)
        cr_buf_text(r->out, r->zh ? "，未知的情形不计" : ", what is not known does not hold");
    cr_buf_text(r->out, r->zh ? "：" : ":");
    if (d->kind == CR_DEF_DEFINE)
        define_lines(r, v->stmt, d);
    else if (d->kind == CR_DEF_STATUS)
        arm_lines(r, v->stmt, d);
    else
        condition_lines(r, v->stmt);
    rounding_words(r, v->stmt);
    if (v->stmt->cites.n) {
        cr_buf_text(r->out, r->zh ? "\n   依据：" : "\n   source: ");
        cr_words_cites(r->out, r->policy, &v->stmt->cites, CR_DATE_MIN, r->zh);
        cr_buf_text(r->out, r->zh ? "。" : ".");
    }
    cr_buf_text(r->out, "\n\n");
}

static void heading(cr_render_state *r, const char *marks, const cr_label *label, cr_str name)
{
    cr_buf_text(r->out, marks);
    cr_buf_str(r->out, cr_words_label(label, name, r->zh));
    cr_buf_text(r->out, "\n\n");
}

static uint32_t root_of(const cr_program *p, const cr_def *d)
{
    int32_t e = d->entity;
    while (p->entities.at[e].parent >= 0)
        e = p->entities.at[e].parent;
    return (uint32_t)e;
}

/* 2 stands for all above 1. */
static int roots_of(const cr_program *p, cr_str module)
{
    int32_t first = -1;
    for (uint32_t i = 0; i < p->defs.n; i++) {
        if (!cr_str_eq(p->defs.at[i].module, module) || p->defs.at[i].versions.n == 0)
            continue;
        int32_t root = (int32_t)root_of(p, &p->defs.at[i]);
        if (first >= 0 && root != first)
            return 2;
        first = root;
    }
    return 1;
}

int cr_render(cr_buf *out, const cr_policy *policy, cr_str module, int lang)
{
    cr_render_state r = {out, policy, lang != 0, 0};
    const cr_program *p = &policy->program;
    const cr_stmt *m = NULL;
    for (uint32_t i = 0; i < p->modules.n; i++)
        if (cr_str_eq(p->modules.at[i].name, module))
            m = p->modules.at[i].stmt;
    if (!m)
        return 1;
    heading(&r, "# ", &m->label, m->name);
    int several = roots_of(p, module) > 1;
    for (uint32_t i = 0, root = (uint32_t)-1; i < p->defs.n; i++) {
        if (!cr_str_eq(p->defs.at[i].module, module) || p->defs.at[i].versions.n == 0)
            continue;
        if (several && root_of(p, &p->defs.at[i]) != root) {
            root = root_of(p, &p->defs.at[i]);
            heading(&r, "## ", &p->entities.at[root].label, p->entities.at[root].name);
        }
        for (uint32_t v = 0; v < p->defs.at[i].versions.n; v++)
            sentence(&r, &p->defs.at[i], &p->defs.at[i].versions.at[v]);
    }
    return 0;
}
