/* SPDX-License-Identifier: Apache-2.0 */
/* Causes for the rows of a block. Blocks reuse registers, and most roots have nothing to be asked
   about: those that have are evaluated once more, a few at a time, where every register is kept.
   What several answers of a root hang on is walked over once, with a bit for each of up to 64
   answers; causes are numbered by their texts, which are few. */
#include <string.h>

#include "batch/run.h"

enum { MOST_QUESTIONS = 64 * CR_ASKED_ROOTS }; /* of a walk */

static const cr_pval *value_of(const cr_workspace *w, uint32_t output)
{
    const cr_output *o = &w->calc->outputs.at[output];
    const cr_plan_def *d = &w->frame->plan->defs[o->def];
    return o->reason ? &d->reason : &d->value;
}

void cr_ask_mark(const cr_worker *k, uint8_t *marks)
{
    const cr_workspace *w = k->w;
    for (uint32_t i = 0; i < w->calc->outputs.n; i++) {
        const uint8_t *st = w->frame->st[cr_status_register(value_of(w, i))];
        int32_t entity = cr_output_entity(w->calc, i);
        for (uint32_t r = 0, n = w->spaces[entity].n; st && r < n; r++) {
            if (st[r])
                marks[cr_root_of_row(w, entity, r)] = 1;
        }
    }
}

/* ---- memory ---- */

int cr_asking_make(cr_asking *a, cr_calculator *calc, cr_alloc alloc)
{
    cr_cause_names_init(&a->names, alloc);
    cr_buf_init(&a->payload, alloc);
    a->w = cr_workspace_make(calc);
    if (!a->w)
        return 2;
    a->w->alloc = alloc;
    a->questions = cr_mem_get(&alloc, MOST_QUESTIONS, sizeof *a->questions);
    return !a->questions || cr_block_make(&a->block, calc, alloc) ? 2 : 0;
}

void cr_asking_free(cr_asking *a)
{
    if (!a->w) /* nothing was made */
        return;
    cr_alloc alloc = a->w->alloc;
    cr_mem_free(&alloc, a->asks, a->cap_asks * sizeof *a->asks);
    cr_mem_free(&alloc, a->questions, MOST_QUESTIONS * sizeof *a->questions);
    cr_mem_free(&alloc, a->reasons, a->cap_reasons * sizeof *a->reasons);
    cr_cause_names_free(&a->names);
    cr_buf_free(&a->payload);
    cr_block_free(&a->block);
    cr_workspace_free(a->w);
}

/* Room for more behind n: 0 fine, 2 out of memory, and `*at` is as before. */
static int more(const cr_asking *a, void **at, size_t *cap, size_t n, size_t size)
{
    cr_alloc alloc = a->w->alloc;
    size_t next = *cap ? *cap * 2 : 8;
    void *made = cr_mem_get(&alloc, next, size);
    if (!made)
        return 2;
    if (n > 0)
        memcpy(made, *at, n * size);
    cr_mem_free(&alloc, *at, *cap * size);
    *at = made;
    *cap = next;
    return 0;
}

static int more_asks(cr_asking *a)
{
    void *at = a->asks;
    int bad = more(a, &at, &a->cap_asks, a->n_asks, sizeof *a->asks);
    a->asks = at;
    return bad;
}

static int more_reasons(cr_asking *a)
{
    void *at = a->reasons;
    int bad = more(a, &at, &a->cap_reasons, a->n_reasons, sizeof *a->reasons);
    a->reasons = at;
    return bad;
}

/* ---- causes of a few roots ---- */

/* A cause goes to those of its root that ask for it and do not have it yet. */
static int on_cause(void *user, const cr_why *why)
{
    cr_asking *a = user;
    const cr_insn *i = &a->w->frame->plan->code.at[why->insn];
    uint32_t root = cr_root_of_row(a->w, i->space, why->row), number;
    uint64_t who = why->who;
    if (cr_cause_number(&a->names, a->w, why, &number))
        return 2;
    for (uint32_t k = a->first[root]; k != UINT32_MAX; k = a->reasons[k].next)
        if (a->reasons[k].number == number)
            who &= ~a->reasons[k].who;
    if (!who)
        return 0;
    if (a->n_reasons == a->cap_reasons && more_reasons(a))
        return 2;
    cr_cause_entry reason = {who, number, UINT32_MAX};
    uint32_t at = (uint32_t)a->n_reasons++;
    a->reasons[at] = reason;
    if (a->first[root] == UINT32_MAX)
        a->first[root] = at;
    else
        a->reasons[a->last[root]].next = at;
    a->last[root] = at;
    return 0;
}

static int put_text(cr_buf *payload, const char *kind, const char *name, size_t n,
                    const char *detail, size_t n_detail)
{
    uint32_t size = (uint32_t)(strlen(kind) + n + n_detail);
    cr_buf_put(payload, &size, sizeof size);
    cr_buf_text(payload, kind);
    cr_buf_put(payload, name, n);
    cr_buf_put(payload, detail, n_detail);
    return payload->oom;
}

/* `input:members.birth_date`, `parameter:dibao.standard[610902,urban]`, `rule:…`, `calendar:2027`
 */
static int put_cause(cr_buf *payload, const cr_findings *f, const cr_found *c)
{
    static const char *const kinds[] = {"", "input:", "parameter:", "rule:", "calendar:"};
    size_t n = c->kind == CR_CAUSE_CALENDAR ? 0 : c->name.n;
    return put_text(payload, kinds[c->kind], f->text.p + c->name.at, n, f->text.p + c->detail.at,
                    c->detail.n);
}

static int put_reasons(cr_outcomes *o, cr_worker *k, const cr_ask *ask, int64_t month)
{
    cr_asking *a = &k->asking;
    int32_t entity = cr_output_entity(k->w->calc, ask->output);
    cr_buf *tail = &k->tails[2 * ask->output + 1];
    uint32_t n = 0;
    cr_buf_clear(&a->payload);
    for (uint32_t r = a->first[ask->root]; r != UINT32_MAX; r = a->reasons[r].next) {
        if (!(a->reasons[r].who & ask->question.who))
            continue;
        n++;
        if (put_cause(&a->payload, &a->names.found, &a->names.found.at[a->reasons[r].number]))
            return CR_RUN_MEMORY;
    }
    if (n > 0)
        cr_tail_put(&o->outputs[ask->output].causes, tail,
                    cr_span_row(&a->block.spans[entity], ask->question.row) -
                        cr_outcomes_base(o, entity, month),
                    n, a->payload.p, a->payload.n);
    return tail->oom ? CR_RUN_MEMORY : CR_RUN_FINE;
}

/* One walk for the `round`th 64 answers of each root among the asks [from, end). */
static int walk_round(cr_outcomes *o, cr_worker *k, uint32_t round, size_t from, size_t end,
                      int64_t month)
{
    cr_asking *a = &k->asking;
    uint32_t n = 0;
    for (uint32_t r = 0; r < CR_ASKED_ROOTS; r++)
        a->first[r] = UINT32_MAX;
    a->n_reasons = 0;
    cr_cause_names_trim(&a->names);
    for (size_t i = from; i < end; i++)
        if (a->asks[i].nth / 64 == round)
            a->questions[n++] = a->asks[i].question;
    if (cr_why_ask(a->w, a->questions, n, 0, on_cause, a))
        return CR_RUN_MEMORY;
    int bad = CR_RUN_FINE;
    for (size_t i = from; i < end && !bad; i++)
        if (a->asks[i].nth / 64 == round)
            bad = put_reasons(o, k, &a->asks[i], month);
    return bad;
}

/* The answers that are not known; returns the most of one root. */
static int list_asks(cr_asking *a, uint32_t *most)
{
    const cr_workspace *w = a->w;
    memset(a->count, 0, sizeof a->count);
    a->n_asks = 0;
    *most = 0;
    for (uint32_t i = 0; i < w->calc->outputs.n; i++) {
        int32_t entity = cr_output_entity(w->calc, i);
        int32_t reg = cr_status_register(value_of(w, i));
        for (uint32_t r = 0; w->frame->st[reg] && r < w->spaces[entity].n; r++) {
            if (!cr_status_get(w, reg, r))
                continue;
            if (a->n_asks == a->cap_asks && more_asks(a))
                return 2;
            uint32_t root = cr_root_of_row(w, entity, r), nth = a->count[root]++;
            cr_ask ask = {{reg, r, UINT64_C(1) << nth % 64}, i, root, nth};
            a->asks[a->n_asks++] = ask;
            *most = nth + 1 > *most ? nth + 1 : *most;
        }
    }
    return 0;
}

/* The roots that were picked into the asking block. Many answers are those of a root alone; then
   the asks of a round stand together. */
static int ask_picked(cr_outcomes *o, cr_worker *k, uint32_t plan, int32_t on, const int32_t *days,
                      int64_t month)
{
    cr_asking *a = &k->asking;
    int alone = a->block.spans[k->w->calc->root].n == 1, bad = CR_RUN_FINE;
    uint32_t most;
    a->block.views = k->block.views;
    a->block.bad = 0;
    if (cr_workspace_run_block(a->w, &a->block.input, plan, on, days) || list_asks(a, &most))
        return CR_RUN_MEMORY;
    for (uint32_t round = 0; round * 64 < most && !bad; round++) {
        size_t from = alone ? (size_t)round * 64 : 0;
        size_t end = alone && from + 64 < a->n_asks ? from + 64 : a->n_asks;
        bad = walk_round(o, k, round, from, end, month);
    }
    return bad;
}

/* ---- which roots ---- */

/* Picks marked roots of the block from `at` on, at least one; returns how far that went. days: of
   the block's roots, or NULL. */
static uint32_t pick_roots(cr_worker *k, const uint8_t *marks, uint32_t at, const int32_t *days)
{
    cr_asking *a = &k->asking;
    int32_t entity = k->w->calc->root;
    const cr_span *roots = &k->block.spans[entity];
    cr_span *picked = &a->block.spans[entity];
    int64_t rows = 0;
    for (picked->n = 0; at < roots->n && picked->n < CR_ASKED_ROOTS; at++) {
        if (!marks[at])
            continue;
        int64_t root = cr_span_row(roots, at);
        rows += cr_rows_below(k->block.views, entity, root, root + 1);
        if (picked->n > 0 && rows > CR_ASKED_ROWS)
            break;
        a->days[picked->n] = days ? days[at] : 0;
        picked->pick[picked->n++] = root;
    }
    return at;
}

int cr_ask_block(cr_outcomes *o, cr_worker *k, uint32_t plan, int32_t on, const int32_t *days)
{
    cr_asking *a = &k->asking;
    const cr_span *roots = &k->block.spans[k->w->calc->root];
    uint8_t *marks = k->block.cells;
    int bad = CR_RUN_FINE;
    memset(marks, 0, roots->n);
    cr_ask_mark(k, marks);
    if (cr_block_pick(&a->block, k->w->calc->root, CR_ASKED_ROOTS))
        return CR_RUN_MEMORY;
    for (uint32_t at = pick_roots(k, marks, 0, days); a->block.spans[k->w->calc->root].n && !bad;
         at = pick_roots(k, marks, at, days))
        bad = ask_picked(o, k, plan, days ? a->days[0] : on, days ? a->days : NULL, 0);
    return bad;
}

/* What was carried into a month has the causes of the months before, so they are all gone through
   again. */
static int ask_months(cr_outcomes *o, cr_worker *k)
{
    cr_workspace *w = k->asking.w;
    int bad = CR_RUN_FINE;
    w->step = 0;
    for (int32_t m = 0; m < o->options->months && !bad; m++) {
        int32_t day = cr_month_last(o->options->first_month + m);
        bad = ask_picked(o, k, cr_calculator_plan(w->calc, day), day, NULL, m);
        if (!bad && cr_workspace_keep(w))
            bad = CR_RUN_MEMORY;
    }
    return bad;
}

int cr_ask_timeline(cr_outcomes *o, cr_worker *k, const uint8_t *marks)
{
    cr_asking *a = &k->asking;
    int bad = CR_RUN_FINE;
    if (cr_block_pick(&a->block, k->w->calc->root, CR_ASKED_ROOTS))
        return CR_RUN_MEMORY;
    for (uint32_t at = pick_roots(k, marks, 0, NULL); a->block.spans[k->w->calc->root].n && !bad;
         at = pick_roots(k, marks, at, NULL))
        bad = ask_months(o, k);
    return bad;
}

int cr_ask_refused(cr_outcomes *a, cr_worker *k)
{
    const cr_calculator *calc = k->w->calc;
    const civ_text on = a->options->on_column;
    cr_buf *payload = &k->asking.payload;
    cr_buf_clear(payload);
    if (put_text(payload, "input:", on.data, on.length, "", 0))
        return CR_RUN_MEMORY;
    for (uint32_t i = 0; i < calc->outputs.n; i++) {
        int32_t entity = cr_output_entity(calc, i);
        const cr_span *span = &k->block.spans[entity];
        for (uint32_t r = 0; r < span->n; r++)
            cr_tail_put(&a->outputs[i].causes, &k->tails[2 * i + 1],
                        cr_span_row(span, r) - cr_outcomes_base(a, entity, 0), 1, payload->p,
                        payload->n);
        if (k->tails[2 * i + 1].oom)
            return CR_RUN_MEMORY;
    }
    return CR_RUN_FINE;
}
