/* SPDX-License-Identifier: Apache-2.0 */
/* Integers of 1024 bits. Magnitudes are worked on in halves of 32 bits, so that every product and
   remainder of a step fits into 64. */
#include <string.h>

#include "base/wide.h"

enum { HALVES = CR_WIDE_LIMBS * 2 };

typedef struct cr_halves { /* a magnitude: least half first, n of them in use */
    uint32_t h[HALVES + 1];
    unsigned n;
} cr_halves;

/* ---- two's complement ---- */

static int negative(const cr_wide *a)
{
    return (int)(a->w[CR_WIDE_LIMBS - 1] >> 63);
}

static void complement(cr_wide *out, const cr_wide *a)
{
    uint64_t carry = 1;
    for (int i = 0; i < CR_WIDE_LIMBS; i++) {
        out->w[i] = ~a->w[i] + carry;
        carry = carry && out->w[i] == 0;
    }
}

void cr_wide_from(cr_wide *out, cr_i128 value)
{
    uint64_t fill = value < 0 ? UINT64_MAX : 0;
    out->w[0] = (uint64_t)(cr_u128)value;
    out->w[1] = (uint64_t)((cr_u128)value >> 64);
    for (int i = 2; i < CR_WIDE_LIMBS; i++)
        out->w[i] = fill;
}

int cr_wide_to(const cr_wide *a, cr_i128 *out)
{
    uint64_t fill = a->w[1] >> 63 ? UINT64_MAX : 0;
    for (int i = 2; i < CR_WIDE_LIMBS; i++)
        if (a->w[i] != fill)
            return 1;
    *out = (cr_i128)(((cr_u128)a->w[1] << 64) | a->w[0]);
    return 0;
}

int cr_wide_sign(const cr_wide *a)
{
    uint64_t any = 0;
    for (int i = 0; i < CR_WIDE_LIMBS; i++)
        any |= a->w[i];
    return negative(a) ? -1 : any != 0;
}

int cr_wide_cmp(const cr_wide *a, const cr_wide *b)
{
    if (negative(a) != negative(b))
        return negative(a) ? -1 : 1;
    for (int i = CR_WIDE_LIMBS; i-- > 0;)
        if (a->w[i] != b->w[i])
            return a->w[i] < b->w[i] ? -1 : 1;
    return 0;
}

int cr_wide_neg(cr_wide *out, const cr_wide *a)
{
    int was = negative(a), zero = cr_wide_sign(a) == 0;
    complement(out, a);
    return !zero && negative(out) == was;
}

int cr_wide_add(cr_wide *out, const cr_wide *a, const cr_wide *b)
{
    int x = negative(a), y = negative(b);
    uint64_t carry = 0;
    for (int i = 0; i < CR_WIDE_LIMBS; i++) {
        uint64_t p = a->w[i], q = b->w[i], sum = p + q, all = sum + carry;
        carry = (sum < p) | (all < sum);
        out->w[i] = all;
    }
    return x == y && negative(out) != x;
}

int cr_wide_sub(cr_wide *out, const cr_wide *a, const cr_wide *b)
{
    int x = negative(a), y = negative(b);
    uint64_t borrow = 0;
    for (int i = 0; i < CR_WIDE_LIMBS; i++) {
        uint64_t p = a->w[i], q = b->w[i], less = p - q, all = less - borrow;
        borrow = (p < q) | (less < borrow);
        out->w[i] = all;
    }
    return x != y && negative(out) != x;
}

/* ---- magnitudes ---- */

static void trim(cr_halves *m)
{
    while (m->n > 0 && m->h[m->n - 1] == 0)
        m->n--;
}

static void magnitude(cr_halves *out, const cr_wide *a)
{
    cr_wide m = *a;
    if (negative(a))
        complement(&m, a);
    for (int i = 0; i < CR_WIDE_LIMBS; i++) {
        out->h[2 * i] = (uint32_t)m.w[i];
        out->h[2 * i + 1] = (uint32_t)(m.w[i] >> 32);
    }
    out->h[HALVES] = 0;
    out->n = HALVES;
    trim(out);
}

/* 1 = it does not fit beside a sign. */
static int from_magnitude(cr_wide *out, const cr_halves *m, int minus)
{
    memset(out, 0, sizeof *out);
    if (m->n > HALVES || (m->n == HALVES && m->h[HALVES - 1] >> 31))
        return 1;
    for (unsigned i = 0; i < m->n; i++)
        out->w[i / 2] |= (uint64_t)m->h[i] << (i % 2 * 32);
    if (minus)
        complement(out, out);
    return 0;
}

unsigned cr_wide_bits(const cr_wide *a)
{
    cr_halves m;
    unsigned bits = 0;
    magnitude(&m, a);
    for (uint32_t top = m.n ? m.h[m.n - 1] : 0; top; top >>= 1)
        bits++;
    return m.n ? (m.n - 1) * 32 + bits : 0;
}

int cr_wide_mul(cr_wide *out, const cr_wide *a, const cr_wide *b)
{
    cr_halves x, y, z;
    int minus = negative(a) != negative(b);
    magnitude(&x, a);
    magnitude(&y, b);
    memset(&z, 0, sizeof z);
    if (x.n + y.n > HALVES + 1)
        return 1;
    for (unsigned i = 0; i < x.n; i++) {
        uint64_t carry = 0;
        for (unsigned k = 0; k < y.n || carry; k++) {
            if (i + k > HALVES)
                return 1;
            uint64_t t = z.h[i + k] + carry + (k < y.n ? (uint64_t)x.h[i] * y.h[k] : 0);
            z.h[i + k] = (uint32_t)t;
            carry = t >> 32;
        }
    }
    z.n = HALVES + 1;
    trim(&z);
    return from_magnitude(out, &z, minus);
}

/* ---- division of magnitudes: schoolbook with a normalized divisor ---- */

static void shift_left(cr_halves *m, unsigned by)
{
    uint32_t carry = 0;
    for (unsigned i = 0; by && i <= m->n && i <= HALVES; i++) {
        uint32_t h = i < m->n ? m->h[i] : 0;
        m->h[i] = (h << by) | carry;
        carry = h >> (32 - by);
    }
}

static void shift_right(cr_halves *m, unsigned by, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        uint64_t high = i + 1 < n ? m->h[i + 1] : 0;
        m->h[i] = (uint32_t)(((high << 32) | m->h[i]) >> by);
    }
    m->n = n;
    trim(m);
}

static void div_small(cr_halves *q, cr_halves *r, const cr_halves *x, uint32_t by)
{
    uint64_t rest = 0;
    memset(q, 0, sizeof *q);
    for (unsigned i = x->n; i-- > 0;) {
        rest = (rest << 32) | x->h[i];
        q->h[i] = (uint32_t)(rest / by);
        rest %= by;
    }
    q->n = x->n;
    trim(q);
    memset(r, 0, sizeof *r);
    r->h[0] = (uint32_t)rest;
    r->n = 1;
    trim(r);
}

/* Subtracts digit × y from the part of x that begins at `at`; adds y back if that was once too
 * often. */
static uint32_t subtract_step(cr_halves *x, const cr_halves *y, unsigned at, uint32_t digit)
{
    uint64_t carry = 0;
    int64_t borrow = 0;
    for (unsigned i = 0; i <= y->n; i++) {
        uint64_t p = carry + (i < y->n ? (uint64_t)digit * y->h[i] : 0);
        int64_t t = (int64_t)x->h[at + i] - borrow - (int64_t)(uint32_t)p;
        x->h[at + i] = (uint32_t)t;
        borrow = t < 0;
        carry = p >> 32;
    }
    if (!borrow)
        return digit;
    carry = 0;
    for (unsigned i = 0; i <= y->n; i++) {
        uint64_t t = (uint64_t)x->h[at + i] + carry + (i < y->n ? y->h[i] : 0);
        x->h[at + i] = (uint32_t)t;
        carry = t >> 32;
    }
    return digit - 1;
}

/* The digit of the quotient from the first two halves of the divisor: right, or one too high. */
static uint32_t guess_digit(const cr_halves *x, const cr_halves *y, unsigned at)
{
    uint64_t high = ((uint64_t)x->h[at + y->n] << 32) | x->h[at + y->n - 1];
    uint64_t top = y->h[y->n - 1], digit = high / top, rest = high % top;
    while (digit > UINT32_MAX || digit * y->h[y->n - 2] > ((rest << 32) | x->h[at + y->n - 2])) {
        digit--;
        rest += top;
        if (rest > UINT32_MAX)
            break;
    }
    return (uint32_t)digit;
}

static void div_halves(cr_halves *q, cr_halves *r, const cr_halves *a, const cr_halves *b)
{
    cr_halves x = *a, y = *b;
    unsigned by = 0;
    if (b->n == 1) {
        div_small(q, r, a, b->h[0]);
        return;
    }
    memset(q, 0, sizeof *q);
    if (a->n < b->n) {
        *r = *a;
        return;
    }
    for (uint32_t top = y.h[y.n - 1]; !(top >> 31); top <<= 1)
        by++;
    x.h[x.n] = 0;
    shift_left(&x, by);
    shift_left(&y, by);
    for (unsigned at = a->n - b->n + 1; at-- > 0;)
        q->h[at] = subtract_step(&x, &y, at, guess_digit(&x, &y, at));
    q->n = a->n - b->n + 1;
    trim(q);
    *r = x;
    shift_right(r, by, b->n);
}

int cr_wide_div(cr_wide *quotient, cr_wide *rest, const cr_wide *a, const cr_wide *b)
{
    cr_halves x, y, q, r;
    int minus = negative(a), differ = minus != negative(b), bad = 0;
    magnitude(&x, a);
    magnitude(&y, b);
    if (y.n == 0)
        return 1;
    div_halves(&q, &r, &x, &y);
    if (quotient)
        bad |= from_magnitude(quotient, &q, differ);
    if (rest)
        bad |= from_magnitude(rest, &r, minus);
    return bad;
}

/* ---- what is made of these ---- */

int cr_wide_round(cr_wide *out, const cr_wide *a, const cr_wide *b, cr_round_mode mode)
{
    cr_wide q, r, one, twice;
    int minus = negative(a);
    if (cr_wide_sign(b) <= 0 || cr_wide_div(&q, &r, a, b))
        return 1;
    if (cr_wide_sign(&r) == 0) {
        *out = q;
        return 0;
    }
    if (minus)
        complement(&r, &r);
    if (cr_wide_sub(&twice, b, &r)) /* the rest against what is left to the next step */
        return 1;
    int half = cr_wide_cmp(&r, &twice);
    int away = mode == CR_ROUND_UP          ? !minus
               : mode == CR_ROUND_DOWN      ? minus
               : half != 0                  ? half > 0
               : mode == CR_ROUND_HALF_EVEN ? (int)(q.w[0] & 1)
                                            : 1;
    cr_wide_from(&one, minus ? -1 : 1);
    if (away)
        return cr_wide_add(out, &q, &one);
    *out = q;
    return 0;
}

void cr_wide_gcd(cr_wide *out, const cr_wide *a, const cr_wide *b)
{
    cr_halves x, y, q, r;
    magnitude(&x, a);
    magnitude(&y, b);
    while (y.n > 0) {
        div_halves(&q, &r, &x, &y);
        x = y;
        y = r;
    }
    from_magnitude(out, &x, 0);
}

void cr_wide_text(cr_buf *out, const cr_wide *a)
{
    char digits[320];
    size_t at = sizeof digits;
    cr_halves x, q, r;
    magnitude(&x, a);
    do {
        div_small(&q, &r, &x, 1000000000u);
        uint32_t part = r.n ? r.h[0] : 0;
        for (int i = 0; i < 9 && (part || q.n); i++, part /= 10)
            digits[--at] = (char)('0' + part % 10);
        x = q;
    } while (x.n > 0);
    if (at == sizeof digits)
        digits[--at] = '0';
    if (negative(a))
        cr_buf_char(out, '-');
    cr_buf_put(out, digits + at, sizeof digits - at);
}
