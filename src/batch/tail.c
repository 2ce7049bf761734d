/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and texts among the answers. */
#include <string.h>

#include "batch/arrow_make.h"
#include "batch/tail.h"

typedef struct cr_entry { /* in a worker's buffer, before the bytes of a row */
    int64_t row;
    uint32_t n;
    uint32_t bytes;
} cr_entry;

void cr_tail_put(const cr_tail *tail, cr_buf *worker, int64_t row, uint32_t n, const void *items,
                 size_t bytes)
{
    cr_entry e = {row, n, (uint32_t)bytes};
    tail->off[row + 1] = (int32_t)n;
    cr_buf_put(worker, &e, sizeof e);
    cr_buf_put(worker, items, bytes);
}

/* Lengths to offsets; 4 = the sum does not fit. */
static int sum_lengths(int32_t *off, int64_t n)
{
    int64_t sum = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += off[i + 1];
        if (sum > INT32_MAX)
            return 4;
        off[i + 1] = (int32_t)sum;
    }
    return 0;
}

typedef void (*cr_entry_visit)(cr_tail *tail, const cr_entry *e, const char *bytes);

static void visit_entries(cr_tail *tail, const cr_buf *worker, cr_entry_visit visit)
{
    for (size_t at = 0; at < worker->n;) {
        cr_entry e;
        memcpy(&e, worker->p + at, sizeof e);
        at += sizeof e;
        visit(tail, &e, worker->p + at);
        at += e.bytes;
    }
}

static void visit_all(cr_tail *tail, const cr_buf *const *workers, uint32_t n, cr_entry_visit visit)
{
    for (uint32_t i = 0; i < n; i++)
        visit_entries(tail, workers[i], visit);
}

static void copy_items(cr_tail *tail, const cr_entry *e, const char *bytes)
{
    size_t width = tail->kind == CR_TAIL_INTS ? sizeof(int32_t) : 1;
    char *to = (char *)(uintptr_t)tail->items->buffers[tail->item_buffer];
    memcpy(to + (size_t)tail->off[e->row] * width, bytes, e->bytes);
}

static void put_text_lengths(cr_tail *tail, const cr_entry *e, const char *bytes)
{
    int32_t *off = (int32_t *)(uintptr_t)tail->items->buffers[1];
    for (uint32_t i = 0; i < e->n; i++) {
        uint32_t n;
        memcpy(&n, bytes, sizeof n);
        off[tail->off[e->row] + (int32_t)i + 1] = (int32_t)n;
        bytes += sizeof n + n;
    }
}

static void copy_texts(cr_tail *tail, const cr_entry *e, const char *bytes)
{
    const int32_t *off = tail->items->buffers[1];
    char *to = (char *)(uintptr_t)tail->items->buffers[2];
    for (uint32_t i = 0; i < e->n; i++) {
        uint32_t n;
        memcpy(&n, bytes, sizeof n);
        memcpy(to + off[tail->off[e->row] + (int32_t)i], bytes + sizeof n, n);
        bytes += sizeof n + n;
    }
}

static int finish_strings(cr_tail *tail, const cr_buf *const *workers, uint32_t n)
{
    int64_t items = tail->off[tail->rows];
    tail->items->length = items;
    if (!cr_array_buffer(tail->items, 1, (size_t)(items + 1) * sizeof(int32_t), 1))
        return 2;
    visit_all(tail, workers, n, put_text_lengths);
    int32_t *off = (int32_t *)(uintptr_t)tail->items->buffers[1];
    if (sum_lengths(off, items))
        return 4;
    if (!cr_array_buffer(tail->items, 2, (size_t)off[items], 1))
        return 2;
    visit_all(tail, workers, n, copy_texts);
    return 0;
}

int cr_tail_finish(cr_tail *tail, const cr_buf *const *workers, uint32_t n)
{
    if (tail->kind == CR_TAIL_NONE)
        return 0;
    if (sum_lengths(tail->off, tail->rows))
        return 4;
    if (tail->kind == CR_TAIL_STRINGS)
        return finish_strings(tail, workers, n);
    size_t items = (size_t)tail->off[tail->rows];
    size_t width = tail->kind == CR_TAIL_INTS ? sizeof(int32_t) : 1;
    if (tail->item_buffer == 1) /* items of a list; else characters of the rows themselves */
        tail->items->length = (int64_t)items;
    if (!cr_array_buffer(tail->items, tail->item_buffer, items * width, 1))
        return 2;
    visit_all(tail, workers, n, copy_items);
    return 0;
}
