/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a block between the caller's columns and lanes: the plain cases, as loops for vectors, in
   one build for each instruction set. Whatever is not plain goes cell by cell (cells.c, write.c).

   `lane` is one of 8 to 64 bits; n rows lie one behind another; nothing behind them is touched,
   unless said. */
#ifndef CR_BATCH_LANES_H
#define CR_BATCH_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "engine/few.h"

typedef struct cr_lanes {
    /* Integers of a column (cr_form) into a lane, those outside of lo … hi as 0; whether there are
       such. */
    int (*load)(const void *p, int form, void *d, int lane, uint32_t n, int64_t lo, int64_t hi);
    /* words[p[k]], for indices that are bytes; 1 = one is no word, and nothing is written. */
    int (*load_words)(const uint8_t *p, const int64_t *words, int64_t n_words, void *d, int lane,
                      uint32_t n);
    /* The bits from `at` on that are not set; 0 = they are more than `most`. */
    int (*list_unset)(const uint8_t *bits, int64_t at, uint32_t n, uint32_t most, cr_few *to);
    /* `value` where a row is not there. */
    void (*fill)(void *d, int lane, const uint8_t *there, uint32_t n, int64_t value);
    /* 0 where a row is there, else `status`. */
    void (*status)(uint8_t *s, const uint8_t *there, uint32_t n, uint8_t status);
    /* Bits from `at` on as bytes 0 and 1; whether all are set. */
    int (*expand)(const uint8_t *bits, int64_t at, uint32_t n, uint8_t *out);
    /* 1 where a row is known and yes. */
    void (*known_yes)(uint8_t *out, const uint8_t *yes, const uint8_t *st, uint32_t n);
    /* 8 × n bytes below 8 as bits: which are not 0, or which are. */
    void (*pack)(uint8_t *bits, const uint8_t *bytes, size_t n, int zeros);
    /* a[k] × by where `st` (NULL = all) is 0, else 0; 8, 32 or 64 bits wide. few: of `st`. */
    void (*store)(void *to, size_t width, const void *a, int lane, int64_t by, const uint8_t *st,
                  const cr_few *few, uint32_t n);
    /* How far off[0 … n] lie behind the first, in order; 1 = they are not in order. */
    int (*offsets)(const int32_t *off, uint32_t n, uint32_t *to);
    /* The lengths of the shortest and the longest list. */
    void (*lengths)(const uint32_t *off, uint32_t n, uint32_t *least, uint32_t *most);
} cr_lanes;

const cr_lanes *cr_lanes_of(cr_cpu_level level);

#endif
