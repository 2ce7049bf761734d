/* SPDX-License-Identifier: Apache-2.0 */
/* Workspaces and results through the public door: values, causes, notes. */
#include <string.h>

#include "api/handles.h"
#include "base/date.h"
#include "base/rat.h"
#include "engine/grounds.h"

static const cr_str NONE = {NULL, 0};

civ_status civ_workspace_create(civ_workspace **out, civ_calculator *calculator, civ_error *error)
{
    if (!out || !calculator)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    *out = NULL;
    cr_alloc alloc = calculator->engine->alloc;
    civ_workspace *w = cr_mem_get(&alloc, 1, sizeof *w);
    if (w)
        w->core = cr_workspace_make(&calculator->core);
    if (!w || !w->core) {
        cr_mem_free(&alloc, w, sizeof *w);
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    }
    w->calculator = calculator;
    __atomic_add_fetch(&calculator->references, 1, __ATOMIC_RELAXED);
    cr_buf_init(&w->wide, alloc);
    cr_buf_init(&w->labels[0], alloc);
    cr_buf_init(&w->labels[1], alloc);
    cr_findings_init(&w->causes, alloc);
    cr_findings_init(&w->notes, alloc);
    cr_buf_init(&w->page, alloc);
    cr_buf_init(&w->ids.text, alloc);
    w->ids.alloc = alloc;
    cr_arena_init(&w->explanation.arena, alloc);
    *out = w;
    return CIV_OK;
}

void civ_workspace_release(civ_workspace *w)
{
    if (!w)
        return;
    civ_calculator *calculator = w->calculator;
    cr_alloc alloc = calculator->engine->alloc;
    cr_workspace_free(w->core);
    cr_findings_free(&w->causes);
    cr_findings_free(&w->notes);
    cr_buf_free(&w->wide);
    cr_buf_free(&w->labels[0]);
    cr_buf_free(&w->labels[1]);
    cr_buf_free(&w->page);
    cr_row_ids_free(&w->ids);
    cr_arena_free(&w->explanation.arena);
    cr_mem_free(&alloc, w->rows, w->rows_cap * sizeof *w->rows);
    cr_mem_free(&alloc, w, sizeof *w);
    civ_calculator_release(calculator);
}

static civ_status evaluate(civ_workspace *w, const civ_case *c, int32_t on, civ_error *error)
{
    if (!w || !c)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    w->ran = 0;
    if (c->policy != w->calculator->policy || c->core->root != w->calculator->core.root)
        return cr_fail(error, CIV_ERROR_STATE,
                       "the case is of another policy or root than the calculator", NONE, NONE);
    if (w->calculator->core.explain && cr_row_ids_copy(&w->ids, &c->ids))
        return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    switch (cr_workspace_run(w->core, c->core, on)) {
    case 0: w->ran = 1; return CIV_OK;
    case 3: return cr_fail(error, CIV_ERROR_DATE, NULL, NONE, NONE);
    default: return cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    }
}

civ_status civ_evaluate(civ_workspace *w, const civ_case *c, int32_t on, civ_error *error)
{
    if (w)
        w->core->step = 0; /* a day by itself: carried values are where they start */
    return evaluate(w, c, on, error);
}

civ_status civ_evaluate_month(civ_workspace *w, const civ_case *c, int32_t month, int32_t first,
                              civ_error *error)
{
    if (!w || !c)
        return cr_fail(error, CIV_ERROR_ARGUMENT, NULL, NONE, NONE);
    if (month < cr_month_of(CR_DATE_MIN) || month > cr_month_of(CR_DATE_MAX))
        return cr_fail(error, CIV_ERROR_DATE, NULL, NONE, NONE);
    if (first)
        w->core->step = 0;
    uint32_t step = w->core->step;
    civ_status bad = evaluate(w, c, cr_month_last(month), error);
    if (!bad && cr_workspace_keep(w->core)) {
        w->core->step = step;
        bad = cr_fail(error, CIV_ERROR_MEMORY, NULL, NONE, NONE);
    }
    return bad;
}

/* ---- values ---- */

static const cr_type REASON_TYPE = {.kind = CR_T_REASON};

static const cr_pval *value_of(const civ_workspace *w, size_t output, const cr_type **type)
{
    const cr_output *o = &w->calculator->core.outputs.at[output];
    const cr_plan_def *d = &w->core->frame->plan->defs[o->def];
    *type = o->reason ? &REASON_TYPE : &w->calculator->core.policy->program.defs.at[o->def].type;
    return o->reason ? &d->reason : &d->value;
}

static civ_status check_place(const civ_workspace *w, size_t output, uint32_t row)
{
    if (!w || !w->ran)
        return CIV_ERROR_STATE;
    if (output >= w->calculator->core.outputs.n)
        return CIV_ERROR_ARGUMENT;
    int32_t entity =
        w->calculator->core.policy->program.defs.at[w->calculator->core.outputs.at[output].def]
            .entity;
    return row < w->core->spaces[entity].n ? CIV_OK : CIV_ERROR_ARGUMENT;
}

static int is_none(const cr_type *type, cr_i128 value)
{
    if (cr_type_is_time(type))
        return value == CR_NEVER;
    return type->kind == CR_T_ENUM && value < 0;
}

static void fill_number(civ_value *out, const cr_type *type, cr_i128 num, cr_i128 den)
{
    cr_i128 scale = 1;
    cr_rat r = {num, 1};
    out->denominator = 1;
    if (type->kind != CR_T_NUMBER) {
        out->number = (int64_t)num;
        return;
    }
    if (cr_rat_make(num, den, &r))
        return;
    if (out->kind != CIV_KIND_EXACT) {
        for (int32_t i = 0; i < type->decimals; i++)
            scale *= 10;
        r.num *= scale / r.den;
        r.den = 1;
    }
    if (cr_i128_to_i64(r.num, &out->number) || cr_i128_to_i64(r.den, &out->denominator))
        out->number = out->denominator = 0;
}

/* More than 128 bits: only as text, `numerator/denominator` in lowest terms. */
static void wide_text(civ_workspace *w, civ_value *out, const cr_wide wide[2])
{
    cr_buf_clear(&w->wide);
    cr_value_ratio_text(&w->wide, wide);
    out->number = out->denominator = 0;
    out->text.data = w->wide.p;
    out->text.length = w->wide.n;
}

/* The words of a set in the order of their enumeration. */
static void set_labels(civ_workspace *w, civ_value *out, const cr_enum *e, cr_i128 set)
{
    cr_buf *en = &w->labels[0], *zh = &w->labels[1];
    cr_buf_clear(en);
    cr_buf_clear(zh);
    for (uint32_t i = 0; i < e->n_values; i++) {
        const cr_value_decl *word = &e->values[i];
        if (!(set >> i & 1))
            continue;
        cr_buf_text(en, en->n ? ", " : "");
        cr_buf_text(zh, zh->n ? "、" : "");
        cr_buf_str(en, word->label.en.n ? word->label.en : word->name);
        cr_buf_str(zh, word->label.zh.n ? word->label.zh : word->name);
    }
    out->label_en.data = en->n ? en->p : "";
    out->label_en.length = en->n;
    out->label_zh.data = zh->n ? zh->p : "";
    out->label_zh.length = zh->n;
}

static void value_labels(civ_value *out, const cr_policy *policy, const cr_type *type,
                         cr_i128 value)
{
    const cr_label *label = NULL;
    if (out->is_none)
        return;
    if (type->kind == CR_T_ENUM)
        label = &policy->program.enums.at[type->index].values[value].label;
    else if (type->kind == CR_T_REASON)
        label = &policy->program.reasons.at[(uint32_t)value].label;
    else if (type->kind == CR_T_REGION && value >= 0 && value < policy->regions.n)
        label = &policy->regions.at[(uint32_t)value].label;
    out->label_en = cr_text(label ? label->en : NONE);
    out->label_zh = cr_text(label ? label->zh : NONE);
}

civ_status civ_result_value(civ_value *out, civ_workspace *w, size_t output, uint32_t row)
{
    const cr_type *type;
    if (!out || out->struct_size < sizeof *out)
        return CIV_ERROR_STRUCT_SIZE;
    civ_status bad = check_place(w, output, row);
    if (bad)
        return bad;
    const cr_pval *v = value_of(w, output, &type);
    uint32_t size = out->struct_size;
    memset(out, 0, sizeof *out);
    out->struct_size = size;
    out->kind = cr_kind_of(type);
    out->answer = cr_status_get(w->core, cr_status_register(v), row);
    out->text = out->label_en = out->label_zh = cr_text(CR_STR(""));
    if (out->answer || v->rows >= 0)
        return CIV_OK;
    cr_rat r;
    cr_wide wide[2];
    if (cr_value_get(w->core, v, row, &r, wide)) {
        wide_text(w, out, wide);
        return w->wide.oom ? CIV_ERROR_MEMORY : CIV_OK;
    }
    cr_i128 num = r.num, den = r.den;
    out->is_none = is_none(type, num);
    fill_number(out, type, num, den);
    if (type->kind == CR_T_SET)
        set_labels(w, out, &w->calculator->core.policy->program.enums.at[type->index], num);
    else
        value_labels(out, w->calculator->core.policy, type, num);
    if (w->labels[0].oom || w->labels[1].oom)
        return CIV_ERROR_MEMORY;
    if (!out->is_none) {
        out->text.length =
            cr_value_text(w->calculator->core.policy, type, num, den, w->value, sizeof w->value);
        out->text.data = w->value;
    }
    return CIV_OK;
}

civ_status civ_result_rows(const uint32_t **rows, size_t *count, civ_workspace *w, size_t output,
                           uint32_t row)
{
    const cr_type *type;
    if (!rows || !count)
        return CIV_ERROR_ARGUMENT;
    *rows = NULL;
    *count = 0;
    civ_status bad = check_place(w, output, row);
    if (bad)
        return bad;
    const cr_pval *v = value_of(w, output, &type);
    if (v->rows < 0 || cr_status_get(w->core, v->div, row))
        return v->rows < 0 ? CIV_ERROR_TYPE : CIV_OK;
    const cr_space_rows *space = &w->core->spaces[v->rows];
    if (space->n > w->rows_cap) {
        cr_alloc alloc = w->calculator->engine->alloc;
        uint32_t *more =
            alloc.fn(alloc.user, w->rows, w->rows_cap * sizeof *more, space->n * sizeof *more);
        if (!more)
            return CIV_ERROR_MEMORY;
        w->rows = more;
        w->rows_cap = space->n;
    }
    for (uint32_t k = space->off[row]; k < space->off[row + 1]; k++)
        if (cr_lane_get(w->core, v->reg, k))
            w->rows[(*count)++] = k;
    *rows = w->rows;
    return CIV_OK;
}

/* ---- causes and notes ---- */

_Static_assert((int)CR_CAUSE_CALENDAR == (int)CIV_CAUSE_CALENDAR &&
                   (int)CR_CAUSE_INPUT == (int)CIV_CAUSE_INPUT &&
                   (int)CR_CAUSE_PARAMETER == (int)CIV_CAUSE_PARAMETER &&
                   (int)CR_CAUSE_RULE == (int)CIV_CAUSE_RULE &&
                   (int)CR_NOTE_ASSUMED == (int)CIV_NOTE_ASSUMED &&
                   (int)CR_NOTE_PRESUMED == (int)CIV_NOTE_PRESUMED &&
                   (int)CR_NOTE_UNCONFIRMED == (int)CIV_NOTE_UNCONFIRMED &&
                   (int)CR_NOTE_OVERRIDE == (int)CIV_NOTE_OVERRIDE,
               "kinds are numbered as callers see them");

civ_status civ_result_causes(size_t *count, civ_workspace *w, size_t output, uint32_t row)
{
    const cr_type *type;
    if (!count)
        return CIV_ERROR_ARGUMENT;
    *count = 0;
    civ_status bad = check_place(w, output, row);
    if (bad)
        return bad;
    cr_findings_clear(&w->causes);
    if (cr_causes_find(w->core, value_of(w, output, &type), row, &w->causes))
        return CIV_ERROR_MEMORY;
    *count = w->causes.n;
    return CIV_OK;
}

civ_status civ_result_confidence(int32_t *confidence, civ_workspace *w, size_t output, uint32_t row)
{
    const cr_type *type;
    uint8_t lowest = 0;
    if (!confidence)
        return CIV_ERROR_ARGUMENT;
    *confidence = 0;
    civ_status bad = check_place(w, output, row);
    if (!bad && !w->calculator->core.explain)
        bad = CIV_ERROR_STATE;
    if (!bad && cr_confidence_find(w->core, value_of(w, output, &type), row, &lowest))
        bad = CIV_ERROR_MEMORY;
    *confidence = lowest;
    return bad;
}

static civ_text span_text(const cr_buf *text, cr_text_span s)
{
    civ_text t = {s.n ? text->p + s.at : "", s.n};
    return t;
}

static void label_text(const cr_label *label, civ_text *en, civ_text *zh)
{
    *en = cr_text(label ? label->en : NONE);
    *zh = cr_text(label ? label->zh : NONE);
}

civ_status civ_result_cause(civ_cause *out, const civ_workspace *w, size_t index)
{
    if (!out || out->struct_size < sizeof *out)
        return CIV_ERROR_STRUCT_SIZE;
    if (!w || index >= w->causes.n)
        return CIV_ERROR_ARGUMENT;
    const cr_found *c = &w->causes.at[index];
    out->kind = c->kind;
    out->answer = c->answer;
    out->on = c->on;
    out->name = span_text(&w->causes.text, c->name);
    out->detail = span_text(&w->causes.text, c->detail);
    out->chain = span_text(&w->causes.text, c->chain);
    label_text(c->label, &out->label_en, &out->label_zh);
    return CIV_OK;
}

civ_status civ_result_notes(size_t *count, civ_workspace *w)
{
    const cr_type *type;
    if (!count)
        return CIV_ERROR_ARGUMENT;
    *count = 0;
    if (!w || !w->ran)
        return CIV_ERROR_STATE;
    cr_findings_clear(&w->notes);
    for (size_t i = 0; i < w->calculator->core.outputs.n; i++) {
        const cr_def *d =
            &w->calculator->core.policy->program.defs.at[w->calculator->core.outputs.at[i].def];
        for (uint32_t row = 0; row < w->core->spaces[d->entity].n; row++)
            if (cr_notes_find(w->core, value_of(w, i, &type), row, &w->notes))
                return CIV_ERROR_MEMORY;
    }
    if (cr_notes_overrides(w->core, &w->notes))
        return CIV_ERROR_MEMORY;
    *count = w->notes.n;
    return CIV_OK;
}

civ_status civ_result_note(civ_note *out, const civ_workspace *w, size_t index)
{
    if (!out || out->struct_size < sizeof *out)
        return CIV_ERROR_STRUCT_SIZE;
    if (!w || index >= w->notes.n)
        return CIV_ERROR_ARGUMENT;
    const cr_found *n = &w->notes.at[index];
    out->kind = n->kind;
    out->date = n->on;
    out->reserved = 0;
    out->name = span_text(&w->notes.text, n->name);
    out->detail = span_text(&w->notes.text, n->detail);
    label_text(n->label, &out->label_en, &out->label_zh);
    return CIV_OK;
}
