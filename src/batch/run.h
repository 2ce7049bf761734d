/* SPDX-License-Identifier: Apache-2.0 */
/* A batch: options, a binding, and workers that are kept warm from run to run. */
#ifndef CR_BATCH_RUN_H
#define CR_BATCH_RUN_H

#include "base/thread.h"
#include "batch/outcomes.h"
#include "engine/causes.h"

typedef struct cr_worker { /* one per thread */
    cr_workspace *w;
    cr_block block;
    int32_t *days; /* of the roots of a block, and again of those picked */
    uint32_t *plans;
    uint8_t *marks; /* timelines: roots with something to be asked about */
    uint32_t days_cap;
    cr_workspace *asker; /* causes: evaluates one root, and keeps every register */
    cr_block asked;
    cr_findings findings;
    cr_buf payload;
    cr_buf *tails; /* two per output: of values, of causes */
} cr_worker;

typedef struct cr_locked { /* the engine's allocator, one call at a time */
    cr_lock lock;
    cr_alloc real;
    uint8_t made;
} cr_locked;

typedef struct cr_batch {
    cr_calculator *calc; /* borrowed */
    cr_alloc alloc;
    cr_arena arena;
    civ_batch_options options; /* texts are copies in the arena */
    cr_binding binding;
    uint8_t bound;
    cr_buf lines;
    cr_locked locked;
    cr_worker *workers;
    uint32_t n_workers;
    uint64_t *share; /* per entity: its rows to a root in the run, in thousandths */
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
int cr_batch_bind(cr_batch *batch, const cr_schemas *schemas);
/* in, out: the roots, then joined tables. */
int cr_batch_run(cr_batch *batch, struct ArrowArray *in, struct ArrowArray *out);
void cr_batch_drop_tails(const cr_batch *batch, cr_worker *worker);

/* Causes of every answer of the block just written that is not known. 0 fine, else CR_RUN_…. days:
   per root of the block, NULL = all on `on`. */
int cr_ask_block(cr_outcomes *a, cr_worker *k, uint32_t plan, int32_t on, const int32_t *days);
/* The same of a timeline, when all its months are written: of the roots that were marked in any. */
void cr_ask_mark(const cr_worker *k, uint8_t *marks);
int cr_ask_timeline(cr_outcomes *a, cr_worker *k, const uint8_t *marks);
/* Roots without a day: the column of dates is the cause. */
int cr_ask_refused(cr_outcomes *a, cr_worker *k);

#endif
