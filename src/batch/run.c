/* SPDX-License-Identifier: Apache-2.0 */
/* Running a batch: block after block of roots. */
#include <string.h>

#include "batch/outcomes.h"
#include "batch/arrow_make.h"
#include "batch/run.h"

enum { MOST_BLOCK = 65536, MEMORY = 6 << 20 /* of registers, per thread */ };

/* ---- making ---- */

static civ_text copy_text(cr_arena *arena, civ_text t)
{
    cr_str s = {t.data, t.length};
    civ_text out = {"", 0};
    if (t.length > 0) {
        cr_str c = cr_arena_text(arena, s);
        out.data = c.p;
        out.length = c.n;
    }
    return out;
}

static int copy_options(cr_batch *b, const civ_batch_options *options)
{
    civ_batch_alias *aliases;
    b->options = *options;
    b->options.on_column = copy_text(&b->arena, options->on_column);
    aliases = cr_arena_get(&b->arena, options->n_aliases + 1, sizeof *aliases);
    if (!aliases)
        return 2;
    for (size_t i = 0; i < options->n_aliases; i++) {
        aliases[i].column = copy_text(&b->arena, options->aliases[i].column);
        aliases[i].field = copy_text(&b->arena, options->aliases[i].field);
    }
    b->options.aliases = aliases;
    return b->arena.oom ? 2 : 0;
}

static int make_worker(cr_batch *b, cr_worker *k)
{
    uint32_t n = 2 * b->calc->outputs.n;
    k->w = cr_workspace_make(b->calc);
    k->tails = cr_mem_get(&b->alloc, (size_t)n + 1, sizeof *k->tails);
    for (uint32_t i = 0; k->tails && i < n; i++)
        cr_buf_init(&k->tails[i], b->alloc);
    return !k->w || !k->tails || cr_block_make(&k->block, b->calc, b->alloc) ? 2 : 0;
}

cr_batch *cr_batch_make(cr_calculator *calc, const civ_batch_options *options)
{
    cr_alloc alloc = calc->alloc;
    cr_batch *b = cr_mem_get(&alloc, 1, sizeof *b);
    if (!b)
        return NULL;
    b->calc = calc;
    b->alloc = alloc;
    cr_arena_init(&b->arena, alloc);
    cr_arena_init(&b->binding.arena, alloc);
    cr_buf_init(&b->lines, alloc);
    b->n_workers = 1;
    b->workers = cr_mem_get(&alloc, b->n_workers, sizeof *b->workers);
    int bad = !b->workers || copy_options(b, options);
    for (uint32_t i = 0; i < b->n_workers && !bad; i++)
        bad = make_worker(b, &b->workers[i]);
    if (bad) {
        cr_batch_free(b);
        return NULL;
    }
    return b;
}

static void drop_tails(const cr_batch *b, cr_worker *k)
{
    for (uint32_t i = 0; k->tails && i < 2 * b->calc->outputs.n; i++) {
        cr_buf_free(&k->tails[i]);
        cr_buf_init(&k->tails[i], b->alloc);
    }
}

void cr_batch_free(cr_batch *b)
{
    if (!b)
        return;
    cr_alloc alloc = b->alloc;
    for (uint32_t i = 0; b->workers && i < b->n_workers; i++) {
        cr_worker *k = &b->workers[i];
        cr_workspace_free(k->w);
        cr_block_free(&k->block);
        cr_mem_free(&alloc, k->days, k->days_cap * sizeof *k->days);
        cr_mem_free(&alloc, k->plans, k->days_cap * sizeof *k->plans);
        drop_tails(b, k);
        cr_mem_free(&alloc, k->tails, (2 * (size_t)b->calc->outputs.n + 1) * sizeof *k->tails);
    }
    cr_mem_free(&alloc, b->workers, b->n_workers * sizeof *b->workers);
    cr_arena_free(&b->binding.arena);
    cr_arena_free(&b->arena);
    cr_buf_free(&b->lines);
    cr_mem_free(&alloc, b, sizeof *b);
}

int cr_batch_bind(cr_batch *b, const struct ArrowSchema *schema)
{
    b->bound = 0;
    cr_buf_clear(&b->lines);
    cr_arena_free(&b->binding.arena);
    memset(&b->binding, 0, sizeof b->binding);
    cr_arena_init(&b->binding.arena, b->alloc);
    int bad = cr_bind(&b->binding, b->calc, schema, &b->options, &b->lines);
    b->bound = bad == 0;
    return bad == 2 ? CR_RUN_MEMORY : bad ? CR_RUN_MISMATCH : CR_RUN_FINE;
}

/* ---- one block ---- */

typedef struct cr_run {
    cr_batch *batch;
    cr_views views;
    cr_outcomes answers;
    uint32_t block_rows;
} cr_run;

static int failure(const cr_block *b)
{
    return b->bad == 3 ? CR_RUN_ARRAY : b->bad == 4 ? CR_RUN_LIMIT : CR_RUN_MEMORY;
}

static int run_plan(cr_run *r, cr_worker *k, uint32_t plan, int32_t on, const int32_t *days)
{
    k->block.bad = 0;
    if (cr_workspace_run_block(k->w, &k->block.input, plan, on, days))
        return failure(&k->block);
    return cr_outcomes_write(&r->answers, &k->block, k->w, k->tails) ? CR_RUN_MEMORY : CR_RUN_FINE;
}

static int reserve_days(cr_run *r, cr_worker *k, uint32_t n)
{
    if (n <= k->days_cap)
        return 0;
    cr_alloc alloc = r->batch->alloc;
    int32_t *days = cr_mem_get(&alloc, n, sizeof *days);
    uint32_t *plans = cr_mem_get(&alloc, n, sizeof *plans);
    if (!days || !plans) {
        cr_mem_free(&alloc, days, n * sizeof *days);
        cr_mem_free(&alloc, plans, n * sizeof *plans);
        return 2;
    }
    cr_mem_free(&alloc, k->days, k->days_cap * sizeof *days);
    cr_mem_free(&alloc, k->plans, k->days_cap * sizeof *plans);
    k->days = days;
    k->plans = plans;
    k->days_cap = n;
    return 0;
}

/* The day of each root and the plan that serves it; UINT32_MAX where there is no day. Returns
   whether one plan serves all. */
static int read_days(cr_run *r, cr_worker *k, int64_t first, uint32_t n)
{
    static const cr_sym_field ON = {.type = {.kind = CR_T_DATE}};
    const cr_calculator *calc = r->batch->calc;
    int same = 1;
    for (uint32_t i = 0; i < n; i++) {
        int64_t day;
        cr_cell cell = cr_view_value(&r->views.on, calc->policy, &ON, first + i, &day);
        k->days[i] = (int32_t)day;
        k->plans[i] = cell != CR_CELL_KNOWN ? UINT32_MAX
                      : i > 0 && k->days[i - 1] == day && k->plans[i - 1] != UINT32_MAX
                          ? k->plans[i - 1]
                          : cr_calculator_plan(calc, (int32_t)day);
        same &= k->plans[i] == k->plans[0];
    }
    return same && k->plans[0] != UINT32_MAX;
}

/* Roots of one plan, picked out of the block. Their days move to the front of the second half of
   k->days. */
static int run_group(cr_run *r, cr_worker *k, int64_t first, uint32_t n, uint32_t plan)
{
    cr_span *root = &k->block.spans[r->batch->calc->root];
    int32_t *days = k->days + n;
    uint32_t at = 0;
    if (cr_block_pick(&k->block, r->batch->calc->root, n))
        return CR_RUN_MEMORY;
    for (uint32_t i = 0; i < n; i++)
        if (k->plans[i] == plan) {
            root->pick[at] = first + i;
            days[at++] = k->days[i];
        }
    root->n = at;
    if (plan != UINT32_MAX)
        return run_plan(r, k, plan, days[0], days);
    k->w->input = &k->block.input;
    if (cr_block_rows(&k->block.input, k->w))
        return failure(&k->block);
    cr_outcomes_refuse(&r->answers, &k->block, k->w);
    return CR_RUN_FINE;
}

static int run_groups(cr_run *r, cr_worker *k, int64_t first, uint32_t n)
{
    uint32_t done = 0, plan, next;
    int bad = CR_RUN_FINE;
    for (plan = 0; done < n && !bad; plan = next + 1) { /* ascending: the next plan that occurs */
        next = UINT32_MAX;
        for (uint32_t i = 0; i < n; i++)
            if (k->plans[i] >= plan && k->plans[i] < next)
                next = k->plans[i];
        for (uint32_t i = 0; i < n; i++)
            done += k->plans[i] == next;
        bad = run_group(r, k, first, n, next);
    }
    return bad;
}

static int run_block(cr_run *r, cr_worker *k, int64_t first, int64_t end)
{
    cr_span *root = &k->block.spans[r->batch->calc->root];
    uint32_t n = (uint32_t)(end - first);
    int32_t on = r->batch->options.on;
    k->block.views = &r->views;
    root->first = first;
    root->n = n;
    root->pick = NULL;
    if (r->batch->binding.on_at < 0)
        return run_plan(r, k, cr_calculator_plan(r->batch->calc, on), on, NULL);
    if (reserve_days(r, k, 2 * n))
        return CR_RUN_MEMORY;
    if (read_days(r, k, first, n))
        return run_plan(r, k, k->plans[0], k->days[0], k->days);
    return run_groups(r, k, first, n);
}

/* ---- all blocks ---- */

/* So many rows that the registers stay within bounds, whatever the plan. */
static uint32_t choose_rows(const cr_batch *b)
{
    size_t most = 1;
    if (b->options.block_rows)
        return b->options.block_rows < MOST_BLOCK ? b->options.block_rows : MOST_BLOCK;
    for (uint32_t i = 0; i < b->calc->plans.n; i++) {
        const cr_plan *plan = &b->calc->plans.at[i];
        size_t size = 0;
        for (uint32_t r = 0; r < plan->regs.n; r++)
            size += CR_LANE_BYTES(plan->regs.at[r].lane) + 1;
        most = size > most ? size : most;
    }
    size_t rows = MEMORY / most;
    return rows > 16384 ? 16384 : rows < 64 ? 64 : (uint32_t)rows;
}

static int run_all(cr_run *r)
{
    const civ_batch_options *o = &r->batch->options;
    int bad = CR_RUN_FINE;
    for (int64_t first = 0; first < r->views.roots && !bad;) {
        int64_t end = cr_block_end(&r->views, first, r->block_rows);
        bad = run_block(r, &r->batch->workers[0], first, end);
        first = end;
        if (!bad && o->progress && o->progress(o->progress_user, first, r->views.roots))
            bad = CR_RUN_CANCELLED;
    }
    return bad;
}

static int finish(cr_run *r)
{
    cr_buf *tails[CR_MOST_WORKERS];
    for (uint32_t i = 0; i < r->batch->n_workers; i++)
        tails[i] = r->batch->workers[i].tails;
    int bad = cr_outcomes_finish(&r->answers, tails, r->batch->n_workers);
    return bad == 4 ? CR_RUN_LIMIT : bad ? CR_RUN_MEMORY : CR_RUN_FINE;
}

int cr_batch_run(cr_batch *b, const struct ArrowArray *in, struct ArrowArray *out)
{
    cr_run r;
    memset(&r, 0, sizeof r);
    memset(out, 0, sizeof *out);
    r.batch = b;
    r.block_rows = choose_rows(b);
    if (b->binding.on_at < 0 && (b->options.on < CR_DATE_MIN || b->options.on > CR_DATE_MAX))
        return CR_RUN_DATE;
    int bad = cr_views_open(&r.views, b->calc, &b->binding, in);
    if (!bad)
        bad = cr_outcomes_make(&r.answers, &r.views, &b->options, out);
    if (!bad)
        bad = run_all(&r);
    if (!bad)
        bad = finish(&r);
    for (uint32_t i = 0; i < b->n_workers; i++)
        drop_tails(b, &b->workers[i]);
    if (bad)
        cr_array_release(out);
    if (r.answers.views)
        cr_outcomes_free(&r.answers);
    cr_views_close(&r.views);
    return bad;
}
