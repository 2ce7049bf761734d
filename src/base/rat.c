/* SPDX-License-Identifier: Apache-2.0 */
/* Rational arithmetic on 128-bit terms. */
#include <string.h>

#include "base/rat.h"

size_t cr_i128_text(cr_i128 v, char out[48])
{
    char digits[48];
    size_t n = 0, at = 0;
    cr_u128 u = v < 0 ? -(cr_u128)v : (cr_u128)v;
    do {
        digits[n++] = (char)('0' + (int)(u % 10));
        u /= 10;
    } while (u);
    if (v < 0)
        out[at++] = '-';
    while (n > 0)
        out[at++] = digits[--n];
    out[at] = 0;
    return at;
}

cr_i128 cr_gcd(cr_i128 a, cr_i128 b)
{
    cr_u128 x = a < 0 ? -(cr_u128)a : (cr_u128)a, y = b < 0 ? -(cr_u128)b : (cr_u128)b;
    while (y) {
        cr_u128 t = x % y;
        x = y;
        y = t;
    }
    return x ? (cr_i128)x : 1;
}

int cr_lcm(cr_i128 a, cr_i128 b, cr_i128 *out)
{
    return cr_i128_mul(a / cr_gcd(a, b), b, out);
}

int cr_rat_make(cr_i128 num, cr_i128 den, cr_rat *out)
{
    if (den == 0 || num == CR_I128_MIN || den == CR_I128_MIN)
        return 1;
    cr_i128 g = cr_gcd(num, den);
    out->num = den < 0 ? -num / g : num / g;
    out->den = den < 0 ? -den / g : den / g;
    return 0;
}

static int sum(cr_rat a, cr_rat b, int sign, cr_rat *out)
{
    cr_i128 g = cr_gcd(a.den, b.den), x, y, num, den;
    if (cr_i128_mul(a.num, b.den / g, &x) || cr_i128_mul(b.num, a.den / g, &y))
        return 1;
    if (sign > 0 ? cr_i128_add(x, y, &num) : cr_i128_sub(x, y, &num))
        return 1;
    cr_i128 common = cr_gcd(num, g); /* all that the sum can cancel: Knuth, TAOCP 4.5.1 */
    if (cr_i128_mul(a.den / g, b.den / common, &den))
        return 1;
    return cr_rat_make(num / common, den, out);
}

int cr_rat_add(cr_rat a, cr_rat b, cr_rat *out)
{
    return sum(a, b, 1, out);
}

int cr_rat_sub(cr_rat a, cr_rat b, cr_rat *out)
{
    return sum(a, b, -1, out);
}

int cr_rat_mul(cr_rat a, cr_rat b, cr_rat *out)
{
    cr_i128 g = cr_gcd(a.num, b.den), h = cr_gcd(b.num, a.den), num, den;
    if (cr_i128_mul(a.num / g, b.num / h, &num) || cr_i128_mul(a.den / h, b.den / g, &den))
        return 1;
    return cr_rat_make(num, den, out);
}

int cr_rat_div(cr_rat a, cr_rat b, cr_rat *out)
{
    if (b.num == 0)
        return 1;
    cr_rat inverse = {b.num < 0 ? -b.den : b.den, b.num < 0 ? -b.num : b.num};
    return cr_rat_mul(a, inverse, out);
}

cr_rat cr_rat_neg(cr_rat a)
{
    cr_rat r = {-a.num, a.den};
    return r;
}

cr_i128 cr_rat_floor(cr_rat a)
{
    cr_i128 q = a.num / a.den;
    return a.num % a.den < 0 ? q - 1 : q;
}

cr_i128 cr_rat_ceil(cr_rat a)
{
    cr_i128 q = a.num / a.den;
    return a.num % a.den > 0 ? q + 1 : q;
}

/* num - floor * den, from the remainder: the product need not fit. */
static cr_i128 rest_of(cr_rat a)
{
    cr_i128 r = a.num % a.den;
    return r < 0 ? r + a.den : r;
}

/* By whole parts and then by the reciprocals of the rests, as in a continued fraction: no product
 * is formed. */
int cr_rat_cmp(cr_rat a, cr_rat b)
{
    for (int sign = 1;; sign = -sign) {
        cr_i128 p = cr_rat_floor(a), q = cr_rat_floor(b);
        if (p != q)
            return p < q ? -sign : sign;
        a.num = rest_of(a);
        b.num = rest_of(b);
        if (a.num == 0 || b.num == 0)
            return a.num == b.num ? 0 : a.num == 0 ? -sign : sign;
        cr_rat t = {a.den, a.num}, u = {b.den, b.num};
        a = t;
        b = u;
    }
}

int cr_rat_round(cr_rat a, cr_rat step, cr_round_mode mode, cr_rat *out)
{
    cr_rat steps, whole = {0, 1};
    if (step.num <= 0 || cr_rat_div(a, step, &steps))
        return 1;
    cr_i128 low = cr_rat_floor(steps), rest = rest_of(steps), other = steps.den - rest;
    int up = mode == CR_ROUND_UP          ? 1
             : mode == CR_ROUND_DOWN      ? 0
             : rest != other              ? rest > other
             : mode == CR_ROUND_HALF_EVEN ? (low & 1) != 0
                                          : steps.num > 0;
    whole.num = low + (rest != 0 && up);
    return cr_rat_mul(whole, step, out);
}

/* ---- text ---- */

/* What cr_rat_text writes fits: 80 bytes at most, 10^38 being the last power below 2^127. */
enum { LONGEST = 100, PLACES = 38 };

static int digits(cr_str s, size_t *at, cr_i128 *value, unsigned *count)
{
    size_t from = *at;
    for (; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9'; ++*at)
        if (cr_i128_mul(*value, 10, value) || cr_i128_add(*value, s.p[*at] - '0', value))
            return 1;
    *count = (unsigned)(*at - from);
    return *at == from;
}

int cr_rat_parse(cr_str s, cr_rat *out)
{
    size_t at = s.n > 0 && s.p[0] == '-';
    int negative = (int)at;
    cr_i128 num = 0, den = 1;
    unsigned n;
    if (s.n > LONGEST || digits(s, &at, &num, &n))
        return 1;
    if (at < s.n && s.p[at] == '.') {
        at++;
        if (digits(s, &at, &num, &n) || n > PLACES)
            return 1;
        while (n-- > 0)
            den *= 10;
    } else if (at < s.n && s.p[at] == '/') {
        at++;
        den = 0;
        if (digits(s, &at, &den, &n))
            return 1;
    }
    return at != s.n || cr_rat_make(negative ? -num : num, den, out);
}

/* Places that a finite decimal needs, or -1. */
static int places(cr_i128 den)
{
    int twos = 0, fives = 0;
    for (; den % 2 == 0; den /= 2)
        twos++;
    for (; den % 5 == 0; den /= 5)
        fives++;
    return den != 1 ? -1 : twos > fives ? twos : fives;
}

static size_t put(char *out, size_t cap, const char *text, size_t n)
{
    if (n >= cap)
        return 0;
    memcpy(out, text, n);
    out[n] = 0;
    return n;
}

static size_t fraction_text(cr_rat a, char *out, size_t cap)
{
    char text[100];
    size_t n = cr_i128_text(a.num, text);
    text[n++] = '/';
    n += cr_i128_text(a.den, text + n);
    return put(out, cap, text, n);
}

size_t cr_rat_text(cr_rat a, unsigned least, char *out, size_t cap)
{
    char raw[48], text[100];
    int need = places(a.den);
    cr_i128 scaled = a.num, scale = 1;
    size_t n = 0;
    if (need < 0)
        return fraction_text(a, out, cap);
    unsigned wanted = (unsigned)need > least ? (unsigned)need : least;
    for (unsigned i = 0; i < wanted; i++)
        if (cr_i128_mul(scale, 10, &scale))
            return fraction_text(a, out, cap);
    if (cr_i128_mul(scaled, scale / a.den, &scaled))
        return fraction_text(a, out, cap);
    size_t length = cr_i128_text(scaled < 0 ? -scaled : scaled, raw);
    if (scaled < 0)
        text[n++] = '-';
    for (size_t i = length; i <= wanted; i++) { /* leading zeros: 0.05 */
        text[n++] = '0';
        if (i == length && wanted > 0)
            text[n++] = '.';
    }
    for (size_t i = 0; i < length; i++) {
        if (length > wanted && i == length - wanted && wanted > 0)
            text[n++] = '.';
        text[n++] = raw[i];
    }
    return put(out, cap, text, n);
}
