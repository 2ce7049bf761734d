/* SPDX-License-Identifier: Apache-2.0 */
/* Columns that pass through: the caller's arrays are moved in, and each column that comes out again
   keeps them alive. */
#include <string.h>

#include "batch/arrow_make.h"
#include "batch/outcomes.h"

struct cr_holder {
    cr_alloc alloc;
    int32_t references;
    size_t n;
    struct ArrowArray arrays[];
};

static size_t holder_size(size_t n)
{
    return sizeof(cr_holder) + n * sizeof(struct ArrowArray);
}

cr_holder *cr_holder_make(cr_alloc alloc, struct ArrowArray *arrays, size_t n)
{
    cr_holder *h = cr_mem_get(&alloc, holder_size(n), 1);
    if (!h)
        return NULL;
    h->alloc = alloc;
    h->references = 1;
    h->n = n;
    memcpy(h->arrays, arrays, n * sizeof *arrays);
    for (size_t i = 0; i < n; i++)
        arrays[i].release = NULL;
    return h;
}

const struct ArrowArray *cr_holder_arrays(const cr_holder *h)
{
    return h->arrays;
}

void cr_holder_drop(cr_holder *h)
{
    if (!h || __atomic_sub_fetch(&h->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    cr_alloc alloc = h->alloc;
    for (size_t i = 0; i < h->n; i++)
        cr_array_release(&h->arrays[i]);
    cr_mem_free(&alloc, h, holder_size(h->n));
}

static void release_passed(struct ArrowArray *a)
{
    cr_holder *h = a->private_data;
    a->release = NULL;
    cr_holder_drop(h);
}

int cr_holder_pass(cr_holder *h, struct ArrowArray *out, const struct ArrowArray *column,
                   int64_t offset, int64_t length)
{
    if (!h || column->length < offset + length)
        return 2;
    *out = *column;
    out->offset = column->offset + offset;
    out->length = length;
    out->null_count = column->null_count == 0 ? 0 : -1;
    out->private_data = h;
    out->release = release_passed;
    __atomic_add_fetch(&h->references, 1, __ATOMIC_RELAXED);
    return 0;
}
