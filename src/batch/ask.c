/* SPDX-License-Identifier: Apache-2.0 */
/* Causes for the rows of a block. Blocks reuse registers, and most roots have nothing to be asked
   about: those that have are evaluated once more, alone, where every register is kept, and asked as
   a case is. */
#include <string.h>

#include "batch/run.h"

static int32_t entity_of(const cr_calculator *calc, uint32_t output)
{
    return calc->policy->program.defs.at[calc->outputs.at[output].def].entity;
}

static const cr_pval *value_of(const cr_workspace *w, uint32_t output)
{
    const cr_output *o = &w->calc->outputs.at[output];
    const cr_plan_def *d = &w->frame->plan->defs[o->def];
    return o->reason ? &d->reason : &d->value;
}

/* Marks the roots below which an answer is not known, as bytes in the block's cells. */
static void mark_roots(cr_worker *k)
{
    const cr_workspace *w = k->w;
    const cr_program *p = &w->calc->policy->program;
    uint8_t *marks = k->block.cells;
    memset(marks, 0, w->spaces[w->calc->root].n);
    for (uint32_t i = 0; i < w->calc->outputs.n; i++) {
        const uint8_t *st = w->frame->st[cr_status_register(value_of(w, i))];
        int32_t entity = entity_of(w->calc, i);
        for (uint32_t r = 0, n = w->spaces[entity].n; st && r < n; r++) {
            uint32_t row = r;
            for (int32_t e = entity; st[r] && e != w->calc->root; e = p->entities.at[e].parent)
                row = w->spaces[e].parent[row];
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

static int ask_root(cr_outcomes *a, cr_worker *k, uint32_t plan, int64_t root, int32_t day)
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
        int32_t entity = entity_of(calc, i);
        int64_t base = cr_outcomes_base(a, entity);
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
    int bad = CR_RUN_FINE;
    mark_roots(k);
    for (uint32_t r = 0; r < roots->n && !bad; r++)
        if (k->block.cells[r])
            bad = ask_root(a, k, plan, cr_span_row(roots, r), days ? days[r] : on);
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
        int32_t entity = entity_of(calc, i);
        const cr_span *span = &k->block.spans[entity];
        for (uint32_t r = 0; r < span->n; r++)
            cr_tail_put(&a->outputs[i].causes, &k->tails[2 * i + 1],
                        cr_span_row(span, r) - cr_outcomes_base(a, entity), 1, k->payload.p,
                        k->payload.n);
        if (k->tails[2 * i + 1].oom)
            return CR_RUN_MEMORY;
    }
    return CR_RUN_FINE;
}
