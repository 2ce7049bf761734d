/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of a benchmark as Arrow arrays, as any producer of Arrow data would hand them over. They
   live as long as the program; where memory runs out it ends. */
#ifndef CIVICRULES_BENCH_COLUMNS_H
#define CIVICRULES_BENCH_COLUMNS_H

#include "civicrules/arrow.h"

enum { MOST_COLUMNS = 32 };

typedef struct column {
    struct ArrowSchema schema;
    struct ArrowArray array;
    const void *buffers[3];
    uint8_t *valid;
} column;

typedef struct table { /* set rows, add columns, close */
    column columns[MOST_COLUMNS];
    struct ArrowSchema schema, *schemas[MOST_COLUMNS], *as_child;
    struct ArrowArray array, *arrays[MOST_COLUMNS], *as_child_array;
    const void *no_validity[1];
    int64_t n, rows;
} table;

void *bench_get(size_t n, size_t size);

column *table_add(table *t, const char *name, const char *format, const void *values);
/* Words as a dictionary: `index` of the format c or C. */
column *table_add_words(table *t, const char *name, const char *format, const void *index,
                        const char *const *words, int n);
void table_add_list(table *t, const char *name, table *items, const int32_t *offsets);
void table_close(table *t);
void column_null(column *c, int64_t row);

#endif
