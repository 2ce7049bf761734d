/* SPDX-License-Identifier: Apache-2.0 */
/* Arrow tables made by hand, for tests of batches in C. */
#ifndef CR_TESTS_ARROW_FIXTURE_H
#define CR_TESTS_ARROW_FIXTURE_H

#include "batch/arrow_make.h"
#include "fixture.h"

/* A column of one layout; `valid` NULL = no nulls, else one byte per row. */
static inline void fx_array(struct ArrowArray *out, const void *values, size_t bytes, int64_t n,
                            const uint8_t *valid)
{
    assert_int_equal(cr_array_make(out, cr_alloc_default(), n, 2, 0), 0);
    void *to = cr_array_buffer(out, 1, bytes, 0);
    assert_non_null(to);
    if (bytes > 0)
        memcpy(to, values, bytes);
    if (!valid)
        return;
    uint8_t *bits = cr_array_buffer(out, 0, (size_t)(n + 7) / 8, 1);
    for (int64_t i = 0; i < n; i++) {
        bits[i >> 3] |= (uint8_t)((valid[i] != 0) << (i & 7));
        out->null_count += !valid[i];
    }
}

/* A struct of n columns, which are moved in. */
static inline void fx_struct(struct ArrowArray *out, struct ArrowArray *columns, int64_t n_columns,
                             int64_t n)
{
    assert_int_equal(cr_array_make(out, cr_alloc_default(), n, 1, n_columns), 0);
    for (int64_t i = 0; i < n_columns; i++)
        *out->children[i] = columns[i];
}

/* A list of rows; both are moved in. */
static inline void fx_list(struct ArrowArray *out, const int32_t *off, int64_t n,
                           const struct ArrowArray *rows)
{
    assert_int_equal(cr_array_make(out, cr_alloc_default(), n, 2, 1), 0);
    int32_t *to = cr_array_buffer(out, 1, (size_t)(n + 1) * sizeof *to, 0);
    memcpy(to, off, (size_t)(n + 1) * sizeof *to);
    *out->children[0] = *rows;
}

typedef struct fx_column {
    const char *format, *name, *unit; /* unit: of money, or NULL */
    int n;                            /* columns of a struct that follow, or 1 behind a list */
} fx_column;

/* A schema from a flat list of columns, parents first. */
static inline const fx_column *fx_schema(struct ArrowSchema *out, const fx_column *c)
{
    const char *metadata[] = {"civicrules.unit", c->unit};
    const fx_column *next = c + 1;
    assert_int_equal(cr_schema_make(out, cr_alloc_default(), c->format, cr_str_of(c->name), c->n,
                                    c->unit ? metadata : NULL),
                     0);
    for (int i = 0; i < c->n; i++)
        next = fx_schema(out->children[i], next);
    return next;
}

/* The child of that name of an array, by its schema. */
static inline struct ArrowArray *fx_child(struct ArrowArray *a, const struct ArrowSchema *s,
                                          const char *name)
{
    for (int64_t i = 0; i < s->n_children; i++)
        if (strcmp(s->children[i]->name, name) == 0)
            return a->children[i];
    fail_msg("no column %s", name);
    return NULL;
}

#endif
