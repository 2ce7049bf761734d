/* SPDX-License-Identifier: Apache-2.0 */
/* Signed integers of 1024 bits, for exact results that 128 bits do not hold: sums of quotients over
   products of many divisors. Two's complement, least limb first, so memory filled with zeros is 0.
 */
#ifndef CR_BASE_WIDE_H
#define CR_BASE_WIDE_H

#include "base/buf.h"
#include "base/i128.h"
#include "base/rat.h"

enum { CR_WIDE_LIMBS = 16, CR_WIDE_BITS = 1023 };

typedef struct cr_wide {
    uint64_t w[CR_WIDE_LIMBS];
} cr_wide;

void cr_wide_from(cr_wide *out, cr_i128 value);
int cr_wide_to(const cr_wide *a, cr_i128 *out); /* 1 = it does not fit */

int cr_wide_sign(const cr_wide *a); /* -1, 0, 1 */
int cr_wide_cmp(const cr_wide *a, const cr_wide *b);
unsigned cr_wide_bits(const cr_wide *a); /* of the magnitude */

/* `out` may be an operand. 1 where the result does not fit, or the divisor is 0. */
int cr_wide_neg(cr_wide *out, const cr_wide *a);
int cr_wide_add(cr_wide *out, const cr_wide *a, const cr_wide *b);
int cr_wide_sub(cr_wide *out, const cr_wide *a, const cr_wide *b);
int cr_wide_mul(cr_wide *out, const cr_wide *a, const cr_wide *b);
/* Towards zero; the rest has the sign of a. Either out may be NULL. */
int cr_wide_div(cr_wide *quotient, cr_wide *rest, const cr_wide *a, const cr_wide *b);
/* a / b (b > 0) to an integer. */
int cr_wide_round(cr_wide *out, const cr_wide *a, const cr_wide *b, cr_round_mode mode);
void cr_wide_gcd(cr_wide *out, const cr_wide *a, const cr_wide *b); /* of magnitudes */
void cr_wide_text(cr_buf *out, const cr_wide *a);                   /* decimal */

#endif
