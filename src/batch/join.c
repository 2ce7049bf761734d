/* SPDX-License-Identifier: Apache-2.0 */
/* Joining a flat table of children to the roots: for each root where its children stand. The
   columns stay where they are; what is made is one number per child row and one per root, and a
   table of keys that goes when the join is done. */
#include <string.h>

#include "batch/batch.h"

#define FREE UINT32_MAX

typedef struct cr_keys { /* of the roots, by open addressing */
    const cr_view *view;
    int text;
    uint32_t *slots; /* row of a root */
    uint64_t mask;
} cr_keys;

static uint64_t hash_bytes(cr_str s)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (uint8_t)s.p[i]) * UINT64_C(0x100000001B3);
    return h ^ h >> 29;
}

static uint64_t hash_key(const cr_view *v, int text, int64_t row)
{
    if (text)
        return hash_bytes(cr_view_text(v, row));
    uint64_t h = (uint64_t)cr_view_integer(v, row) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 32;
}

static int same_key(const cr_keys *k, uint32_t root, const cr_view *v, int64_t row)
{
    if (k->text)
        return cr_str_eq(cr_view_text(k->view, root), cr_view_text(v, row));
    return cr_view_integer(k->view, root) == cr_view_integer(v, row);
}

/* The slot of a key: its root, or a free one. */
static uint32_t *find(const cr_keys *k, const cr_view *v, int64_t row)
{
    uint64_t at = hash_key(v, k->text, row) & k->mask;
    while (k->slots[at] != FREE && !same_key(k, k->slots[at], v, row))
        at = (at + 1) & k->mask;
    return &k->slots[at];
}

/* Roots by key. A root without a key, and all that share one, have no list to be trusted. */
static void enter_roots(cr_keys *k, uint32_t n, uint8_t *cells)
{
    for (uint32_t r = 0; r < n; r++) {
        cells[r] = CR_CELL_KNOWN;
        if (cr_view_null(k->view, r)) {
            cells[r] = CR_CELL_INVALID;
            continue;
        }
        uint32_t *slot = find(k, k->view, r);
        if (*slot != FREE)
            cells[*slot] = cells[r] = CR_CELL_INVALID;
        else
            *slot = r;
    }
}

/* Where the children of each root begin, and who they are; one pass to count, one to place. */
static void place_rows(const cr_keys *k, const cr_view *keys, uint32_t n, uint32_t roots,
                       int64_t *off, uint32_t *order, uint32_t *root_of)
{
    for (uint32_t i = 0; i < n; i++) {
        root_of[i] = cr_view_null(keys, i) ? (uint32_t)FREE : *find(k, keys, i);
        if (root_of[i] != FREE)
            off[root_of[i] + 1]++;
    }
    for (uint32_t r = 0; r < roots; r++)
        off[r + 1] += off[r];
    for (uint32_t i = 0; i < n; i++)
        if (root_of[i] != FREE)
            order[off[root_of[i]]++] = i;
    for (uint32_t r = roots; r > 0; r--) /* they have moved on to the next root's */
        off[r] = off[r - 1];
    off[0] = 0;
}

static int in_order(const uint32_t *order, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (order[i] != i)
            return 0;
    return 1;
}

static int open_keys(cr_views *vs, cr_view *v, const struct ArrowArray *a, const cr_layout *layout,
                     int32_t at)
{
    cr_owner o = {a, a->offset, a->length, NULL, 0, a->length};
    cr_column *c = cr_arena_get(&vs->arena, 1, sizeof *c);
    if (!c)
        return 2;
    c->at = at;
    c->layout = *layout;
    c->unknown_at = -1;
    return cr_view_open(vs, v, c, &o);
}

static int join(cr_views *vs, cr_keys *k, cr_edge *e, const cr_view *keys, uint32_t n)
{
    uint32_t roots = (uint32_t)vs->roots, *root_of;
    size_t slots = 16;
    while (slots < (size_t)roots * 2)
        slots *= 2;
    int64_t *off = cr_arena_get(&vs->arena, (size_t)roots + 1, sizeof *off);
    uint32_t *order = cr_arena_get(&vs->arena, (size_t)n + 1, sizeof *order);
    uint8_t *cells = cr_arena_get(&vs->arena, (size_t)roots + 1, 1);
    k->slots = cr_mem_get(&vs->calc->alloc, slots, sizeof *k->slots);
    root_of = cr_mem_get(&vs->calc->alloc, (size_t)n + 1, sizeof *root_of);
    int bad = !off || !order || !cells || !k->slots || !root_of ? 2 : 0;
    if (!bad) {
        memset(k->slots, 0xFF, slots * sizeof *k->slots);
        k->mask = slots - 1;
        enter_roots(k, roots, cells);
        place_rows(k, keys, n, roots, off, order, root_of);
        e->form = CR_F_LIST64;
        e->off64 = off;
        e->order = in_order(order, off[roots]) ? NULL : order;
        e->cells = cells;
        e->n = e->last = n;
    }
    cr_mem_free(&vs->calc->alloc, k->slots, slots * sizeof *k->slots);
    cr_mem_free(&vs->calc->alloc, root_of, ((size_t)n + 1) * sizeof *root_of);
    return bad;
}

int cr_join(cr_views *vs, int32_t entity, const struct ArrowArray *roots,
            const struct ArrowArray *table)
{
    const cr_binding *b = vs->binding;
    const cr_sheet *sheet = &b->sheets[entity];
    cr_view root_keys, keys;
    cr_keys k = {&root_keys, 0, NULL, 0};
    memset(&root_keys, 0, sizeof root_keys);
    memset(&keys, 0, sizeof keys);
    if (vs->roots > UINT32_MAX / 2)
        return 3;
    int bad = open_keys(vs, &root_keys, roots, &b->key, b->key_at);
    if (!bad)
        bad = open_keys(vs, &keys, table, &sheet->key, sheet->key_at);
    if (bad)
        return bad;
    k.text = b->key.form >= CR_F_TEXT32;
    return join(vs, &k, &vs->edges[entity], &keys, (uint32_t)table->length);
}
