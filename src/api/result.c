/* SPDX-License-Identifier: Apache-2.0 */
/* Workspaces and results through the public door: values, causes, notes. */
#include <string.h>

#include "api/handles.h"
#include "base/date.h"
#include "base/rat.h"

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
    cr_buf_init(&w->text, alloc);
    cr_buf_init(&w->note_text, alloc);
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
    cr_buf_free(&w->text);
    cr_buf_free(&w->wide);
    cr_buf_free(&w->note_text);
    cr_buf_free(&w->page);
    cr_row_ids_free(&w->ids);
    cr_arena_free(&w->explanation.arena);
    cr_mem_free(&alloc, w->rows, w->rows_cap * sizeof *w->rows);
    cr_mem_free(&alloc, w->causes, w->cap_causes * sizeof *w->causes);
    cr_mem_free(&alloc, w->notes, w->cap_notes * sizeof *w->notes);
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

/* A list hangs on the count of its rows; everything else on its own register. */
static int32_t status_register(const cr_pval *v)
{
    return v->rows >= 0 ? v->div : v->reg;
}

static int is_none(const cr_type *type, cr_i128 value)
{
    if (type->kind == CR_T_DATE || type->kind == CR_T_MONTH)
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
    out->answer = cr_status_get(w->core, status_register(v), row);
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
    value_labels(out, w->calculator->core.policy, type, num);
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

typedef struct cr_collect {
    civ_workspace *w;
    cr_buf *text;
    cr_found_cause **list;
    size_t *n, *cap;
} cr_collect;

static cr_text_span begin(const cr_collect *c)
{
    cr_text_span s = {c->text->n, 0};
    return s;
}

static void end(const cr_collect *c, cr_text_span *s)
{
    s->n = c->text->n - s->at;
}

static void field_path(const cr_collect *c, int32_t field)
{
    const cr_program *p = &c->w->calculator->core.policy->program;
    int32_t chain[8], n = 0;
    for (int32_t e = p->fields.at[field].entity;
         e >= 0 && p->entities.at[e].parent_field >= 0 && n < 8; e = p->entities.at[e].parent)
        chain[n++] = p->entities.at[e].parent_field;
    while (n > 0) {
        cr_buf_str(c->text, p->fields.at[chain[--n]].name);
        cr_buf_char(c->text, '.');
    }
    cr_buf_str(c->text, p->fields.at[field].name);
}

static void key_text(const cr_collect *c, const cr_type *type, int64_t value)
{
    char text[96];
    size_t n = cr_value_text(c->w->calculator->core.policy, type, value, 1, text, sizeof text);
    if (type->kind == CR_T_BOOL)
        cr_buf_text(c->text, value ? "yes" : "no");
    else
        cr_buf_put(c->text, text, n);
}

static void row_keys(const cr_collect *c, const cr_why *why, cr_found_cause *out)
{
    const cr_workspace *w = c->w->core;
    const cr_insn *i = &w->frame->plan->code.at[why->insn];
    const cr_param *param = &w->calc->policy->program.params.at[why->index];
    const int32_t *args = &w->frame->plan->args.at[i->a];
    int32_t region = (int32_t)cr_lane_get(w, args[1], why->row);
    int any = 0;
    out->on = (int32_t)cr_lane_get(w, args[0], why->row);
    out->detail = begin(c);
    cr_buf_char(c->text, '[');
    if (param->by_region) {
        cr_buf_str(c->text, w->calc->policy->regions.at[region].code);
        any = 1;
    }
    for (int32_t k = 2; k < i->b; k++) {
        cr_buf_text(c->text, any++ ? "," : "");
        key_text(c, &param->key_type[k - 2], (int64_t)cr_lane_get(w, args[k], why->row));
    }
    cr_buf_char(c->text, ']');
    end(c, &out->detail);
    out->chain = begin(c);
    for (int n = 0; param->by_region && region >= 0 && n < 8; n++) {
        cr_buf_text(c->text, n ? " " : "");
        cr_buf_str(c->text, w->calc->policy->regions.at[region].code);
        region = param->stmt->local_only ? -1 : w->calc->policy->regions.at[region].parent;
    }
    end(c, &out->chain);
}

static int same_text(const cr_collect *c, cr_text_span a, cr_text_span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(c->text->p + a.at, c->text->p + b.at, a.n) == 0);
}

static int add_once(cr_collect *c, const cr_found_cause *cause)
{
    for (size_t k = 0; k < *c->n; k++) {
        cr_found_cause *have = &(*c->list)[k];
        if (have->kind == cause->kind && same_text(c, have->name, cause->name) &&
            same_text(c, have->detail, cause->detail)) {
            have->answer = cause->answer > have->answer ? cause->answer : have->answer;
            return 0;
        }
    }
    if (*c->n == *c->cap) {
        cr_alloc alloc = c->w->calculator->engine->alloc;
        size_t cap = *c->cap ? *c->cap * 2 : 16;
        cr_found_cause *more =
            alloc.fn(alloc.user, *c->list, *c->cap * sizeof *more, cap * sizeof *more);
        if (!more)
            return CIV_ERROR_MEMORY;
        *c->list = more;
        *c->cap = cap;
    }
    (*c->list)[(*c->n)++] = *cause;
    return 0;
}

/* A cause that an earlier month left has no look-up of this month behind it. */
static int is_lookup(const cr_collect *c, const cr_why *why)
{
    return c->w->core->frame->plan->code.at[why->insn].op == CR_OP_ROW;
}

static int on_cause(void *user, const cr_why *why)
{
    cr_collect *c = user;
    const cr_program *p = &c->w->calculator->core.policy->program;
    cr_found_cause cause = {0};
    cause.answer = why->answer;
    cause.name = begin(c);
    switch (why->kind) {
    case CR_WHY_INPUT:
        cause.kind = CIV_CAUSE_INPUT;
        cause.label = &p->fields.at[why->index].decl->label;
        field_path(c, why->index);
        break;
    case CR_WHY_PARAMETER:
        cause.kind = CIV_CAUSE_PARAMETER;
        cause.label = &p->params.at[why->index].stmt->label;
        cr_buf_str(c->text, p->params.at[why->index].name);
        break;
    case CR_WHY_CALENDAR:
        cause.kind = CIV_CAUSE_CALENDAR;
        cr_buf_text(c->text, "calendar");
        break;
    default:
        cause.kind = CIV_CAUSE_RULE;
        cause.label = &p->defs.at[why->index].label;
        cr_buf_str(c->text, p->defs.at[why->index].name);
        break;
    }
    end(c, &cause.name);
    if (why->kind == CR_WHY_PARAMETER && is_lookup(c, why))
        row_keys(c, why, &cause);
    if (why->kind == CR_WHY_CALENDAR) {
        cause.detail = begin(c);
        cr_buf_i64(c->text, why->extra);
        end(c, &cause.detail);
    }
    return c->text->oom ? CIV_ERROR_MEMORY : add_once(c, &cause);
}

civ_status civ_result_causes(size_t *count, civ_workspace *w, size_t output, uint32_t row)
{
    const cr_type *type;
    if (!count)
        return CIV_ERROR_ARGUMENT;
    *count = 0;
    civ_status bad = check_place(w, output, row);
    if (bad)
        return bad;
    const cr_pval *v = value_of(w, output, &type);
    cr_buf_clear(&w->text);
    w->n_causes = 0;
    cr_collect c = {w, &w->text, &w->causes, &w->n_causes, &w->cap_causes};
    int32_t reg = status_register(v);
    int stop = cr_why_walk(w->core, &reg, &row, 1, 0, on_cause, &c);
    if (stop)
        return CIV_ERROR_MEMORY;
    *count = w->n_causes;
    return CIV_OK;
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
    if (!w || index >= w->n_causes)
        return CIV_ERROR_ARGUMENT;
    const cr_found_cause *c = &w->causes[index];
    out->kind = c->kind;
    out->answer = c->answer;
    out->on = c->on;
    out->name = span_text(&w->text, c->name);
    out->detail = span_text(&w->text, c->detail);
    out->chain = span_text(&w->text, c->chain);
    label_text(c->label, &out->label_en, &out->label_zh);
    return CIV_OK;
}

/* A default as the pack writes it. */
static void literal_text(cr_buf *out, const cr_expr *x)
{
    char text[100];
    if (x && x->kind == CR_X_NUMBER)
        cr_buf_put(out, text, cr_rat_text(x->number, 0, text, sizeof text));
    else if (x && x->kind == CR_X_BOOL)
        cr_buf_text(out, x->integer ? "yes" : "no");
    else if (x)
        cr_buf_str(out, x->text);
}

static int on_use(void *user, const cr_why *why)
{
    cr_collect *c = user;
    const cr_policy *policy = c->w->calculator->core.policy;
    cr_found_cause note = {0};
    note.name = begin(c);
    if (why->kind == CR_WHY_DEFAULT) {
        const cr_sym_field *f = &policy->program.fields.at[why->index];
        note.kind = why->answer == 1 ? CIV_NOTE_ASSUMED : CIV_NOTE_PRESUMED;
        note.label = &f->decl->label;
        field_path(c, why->index);
        end(c, &note.name);
        note.detail = begin(c);
        literal_text(c->text, why->answer == 1 ? f->assume : f->presume);
        end(c, &note.detail);
    } else if (why->extra >= 0) {
        const cr_prow *row = &policy->tables.at[why->index].rows.at[why->extra];
        if (c->w->core->on <= row->confirmed_to)
            return 0;
        note.kind = CIV_NOTE_UNCONFIRMED;
        note.label = &policy->program.params.at[why->index].stmt->label;
        cr_buf_str(c->text, policy->program.params.at[why->index].name);
        end(c, &note.name);
        row_keys(c, why, &note);
        note.on = row->confirmed_to;
    } else {
        return 0;
    }
    return c->text->oom ? CIV_ERROR_MEMORY : add_once(c, &note);
}

static int add_overrides(cr_collect *c)
{
    const cr_policy *policy = c->w->calculator->core.policy;
    for (uint32_t i = 0; i < policy->let_texts.n; i++) {
        cr_found_cause note = {0};
        note.kind = CIV_NOTE_OVERRIDE;
        note.name = begin(c);
        cr_buf_str(c->text, policy->let_texts.at[i]);
        end(c, &note.name);
        if (c->text->oom || add_once(c, &note))
            return 1;
    }
    return 0;
}

civ_status civ_result_notes(size_t *count, civ_workspace *w)
{
    const cr_type *type;
    if (!count)
        return CIV_ERROR_ARGUMENT;
    *count = 0;
    if (!w || !w->ran)
        return CIV_ERROR_STATE;
    cr_buf_clear(&w->note_text);
    w->n_notes = 0;
    cr_collect c = {w, &w->note_text, &w->notes, &w->n_notes, &w->cap_notes};
    for (size_t i = 0; i < w->calculator->core.outputs.n; i++) {
        const cr_def *d =
            &w->calculator->core.policy->program.defs.at[w->calculator->core.outputs.at[i].def];
        int32_t reg = status_register(value_of(w, i, &type));
        for (uint32_t row = 0; row < w->core->spaces[d->entity].n; row++)
            if (cr_why_walk(w->core, &reg, &row, 1, 1, on_use, &c))
                return CIV_ERROR_MEMORY;
    }
    if (add_overrides(&c))
        return CIV_ERROR_MEMORY;
    *count = w->n_notes;
    return CIV_OK;
}

civ_status civ_result_note(civ_note *out, const civ_workspace *w, size_t index)
{
    if (!out || out->struct_size < sizeof *out)
        return CIV_ERROR_STRUCT_SIZE;
    if (!w || index >= w->n_notes)
        return CIV_ERROR_ARGUMENT;
    const cr_found_cause *n = &w->notes[index];
    out->kind = n->kind;
    out->date = n->on;
    out->reserved = 0;
    out->name = span_text(&w->note_text, n->name);
    out->detail = span_text(&w->note_text, n->detail);
    label_text(n->label, &out->label_en, &out->label_zh);
    return CIV_OK;
}
