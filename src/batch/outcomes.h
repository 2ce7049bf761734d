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
    void *value;       /* of its width, or bits; exact: numerators */
    void *second;      /* exact: denominators */
    uint8_t some_null; /* 0 = every row has a value, but those counted */
    int64_t nulls;     /* counted */
    uint8_t *inner_valid, *second_valid, *text_valid;
    cr_tail tail, causes;
    struct ArrowArray *array; /* of the values */
} cr_outcome;

typedef struct cr_outcomes {
    const cr_views *views;
    const civ_batch_options *options;
    cr_alloc alloc;
    cr_outcome *outputs;      /* per output of the calculator */
    uint8_t *shown;           /* per entity: outputs stand on it or below */
    int32_t **offsets;        /* per entity: of lists of roots, filled block by block; or NULL */
    int64_t months;           /* at least 1: all rows are there so many times */
    struct cr_holder *holder; /* pass-through: of the input; NULL = nothing passes */
} cr_outcomes;

cr_shape cr_shape_of(const cr_calculator *calc, uint32_t output, const civ_batch_options *options);
const cr_type *cr_output_type(const cr_calculator *calc, uint32_t output);
int32_t cr_output_entity(const cr_calculator *calc, uint32_t output);
/* Entities with outputs on them or below; entities.n + 1 bytes of the allocator. */
uint8_t *cr_shown_entities(const cr_calculator *calc, cr_alloc alloc);
/* Columns of the struct of an entity among the answers. */
int64_t cr_count_columns(const cr_calculator *calc, const cr_binding *binding,
                         const civ_batch_options *options, const uint8_t *shown, int32_t entity);

/* schemas.c: of the answers, from an entity that has a table of its own; of an input. 0 fine, 2 out
   of memory. */
int cr_outcomes_schema(struct ArrowSchema *out, const cr_calculator *calc,
                       const cr_binding *binding, const civ_batch_options *options, int32_t entity);
int cr_input_schema(struct ArrowSchema *out, const cr_calculator *calc,
                    const civ_batch_options *options);

/* Arrays for all rows; out[0] is the root's, behind it those of joined tables. 0 fine, 2 out of
   memory, 4 too many rows. */
int cr_outcomes_make(cr_outcomes *a, const cr_views *views, const civ_batch_options *options,
                     struct cr_holder *holder, struct ArrowArray *out);
/* Of the lists of roots [first, end). */
void cr_outcomes_offsets(const cr_outcomes *a, int64_t first, int64_t end);
void cr_outcomes_free(cr_outcomes *a); /* what is beside the arrays */
/* When all blocks are written; tails[i]: two buffers per output, of worker i. 0 fine, 2 out of
   memory, 4 too many items. */
int cr_outcomes_finish(cr_outcomes *a, cr_buf *const *tails, uint32_t n_workers);

/* Row that stands in place 0, of the first month or another. */
int64_t cr_outcomes_base(const cr_outcomes *a, int32_t entity, int64_t month);

/* The answers of a block that was evaluated for a month (0 where there is none); of one that cannot
   be (no day): all invalid. */
int cr_outcomes_write(cr_outcomes *a, cr_block *b, const cr_workspace *w, int64_t month,
                      cr_buf *tails);
void cr_outcomes_refuse(cr_outcomes *a, cr_block *b, const cr_workspace *w);

/* pass.c: arrays moved in, of which columns come out again; the last column releases them. */
typedef struct cr_holder cr_holder;
cr_holder *cr_holder_make(cr_alloc alloc, struct ArrowArray *arrays,
                          size_t n); /* NULL = no memory */
const struct ArrowArray *cr_holder_arrays(const cr_holder *holder);
void cr_holder_drop(cr_holder *holder); /* NULL allowed */
int cr_holder_pass(cr_holder *holder, struct ArrowArray *out, const struct ArrowArray *column,
                   int64_t offset, int64_t length);

#endif
