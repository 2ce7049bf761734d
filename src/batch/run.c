/* SPDX-License-Identifier: Apache-2.0 */
/* Running a batch: block after block of roots, by as many threads as were asked for. */
#include <string.h>

#include "batch/arrow_make.h"
#include "batch/run.h"

enum {
    MOST_BLOCK = 65536,
    MOST_ROWS = 16384,
    USUAL_ROWS = 2048,        /* below, starting each operation costs more than its rows */
    USUAL_KIB = 384,          /* of registers: of the second cache */
    LARGE_KIB = 4 * USUAL_KIB /* for usual rows */
};

/* ---- one block ---- */

typedef struct cr_run {
    cr_batch *batch;
    cr_views views;
    cr_outcomes answers;
    uint32_t block_rows;
    cr_lock lock; /* of what follows */
    int64_t next; /* root */
    int64_t done;
    int stop;      /* no more blocks: cancelled, or a failure */
    int bad;       /* CR_RUN_… of the first block that failed */
    int64_t where; /* it began at */
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
    if (cr_outcomes_write(&r->answers, &k->block, k->w, 0, k->tails))
        return CR_RUN_MEMORY;
    return k->asking.w ? cr_ask_block(&r->answers, k, plan, on, days) : CR_RUN_FINE;
}

static int reserve_days(cr_worker *k, uint32_t n)
{
    if (n <= k->days_cap)
        return 0;
    cr_alloc alloc = k->w->alloc;
    int32_t *days = cr_mem_get(&alloc, n, sizeof *days);
    uint32_t *plans = cr_mem_get(&alloc, n, sizeof *plans);
    uint8_t *marks = cr_mem_get(&alloc, n, 1);
    if (!days || !plans || !marks) {
        cr_mem_free(&alloc, days, n * sizeof *days);
        cr_mem_free(&alloc, plans, n * sizeof *plans);
        cr_mem_free(&alloc, marks, n);
        return 2;
    }
    cr_mem_free(&alloc, k->days, k->days_cap * sizeof *days);
    cr_mem_free(&alloc, k->plans, k->days_cap * sizeof *plans);
    cr_mem_free(&alloc, k->marks, k->days_cap);
    k->days = days;
    k->plans = plans;
    k->marks = marks;
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
    return k->asking.w ? cr_ask_refused(&r->answers, k) : CR_RUN_FINE;
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

/* One month after another, for these roots alone: what passes on between months is theirs. */
static int run_months(cr_run *r, cr_worker *k, uint32_t n)
{
    const civ_batch_options *o = &r->batch->options;
    if (reserve_days(k, n))
        return CR_RUN_MEMORY;
    memset(k->marks, 0, n);
    k->w->step = 0;
    for (int32_t m = 0; m < o->months; m++) {
        int32_t day = cr_month_last(o->first_month + m);
        k->block.bad = 0;
        if (cr_workspace_run_block(k->w, &k->block.input, cr_calculator_plan(r->batch->calc, day),
                                   day, NULL))
            return failure(&k->block);
        if (cr_outcomes_write(&r->answers, &k->block, k->w, m, k->tails))
            return CR_RUN_MEMORY;
        if (k->asking.w)
            cr_ask_mark(k, k->marks);
        if (cr_workspace_keep(k->w))
            return CR_RUN_MEMORY;
    }
    return k->asking.w ? cr_ask_timeline(&r->answers, k, k->marks) : CR_RUN_FINE;
}

static int run_block(cr_run *r, cr_worker *k, int64_t first, int64_t end)
{
    cr_span *root = &k->block.spans[r->batch->calc->root];
    uint32_t n = (uint32_t)(end - first);
    int32_t on = r->batch->options.on;
    k->block.views = &r->views;
    cr_outcomes_offsets(&r->answers, first, end);
    root->first = first;
    root->n = n;
    root->pick = NULL;
    if (r->batch->options.months > 0)
        return run_months(r, k, n);
    if (r->batch->binding.on_at < 0)
        return run_plan(r, k, cr_calculator_plan(r->batch->calc, on), on, NULL);
    if (reserve_days(k, 2 * n))
        return CR_RUN_MEMORY;
    if (read_days(r, k, first, n))
        return run_plan(r, k, k->plans[0], k->days[0], k->days);
    return run_groups(r, k, first, n);
}

/* ---- all blocks ---- */

/* Bytes of registers that a root takes in a block, with so many rows of each entity to a root in
   thousandths. */
static size_t bytes_of_root(const cr_plan *plan, const uint64_t *share, uint32_t n_entities)
{
    uint64_t size = 0;
    for (uint32_t e = 0; e < n_entities; e++) {
        uint64_t row = plan->block.steps ? plan->block.statuses[e] * 5 / 4 : 0; /* few.h: 1 in 16 */
        for (uint32_t lane = 0; lane < CR_LANES && plan->block.steps; lane++)
            row += (uint64_t)plan->block.values[e * CR_LANES + lane] * CR_LANE_BYTES(lane);
        size += row * share[e];
    }
    for (uint32_t r = 0; r < plan->regs.n && !plan->block.steps; r++)
        size += (CR_LANE_BYTES(plan->regs.at[r].lane) + 1) * share[plan->regs.at[r].space];
    return (size_t)(size / 1000);
}

/* Rows of every entity to a root, in thousandths, rounded up; returns the most. */
static uint64_t rows_to_a_root(const cr_views *v, uint64_t *share)
{
    const cr_program *p = &v->calc->policy->program;
    uint64_t roots = v->roots > 0 ? (uint64_t)v->roots : 1, most = 1000;
    for (uint32_t e = 0; e < p->entities.n; e++) {
        share[e] = (int32_t)e == v->calc->root ? 1000
                   : v->edges[e].n > 0         ? (uint64_t)v->edges[e].n * 1000 / roots + 1
                                               : 0;
        most = share[e] > most ? share[e] : most;
    }
    return most;
}

/* So many rows that what a block works on stays in the cache, whatever the plan. */
static uint32_t choose_rows(const cr_batch *b, const cr_views *v)
{
    size_t most = 1;
    uint64_t *share = b->share, longest;
    if (b->options.block_rows)
        return b->options.block_rows < MOST_BLOCK ? b->options.block_rows : MOST_BLOCK;
    longest = rows_to_a_root(v, share);
    for (uint32_t i = 0; i < b->calc->plans.n; i++) {
        size_t size =
            bytes_of_root(&b->calc->plans.at[i], share, b->calc->policy->program.entities.n);
        most = size > most ? size : most;
    }
    uint64_t rows = ((uint64_t)USUAL_KIB << 10) / most * longest / 1000;
    uint64_t large = ((uint64_t)LARGE_KIB << 10) / most * longest / 1000;
    rows = rows >= USUAL_ROWS ? rows : large < USUAL_ROWS ? large : USUAL_ROWS;
    return rows > MOST_ROWS ? MOST_ROWS : rows < 64 ? 64 : (uint32_t)rows;
}

/* Takes the next roots; 0 = none are left. */
static int take_block(cr_run *r, int64_t *first, int64_t *end)
{
    cr_lock_take(&r->lock);
    int some = !r->stop && r->next < r->views.roots;
    if (some) {
        *first = r->next;
        *end = cr_block_end(&r->views, r->next, r->block_rows);
        r->next = *end;
    }
    cr_lock_give(&r->lock);
    return some;
}

/* The failure of the earliest roots is the run's, whoever found it. */
static int64_t note_block(cr_run *r, int64_t first, int64_t end, int bad)
{
    cr_lock_take(&r->lock);
    r->done += bad ? 0 : end - first;
    int64_t done = r->done;
    if (bad && (!r->bad || first < r->where)) {
        r->bad = bad;
        r->where = first;
    }
    r->stop |= bad;
    cr_lock_give(&r->lock);
    return done;
}

static void work(cr_run *r, cr_worker *k, int tells)
{
    const civ_batch_options *o = &r->batch->options;
    int64_t first, end;
    while (take_block(r, &first, &end)) {
        int64_t done = note_block(r, first, end, run_block(r, k, first, end));
        if (tells && o->progress && o->progress(o->progress_user, done, r->views.roots))
            note_block(r, r->views.roots, r->views.roots, CR_RUN_CANCELLED);
    }
}

typedef struct cr_helper {
    cr_task task;
    cr_run *run;
    cr_worker *worker;
    int started;
} cr_helper;

static void help(void *user)
{
    cr_helper *h = user;
    work(h->run, h->worker, 0);
}

/* The caller's thread works, too, and alone calls back. Where no thread is to be had, fewer work.
 */
static int run_all(cr_run *r)
{
    cr_helper helpers[CR_MOST_WORKERS];
    uint32_t n = r->batch->n_workers;
    if (cr_lock_init(&r->lock))
        return CR_RUN_MEMORY;
    for (uint32_t i = 1; i < n; i++) {
        cr_helper *h = &helpers[i];
        h->task.run = help;
        h->task.user = h;
        h->run = r;
        h->worker = &r->batch->workers[i];
        h->started = cr_task_start(&h->task) == 0;
    }
    work(r, &r->batch->workers[0], 1);
    for (uint32_t i = 1; i < n; i++)
        if (helpers[i].started)
            cr_task_join(&helpers[i].task);
    const civ_batch_options *o = &r->batch->options;
    if (!r->bad && n > 1 && o->progress && o->progress(o->progress_user, r->done, r->views.roots))
        r->bad = CR_RUN_CANCELLED;
    cr_lock_drop(&r->lock);
    return r->bad;
}

static int finish(cr_run *r)
{
    cr_buf *tails[CR_MOST_WORKERS];
    for (uint32_t i = 0; i < r->batch->n_workers; i++)
        tails[i] = r->batch->workers[i].tails;
    int bad = cr_outcomes_finish(&r->answers, tails, r->batch->n_workers);
    return bad == 4 ? CR_RUN_LIMIT : bad ? CR_RUN_MEMORY : CR_RUN_FINE;
}

static int bad_dates(const cr_batch *b)
{
    const civ_batch_options *o = &b->options;
    if (o->months > 0)
        return o->first_month < cr_month_of(CR_DATE_MIN) ||
               o->first_month > cr_month_of(CR_DATE_MAX) ||
               o->months - 1 > cr_month_of(CR_DATE_MAX) - o->first_month;
    return b->binding.on_at < 0 && (o->on < CR_DATE_MIN || o->on > CR_DATE_MAX);
}

static int run_held(cr_run *r, cr_holder *holder, const struct ArrowArray *in,
                    struct ArrowArray *out)
{
    cr_batch *b = r->batch;
    int bad = cr_views_open(&r->views, b->calc, &b->binding, in);
    if (!bad)
        r->block_rows = choose_rows(b, &r->views);
    if (!bad)
        bad = cr_outcomes_make(&r->answers, &r->views, &b->options, holder, out);
    bad = bad == 4 ? CR_RUN_LIMIT : bad;
    if (!bad)
        bad = run_all(r);
    if (!bad)
        bad = finish(r);
    for (uint32_t i = 0; i < b->n_workers; i++)
        cr_batch_drop_tails(b, &b->workers[i]);
    if (r->answers.views)
        cr_outcomes_free(&r->answers);
    cr_views_close(&r->views);
    return bad;
}

int cr_batch_run(cr_batch *b, struct ArrowArray *in, struct ArrowArray *out)
{
    uint32_t n = b->binding.n_tables + 1;
    cr_holder *holder = NULL;
    cr_run r;
    memset(&r, 0, sizeof r);
    memset(out, 0, n * sizeof *out);
    r.batch = b;
    int bad = bad_dates(b) ? CR_RUN_DATE : CR_RUN_FINE;
    if (!bad && b->options.pass_through) {
        holder = cr_holder_make(b->alloc, in, n);
        bad = holder ? CR_RUN_FINE : CR_RUN_MEMORY;
    }
    if (!bad)
        bad = run_held(&r, holder, holder ? cr_holder_arrays(holder) : in, out);
    for (uint32_t i = 0; bad && i < n; i++) {
        cr_array_release(&out[i]);
        memset(&out[i], 0, sizeof out[i]);
        if (b->options.pass_through)
            cr_array_release(&in[i]);
    }
    cr_holder_drop(holder);
    return bad;
}
