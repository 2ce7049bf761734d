/* SPDX-License-Identifier: Apache-2.0 */
/* The table of answers: its schema, its arrays, and writing a block into its place. */
#ifndef CR_BATCH_OUTCOMES_H
#define CR_BATCH_OUTCOMES_H

#include "batch/batch.h"
#include "batch/tail.h"

typedef enum cr_shape { /* of the values of an output */
                        CR_S_BITS,
                        CR_S_I64,
                        CR_S_D128,
                        CR_S_DATE32,
                        CR_S_TIME,  /* seconds */
                        CR_S_WORD8, /* dictionaries */
                        CR_S_WORD32,
                        CR_S_EXACT,
                        CR_S_ROWS,
                        CR_S_SET
} cr_shape;

typedef struct cr_outcome { /* of one output, for all rows of its entity: in the arrays */
    cr_shape shape;
    uint8_t *valid;
    uint8_t *answer;
    void *value;  /* of its width, or bits; exact: numerators */
    void *second; /* exact: denominators */
    uint8_t *inner_valid, *second_valid, *text_valid;
    cr_tail tail, causes;
    struct ArrowArray *array; /* of the values */
} cr_outcome;

typedef struct cr_outcomes {
    const cr_views *views;
    const civ_batch_options *options;
    cr_alloc alloc;
    cr_outcome *outputs; /* per output of the calculator */
    uint8_t *shown;      /* per entity: outputs stand on it or below */
} cr_outcomes;

cr_shape cr_shape_of(const cr_calculator *calc, uint32_t output, const civ_batch_options *options);
const cr_type *cr_output_type(const cr_calculator *calc, uint32_t output);

/* 0 fine, 2 out of memory. */
int cr_outcomes_schema(struct ArrowSchema *out, const cr_calculator *calc,
                       const cr_binding *binding, const civ_batch_options *options);
/* Arrays for all rows; `out` is the root's. */
int cr_outcomes_make(cr_outcomes *a, const cr_views *views, const civ_batch_options *options,
                     struct ArrowArray *out);
void cr_outcomes_free(cr_outcomes *a); /* what is beside the arrays */
/* When all blocks are written; tails[i]: two buffers per output, of worker i. 0 fine, 2 out of
   memory, 4 too many items. */
int cr_outcomes_finish(cr_outcomes *a, cr_buf *const *tails, uint32_t n_workers);

int64_t cr_outcomes_base(const cr_outcomes *a, int32_t entity); /* row that stands in place 0 */

/* The answers of a block that was evaluated; of one that cannot be (no day): all invalid. */
int cr_outcomes_write(cr_outcomes *a, cr_block *b, const cr_workspace *w, cr_buf *tails);
void cr_outcomes_refuse(cr_outcomes *a, cr_block *b, const cr_workspace *w);

#endif
