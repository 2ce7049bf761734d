/* SPDX-License-Identifier: Apache-2.0 */
/* A batch: options, a binding, and workers that are kept warm from run to run. */
#ifndef CR_BATCH_RUN_H
#define CR_BATCH_RUN_H

#include "base/thread.h"
#include "batch/outcomes.h"
#include "engine/causes.h"

enum { CR_ASKED_ROOTS = 64, CR_ASKED_ROWS = 256 }; /* of a block that is asked about, at most */

typedef struct cr_ask { /* one answer that is not known */
    cr_question question;
    uint32_t output, root, nth; /* of its root */
} cr_ask;

typedef struct cr_cause_entry { /* a cause of some answers of one root */
    uint64_t who;
    uint32_t number, next; /* of the root; UINT32_MAX = none */
} cr_cause_entry;

typedef struct cr_asking { /* causes: a few roots at a time, every register kept */
    cr_workspace *w;       /* NULL = nobody wants causes */
    cr_block block;
    int32_t days[CR_ASKED_ROOTS];
    uint32_t count[CR_ASKED_ROOTS];                       /* of asks */
    uint32_t first[CR_ASKED_ROOTS], last[CR_ASKED_ROOTS]; /* of reasons */
    cr_ask *asks;
    cr_question *questions; /* of one walk: 64 of each root */
    size_t n_asks, cap_asks;
    cr_cause_entry *reasons;
    size_t n_reasons, cap_reasons;
    cr_cause_names names;
    cr_buf payload;
} cr_asking;

typedef struct cr_worker { /* one per thread */
    cr_workspace *w;
    cr_block block;
    int32_t *days; /* of the roots of a block, and again of those picked */
    uint32_t *plans;
    uint8_t *marks; /* timelines: roots with something to be asked about */
    uint32_t days_cap;
    cr_asking asking;
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

/* 0 fine, 2 out of memory. */
int cr_asking_make(cr_asking *a, cr_calculator *calc, cr_alloc alloc);
void cr_asking_free(cr_asking *a);
/* Causes of every answer of the block just written that is not known. 0 fine, else CR_RUN_…. days:
   per root of the block, NULL = all on `on`. */
int cr_ask_block(cr_outcomes *a, cr_worker *k, uint32_t plan, int32_t on, const int32_t *days);
/* The same of a timeline, when all its months are written: of the roots that were marked in any. */
void cr_ask_mark(const cr_worker *k, uint8_t *marks);
int cr_ask_timeline(cr_outcomes *a, cr_worker *k, const uint8_t *marks);
/* Roots without a day: the column of dates is the cause. */
int cr_ask_refused(cr_outcomes *a, cr_worker *k);

#endif
