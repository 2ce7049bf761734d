/* SPDX-License-Identifier: Apache-2.0 */
/* Exact rationals for what is computed before a plan runs: literals, parameter rows, outputs. */
#ifndef CR_BASE_RAT_H
#define CR_BASE_RAT_H

#include "base/i128.h"
#include "base/str.h"

typedef struct cr_rat { /* lowest terms, den > 0 */
    cr_i128 num, den;
} cr_rat;

typedef enum cr_round_mode {
    CR_ROUND_UP,      /* to the next higher step */
    CR_ROUND_DOWN,    /* to the next lower step */
    CR_ROUND_HALF_UP, /* to the nearest step, ties away from zero (四舍五入) */
    CR_ROUND_HALF_EVEN
} cr_round_mode;

cr_i128 cr_gcd(cr_i128 a, cr_i128 b);           /* of magnitudes; at least 1 */
int cr_lcm(cr_i128 a, cr_i128 b, cr_i128 *out); /* of positive numbers */

/* 0, or 1 where the exact result (of a sum: also a cross product) does not fit or a divisor is
 * zero. */
int cr_rat_make(cr_i128 num, cr_i128 den, cr_rat *out);
int cr_rat_add(cr_rat a, cr_rat b, cr_rat *out);
int cr_rat_sub(cr_rat a, cr_rat b, cr_rat *out);
int cr_rat_mul(cr_rat a, cr_rat b, cr_rat *out);
int cr_rat_div(cr_rat a, cr_rat b, cr_rat *out);
int cr_rat_cmp(cr_rat a, cr_rat b); /* -1, 0, 1; always exact */
cr_rat cr_rat_neg(cr_rat a);
cr_i128 cr_rat_floor(cr_rat a);
cr_i128 cr_rat_ceil(cr_rat a);
int cr_rat_round(cr_rat a, cr_rat step, cr_round_mode mode, cr_rat *out); /* step > 0 */

/* `-12`, `0.30`, `1250/3`; nothing else: no blanks, plus signs, exponents or grouping. */
int cr_rat_parse(cr_str text, cr_rat *out);
/* A finite decimal with at least `least` places where there is one, else num/den. Returns the
 * length; 0 = no room. */
size_t cr_rat_text(cr_rat a, unsigned least, char *out, size_t cap);

#endif
