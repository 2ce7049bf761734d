/* SPDX-License-Identifier: Apache-2.0 */
/* Causes for the rows of a block. Blocks reuse registers, and most roots have nothing to be asked
   about: those that have are evaluated once more, alone, where every register is kept, and asked as
   a case is. */
#include <string.h>

#include "batch/run.h"

static const cr_pval *value_of(const cr_workspace *w, uint32_t output)
{
    const cr_output *o = &w->calc->outputs.at[output];
    const cr_plan_def *d = &w->frame->plan->defs[o->def];
    return o->reason ? &d->reason : &d->value;
}

void cr_ask_mark(const cr_worker *k, uint8_t *marks)
{
    const cr_workspace *w = k->w;
    const cr_program *p = &w->calc->policy->program;
    for (uint32_t i = 0; i < w->calc->outputs.n; i++) {
        const uint8_t *st = w->frame->st[cr_status_register(value_of(w, i))];
        int32_t entity = cr_output_entity(w->calc, i);
        for (uint32_t r = 0, n = w->spaces[entity].n; st && r < n; r++) {
            uint32_t row = r;
            for (int32_t e = entity; st[r] && e != w->calc->root; e = p->entities.at[e].parent)
                row = cr_parent_rows(&w->spaces[e])[row];
            if (st[r])
                marks[row] = 1;
        }
    }
}

static int put_text(cr_buf *payload, const char *kind, const char *text, size_t n)
{
    uint32_t size = (uint32_t)(strlen(kind) + n);
    cr_buf_put(payload, &size, sizeof size);
    cr_buf_text(payload, kind);
    cr_buf_put(payload, text, n);
    return payload->oom;
}

/* `input:members.birth_date`, `parameter:dibao.standard[610902,urban]`, `rule:…`, `calendar:2027`
 */
static int put_cause(cr_buf *payload, const cr_findings *f, const cr_found *c)
{
    static const char *const kinds[] = {"", "input:", "parameter:", "rule:", "calendar:"};
    cr_buf text;
    cr_buf_init(&text, payload->a);
    if (c->kind != CR_CAUSE_CALENDAR)
        cr_buf_put(&text, f->text.p + c->name.at, c->name.n);
    cr_buf_put(&text, f->text.p + c->detail.at, c->detail.n);
    int bad = text.oom || put_text(payload, kinds[c->kind], text.p, text.n);
    cr_buf_free(&text);
    return bad;
}

static int ask_row(cr_outcome *o, cr_worker *k, uint32_t output, uint32_t row, int64_t place)
{
    cr_findings_clear(&k->findings);
    cr_buf_clear(&k->payload);
    if (cr_causes_find(k->asker, value_of(k->asker, output), row, &k->findings))
        return CR_RUN_MEMORY;
    for (size_t i = 0; i < k->findings.n; i++)
        if (put_cause(&k->payload, &k->findings, &k->findings.at[i]))
            return CR_RUN_MEMORY;
    if (k->findings.n > 0)
        cr_tail_put(&o->causes, &k->tails[2 * output + 1], place, (uint32_t)k->findings.n,
                    k->payload.p, k->payload.n);
    return k->tails[2 * output + 1].oom ? CR_RUN_MEMORY : CR_RUN_FINE;
}

static int ask_root(cr_outcomes *a, cr_worker *k, uint32_t plan, int64_t root, int32_t day,
                    int64_t month)
{
    const cr_calculator *calc = k->w->calc;
    cr_span *span = &k->asked.spans[calc->root];
    k->asked.views = k->block.views;
    k->asked.bad = 0;
    span->first = root;
    span->n = 1;
    span->pick = NULL;
    if (cr_workspace_run_block(k->asker, &k->asked.input, plan, day, NULL))
        return CR_RUN_MEMORY;
    for (uint32_t i = 0; i < calc->outputs.n; i++) {
        int32_t entity = cr_output_entity(calc, i);
        int64_t base = cr_outcomes_base(a, entity, month);
        int32_t reg = cr_status_register(value_of(k->asker, i));
        for (uint32_t r = 0; r < k->asker->spaces[entity].n; r++) {
            int64_t place = cr_span_row(&k->asked.spans[entity], r) - base;
            int bad = cr_status_get(k->asker, reg, r) ? ask_row(&a->outputs[i], k, i, r, place)
                                                      : CR_RUN_FINE;
            if (bad)
                return bad;
        }
    }
    return CR_RUN_FINE;
}

int cr_ask_block(cr_outcomes *a, cr_worker *k, uint32_t plan, int32_t on, const int32_t *days)
{
    const cr_span *roots = &k->block.spans[k->w->calc->root];
    uint8_t *marks = k->block.cells;
    int bad = CR_RUN_FINE;
    memset(marks, 0, roots->n);
    cr_ask_mark(k, marks);
    for (uint32_t r = 0; r < roots->n && !bad; r++)
        if (marks[r])
            bad = ask_root(a, k, plan, cr_span_row(roots, r), days ? days[r] : on, 0);
    return bad;
}

/* What was carried into a month has the causes of the months before, so they are all gone through
   again. */
static int ask_months(cr_outcomes *a, cr_worker *k, int64_t root)
{
    int bad = CR_RUN_FINE;
    k->asker->step = 0;
    for (int32_t m = 0; m < a->options->months && !bad; m++) {
        int32_t day = cr_month_last(a->options->first_month + m);
        bad = ask_root(a, k, cr_calculator_plan(k->w->calc, day), root, day, m);
        if (!bad && cr_workspace_keep(k->asker))
            bad = CR_RUN_MEMORY;
    }
    return bad;
}

int cr_ask_timeline(cr_outcomes *a, cr_worker *k, const uint8_t *marks)
{
    const cr_span *roots = &k->block.spans[k->w->calc->root];
    int bad = CR_RUN_FINE;
    for (uint32_t r = 0; r < roots->n && !bad; r++)
        if (marks[r])
            bad = ask_months(a, k, cr_span_row(roots, r));
    return bad;
}

int cr_ask_refused(cr_outcomes *a, cr_worker *k)
{
    const cr_calculator *calc = k->w->calc;
    const civ_text on = a->options->on_column;
    cr_buf_clear(&k->payload);
    if (put_text(&k->payload, "input:", on.data, on.length))
        return CR_RUN_MEMORY;
    for (uint32_t i = 0; i < calc->outputs.n; i++) {
        int32_t entity = cr_output_entity(calc, i);
        const cr_span *span = &k->block.spans[entity];
        for (uint32_t r = 0; r < span->n; r++)
            cr_tail_put(&a->outputs[i].causes, &k->tails[2 * i + 1],
                        cr_span_row(span, r) - cr_outcomes_base(a, entity, 0), 1, k->payload.p,
                        k->payload.n);
        if (k->tails[2 * i + 1].oom)
            return CR_RUN_MEMORY;
    }
    return CR_RUN_FINE;
}
