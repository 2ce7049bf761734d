/* SPDX-License-Identifier: Apache-2.0 */
/* Exact division without dividing: by a constant, and by small counts. */
#ifndef CR_ENGINE_RECIPROCAL_H
#define CR_ENGINE_RECIPROCAL_H

#include "base/i128.h"

/* How the quotient of a magnitude u comes about. */
typedef enum cr_reciprocal_kind {
    CR_RECIPROCAL_SHORT,  /* u * mul >> shift, never negative, below 2^31 */
    CR_RECIPROCAL_SIGNED, /* the same by magnitude and sign */
    CR_RECIPROCAL_LONG,   /* the high half of u * mul, >> shift, by magnitude and sign */
    CR_RECIPROCAL_NONE    /* it has to be divided */
} cr_reciprocal_kind;

typedef struct cr_reciprocal {
    cr_reciprocal_kind kind;
    uint64_t mul, plus, minus; /* what goes onto the magnitude of what is positive, and negative */
    uint8_t shift;
} cr_reciprocal;

/* For every x in [lo, hi] divided by `by` (> 0) with a rounding mode. */
cr_reciprocal cr_reciprocal_of(uint64_t by, cr_i128 lo, cr_i128 hi, int mode);

/* floor((2^64 - 1) / n) for n in [1, CR_RECIPROCALS); [0] as for 1. */
enum { CR_RECIPROCALS = 256 };
extern const uint64_t cr_reciprocals[CR_RECIPROCALS];

int64_t cr_divided(int64_t x, int64_t by, int mode); /* by > 0 */

#endif
