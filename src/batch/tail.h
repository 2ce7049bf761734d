/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of no fixed length: lists and texts.

   While blocks are evaluated, the length of each row goes to its place among the offsets, and what
   belongs there to a buffer of the worker, with the row's number. In the end lengths become offsets
   and everything goes to its place, so the order of blocks does not matter. */
#ifndef CR_BATCH_TAIL_H
#define CR_BATCH_TAIL_H

#include "base/buf.h"
#include "civicrules/arrow.h"

typedef enum cr_tail_kind {
    CR_TAIL_NONE,
    CR_TAIL_BYTES,  /* one byte each: characters, words of an enum */
    CR_TAIL_INTS,   /* int32 each */
    CR_TAIL_STRINGS /* texts: lengths as uint32, each before its bytes */
} cr_tail_kind;

typedef struct cr_tail {
    cr_tail_kind kind;
    int64_t rows;
    int32_t *off;             /* lengths first, moved by one */
    struct ArrowArray *items; /* buffer 1: of the items, or offsets of texts and buffer 2 */
    int item_buffer;
} cr_tail;

/* Adds a row that is not empty: `n` items of `bytes` bytes in all. */
void cr_tail_put(const cr_tail *tail, cr_buf *worker, int64_t row, uint32_t n, const void *items,
                 size_t bytes);
/* 0 fine, 2 out of memory, 4 more than 2^31 items. */
int cr_tail_finish(cr_tail *tail, const cr_buf *const *workers, uint32_t n_workers);

#endif
