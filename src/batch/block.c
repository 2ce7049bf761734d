/* SPDX-License-Identifier: Apache-2.0 */
/* A block of roots with the rows below them, as the input of a plan. Where the rows of an entity
   stand one behind another their columns are read in place; where lists that are null hold rows,
   where tables were joined or roots picked, row by row. */
#include <string.h>

#include "batch/batch.h"

enum { MOST_ROWS = 100000000 };

/* ---- memory ---- */

int cr_block_make(cr_block *b, const cr_calculator *calc, cr_alloc alloc)
{
    static const cr_input_class BLOCK = {cr_block_rows, cr_block_cells};
    memset(b, 0, sizeof *b);
    b->input.is = &BLOCK;
    b->alloc = alloc;
    b->lanes = cr_lanes_of((cr_cpu_level)calc->level);
    b->n_entities = calc->policy->program.entities.n;
    b->spans = cr_mem_get(&alloc, (size_t)b->n_entities + 1, sizeof *b->spans);
    b->before = cr_mem_get(&alloc, CR_READ_BEFORE, sizeof *b->before);
    return b->spans && b->before ? 0 : 2;
}

void cr_block_free(cr_block *b)
{
    for (uint32_t i = 0; b->spans && i < b->n_entities; i++)
        cr_mem_free(&b->alloc, b->spans[i].pick_memory, b->spans[i].cap * sizeof(int64_t));
    cr_mem_free(&b->alloc, b->spans, ((size_t)b->n_entities + 1) * sizeof *b->spans);
    cr_mem_free(&b->alloc, b->values, b->cap * sizeof *b->values);
    cr_mem_free(&b->alloc, b->cells, b->cap);
    cr_mem_free(&b->alloc, b->before, CR_READ_BEFORE * sizeof *b->before);
    memset(b, 0, sizeof *b);
}

int cr_block_pick(cr_block *b, int32_t entity, uint32_t rows)
{
    cr_span *s = &b->spans[entity];
    if (rows > s->cap) {
        uint32_t cap = rows * 2;
        int64_t *p = cr_mem_get(&b->alloc, cap, sizeof *p);
        if (!p)
            return 2;
        cr_mem_free(&b->alloc, s->pick_memory, s->cap * sizeof *p);
        s->pick_memory = p;
        s->cap = cap;
    }
    s->pick = s->pick_memory;
    return 0;
}

static int reserve_stage(cr_block *b, uint32_t rows)
{
    if (rows <= b->cap)
        return 0;
    uint32_t cap = rows * 2;
    int64_t *values = cr_mem_get(&b->alloc, cap, sizeof *values);
    uint8_t *cells = cr_mem_get(&b->alloc, cap, 1);
    if (!values || !cells) {
        cr_mem_free(&b->alloc, values, cap * sizeof *values);
        cr_mem_free(&b->alloc, cells, cap);
        return 2;
    }
    cr_mem_free(&b->alloc, b->values, b->cap * sizeof *values);
    cr_mem_free(&b->alloc, b->cells, b->cap);
    b->values = values;
    b->cells = cells;
    b->cap = cap;
    return 0;
}

/* ---- rows ---- */

static int64_t rows_of(const cr_edge *e, int64_t parent)
{
    if (e->form == CR_F_NONE || cr_edge_null(e, parent))
        return 0;
    return cr_edge_at(e, parent + 1) - cr_edge_at(e, parent);
}

/* Some lists may be null. */
static int may_be_null(const cr_edge *e)
{
    return e->valid || e->owner_valid || e->unknown.bits || e->cells;
}

/* Whether the rows below stand one behind another: nothing picked, nothing inside a null list. */
static int one_run(const cr_edge *e, const cr_span *parents)
{
    if (parents->pick || e->order)
        return 0;
    for (int64_t p = parents->first; may_be_null(e) && p < parents->first + parents->n; p++)
        if (cr_edge_null(e, p) && cr_edge_at(e, p + 1) != cr_edge_at(e, p))
            return 0;
    return 1;
}

/* The number of rows below, or -1 where the offsets contradict themselves. */
static int64_t count_rows(const cr_edge *e, const cr_span *parents)
{
    int64_t n = 0;
    for (uint32_t k = 0; k < parents->n && e->form != CR_F_NONE; k++) {
        int64_t p = cr_span_row(parents, k), from = cr_edge_at(e, p), to = cr_edge_at(e, p + 1);
        if (from < 0 || to < from || to > e->n)
            return -1;
        n += rows_of(e, p);
    }
    return n;
}

static void pick_rows(const cr_edge *e, const cr_span *parents, cr_span *s)
{
    uint32_t at = 0;
    for (uint32_t k = 0; k < parents->n; k++) {
        int64_t p = cr_span_row(parents, k), from = cr_edge_at(e, p);
        for (int64_t i = 0, n = rows_of(e, p); i < n; i++)
            s->pick[at++] = e->order ? (int64_t)e->order[from + i] : from + i;
    }
}

/* Where the list of each parent begins, and what it is. */
static void fill_space(const cr_block *b, cr_workspace *w, int32_t entity)
{
    const cr_program *p = &w->calc->policy->program;
    const cr_entity *e = &p->entities.at[entity];
    const cr_edge *edge = &b->views->edges[entity];
    const cr_span *parents = &b->spans[e->parent];
    cr_space_rows *s = &w->spaces[entity];
    uint32_t at = 0;
    s->list = NULL;
    s->longest = 0;
    for (uint32_t k = 0; k < parents->n; k++) {
        int64_t row = cr_span_row(parents, k);
        uint32_t n = (uint32_t)rows_of(edge, row);
        uint8_t cell = (uint8_t)cr_edge_cell(edge, row);
        s->off[k] = at;
        at += n;
        s->longest = n > s->longest ? n : s->longest;
        s->list_memory[k] = cr_list_status(p, e, cell, n);
        if (s->list_memory[k] != CR_KNOWN)
            s->list = s->list_memory;
    }
    s->off[parents->n] = at;
}

/* The same of lists of which none is null, in order. */
static void fill_plain(const cr_block *b, cr_workspace *w, int32_t entity)
{
    const cr_program *p = &w->calc->policy->program;
    const cr_entity *e = &p->entities.at[entity];
    cr_space_rows *s = &w->spaces[entity];
    uint32_t n = b->spans[e->parent].n, least;
    b->lanes->lengths(s->off, n, &least, &s->longest);
    s->list = NULL;
    if (least >= e->at_least && s->longest <= e->at_most)
        return;
    for (uint32_t k = 0; k < n; k++)
        s->list_memory[k] = cr_list_status(p, e, CR_CELL_KNOWN, s->off[k + 1] - s->off[k]);
    s->list = s->list_memory;
}

static int too_many(cr_block *b, int64_t n)
{
    if (n >= 0 && n <= MOST_ROWS)
        return 0;
    b->bad = n < 0 ? 3 : 4;
    return 2;
}

static int span_any(cr_block *b, cr_workspace *w, int32_t entity, const cr_span *parents)
{
    const cr_edge *edge = &b->views->edges[entity];
    cr_span *s = &b->spans[entity];
    int64_t n = count_rows(edge, parents);
    if (too_many(b, n))
        return 2;
    s->n = (uint32_t)n;
    if (cr_workspace_reserve(w, entity, s->n, parents->n ? parents->n : 1))
        return 2;
    if (n > 0 && one_run(edge, parents)) {
        s->first = cr_edge_at(edge, parents->first);
    } else if (n > 0) {
        if (cr_block_pick(b, entity, s->n))
            return 2;
        pick_rows(edge, parents, s);
    }
    fill_space(b, w, entity);
    return 0;
}

static int span_plain(cr_block *b, cr_workspace *w, int32_t entity, const cr_span *parents)
{
    const cr_edge *edge = &b->views->edges[entity];
    const int32_t *off = edge->off32 + parents->first;
    cr_span *s = &b->spans[entity];
    int64_t n = (int64_t)off[parents->n] - off[0];
    if (too_many(b, off[parents->n] > edge->n ? -1 : n))
        return 2;
    s->n = (uint32_t)n;
    s->first = off[0];
    if (cr_workspace_reserve(w, entity, s->n, parents->n))
        return 2;
    if (b->lanes->offsets(off, parents->n, w->spaces[entity].off))
        return too_many(b, -1);
    fill_plain(b, w, entity);
    return 0;
}

static int span_rows(cr_block *b, cr_workspace *w, int32_t entity)
{
    const cr_entity *e = &w->calc->policy->program.entities.at[entity];
    const cr_edge *edge = &b->views->edges[entity];
    const cr_span *parents = &b->spans[e->parent];
    cr_span *s = &b->spans[entity];
    cr_space_rows *space = &w->spaces[entity];
    s->pick = NULL;
    s->first = 0;
    s->n = 0;
    int plain = edge->off32 && !parents->pick && !edge->order && !may_be_null(edge) && parents->n;
    if (plain ? span_plain(b, w, entity, parents) : span_any(b, w, entity, parents))
        return 2;
    space->n = s->n;
    space->parents = parents->n;
    space->numbered = 0;
    return reserve_stage(b, s->n);
}

int cr_block_rows(const cr_input *input, cr_workspace *w)
{
    cr_block *b = (cr_block *)(uintptr_t)input; /* the block is its workspace's alone */
    const cr_program *p = &w->calc->policy->program;
    w->spaces[w->calc->root].n = b->spans[w->calc->root].n;
    int bad = reserve_stage(b, b->spans[w->calc->root].n);
    for (int32_t depth = 1; depth <= CR_MAX_DEPTH && !bad; depth++)
        for (uint32_t i = 0; i < p->entities.n && !bad; i++)
            if (w->calc->spaces[i] && p->entities.at[i].depth == depth)
                bad = span_rows(b, w, (int32_t)i);
    return bad;
}

/* ---- how many roots ---- */

int64_t cr_rows_below(const cr_views *v, int32_t entity, int64_t first, int64_t end)
{
    const cr_program *p = &v->calc->policy->program;
    int64_t most = 0;
    for (uint32_t i = 0; i < p->entities.n; i++) {
        const cr_edge *e = &v->edges[i];
        if (p->entities.at[i].parent != entity || e->form == CR_F_NONE)
            continue;
        int64_t from = cr_edge_at(e, first), to = cr_edge_at(e, end), below = 0;
        if (!e->order)
            below = cr_rows_below(v, (int32_t)i, from, to);
        for (int64_t k = from; e->order && k < to; k++)
            below += cr_rows_below(v, (int32_t)i, e->order[k], (int64_t)e->order[k] + 1);
        most = to - from > most ? to - from : most;
        most = below > most ? below : most;
    }
    return most;
}

int64_t cr_block_end(const cr_views *v, int64_t first, uint32_t most)
{
    int64_t lo = first + 1, hi = v->roots; /* lo is taken, fits or not */
    if (hi - first > most)
        hi = first + most;
    while (lo < hi) {
        int64_t mid = lo + (hi - lo + 1) / 2;
        if (cr_rows_below(v, v->calc->root, first, mid) <= most)
            lo = mid;
        else
            hi = mid - 1;
    }
    return lo;
}
