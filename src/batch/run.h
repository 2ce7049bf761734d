/* SPDX-License-Identifier: Apache-2.0 */
/* A batch: options, a binding, and workers that are kept warm from run to run. */
#ifndef CR_BATCH_RUN_H
#define CR_BATCH_RUN_H

#include "batch/batch.h"

typedef struct cr_worker {
    cr_workspace *w;
    cr_block block;
    int32_t *days;
    uint32_t *plans;
    uint32_t days_cap;
    cr_buf *tails; /* two per output: of values, of causes */
} cr_worker;

typedef struct cr_batch {
    cr_calculator *calc; /* borrowed */
    cr_alloc alloc;
    cr_arena arena;
    civ_batch_options options; /* texts are copies in the arena */
    cr_binding binding;
    uint8_t bound;
    cr_buf lines;
    cr_worker *workers;
    uint32_t n_workers;
} cr_batch;

enum {
    CR_RUN_FINE,
    CR_RUN_MISMATCH,
    CR_RUN_MEMORY,
    CR_RUN_ARRAY,
    CR_RUN_LIMIT,
    CR_RUN_DATE,
    CR_RUN_CANCELLED
};

cr_batch *cr_batch_make(cr_calculator *calc, const civ_batch_options *options);
void cr_batch_free(cr_batch *batch);
int cr_batch_bind(cr_batch *batch, const struct ArrowSchema *schema);
int cr_batch_run(cr_batch *batch, const struct ArrowArray *in, struct ArrowArray *out);

#endif
