/* SPDX-License-Identifier: Apache-2.0 */
/* Batches: made once, bound to a schema, kept warm from run to run. */
#include <string.h>

#include "batch/run.h"

static void *locked_alloc(void *user, void *p, size_t old_size, size_t new_size)
{
    cr_locked *l = user;
    cr_lock_take(&l->lock);
    void *q = l->real.fn(l->real.user, p, old_size, new_size);
    cr_lock_give(&l->lock);
    return q;
}

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

/* What a worker needs while others work is asked for under the lock. */
static int make_worker(cr_batch *b, cr_worker *k)
{
    cr_alloc alloc = b->alloc;
    if (b->n_workers > 1) {
        alloc.fn = locked_alloc;
        alloc.user = &b->locked;
    }
    uint32_t n = 2 * b->calc->outputs.n;
    k->tails = cr_mem_get(&b->alloc, (size_t)n + 1, sizeof *k->tails);
    for (uint32_t i = 0; k->tails && i < n; i++)
        cr_buf_init(&k->tails[i], alloc);
    k->w = cr_workspace_make(b->calc);
    if (k->w) {
        k->w->alloc = alloc;
        k->w->no_causes = 1;
        k->w->many = 1;
    }
    return !k->w || !k->tails || cr_block_make(&k->block, b->calc, alloc) ||
                   (b->options.causes && cr_asking_make(&k->asking, b->calc, alloc))
               ? 2
               : 0;
}

static void free_worker(const cr_batch *b, cr_worker *k)
{
    cr_workspace_free(k->w);
    cr_block_free(&k->block);
    cr_asking_free(&k->asking);
    cr_mem_free(&b->alloc, k->days, k->days_cap * sizeof *k->days);
    cr_mem_free(&b->alloc, k->plans, k->days_cap * sizeof *k->plans);
    cr_mem_free(&b->alloc, k->marks, k->days_cap);
    if (!k->tails)
        return;
    cr_batch_drop_tails(b, k);
    cr_mem_free(&b->alloc, k->tails, (2 * (size_t)b->calc->outputs.n + 1) * sizeof *k->tails);
}

void cr_batch_drop_tails(const cr_batch *b, cr_worker *k)
{
    for (uint32_t i = 0; i < 2 * b->calc->outputs.n; i++) {
        cr_alloc alloc = k->tails[i].a;
        cr_buf_free(&k->tails[i]);
        cr_buf_init(&k->tails[i], alloc);
    }
}

cr_batch *cr_batch_make(cr_calculator *calc, const civ_batch_options *options)
{
    cr_alloc alloc = calc->alloc;
    cr_batch *b = cr_mem_get(&alloc, 1, sizeof *b);
    if (!b)
        return NULL;
    b->calc = calc;
    b->alloc = alloc;
    b->locked.real = alloc;
    cr_arena_init(&b->arena, alloc);
    cr_arena_init(&b->binding.arena, alloc);
    cr_buf_init(&b->lines, alloc);
    b->n_workers = options->threads < 1                 ? 1
                   : options->threads > CR_MOST_WORKERS ? (uint32_t)CR_MOST_WORKERS
                                                        : options->threads;
    b->locked.made = cr_lock_init(&b->locked.lock) == 0;
    b->workers = cr_mem_get(&alloc, b->n_workers, sizeof *b->workers);
    b->share =
        cr_arena_get(&b->arena, (size_t)calc->policy->program.entities.n + 1, sizeof *b->share);
    int bad = !b->locked.made || !b->workers || !b->share || copy_options(b, options);
    for (uint32_t i = 0; i < b->n_workers && !bad; i++)
        bad = make_worker(b, &b->workers[i]);
    if (bad) {
        cr_batch_free(b);
        return NULL;
    }
    return b;
}

void cr_batch_free(cr_batch *b)
{
    if (!b)
        return;
    cr_alloc alloc = b->alloc;
    for (uint32_t i = 0; b->workers && i < b->n_workers; i++)
        free_worker(b, &b->workers[i]);
    cr_mem_free(&alloc, b->workers, b->n_workers * sizeof *b->workers);
    cr_binding_drop(&b->binding, b->calc);
    cr_arena_free(&b->arena);
    cr_buf_free(&b->lines);
    if (b->locked.made)
        cr_lock_drop(&b->locked.lock);
    cr_mem_free(&alloc, b, sizeof *b);
}

int cr_batch_bind(cr_batch *b, const cr_schemas *schemas)
{
    b->bound = 0;
    cr_buf_clear(&b->lines);
    cr_binding_drop(&b->binding, b->calc);
    memset(&b->binding, 0, sizeof b->binding);
    cr_arena_init(&b->binding.arena, b->alloc);
    int bad = cr_bind(&b->binding, b->calc, schemas, &b->options, &b->lines);
    b->bound = bad == 0;
    return bad == 2 ? CR_RUN_MEMORY : bad ? CR_RUN_MISMATCH : CR_RUN_FINE;
}
