/* SPDX-License-Identifier: Apache-2.0 */
/* Timelines: the answers of every month kept side by side; changes with what is new behind them. */
#include <string.h>

#include "api/handles.h"
#include "base/date.h"
#include "engine/grounds.h"

static const cr_str NONE = {NULL, 0};

typedef struct cr_month { /* one answer, its texts in the arena */
    civ_value value;
    int32_t rule_from;
    int64_t paid;
    uint8_t has_paid;
} cr_month;

typedef struct cr_series {
    uint32_t output, row;
    int32_t reason; /* series of the reason that goes with it; -1 = none */
    cr_month *months;
    cr_grounds before; /* of the month evaluated last */
} cr_series;

typedef struct cr_change {
    uint32_t series, month;
    uint32_t first_ground, n_grounds;
} cr_change;

struct civ_timeline {
    cr_arena arena;
    civ_calculator *calculator;
    uint32_t n_months;
    cr_series *series;
    uint32_t n_series;
    CR_VEC(cr_change) changes;
    CR_VEC(civ_ground) grounds;
};

static const cr_def *def_of(const civ_timeline *t, uint32_t output)
{
    const cr_calculator *calc = &t->calculator->core;
    return &calc->policy->program.defs.at[calc->outputs.at[output].def];
}

static cr_str kept_text(civ_timeline *t, cr_buf *buf)
{
    cr_str s = {buf->p, buf->n};
    s = cr_arena_text(&t->arena, s);
    cr_buf_free(buf);
    return s;
}

/* ---- grounds with their names ---- */

static void row_name(civ_timeline *t, const cr_ground *g, civ_ground *out, cr_buf *keys)
{
    const cr_policy *policy = t->calculator->core.policy;
    const cr_param *param = &policy->program.params.at[g->index];
    const cr_prow *row = &policy->tables.at[g->index].rows.at[g->extra];
    out->kind = CIV_GROUND_PARAMETER;
    out->from = row->from == CR_DATE_MIN ? INT32_MIN : row->from;
    out->name = cr_text(param->name);
    out->label_en = cr_text(param->stmt->label.en);
    out->label_zh = cr_text(param->stmt->label.zh);
    cr_buf_char(keys, '[');
    for (uint32_t i = 0; row->row && i < row->row->keys.n; i++) {
        const cr_row_key *key = &row->row->keys.at[i];
        cr_buf_text(keys, i ? "," : "");
        cr_buf_str(keys, key->text);
    }
    cr_buf_char(keys, ']');
}

static void fact_name(civ_timeline *t, const cr_ground *g, civ_ground *out, cr_buf *value,
                      cr_buf *path)
{
    const cr_policy *policy = t->calculator->core.policy;
    const cr_sym_field *f = &policy->program.fields.at[g->index];
    char text[96];
    cr_i128 den = 1;
    for (int32_t i = 0; f->type.kind == CR_T_NUMBER && i < f->type.decimals; i++)
        den *= 10;
    out->kind = CIV_GROUND_FACT;
    out->row = g->row;
    out->label_en = cr_text(f->decl->label.en);
    out->label_zh = cr_text(f->decl->label.zh);
    cr_field_path(path, &policy->program, g->index);
    if (g->cell == CR_CELL_KNOWN)
        cr_buf_put(value, text, cr_value_text(policy, &f->type, g->value, den, text, sizeof text));
}

static const cr_cites *cites_of(const civ_timeline *t, const cr_ground *g, int32_t on)
{
    const cr_policy *policy = t->calculator->core.policy;
    if (g->kind == CR_GROUND_ROW)
        return &policy->tables.at[g->index].rows.at[g->extra].cites;
    const cr_def *d = &policy->program.defs.at[g->index];
    for (uint32_t v = 0; v < d->versions.n; v++)
        if (d->versions.at[v].from <= on && on <= d->versions.at[v].to)
            return &d->versions.at[v].stmt->cites;
    return &d->versions.at[0].stmt->cites;
}

static int fill_ground(civ_timeline *t, const cr_ground *g, int32_t on, civ_ground *out)
{
    const cr_policy *policy = t->calculator->core.policy;
    cr_alloc alloc = t->calculator->engine->alloc;
    cr_buf detail, path, cites[2];
    cr_buf_init(&detail, alloc);
    cr_buf_init(&path, alloc);
    cr_buf_init(&cites[0], alloc);
    cr_buf_init(&cites[1], alloc);
    memset(out, 0, sizeof *out);
    if (g->kind == CR_GROUND_ROW) {
        row_name(t, g, out, &detail);
    } else if (g->kind == CR_GROUND_FACT) {
        fact_name(t, g, out, &detail, &path);
    } else {
        const cr_def *d = &policy->program.defs.at[g->index];
        out->kind = CIV_GROUND_RULE;
        out->from = g->extra == CR_DATE_MIN ? INT32_MIN : g->extra;
        out->name = cr_text(d->name);
        out->label_en = cr_text(d->label.en);
        out->label_zh = cr_text(d->label.zh);
    }
    for (int zh = 0; zh < 2 && g->kind != CR_GROUND_FACT; zh++)
        cr_words_cites(&cites[zh], policy, cites_of(t, g, on), on, zh);
    int oom = detail.oom || path.oom || cites[0].oom || cites[1].oom || t->arena.oom;
    out->citation_en = cr_text(kept_text(t, &cites[0]));
    out->citation_zh = cr_text(kept_text(t, &cites[1]));
    out->detail = cr_text(kept_text(t, &detail));
    cr_str name = kept_text(t, &path);
    if (g->kind == CR_GROUND_FACT)
        out->name = cr_text(name);
    return oom || t->arena.oom ? 2 : 0;
}

/* ---- one month ---- */

static int same_value(const civ_value *a, const civ_value *b)
{
    return a->answer == b->answer && a->is_none == b->is_none && a->number == b->number &&
           a->denominator == b->denominator && a->text.length == b->text.length &&
           (a->text.length == 0 || memcmp(a->text.data, b->text.data, a->text.length) == 0);
}

static int note_change(civ_timeline *t, uint32_t series, uint32_t month, const cr_grounds *now,
                       int32_t on)
{
    const cr_series *s = &t->series[series];
    cr_change change = {series, month, t->grounds.n, 0};
    for (uint32_t i = 0; i < now->n; i++) {
        civ_ground ground;
        if (cr_grounds_have(&s->before, &now->at[i]))
            continue;
        if (fill_ground(t, &now->at[i], on, &ground) || !CR_PUSH(&t->arena, t->grounds, ground))
            return 2;
        change.n_grounds++;
    }
    return CR_PUSH(&t->arena, t->changes, change) ? 0 : 2;
}

static int keep_value(civ_timeline *t, cr_series *s, civ_workspace *w, uint32_t month)
{
    civ_value v = CIV_VALUE_INIT;
    if (civ_result_value(&v, w, s->output, s->row))
        return 2;
    civ_text *const texts[] = {&v.text, &v.label_en, &v.label_zh};
    for (int i = 0; i < (v.kind == CIV_KIND_SET ? 3 : 1); i++) { /* the workspace's */
        cr_str text = {texts[i]->data, texts[i]->length};
        *texts[i] = cr_text(cr_arena_text(&t->arena, text));
    }
    s->months[month].value = v;
    return t->arena.oom ? 2 : 0;
}

static int32_t rule_from(const civ_timeline *t, uint32_t output, int32_t on)
{
    return cr_wording_since(def_of(t, output), on);
}

static int keep_series(civ_timeline *t, civ_workspace *w, uint32_t series, uint32_t month)
{
    cr_series *s = &t->series[series];
    const cr_output *o = &t->calculator->core.outputs.at[s->output];
    const cr_plan_def *d = &w->core->frame->plan->defs[o->def];
    cr_grounds now = {t->calculator->engine->alloc, NULL, 0, 0};
    int bad = keep_value(t, s, w, month) ||
              cr_grounds_find(w->core, o->reason ? &d->reason : &d->value, s->row, &now);
    s->months[month].rule_from = rule_from(t, s->output, w->core->on);
    if (!bad && month > 0 && !same_value(&s->months[month - 1].value, &s->months[month].value))
        bad = note_change(t, series, month, &now, w->core->on);
    cr_grounds_free(&s->before);
    s->before = now;
    return bad ? 2 : 0;
}

/* ---- series ---- */

static int is_list(const civ_timeline *t, uint32_t output)
{
    return !t->calculator->core.outputs.at[output].reason &&
           def_of(t, output)->type.kind == CR_T_ROWS;
}

static int named(const civ_timeline *t, uint32_t output, cr_str head, const char *tail)
{
    cr_str name = t->calculator->core.outputs.at[output].name;
    size_t n = strlen(tail);
    return name.n == head.n + n && memcmp(name.p, head.p, head.n) == 0 &&
           memcmp(name.p + head.n, tail, n) == 0;
}

/* `m.x.reason`, `m.x_reason`, then `m.reason` of the row, or of a row above it. */
static int32_t reason_of(const civ_timeline *t, uint32_t output)
{
    const cr_calculator *calc = &t->calculator->core;
    cr_str name = calc->outputs.at[output].name, module = def_of(t, output)->module;
    static const char *const tails[] = {".reason", "_reason", ".reason"};
    for (int form = 0; form < 3; form++)
        for (int32_t e = def_of(t, output)->entity; e >= 0;
             e = calc->policy->program.entities.at[e].parent)
            for (uint32_t i = 0; i < calc->outputs.n; i++)
                if (calc->outputs.at[i].reason && def_of(t, i)->entity == e &&
                    named(t, i, form < 2 ? name : module, tails[form]))
                    return (int32_t)i;
    return -1;
}

/* The series of the reason, in the row that it stands in. */
static void link_reasons(civ_timeline *t, const civ_workspace *w)
{
    for (uint32_t i = 0; i < t->n_series; i++) {
        cr_series *s = &t->series[i];
        int32_t output = reason_of(t, s->output);
        s->reason = -1;
        if (output < 0 || t->calculator->core.outputs.at[s->output].reason)
            continue;
        uint32_t row = cr_row_up(w->core, def_of(t, s->output)->entity, s->row,
                                 def_of(t, (uint32_t)output)->entity);
        for (uint32_t k = 0; k < t->n_series; k++)
            if (t->series[k].output == (uint32_t)output && t->series[k].row == row)
                s->reason = (int32_t)k;
    }
}

static int make_series(civ_timeline *t, const civ_workspace *w)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->calculator->core.outputs.n; i++)
        n += is_list(t, i) ? 0 : w->core->spaces[def_of(t, i)->entity].n;
    t->series = cr_arena_get(&t->arena, (size_t)n + 1, sizeof *t->series);
    if (!t->series)
        return 2;
    for (uint32_t i = 0; i < t->calculator->core.outputs.n; i++)
        for (uint32_t row = 0; !is_list(t, i) && row < w->core->spaces[def_of(t, i)->entity].n;
             row++) {
            cr_series *s = &t->series[t->n_series];
            s->output = i;
            s->row = row;
            s->before.alloc = t->calculator->engine->alloc;
            s->months = cr_arena_get(&t->arena, t->n_months, sizeof *s->months);
            if (!s->months)
                return 2;
            t->n_series++;
        }
    link_reasons(t, w);
    return 0;
}

static civ_status run(civ_timeline *t, civ_workspace *w, const civ_case *c, int32_t first,
                      civ_error *error)
{
    for (uint32_t month = 0; month < t->n_months; month++) {
        civ_status bad = civ_evaluate_month(w, c, first + (int32_t)month, month == 0, error);
        if (bad)
            return bad;
        int oom = month == 0 && make_series(t, w);
        for (uint32_t i = 0; !oom && i < t->n_series; i++)
            oom = keep_series(t, w, i, month);
        if (oom)
            return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    }
    return CIV_OK;
}

civ_status civ_timeline_create(civ_timeline **out, civ_workspace *w, const civ_case *c,
                               int32_t first, int32_t last, civ_error *error)
{
    if (!out)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    *out = NULL;
    if (!w || !c)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    if (first > last || first < cr_month_of(CR_DATE_MIN) || last > cr_month_of(CR_DATE_MAX))
        return cr_fail(error, CIV_ERROR_DATE, "months from 1900-01 to 2200-12, in order", NONE,
                       NONE);
    cr_alloc alloc = w->calculator->engine->alloc;
    civ_timeline *t = cr_mem_get(&alloc, 1, sizeof *t);
    if (!t)
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    cr_arena_init(&t->arena, alloc);
    t->calculator = w->calculator;
    __atomic_add_fetch(&t->calculator->references, 1, __ATOMIC_RELAXED);
    t->n_months = (uint32_t)(last - first + 1);
    civ_status bad = run(t, w, c, first, error);
    if (bad)
        civ_timeline_release(t);
    else
        *out = t;
    return bad;
}

void civ_timeline_release(civ_timeline *t)
{
    if (!t)
        return;
    civ_calculator *calculator = t->calculator;
    cr_alloc alloc = calculator->engine->alloc;
    for (uint32_t i = 0; i < t->n_series; i++)
        cr_grounds_free(&t->series[i].before);
    cr_arena_free(&t->arena);
    cr_mem_free(&alloc, t, sizeof *t);
    civ_calculator_release(calculator);
}

/* ---- what was kept ---- */

size_t civ_timeline_series_count(const civ_timeline *t)
{
    return t ? t->n_series : 0;
}

static void add_payment(civ_series *out, const cr_month *m)
{
    int64_t due = m->value.answer ? 0 : m->value.number;
    out->has_payments = 1;
    out->paid += m->paid;
    if (m->value.answer)
        return; /* what is due is not known: neither arrears nor overpaid */
    out->due += due;
    out->arrears += due > m->paid ? due - m->paid : 0;
    out->overpaid += m->paid > due ? m->paid - due : 0;
}

civ_status civ_timeline_series(civ_series *out, const civ_timeline *t, size_t series)
{
    if (!out || out->struct_size < sizeof *out)
        return CIV_ERROR_STRUCT_SIZE;
    uint32_t size = out->struct_size;
    memset(out, 0, sizeof *out);
    out->struct_size = size;
    if (!t || series >= t->n_series)
        return CIV_ERROR_ARGUMENT;
    const cr_series *s = &t->series[series];
    out->output = s->output;
    out->row = s->row;
    out->months = t->n_months;
    out->is_amount = s->months[0].value.kind == CIV_KIND_MONEY;
    for (uint32_t i = 0; i < t->n_months; i++) {
        const cr_month *m = &s->months[i];
        out->without_value += m->value.answer != CIV_KNOWN;
        if (out->is_amount && !m->value.answer)
            out->total += m->value.number;
        if (m->has_paid)
            add_payment(out, m);
    }
    return CIV_OK;
}

static cr_month *month_at(const civ_timeline *t, size_t series, uint32_t month)
{
    return t && series < t->n_series && month < t->n_months ? &t->series[series].months[month]
                                                            : NULL;
}

civ_status civ_timeline_value(civ_value *out, const civ_timeline *t, size_t series, uint32_t month)
{
    const cr_month *m = month_at(t, series, month);
    if (!out || out->struct_size < sizeof *out)
        return CIV_ERROR_STRUCT_SIZE;
    if (!m)
        return CIV_ERROR_ARGUMENT;
    uint32_t size = out->struct_size;
    *out = m->value;
    out->struct_size = size;
    return CIV_OK;
}

civ_status civ_timeline_pay(civ_timeline *t, size_t series, uint32_t month, int64_t fen)
{
    cr_month *m = month_at(t, series, month);
    const int64_t most = INT64_C(100000000000000); /* so that sums over all months fit */
    if (!m || fen < -most || fen > most)
        return CIV_ERROR_ARGUMENT;
    if (m->value.kind != CIV_KIND_MONEY)
        return CIV_ERROR_TYPE;
    m->paid = fen;
    m->has_paid = 1;
    return CIV_OK;
}

static void fill_rule(civ_ground *out, const cr_def *d, int32_t from)
{
    out->kind = CIV_GROUND_RULE;
    out->from = from == CR_DATE_MIN ? INT32_MIN : from;
    out->row = 0;
    out->name = cr_text(d->name);
    out->label_en = cr_text(d->label.en);
    out->label_zh = cr_text(d->label.zh);
    out->detail = out->citation_en = out->citation_zh = cr_text(CR_STR(""));
}

civ_status civ_timeline_rule(civ_ground *out, const civ_timeline *t, size_t series, uint32_t month)
{
    const cr_month *m = month_at(t, series, month);
    if (!out || out->struct_size < sizeof *out)
        return CIV_ERROR_STRUCT_SIZE;
    if (!m)
        return CIV_ERROR_ARGUMENT;
    fill_rule(out, def_of(t, t->series[series].output), m->rule_from);
    return CIV_OK;
}

size_t civ_timeline_change_count(const civ_timeline *t)
{
    return t ? t->changes.n : 0;
}

civ_status civ_timeline_change(civ_change *out, const civ_timeline *t, size_t index)
{
    if (!out || out->struct_size < sizeof *out)
        return CIV_ERROR_STRUCT_SIZE;
    if (!t || index >= t->changes.n)
        return CIV_ERROR_ARGUMENT;
    const cr_change *c = &t->changes.at[index];
    int32_t reason = t->series[c->series].reason;
    const civ_value *v = reason < 0 ? NULL : &t->series[reason].months[c->month].value;
    out->series = c->series;
    out->month = c->month;
    out->ground_count = c->n_grounds;
    out->reason = v ? v->text : cr_text(CR_STR(""));
    out->reason_en = v ? v->label_en : cr_text(CR_STR(""));
    out->reason_zh = v ? v->label_zh : cr_text(CR_STR(""));
    return CIV_OK;
}

civ_status civ_timeline_ground(civ_ground *out, const civ_timeline *t, size_t change,
                               uint32_t ground)
{
    if (!out || out->struct_size < sizeof *out)
        return CIV_ERROR_STRUCT_SIZE;
    if (!t || change >= t->changes.n || ground >= t->changes.at[change].n_grounds)
        return CIV_ERROR_ARGUMENT;
    uint32_t size = out->struct_size;
    *out = t->grounds.at[t->changes.at[change].first_ground + ground];
    out->struct_size = size;
    return CIV_OK;
}
