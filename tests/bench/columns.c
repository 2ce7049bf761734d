/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of a benchmark as Arrow arrays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"

void *bench_get(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    return p;
}

static void keep_schema(struct ArrowSchema *s)
{
    s->release = NULL;
}

static void keep_array(struct ArrowArray *a)
{
    a->release = NULL;
}

column *table_add(table *t, const char *name, const char *format, const void *values)
{
    column *c = &t->columns[t->n];
    c->schema.name = name;
    c->schema.format = format;
    c->schema.flags = ARROW_FLAG_NULLABLE;
    c->schema.release = keep_schema;
    c->array.length = t->rows;
    c->array.n_buffers = 2;
    c->array.buffers = c->buffers;
    c->array.release = keep_array;
    c->buffers[1] = values;
    t->schemas[t->n] = &c->schema;
    t->arrays[t->n++] = &c->array;
    return c;
}

column *table_add_words(table *t, const char *name, const char *format, const void *index,
                        const char *const *words, int n)
{
    column *c = table_add(t, name, format, index), *d = bench_get(1, sizeof *d);
    int32_t *off = bench_get((size_t)n + 1, sizeof *off);
    for (int i = 0; i < n; i++)
        off[i + 1] = off[i] + (int32_t)strlen(words[i]);
    char *bytes = bench_get((size_t)off[n], 1);
    for (int i = 0; i < n; i++)
        memcpy(bytes + off[i], words[i], strlen(words[i]));
    d->schema.format = "u";
    d->schema.name = "";
    d->schema.release = keep_schema;
    d->array.length = n;
    d->array.n_buffers = 3;
    d->array.buffers = d->buffers;
    d->array.release = keep_array;
    d->buffers[1] = off;
    d->buffers[2] = bytes;
    c->schema.dictionary = &d->schema;
    c->array.dictionary = &d->array;
    return c;
}

void table_add_list(table *t, const char *name, table *items, const int32_t *offsets)
{
    column *c = table_add(t, name, "+l", offsets);
    items->as_child = &items->schema;
    items->as_child_array = &items->array;
    c->schema.n_children = c->array.n_children = 1;
    c->schema.children = &items->as_child;
    c->array.children = &items->as_child_array;
}

void table_close(table *t)
{
    t->schema.format = "+s";
    t->schema.name = "item";
    t->schema.n_children = t->n;
    t->schema.children = t->schemas;
    t->schema.release = keep_schema;
    t->array.length = t->rows;
    t->array.n_buffers = 1;
    t->array.buffers = t->no_validity;
    t->array.n_children = t->n;
    t->array.children = t->arrays;
    t->array.release = keep_array;
}

void column_null(column *c, int64_t row)
{
    size_t bytes = (size_t)c->array.length / 8 + 8;
    if (!c->valid) {
        c->valid = bench_get(bytes, 1);
        memset(c->valid, 0xFF, bytes);
        c->buffers[0] = c->valid;
        c->array.null_count = -1;
    }
    c->valid[row / 8] = (uint8_t)(c->valid[row / 8] & ~(1u << row % 8));
}
