/* SPDX-License-Identifier: Apache-2.0 */
/* Reciprocals of whole numbers.

   For u < 2^n and 2^(l-1) < by <= 2^l, floor(u / by) = floor(u * m / 2^(n+l)) with
   m = floor(2^(n+l) / by) + 1: the error of m is below 2^l, so that of the quotient is below 1 / by
   (Granlund and Montgomery, Division by Invariant Integers, 1994). m has n + 1 bits. */
#include "engine/reciprocal.h"

#include "base/rat.h"

static unsigned ceil_log2(uint64_t by)
{
    unsigned l = 0;
    while (l < 63 && ((uint64_t)1 << l) < by)
        l++;
    return l;
}

cr_reciprocal cr_reciprocal_of(uint64_t by, cr_i128 lo, cr_i128 hi, int mode)
{
    cr_reciprocal r = {CR_RECIPROCAL_NONE, 1, 0, 0, 0};
    cr_i128 most = (hi > -lo ? hi : -lo) + (cr_i128)by;
    unsigned l = ceil_log2(by);
    if (by <= 1 || most > INT64_MAX || (mode == CR_ROUND_HALF_EVEN && by % 2 == 0))
        return r;
    if (mode == CR_ROUND_UP)
        r.plus = by - 1;
    else if (mode == CR_ROUND_DOWN)
        r.minus = by - 1;
    else
        r.plus = r.minus = by / 2; /* there is no tie where `by` is odd */
    if (most <= INT32_MAX) {
        r.kind = lo >= 0 ? CR_RECIPROCAL_SHORT : CR_RECIPROCAL_SIGNED;
        r.mul = ((uint64_t)1 << (31 + l)) / by + 1;
        r.shift = (uint8_t)(31 + l);
    } else {
        r.kind = CR_RECIPROCAL_LONG;
        r.mul = (uint64_t)(((cr_u128)1 << (63 + l)) / by) + 1;
        r.shift = (uint8_t)(l - 1);
    }
    return r;
}

int64_t cr_divided(int64_t x, int64_t by, int mode)
{
    int64_t q = x / by, r = x % by; /* towards zero; r has the sign of x */
    int negative = x < 0;
    if (r == 0)
        return q;
    int64_t size = negative ? -r : r, rest = by - size;
    int away = mode == CR_ROUND_UP          ? !negative
               : mode == CR_ROUND_DOWN      ? negative
               : size != rest               ? size > rest
               : mode == CR_ROUND_HALF_EVEN ? (q & 1) != 0
                                            : 1;
    return away ? (negative ? q - 1 : q + 1) : q;
}

#define ONE(n) UINT64_MAX / ((n) ? (uint64_t)(n) : 1)
#define FOUR(n) ONE(n), ONE((n) + 1), ONE((n) + 2), ONE((n) + 3)
#define SIXTEEN(n) FOUR(n), FOUR((n) + 4), FOUR((n) + 8), FOUR((n) + 12)
#define SIXTY_FOUR(n) SIXTEEN(n), SIXTEEN((n) + 16), SIXTEEN((n) + 32), SIXTEEN((n) + 48)

const uint64_t cr_reciprocals[CR_RECIPROCALS] = {SIXTY_FOUR(0), SIXTY_FOUR(64), SIXTY_FOUR(128),
                                                 SIXTY_FOUR(192)};
