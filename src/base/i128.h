/* SPDX-License-Identifier: Apache-2.0 */
/* Wide integers. Everything that knows how they are represented stands here, so that another
   representation can take their place on compilers without them. */
#ifndef CR_BASE_I128_H
#define CR_BASE_I128_H

#include <stddef.h>
#include <stdint.h>

__extension__ typedef __int128 cr_i128;
__extension__ typedef unsigned __int128 cr_u128;

#define CR_I128_MAX ((cr_i128)((~(cr_u128)0) >> 1))
#define CR_I128_MIN (-CR_I128_MAX - 1)

/* 0 fine, 1 overflow (then *out is not meaningful). */
static inline int cr_i128_add(cr_i128 a, cr_i128 b, cr_i128 *out)
{
    return __builtin_add_overflow(a, b, out);
}

static inline int cr_i128_sub(cr_i128 a, cr_i128 b, cr_i128 *out)
{
    return __builtin_sub_overflow(a, b, out);
}

/* By magnitudes: the builtin asks for a runtime function that clang's sanitizers do not link. */
static inline int cr_i128_mul(cr_i128 a, cr_i128 b, cr_i128 *out)
{
    cr_u128 x = a < 0 ? -(cr_u128)a : (cr_u128)a, y = b < 0 ? -(cr_u128)b : (cr_u128)b;
    cr_u128 limit = (cr_u128)CR_I128_MAX, product;
    if (x != 0 && y > limit / x)
        return 1;
    product = x * y;
    *out = (a < 0) != (b < 0) ? -(cr_i128)product : (cr_i128)product;
    return 0;
}

static inline cr_i128 cr_i128_min(cr_i128 a, cr_i128 b)
{
    return a < b ? a : b;
}

static inline cr_i128 cr_i128_max(cr_i128 a, cr_i128 b)
{
    return a > b ? a : b;
}

static inline int cr_i128_to_i64(cr_i128 v, int64_t *out)
{
    if (v < INT64_MIN || v > INT64_MAX)
        return 1;
    *out = (int64_t)v;
    return 0;
}

/* Decimal digits with a sign if negative; NUL-terminated; returns the length. */
size_t cr_i128_text(cr_i128 v, char out[48]);

#endif
